//! Every `filsluse` command in the README, the documentation and the examples' page runs as it is
//! written there, on an installation with something in it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::{exchange, support::installation::Installation};

#[test]
fn every_command_of_the_documentation_runs() {
    let scene = Scene::new();
    let commands = commands();
    assert!(commands.len() > 25, "the reader finds too few: {commands:#?}");
    let mut unused: BTreeSet<&str> = NOT_RUN.iter().map(|(command, _)| *command).collect();
    let mut failed = Vec::new();
    for command in &commands {
        if unused.remove(command.as_str()) || NOT_RUN.iter().any(|(skipped, _)| skipped == command)
        {
            continue;
        }
        let arguments = scene.arguments(command);
        let said = scene.run(&arguments);
        if !wanted(command).contains(&said.status.code()) {
            let words = String::from_utf8_lossy(&said.stderr).into_owned();
            failed.push(format!("{command}\n  {arguments:?}\n  {:?} {words}", said.status.code()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(unused.is_empty(), "no page has these any more: {unused:?}");
}

/// Whoever follows a link finds the page, and the heading on it.
#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for (_, rest) in text.match_indices("](").map(|(at, _)| text.split_at(at + 2)) {
            let link = rest.split(')').next().unwrap();
            if link.contains("://") || link.contains(char::is_whitespace) {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target =
                if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let leads = target.exists()
                && (heading.is_empty() || headings(&target).iter().any(|known| known == heading));
            if !leads {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Neither language's page says more than the other's: they have the same headings, level by level.
#[test]
fn a_page_in_two_languages_has_one_outline() {
    for (english, norwegian) in LANGUAGES {
        assert_eq!(outline(english), outline(norwegian), "{english} and {norwegian}");
    }
}

const LANGUAGES: &[(&str, &str)] = &[
    ("sender.md", "avsender.md"),
    ("embassy-list.md", "ambassadeliste.md"),
    ("kpr.md", "kpr.nb.md"),
    ("police.md", "politi.md"),
    ("npr.md", "npr.nb.md"),
    ("rules.en.md", "rules.nb.md"),
];

/// The levels of a page's headings, in order.
fn outline(page: &str) -> Vec<usize> {
    let text = fs::read_to_string(root().join("docs").join(page)).unwrap();
    let mut fenced = false;
    let mut levels = Vec::new();
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        let level = line.chars().take_while(|c| *c == '#').count();
        if !fenced && level > 0 {
            levels.push(level);
        }
    }
    levels
}

/// The headings of a page as links name them.
fn headings(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap();
    let headings = text.lines().filter_map(|line| line.trim_start_matches('#').strip_prefix(' '));
    let kept = |c: &char| c.is_alphanumeric() || *c == ' ' || *c == '-';
    let name = |heading: &str| heading.to_lowercase().chars().filter(kept).collect::<String>();
    headings.map(|heading| name(heading).replace(' ', "-")).collect()
}

/// What a command may end with: most with 0, a few with findings by the nature of what they show.
fn wanted(command: &str) -> &'static [Option<i32>] {
    match command {
        // No daemon runs beside the test.
        "filsluse status" | "filsluse status --json" => &[Some(1)],
        _ if command.starts_with("filsluse validate") => &[Some(0), Some(1)],
        // FILE is none here; tests/all/cli/erasure.rs checks real ones.
        _ if command.starts_with("filsluse retention certificate --verify") => &[Some(1)],
        // Nothing waits here; tests/all/push gives up what does.
        _ if command.starts_with("filsluse push drop") => &[Some(2)],
        _ => &[Some(0)],
    }
}

/// Commands that are not run here, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("filsluse run --config /tmp/trial/etc/filsluse.toml", "it stays; the scene was made by it"),
    ("filsluse deliver", "it stays; tests/all/archive runs it against a case archive"),
    ("filsluse deliver --check", "tests/all/push checks inboxes that are there"),
    ("filsluse deliver --once", "tests/all/archive runs it against a case archive"),
    ("filsluse config check --config /tmp/trial/etc/filsluse.toml", "needs the trial to be made"),
    ("filsluse police open --as HOSPITAL", "it asks a person at a terminal"),
];

/// An installation with submissions, objects, a held list and an alarm.
struct Scene {
    installation: Installation,
    /// For what the commands make.
    made: tempfile::TempDir,
    accepted: String,
    held: String,
    reply: String,
}

impl Scene {
    fn new() -> Self {
        let installation = Installation::new();
        // The examples' sender takes them in their own order.
        let example =
            |name: &str| fs::read(root().join("examples/embassy-xex").join(name)).unwrap();
        fs::write(installation.places().claimed_root().join("ud/nobodys"), "an orphan").unwrap();
        let mut daemon = installation.start(&[]);
        assert!(daemon.ready());
        for (count, name) in [(2, "enrolment-complete.xml"), (4, "held.xml")] {
            installation.upload("embassy-xex", name, example(name));
            assert!(daemon.until(name, || installation.receipts("embassy-xex").len() == count));
        }
        exchange::upload(&installation, &mut daemon);
        let done = || installation.books().owed_to_the_log == 0;
        assert!(daemon.until("a written log", done));
        assert!(daemon.stop().success());
        let books = installation.books();
        let with = |verdict: &str| {
            let found = books
                .submissions
                .iter()
                .find(|row| row.verdict.is_some_and(|found| found.as_str() == verdict));
            found.unwrap().id.to_string()
        };
        let of = |sender: &str| {
            let mut rows = books.submissions.iter();
            rows.find(|row| row.sender.as_str() == sender).unwrap().id.to_string()
        };
        let held = with("held");
        let accepted = books
            .submissions
            .iter()
            .find(|row| row.sender.as_str() == "embassy-xex" && row.id.to_string() != held);
        let accepted = accepted.unwrap().id.to_string();
        let reply = of("politi-oslo");
        let made = tempfile::tempdir().unwrap();
        copy(&installation.places().audit(), &made.path().join("COPY"));
        Self { installation, made, accepted, held, reply }
    }

    /// The words of a command, with something real for each of its placeholders.
    fn arguments(&self, command: &str) -> Vec<String> {
        let made = |name: &str| self.made.path().join(name).display().to_string();
        let object = format!("{}.fastlege.whole", self.accepted);
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        let verb = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        let mut before = "";
        words
            .iter()
            .map(|word| {
                let after = std::mem::replace(&mut before, word);
                match (verb.as_str(), after, *word) {
                    (_, "--sender" | "--as", "ID" | "SENDER") => "embassy-xex".to_owned(),
                    (_, "--registry", "ID") => "fastlege".to_owned(),
                    (_, "--mission", "CODE") => "XEX".to_owned(),
                    ("police show" | "police decide", _, "ID") => self.reply.clone(),
                    (_, "--case", "CASE") => "26/1".to_owned(),
                    (_, "--by", "WHO") => "Overlege Ås".to_owned(),
                    (_, "--basis", "BASIS") => "kjent-pasientforhold".to_owned(),
                    (_, "--purpose", "CODE") => "risikovurdering".to_owned(),
                    (_, "--district", "DISTRICT") => "politi-oslo".to_owned(),
                    (_, "-o", "PAGE") => made("page.html"),
                    ("alarm acknowledge", _, "CODE") => "claimed-orphan".to_owned(),
                    ("alarm acknowledge", _, "SUBJECT") => "ud".to_owned(),
                    ("enrolment approve" | "enrolment refuse", _, "ID") => self.held.clone(),
                    ("submission show", _, "ID") | (_, _, "SUBMISSION") => self.accepted.clone(),
                    (
                        "object get" | "object show" | "push drop" | "retention hold"
                        | "retention release",
                        _,
                        "ID",
                    ) => object.clone(),
                    ("retention certificate", "-o", "FILE") => {
                        made(&format!("certificate-{}", command.len()))
                    }
                    (_, "-o", "FILE") => made("fetched"),
                    (_, "--older", "KEPT") => made("COPY/checkpoint"),
                    (_, "--key", "OUR.vkey") => made("COPY/audit.vkey"),
                    (_, "--from", "COPY") => made("COPY"),
                    (_, "--why", "TEXT") => "asked for by the court".to_owned(),
                    (_, _, "FILE") => example().display().to_string(),
                    (_, _, path) if path.starts_with("examples/") => {
                        root().join(path).display().to_string()
                    }
                    // What stands below / is made below the test's own directory.
                    ("init /root/filsluse-new" | "init /tmp/trial", _, path)
                        if path.starts_with('/') =>
                    {
                        made(&path.replace('/', "_"))
                    }
                    (_, "man", path) => made(&path.replace('/', "_")),
                    (_, _, word) => word.replace("age1…", RECIPIENT),
                }
            })
            .collect()
    }

    fn run(&self, arguments: &[String]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_filsluse"));
        command.stdin(Stdio::null()).env_remove("CREDENTIALS_DIRECTORY").args(arguments);
        if !arguments.iter().any(|word| word == "--config") {
            command.arg("--config").arg(self.installation.layout.main_file());
        }
        command.output().unwrap()
    }
}

/// Every command, in the order of the pages, once.
fn commands() -> Vec<String> {
    let mut found = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for command in of_page(&text) {
            if !found.contains(&command) {
                found.push(command);
            }
        }
    }
    found
}

/// Commands in code blocks, fenced or indented, and in code spans.
fn of_page(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced || line.starts_with("    ") {
            found.extend(line.split("&&").filter_map(plain));
        } else {
            found.extend(line.split('`').skip(1).step_by(2).filter_map(plain));
        }
    }
    found
}

/// One command without what explains it: a comment, or words after a gap.
fn plain(text: &str) -> Option<String> {
    let text = text.trim().split("  ").next()?.split(" #").next()?.trim();
    let (_, rest) = text.split_once("filsluse ").filter(|(before, _)| before.is_empty())?;
    // `filsluse config check` and prose such as `filsluse (5)` are told apart by the verb.
    rest.starts_with(|c: char| c.is_ascii_lowercase()).then(|| text.to_owned())
}

fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md"), root().join("examples/README.md")];
    for directory in ["docs", "docs/operator"] {
        let entries = fs::read_dir(root().join(directory)).unwrap();
        let docs = entries.map(|entry| entry.unwrap().path());
        pages.extend(docs.filter(|path| path.extension().is_some_and(|ext| ext == "md")));
    }
    pages.sort();
    pages
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn example() -> PathBuf {
    root().join("examples/embassy-xex/enrolment-complete.xml")
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The public half of nobody's key: the shipped example.
const RECIPIENT: &str = "age15vd3cf762h85v9gzwjv2g7yg5aexhq2uy4v4rf2qsr7amnjlq83sh3rznk";

#[test]
fn the_reader_finds_commands_and_nothing_else() {
    let page = "`filsluse status` and `status --json`, not filsluse run.\n\n    filsluse retention \
                plan --json      what is due\n\n```sh\nfilsluse config check && systemctl reload \
                filsluse   # both\n```\nThe `filsluse` group, `filsluse.toml`.\n";
    assert_eq!(
        of_page(page),
        ["filsluse status", "filsluse retention plan --json", "filsluse config check"]
    );
}
