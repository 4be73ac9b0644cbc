//! The whole way of what municipalities report, through the engine: routing by year, supersession,
//! envelopes, sequence, quality reports.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use std::{
    fs,
    io::{Cursor, Write},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::PathBuf,
};

use ::zip::{ZipWriter, write::SimpleFileOptions};
use filsluse::{
    catalogue::{
        read_with,
        records::{
            objects::{Object, ObjectFilter},
            submissions::{Submission, SubmissionFilter},
        },
        sqlite::SqliteCatalogue,
        view::View,
    },
    config::layout::Places,
    daemon::{engine::Engine, open},
    pipeline::dry_run::{SignatureFile, dry_run},
    types::{
        ids::{Part, SenderId},
        verdict::Verdict,
    },
};
use tempfile::TempDir;

use crate::{
    kpr::document::{Node, annual, message},
    support::{in_process::house, installation::installation, wait::wait_for},
};

/// An installation with a daemon in this process, as the municipality of Oslo sees it.
pub(crate) struct Station {
    _root: TempDir,
    places: Places,
    engine: Option<Engine>,
    inbound: PathBuf,
    outbound: PathBuf,
    answered: usize,
}

impl Station {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let layout = installation(root.path());
        let config = open::load(&layout.main_file()).unwrap();
        let places = config.places.clone();
        let (lock, house) = house(config);
        let engine = Engine::start(house).unwrap();
        std::mem::forget(lock);
        let sender = SenderId::parse("oslo").unwrap();
        let (inbound, outbound) = (places.inbound(&sender), places.outbound(&sender));
        Self { _root: root, places, engine: Some(engine), inbound, outbound, answered: 0 }
    }

    /// Sends a file and gives the receipt for people.
    pub(crate) fn send(&mut self, name: &str, bytes: &[u8]) -> String {
        fs::write(self.inbound.join(name), bytes).unwrap();
        self.answered += 2;
        let found = wait_for(&self.outbound, self.answered);
        let ours = found.iter().find(|path| {
            let found = path.file_name().unwrap().to_string_lossy();
            found.starts_with(name) && found.ends_with(".txt")
        });
        fs::read_to_string(ours.unwrap_or_else(|| panic!("{found:?}"))).unwrap()
    }

    pub(crate) fn house(&self) -> std::sync::Arc<filsluse::pipeline::house::House> {
        self.engine.as_ref().unwrap().shared().house()
    }

    /// Where the payloads of a registry lie.
    pub(crate) fn store(&self, registry: &str) -> PathBuf {
        self.places.store_root().join(registry)
    }

    /// Sends a file to be rehearsed.
    pub(crate) fn send_rehearsal(&mut self, name: &str, bytes: &[u8]) {
        fs::write(self.inbound.join("test").join(name), bytes).unwrap();
        self.answered += 2;
        wait_for(&self.outbound, self.answered);
    }

    pub(crate) fn ask<T>(&self, ask: impl FnOnce(&dyn View) -> T) -> T {
        let file = self.places.state_dir.join("catalogue.db");
        let mut look = SqliteCatalogue::open_read_only(&file).unwrap();
        read_with(&mut look, |view| Ok::<_, filsluse::catalogue::error::CatalogueError>(ask(view)))
            .unwrap()
    }

    /// What a rehearsal of a file would find, as of now.
    pub(crate) fn rehearse(&self, bytes: &[u8]) -> Submission {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let house = self.engine.as_ref().unwrap().shared().house();
        let sender = SenderId::parse("oslo").unwrap();
        dry_run(&house, &file, &SignatureFile::Found(None), &sender, house.now()).unwrap().row
    }

    /// The entries of the audit log with this word.
    fn audited(&self, word: &str) -> Vec<String> {
        let house = self.engine.as_ref().unwrap().shared().house();
        let log = house.log().unwrap();
        let entries = log.entries(0, usize::try_from(log.size()).unwrap()).unwrap();
        let all = entries.into_iter().map(|entry| String::from_utf8(entry).unwrap());
        all.filter(|entry| entry.contains(&format!("\"{word}\""))).collect()
    }

    /// The newest submission and its objects.
    pub(crate) fn newest(&self) -> (Submission, Vec<Object>) {
        self.ask(|view| {
            let row = view.submissions(&SubmissionFilter::default()).unwrap().remove(0);
            let filter = ObjectFilter { submission: Some(row.id), ..ObjectFilter::default() };
            (row, view.objects(&filter).unwrap())
        })
    }

    /// The newest submission's objects, as `<registry>.<part>[-<n>]`.
    pub(crate) fn stored(&self) -> Vec<String> {
        let name = |object: &Object| object.id.to_string().split_once('.').unwrap().1.to_owned();
        let mut names: Vec<String> = self.newest().1.iter().map(name).collect();
        names.sort();
        names
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        self.engine.take().unwrap().drain();
    }
}

