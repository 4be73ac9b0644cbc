//! A sender who means harm: links, pipes, devices, holes, swaps, late writers, names. Nothing
//! hangs, nothing is followed, each thing is answered once.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::unchecked_time_subtraction,
    reason = "a test may stop at the first surprise"
)]

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::{self, OpenOptions},
    io::Write,
    os::unix::{ffi::OsStrExt, fs::symlink, net::UnixListener},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use filsluse::{
    intake::{
        claim::{Outcome, SetAside, VoidReason},
        directory::EntryKind,
        name::{BadName, SenderFileName},
        refusal::RefusalReason,
    },
    types::verdict::Evidence,
};
use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};

use crate::intake::{SETTLE, Sluice, content, named, only, taken};

/// Fails instead of hanging.
fn within<T: Send + 'static>(limit: Duration, act: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, done) = mpsc::channel();
    let worker = thread::spawn(move || drop(sender.send(act())));
    match done.recv_timeout(limit) {
        Ok(value) => value,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            worker.join().unwrap();
            unreachable!("a worker that ends without an answer has panicked")
        }
    }
}

const LIMIT: Duration = Duration::from_mins(1);

fn aside(outcome: Outcome) -> SetAside {
    match outcome {
        Outcome::Refused(aside) => aside,
        other => panic!("not refused: {other:?}"),
    }
}

fn fifo(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

#[test]
fn what_is_no_plain_file_is_refused_and_removed_unopened() {
    within(LIMIT, || {
        let mut sluice = Sluice::new(Evidence::Quiet);
        let secret = sluice.root().join("secret");
        fs::write(&secret, "secret").unwrap();
        symlink("/etc/passwd", sluice.inbound("passwd.xml")).unwrap();
        symlink(&secret, sluice.inbound("link.xml")).unwrap();
        symlink("/nowhere", sluice.inbound("dangling.xml")).unwrap();
        fifo(&sluice.inbound("pipe.xml"));
        let _listener = UnixListener::bind(sluice.inbound("socket.xml")).unwrap();
        let mut want = vec![
            ("passwd.xml", RefusalReason::Symlink),
            ("link.xml", RefusalReason::Symlink),
            ("dangling.xml", RefusalReason::Symlink),
            ("pipe.xml", RefusalReason::Fifo),
            ("socket.xml", RefusalReason::Socket),
        ];
        if rustix::process::geteuid().is_root() {
            for (name, kind, device) in [
                ("zero.xml", FileType::CharacterDevice, makedev(1, 5)),
                ("loop.xml", FileType::BlockDevice, makedev(7, 250)),
            ] {
                mknodat(CWD, sluice.inbound(name), kind, Mode::RUSR, device).unwrap();
                want.push((name, RefusalReason::Device));
            }
        } else {
            println!("skipped: device nodes take root to make");
        }
        let looked = sluice.settled();
        assert!(looked.ready.is_empty());
        let found: BTreeMap<_, _> =
            looked.refused.iter().map(|refusal| (refusal.name.clone(), refusal.why)).collect();
        let want: BTreeMap<_, _> = want.into_iter().map(|(n, why)| (named(n), why)).collect();
        assert_eq!(found, want);
        for outcome in sluice.claim(looked) {
            assert!(aside(outcome).remains().remove().unwrap());
        }
        assert!(sluice.look(SETTLE * 31).refused.is_empty(), "told once");
        assert!(sluice.claimed().is_empty());
        assert_eq!(fs::read_dir(sluice.inbound("")).unwrap().count(), 1);
        assert_eq!(fs::read_to_string(secret).unwrap(), "secret");
    });
}

#[test]
fn directories_are_told_once_and_only_empty_ones_go() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    fs::create_dir(sluice.inbound("empty")).unwrap();
    fs::create_dir(sluice.inbound("full")).unwrap();
    sluice.put("full/inside.xml", b"<a/>");
    let looked = sluice.settled();
    assert!(looked.refused.iter().all(|refusal| refusal.why == RefusalReason::Directory));
    let gone: BTreeMap<_, _> = sluice
        .claim(looked)
        .into_iter()
        .map(|outcome| {
            let aside = aside(outcome);
            (aside.name.clone(), aside.remains().remove().unwrap())
        })
        .collect();
    assert_eq!(gone, [(named("empty"), true), (named("full"), false)].into());
    sluice.put("full/more.xml", b"<a/>");
    sluice.look(SETTLE * 31);
    let looked = sluice.look(SETTLE * 31);
    assert!(looked.refused.is_empty() && looked.ready.is_empty());
    assert!(sluice.inbound("full/inside.xml").exists());
}

