//! Intake against a real file system: settling, evidence, claims, fairness, recovery. Time is
//! passed in; nothing sleeps.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::unchecked_time_subtraction,
    reason = "a test may stop at the first surprise"
)]

use std::{
    cell::Cell,
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
    sync::mpsc,
    time::Duration,
};

use filsluse::{
    intake::{
        AlarmKind, Intake, IntakeError, Looked, SenderInbox,
        candidate::{Candidates, Demands, Standing, Timing},
        claim::{ClaimedFile, Intent, Outcome, VoidReason},
        directory::{EntryKind, Seen},
        evidence::Structure,
        house::Wrong,
        name::SenderFileName,
        refusal::RefusalReason,
        scan::Entry,
        watch::{Hints, Watch},
    },
    types::{
        digest::Sha256,
        ids::{SenderId, SubmissionId},
        verdict::Evidence,
    },
};
use jiff::Timestamp;
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
    (&file.file).read_to_end(&mut bytes).unwrap();
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
    assert!(file.unchanged().unwrap());
    assert_eq!(sluice.claimed(), [id(1).to_string()].into());
    assert!(!sluice.inbound("list.xml").exists());
    let again = sluice.look(SETTLE * 40);
    assert!(again.ready.is_empty() && again.refused.is_empty());
    file.remove().unwrap();
    sluice.intake.house().sync_claimed(&SenderId::parse("a").unwrap()).unwrap();
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

#[test]
fn a_temporary_name_is_refused_after_a_day() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    sluice.put("a.part", b"<a/>");
    sluice.look(Duration::ZERO);
    assert!(sluice.look(DAY - SETTLE).refused.is_empty());
    assert_eq!(only(sluice.look(SETTLE).refused).why, RefusalReason::Temporary);
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
        Outcome::Refused(aside) => assert!(aside.remove().unwrap()),
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

#[test]
fn the_rehearsal_directory_is_told_apart() {
    let mut sluice = Sluice::new(Evidence::Closed);
    sluice.put("test/list.xml", b"<a/>");
    let looked = sluice.settled();
    let file = taken(only(sluice.claim(looked)));
    assert!(file.rehearsal);
    assert!(sluice.inbound("test").is_dir());
}

#[test]
fn senders_take_turns_within_the_budget() {
    let mut sluice = Sluice::with(&["a", "b", "c"], |_| {});
    for sender in ["a", "b", "c"] {
        let files = if sender == "a" { 100 } else { 3 };
        for n in 0..files {
            let path = sluice.root().join(sender).join("inbound").join(format!("{n}.xml"));
            fs::write(path, "<a/>").unwrap();
        }
    }
    sluice.look(Duration::ZERO);
    assert_eq!(sluice.look_for(SETTLE, 0).left, 106, "no budget, nothing handed out");
    let looked = sluice.look_for(Duration::ZERO, 9);
    for sender in ["a", "b", "c"] {
        let count = looked.ready.iter().filter(|ready| ready.sender.as_str() == sender).count();
        assert_eq!(count, 3, "{sender}");
    }
    assert_eq!(looked.left, 97);
}

#[test]
fn twenty_thousand_files_are_each_taken_once() {
    const FILES: usize = 20_000;
    let mut sluice = Sluice::new(Evidence::Closed);
    for n in 0..FILES {
        sluice.put(&format!("{n}.xml"), format!("<a>{n}</a>").as_bytes());
    }
    let mut seen = BTreeSet::new();
    let mut looks = 0;
    while seen.len() < FILES {
        looks += 1;
        assert!(looks < 300, "only {} after {looks} looks", seen.len());
        let looked = sluice.look_for(SETTLE / 4, 512);
        assert!(looked.refused.is_empty());
        for outcome in sluice.claim(looked) {
            assert!(seen.insert(taken(outcome).name), "taken twice");
        }
    }
    assert_eq!(sluice.claimed().len(), FILES);
    assert_eq!(fs::read_dir(sluice.inbound("")).unwrap().count(), 1, "only test is left");
}

