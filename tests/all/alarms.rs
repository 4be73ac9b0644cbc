//! Every alarm that is explained can be raised, and none begins or ends without an audit entry.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use filsluse::types::alarm::AlarmCode;

#[test]
fn what_is_explained_can_be_raised() {
    let sources = sources();
    for code in AlarmCode::ALL {
        let named = format!("AlarmCode::{code:?}");
        let is_named = |(path, text): &(PathBuf, String)| {
            !path.ends_with("admin/alarms.rs") && text.contains(&named)
        };
        assert!(sources.iter().any(is_named), "nobody raises {named}");
    }
}

/// Whoever reads the audit log finds when an alarm began and when it ended.
#[test]
fn what_is_raised_or_cleared_is_audited() {
    for (path, text) in sources() {
        let may = path.ends_with("src/audited.rs");
        if may || path.components().any(|part| part.as_os_str() == "catalogue") {
            continue;
        }
        for call in [".raise_alarm(", ".clear_alarm("] {
            assert!(!text.contains(call), "{call} in {}: call audited", path.display());
        }
    }
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
