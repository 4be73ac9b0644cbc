//! Configuration: the shipped example, every problem at once, and what `init` lays out.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use filsluse::{
    config::{
        Config,
        environment::check_environment,
        init::{Options, write_installation},
        layout::Layout,
        load::{Source, Sources},
        sender::{Missions, Owner, Sender},
        words::{IdentityMode, Profile},
    },
    types::{
        ids::{KindId, RegistryId, SenderId},
        rule::Language,
        verdict::Evidence,
    },
};

#[test]
fn the_shipped_example_loads_and_says_what_interface_md_says() {
    let config = shipped();
    assert_eq!(config.profile, Profile::Production);
    assert_eq!(config.control_socket, Path::new("/run/filsluse/control.sock"));
    assert_eq!(config.time_zone.iana_name(), Some("Europe/Oslo"));
    assert_eq!(config.audit_origin(), "filsluse/default");
    let embassy = &config.senders[&SenderId::parse("embassy-xex").unwrap()];
    assert!(matches!(&embassy.missions, Missions::Own(code) if code.as_str() == "XEX"));
    assert_eq!(embassy.language, Language::En);
    let registry = &config.registries[&RegistryId::parse("fastlege").unwrap()];
    assert_eq!(registry.identity, IdentityMode::Identified);
    assert_eq!(registry.key.file(1), "pseudonym-fastlege.k1");
    assert_eq!(registry.retention.after.to_string(), "P30D");
    assert_eq!(registry.retention.lists.unwrap().to_string(), "P90D");
    for kind in KINDS.iter().map(|kind| KindId::parse(kind).unwrap()) {
        let several = kind.as_str() == "iplos-annual";
        assert_eq!(config.registries_for(&kind).count(), 1 + usize::from(several), "{kind}");
    }
}

#[test]
fn what_is_shown_is_a_configuration_that_shows_itself_the_same() {
    let config = shipped();
    let shown = config.to_toml();
    let parts: Vec<&str> = shown.split("\n# ").collect();
    assert_eq!(parts.len(), 13, "{shown}");
    let body = |part: &str| part.split_once('\n').unwrap().1.to_owned();
    let source = |part: &&str| Source { path: "shown".into(), text: body(part) };
    let again = Sources {
        main: Source { path: config.file.clone(), text: body(parts[0]) },
        senders: parts[1..8].iter().map(source).collect(),
        registries: parts[8..].iter().map(source).collect(),
    };
    let again = Config::check(&again, &KINDS).unwrap_or_else(|error| panic!("{error}\n{shown}"));
    assert_eq!(again.to_toml(), shown);
    assert_eq!(again.to_json(), config.to_json());
    assert_eq!(config.to_json()["main"]["intake"]["settle"], "1s");
    assert_eq!(config.to_json()["senders"]["helfo"]["case-handler"], true);
}

#[test]
fn every_commented_key_of_the_example_is_a_key() {
    // A default that is shown in a comment must be right when its "#" is taken away.
    let mut sources = shipped_sources();
    let bare = |text: &str| {
        let is_key = |line: &str| line.starts_with('#') && !line.starts_with("# ") && line != "#";
        text.lines().fold(String::new(), |text, line| {
            text + if is_key(line) { &line[1..] } else { line } + "\n"
        })
    };
    sources.main.text = bare(&sources.main.text);
    let error = Config::check(&sources, &KINDS).err().map(|error| error.to_string());
    assert_eq!(error, None);
    sources.senders[0].text = bare(&sources.senders[0].text).replace("\"age1...\"", "\"AGE\"");
    let error = Config::check(&sources, &KINDS).unwrap_err();
    let keys: Vec<&str> = error.problems.iter().map(|problem| problem.key.as_str()).collect();
    // The three that exclude one another or that need a real value, and nothing else.
    assert_eq!(keys, ["sender.mission-code", "sender.recipient", "sender.uid"], "{error}");
}

