//! What `init` lays out, and what the check of the environment sees of it.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use filsluse::{
    config::{
        Config,
        environment::{check_environment, what_stops},
        init::{options::Options, write_installation},
        layout::Layout,
        sender::{Missions, Owner, Sender},
    },
    types::{
        ids::{KindId, RegistryId, SenderId},
        national_id::Profile,
        verdict::Evidence,
    },
};

use super::{KINDS, shipped_sources};

#[test]
fn init_lays_out_an_installation_that_loads_and_fits_its_machine() {
    let dir = tempfile::tempdir().unwrap();
    let layout = Layout::new(&dir.path().join("new"));
    let options = Options { profile: Profile::Test, owner_check: false, ..Options::production() };
    let report = write_installation(&layout, &options, &mut counting()).unwrap();
    let config = Config::load(&layout.main_file(), &KINDS).unwrap();
    assert_eq!((config.profile, config.senders.len()), (Profile::Test, 7));
    assert_eq!(config.places, layout.places);
    assert_eq!(config.credentials_dir(None), layout.credentials);
    assert_eq!(config.credentials_dir(Some("/run/x".as_ref())), Path::new("/run/x"));
    let problems = check_environment(&config, None);
    assert!(problems.is_empty(), "{problems:?}");

    let fastlege = RegistryId::parse("fastlege").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(fs::read(layout.audit_key()).unwrap(), [1; 32]);
    assert_eq!(fs::read(layout.pseudonym_key(&fastlege, 1)).unwrap(), [2; 32]);
    let kpr = RegistryId::parse("kpr").unwrap();
    assert!(layout.pseudonym_key(&kpr, 1).ends_with("pseudonym-kpr.k1"));
    for (id, drawn) in [("iplos", 3), ("kpr", 4), ("politisvar", 5), ("hdir-finansiering", 6)] {
        let key = layout.pseudonym_key(&RegistryId::parse(id).unwrap(), 1);
        assert_eq!(fs::read(key).unwrap(), [drawn; 32], "{id}");
    }
    for key in [
        layout.audit_key(),
        layout.pseudonym_key(&fastlege, 1),
        layout.inbound_identity(),
        layout.registry_identity(&fastlege),
    ] {
        assert_eq!(mode(&key), 0o600, "{}", key.display());
    }
    let embassy = SenderId::parse("embassy-xex").unwrap();
    assert_eq!(mode(&layout.credentials), 0o700);
    assert_eq!(mode(&layout.places.state_dir), 0o700);
    assert_eq!(mode(&layout.places.claimed_root()), 0o700);
    assert_eq!(mode(&layout.places.inbound(&embassy)), 0o2770);
    assert_eq!(mode(&layout.places.rehearsal(&embassy)), 0o2770);
    assert_eq!(mode(&layout.places.outbound(&embassy)), 0o2750);

    // The pair that was made is the one that the registry's file names, and it is said so.
    let identity = fs::read_to_string(layout.registry_identity(&fastlege)).unwrap();
    let identity: age::x25519::Identity = identity.lines().nth(1).unwrap().parse().unwrap();
    assert_eq!(config.registries[&fastlege].recipients, [identity.to_public()]);
    let all = ["fastlege", "hdir-finansiering", "iplos", "kpr", "politisvar"];
    assert_eq!(report.warnings().len(), all.len());
    for (warning, id) in report.warnings().iter().zip(all) {
        assert!(warning.contains(&format!("{id}.identity")), "{warning}");
    }

    let before = tree(dir.path());
    let again = write_installation(&layout, &options, &mut counting());
    assert!(again.is_err(), "an installation was written over");
    assert_eq!(tree(dir.path()), before);
}

#[test]
fn init_with_a_recipient_makes_no_identity_and_writes_the_senders_given() {
    let dir = tempfile::tempdir().unwrap();
    let layout = Layout::new(dir.path());
    let fastlege = RegistryId::parse("fastlege").unwrap();
    let recipient = age::x25519::Identity::generate().to_public();
    let kind = |kind: &str| KindId::parse(kind).unwrap();
    let id = SenderId::parse("ud").unwrap();
    let name = "Utenriks\"departementet\"\\ # æ";
    let mut sender =
        Sender::new(id.clone(), name, vec![kind("departures")], Missions::None).unwrap();
    sender.completeness = Evidence::Manifest;
    sender.recipient = Some(recipient.clone());
    sender.owner = Owner::Uid(4711);
    let options = Options {
        recipients: ["fastlege", "hdir-finansiering", "iplos", "kpr", "politisvar"]
            .map(|id| (RegistryId::parse(id).unwrap(), recipient.clone()))
            .into(),
        senders: vec![sender],
        ..Options::production()
    };
    let report = write_installation(&layout, &options, &mut |buffer| buffer.fill(7)).unwrap();
    assert!(report.warnings().is_empty() && !layout.registry_keys.exists());
    let config = Config::load(&layout.main_file(), &KINDS).unwrap();
    assert_eq!(config.registries[&fastlege].recipients, std::slice::from_ref(&recipient));
    let [sender] = config.senders.values().collect::<Vec<_>>()[..] else { panic!("one sender") };
    assert_eq!((&sender.id, sender.name.as_str()), (&id, name));
    assert_eq!(sender.completeness, Evidence::Manifest);
    assert_eq!(sender.recipient.as_ref(), Some(&recipient));
    assert_eq!((&sender.owner, sender.expect.is_none()), (&Owner::Uid(4711), true));
}

