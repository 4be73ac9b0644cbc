//! `filsluse deliver`: the process that has the network. It asks the daemon what the case archive
//! and registries' inboxes are to have, makes the calls, and tells the daemon what came of them.
//!
//! It opens no catalogue, no store and no sender's directory, and has no key but the archive's auth
//! key and those of client certificates. It remembers nothing: what waits, and when it is tried
//! again, is the daemon's to know.

pub mod check;
pub mod https;
pub mod inbox;
pub mod link;
pub mod service;
pub mod sif;
pub mod tls;
pub mod way;
