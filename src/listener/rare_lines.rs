//! Log lines that anybody who reaches the port can cause: one in a while, and how many were not
//! written. Else they would hide what matters, and fill the disk.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::types::sync::lock;

/// When the last of them was written, and how many were left out since.
#[derive(Default)]
pub(super) struct RareLines {
    last: Mutex<Option<Instant>>,
    left_out: AtomicU64,
}

impl RareLines {
    /// Calls `write`, unless something was written a moment ago.
    pub(super) fn write(&self, write: impl FnOnce()) {
        let mut last = lock(&self.last);
        if last.is_some_and(|last| last.elapsed() < QUIET) {
            self.left_out.fetch_add(1, Ordering::Relaxed);
            return;
        }
        *last = Some(Instant::now());
        write();
        let left_out = self.left_out.swap(0, Ordering::Relaxed);
        if left_out > 0 {
            tracing::warn!(left_out, "More of that before.");
        }
    }
}

/// Between two lines.
const QUIET: Duration = Duration::from_secs(1);
