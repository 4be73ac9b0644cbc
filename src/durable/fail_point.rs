//! Steps at which a crash test lets the process kill itself.
//!
//! `FILSLUSE_FAIL_POINT=stored:3` kills it at its third passage of `stored`. Compiles to nothing
//! without the cargo feature `fail-points`, which no shipped build has.

/// Passes the step; returns unless this is the passage that was asked for.
#[cfg(not(feature = "fail-points"))]
pub fn pass(_name: &'static str) {}

/// Passes the step; returns unless this is the passage that was asked for.
#[cfg(feature = "fail-points")]
pub fn pass(name: &'static str) {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    };

    use rustix::process::{Signal, getpid, kill_process};

    static WANTED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);

    let wanted = WANTED.get_or_init(|| parse(&std::env::var(VARIABLE).ok()?));
    if let Some((wanted, nth)) = wanted
        && wanted == name
        && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *nth
    {
        // SIGKILL cannot be caught: no destructor runs and no buffer is flushed, as in a crash.
        if kill_process(getpid(), Signal::KILL).is_err() {
            std::process::abort();
        }
        loop {
            std::thread::park();
        }
    }
}

/// Meets what it was asked to panic at, with the bytes at hand in its message; returns otherwise.
#[cfg(not(feature = "fail-points"))]
pub fn panic_on(_bytes: &[u8]) {}

/// Meets what it was asked to panic at (`FILSLUSE_PANIC_ON=text`), with the bytes at hand in its
/// message as a careless library's would have them; returns otherwise.
///
/// # Panics
/// When it was asked to.
#[cfg(feature = "fail-points")]
pub fn panic_on(bytes: &[u8]) {
    use std::sync::OnceLock;

    static WANTED: OnceLock<Option<String>> = OnceLock::new();

    if let Some(wanted) = WANTED.get_or_init(|| std::env::var(PANIC_VARIABLE).ok())
        && bytes.windows(wanted.len().max(1)).any(|window| window == wanted.as_bytes())
    {
        panic!("cannot stand {}", String::from_utf8_lossy(bytes));
    }
}

/// Reads `name[:n]`; n counts from 1.
#[cfg(any(feature = "fail-points", test))]
fn parse(text: &str) -> Option<(String, u64)> {
    let (name, nth) = text.split_once(':').unwrap_or((text, "1"));
    let nth = nth.parse().ok().filter(|nth| *nth > 0)?;
    (!name.is_empty()).then(|| (name.to_owned(), nth))
}

#[cfg(feature = "fail-points")]
const VARIABLE: &str = "FILSLUSE_FAIL_POINT";
#[cfg(feature = "fail-points")]
const PANIC_VARIABLE: &str = "FILSLUSE_PANIC_ON";

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn name_and_passage() {
        let cases = [
            ("stored", Some(("stored", 1))),
            ("stored:3", Some(("stored", 3))),
            ("stored:0", None),
            ("stored:x", None),
            (":1", None),
            ("", None),
        ];
        for (text, want) in cases {
            let want = want.map(|(name, nth)| (name.to_owned(), nth));
            assert_eq!(parse(text), want, "{text}");
        }
    }
}