#[test]
fn files_that_are_not_as_they_must_be_are_refused_in_their_time() {
    let long = Duration::from_mins(2);
    let cases: [(&str, RefusalReason, Duration); 4] = [
        ("hole", RefusalReason::Hole, long),
        ("empty", RefusalReason::Empty, Duration::from_hours(24)),
        ("linked", RefusalReason::Links, long),
        ("large", RefusalReason::TooLarge, SETTLE),
    ];
    for (case, why, span) in cases {
        let mut sluice = Sluice::new(Evidence::Quiet);
        let path = sluice.inbound("list.xml");
        match case {
            "hole" => {
                let mut file = fs::File::create(&path).unwrap();
                file.write_all(b"<a>").unwrap();
                file.set_len(1 << 19).unwrap();
            }
            "empty" => fs::write(&path, "").unwrap(),
            "linked" => {
                fs::write(sluice.root().join("other"), "<a/>").unwrap();
                fs::hard_link(sluice.root().join("other"), &path).unwrap();
            }
            _ => fs::write(&path, vec![b'x'; (1 << 20) + 1]).unwrap(),
        }
        sluice.look(Duration::ZERO);
        let before = sluice.look(span - SETTLE / 2);
        assert!(before.refused.is_empty() && before.ready.is_empty(), "case: {case}");
        let looked = sluice.look(SETTLE / 2);
        assert!(looked.ready.is_empty(), "case: {case}");
        assert_eq!(only(looked.refused.iter().collect()).why, why, "case: {case}");
        assert!(aside(only(sluice.claim(looked))).remains().remove().unwrap());
        assert!(!path.exists(), "case: {case}");
    }
}

/// A client may open its file long before it writes: taken away, what it writes would be lost.
#[test]
fn what_somebody_has_open_for_writing_is_not_refused_for_what_is_not_there_yet() {
    let day = Duration::from_hours(24);
    for (case, bytes, length, span, why) in [
        ("empty", &b""[..], 0, day, RefusalReason::Empty),
        ("hole", b"<a>", 1 << 19, Duration::from_mins(2), RefusalReason::Hole),
    ] {
        let mut sluice = Sluice::new(Evidence::Quiet);
        let path = sluice.inbound("list.xml");
        let mut file = fs::File::create(&path).unwrap();
        file.write_all(bytes).unwrap();
        file.set_len(length).unwrap();
        sluice.look(Duration::ZERO);
        for _ in 0..3 {
            let looked = sluice.look(span);
            assert!(looked.refused.is_empty() && looked.ready.is_empty(), "case: {case}");
        }
        drop(file);
        let looked = sluice.look(span);
        assert_eq!(only(looked.refused.iter().collect()).why, why, "case: {case}");

        // And what is written after all is taken.
        let mut sluice = Sluice::new(Evidence::Quiet);
        let mut file = fs::File::create(sluice.inbound("list.xml")).unwrap();
        sluice.look(Duration::ZERO);
        assert!(sluice.look(day).refused.is_empty());
        file.write_all(b"<a/>").unwrap();
        drop(file);
        sluice.look(SETTLE * 31);
        assert_eq!(sluice.look(SETTLE * 31).ready.len(), 1, "case: {case}");
    }
}

