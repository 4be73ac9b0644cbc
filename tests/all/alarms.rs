//! Every alarm that the code can raise is explained, and every one that is explained can be raised.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use filsluse::{admin::alarms, intake::AlarmKind};

#[test]
fn what_is_raised_is_what_is_explained() {
    let sources = sources();
    let constants = constants(&sources);
    let mut raised: BTreeSet<String> = BTreeSet::new();
    for (path, text) in &sources {
        for call in [
            "raise_alarm(",
            "alarms::raise(",
            "alarms::raise_for(",
            "alarm::raise(",
            "trail::raise(",
            "trail::raise_again(",
            "keep_to(",
        ] {
            for (at, _) in text.match_indices(call) {
                let arguments = text[at + call.len()..].split(';').next().unwrap();
                raised.extend(code_among(arguments, &constants, path));
            }
        }
    }
    // Handed on by name, in a variable.
    let kind = io::ErrorKind::Other;
    let kinds = [AlarmKind::CrossDevice, AlarmKind::CannotClaim(kind), AlarmKind::CannotList(kind)];
    assert_eq!(kinds.map(AlarmKind::code), AlarmKind::CODES);
    raised.extend(AlarmKind::CODES.map(str::to_owned));
    let explained: BTreeSet<String> =
        alarms::ALL.iter().map(|alarm| alarm.code.to_owned()).collect();
    assert_eq!(raised, explained);
}

/// Whoever reads the audit log finds when an alarm began and when it ended.
#[test]
fn what_is_raised_or_cleared_is_audited() {
    for (path, text) in sources() {
        let audits = ["trail.rs", "alarm.rs"].iter().any(|name| path.ends_with(name));
        if audits || path.components().any(|part| part.as_os_str() == "catalogue") {
            continue;
        }
        for call in [".raise_alarm(", ".clear_alarm("] {
            assert!(!text.contains(call), "{call} in {}: call trail", path.display());
        }
    }
}

/// The code that a call raises: a literal, or a constant of the program.
fn code_among(
    arguments: &str,
    constants: &BTreeMap<String, String>,
    path: &Path,
) -> Option<String> {
    let words = arguments.split(|c: char| !(c.is_ascii_alphanumeric() || "_\"-".contains(c)));
    for word in words {
        if let Some(literal) = word.strip_prefix('"').and_then(|word| word.strip_suffix('"')) {
            return Some(literal.to_owned());
        }
        let named = word.len() > 3 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        if named || word == "ALARM" {
            let found = constants.get(word);
            return Some(found.unwrap_or_else(|| panic!("{word} of {}", path.display())).clone());
        }
    }
    None
}

/// String constants in upper case, by name.
fn constants(sources: &[(PathBuf, String)]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (_, text) in sources {
        for line in text.lines() {
            let Some((_, rest)) = line.split_once("const ") else { continue };
            let Some((name, value)) = rest.split_once(": &str = \"") else { continue };
            found.insert(name.to_owned(), value.trim_end_matches("\";").to_owned());
        }
    }
    found
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut files = Vec::new();
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files
}