pub(crate) fn zip(files: &[&[u8]]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (number, file) in files.iter().enumerate() {
        writer.start_file(format!("{number}.xml"), SimpleFileOptions::default()).unwrap();
        writer.write_all(file).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A letter around a message.
fn letter(message: &Node, number: &str) -> Vec<u8> {
    format!(
        r#"<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"><MsgInfo><Type V="KPR"/>
<MIGversion>v1.2 2006-05-24</MIGversion><GenDate>2018-01-10T09:00:00</GenDate>
<MsgId>{number}</MsgId></MsgInfo>
<Document><RefDoc><MsgType V="XML"/><Content>{}</Content></RefDoc></Document></MsgHead>"#,
        message
            .write()
            .trim_start_matches(|c| c != '<')
            .split_once("?>")
            .map_or_else(|| message.write(), |(_, rest)| rest.to_owned())
    )
    .into_bytes()
}

#[test]
fn what_refers_to_a_large_file_waits_for_it() {
    let mut oslo = Station::new();
    let (mut first, mut second) = (message(&["--count", "80"]), message(&["--count", "80"]));
    first.children.drain(40..80);
    second.children.drain(..40);
    let original = first.children[0].get("notifikasjonGUID").unwrap().to_owned();
    second.nth("Notifikasjon", 0).set("statusNotifikasjon", "C").set("notifikasjonRef", &original);
    // Room between its elements makes it large without another record.
    let large = first.write().replace("<Notif", &format!("{}<Notif", " ".repeat(250_000)));
    assert!(large.len() > 9 << 20);
    // The large one takes longer to be read than the small one, and came before it.
    fs::write(oslo.inbound.join(".large"), large).unwrap();
    fs::write(oslo.inbound.join(".small"), second.write()).unwrap();
    for (from, to) in [(".large", "a.xml"), (".small", "b.xml")] {
        rustix::fs::rename(oslo.inbound.join(from), oslo.inbound.join(to)).unwrap();
    }
    oslo.answered += 4;
    wait_for(&oslo.outbound, oslo.answered);
    let rows = oslo.ask(|view| view.submissions(&SubmissionFilter::default()).unwrap());
    let told: Vec<_> = rows.iter().flat_map(|row| &row.findings).collect();
    assert!(told.is_empty(), "{told:?}");
    assert!(rows.iter().all(|row| row.verdict == Some(Verdict::Accepted)));
}

#[test]
fn an_annual_submission_goes_where_its_year_says_and_a_later_one_replaces_it() {
    let mut oslo = Station::new();
    let receipt = oslo.send("a2016", annual(2016, "0301").write().as_bytes());
    assert_eq!(oslo.stored(), ["iplos.content", "iplos.report"], "{receipt}");

    let receipt = oslo.send("a2017", annual(2017, "0301").write().as_bytes());
    let both = ["iplos.content", "iplos.report", "kpr.content", "kpr.report"];
    assert_eq!(oslo.stored(), both, "{receipt}");
    assert!(receipt.contains("begge registrene"), "{receipt}");
    let (first, objects) = oslo.newest();
    assert!(objects.iter().all(|object| object.due_at.is_none()), "nothing has replaced it");
    let report = first.report.unwrap();
    let iplos = &report["persons"]["iplos"];
    assert_eq!(iplos["linked"], 25, "the same persons as the year before: {report}");
    assert_eq!(report["persons"]["kpr"]["linked"], 0, "{report}");

    let mut later = annual(2017, "0301");
    later.set("uttakDato", "2018-02-14");
    let receipt = oslo.send("b2017", later.write().as_bytes());
    assert!(receipt.contains("erstatter en tidligere for samme kommune og år"), "{receipt}");
    assert!(receipt.contains(&first.id.to_string()), "{receipt}");
    let words = receipt.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("slettes i iplos etter 30 dager, i kpr etter 30 dager."), "{receipt}");
    assert_eq!(oslo.stored(), both);
    let filter = ObjectFilter { submission: Some(first.id), ..ObjectFilter::default() };
    let former = oslo.ask(|view| view.objects(&filter).unwrap());
    assert_eq!(former.len(), 4);
    for object in former {
        assert_eq!(object.due_rule, "superseded + P30D", "{}", object.id);
        assert!(object.due_at.is_some_and(|due| due > object.created_at));
    }

    // What is not in force any more may come again, and is no duplicate.
    let receipt = oslo.send("c2017", annual(2017, "0301").write().as_bytes());
    assert!(!receipt.contains("ALLEREDE MOTTATT"), "{receipt}");
    assert_eq!(oslo.newest().0.verdict, Some(Verdict::Accepted), "{receipt}");
    let receipt = oslo.send("d2017", annual(2017, "0301").write().as_bytes());
    assert_eq!(oslo.newest().0.verdict, Some(Verdict::Duplicate), "{receipt}");
}

#[test]
fn known_persons_are_those_of_earlier_submissions_however_an_archive_is_ordered() {
    let years = |from: i16| [annual(from, "0301").write(), annual(from + 1, "0301").write()];
    for backwards in [false, true] {
        let mut oslo = Station::new();
        let mut linked = |name: &str, mut documents: [String; 2]| {
            if backwards {
                documents.reverse();
            }
            let archive = zip(&[documents[0].as_bytes(), documents[1].as_bytes()]);
            let foretold = oslo.rehearse(&archive).report.unwrap()["persons"]["kpr"].clone();
            let receipt = oslo.send(name, &archive);
            let found = oslo.newest().0.report.unwrap()["persons"]["kpr"].clone();
            assert_eq!(found, foretold, "{receipt}");
            (found["linked"].as_u64().unwrap(), found["unlinked"].as_u64().unwrap())
        };
        assert_eq!(linked("a.zip", years(2018)), (0, 50));
        assert_eq!(linked("b.zip", years(2020)), (50, 0));
    }
}

#[test]
fn several_messages_in_one_archive_are_one_submission() {
    let mut oslo = Station::new();
    let good = annual(2018, "0301").write();
    let foreign = annual(2018, "1103").write();
    let letter = letter(&annual(2019, "0301"), "0011a2b3-c4d5-e6f7-0809-0a0b0c0d0eff");
    let broken = good.replace("</IplosAar>", "");
    let archive =
        zip(&[good.as_bytes(), foreign.as_bytes(), &letter, broken.as_bytes(), b"<other/>"]);
    let receipt = oslo.send("arkiv.zip", &archive);
    let (row, _) = oslo.newest();
    assert_eq!(row.verdict, Some(Verdict::Partly), "{receipt}");
    assert_eq!(row.records.accepted, 50, "{receipt}");
    assert_eq!(oslo.stored(), ["kpr.content", "kpr.content-3", "kpr.report"], "{receipt}");
    let entries: Vec<_> = row
        .findings
        .iter()
        .filter(|finding| finding.severity == filsluse::types::rule::Severity::RejectFile)
        .map(|finding| (finding.rule.code, finding.entry))
        .collect();
    assert_eq!(entries, [("KPR-02", Some(2)), ("IN-04", Some(4)), ("IN-02", Some(5))], "{receipt}");
    for place in ["fil 2 i arkivet", "fil 4 i arkivet, linje", "fil 5 i arkivet"] {
        assert!(receipt.contains(place), "{place} in {receipt}");
    }
    assert!(receipt.contains("denne filen i arkivet er avvist"), "{receipt}");
    assert!(!receipt.contains("hele filen er avvist"), "{receipt}");
    assert_eq!(row.report.unwrap()["records"]["accepted"], 50);

    let receipt = oslo.send("none.zip", &zip(&[foreign.as_bytes(), broken.as_bytes()]));
    assert_eq!(oslo.newest().0.verdict, Some(Verdict::Rejected), "{receipt}");
    assert!(oslo.stored().is_empty());
}

#[test]
fn the_answer_to_a_letter_names_it_by_its_number_as_far_as_nobody_can_be_in_it() {
    let mut oslo = Station::new();
    let own = "0B5C7E0E-8A6F-4A55-9C7D-A0B1C2D3E4F5";
    let foreign = "1B5C7E0E-8A6F-4A55-9C7D-A0B1C2D3E4F5";
    // No known version, and one that may have a person's number in it.
    let (versionless, doubtful) =
        ("0011a2b3-c4d5-e6f7-0809-0a0b0c0d0eff", "0b5c7e0e-8a6f-4a55-9c7d-a03851598730");
    let year = annual(2018, "0301");
    for (name, bytes, number) in [
        ("own.xml", letter(&year, own), Some(own)),
        ("refused.xml", letter(&annual(2018, "1103"), foreign), Some(foreign)),
        ("versionless.xml", letter(&year, versionless), None),
        ("doubtful.xml", letter(&year, doubtful), None),
        ("archive.zip", zip(&[&letter(&year, own), &letter(&annual(2019, "0301"), own)]), None),
    ] {
        let receipt = oslo.send(name, &bytes);
        let files = fs::read_dir(&oslo.outbound).unwrap().map(|entry| entry.unwrap().path());
        let of = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        let answers = files.into_iter().filter(|path| of(path).starts_with(name));
        let is_xml = |path: &PathBuf| path.extension().is_some_and(|end| end == "xml");
        let xml = answers.into_iter().find(is_xml).unwrap();
        let xml = fs::read_to_string(xml).unwrap();
        let original = xml.split_once("<OriginalMsgId>").unwrap().1;
        let id = original.split_once("<Id>").unwrap().1.split_once("</Id>").unwrap().0;
        let digest = oslo.newest().0.sha256.unwrap().to_string();
        assert_eq!(id, number.unwrap_or(&digest), "{name}: {receipt}");
    }
}

/// Some notifications of a message, with all else that it has.
fn part(all: &Node, keep: std::ops::Range<usize>) -> String {
    let mut part = all.clone();
    let mut number = 0;
    part.children.retain(|child| {
        if child.name != "Notifikasjon" {
            return true;
        }
        number += 1;
        keep.contains(&(number - 1))
    });
    part.write()
}

#[test]
fn a_notification_that_two_messages_of_an_archive_have_is_taken_once() {
    let mut oslo = Station::new();
    let all = message(&["--count", "9", "--seed", "3"]);
    let archive = zip(&[part(&all, 0..5).as_bytes(), part(&all, 4..9).as_bytes()]);
    let receipt = oslo.send("archive", &archive);
    let row = oslo.newest().0;
    assert_eq!((row.verdict, row.records.accepted), (Some(Verdict::Accepted), 10), "{receipt}");
    let found: Vec<_> = row
        .findings
        .iter()
        .map(|finding| (finding.hint.as_ref().unwrap().key.to_string(), finding.entry))
        .collect();
    assert_eq!(found, [("duplicate-same".to_owned(), Some(2))], "{receipt}");
}

/// Several readers read them at the same time, and names say nothing of the order.
#[test]
fn files_that_came_together_are_taken_in_the_order_in_which_they_came() {
    let mut oslo = Station::new();
    let all = message(&["--count", "30", "--seed", "3"]);
    let mut last = 0;
    for n in 0..30 {
        let named = oslo.inbound.join(format!("{}.xml", 99 - n));
        fs::write(&named, part(&all, n..n + 1)).unwrap();
        // The clock of the file system ticks every few milliseconds.
        let changed = || fs::metadata(&named).map(|seen| seen.ctime() * NANOS + seen.ctime_nsec());
        while changed().is_ok_and(|changed| changed <= last) {
            let _ = fs::set_permissions(&named, fs::Permissions::from_mode(0o600));
        }
        last = changed().unwrap_or(last);
    }
    oslo.answered += 60;
    wait_for(&oslo.outbound, oslo.answered);
    let rows = oslo.ask(|view| view.submissions(&SubmissionFilter::default()).unwrap());
    assert_eq!(rows.len(), 30);
    let found: Vec<_> = rows.iter().map(|row| row.findings.len()).collect();
    assert_eq!(found, [0; 30]);
    assert!(oslo.ask(|view| view.alarms().unwrap()).is_empty());
}

const NANOS: i64 = 1_000_000_000;

#[test]
fn a_gap_in_the_sequence_is_told_and_raised() {
    let mut oslo = Station::new();
    let all = message(&["--count", "9", "--seed", "3"]);
    let part = |keep| part(&all, keep);
    let receipt = oslo.send("first", part(0..3).as_bytes());
    assert_eq!(oslo.stored(), ["kpr.content", "kpr.report"], "{receipt}");
    // In one archive the second goes on from the first, though neither is on record yet.
    let archive = zip(&[part(3..5).as_bytes(), part(5..6).as_bytes()]);
    let receipt = oslo.send("archive", &archive);
    assert!(oslo.ask(|view| view.alarms().unwrap()).is_empty(), "{receipt}");
    let receipt = oslo.send("last", part(8..9).as_bytes());
    let words = receipt.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("etter løpenumrene opptil 2"), "{receipt}");
    let alarms = oslo.ask(|view| view.alarms().unwrap());
    let [gap] = alarms.as_slice() else { panic!("one alarm: {alarms:?}") };
    assert_eq!((gap.code.as_str(), gap.subject.as_str()), ("sequence-gap", "oslo/0301"));
    let detail = format!("notifications missing, at most: 2, before {}", oslo.newest().0.id);
    assert_eq!(gap.detail.as_deref(), Some(&*detail));
    assert_eq!(oslo.newest().0.report.unwrap()["missing"], 2);
    let content = oslo.newest().1.into_iter().find(|object| object.id.part == Part::Content);
    assert!(content.is_some());

    // What was missing comes late, and not all of it: the sequence stays, and the operator is told.
    let receipt = oslo.send("late", part(6..7).as_bytes());
    assert_eq!(oslo.ask(|view| view.alarms().unwrap())[0].detail.as_ref(), Some(&detail));
    assert_eq!(oslo.newest().0.report.unwrap()["missing"], 0, "{receipt}");
}

