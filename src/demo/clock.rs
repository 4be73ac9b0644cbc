//! A clock that runs behind the system's, until the story lets it catch up. It ends at the true
//! time, so that the daemon that stays up afterwards, and every command on it, is in the present.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::SignedDuration;

use crate::{daemon::open, types::clock_and_random::Now};

/// The story's clock.
pub struct StoryClock {
    /// Seconds that it is behind.
    behind: Arc<AtomicI64>,
}

impl StoryClock {
    /// A clock that is so many days of 24 hours behind.
    pub fn behind_by(days: i64) -> Self {
        let behind = SignedDuration::from_hours(24).as_secs() * days;
        Self { behind: Arc::new(AtomicI64::new(behind)) }
    }

    /// The clock in the form that a house takes.
    pub fn to_now(&self) -> Now {
        let behind = Arc::clone(&self.behind);
        let system = open::system_clock();
        Arc::new(move || system() - SignedDuration::from_secs(behind.load(Ordering::Relaxed)))
    }

    /// Moves it to the true time.
    pub fn catch_up(&self) {
        self.behind.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::StoryClock;

    #[test]
    fn it_is_behind_until_it_catches_up() {
        let clock = StoryClock::behind_by(3);
        let now = clock.to_now();
        let then = now();
        clock.catch_up();
        let jumped = now().duration_since(then);
        assert!(jumped >= SignedDuration::from_hours(72), "{jumped}");
        assert!(jumped < SignedDuration::from_hours(73), "{jumped}");
    }
}