/// One wrong thing in the shipped configuration, and the one problem it must give.
#[test]
#[expect(clippy::too_many_lines, reason = "a table with a line for each problem")]
fn each_problem_names_file_line_key_and_cure() {
    let good_key = registry_key();
    let main: &[(&str, &str, &str, &str)] = &[
        (
            "drop-root = \"/srv/filsluse\"",
            "drop-rot = \"/srv\"",
            "drop-rot",
            "did you mean drop-root?",
        ),
        ("drop-root = \"/srv/filsluse\"", "", "drop-root", "write drop-root = \"/srv/filsluse\""),
        ("drop-root = \"/srv/filsluse\"", "drop-root = \"srv\"", "drop-root", "absolute path"),
        ("drop-root = \"/srv/filsluse\"", "drop-root = \"/srv/../x\"", "drop-root", "no .."),
        ("drop-root = \"/srv/filsluse\"", "drop-root = \"/\"", "drop-root", "below /"),
        (
            "drop-root = \"/srv/filsluse\"",
            "drop-root = 7",
            "drop-root",
            "an integer cannot stand here",
        ),
        ("/var/lib/filsluse", "/srv/filsluse/state", "state-dir", "neither in drop-root"),
        ("\"Europe/Oslo\"", "\"Europe/Olso\"", "time-zone", "IANA"),
        ("\"production\"", "\"prodution\"", "profile", "did you mean \"production\"?"),
        ("\"production\"", "\"live\"", "profile", "\"production\" or \"test\""),
        ("settle = \"1s\"", "settle = \"1\"", "intake.settle", "such as \"30s\""),
        ("settle = \"1s\"", "settle = \"2h\"", "intake.settle", "from 100ms to 1h"),
        ("settle = \"1s\"", "setle = \"1s\"", "intake.setle", "did you mean settle?"),
        (
            "min-free-disk = \"5%\"",
            "min-free-disk = \"95%\"",
            "intake.min-free-disk",
            "at most 90%",
        ),
        ("\"2 GiB\"", "\"2 gigs\"", "intake.max-file-size", "as \"2 GiB\""),
        ("#workers = 4", "workers = 0", "intake.workers", "from 1 to 1024"),
        ("owner-check = true", "owner-check = \"yes\"", "intake.owner-check", "owner-check = true"),
        ("\"2032-01-01\"", "\"1/1/2032\"", "identifiers.new-check-digits-from", "year-month-day"),
        ("stale-after = \"P5Y\"", "stale-after = \"5 years\"", "embassy.stale-after", "ISO 8601"),
        (
            "stale-after = \"P5Y\"",
            "stale-after = \"P0D\"",
            "embassy.stale-after",
            "at least one day",
        ),
        ("\"1h\"", "\"48h\"", "retention.sweep-every", "from 1m to 24h"),
        ("max-share = \"20%\"", "max-share = \"0%\"", "retention.max-share", "more than 0%"),
        ("\"sqlite\"", "\"postgres\"", "catalogue.backend", "not in this version"),
        ("[log]", "[admin]\nlisten = \"127.0.0.1:8443\"\n[log]", "admin", "not in this version"),
        ("[log]", "[sender]\nid = \"x\"\n[log]", "sender", "senders.d"),
        ("level = \"info\"", "level = info", "", "not TOML"),
        ("level = \"info\"", "level = \"info\"\nlevel = \"info\"", "", "not TOML"),
    ];
    let sender: &[(&str, &str, &str, &str)] = &[
        ("id = \"embassy-xex\"", "id = \"Embassy\"", "sender.id", "a-z, 0-9 and -"),
        ("[\"embassy-list\"]", "[\"embasy-list\"]", "sender.kinds", "did you mean embassy-list?"),
        ("[\"embassy-list\"]", "[\"x-ray\"]", "sender.kinds", "embassy-list, departures"),
        (
            "[\"embassy-list\"]",
            "[\"embassy-list\", \"police-reply\"]",
            "sender.police-district",
            "needs police-district",
        ),
        (
            "[\"embassy-list\"]",
            "[\"embassy-list\", \"police-request\"]\npolice-district = \"oslo\"\nrecipient = \"age15vd3cf762h85v9gzwjv2g7yg5aexhq2uy4v4rf2qsr7amnjlq83sh3rznk\"",
            "sender.police-district",
            "sends no police-request",
        ),
        ("mission-code = \"XEX\"", "", "sender.mission-code", "case-handler = true"),
        ("#case-handler = true", "case-handler = true", "sender.mission-code", "every mission"),
        (
            "[\"embassy-list\"]",
            "[\"departures\"]",
            "sender.mission-code",
            "only senders of embassy-list",
        ),
        (
            "#org-number = \"958935420\"",
            "org-number = \"958935421\"",
            "sender.org-number",
            "check digit",
        ),
        (
            "#municipality = \"0301\"",
            "municipality = \"301\"",
            "sender.municipality",
            "four digits",
        ),
        ("#municipality = \"0301\"", "municipality = 301", "sender.municipality", "\"0301\""),
        ("#recipient = \"age1...\"", "recipient = \"age1x\"", "sender.recipient", "age-keygen -y"),
        ("language = \"en\"", "language = \"no\"", "sender.language", "\"en\" or \"nb\""),
        ("every = \"P1M\", ", "", "sender.expect.every", "every = \"P1M\""),
        (", grace = \"P10D\"", "", "sender.expect.grace", "grace = \"P10D\""),
        (
            "every = \"P1M\", grace = \"P10D\"",
            "yearly = \"01-15\"",
            "sender.expect.yearly",
            "only senders of iplos-annual",
        ),
        (
            "every = \"P1M\", grace = \"P10D\"",
            "exception = \"02-15\"",
            "sender.expect.yearly",
            "or yearly",
        ),
        ("#uid = 2001", "uid = 2001\naccount = \"x\"", "sender.uid", "not both"),
        (
            "#uid = 2001",
            "signing-keys = [\"ssh-ed25519 AAAA\"]",
            "sender.signing-keys",
            "not in this version",
        ),
    ];
    let registry: &[(&str, &str, &str, &str)] = &[
        (&good_key, "", "registry.recipients", "age-keygen -y"),
        (
            "mode = \"identified\"",
            "mode = \"pseudonym\"",
            "registry.identity.mode",
            "\"identified\"",
        ),
        (
            "key = \"pseudonym-fastlege\"",
            "",
            "registry.identity.key",
            "key = \"pseudonym-fastlege\"",
        ),
        ("store = \"directory\"", "store = \"s3\"", "registry.store", "not in this version"),
        ("after = \"P30D\"", "after = \"PT1H\"", "registry.retention.after", "ISO 8601"),
        (
            "from = \"withdrawn\"",
            "from = \"superseded\"",
            "registry.retention.from",
            "\"withdrawn\"",
        ),
        (
            "lists = \"P90D\"",
            "lists = \"P90D\"\n[[registry.deliver]]\nurl = \"x\"",
            "registry.deliver",
            "not in this version",
        ),
    ];
    for (n, cases) in [main, sender, registry].into_iter().enumerate() {
        for (from, to, key, cure) in cases {
            let mut sources = shipped_sources();
            let source = match n {
                0 => &mut sources.main,
                1 => &mut sources.senders[0],
                _ => &mut sources.registries[0],
            };
            assert!(source.text.contains(from), "case {from}");
            source.text = source.text.replacen(from, to, 1);
            let file = source.path.clone();
            let error = Config::check(&sources, &KINDS).expect_err(to);
            let [problem] = error.problems.as_slice() else { panic!("{to}: {error}") };
            assert_eq!((&problem.file, problem.key.as_str()), (&file, *key), "{to}: {error}");
            assert!(problem.message.contains(cure), "{to}: {error}");
            assert!(problem.line.is_some(), "{to}: {error}");
        }
    }
}

