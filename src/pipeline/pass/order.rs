//! What a pass is asked to read.

use std::fs::File;

use jiff::Timestamp;

use crate::{
    signature::Detached,
    types::{
        digest::Sha256,
        ids::{SenderId, SubmissionId},
        verdict::Evidence,
    },
};

/// What is read, and as whose.
pub struct Order<'a> {
    /// Its id.
    pub submission: SubmissionId,
    /// Whose it is.
    pub sender: &'a SenderId,
    /// The bytes.
    pub file: &'a File,
    /// Bytes at the time of the claim; what a writer appends later is not read.
    pub size: u64,
    /// How sure intake was that it is whole.
    pub evidence: Evidence,
    /// The digest that its manifest names.
    pub manifest: Option<Sha256>,
    /// What lies beside it as its signature.
    pub signing: Signing,
    /// When it was received.
    pub received_at: Timestamp,
    /// Whether what leaves is sealed, or dropped as in a rehearsal.
    pub seals: bool,
    /// Whether no other archive of many documents is read or waits meanwhile. Without that, no more
    /// than a few are read.
    pub alone: bool,
    /// Gives memory that is free back to the system. Called now and then between the documents of
    /// an archive: what one of them has freed is in pieces by then that the next one's does not fit
    /// into.
    pub tidy: fn(),
}

/// What lies beside a file as its signature.
#[derive(Debug, Clone, Copy)]
pub enum Signing {
    /// This, or nothing.
    Beside(Option<Detached>),
    /// It is made here in its sender's name, to be looked at before anybody signs it.
    NotYet,
}
