//! What every file of the repository must be like, whoever wrote it.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use filsluse::types::{national_id::check::is_any_valid, rules};

/// Most lines of a source file without a reason.
const MOST_LINES: usize = 400;

/// The same outside `src`, where a file may be one table of cases.
const MOST_LINES_OF_TESTS: usize = 600;

/// Files that are longer, and why they are not two.
const LONG: &[(&str, &str)] = &[
    ("src/admin/commands.rs", "one arm for each verb"),
    ("src/admin/queries.rs", "one arm for each question"),
];

/// Published test vectors, which hold numbers as the authorities print them.
const VECTORS: &[&str] = &["tests/data/id_test_vectors.csv"];

#[test]
fn every_source_file_opens_with_what_it_is_for() {
    for path in files() {
        if !is_rust(&path) {
            continue;
        }
        let text = text(&path);
        assert!(text.starts_with("//! "), "{} does not open with //!", path.display());
    }
}

#[test]
fn no_source_file_is_longer_than_a_subject() {
    let lines = |path: &Path| text(path).lines().count();
    let most = |path: &Path| {
        if path.starts_with("src") { MOST_LINES } else { MOST_LINES_OF_TESTS }
    };
    for (path, reason) in LONG {
        let path = Path::new(path);
        let is_long = root().join(path).is_file() && lines(path) > most(path);
        assert!(!reason.is_empty() && is_long, "{} needs no entry", path.display());
    }
    for path in files().iter().filter(|path| is_rust(path)) {
        let excused = LONG.iter().any(|(long, _)| Path::new(long) == path);
        let lines = lines(path);
        assert!(lines <= most(path) || excused, "{} has {lines} lines", path.display());
    }
}

