//! What must not break it: senders who mean harm, failing disks, `kill -9` at every step, and what
//! must hold after each of them.

mod canary;
pub(crate) mod crash;
mod faults;
pub(crate) mod fuzz_smoke;
mod hostile;
pub(crate) mod invariants;
