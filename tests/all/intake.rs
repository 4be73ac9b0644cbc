//! Intake against a real file system: settling and evidence, and the bench that its other tests
//! share. Time is passed in; nothing sleeps.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::unchecked_time_subtraction,
    reason = "a test may stop at the first surprise"
)]

mod claims;
mod signatures;
mod watch;

use std::{
    cell::Cell,
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use filsluse::{
    intake::{
        Intake, Looked, SenderInbox,
        candidate::{Candidates, Demands, Standing, Timing},
        claim::{ClaimedFile, Intent, Outcome},
        directory::{EntryKind, Seen},
        name::SenderFileName,
        refusal::RefusalReason,
        scan::Entry,
    },
    types::{
        digest::Sha256,
        ids::{SenderId, SubmissionId},
        verdict::{Evidence, Structure},
    },
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{Strategy, prop, prop_assert, proptest};

pub(crate) const SETTLE: Duration = Duration::from_secs(1);
pub(crate) const DAY: Duration = Duration::from_hours(24);

/// A drop root with senders, an intake on it, and a clock.
pub(crate) struct Sluice {
    root: tempfile::TempDir,
    pub(crate) intake: Intake,
    pub(crate) now: Duration,
    pub(crate) says: Structure,
    pub(crate) peeks: Cell<u32>,
    pub(crate) intents: Vec<Intent>,
    senders: Vec<SenderInbox>,
    ids: u64,
}

impl Sluice {
    pub(crate) fn new(minimum: Evidence) -> Self {
        Self::with(&["a"], |inbox| inbox.min_evidence = minimum)
    }

    pub(crate) fn with(senders: &[&str], change: impl Fn(&mut SenderInbox)) -> Self {
        let root = tempfile::tempdir().unwrap();
        let senders: Vec<_> = senders
            .iter()
            .map(|id| {
                fs::create_dir_all(root.path().join(id).join("inbound/test")).unwrap();
                let mut inbox = SenderInbox {
                    id: SenderId::parse(id).unwrap(),
                    min_evidence: Evidence::Closed,
                    max_bytes: 1 << 20,
                    owner_uid: None,
                    signing_keys: Vec::new(),
                };
                change(&mut inbox);
                inbox
            })
            .collect();
        let intake = Intake::new(root.path(), senders.clone(), Timing::default()).unwrap();
        Self {
            root,
            intake,
            now: Duration::from_secs(1000),
            says: Structure::Unknown,
            peeks: Cell::new(0),
            intents: Vec::new(),
            senders,
            ids: 0,
        }
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn inbound(&self, name: &str) -> PathBuf {
        self.root().join("a/inbound").join(name)
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.inbound(name), bytes).unwrap();
    }

    /// Names in the sender's claimed directory.
    pub(crate) fn claimed(&self) -> BTreeSet<String> {
        let Ok(entries) = fs::read_dir(self.root().join(".claimed/a")) else {
            return BTreeSet::new();
        };
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Moves the clock and looks.
    pub(crate) fn look(&mut self, later: Duration) -> Looked {
        self.look_for(later, usize::MAX)
    }

    pub(crate) fn look_for(&mut self, later: Duration, budget: usize) -> Looked {
        self.now += later;
        let peek = |_: &File| {
            self.peeks.set(self.peeks.get() + 1);
            Ok(self.says)
        };
        self.intake.look(self.now, budget, &peek)
    }

    /// Looks when the next rescan is due, and after the settle time.
    pub(crate) fn settled(&mut self) -> Looked {
        let warm = self.look(SETTLE * 31);
        assert!(warm.ready.is_empty(), "ready before it settled");
        self.look(SETTLE)
    }

    pub(crate) fn claim(&mut self, looked: Looked) -> Vec<Outcome> {
        self.claim_while(looked, || {})
    }

    /// Claims; `meanwhile` happens after the intents are durable and before the first rename.
    pub(crate) fn claim_while(&mut self, looked: Looked, meanwhile: impl FnOnce()) -> Vec<Outcome> {
        let Self { intake, ids, intents, now, .. } = self;
        let mut next_id = || {
            *ids += 1;
            id(*ids)
        };
        let mut meanwhile = Some(meanwhile);
        let mut record = |list: &[Intent]| {
            intents.extend(list.iter().cloned());
            if let Some(act) = meanwhile.take() {
                act();
            }
            Ok(())
        };
        intake.claim(*now, looked.ready, looked.refused, &mut next_id, &mut record).unwrap()
    }

    /// A second start on the same directories.
    pub(crate) fn restart(&mut self) {
        self.intake =
            Intake::new(self.root.path(), self.senders.clone(), Timing::default()).unwrap();
    }
}

pub(crate) fn id(number: u64) -> SubmissionId {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    SubmissionId::new(Timestamp::UNIX_EPOCH, random)
}

pub(crate) fn only<T>(mut list: Vec<T>) -> T {
    assert_eq!(list.len(), 1);
    list.pop().unwrap()
}

pub(crate) fn taken(outcome: Outcome) -> ClaimedFile {
    match outcome {
        Outcome::Claimed(file) => file,
        other => panic!("not claimed: {other:?}"),
    }
}

pub(crate) fn content(file: &ClaimedFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.open().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

pub(crate) fn named(text: &str) -> SenderFileName {
    SenderFileName::new(text.as_bytes().to_vec())
}

#[test]
fn a_file_is_taken_once_it_is_quiet_and_only_once() {
    let mut sluice = Sluice::new(Evidence::Closed);
    sluice.put("list.xml", b"<a/>");
    let looked = sluice.settled();
    assert_eq!(looked.ready[0].evidence, Evidence::Closed);
    let file = taken(only(sluice.claim(looked)));
    assert_eq!((file.id, file.size, file.rehearsal), (id(1), 4, false));
    assert_eq!(file.name, named("list.xml"));
    assert_eq!(content(&file), b"<a/>");
    assert!(file.unchanged(&file.open().unwrap()).unwrap());
    assert_eq!(sluice.claimed(), [id(1).to_string()].into());
    assert!(!sluice.inbound("list.xml").exists());
    let again = sluice.look(SETTLE * 40);
    assert!(again.ready.is_empty() && again.refused.is_empty());
    file.remains().remove().unwrap();
    assert!(sluice.claimed().is_empty());
}

#[test]
fn growth_starts_the_wait_anew() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    for step in 1..20 {
        sluice.put("list.xml", &vec![b'x'; step]);
        let looked = sluice.look(SETTLE * 9 / 10);
        assert!(looked.ready.is_empty(), "step {step}");
        assert!(looked.next_look <= sluice.now + SETTLE, "step {step}");
    }
    assert_eq!(sluice.look(SETTLE).ready.len(), 1);
}

#[test]
fn a_writer_that_is_still_there_outweighs_everything() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    let mut writer = File::create(sluice.inbound("list.csv")).unwrap();
    writer.write_all(b"a;b").unwrap();
    sluice.put("list.csv.sha256", format!("{}  list.csv\n", Sha256::of(b"a;b")).as_bytes());
    assert!(sluice.settled().ready.is_empty());
    assert!(sluice.look(SETTLE * 200).ready.is_empty());
    drop(writer);
    assert_eq!(sluice.look(SETTLE * 40).ready[0].evidence, Evidence::Manifest);
}

#[test]
fn a_writer_that_comes_back_after_the_look_keeps_its_file() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    sluice.put("list.csv", b"a;b");
    let looked = sluice.settled();
    assert_eq!(looked.ready.len(), 1);
    let writer = OpenOptions::new().append(true).open(sluice.inbound("list.csv")).unwrap();
    assert!(sluice.claim(looked).is_empty());
    assert!(sluice.intents.is_empty(), "no intent for a file that is being written");
    drop(writer);
    let looked = sluice.settled();
    taken(only(sluice.claim(looked)));
}

#[test]
fn temporary_names_wait_for_their_rename() {
    let mut sluice = Sluice::new(Evidence::Closed);
    let cases = [
        ("a.xml.part", "a.xml"),
        ("b.xml.filepart", "b.xml"),
        ("c.tmp", "c.xml"),
        (".d.xml.Qx81Zz", "d.xml"),
        ("e.xml~", "e.xml"),
    ];
    for (temporary, _) in cases {
        sluice.put(temporary, b"<a/>");
    }
    assert!(sluice.settled().ready.is_empty());
    assert!(sluice.look(SETTLE * 100).ready.is_empty());
    for (temporary, name) in cases {
        rustix::fs::rename(sluice.inbound(temporary), sluice.inbound(name)).unwrap();
    }
    sluice.look(SETTLE * 40);
    let looked = sluice.look(SETTLE);
    let names: BTreeSet<_> = looked.ready.iter().map(|ready| ready.name.clone()).collect();
    assert_eq!(names, cases.map(|(_, name)| named(name)).into());
}

/// An operator who is asked for a file sees it though nobody may take it yet.
#[test]
fn what_is_not_taken_yet_can_be_seen_to_wait() {
    let minute = Duration::from_mins(1);
    let mut sluice = Sluice::new(Evidence::Manifest);
    sluice.put("a.part", b"<a/>");
    sluice.look(Duration::ZERO);
    assert!(sluice.intake.waiting(minute).is_empty());
    sluice.look(minute);
    sluice.put("b.xml", b"<a/>");
    sluice.look(minute);
    sluice.look(minute);
    let [(_, waiting)] = &Vec::from_iter(sluice.intake.waiting(minute))[..] else { panic!() };
    assert_eq!(waiting.count, 2, "a name that waits for its rename, and too little evidence");
    rustix::fs::unlink(sluice.inbound("a.part")).unwrap();
    rustix::fs::unlink(sluice.inbound("b.xml")).unwrap();
    sluice.look(minute);
    assert!(sluice.intake.waiting(minute).is_empty());
}

#[test]
fn a_temporary_name_is_refused_after_a_day() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    sluice.put("a.part", b"<a/>");
    sluice.look(Duration::ZERO);
    assert!(sluice.look(DAY - SETTLE).refused.is_empty());
    assert_eq!(only(sluice.look(SETTLE).refused).why, RefusalReason::Temporary);
}