#[test]
fn nothing_moves_when_the_intents_are_not_durable() {
    let mut sluice = Sluice::new(Evidence::Closed);
    sluice.put("list.xml", b"<a/>");
    symlink("/etc/passwd", sluice.inbound("link")).unwrap();
    let looked = sluice.settled();
    let (ready, refused) = (looked.ready, looked.refused);
    let mut full = |_: &[Intent]| Err(io::ErrorKind::StorageFull.into());
    let failed = sluice.intake.claim(sluice.now, ready, refused, &mut || id(1), &mut full);
    assert!(matches!(failed, Err(IntakeError::Intents(_))));
    assert!(sluice.inbound("list.xml").exists() && sluice.claimed().is_empty());
    let looked = sluice.look(SETTLE);
    assert_eq!((looked.ready.len(), looked.refused.len()), (1, 1), "handed out again");
    assert_eq!(sluice.claim(looked).len(), 2);
}

#[test]
fn a_restart_finds_what_was_renamed_and_voids_what_was_not() {
    let mut sluice = Sluice::new(Evidence::Closed);
    sluice.put("one.xml", b"<one/>");
    symlink("/etc/passwd", sluice.inbound("link")).unwrap();
    let looked = sluice.settled();
    assert_eq!(sluice.claim(looked).len(), 2);
    sluice.put("two.xml", b"<two/>");
    let looked = sluice.settled();
    let mut intents = sluice.intents.clone();
    let mut killed = |list: &[Intent]| {
        intents.extend(list.iter().cloned());
        Err(io::ErrorKind::Other.into())
    };
    let (ready, refused) = (looked.ready, looked.refused);
    sluice.intake.claim(sluice.now, ready, refused, &mut || id(9), &mut killed).unwrap_err();
    fs::write(sluice.root().join(".claimed/a").join(id(77).to_string()), "lost").unwrap();

    for start in 0..3 {
        sluice.restart();
        let recovery = sluice.intake.recover(intents.clone()).unwrap();
        let mut found = Vec::new();
        for outcome in recovery.outcomes {
            found.push(match outcome {
                Outcome::Claimed(file) => format!("{} {:?}", file.id, content(&file).len()),
                Outcome::Refused(aside) => format!("{} {:?}", aside.id, aside.why),
                Outcome::Void { id, why, .. } => format!("{id} {why:?}"),
            });
        }
        let want = [
            format!("{} 6", intents[0].id),
            format!("{} Symlink", intents[1].id),
            format!("{} Vanished", id(9)),
        ];
        assert_eq!(found, want, "start {start}");
        assert_eq!(only(recovery.orphans).id, Some(id(77)), "start {start}");
    }
    assert!(sluice.inbound("two.xml").exists());
    let looked = sluice.settled();
    assert_eq!(only(looked.ready).name, named("two.xml"));
}

