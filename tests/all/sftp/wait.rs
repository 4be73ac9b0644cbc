//! The one place that waits, always for something and never longer than it is given.

use std::{
    thread,
    time::{Duration, Instant},
};

/// Looks until there is something to see.
pub(super) fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    loop {
        let began = Instant::now();
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < end, "waited {limit:?} in vain: {what}");
        // A look that is dear must not take the machine from what is waited for.
        thread::sleep((began.elapsed() * 10).max(Duration::from_millis(20)));
    }
}

/// Looks until it is so.
pub(super) fn until_so(what: &str, limit: Duration, mut look: impl FnMut() -> bool) {
    until(what, limit, || look().then_some(()));
}

/// For what takes a second or two on an idle machine.
pub(super) const SOON: Duration = Duration::from_secs(45);
