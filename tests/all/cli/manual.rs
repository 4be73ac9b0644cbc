//! Man pages that are checked in are those that the program writes; completions for every shell.

use std::{collections::BTreeMap, fs, path::Path};

use super::{program, text, words};

/// `FILSLUSE_WRITE_DOCS=1` writes them anew.
#[test]
fn the_man_pages_are_fresh() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/man");
    let fresh = tempfile::tempdir().unwrap();
    let written = program().arg("man").arg(fresh.path()).output().unwrap();
    assert_eq!(written.status.code(), Some(0), "{}", words(&written));
    if std::env::var_os("FILSLUSE_WRITE_DOCS").is_some() {
        fs::remove_dir_all(&kept).unwrap();
        program().arg("man").arg(&kept).output().unwrap();
    }
    let (kept, fresh) = (pages(&kept), pages(fresh.path()));
    assert!(fresh.len() > 30 && fresh.contains_key("filsluse-object-get.1"));
    let names = |pages: &BTreeMap<String, String>| pages.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&kept), names(&fresh), "FILSLUSE_WRITE_DOCS=1 writes them anew");
    for (name, page) in fresh {
        assert!(kept[&name] == page, "{name} is stale; FILSLUSE_WRITE_DOCS=1 writes it anew");
    }
}

#[test]
fn completions_know_the_verbs() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = program().args(["completions", shell]).output().unwrap();
        assert_eq!(script.status.code(), Some(0), "{shell}");
        assert!(text(&script).contains("enrolment"), "{shell}");
    }
}

fn pages(directory: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}
