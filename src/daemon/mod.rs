//! The running service: workers, timers, signals, control socket.
