//! Entry of police requests in the case archive (POL-05), against a SIF server that misbehaves on
//! purpose, with certificates that `certs-example/make` made.
//!
//! Needs `openssl` and `python3` (Debian packages of these names).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod calls;
pub(crate) mod peer;
mod processes;
mod queue;
mod trust;