#[test]
fn problems_come_all_at_once_with_their_lines() {
    let mut sources = shipped_sources();
    sources.main.text = "drop-root = \"relative\"\nstate-dir = \"/var/lib/x\"\n\n[intake]\n\
                         setle = \"1s\"\nrescan = \"0s\"\n[log]\nlevel = 3\n"
        .to_owned();
    sources.senders[3].text = "[sender]\nid = \"ud\"\nkinds = [\"departures\", \"x\"]\n".to_owned();
    let error = Config::check(&sources, &KINDS).unwrap_err();
    let found: Vec<(Option<usize>, &str)> =
        error.problems.iter().map(|problem| (problem.line, problem.key.as_str())).collect();
    let want = [
        (Some(1), "drop-root"),
        (Some(5), "intake.setle"),
        (Some(6), "intake.rescan"),
        (Some(8), "log.level"),
        (Some(1), "sender.name"),
        (Some(3), "sender.kinds"),
    ];
    assert_eq!(found, want, "{error}");
    assert!(error.to_string().starts_with("the configuration has 6 problems:\n  "), "{error}");
}

#[test]
fn a_secret_key_in_the_wrong_place_is_not_repeated() {
    let secret = "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ";
    for place in [0, 1] {
        let mut sources = shipped_sources();
        if place == 0 {
            let text = &mut sources.registries[0].text;
            *text = text.replace(&registry_key(), secret);
        } else {
            let line = format!("recipient = \"{secret}\"\nuid =");
            sources.senders[0].text = sources.senders[0].text.replace("#uid =", &line);
        }
        let error = Config::check(&sources, &KINDS).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("secret key") && !shown.contains("QQQQ"), "{shown}");
    }
}

