//! The one place that waits, always for something and never longer than it is given.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// For what takes a second or two on an idle machine.
pub(crate) const SOON: Duration = Duration::from_mins(1);

/// Waits until it is so.
pub(crate) fn until(what: &str, so: impl FnMut() -> bool) {
    until_so(what, SOON, so);
}

/// Waits until it is so, for what takes longer.
pub(crate) fn until_so(what: &str, limit: Duration, mut so: impl FnMut() -> bool) {
    until_seen(what, limit, || so().then_some(()));
}

/// Looks until there is something to see.
pub(crate) fn until_seen<T>(what: &str, limit: Duration, look: impl FnMut() -> Option<T>) -> T {
    until_seen_or_else(limit, look, || what.to_owned())
}

/// The same; `words` says what was waited for, and what else may help, if it was in vain.
pub(crate) fn until_seen_or_else<T>(
    limit: Duration,
    mut look: impl FnMut() -> Option<T>,
    words: impl FnOnce() -> String,
) -> T {
    let end = Instant::now() + limit;
    loop {
        let began = Instant::now();
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < end, "waited {limit:?} in vain: {}", words());
        // A look that is dear must not take the machine from what is waited for.
        let pause = began.elapsed() * 3;
        thread::park_timeout(pause.clamp(Duration::from_millis(5), Duration::from_millis(500)));
    }
}

/// Waits until a directory holds so many finished files; gives their paths in order of name.
pub(crate) fn wait_for(directory: &Path, count: usize) -> Vec<PathBuf> {
    let finished = || {
        let mut found: Vec<PathBuf> =
            fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.retain(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'));
        found.sort();
        found
    };
    let look = || Some(finished()).filter(|found| found.len() >= count);
    until_seen_or_else(SOON, look, || {
        format!("{} of {count} in {}", finished().len(), directory.display())
    })
}
