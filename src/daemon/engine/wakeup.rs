//! Wakes a waiting thread, and remembers being woken while nobody waits.

use std::{
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

use crate::types::sync::lock;

/// Something to wake a thread with.
#[derive(Debug, Default)]
pub struct Wakeup {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Wakeup {
    /// Wakes whoever waits, or the next who does.
    pub fn wake(&self) {
        *lock(&self.woken) = true;
        self.changed.notify_all();
    }

    /// Waits until the wakeup is woken, at most so long.
    pub fn wait(&self, most: Duration) {
        let woken = lock(&self.woken);
        let (mut woken, _) = self
            .changed
            .wait_timeout_while(woken, most, |woken| !*woken)
            .unwrap_or_else(PoisonError::into_inner);
        *woken = false;
    }
}