/// A restart each night must not put it off for ever.
#[test]
fn what_lay_there_before_a_start_has_its_day_from_its_last_change() {
    let minute = Duration::from_mins(1);
    let wall = |sluice: &Sluice, ago: Duration| {
        let changed =
            Seen::of_entry(File::open(sluice.root().join("a/inbound")).unwrap(), b"a.part");
        let changed = Timestamp::from_nanosecond(changed.unwrap().ctime).unwrap();
        // So that the first look is at that time.
        changed + ago - sluice.now
    };
    // (how long it lies there at the start by the wall clock, how long until it is refused)
    let cases = [(Duration::ZERO, DAY), (DAY - minute * 5, minute * 5), (DAY * 2, minute * 3 / 2)];
    for (lain, wait) in cases {
        let mut sluice = Sluice::new(Evidence::Manifest);
        for name in ["a.part", "b.xml", "c.xml.sha256", "d.xml"] {
            sluice.put(name, if name == "d.xml" { b"" } else { b"<a/>" });
        }
        let started = wall(&sluice, lain);
        sluice.intake.count_from(started);
        sluice.look(Duration::ZERO);
        // They were written one after the other.
        assert!(sluice.look(wait - SETTLE * 5).refused.is_empty(), "{lain:?}");
        sluice.look(SETTLE * 10);
        let refused = sluice.look(SETTLE * 40).refused;
        assert_eq!(refused.len(), 4, "{lain:?}: {refused:?}");
        // What comes after the start has its whole day, whatever it says of itself.
        sluice.put("e.part", b"<a/>");
        sluice.look(minute);
        assert_eq!(sluice.look(DAY - minute).refused.len(), 4, "{lain:?}");
        assert_eq!(sluice.look(minute).refused.len(), 5, "{lain:?}");
    }
}

