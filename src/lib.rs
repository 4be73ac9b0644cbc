//! filsluse, a file sluice: takes files that senders drop over SFTP, checks them by the law's
//! rules, protects and encrypts them, hands them to the right registry store, answers the sender,
//! logs everything tamper-evidently and erases each thing by its deadline.
//!
//! The rooms stand in the order in which a file passes them; `docs/architecture.md` draws the way.

pub mod types;

pub mod durable;
pub mod signature;

pub mod intake;

pub mod format;
pub mod route;

pub mod kinds;
pub mod protect;

pub mod seal;
pub mod store;

pub mod receipt;

pub mod audit;
pub mod audited;
pub mod catalogue;
pub mod retention;
pub mod vault;

pub mod config;
pub mod pipeline;

pub mod admin;
pub mod http_answers;
pub mod listener;
pub mod pem;

pub mod expiry;

pub mod daemon;
pub mod deliver;

pub mod demo;

pub mod cli;
