//! The daemon, as far as the listener knows of it.

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