/// And a clock that was set back makes nothing older than it is.
#[test]
fn a_change_of_the_future_counts_as_now() {
    let mut sluice = Sluice::new(Evidence::Manifest);
    sluice.put("a.part", b"<a/>");
    sluice.intake.count_from("1999-01-01T00:00Z".parse().unwrap());
    sluice.look(Duration::ZERO);
    sluice.look(Duration::from_mins(2));
    let [(_, waiting)] = &Vec::from_iter(sluice.intake.waiting(SETTLE))[..] else { panic!() };
    assert_eq!(waiting.since, SignedDuration::from_secs(1000));
    assert!(sluice.look(DAY - Duration::from_mins(2) - SETTLE).refused.is_empty());
    assert_eq!(sluice.look(SETTLE).refused.len(), 1);
}

#[test]
fn link_then_unlink_is_a_rename_and_never_taken_between() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    sluice.put("a.xml.part", b"<a/>");
    sluice.look(Duration::ZERO);
    fs::hard_link(sluice.inbound("a.xml.part"), sluice.inbound("a.xml")).unwrap();
    for _ in 0..20 {
        let looked = sluice.look(SETTLE);
        assert!(looked.ready.is_empty() && looked.refused.is_empty());
    }
    fs::remove_file(sluice.inbound("a.xml.part")).unwrap();
    sluice.look(SETTLE * 40);
    assert_eq!(only(sluice.look(SETTLE).ready).name, named("a.xml"));
}