/// People in fixtures, examples and pages are the tax office's synthetic ones: month + 80.
#[test]
fn no_file_holds_a_national_id_that_could_be_somebodys() {
    let mut found = Vec::new();
    for path in files() {
        if VECTORS.iter().any(|vectors| Path::new(vectors) == path) {
            continue;
        }
        let bytes = fs::read(root().join(&path)).unwrap();
        for (line, bytes) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if elevens(bytes).any(|digits| could_be_somebodys(&digits)) {
                // Not the number itself: what a test prints lands in logs.
                found.push(format!("{}:{}", path.display(), line + 1));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_scan_for_national_ids_sees_them() {
    let digits = |text: &str| elevens(text.as_bytes()).collect::<Vec<_>>();
    assert_eq!(digits("id=01819000049;").len(), 1);
    assert_eq!(digits("018190 00049").len(), 1, "the usual space");
    assert_eq!(digits("101819000049").len(), 0, "twelve digits");
    assert_eq!(digits("a01819000049f").len(), 0, "a word");
    let vectors = text(Path::new(VECTORS[0]));
    let (mut synthetic, mut others) = (0, 0);
    for id in elevens(vectors.as_bytes()).filter(is_any_valid) {
        *if could_be_somebodys(&id) { &mut others } else { &mut synthetic } += 1;
    }
    assert!(synthetic > 10 && others > 10, "{synthetic} synthetic, {others} others");
}

/// A checkout's place, and the addresses of package registries, are nobody's business but the
/// machine's that built it. Spelled in pieces, so that this file may be looked at too.
#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let here = root().to_str().unwrap().to_owned();
    let mut words = vec![
        ["/work", "main"].join("/"),
        ["/work", "shared"].join("/"),
        ["/work", ".library"].join("/"),
        ["crates", "io"].join("."),
        ["npm", "js.org"].concat(),
        ["pypi", "org"].join("."),
        ["pythonhosted", "org"].join("."),
        ["deb", "debian", "org"].join("."),
    ];
    // A checkout in `/src` or the like says nothing.
    if here.matches('/').count() > 2 {
        words.push(here);
    }
    let mut found = Vec::new();
    for path in files() {
        // cargo writes where each package came from into its lock files.
        if path.file_name().is_some_and(|name| name == "Cargo.lock") {
            continue;
        }
        let bytes = fs::read(root().join(&path)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for word in words.iter().filter(|word| text.contains(word.as_str())) {
            found.push(format!("{} names {word}", path.display()));
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_rule_code_that_a_page_names_is_in_the_table() {
    let mut seen = BTreeSet::new();
    let mut unknown = Vec::new();
    for path in files() {
        let page = path.extension().is_some_and(|extension| extension == "md")
            || path.starts_with("config")
            || path.starts_with("examples");
        if !page {
            continue;
        }
        let bytes = fs::read(root().join(&path)).unwrap();
        for code in rule_codes(&String::from_utf8_lossy(&bytes)) {
            // Programs that read receipts meet one code that is no rule's.
            let of_the_receipt = code == filsluse::receipt::apprec::OF_THE_RECEIPT;
            if rules::by_code(&code).is_none() && !of_the_receipt {
                unknown.push(format!("{}: {code}", path.display()));
            }
            seen.insert(code);
        }
    }
    assert!(unknown.is_empty(), "\n{}", unknown.join("\n"));
    for rule in rules::all() {
        assert!(seen.contains(rule.code), "no page names {}", rule.code);
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest: toml::Table = text(Path::new("Cargo.toml")).parse().unwrap();
    let mut wanted = BTreeSet::new();
    for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let table = manifest.get(table).and_then(toml::Value::as_table);
        wanted.extend(table.into_iter().flat_map(toml::Table::keys).cloned());
    }
    let page = text(Path::new("docs/dependencies.md"));
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let mut told = BTreeSet::new();
    for (name, row) in rows {
        let cells: Vec<_> = row.trim_end_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 3, "{name}: why, what instead, licence");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{name} has an empty cell");
        told.insert(name.to_owned());
    }
    assert_eq!(told, wanted, "docs/dependencies.md and Cargo.toml (right) differ");
}

/// Runs of eleven digits with nothing of a word on either side, and those with the usual space
/// after the birth date.
fn elevens(bytes: &[u8]) -> impl Iterator<Item = [u8; 11]> {
    let word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    (0..bytes.len()).filter_map(move |start| {
        if start > 0 && word(bytes.get(start - 1)) {
            return None;
        }
        let spaced = bytes.get(start + 6) == Some(&b' ');
        let length = if spaced { 12 } else { 11 };
        let run = bytes.get(start..start + length)?;
        let digits: Vec<u8> = run.iter().copied().filter(u8::is_ascii_digit).collect();
        let digits: [u8; 11] = digits.try_into().ok()?;
        (!word(bytes.get(start + length))).then_some(digits)
    })
}

/// Valid by any rule, of any kind, and not one of the tax office's synthetic persons.
fn could_be_somebodys(digits: &[u8; 11]) -> bool {
    !matches!(digits[2], b'8' | b'9') && is_any_valid(digits)
}

/// Codes such as `EMB-02` of every kind that the product has or will have.
fn rule_codes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for prefix in ["EMB-", "IN-", "KPR-", "POL-", "NPR-"] {
        for (at, _) in text.match_indices(prefix) {
            let before = text[..at].chars().next_back();
            let digits: String =
                text[at + prefix.len()..].chars().take_while(char::is_ascii_digit).collect();
            if digits.len() == 2 && before.is_none_or(|c| !c.is_alphanumeric() && c != '-') {
                found.push(format!("{prefix}{digits}"));
            }
        }
    }
    found
}

/// Every file that is in the repository or about to be, relative to its top.
fn files() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .current_dir(root())
        // Whoever owns the checkout: nothing of it is run.
        .args(["-c", "safe.directory=*"])
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .unwrap_or_else(|error| panic!("git: {error}; apt-get install git"));
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout).unwrap();
    let files: Vec<PathBuf> = names
        .split('\0')
        .filter(|name| !name.is_empty() && root().join(name).is_file())
        .map(PathBuf::from)
        .collect();
    assert!(files.len() > 100, "git lists only {} files", files.len());
    files
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

fn text(path: &Path) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
