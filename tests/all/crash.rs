//! `kill -9` at every step of a submission: after a restart all is as if nothing had happened.
//!
//! Holds the invariants of the security page: what was acknowledged is readable (I1), every upload
//! is in one place (I2), the audit log extends what it ever showed (I3), a second restart changes
//! nothing (I5), and no plain text lies outside the inbound and claimed directories (I6).
//! Needs the cargo feature `fail-points`.

#![cfg(feature = "fail-points")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, os::unix::process::ExitStatusExt};

use crate::{
    child_daemon::Installation,
    invariants::{all_settled, checkpoint, end_well, in_one_place, no_plain_text, uploads},
};

#[test]
fn killed_while_it_claims() {
    for point in ["intents-written", "claim-renamed", "claims-synced", "passed"] {
        killed_at(point, &[1, 2, 5]);
    }
}

#[test]
fn killed_while_it_stores() {
    for point in ["group-synced", "group-renamed", "group-durable"] {
        killed_at(point, &[1, 2, 3, 4, 7, 12]);
    }
    for point in ["published", "stored"] {
        killed_at(point, &[1, 2]);
    }
}

#[test]
fn killed_while_it_logs() {
    for point in ["audit-written", "audit-synced", "audit-checkpointed", "audited"] {
        killed_at(point, &[1, 2, 3]);
    }
}

#[test]
fn killed_while_it_answers() {
    for point in ["receipts", "answered", "removed-one", "removed", "closed"] {
        killed_at(point, &[1, 2]);
    }
}

/// Killed at three places one after the other, the later ones in the midst of recovery.
#[test]
fn killed_again_and_again() {
    let mut dice = Dice(0x5eed_f11e);
    for round in 0..12 {
        let places: Vec<String> =
            (0..3).map(|_| format!("{}:{}", dice.pick(&POINTS), dice.below(6) + 1)).collect();
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        eprintln!("round {round}: {places:?}");
        survive(&places);
    }
}

const POINTS: [&str; 18] = [
    "intents-written",
    "claim-renamed",
    "claims-synced",
    "passed",
    "group-synced",
    "group-renamed",
    "group-durable",
    "published",
    "stored",
    "audit-written",
    "audit-synced",
    "audit-checkpointed",
    "audited",
    "receipts",
    "answered",
    "removed-one",
    "removed",
    "closed",
];

/// Kills at the named passages of a point; the first must be passed, later ones may not come.
fn killed_at(point: &str, passages: &[u32]) {
    for (at, passage) in passages.iter().enumerate() {
        let killed = survive(&[&format!("{point}:{passage}")]);
        assert!(killed == 1 || at > 0, "{point} was never passed");
        if killed == 0 {
            return;
        }
    }
}

/// One installation: uploads, one daemon after the other killed where it says, then one that is
/// left alone, then a second one that must find nothing to do. Says how many were killed.
fn survive(places: &[&str]) -> usize {
    let case = format!("{places:?}");
    let installation = Installation::new();
    let uploads = uploads(&installation);
    let mut checkpoints = BTreeSet::new();
    let mut killed = 0;
    for place in places {
        let mut daemon = installation.start(&[("FILSLUSE_FAIL_POINT", place)]);
        daemon.ready();
        let all = |_: &str| all_settled(&installation, &uploads);
        if daemon.until("receipt or kill", || all(place)) && all(place) {
            // Answered before the point came: it may still come while the daemon drains.
            let status = daemon.stop();
            killed += usize::from(status.signal() == Some(9));
        } else {
            let status = daemon.ended();
            assert_eq!(status.signal(), Some(9), "{case}: {}", daemon.words());
            killed += 1;
        }
        checkpoints.extend(checkpoint(&installation));
        in_one_place(&case, &installation, &uploads);
        no_plain_text(&case, &installation);
    }
    end_well(&case, &installation, &uploads, checkpoints);
    killed
}

/// A reproducible sequence (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % most
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.below(from.len() as u64)).unwrap();
        from[at]
    }
}
