//! A restore as the operator's guide has it: a catalogue and keys of an earlier hour beside the log
//! of today.

use std::{fs, path::Path};

use filsluse::{
    audit::entry::Event,
    daemon::{engine, open},
    pipeline::upkeep::erase,
};

use super::{
    Installation,
    daemon::Daemon,
    erasure::{alarms, hours, lay, state, with_house},
    good_list, words,
};
use crate::support::wait::wait_for;

#[test]
fn a_catalogue_of_an_earlier_hour_starts_beside_the_log_and_erases_again() {
    let installation = Installation::new();
    let now = open::system_clock()();
    let (gone, stays) = with_house(&installation, now, |house| {
        engine::note(house, Event::Started).unwrap();
        (lay(house, 1, now - hours(1)), lay(house, 2, now + hours(24 * 90)))
    });
    back_up(&installation);
    // After the copy: something is erased, something is held, and a list comes and is answered.
    with_house(&installation, now, |house| {
        assert_eq!(erase::run(house, now, false).unwrap().len(), 1);
    });
    installation.json(&["retention", "hold", &stays, "--why", "asked by the court"]);
    let mut daemon = Daemon::start(&installation);
    installation.write("drop/embassy-xex/inbound/list.xml", &good_list());
    wait_for(&installation.path("drop/embassy-xex/outbound"), 2);
    daemon.until(|_| installation.json(&["submission", "list"])[0]["state"] == "done");
    assert_eq!(daemon.stop(), Some(0));
    let stored = files(&installation.path("state/store"));
    let shown = fs::read_to_string(installation.path("state/audit/checkpoint")).unwrap();
    let first = installation.path("shown");
    fs::write(&first, shown).unwrap();

    put_back(&installation);
    let mut daemon = Daemon::start(&installation);
    daemon.until(|_| state(&installation, &gone) == "erased");
    assert_eq!(state(&installation, &stays), "held");
    assert_eq!(alarms(&installation), ["catalogue-restored", "catalogue-restored"]);
    let told = installation.run(&["alarm", "list"]);
    let told = super::text(&told);
    assert!(told.contains("1 submissions answered from"), "{told}");
    assert!(told.contains("of the audit log are not in the catalogue; 1 erasures"), "{told}");
    // Nothing of what the catalogue has forgotten is removed, and nothing was taken from the log.
    assert!(stored.is_subset(&files(&installation.path("state/store"))), "no object went");
    let older = ["audit", "verify", "--older", first.to_str().unwrap()];
    let verified = installation.run(&older);
    assert_eq!(verified.status.code(), Some(0), "{}", words(&verified));
    // Asked for again, it is taken as new.
    installation.write("drop/embassy-xex/inbound/list.xml", &good_list());
    wait_for(&installation.path("drop/embassy-xex/outbound"), 4);
    let rows = installation.json(&["submission", "list"]);
    assert_eq!(rows[0]["verdict"], "accepted", "{rows}");
    for subject in ["audit", "embassy-xex"] {
        installation.json(&["alarm", "acknowledge", "catalogue-restored", subject]);
    }
    assert_eq!(daemon.stop(), Some(0));
    let mut daemon = Daemon::start(&installation);
    daemon.until(|_| alarms(&installation).is_empty());
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn an_offline_verb_may_be_the_first_after_a_restore() {
    let installation = Installation::new();
    let now = open::system_clock()();
    let id = with_house(&installation, now, |house| {
        engine::note(house, Event::Started).unwrap();
        lay(house, 1, now + hours(24 * 90))
    });
    back_up(&installation);
    with_house(&installation, now, |house| engine::note(house, Event::Stopped).unwrap());
    put_back(&installation);
    installation.json(&["retention", "hold", &id, "--why", "asked by the court"]);
    assert_eq!(alarms(&installation), ["catalogue-restored"]);
    assert_eq!(installation.run(&["audit", "verify"]).status.code(), Some(0));
}

/// Catalogue and header keys, as section 6 says. Nothing runs, so that the file alone is whole.
fn back_up(installation: &Installation) {
    let [from, to] = ["state", "copy"].map(|name| installation.path(name));
    fs::create_dir(&to).unwrap();
    for name in CATALOGUE {
        let _ = fs::copy(from.join(name), to.join(name));
    }
    copy(&from.join("header-keys"), &to.join("header-keys"));
}

fn put_back(installation: &Installation) {
    let [to, from] = ["state", "copy"].map(|name| installation.path(name));
    for name in CATALOGUE {
        let _ = fs::remove_file(to.join(name));
        let _ = fs::copy(from.join(name), to.join(name));
    }
    fs::remove_dir_all(to.join("header-keys")).unwrap();
    copy(&from.join("header-keys"), &to.join("header-keys"));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn files(directory: &Path) -> std::collections::BTreeSet<std::path::PathBuf> {
    crate::support::installation::files(directory).into_iter().collect()
}

/// SQLite keeps what it has not brought into the first yet in the second.
const CATALOGUE: [&str; 2] = ["catalogue.db", "catalogue.db-wal"];
