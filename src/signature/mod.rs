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

pub use self::{
    detached::{Detached, MOST_BYTES, NAMESPACE},
    public_key::PublicKey,
    wrong::Wrong,
};

/// Follows a file's name in that of its signature, as `ssh-keygen` writes it.
pub const SUFFIX: &str = ".sig";
