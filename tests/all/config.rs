//! Configuration: the shipped example, every problem at once, and what `init` lays out.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod init;
mod problems;
mod years;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use filsluse::{
    config::{
        Build, Config,
        load::{Source, Sources},
        sender::Missions,
    },
    kinds::{self, kpr::collected},
    types::{
        identity_mode::IdentityMode,
        ids::{KindId, RegistryId, SenderId},
        national_id::Profile,
        rule::Language,
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
    for kind in KINDS.kinds.iter().map(|kind| KindId::parse(kind).unwrap()) {
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
    // Those that exclude one another or that need a real value, and nothing else.
    let want = ["sender.mission-code", "sender.recipient", "sender.signing-keys", "sender.uid"];
    assert_eq!(keys, want, "{error}");
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
fn a_reload_knows_what_only_a_restart_can_change() {
    let config = shipped();
    let mut newer = config.clone();
    newer.intake.settle *= 2;
    assert!(config.needs_restart_for(&newer).is_empty());
    newer.places.drop_root = "/srv/other".into();
    newer.intake.workers = config.intake.workers.saturating_add(1);
    assert_eq!(config.needs_restart_for(&newer), ["drop-root", "intake.workers"]);
}

fn shipped() -> Config {
    Config::load(&shipped_directory().join("filsluse.toml"), &KINDS)
        .unwrap_or_else(|error| panic!("{error}"))
}

fn shipped_sources() -> Sources {
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

fn registry_key() -> String {
    filsluse::config::environment::EXAMPLE_RECIPIENT.to_owned()
}

/// What the program itself gives to the check.
pub(crate) static KINDS: LazyLock<Build<'static>> = LazyLock::new(|| Build {
    kinds: kinds::all().iter().map(|kind| kind.name()).collect::<Vec<_>>().leak(),
    fields: collected::report_fields().into_iter().collect::<Vec<_>>().leak(),
    indispensable: collected::indispensable_fields().into_iter().collect::<Vec<_>>().leak(),
});