#[test]
fn another_owner_is_refused() {
    let own = rustix::process::geteuid().as_raw();
    for (owner, refused) in [(own, 0), (own + 1, 1)] {
        let mut sluice = Sluice::with(&["a"], |inbox| inbox.owner_uid = Some(owner));
        sluice.put("list.xml", b"<a/>");
        let looked = sluice.settled();
        assert_eq!((looked.refused.len(), looked.ready.len()), (refused, 1 - refused));
        assert!(looked.refused.iter().all(|refusal| refusal.why == RefusalReason::WrongOwner));
    }
}

#[test]
fn bad_names_are_refused_under_an_id_of_ours() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    let cases: [(&[u8], BadName); 8] = [
        (b"a\nb.xml", BadName::Control),
        (b"\x1b[2J.xml", BadName::Control),
        (&[b'x'; 255], BadName::Length),
        (b"s\xf8knad.xml", BadName::NotUtf8),
        ("a\u{202e}lmx.exe".as_bytes(), BadName::Bidi),
        ("a\u{2066}.xml".as_bytes(), BadName::Bidi),
        (b"-rf", BadName::Hyphen),
        (b"..\\..\\x", BadName::Path),
    ];
    for (name, _) in cases {
        fs::write(sluice.inbound("").join(OsStr::from_bytes(name)), "<a/>").unwrap();
    }
    let looked = sluice.settled();
    assert!(looked.ready.is_empty());
    let found: BTreeMap<_, _> =
        looked.refused.iter().map(|refusal| (refusal.name.clone(), refusal.why)).collect();
    let want: BTreeMap<_, _> = cases
        .iter()
        .map(|(name, bad)| (SenderFileName::new(name.to_vec()), RefusalReason::BadName(*bad)))
        .collect();
    assert_eq!(found, want);
    let shown = format!("{looked:?}");
    assert!(!shown.contains("xml") && !shown.contains("knad"), "{shown}");
    for outcome in sluice.claim(looked) {
        let aside = aside(outcome);
        let stem = aside.name.receipt_stem(&aside.id);
        assert_eq!(stem.expose_text(), aside.id.to_string());
        assert!(aside.remains().remove().unwrap());
    }
    assert!(sluice.claimed().is_empty());
}

#[test]
fn no_debug_output_shows_a_senders_file_name() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    sluice.put("zqzq.xml", b"<a/>");
    fs::create_dir(sluice.inbound("zqzq.d")).unwrap();
    let looked = sluice.settled();
    let first = format!("{looked:?} {:?}", sluice.intake);
    let outcomes = sluice.claim(looked);
    let shown = format!("{first} {outcomes:?} {:?} {:?}", sluice.intents, sluice.intake);
    assert!(!shown.contains("zqzq"), "{shown}");
    // Nor as the numbers of its bytes.
    assert!(!shown.contains("122, 113"), "{shown}");
}

#[test]
fn what_is_swapped_in_after_the_look_gets_no_intent() {
    within(LIMIT, || {
        let mut sluice = Sluice::new(Evidence::Quiet);
        sluice.put("list.xml", b"<good/>");
        let looked = sluice.settled();
        fs::remove_file(sluice.inbound("list.xml")).unwrap();
        fifo(&sluice.inbound("list.xml"));
        assert!(sluice.claim(looked).is_empty());
        assert!(sluice.intents.is_empty());
        let looked = sluice.settled();
        assert_eq!(only(looked.refused).why, RefusalReason::Fifo, "judged for what it is");
    });
}

