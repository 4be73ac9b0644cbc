//! What intake last saw waiting in inbound directories, for whoever asks how things stand. It lives
//! as long as the daemon: nothing of it is kept.

use std::{collections::BTreeMap, sync::Mutex};

use jiff::Timestamp;

use crate::types::{ids::SenderId, sync::lock};

/// What waits of one sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How many files.
    pub count: u64,
    /// Since when the first of them has not changed.
    pub since: Timestamp,
}

/// What was last seen.
#[derive(Debug, Default)]
pub struct WaitingFiles(Mutex<BTreeMap<SenderId, Waiting>>);

impl WaitingFiles {
    /// Takes the place of what was seen before.
    pub fn put(&self, waiting: BTreeMap<SenderId, Waiting>) {
        *lock(&self.0) = waiting;
    }

    /// What was seen last.
    pub fn read(&self) -> BTreeMap<SenderId, Waiting> {
        lock(&self.0).clone()
    }
}
