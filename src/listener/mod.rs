//! The admin listener: API, page and metrics over TLS 1.3, for clients with a certificate that the
//! configuration pins. It only reads.
//!
//! Every answer is one of `admin`'s queries, as on the control socket: nothing is judged here. What
//! comes in is bounded in number, size and time, and whatever goes wrong here goes wrong for
//! whoever asked: the engine does not notice.

mod daemon;
mod desk;
mod download;
mod exposition;
pub mod identity;
mod metrics;
mod openapi;
mod page;
mod patient;
mod query;
mod rare_lines;
mod respond;
mod routes;
mod seats;
mod serve;
pub mod socket;
pub mod tls;
mod totals;

pub use daemon::Daemon;
pub use serve::run;