#[test]
fn a_manifest_before_or_after_speaks_for_its_file_and_goes_with_it() {
    let line = format!("{} *list.xml\n", Sha256::of(b"<a/>"));
    for manifest_first in [true, false] {
        let mut sluice = Sluice::new(Evidence::Manifest);
        let mut halves = [("list.xml", b"<a/>".as_slice()), ("list.xml.sha256", line.as_bytes())];
        if manifest_first {
            halves.reverse();
        }
        for (name, bytes) in halves {
            assert!(sluice.settled().ready.is_empty());
            sluice.put(name, bytes);
            sluice.look(SETTLE * 40);
        }
        let looked = sluice.look(SETTLE);
        assert_eq!(looked.ready[0].evidence, Evidence::Manifest);
        let file = taken(only(sluice.claim(looked)));
        assert_eq!(file.manifest, Some(Sha256::of(b"<a/>")));
        assert!(!sluice.inbound("list.xml.sha256").exists());
        assert_eq!(sluice.claimed(), [file.id.to_string()].into());
    }
}

#[test]
fn a_file_waits_for_a_manifest_that_is_still_coming() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    sluice.put("list.xml", b"<a/>");
    sluice.look(Duration::ZERO);
    sluice.put("list.xml.sha256", b"");
    assert!(sluice.look(SETTLE * 40).ready.is_empty());
    sluice.put("list.xml.sha256", format!("{}  -\n", Sha256::of(b"<a/>")).as_bytes());
    sluice.look(SETTLE * 40);
    assert_eq!(sluice.look(SETTLE).ready[0].manifest, Some(Sha256::of(b"<a/>")));
}

#[test]
fn a_manifest_of_something_else_refuses_the_file() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    sluice.put("list.xml", b"<a/>");
    sluice.put("list.xml.sha256", format!("{}  other.xml\n", Sha256::of(b"<a/>")).as_bytes());
    let looked = sluice.settled();
    assert!(looked.ready.is_empty());
    assert_eq!(looked.refused[0].why, RefusalReason::BadManifest);
    match only(sluice.claim(looked)) {
        Outcome::Refused(aside) => assert!(aside.remains().remove().unwrap()),
        other => panic!("{other:?}"),
    }
    assert!(!sluice.inbound("list.xml").exists() && !sluice.inbound("list.xml.sha256").exists());
}

#[test]
fn a_manifest_whose_file_never_comes_is_refused_after_a_day() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    sluice.put("list.xml.sha256", b"anything");
    sluice.look(Duration::ZERO);
    assert!(sluice.look(DAY - SETTLE).refused.is_empty());
    assert_eq!(only(sluice.look(SETTLE).refused).why, RefusalReason::LoneManifest);
}