#[test]
fn ids_and_keys_are_unique_and_a_kind_never_lacks_a_registry() {
    let mut sources = shipped_sources();
    let mut second = sources.registries[0].clone();
    second.path = "second.toml".into();
    second.text = second.text.replacen("id = \"fastlege\"", "id = \"other\"", 1);
    sources.registries.push(second);
    let error = Config::check(&sources, &KINDS).unwrap_err();
    assert_eq!(error.problems.len(), 1, "{error}");
    assert_eq!(error.problems[0].key, "registry.identity.key");

    let mut sources = shipped_sources();
    sources.senders[3].text = sources.senders[0].text.clone();
    let error = Config::check(&sources, &KINDS).unwrap_err();
    let keys: Vec<&str> = error.problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["sender.id", "sender.mission-code"], "{error}");
    assert!(error.problems.iter().all(|problem| problem.file.ends_with("senders.d/ud.toml")));

    let mut sources = shipped_sources();
    sources.registries.clear();
    let error = Config::check(&sources, &KINDS).unwrap_err();
    let cures: Vec<&str> = error
        .problems
        .iter()
        .filter_map(|p| p.message.split_once("legal-profile = ").map(|(_, profile)| profile))
        .collect();
    let want = ["fastlege", "fastlege", "hdir-finansiering", "kpr", "iplos", "fastlege"]
        .map(|profile| format!("\"{profile}\""));
    assert_eq!(cures, want, "one for each sender's kind: {error}");
}

#[test]
fn a_file_that_is_not_there_or_not_text_is_a_problem_too() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("filsluse.toml");
    let error = Config::load(&file, &KINDS).unwrap_err();
    assert!(error.to_string().contains("filsluse init"), "{error}");
    fs::write(&file, b"name = \"\xe6\"\n").unwrap();
    let error = Config::load(&file, &KINDS).unwrap_err();
    assert!(error.to_string().contains("save it as UTF-8"), "{error}");
}

