//! The running service: workers, timers, signals, control socket.

pub mod alarms;
pub mod certificates;
pub mod control;
pub mod engine;
pub mod in_use;
pub mod lock;
pub mod logging;
pub mod memory;
pub mod open;
pub mod service;
