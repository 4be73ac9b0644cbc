//! Claims, fairness, alarms and recovery of intake, on a real file system.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::unchecked_time_subtraction,
    reason = "a test may stop at the first surprise"
)]

use std::{
    collections::BTreeSet,
    fs, io,
    os::unix::fs::{PermissionsExt, symlink},
    path::PathBuf,
    process::Command,
    time::Duration,
};

use filsluse::{
    intake::{
        AlarmKind, Intake, IntakeError, SenderInbox,
        candidate::Timing,
        claim::{Intent, Outcome, VoidReason},
        drop_root::Wrong,
        refusal::RefusalReason,
    },
    types::{digest::Sha256, ids::SenderId, verdict::Evidence},
};

use crate::intake::{SETTLE, Sluice, content, id, named, only, taken};

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
fn a_refusal_that_could_not_be_carried_out_is_handed_out_again() {
    let mut sluice = Sluice::new(Evidence::Closed);
    symlink("/etc/passwd", sluice.inbound("link")).unwrap();
    let in_the_way = sluice.root().join(".claimed");
    fs::write(&in_the_way, "no directory").unwrap();
    let looked = sluice.settled();
    assert_eq!(looked.refused.len(), 1);
    assert!(sluice.claim(looked).is_empty());
    let looked = sluice.look(SETTLE);
    assert!(looked.refused.is_empty(), "the sender is stopped for a while");
    assert!(matches!(only(looked.alarms).what, AlarmKind::CannotClaim(_)));
    fs::remove_file(&in_the_way).unwrap();
    let looked = sluice.look(SETTLE * 31);
    assert_eq!(sluice.claim(looked).len(), 1, "it would lie there until a restart");
    assert!(fs::symlink_metadata(sluice.inbound("link")).is_err());
}

#[test]
fn a_directory_is_refused_until_it_was_answered() {
    let mut sluice = Sluice::new(Evidence::Closed);
    for name in ["answered", "new"] {
        fs::create_dir(sluice.inbound(name)).unwrap();
    }
    let looked = sluice.settled();
    assert_eq!(looked.refused.len(), 2);
    let before = looked.refused.iter().find(|refusal| refusal.name == named("answered"));
    sluice.intake.dismiss(before.unwrap());
    let looked = sluice.look(SETTLE);
    match only(sluice.claim(looked)) {
        Outcome::Refused(aside) => assert_eq!(aside.name, named("new")),
        other => panic!("{other:?}"),
    }
    let looked = sluice.look(SETTLE * 40);
    assert!(looked.refused.is_empty(), "both are answered and stay");
    assert!(sluice.inbound("answered").is_dir() && sluice.inbound("new").is_dir());
}

/// A sender that has its next version ready puts the manifest first.
#[test]
fn the_manifest_of_the_next_version_is_not_taken_with_the_file() {
    let manifest = |bytes: &[u8]| format!("{}  x.xml\n", Sha256::of(bytes));
    for in_place in [false, true] {
        let mut sluice = Sluice::new(Evidence::Manifest);
        let beside = sluice.inbound("x.xml.sha256");
        sluice.put("x.xml", b"<one/>");
        sluice.put("x.xml.sha256", manifest(b"<one/>").as_bytes());
        let looked = sluice.settled();
        let outcomes = sluice.claim_while(looked, || {
            if in_place {
                fs::write(&beside, manifest(b"<two/>")).unwrap();
            } else {
                let new = beside.with_extension("new");
                fs::write(&new, manifest(b"<two/>")).unwrap();
                rustix::fs::rename(&new, &beside).unwrap();
            }
        });
        assert_eq!(taken(only(outcomes)).manifest, Some(Sha256::of(b"<one/>")));
        assert_eq!(fs::read_to_string(&beside).unwrap(), manifest(b"<two/>"), "{in_place}");
        assert_eq!(sluice.claimed(), [id(1).to_string()].into());
        sluice.put("x.xml", b"<two/>");
        let looked = sluice.settled();
        assert_eq!(taken(only(sluice.claim(looked))).manifest, Some(Sha256::of(b"<two/>")));
        assert!(!beside.exists(), "the manifest that was judged goes with its file");
    }
}

