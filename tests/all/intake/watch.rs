//! What the watcher hears, and what it is worth where leases cannot be had.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::unchecked_time_subtraction,
    reason = "a test may stop at the first surprise"
)]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::PathBuf,
    sync::mpsc,
    time::Duration,
};

use filsluse::{
    intake::{
        claim::Outcome,
        refusal::RefusalReason,
        watch::{Hints, Watch},
    },
    types::{ids::SenderId, verdict::Evidence},
};

use crate::intake::{SETTLE, Sluice, content, named, only, taken};

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
    taken(only(sluice.claim(looked))).remains().remove().unwrap();
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
}

/// The library ends watches by path, when it hears that something of that name went: also the
/// watch of what has been made in its place since. A later call mends that.
#[test]
fn a_directory_made_anew_is_heard_however_late_the_word_of_the_old_one_comes() {
    let sluice = Sluice::new(Evidence::Closed);
    let (sender, woken) = mpsc::channel();
    let ids = [SenderId::parse("a").unwrap()];
    let mut watch = Watch::new(sluice.root(), &ids, move || {
        let _ = sender.send(());
    })
    .unwrap();
    for round in 0..500 {
        fs::remove_dir_all(sluice.inbound("test")).unwrap();
        watch.rewatch();
        fs::write(sluice.inbound("test"), "x").unwrap();
        fs::remove_file(sluice.inbound("test")).unwrap();
        fs::create_dir(sluice.inbound("test")).unwrap();
        watch.rewatch();
        // The word about what went has come when that about a later file has.
        let name = format!("{round}.xml");
        sluice.put(&name, b"<a/>");
        let key = (ids[0].clone(), false, named(&name));
        hear(&watch, &woken, |hints| hints.closed.get(&key) == Some(&true));
        fs::remove_file(sluice.inbound(&name)).unwrap();
        watch.rewatch();
        sluice.put("test/again.xml", b"<a/>");
        let key = (ids[0].clone(), true, named("again.xml"));
        hear(&watch, &woken, |hints| hints.closed.get(&key) == Some(&true));
    }
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
        file.remains().remove().unwrap();
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
            Outcome::Refused(aside) => assert!(aside.remains().remove().unwrap()),
            other => panic!("{other:?}"),
        }
        assert!(!sluice.inbound("list.xml").exists());
    });
}
