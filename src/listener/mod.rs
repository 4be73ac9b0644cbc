//! The admin listener: API, page and metrics over TLS 1.3, for clients with a certificate that the
//! configuration pins. It only reads.
//!
//! Every answer is one of `admin`'s queries, as on the control socket: nothing is judged here. What
//! comes in is bounded in number, size and time, and whatever goes wrong here goes wrong for
//! whoever asked: the engine does not notice.

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

pub use serve::run;

use std::sync::Arc;

use jiff::Timestamp;

use crate::{listener::tls::CurrentTls, pipeline::house::House};

/// What the listener asks of the daemon that it is part of.
pub trait Daemon: Send + Sync {
    /// The house as it is configured now.
    fn house(&self) -> Arc<House>;

    /// What new connections are taken with.
    fn tls(&self) -> &CurrentTls;

    /// Tells whether there is a socket to listen at. Blocks.
    fn told_of_socket(&self, is_there: bool);

    /// When a sweep of this daemon has last ended well.
    fn last_sweep(&self) -> Option<Timestamp>;
}
