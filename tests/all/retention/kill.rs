//! A real process is killed at each of the sweep's fail points; the next one finishes its work.
//!
//! Needs the cargo feature `fail-points`. The child is this very test binary.

#![cfg(feature = "fail-points")]

use std::{
    env,
    os::unix::process::ExitStatusExt,
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
    time::Duration,
};

use filsluse::{
    audit::entry::Event,
    config::layout::Layout,
    pipeline::upkeep::erase::{self, Eraser},
};
use jiff::SignedDuration;

use super::premises::{Laid, at, catalogue, holds, open_house, premises, secret_of};

const DIR: &str = "FILSLUSE_TEST_ERASE";
const DUE: &str = "2026-04-10T22:00Z";

#[test]
fn a_kill_at_any_step_of_an_erasure_is_made_good() {
    let points = [
        ("erase-header", true),
        ("erase-scrubbed", true),
        ("erase-payload", false),
        ("erase-recorded", false),
        ("erase-enrolments", false),
        ("audit-written", false),
        ("audited", false),
        ("compacting", false),
    ];
    for (point, payloads_left) in points {
        let it = premises();
        let due: Vec<Laid> = (0..3).map(|number| it.lay(number, at(DUE))).collect();
        let person = it.withdraw(1, at(DUE));
        let (it, status) = it.while_closed(|layout| {
            let status = sweep_in_child(layout, point);
            // Before the catalogue is opened again, which would scrub it.
            for laid in due.iter().filter(|_| point != "erase-header") {
                assert!(!holds(&layout.places.state_dir, secret_of(laid)), "{point}");
            }
            status
        });
        assert_eq!(status.signal(), Some(9), "{point} was never passed");
        for laid in &due {
            assert_eq!(it.read(|view| view.header(&laid.id)), None, "{point}");
            assert_eq!(it.payload(&laid.id).exists(), payloads_left, "{point}");
        }
        erase::run(&it.house, at(DUE), false).expect("swept");
        assert!(due.iter().all(|laid| it.is_gone(laid)), "{point}");
        assert_eq!(it.audited(Event::ObjectErased), 3, "{point}");
        assert_eq!(it.audited(Event::EnrolmentErased), 1, "{point}");
        let row = it.read(|view| view.enrolment(&person.registry, &person.mission, &person.person));
        assert_eq!(row, None, "{point}");
    }
}

/// It may have been the rewriting itself that ended the process, which would come again at each
/// start.
#[test]
fn a_rewriting_that_was_cut_off_is_tried_again_a_day_later() {
    let it = premises();
    it.withdraw(1, at(DUE));
    let (it, status) = it.while_closed(|layout| sweep_in_child(layout, "compacting"));
    assert_eq!(status.signal(), Some(9));
    let hour = |n: i64| at(DUE) + SignedDuration::from_hours(n);
    let mark = it.layout.places.compacting();
    let mut eraser = Eraser::default();
    for (passed, waits) in [(0_i64, true), (23, true), (24, false), (25, false)] {
        let since = Duration::from_secs(3600 * passed.unsigned_abs());
        eraser.run(&it.house, hour(passed), since, false).expect("swept");
        assert_eq!(mark.exists(), waits, "after {passed} hours");
    }
}

/// The other side: does nothing unless the test above started it.
#[test]
fn child_that_erases() {
    let Some(dir) = env::var_os(DIR).map(PathBuf::from) else { return };
    let layout = Layout::new(&dir);
    let house = open_house(&layout, Box::new(catalogue(&layout)));
    erase::run(&house, at(DUE), false).expect("swept");
}

pub(super) fn sweep_in_child(layout: &Layout, point: &str) -> ExitStatus {
    Command::new(env::current_exe().expect("this binary"))
        .args(["--exact", "retention::kill::child_that_erases"])
        .env(DIR, layout.etc.parent().expect("the directory"))
        .env("FILSLUSE_FAIL_POINT", point)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("a child")
}
