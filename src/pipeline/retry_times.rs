//! When what failed at another system is tried again.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// How long to wait after so many attempts: doubling, at most [`LONGEST`]. `random` takes away up
/// to a quarter, so that what failed together is not tried together for ever.
pub fn pause(first: Duration, attempts: u32, random: u8) -> Duration {
    let doublings = attempts.saturating_sub(1).min(31);
    let whole = first.saturating_mul(1 << doublings).min(LONGEST);
    whole.saturating_sub(whole / 4 * u32::from(random) / 255)
}

/// So much later.
pub fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_add(signed(by)).unwrap_or(Timestamp::MAX)
}

/// The same as a span of the calendar's arithmetic.
pub fn signed(by: Duration) -> SignedDuration {
    SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX)
}

/// Longest pause between two attempts.
pub const LONGEST: Duration = Duration::from_hours(1);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::pause;

    #[test]
    fn pauses_double_up_to_an_hour_and_vary() {
        let minute = Duration::from_mins(1);
        for (attempts, random, want) in [
            (0, 0, 60),
            (1, 0, 60),
            (2, 0, 120),
            (3, 0, 240),
            (3, 255, 180),
            (7, 0, 3_600),
            (u32::MAX, 0, 3_600),
            (u32::MAX, 255, 2_700),
        ] {
            assert_eq!(pause(minute, attempts, random).as_secs(), want, "{attempts} {random}");
        }
        assert!(pause(minute, 4, 100) < pause(minute, 4, 99));
    }
}
