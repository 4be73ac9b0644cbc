//! Every problem at once, each with its file, line, key and cure, and never a secret.

use filsluse::config::{
    Config,
    load::{Source, Sources},
};

use super::{KINDS, registry_key, shipped_sources};

const SIGNING: &str = "sender.signing-keys";
/// Made for these tests; its private half was thrown away.
const SIGNING_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII3RDJP8pOtIysaGj/9VsGjHCVqE3VO2mucLh+SvGXuN";

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
        ("#[admin]", ADMIN_TWICE, "admin.operators", "named twice"),
        ("#[admin]", ADMIN_PORT, "admin.listen", "write \"systemd\""),
        ("#[admin]", ADMIN_KEY, "admin.tls-key", "the name of a credential"),
        ("#[admin]", ADMIN_PIN, "admin.operators", "44 characters of base64"),
        ("#[admin]", ADMIN_NOBODY, "admin.operators", "without an operator"),
        ("#[admin]", ADMIN_BARE, "admin.client-ca", "it is missing"),
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
        (
            "#municipality = \"0301\"",
            "municipality = \"9998\"",
            "sender.municipality",
            "such as \"0301\"",
        ),
        (
            "#municipality = \"0301\"",
            "municipality = \"0000\"",
            "sender.municipality",
            "since 2016",
        ),
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
            "#signing-keys = [\"ssh-ed25519 AAAA...\"]",
            "signing-keys = []",
            SIGNING,
            "at least one key",
        ),
        (
            "#signing-keys = [\"ssh-ed25519 AAAA...\"]",
            "signing-keys = \"ssh-ed25519 AAAA\"",
            SIGNING,
            "a string cannot stand here",
        ),
        (
            "#signing-keys = [\"ssh-ed25519 AAAA...\"]",
            "signing-keys = [\"ssh-ed25519 AAAA\"]",
            SIGNING,
            "not a whole ssh-ed25519 key",
        ),
        (
            "#signing-keys = [\"ssh-ed25519 AAAA...\"]",
            "signing-keys = [\"ssh-rsa AAAAB3NzaC1yc2E=\"]",
            SIGNING,
            "ssh-keygen -t ed25519",
        ),
        (
            "#signing-keys = [\"ssh-ed25519 AAAA...\"]",
            &format!("signing-keys = [\"{SIGNING_KEY}\", \"{SIGNING_KEY} kari@laptop\"]"),
            SIGNING,
            "named twice",
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
            "lists = \"P90D\"\n[[registry.deliver]]\nurl = \"https://a.example/in\"",
            "registry.deliver.client-cert",
            "write client-cert = ",
        ),
        (
            "lists = \"P90D\"",
            "lists = \"P90D\"\n[[registry.deliver]]\nurl = \"http://a.example/in\"\n\
             client-cert = \"/etc/c.pem\"",
            "registry.deliver.url",
            "must begin with https://",
        ),
        (
            "lists = \"P90D\"",
            "lists = \"P90D\"\n[[registry.deliver]]\nurl = \"https://a.example/in\"\n\
             client-cert = \"c.pem\"",
            "registry.deliver.client-cert",
            "absolute path",
        ),
        (
            "lists = \"P90D\"",
            "lists = \"P90D\"\n[[registry.deliver]]\nurl = \"https://a.example/in\"\n\
             client-cert = \"/etc/c.pem\"\ntimeout = \"1h\"",
            "registry.deliver.timeout",
            "from 100ms to 5m",
        ),
        (
            "lists = \"P90D\"",
            "lists = \"P90D\"\n[[registry.deliver]]\nurl = \"https://a.example/in\"\n\
             client-cert = \"/etc/c.pem\"\n[[registry.deliver]]\n\
             url = \"https://A.example:443/in/\"\nclient-cert = \"/etc/d.pem\"",
            "registry.deliver.url",
            "has this inbox already",
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

/// What is erased at once may be written so, and nobody is told of a reply that is gone (POL-08).
#[test]
fn retention_says_at_once_and_escalates_in_time() {
    let politisvar = 4;
    let hdir = 1;
    let check = |registry: usize, changes: &[(&str, &str)]| {
        let mut sources = shipped_sources();
        for (from, to) in changes {
            let text = &mut sources.registries[registry].text;
            assert!(text.contains(from), "{from}");
            *text = text.replacen(from, to, 1);
        }
        Config::check(&sources, &KINDS)
    };
    let done = ("from = \"operating-year-end\"", "from = \"task-done\"");
    let at_once = check(hdir, &[done, ("after = \"P5Y\"", "after = \"P0D\"")]).unwrap();
    assert!(at_once.to_toml().contains("after = \"P0D\""), "{}", at_once.to_toml());
    check(hdir, &[done, ("after = \"P5Y\"", "")]).unwrap();
    for (registry, changes, key) in [
        (hdir, &[done, ("after = \"P5Y\"", "after = \"P1D\"")][..], "registry.retention.after"),
        (hdir, &[("after = \"P5Y\"", "after = \"P0D\"")], "registry.retention.after"),
        (
            politisvar,
            &[("escalate = \"P30D\"", "escalate = \"P100D\"")],
            "registry.retention.escalate",
        ),
        (
            politisvar,
            &[("escalate = \"P30D\"", "escalate = \"P90D\"")],
            "registry.retention.escalate",
        ),
    ] {
        let error = check(registry, changes).expect_err(key);
        let [problem] = error.problems.as_slice() else { panic!("{error}") };
        assert_eq!(problem.key, key, "{error}");
    }
    check(politisvar, &[("escalate = \"P30D\"", "escalate = \"P89D\"")]).unwrap();
    // What is advised would do.
    for (after, cure) in [
        ("P20D", "write a shorter period, \"P14D\""),
        ("P2D", "write a shorter period, \"P1D\""),
        ("P1D", "write a longer `after`"),
    ] {
        let set = format!("after = \"{after}\"");
        let error = check(politisvar, &[("after = \"P90D\"", &set)]).expect_err(after);
        let told = error.problems.iter().find(|it| it.key == "registry.retention.escalate");
        assert!(told.is_some_and(|it| it.message.ends_with(cure)), "{after}: {error}");
    }
}

/// One bad file hides nothing that does not follow from it, and is not told twice.
#[test]
fn what_a_bad_file_would_have_said_is_not_missed() {
    let tables = "\n[[route]]\nkind = \"kpr-event\"\nyears = \"2020-2019\"\nregistries = [\"kpr\"]\n\
                  [[reporting]]\nregistry = \"kpr\"\nyears = \"2020..\"\nreporters = [\"oslo\", \"bergen\"]\n\
                  not-decided = [\"bydell\"]\n";
    let keys = |sources: &Sources| -> Vec<String> {
        let error = Config::check(sources, &KINDS).unwrap_err();
        error.problems.into_iter().map(|problem| problem.key).collect()
    };
    let mut sources = shipped_sources();
    sources.main.text.push_str(tables);
    assert_eq!(keys(&sources), ["route.years", "reporting.reporters", "reporting.not-decided"]);
    // Bergen may be in the file that is no TOML.
    sources.senders[0].text.push_str("\n[sender]\n");
    let found = keys(&sources);
    assert!(found.contains(&"route.years".to_owned()), "{found:?}");
    assert!(found.contains(&"reporting.not-decided".to_owned()), "{found:?}");
    assert!(!found.contains(&"reporting.reporters".to_owned()), "{found:?}");
    // And so may a registry.
    let mut sources = shipped_sources();
    sources.main.text.push_str(tables);
    let kpr = sources.registries.iter_mut().find(|it| it.text.contains("id = \"kpr\"")).unwrap();
    kpr.text.push_str("\n[registry]\n");
    let found = keys(&sources);
    assert!(found.contains(&"route.years".to_owned()), "{found:?}");
    assert!(!found.contains(&"route.registries".to_owned()), "{found:?}");
    assert!(!found.contains(&"reporting.registry".to_owned()), "{found:?}");
    assert!(!found.contains(&"sender.kinds".to_owned()), "{found:?}");
}

/// The two would be one to whoever is asked and to whoever answers (POL-07).
#[test]
fn no_two_senders_are_the_same_police_district() {
    let mut sources = shipped_sources();
    for source in &mut sources.senders[..2] {
        let key = registry_key();
        let lines = format!("\npolice-district = \"oslo\"\nrecipient = \"{key}\"\n");
        source.text.push_str(&lines);
    }
    let error = Config::check(&sources, &KINDS).unwrap_err();
    let found = error.problems.iter().filter(|problem| problem.key == "sender.police-district");
    let [problem] = &found.collect::<Vec<_>>()[..] else { panic!("{error}") };
    assert!(problem.message.contains("each needs its own"), "{error}");
}

/// Of a law that nobody knows, nothing can be said but that.
#[test]
fn an_unknown_legal_profile_is_one_problem() {
    for registry in 0..shipped_sources().registries.len() {
        let mut sources = shipped_sources();
        let text = &mut sources.registries[registry].text;
        let (before, rest) = text.split_once("legal-profile = \"").unwrap();
        *text =
            format!("{before}legal-profile = \"banana{}", rest.trim_start_matches(|c| c != '"'));
        let error = Config::check(&sources, &KINDS).unwrap_err();
        let keys: Vec<&str> = error.problems.iter().map(|problem| problem.key.as_str()).collect();
        assert_eq!(keys, ["registry.legal-profile"], "{error}");
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
    let keys: Vec<&str> = error.problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["registry.legal-profile", "registry.identity.key"], "{error}");
    assert!(error.problems[0].message.contains("remove one"), "{error}");

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

const ADMIN_TWICE: &str = r#"[admin]
listen = "systemd"
tls-cert = "/c.pem"
client-ca = "/a.pem"
operators = ["sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]
#"#;
const ADMIN_PORT: &str = r#"[admin]
listen = "127.0.0.1"
tls-cert = "/c.pem"
client-ca = "/a.pem"
operators = ["sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]
#"#;
const ADMIN_KEY: &str = r#"[admin]
listen = "systemd"
tls-cert = "/c.pem"
tls-key = "-----BEGIN PRIVATE KEY-----"
client-ca = "/a.pem"
operators = ["sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]
#"#;
const ADMIN_PIN: &str = r#"[admin]
listen = "systemd"
tls-cert = "/c.pem"
client-ca = "/a.pem"
operators = ["47DEQpj8HBSa"]
#"#;
const ADMIN_NOBODY: &str = r#"[admin]
listen = "systemd"
tls-cert = "/c.pem"
client-ca = "/a.pem"
operators = []
#"#;
const ADMIN_BARE: &str = r#"[admin]
listen = "systemd"
tls-cert = "/c.pem"
operators = ["sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]
#"#;
