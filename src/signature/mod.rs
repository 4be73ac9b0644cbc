//! Detached signatures of files, as `ssh-keygen -Y sign -n filsluse` makes them (IN-06). Pure: bytes
//! come in, and what they say goes out.
//!
//! [`Detached::read`] tells what a `.sig` file is, before anything is read of the file that it is
//! for; [`Detached::is_by`] asks for one of the sender's keys; [`Detached::verify`] holds it against
//! the digest of the file.

pub mod detached;
pub mod public_key;
mod ssh_sig;
mod ssh_wire;
pub mod wrong;

pub use self::{detached::Detached, public_key::PublicKey, wrong::Wrong};

/// What a signature must have been made for, so that one for Git or for mail is none for us.
pub const NAMESPACE: &str = "filsluse";

/// Follows a file's name in that of its signature, as `ssh-keygen` writes it.
pub const SUFFIX: &str = ".sig";

/// Longest `.sig` file that is read. One by an Ed25519 key has some 300 bytes; those of other keys
/// are read too, so that their makers are told what is wrong.
pub const MOST_BYTES: u64 = 16 << 10;
