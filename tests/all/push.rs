//! Objects pushed to their registry's inbox (`[[registry.deliver]]`), against an inbox that
//! misbehaves on purpose, with certificates that `certs-example/make` made.
//!
//! Needs `openssl`, `python3` and `age` (Debian packages of these names).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod inbox;
mod processes;
mod queue;
