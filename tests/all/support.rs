//! What tests of other things stand on: installations, daemons on them, and waiting.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

pub(crate) mod child_daemon;
pub(crate) mod in_process;
pub(crate) mod installation;
pub(crate) mod keyed;
pub(crate) mod mutate;
pub(crate) mod program;
pub(crate) mod signing;
pub(crate) mod uploads;
pub(crate) mod wait;
