//! Configuration: the shipped example, every problem at once, and what `init` lays out.

use std::path::{Path, PathBuf};

use filsluse::config::{
    Config,
    load::{Source, Sources},
};

const KINDS: &[&str] = &["embassy-list", "departures"];

#[test]
fn the_shipped_example_loads_and_shows_itself() {
    let config = shipped();
    assert_eq!(config.senders.len(), 3);
    let shown = config.to_toml();
    let parts: Vec<&str> = shown.split("\n# ").collect();
    assert_eq!(parts.len(), 5, "{shown}");
    // What is shown is a configuration again, and shows itself the same.
    let body = |part: &str| part.split_once('\n').unwrap().1.to_owned();
    let source = |part: &&str| Source { path: "shown".into(), text: body(part) };
    let again = Sources {
        main: Source { path: config.file.clone(), text: body(parts[0]) },
        senders: parts[1..4].iter().map(source).collect(),
        registries: parts[4..].iter().map(source).collect(),
    };
    let again = Config::check(&again, KINDS).unwrap_or_else(|error| panic!("{error}\n{shown}"));
    assert_eq!(again.to_toml(), shown);
    assert_eq!(again.to_json(), config.to_json());
    assert_eq!(config.to_json()["main"]["intake"]["settle"], "1s");
}

fn shipped() -> Config {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/filsluse.toml");
    Config::load(&file, KINDS).unwrap_or_else(|error| panic!("{error}"))
}

#[expect(dead_code)]
fn unused() -> PathBuf {
    PathBuf::new()
}
