//! The admin listener of the built program, asked by curl, openssl and Python's own TLS: never by a
//! client of ours. Certificates are those of `certs-example/make`.
//!
//! Needs `curl`, `openssl`, `python3`, `age` and `faketime` (Debian packages of these names).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod answers;
mod downloads;
mod expiry;
mod metrics;
mod objects;
mod openapi;
mod page;
mod reload;
mod scene;
mod trust;
