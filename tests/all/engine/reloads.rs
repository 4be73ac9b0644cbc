//! A running daemon takes a new configuration or new keys.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a directory is moved aside, as an operator would")]

use std::{
    convert::Infallible,
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use filsluse::{daemon::open, pipeline::house::House};

use crate::support::{
    in_process::Running,
    installation::Installation,
    uploads::{PERSONS, changes},
    wait::until,
};

#[test]
fn a_reload_brings_a_new_sender() {
    let installation = Installation::new();
    let running = Running::start(&installation);
    add_sender(&installation);
    running.reload(&installation);
    sends(&installation);
}

/// A drop root that is away for a moment, as while it is mounted anew, is no reason to leave the
/// new sender out until the next restart.
#[test]
fn a_reload_that_intake_cannot_follow_is_followed_when_it_can() {
    let installation = Installation::new();
    let running = Running::start(&installation);
    add_sender(&installation);
    let root = installation.config().places.drop_root;
    let away = root.with_extension("away");
    fs::rename(&root, &away).unwrap();
    running.reload(&installation);
    // It has been woken, so that intake tries at once.
    thread::park_timeout(Duration::from_millis(500));
    fs::rename(&away, &root).unwrap();
    sends(&installation);
}

/// New keys and a new configuration, each made from what stands: neither takes the other back.
#[test]
fn two_changes_at_once_are_both_taken() {
    let installation = Installation::new();
    let running = Running::start(&installation);
    let shared = Arc::clone(running.engine().shared());
    let again = |old: &House, name: &str| {
        let mut config = old.config.clone();
        config.name += name;
        let credentials = open::credentials(&config).unwrap();
        Ok::<_, Infallible>(old.reconfigured(config, &credentials).unwrap())
    };
    let before = shared.house().config.name.clone();
    let (begin, is_begun) = mpsc::channel();
    let (come, has_come) = mpsc::channel();
    let first = thread::spawn({
        let shared = Arc::clone(&shared);
        move || {
            shared.reconfigure(|old| {
                begin.send(()).unwrap();
                // The other one comes while stores are opened and keys are read.
                has_come.recv().unwrap();
                again(old, " one")
            })
        }
    });
    is_begun.recv().unwrap();
    come.send(()).unwrap();
    shared.reconfigure(|old| again(old, " two")).unwrap();
    first.join().unwrap().unwrap();
    assert_eq!(shared.house().config.name, before + " one two");
}

/// What a commit under way brings may be of a registry that the new configuration leaves out.
#[test]
fn a_change_is_held_against_what_was_under_way() {
    let installation = Installation::new();
    let running = Running::start(&installation);
    let shared = Arc::clone(running.engine().shared());
    let before = shared.house().config.name.clone();
    let brought = Arc::new(AtomicBool::new(false));
    let under_way = shared.committing();
    let (made, is_made) = mpsc::channel();
    let reload = thread::spawn({
        let (shared, brought) = (Arc::clone(&shared), Arc::clone(&brought));
        move || {
            shared.reconfigure_if(
                |old| {
                    let mut config = old.config.clone();
                    config.name += " new";
                    let credentials = open::credentials(&config).unwrap();
                    let house = old.reconfigured(config, &credentials).unwrap();
                    made.send(()).unwrap();
                    Ok(house)
                },
                |_| if brought.load(Ordering::SeqCst) { Err("does not fit") } else { Ok(()) },
            )
        }
    });
    is_made.recv().unwrap();
    brought.store(true, Ordering::SeqCst);
    drop(under_way);
    assert_eq!(reload.join().unwrap(), Err("does not fit"));
    assert_eq!(shared.house().config.name, before);
}

/// A second embassy, `embassy-new` with the mission code XNE.
pub(crate) fn add_sender(installation: &Installation) {
    let senders = installation.layout.senders();
    let text = fs::read_to_string(senders.join("embassy-xex.toml")).unwrap();
    let text = text.replace("embassy-xex", "embassy-new").replace("XEX", "XNE");
    fs::write(senders.join("embassy-new.toml"), text).unwrap();
    fs::create_dir_all(installation.inbound("embassy-new")).unwrap();
    fs::create_dir_all(installation.outbound("embassy-new")).unwrap();
}

/// The new sender is served.
fn sends(installation: &Installation) {
    installation.upload("embassy-new", "a.xml", changes("XNE", "1", &PERSONS[..1]));
    until("its receipts", || installation.receipts("embassy-new").len() == 2);
}