#[test]
fn structure_is_peeked_at_once_per_change() {
    let mut sluice = Sluice::new(Evidence::Structure);
    sluice.says = Structure::Incomplete;
    sluice.put("list.xml", b"<a>");
    assert!(sluice.settled().ready.is_empty());
    for _ in 0..50 {
        assert!(sluice.look(SETTLE * 30).ready.is_empty());
    }
    assert_eq!(sluice.peeks.get(), 1);
    sluice.put("list.xml", b"<a></a>");
    sluice.says = Structure::Complete;
    sluice.look(SETTLE * 40);
    assert_eq!(only(sluice.look(SETTLE).ready).evidence, Evidence::Structure);
    assert_eq!(sluice.peeks.get(), 2);
}

#[test]
fn too_little_evidence_for_a_day_is_refused() {
    let mut sluice = Sluice::new(Evidence::Structure);
    sluice.put("list.xml", b"<a>");
    sluice.look(Duration::ZERO);
    assert!(sluice.look(DAY - SETTLE).refused.is_empty());
    let looked = sluice.look(SETTLE * 60);
    assert_eq!(looked.refused[0].why, RefusalReason::Incomplete);
    assert_eq!(sluice.claim(looked).len(), 1);
    assert!(sluice.look(SETTLE * 60).refused.is_empty(), "told once");
}

#[test]
fn a_cut_file_is_given_a_grace_before_it_is_taken() {
    let mut sluice = Sluice::new(Evidence::Closed);
    sluice.says = Structure::Incomplete;
    sluice.put("list.xml", b"<a>");
    assert!(sluice.settled().ready.is_empty());
    let looked = sluice.look(SETTLE * 9);
    assert!(looked.ready.is_empty());
    assert!(looked.next_look <= sluice.now + SETTLE, "looks again when the grace ends");
    assert_eq!(sluice.look(SETTLE).ready.len(), 1);
}

proptest! {
    /// Whatever is seen of a file and when: it never counts as settled unless every sight of it
    /// within the last `settle` showed the same.
    #[test]
    fn no_file_is_settled_before_it_was_unchanged_for_long_enough(
        sights in prop::collection::vec(sight(), 1..40)
    ) {
        let timing = Timing::default();
        let demands = Demands { max_bytes: 1000, owner_uid: None };
        let name = named("list.xml");
        let mut candidates = Candidates::default();
        let mut now = Duration::ZERO;
        let mut history: Vec<(Duration, Seen)> = Vec::new();
        for (later, seen) in sights {
            now += later;
            let page = seen.iter().map(|seen| Entry { name: name.clone(), seen: *seen }).collect();
            candidates.observe(now, page);
            candidates.end_pass();
            match seen {
                Some(seen) => history.push((now, seen)),
                None => history.clear(),
            }
            let standing = candidates.get(&name).map(|known| known.standing(&demands, &timing));
            let same = history.iter().rev().take_while(|(_, past)| {
                history.last().is_some_and(|(_, last)| past.same(last))
            });
            let quiet = same.last().map(|(since, _)| now - *since).unwrap_or_default();
            if standing == Some(Standing::Settled) {
                prop_assert!(quiet >= timing.settle);
                let taken = history.last().is_some_and(|(_, last)| {
                    last.single && (1..=1000).contains(&last.size) && !last.holed
                });
                prop_assert!(taken);
            }
            if let Some(Standing::Until(time)) = standing {
                prop_assert!(time > now, "would be looked at for ever");
            }
            prop_assert!(standing.is_some() == seen.is_some());
        }
    }
}

fn sight() -> impl Strategy<Value = (Duration, Option<Seen>)> {
    let seen = (0u64..3, 0u64..3, 0u64..4, 0i128..3, prop::bool::weighted(0.9));
    let seen = seen.prop_map(|(ino, size, ctime, mtime, single)| Seen {
        kind: EntryKind::Plain,
        dev: 1,
        ino,
        single,
        uid: 0,
        size: size * 700,
        holed: false,
        mtime,
        ctime: ctime.min(1).into(),
    });
    (0u64..900, prop::option::weighted(0.95, seen))
        .prop_map(|(later, seen)| (Duration::from_millis(later), seen))
}
