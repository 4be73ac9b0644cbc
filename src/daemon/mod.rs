//! The running service: workers, timers, signals, control socket.

pub mod alarms;
pub mod answering;
pub mod certificates;
pub mod client;
pub mod commit_order;
pub mod committing;
pub mod control;
pub mod engine;
pub mod fair_queue;
pub mod housekeeping;
pub mod in_use;
pub mod lock;
pub mod logging;
pub mod low_disk;
pub mod memory;
pub mod open;
pub mod patience;
pub mod receiving;
pub mod service;
pub mod shared;
pub mod socket;
pub mod wakeup;
pub mod working;