#[test]
fn a_restart_never_takes_another_file_for_the_claimed_one() {
    let mut sluice = Sluice::new(Evidence::Closed);
    sluice.put("one.xml", b"<one/>");
    let looked = sluice.settled();
    let file = taken(only(sluice.claim(looked)));
    let path = sluice.root().join(".claimed/a").join(file.id.to_string());
    fs::write(path.with_extension("new"), "<two/>").unwrap();
    rustix::fs::rename(path.with_extension("new"), &path).unwrap();
    for _ in 0..2 {
        let recovery = sluice.intake.recover(sluice.intents.clone()).unwrap();
        match only(recovery.outcomes) {
            Outcome::Refused(aside) => assert_eq!(aside.why, RefusalReason::Swapped),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_number_used_twice_overwrites_nothing_and_stops_the_sender_for_a_while() {
    let mut sluice = Sluice::new(Evidence::Closed);
    sluice.put("one.xml", b"<one/>");
    let looked = sluice.settled();
    taken(only(sluice.claim(looked)));
    sluice.put("two.xml", b"<two/>");
    let looked = sluice.settled();
    let (ready, refused) = (looked.ready, looked.refused);
    let mut durable = |_: &[Intent]| Ok(());
    let outcomes =
        sluice.intake.claim(sluice.now, ready, refused, &mut || id(1), &mut durable).unwrap();
    let why = VoidReason::Failed(io::ErrorKind::AlreadyExists);
    assert!(matches!(only(outcomes), Outcome::Void { why: found, .. } if found == why));
    let claimed = sluice.root().join(".claimed/a").join(id(1).to_string());
    assert_eq!(fs::read(claimed).unwrap(), b"<one/>");
    assert!(sluice.inbound("two.xml").exists());
    let looked = sluice.look(SETTLE);
    assert_eq!(only(looked.alarms).what, AlarmKind::CannotClaim(io::ErrorKind::AlreadyExists));
    assert!(looked.ready.is_empty());
    let looked = sluice.look(SETTLE * 31);
    assert!(looked.alarms.is_empty());
    taken(only(sluice.claim(looked)));
}

#[test]
fn hints_make_a_look_come_sooner_but_not_at_every_event() {
    let mut sluice = Sluice::new(Evidence::Closed);
    let key = (SenderId::parse("a").unwrap(), false);
    sluice.look(Duration::ZERO);
    sluice.put("list.xml", b"<a/>");
    assert_eq!(sluice.look(SETTLE * 2).next_look, sluice.now + SETTLE * 28, "nothing was heard");
    let hints = || Hints { look: [key.clone()].into(), ..Hints::default() };
    sluice.intake.hear(hints());
    assert_eq!(sluice.look(Duration::ZERO).next_look, sluice.now + SETTLE);
    sluice.put("more.xml", b"<a/>");
    sluice.intake.hear(hints());
    assert_eq!(sluice.look(SETTLE / 100).next_look, sluice.now + SETTLE * 24 / 100);
    sluice.intake.hear(Hints { everywhere: true, ..Hints::default() });
    sluice.look(SETTLE / 2);
    assert_eq!(sluice.look(SETTLE).ready.len(), 2);
}

#[test]
fn another_file_system_stops_that_sender_alone() {
    let mut sluice = Sluice::with(&["a", "b"], |_| {});
    let claimed = sluice.root().join(".claimed/a");
    fs::create_dir_all(&claimed).unwrap();
    if !rustix::process::geteuid().is_root() {
        println!("skipped: a second file system below the drop root takes root to mount");
        return;
    }
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "mode=700", "none"])
        .arg(&claimed)
        .status()
        .unwrap();
    assert!(mounted.success(), "cannot mount");
    let _mounted = Mounted(claimed);
    for sender in ["a", "b"] {
        fs::write(sluice.root().join(sender).join("inbound/x.xml"), "<a/>").unwrap();
        fs::write(sluice.root().join(sender).join("inbound/y.xml"), "<a/>").unwrap();
    }
    let wrong: Vec<_> = sluice.intake.check_directories().into_iter().map(|p| p.what).collect();
    assert!(wrong.contains(&Wrong::OtherFileSystem), "{wrong:?}");
    let looked = sluice.settled();
    let (mut claims, mut voids) = (0, Vec::new());
    for outcome in sluice.claim(looked) {
        match outcome {
            Outcome::Claimed(file) => claims += usize::from(file.sender.as_str() == "b"),
            Outcome::Void { why, .. } => voids.push(why),
            Outcome::Refused(aside) => panic!("{aside:?}"),
        }
    }
    assert_eq!((claims, voids), (2, vec![VoidReason::CrossDevice, VoidReason::Stopped]));
    assert!(sluice.inbound("x.xml").exists() && sluice.inbound("y.xml").exists());
    let looked = sluice.look(SETTLE * 1000);
    assert!(looked.ready.is_empty());
    assert_eq!(only(looked.alarms).what, AlarmKind::CrossDevice);
}

struct Mounted(PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn directories_are_checked_in_words() {
    let sluice = Sluice::with(&["a", "b"], |_| {});
    assert_eq!(sluice.intake.check_directories(), []);
    let mode = |path: &str, mode| {
        fs::set_permissions(sluice.root().join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("a/inbound", 0o777);
    mode(".claimed/a", 0o750);
    fs::remove_dir_all(sluice.root().join("b/inbound")).unwrap();
    let problems = sluice.intake.check_directories();
    let wrong: Vec<_> = problems.iter().map(|p| (p.sender.as_str(), p.what)).collect();
    let want = [
        ("a", Wrong::InboundWorldWritable),
        ("a", Wrong::ClaimedOpen),
        ("b", Wrong::InboundMissing),
    ];
    assert_eq!(wrong, want);
    assert!(problems[2].to_string().contains("b/inbound cannot be opened"));
}

#[test]
fn a_missing_inbound_is_an_alarm_and_is_found_when_it_comes() {
    let mut sluice = Sluice::with(&["a", "b"], |_| {});
    fs::remove_dir_all(sluice.inbound("")).unwrap();
    fs::write(sluice.root().join("b/inbound/x.xml"), "<a/>").unwrap();
    let looked = sluice.settled();
    assert_eq!(only(looked.ready).sender.as_str(), "b", "the others go on");
    assert_eq!(only(looked.alarms).what, AlarmKind::CannotList(io::ErrorKind::NotFound));
    fs::create_dir(sluice.inbound("")).unwrap();
    sluice.put("x.xml", b"<a/>");
    assert!(sluice.look(SETTLE * 31).alarms.is_empty());
    assert!(sluice.look(SETTLE).ready.iter().any(|ready| ready.sender.as_str() == "a"));
}

#[test]
fn the_watcher_wakes_and_hears_the_writer_close() {
    let mut sluice = Sluice::new(Evidence::Closed);
    let (sender, woken) = mpsc::channel();
    let ids = [SenderId::parse("a").unwrap()];
    let mut watch = Watch::new(sluice.root(), &ids, move || {
        let _ = sender.send(());
    })
    .unwrap();
    assert!(watch.take().everywhere, "what came before the watch is looked for");

    sluice.put("list.xml", b"<a/>");
    let key = (ids[0].clone(), false, named("list.xml"));
    let hints = hear(&watch, &woken, |hints| hints.closed.get(&key) == Some(&true));
    assert!(hints.look.contains(&(ids[0].clone(), false)));
    sluice.intake.hear(hints);

    // Our own listing, opening, claiming and removing wakes nobody.
    let looked = sluice.settled();
    taken(only(sluice.claim(looked))).remove().unwrap();
    sluice.put("test/marker.xml", b"<a/>");
    let key = (ids[0].clone(), true, named("marker.xml"));
    let hints = hear(&watch, &woken, |hints| hints.closed.get(&key) == Some(&true));
    assert_eq!(hints.look, [(ids[0].clone(), true)].into());
    fs::remove_file(sluice.inbound("test/marker.xml")).unwrap();

    // A rename out of a temporary name is the sender's word that the upload is finished.
    sluice.put("next.xml.part", b"<a/>");
    rustix::fs::rename(sluice.inbound("next.xml.part"), sluice.inbound("next.xml")).unwrap();
    let key = (ids[0].clone(), false, named("next.xml"));
    hear(&watch, &woken, |hints| hints.closed.get(&key) == Some(&true));

    // A rehearsal directory that is made anew is watched anew; a link in its place is not.
    let other = sluice.root().join("other");
    fs::create_dir(&other).unwrap();
    fs::remove_dir(sluice.inbound("test")).unwrap();
    symlink(&other, sluice.inbound("test")).unwrap();
    watch.rewatch();
    watch.take();
    fs::write(other.join("secret.xml"), "x").unwrap();
    fs::remove_file(sluice.inbound("test")).unwrap();
    fs::create_dir(sluice.inbound("test")).unwrap();
    assert_eq!(watch.rewatch(), 0);
    let hints = watch.take();
    assert!(hints.everywhere);
    assert!(!hints.closed.keys().any(|(_, _, name)| *name == named("secret.xml")));
    sluice.put("test/again.xml", b"<a/>");
    let key = (ids[0].clone(), true, named("again.xml"));
    hear(&watch, &woken, |hints| hints.closed.get(&key) == Some(&true));
}

/// Takes hints until they are as wanted; each wait is for an event, with a limit.
fn hear(watch: &Watch, woken: &mpsc::Receiver<()>, wanted: impl Fn(&Hints) -> bool) -> Hints {
    let mut all = watch.take();
    while !wanted(&all) {
        woken.recv_timeout(Duration::from_secs(20)).unwrap();
        let more = watch.take();
        all.look.extend(more.look);
        all.closed.extend(more.closed);
        all.everywhere |= more.everywhere;
    }
    all
}

/// Acts as another account without capabilities, as the daemon does in a real installation: it is
/// neither the owner of a sender's files nor may it take leases on them. The change of account is
/// for one thread alone.
fn as_another_account(act: impl FnOnce() + Send + 'static) {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can act as another account");
        return;
    }
    std::thread::spawn(move || {
        rustix::thread::set_thread_uid(rustix::fs::Uid::from_raw(65534)).unwrap();
        act();
    })
    .join()
    .unwrap();
}

/// Lets the group do what real installations let it do.
fn open_to_group(sluice: &Sluice, names: &[(&str, u32)]) {
    let set = |path: PathBuf, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for path in ["", "a", "a/inbound"] {
        set(sluice.root().join(path), 0o2770);
    }
    for (name, mode) in names {
        set(sluice.inbound(name), *mode);
    }
}

#[test]
fn without_leases_a_close_that_was_heard_or_long_quiet_is_needed() {
    let mut sluice = Sluice::new(Evidence::Closed);
    let all = ["close.xml", "open.xml", "short.xml", "written.xml"];
    for name in all {
        sluice.put(name, b"<a/>");
    }
    open_to_group(&sluice, &all.map(|name| (name, 0o660)));
    as_another_account(move || {
        assert!(sluice.settled().ready.is_empty());
        assert!(sluice.look(SETTLE * 10).ready.is_empty());
        let heard = [("close.xml", true), ("short.xml.part", true), ("written.xml", false)];
        let key = |name| (SenderId::parse("a").unwrap(), false, named(name));
        let mut hints = Hints::default();
        hints.look.insert((SenderId::parse("a").unwrap(), false));
        hints.closed.extend(heard.map(|(name, closed)| (key(name), closed)));
        sluice.intake.hear(hints);
        let looked = sluice.look(SETTLE);
        assert_eq!(looked.ready[0].evidence, Evidence::Closed);
        let file = taken(only(sluice.claim(looked)));
        assert_eq!(file.name, named("close.xml"));
        assert_eq!(content(&file), b"<a/>");
        file.remove().unwrap();
        assert!(sluice.look(SETTLE * 70).ready.is_empty());
        sluice.look(SETTLE * 10);
        assert_eq!(sluice.look(SETTLE * 10).ready.len(), 3, "long quiet");
    });
}

#[test]
fn a_short_upload_that_was_renamed_at_once_counts_as_closed() {
    let mut sluice = Sluice::new(Evidence::Closed);
    sluice.put("short.xml", b"<a/>");
    open_to_group(&sluice, &[("short.xml", 0o660)]);
    as_another_account(move || {
        let mut hints = Hints::default();
        let key = (SenderId::parse("a").unwrap(), false, named("short.xml.part"));
        hints.closed.insert(key, true);
        sluice.intake.hear(hints);
        assert_eq!(only(sluice.settled().ready).evidence, Evidence::Closed);
    });
}

#[test]
fn a_file_that_we_may_not_read_is_refused_in_its_time() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    sluice.put("list.xml", b"<a/>");
    open_to_group(&sluice, &[("list.xml", 0o600)]);
    as_another_account(move || {
        assert!(sluice.settled().refused.is_empty());
        let looked = sluice.look(SETTLE * 120);
        assert_eq!(looked.refused[0].why, RefusalReason::Unreadable);
        match only(sluice.claim(looked)) {
            Outcome::Refused(aside) => assert!(aside.remove().unwrap()),
            other => panic!("{other:?}"),
        }
        assert!(!sluice.inbound("list.xml").exists());
    });
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