#[test]
fn what_is_swapped_in_at_the_rename_is_never_processed() {
    type Swap = fn(&Path);
    let cases: [(&str, Swap, EntryKind); 5] = [
        ("file", |path| fs::write(path, "<evil/>").unwrap(), EntryKind::Plain),
        ("link", |path| symlink("/etc/passwd", path).unwrap(), EntryKind::Symlink),
        ("pipe", |path| fifo(path), EntryKind::Fifo),
        ("directory", |path| fs::create_dir(path).unwrap(), EntryKind::Directory),
        (
            "second name",
            |path| {
                fs::write(path, "<evil/>").unwrap();
                fs::hard_link(path, path.with_extension("other")).unwrap();
            },
            EntryKind::Plain,
        ),
    ];
    for (case, swap, kind) in cases {
        within(LIMIT, move || {
            let mut sluice = Sluice::new(Evidence::Quiet);
            sluice.put("list.xml", b"<good/>");
            let path = sluice.inbound("list.xml");
            // Kept, so that its inode number is not given to the file that takes its name.
            let _kept = fs::File::open(&path).unwrap();
            let looked = sluice.settled();
            let outcomes = sluice.claim_while(looked, || {
                fs::remove_file(&path).unwrap();
                swap(&path);
            });
            let aside = aside(only(outcomes));
            assert_eq!((aside.why, aside.kind), (RefusalReason::Swapped, kind), "case: {case}");
            let recovery = sluice.intake.recover(sluice.intents.clone()).unwrap();
            assert!(recovery.orphans.is_empty(), "case: {case}");
            assert!(matches!(only(recovery.outcomes), Outcome::Refused(_)), "case: {case}");
            assert!(aside.remains().remove().unwrap(), "case: {case}");
            assert!(sluice.claimed().is_empty(), "case: {case}");
        });
    }
}

#[test]
fn what_happens_to_a_file_at_the_rename_is_noticed() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    for name in ["gone.xml", "grown.xml", "same.xml"] {
        sluice.put(name, b"<a/>");
    }
    let looked = sluice.settled();
    let (gone, grown) = (sluice.inbound("gone.xml"), sluice.inbound("grown.xml"));
    let outcomes = sluice.claim_while(looked, || {
        fs::remove_file(gone).unwrap();
        OpenOptions::new().append(true).open(grown).unwrap().write_all(b"more").unwrap();
    });
    let names: Vec<_> = sluice.intents.iter().map(|intent| intent.name.clone()).collect();
    for (name, outcome) in names.into_iter().zip(outcomes) {
        match outcome {
            Outcome::Claimed(_) => assert_eq!(name, named("same.xml")),
            Outcome::Refused(aside) => {
                assert_eq!((name, aside.why), (named("grown.xml"), RefusalReason::Changed));
            }
            Outcome::Void { why, .. } => {
                assert_eq!((name, why), (named("gone.xml"), VoidReason::Vanished));
            }
        }
    }
}

#[test]
fn a_good_file_that_takes_a_refused_name_is_not_lost() {
    let mut sluice = Sluice::new(Evidence::Quiet);
    let path = sluice.inbound("list.xml");
    symlink("/etc/passwd", &path).unwrap();
    let looked = sluice.settled();
    let outcomes = sluice.claim_while(looked, || {
        fs::remove_file(&path).unwrap();
        // Two, so that the second has another inode than the link had.
        fs::write(path.with_extension("tmp"), "").unwrap();
        fs::write(&path, "<good/>").unwrap();
    });
    assert!(matches!(only(outcomes), Outcome::Void { why: VoidReason::Changed, .. }));
    let looked = sluice.settled();
    assert_eq!(content(&taken(only(sluice.claim(looked)))), b"<good/>");
}

#[test]
fn a_late_writer_is_noticed_around_the_pass() {
    type Act = fn(&fs::File, &Path);
    let mut sluice = Sluice::new(Evidence::Quiet);
    let cases: [(&str, Act); 3] = [
        ("append", |mut file, _| file.write_all(b"more").unwrap()),
        ("truncate", |file, _| file.set_len(1).unwrap()),
        ("link", |_, path| fs::hard_link(path, path.with_extension("second")).unwrap()),
    ];
    for (case, act) in cases {
        sluice.put("list.xml", b"<a/>");
        sluice.look(SETTLE * 31);
        let looked = sluice.look(SETTLE);
        let path = sluice.inbound("list.xml");
        let mut kept = None;
        let outcomes = sluice.claim_while(looked, || {
            kept = Some(OpenOptions::new().append(true).open(path).unwrap());
        });
        let file = taken(only(outcomes));
        assert!(file.unchanged(&file.open().unwrap()).unwrap(), "case: {case}");
        let claimed = sluice.root().join(".claimed/a").join(file.id.to_string());
        act(&kept.unwrap(), &claimed);
        assert!(!file.unchanged(&file.open().unwrap()).unwrap(), "case: {case}");
        file.remains().remove().unwrap();
    }
}