#[test]
fn init_lays_out_an_installation_that_loads_and_fits_its_machine() {
    let dir = tempfile::tempdir().unwrap();
    let layout = Layout::new(&dir.path().join("new"));
    let options = Options { profile: Profile::Test, owner_check: false, ..Options::production() };
    let mut byte = 0;
    let mut randomness = |buffer: &mut [u8]| {
        byte += 1;
        buffer.fill(byte);
    };
    let report = write_installation(&layout, &options, &mut randomness).unwrap();
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
    let again = write_installation(&layout, &options, &mut randomness);
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
    write_installation(&layout, &options, &mut |buffer| buffer.fill(7)).unwrap();
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
        (&layout.registries(), "registry.recipients"),
        (&layout.senders().join("politi-oslo.toml"), "sender.recipient"),
        (&layout.places.outbound(&embassy), "sender.id"),
    ];
    assert_eq!(found, want, "{problems:?}");
}

#[test]
fn a_reload_knows_what_only_a_restart_can_change() {
    let config = shipped();
    let mut newer = config.clone();
    newer.intake.settle *= 2;
    assert!(config.needs_restart_for(&newer).is_empty());
    newer.places.drop_root = "/srv/other".into();
    newer.intake.workers = config.intake.workers.saturating_add(1);
    assert_eq!(config.needs_restart_for(&newer), ["drop-root", "intake.workers"]);
}

proptest::proptest! {
    /// Whatever is cut out of, or put into, a file: an answer, and a problem where it is no.
    #[test]
    fn no_edit_makes_a_panic_or_a_silent_refusal(
        which in 0usize..5,
        at: proptest::sample::Index,
        cut in 0usize..30,
        put in "[\\[\\]a-z0-9\"=\\.\n#{} æ-]{0,12}",
    ) {
        let mut sources = shipped_sources();
        let source = match which {
            0 | 1 => &mut sources.main,
            2 | 3 => &mut sources.senders[0],
            _ => &mut sources.registries[0],
        };
        let chars: Vec<char> = source.text.chars().collect();
        let start = at.index(chars.len());
        let end = (start + cut).min(chars.len());
        let before: String = chars[..start].iter().collect();
        let after: String = chars[end..].iter().collect();
        source.text = before + &put + &after;
        if let Err(error) = Config::check(&sources, &KINDS) {
            proptest::prop_assert!(!error.problems.is_empty());
        }
    }
}

pub(super) fn shipped() -> Config {
    Config::load(&shipped_directory().join("filsluse.toml"), &KINDS)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// NPR-05: "no configuration may move an erasure past a statutory outer limit".
#[test]
fn npr_05_a_period_past_the_statutory_limit_is_refused_with_its_paragraph() {
    for (after, lawful) in [("P5Y", true), ("P60M", true), ("P1Y", true), ("P5Y1D", false)] {
        let mut sources = shipped_sources();
        let is_npr = |source: &&mut Source| source.text.contains("\"hdir-finansiering\"");
        let source = sources.registries.iter_mut().find(is_npr).unwrap();
        source.text = source.text.replace("\"P5Y\"", &format!("\"{after}\""));
        match Config::check(&sources, &KINDS) {
            Ok(_) => assert!(lawful, "{after}"),
            Err(error) => {
                let [problem] = error.problems.as_slice() else { panic!("{after}: {error}") };
                assert!(!lawful, "{after}: {error}");
                assert_eq!(problem.key, "registry.retention.after");
                assert!(problem.message.contains("§ 3-3"), "{error}");
            }
        }
    }
}

pub(super) fn shipped_sources() -> Sources {
    let source = |name: &str| {
        let path = shipped_directory().join(name);
        Source { text: fs::read_to_string(&path).unwrap(), path }
    };
    Sources {
        main: source("filsluse.toml"),
        senders: ["embassy-xex", "helfo", "oslo", "ud", "npr"]
            .map(|id| source(&format!("senders.d/{id}.toml")))
            .into(),
        registries: ["fastlege", "hdir-finansiering", "iplos", "kpr", "politisvar"]
            .map(|id| source(&format!("registries.d/{id}.toml")))
            .into(),
    }
}

fn shipped_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config")
}

pub(super) fn registry_key() -> String {
    filsluse::config::environment::EXAMPLE_RECIPIENT.to_owned()
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

pub(crate) static KINDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| filsluse::kinds::all().iter().map(|kind| kind.name()).collect());
