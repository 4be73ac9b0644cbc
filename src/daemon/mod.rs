//! The running service: workers, timers, signals, control socket.

pub mod lock;
pub mod open;