#[test]
fn init_writes_nothing_that_would_not_load() {
    let dir = tempfile::tempdir().unwrap();
    for bad in [PathBuf::from("relative"), dir.path().join("a\u{7}b")] {
        let layout = Layout::new(&bad);
        let error = write_installation(&layout, &Options::production(), &mut |_| {}).unwrap_err();
        assert!(!bad.exists(), "{error}");
    }
    let other = RegistryId::parse("nobody").unwrap();
    let recipient = age::x25519::Identity::generate().to_public();
    let options =
        Options { recipients: BTreeMap::from([(other, recipient)]), ..Options::production() };
    assert!(write_installation(&Layout::new(dir.path()), &options, &mut |_| {}).is_err());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn the_environment_check_sees_what_is_missing_open_or_the_examples() {
    let dir = tempfile::tempdir().unwrap();
    let layout = Layout::new(dir.path());
    let options = Options { owner_check: false, ..Options::production() };
    write_installation(&layout, &options, &mut counting()).unwrap();
    let registry = layout.registries().join("fastlege.toml");
    let example = shipped_sources().registries.remove(0).text;
    fs::write(&registry, example).unwrap();
    fs::remove_file(layout.audit_key()).unwrap();
    fs::set_permissions(layout.inbound_identity(), fs::Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(&layout.places.state_dir, fs::Permissions::from_mode(0o755)).unwrap();
    let embassy = SenderId::parse("embassy-xex").unwrap();
    fs::remove_dir(layout.places.outbound(&embassy)).unwrap();

    let config = Config::load(&layout.main_file(), &KINDS).unwrap();
    let problems = check_environment(&config, None);
    let found: Vec<(&Path, &str)> =
        problems.iter().map(|p| (p.file.as_path(), p.key.as_str())).collect();
    let want: [(&Path, &str); 6] = [
        (&layout.places.state_dir, "state-dir"),
        (&layout.audit_key(), "credentials-dir"),
        (&layout.inbound_identity(), "credentials-dir"),
        (&registry, "registry.recipients"),
        (&layout.senders().join("politi-oslo.toml"), "sender.recipient"),
        (&layout.places.outbound(&embassy), "sender.id"),
    ];
    assert_eq!(found, want, "{problems:?}");
    let lines: Vec<_> = problems.iter().filter(|p| p.key.ends_with("recipients")).collect();
    assert_eq!(lines.len(), 1, "{problems:?}");
    let text = fs::read_to_string(&registry).unwrap();
    let named = text.lines().nth(lines[0].line.unwrap() - 1).unwrap();
    assert!(named.starts_with("recipients = "), "{named}");
}

/// Whoever had both registries could link their persons.
#[test]
fn two_keys_of_the_same_bytes_are_a_problem_that_stops_the_daemon() {
    let dir = tempfile::tempdir().unwrap();
    let layout = Layout::new(dir.path());
    let options = Options { profile: Profile::Test, owner_check: false, ..Options::production() };
    write_installation(&layout, &options, &mut counting()).unwrap();
    let [kpr, iplos] =
        ["kpr", "iplos"].map(|id| layout.pseudonym_key(&RegistryId::parse(id).unwrap(), 1));
    let config = Config::load(&layout.main_file(), &KINDS).unwrap();
    assert_eq!(what_stops(&config, None), []);
    fs::copy(&iplos, &kpr).unwrap();
    let problems = what_stops(&config, None);
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!((&problem.file, problem.key.as_str()), (&kpr, "credentials-dir"));
    assert!(problem.message.contains("the same key as pseudonym-iplos.k1"), "{problem}");
    // A new epoch that is the old one again.
    fs::write(&kpr, [99; 32]).unwrap();
    fs::copy(&kpr, kpr.with_extension("k2")).unwrap();
    assert_eq!(what_stops(&config, None).len(), 1);
}

/// Randomness for tests: each draw is another.
fn counting() -> impl FnMut(&mut [u8]) {
    let mut byte = 0;
    move |buffer| {
        byte += 1;
        buffer.fill(byte);
    }
}

/// Every path with its content, to see that nothing changed.
fn tree(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path.clone());
                found.insert(path, Vec::new());
            } else {
                let content = fs::read(&path).unwrap();
                found.insert(path, content);
            }
        }
    }
    found
}