/// Neither the settle time nor the day that a temporary name is given begins anew with each reload.
#[test]
fn a_reload_does_not_set_the_clocks_back() {
    let mut sluice = Sluice::new(Evidence::Closed);
    sluice.put("late.xml.part", b"<a/>");
    sluice.look(SETTLE * 31);
    for hour in 0..23 {
        let looked = sluice.look(Duration::from_hours(1));
        assert!(looked.refused.is_empty(), "hour {hour}");
        reload(&mut sluice, 1 << 20);
    }
    sluice.put("list.xml", b"<a/>");
    sluice.look(SETTLE * 31);
    reload(&mut sluice, 1 << 20);
    let looked = sluice.look(SETTLE);
    assert_eq!(only(looked.ready).name, named("list.xml"));
    let looked = sluice.look(Duration::from_hours(1));
    assert_eq!(only(looked.refused).why, RefusalReason::Temporary);
    // What the new configuration asks is asked.
    reload(&mut sluice, 3);
    let looked = sluice.look(SETTLE);
    assert!(looked.ready.is_empty());
    assert!(looked.refused.iter().any(|refusal| refusal.why == RefusalReason::TooLarge));
}

/// A new intake on the same directories, as after a reload.
fn reload(sluice: &mut Sluice, max_bytes: u64) {
    let inbox = SenderInbox {
        id: SenderId::parse("a").unwrap(),
        min_evidence: Evidence::Closed,
        max_bytes,
        owner_uid: None,
        signing_keys: Vec::new(),
    };
    let mut fresh = Intake::new(sluice.root(), vec![inbox], Timing::default()).unwrap();
    fresh.carry_over(&mut sluice.intake);
    sluice.intake = fresh;
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

/// A sender that wrote on while its file was taken is no attacker, after a crash either.
#[test]
fn a_restart_says_of_what_was_set_aside_what_was_said_before() {
    let mut sluice = Sluice::new(Evidence::Closed);
    for (number, swap) in [(1, false), (2, true)] {
        let name = format!("{number}.xml");
        sluice.put(&name, b"<one/>");
        let looked = sluice.settled();
        let path = sluice.inbound(&name);
        let outcome = only(sluice.claim_while(looked, || {
            if swap {
                fs::write(path.with_extension("new"), "<two/>").unwrap();
                rustix::fs::rename(path.with_extension("new"), &path).unwrap();
            } else {
                fs::write(&path, "<one/>and more").unwrap();
            }
        }));
        let want = if swap { RefusalReason::Swapped } else { RefusalReason::Changed };
        assert!(matches!(&outcome, Outcome::Refused(aside) if aside.why == want), "{outcome:?}");
        drop(outcome);
        for start in 0..2 {
            sluice.restart();
            let intent = sluice.intents.last().unwrap().clone();
            let recovery = sluice.intake.recover(vec![intent]).unwrap();
            match only(recovery.outcomes) {
                Outcome::Refused(aside) => assert_eq!(aside.why, want, "start {start}"),
                other => panic!("{other:?}"),
            }
        }
        let orphans = sluice.intake.recover(Vec::new()).unwrap().orphans;
        assert!(orphans.iter().any(|orphan| orphan.id == Some(id(number))), "{orphans:?}");
        // As an earlier version called it.
        let dir = sluice.root().join(".claimed/a");
        let entries = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path());
        let aside = entries
            .into_iter()
            .find(|path| path.to_str().unwrap().contains(&id(number).to_string()));
        let aside = aside.unwrap();
        rustix::fs::rename(&aside, dir.join(format!("refused-{}", id(number)))).unwrap();
        let intent = sluice.intents.last().unwrap().clone();
        match only(sluice.intake.recover(vec![intent]).unwrap().outcomes) {
            Outcome::Refused(aside) => assert_eq!(aside.why, RefusalReason::Changed),
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
