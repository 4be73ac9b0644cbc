//! `kill -9` at every step of a submission: after a restart all is as if nothing had happened.
//!
//! Holds the invariants of the security page: what was acknowledged is readable (I1), every upload
//! is in one place (I2), the audit log extends what it ever showed (I3), a second restart changes
//! nothing (I5), and no plain text lies outside the inbound and claimed directories (I6).
//! Needs the cargo feature `fail-points`.

#![cfg(feature = "fail-points")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test tells what it did")]

use std::{
    collections::BTreeSet,
    os::unix::process::ExitStatusExt,
    process::Command,
    time::{Duration, Instant},
};

use filsluse::{catalogue::records::enrolments::EnrolmentState, types::verdict::State};
use rustix::process::Signal;

use crate::{
    resilience::invariants::{
        Still, all_settled, audit_holds, checkpoint, end_well, entries, in_one_place,
        no_plain_text, readable, uploads,
    },
    support::{
        installation::Installation,
        uploads::{PERSONS, complete},
    },
};

#[test]
fn killed_while_it_claims() {
    for point in ["intents-written", "claim-renamed", "passed"] {
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
    for point in ["audit-written", "audit-checkpointed", "audited"] {
        killed_at(point, &[1, 2, 3]);
    }
}

#[test]
fn killed_while_it_answers() {
    for point in ["receipts", "answered", "removed-one", "removed", "closed"] {
        killed_at(point, &[1, 2]);
    }
}

/// Killed between an operator's word on held withdrawals and the mission's second receipt.
#[test]
fn killed_while_it_decides() {
    let points = [
        "group-synced",
        "group-renamed",
        "group-durable",
        "audit-written",
        "audit-checkpointed",
        "audited",
        "decided",
    ];
    for point in points {
        for (word, passages) in [("approve", 1..6), ("refuse", 1..2)] {
            for passage in passages {
                let killed = decide(word, &format!("{point}:{passage}"));
                assert!(killed || passage > 1, "{point} was never passed");
                if !killed {
                    break;
                }
            }
        }
    }
}

/// Holds withdrawals, decides with a daemon that kills itself, and looks what became of it.
fn decide(word: &str, place: &str) -> bool {
    let case = format!("{word} {place}");
    let installation = Installation::new();
    let mut daemon = installation.start(&[]);
    daemon.ready();
    installation.upload("embassy-xex", "all.xml", complete("XEX", "1", &PERSONS));
    daemon.until("the first receipts", || installation.receipts("embassy-xex").len() == 2);
    installation.upload("embassy-xex", "one.xml", complete("XEX", "2", &PERSONS[..1]));
    daemon.until("the second receipts", || installation.receipts("embassy-xex").len() == 4);
    assert!(daemon.stop().success());
    let id = installation.books().held[0].submission.to_string();

    let verb = |id: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_filsluse"));
        command.arg("--config").arg(installation.layout.main_file());
        command.args(["enrolment", word, id]).output().unwrap()
    };
    let mut daemon = installation.start(&[("FILSLUSE_FAIL_POINT", place)]);
    if daemon.ready() {
        verb(&id);
    }
    let killed = daemon.stop().signal() == Some(9);
    no_plain_text(&case, &installation);

    let mut daemon = installation.start(&[]);
    assert!(daemon.ready(), "{case}: {}", daemon.words());
    if !installation.books().held.is_empty() {
        let said = verb(&id);
        assert!(said.status.success(), "{case}: {}", String::from_utf8_lossy(&said.stderr));
    }
    daemon.until("the decision's receipts", || installation.receipts("embassy-xex").len() == 6);
    daemon.until("its end", || {
        let books = installation.books();
        books.submissions.iter().all(|row| row.state == State::Done)
    });
    assert!(daemon.stop().success());

    let still = Still::of(&installation);
    readable(&case, &installation, &still);
    let enrolled = still.books.enrolments.iter().filter(|e| e.state == EnrolmentState::Enrolled);
    assert_eq!(enrolled.count(), if word == "approve" { 1 } else { 5 }, "{case}");
    assert_eq!(still.books.enrolments.len(), 5, "{case}");
    let decided = still.books.objects.iter().filter(|object| object.id.number == 2).count();
    assert_eq!(decided, usize::from(word == "approve"), "{case}");
    let second = still.receipts["embassy-xex"].keys().filter(|name| name.contains(".2.receipt"));
    assert_eq!(second.count(), 2, "{case}");
    assert_eq!(entries(&installation).matches("\"decided\"").count(), 1, "{case}");
    audit_holds(&case, &installation, &BTreeSet::new());

    let mut daemon = installation.start(&[]);
    daemon.ready();
    assert!(daemon.stop().success());
    assert_eq!(still, Still::of(&installation), "{case}: a second restart changed something");
    killed
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

/// Killed or told to stop at moments that nobody chose.
#[test]
fn stopped_at_any_moment() {
    let mut dice = Dice(0x0dd_ba11);
    for round in 0..16 {
        let installation = Installation::new();
        let uploads = uploads(&installation);
        let mut checkpoints = BTreeSet::new();
        for signal in [Signal::TERM, Signal::KILL] {
            let moment = Duration::from_millis(dice.below(300));
            let case = format!("round {round}, {signal:?} after {moment:?}");
            let mut daemon = installation.start(&[]);
            daemon.ready();
            let begin = Instant::now();
            daemon.until("the moment", || begin.elapsed() >= moment);
            daemon.signal(signal);
            let status = daemon.ended();
            assert!(signal == Signal::KILL || status.success(), "{case}: {}", daemon.words());
            in_one_place(&case, &installation, &uploads);
            checkpoints.extend(checkpoint(&installation));
        }
        end_well(&format!("round {round}"), &installation, &uploads, checkpoints);
    }
}

/// Every step of a submission.
pub(crate) const POINTS: [&str; 16] = [
    "intents-written",
    "claim-renamed",
    "passed",
    "group-synced",
    "group-renamed",
    "group-durable",
    "published",
    "stored",
    "audit-written",
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