#[test]
fn a_link_in_place_of_the_rehearsal_directory_is_not_followed() {
    let mut sluice = Sluice::with(&["a", "b"], |_| {});
    fs::write(sluice.root().join("b/inbound/list.xml"), "<a/>").unwrap();
    fs::remove_dir(sluice.inbound("test")).unwrap();
    symlink("../../b/inbound", sluice.inbound("test")).unwrap();
    let looked = sluice.settled();
    let ready = only(looked.ready);
    assert_eq!((ready.sender.as_str(), ready.rehearsal), ("b", false));
    let refusal = only(looked.refused);
    assert_eq!((refusal.why, refusal.rehearsal), (RefusalReason::Symlink, false));
}

#[test]
fn swapping_in_a_tight_loop_never_gets_anything_else_processed() {
    const ROUNDS: usize = 400;
    within(Duration::from_mins(5), || {
        let mut sluice = Sluice::new(Evidence::Quiet);
        let secret = sluice.root().join("secret");
        fs::write(&secret, "secret").unwrap();
        let (path, spare) = (sluice.inbound("list.xml"), sluice.root().join("a/spare"));
        let round = Arc::new(AtomicUsize::new(0));
        let done = Arc::new(AtomicUsize::new(0));
        let (seen_round, told_done) = (Arc::clone(&round), Arc::clone(&done));
        let (target, victim) = (secret.clone(), path.clone());
        let swapper = thread::spawn(move || {
            for turn in 1..=ROUNDS {
                let _ = fs::remove_file(&spare);
                match turn % 4 {
                    0 => symlink(&target, &spare).unwrap(),
                    1 => fifo(&spare),
                    2 => fs::hard_link(&target, &spare).unwrap(),
                    _ => fs::write(&spare, "<evil/>").unwrap(),
                }
                while seen_round.load(Ordering::Acquire) < turn {
                    thread::yield_now();
                }
                // A different delay in each round, so that the swap hits every step of the claim.
                for _ in 0..(turn * 7919 % 997) * 3 {
                    std::hint::spin_loop();
                }
                let _ = rustix::fs::rename(&spare, &victim);
                told_done.store(turn, Ordering::Release);
            }
        });
        let (mut claims, mut swaps, mut skips) = (0, 0, 0);
        for turn in 1..=ROUNDS {
            // Written beside and renamed, so that this never writes through what was swapped in.
            let fresh = sluice.root().join("a/fresh");
            fs::write(&fresh, "<good/>").unwrap();
            let _ = fs::remove_file(&path);
            rustix::fs::rename(&fresh, &path).unwrap();
            let looked = sluice.settled();
            round.store(turn, Ordering::Release);
            let outcomes = sluice.claim(looked);
            // What is swapped in too late would be judged for itself in the next round.
            while done.load(Ordering::Acquire) < turn {
                thread::yield_now();
            }
            if outcomes.is_empty() {
                skips += 1;
            }
            for outcome in outcomes {
                match outcome {
                    Outcome::Claimed(file) => {
                        claims += 1;
                        assert_eq!(content(&file), b"<good/>");
                        file.remains().remove().unwrap();
                    }
                    Outcome::Refused(aside) => {
                        swaps += 1;
                        aside.remains().remove().unwrap();
                    }
                    Outcome::Void { .. } => skips += 1,
                }
            }
        }
        swapper.join().unwrap();
        println!("{claims} claimed, {swaps} swapped, {skips} not taken");
        assert!(claims > 0 && claims + swaps + skips >= ROUNDS);
        assert_eq!(fs::read_to_string(secret).unwrap(), "secret");
        assert!(sluice.claimed().is_empty());
    });
}
