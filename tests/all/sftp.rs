//! The whole way as senders see it: a real SSH server on loopback, chroots, an account for each
//! sender, the built daemon under an account of its own, and the clients that people use.
//!
//! Needs root, because it makes those accounts. All of it is removed when a test ends.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop at the first surprise"
)]

mod accounts;
mod burst;
mod clients;
mod daemon;
mod installation;
mod interrupted;
mod lists;
mod modes;
mod receipts;
mod server;
mod uploads;
