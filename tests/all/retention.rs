//! Erasure on a real catalogue, real stores and a real audit log: what is planned happens, when it
//! is due and not before, whatever fails or is killed in between, and nobody can undo it.
#![expect(clippy::expect_used, reason = "a test may stop at the first surprise")]

mod arrears;
mod crash;
mod failing;
mod guard;
mod hold;
mod keys;
mod kill;
mod premises;
mod schedule;
mod sweep;