#[test]
fn each_gap_is_told_also_within_what_comes_late_and_beside_another() {
    let mut oslo = Station::new();
    let all = message(&["--count", "20", "--seed", "3"]);
    oslo.send("first", part(&all, 0..5).as_bytes());
    oslo.send("last", part(&all, 15..20).as_bytes());
    let first = oslo.newest().0.id;
    let mut late = Node::parse(&part(&all, 5..15));
    late.children.drain(3..7);
    let receipt = oslo.send("late", late.write().as_bytes());
    assert!(receipt.contains("opptil 4"), "{receipt}");
    let second = oslo.newest().0.id;
    let alarms = oslo.ask(|view| view.alarms().unwrap());
    let [gap] = alarms.as_slice() else { panic!("one alarm: {alarms:?}") };
    let detail = format!("notifications missing, at most: 10, before {first}; 4, before {second}");
    assert_eq!(gap.detail.as_deref(), Some(&*detail), "{receipt}");
    let raised = oslo.audited("alarm-raised");
    assert_eq!(raised.len(), 2, "{raised:?}");
    let of_second = raised.iter().any(|entry| entry.contains(&second.to_string()));
    assert!(of_second, "{raised:?}");
}

/// The files of `examples/oslo`, in the order of their README: what it promises happens.
#[test]
fn the_examples_do_what_their_readme_says() {
    let mut oslo = Station::new();
    let (accepted, kpr) = (Verdict::Accepted, vec!["kpr.content", "kpr.report"]);
    let both = vec!["iplos.content", "iplos.report", "kpr.content", "kpr.report"];
    for (name, verdict, counts, found, stored) in [
        ("kpr-events.xml", accepted, (6, 0), vec![], &kpr),
        ("kpr-partly.xml", Verdict::Partly, (42, 2), vec!["id-type", "service-type"], &kpr),
        ("kpr-gap.xml", accepted, (4, 0), vec!["sequence-gap"], &kpr),
        ("iplos-2017.xml", accepted, (24, 0), vec![], &both),
        (
            "kpr-wrong-municipality.xml",
            Verdict::Rejected,
            (0, 1),
            vec!["municipality-other"],
            &vec![],
        ),
    ] {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/oslo");
        let receipt = oslo.send(name, &fs::read(PathBuf::from(path).join(name)).unwrap());
        let row = oslo.newest().0;
        let counted = (row.records.accepted, row.records.rejected);
        assert_eq!((row.verdict, counted), (Some(verdict), counts), "{name} {receipt}");
        let hints: Vec<_> =
            row.findings.iter().filter_map(|finding| Some(&*finding.hint.as_ref()?.key)).collect();
        assert_eq!(hints, found, "{name} {receipt}");
        assert_eq!(&oslo.stored(), stored, "{name} {receipt}");
        assert_eq!(receipt.contains("begge registrene"), stored.len() == 4, "{name} {receipt}");
    }
    let alarms = oslo.ask(|view| view.alarms().unwrap());
    assert_eq!(
        alarms.iter().map(|alarm| alarm.code.as_str()).collect::<Vec<_>>(),
        ["sequence-gap"]
    );
}
