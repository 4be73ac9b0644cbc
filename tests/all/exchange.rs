//! The exchange with the police through the whole house: what goes out lies in the district's
//! directory and opens with its key alone, what comes in waits for a decision, and each thing is gone
//! by its deadline.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod archive;
#[cfg(feature = "fail-points")]
mod crash;
mod decide;
mod disclose;
mod dispatch;
mod open;
mod quarantine;
mod scene;
mod secrecy;
mod verbs;
mod watch;
