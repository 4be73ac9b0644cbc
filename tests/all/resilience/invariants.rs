//! What must hold after every crash, fault and restart (I1 to I6 of the security page), for one set
//! of uploads that has something of everything.
#![cfg_attr(
    not(feature = "fail-points"),
    allow(dead_code, reason = "the crash tests need more of it")
)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read,
    os::unix::fs::MetadataExt,
};

use filsluse::{
    audit::verify::verify,
    catalogue::records::submissions::Submission,
    seal::identity::{self, Identity},
    types::{
        digest::Sha256,
        ids::{Part, RegistryId},
        verdict::{State, Verdict},
    },
};

use crate::support::{
    installation::{Books, Installation, files},
    uploads::{FAMILY_NAME, PERSONS, WRONG, changes},
};

/// What must hold once a daemon was left alone: everything is answered, all invariants hold, and
/// another restart changes nothing. `checkpoints`: those that the log has ever shown.
pub(crate) fn end_well(
    case: &str,
    installation: &Installation,
    uploads: &[Upload],
    mut checkpoints: BTreeSet<String>,
) {
    let mut daemon = installation.start(&[]);
    daemon.ready();
    daemon.until("all receipts", || all_settled(installation, uploads));
    assert!(all_settled(installation, uploads), "{case}: {}", daemon.words());
    let words = daemon.words();
    assert!(daemon.stop().success(), "{case}: {words}");
    let before = Still::of(installation);
    check(case, installation, uploads, &before, &checkpoints);
    checkpoints.extend(checkpoint(installation));

    // I5. The sentinel shows that the second one has looked at everything.
    let mut daemon = installation.start(&[]);
    daemon.ready();
    installation.upload("helfo", SENTINEL, "this is not a list");
    daemon.until("the sentinel's receipt", || {
        installation.receipts("helfo").keys().filter(|name| name.starts_with(SENTINEL)).count() == 2
    });
    let words = daemon.words();
    assert!(daemon.stop().success(), "{case}: {words}");
    let mut after = Still::of(installation);
    after.forget_sentinel();
    assert_eq!(before, after, "{case}: a second restart changed something");
    audit_holds(case, installation, &checkpoints);
}

/// An upload: sender, name, inode, content, and what must become of it.
pub(crate) struct Upload {
    sender: &'static str,
    name: String,
    inode: u64,
    sha256: Option<Sha256>,
    /// Several where only one of two can be the first.
    verdicts: Vec<Verdict>,
    rehearsal: bool,
}

pub(crate) fn uploads(installation: &Installation) -> Vec<Upload> {
    let [first, second, third, fourth, fifth] = PERSONS;
    let twice = changes("XEX", "4", &[third]);
    let manifested = changes("XEX", "5", &[fourth]);
    let digest = Sha256::of(manifested.as_bytes());
    let either = vec![Verdict::Accepted, Verdict::Duplicate];
    let files = [
        ("embassy-xex", "f.xml.sha256", format!("{digest}  f.xml\n"), vec![]),
        ("embassy-xex", "a.xml", changes("XEX", "1", &[first]), vec![Verdict::Accepted]),
        ("embassy-xex", "b.xml", changes("XEX", "2", &[second, WRONG]), vec![Verdict::Partly]),
        (
            "embassy-xex",
            "c.xml",
            changes("XEX", "3", &[first]).replace("<Person", "<Person <"),
            vec![Verdict::Rejected],
        ),
        ("embassy-xex", "d1.xml", twice.clone(), either.clone()),
        ("embassy-xex", "d2.xml", twice, either),
        ("embassy-xex", "f.xml", manifested, vec![Verdict::Accepted]),
        ("embassy-xex", "test/g.xml", changes("XEX", "6", &[fifth]), vec![Verdict::Accepted]),
        ("helfo", "h.xml", changes("XAA", "1", &[fifth]), vec![Verdict::Accepted]),
    ];
    let mut uploads = Vec::new();
    for (sender, name, text, verdicts) in files {
        installation.upload(sender, name, &text);
        if verdicts.is_empty() {
            continue;
        }
        let inode = fs::metadata(installation.inbound(sender).join(name)).unwrap().ino();
        let rehearsal = name.starts_with("test/");
        let name = name.trim_start_matches("test/").to_owned();
        let sha256 = Some(Sha256::of(text.as_bytes()));
        uploads.push(Upload { sender, name, inode, sha256, verdicts, rehearsal });
    }
    let link = installation.inbound("embassy-xex").join("l.xml");
    std::os::unix::fs::symlink("/etc/hostname", &link).unwrap();
    uploads.push(Upload {
        sender: "embassy-xex",
        name: "l.xml".to_owned(),
        inode: fs::symlink_metadata(&link).unwrap().ino(),
        sha256: None,
        verdicts: vec![Verdict::Rejected],
        rehearsal: false,
    });
    uploads
}

/// Whether every upload has both its receipts and nothing lies about any more.
pub(crate) fn all_settled(installation: &Installation, uploads: &[Upload]) -> bool {
    all_answered(installation, uploads) && files(&installation.places().claimed_root()).is_empty()
}

/// Whether every upload has both its receipts and was removed. What is left of a manifest goes with
/// the next start.
pub(crate) fn all_answered(installation: &Installation, uploads: &[Upload]) -> bool {
    let mut left = files(&installation.places().claimed_root());
    left.retain(|path| path.extension().is_none_or(|what| what != "manifest"));
    let counts = ["embassy-xex", "helfo"].map(|sender| installation.receipts(sender).len());
    let wanted = ["embassy-xex", "helfo"]
        .map(|sender| 2 * uploads.iter().filter(|upload| upload.sender == sender).count());
    counts == wanted && left.is_empty()
}

/// I2, at any moment: in the inbound directory, claimed, or on record as answered.
pub(crate) fn in_one_place(case: &str, installation: &Installation, uploads: &[Upload]) {
    let inode = |path: &std::path::PathBuf| fs::symlink_metadata(path).unwrap().ino();
    let drop_root = &installation.places().drop_root;
    let claimed: Vec<u64> =
        files(&installation.places().claimed_root()).iter().map(inode).collect();
    let inbound: Vec<u64> = ["embassy-xex", "helfo", "ud"]
        .iter()
        .flat_map(|sender| files(&drop_root.join(sender).join("inbound")))
        .map(|path| inode(&path))
        .collect();
    let books = installation.books_if_any();
    for upload in uploads {
        let Upload { name, inode, .. } = upload;
        let there = usize::from(claimed.contains(inode)) + usize::from(inbound.contains(inode));
        assert!(there < 2, "{case}: {name} is in two places");
        let row = books
            .as_ref()
            .and_then(|books| books.submissions.iter().find(|row| row.claim.inode == *inode));
        if there == 0 {
            let state = row.unwrap_or_else(|| panic!("{case}: {name} is nowhere")).state;
            assert!(
                state == State::Answered || state.is_final(),
                "{case}: {name} is gone and {state:?}"
            );
            let pair = receipts_of(installation, upload);
            assert_eq!(pair.len(), 2, "{case}: {name} is gone without its receipts");
        }
    }
}

/// Everything that must not change any more.
#[derive(Debug, PartialEq)]
pub(crate) struct Still {
    pub(crate) books: Books,
    pub(crate) receipts: BTreeMap<&'static str, BTreeMap<String, Vec<u8>>>,
    stored: BTreeMap<String, Vec<u8>>,
    others: BTreeSet<String>,
}

impl Still {
    pub(crate) fn of(installation: &Installation) -> Self {
        let senders = ["embassy-xex", "helfo", "ud"];
        let receipts = senders.map(|sender| (sender, installation.receipts(sender))).into();
        let places = installation.places();
        let others = [places.work(), places.quarantine(), places.drop_root.clone()]
            .iter()
            .flat_map(|dir| files(dir))
            .map(|path| path.display().to_string())
            .collect();
        Self { books: installation.books(), receipts, stored: installation.stored(), others }
    }

    fn forget_sentinel(&mut self) {
        let id = {
            let receipts = self.receipts.get_mut("helfo").unwrap();
            let ours: Vec<String> =
                receipts.keys().filter(|name| name.starts_with(SENTINEL)).cloned().collect();
            assert_eq!(ours.len(), 2);
            for name in &ours {
                receipts.remove(name);
            }
            ours[0][SENTINEL.len() + 1..][..26].to_owned()
        };
        self.books.submissions.retain(|row| row.id.to_string() != id);
        self.others.retain(|path| !path.contains(SENTINEL));
    }
}

/// What must hold when all is done.
fn check(
    case: &str,
    installation: &Installation,
    uploads: &[Upload],
    still: &Still,
    checkpoints: &BTreeSet<String>,
) {
    let Books { submissions, objects, enrolments, owed_to_the_log, .. } = &still.books;
    assert_eq!(submissions.len(), uploads.len(), "{case}: as many rows as uploads");
    assert_eq!(*owed_to_the_log, 0, "{case}");
    let mut firsts = Vec::new();
    for upload in uploads {
        let name = &upload.name;
        let row = row_of(installation, submissions, upload);
        let verdict = row.verdict.unwrap();
        assert!(
            upload.verdicts.contains(&verdict),
            "{case}: {name} is {verdict:?}: {:?}",
            row.findings
        );
        if upload.verdicts.len() > 1 {
            firsts.push(verdict);
        }
        assert!(row.state.is_final(), "{case}: {name} is {:?}", row.state);
        assert_eq!(row.sha256, upload.sha256, "{case}: {name}");
        assert!(row.sealed_name.is_none(), "{case}: {name} is remembered");
        let of_it = objects.iter().filter(|object| object.id.submission == row.id).count();
        let keeps = matches!(verdict, Verdict::Accepted | Verdict::Partly) && !upload.rehearsal;
        assert_eq!(of_it, if keeps { 2 } else { 0 }, "{case}: {name}");
    }
    firsts.sort();
    assert_eq!(firsts, [Verdict::Accepted, Verdict::Duplicate], "{case}: one of two is the first");

    readable(case, installation, still);
    let mut enrolled: Vec<(&str, &str)> =
        enrolments.iter().map(|e| (e.mission.as_str(), e.person.as_str())).collect();
    enrolled.sort_unstable();
    let missions: Vec<&str> = enrolled.iter().map(|(mission, _)| *mission).collect();
    assert_eq!(missions, ["XAA", "XEX", "XEX", "XEX", "XEX"], "{case}");
    let persons: BTreeSet<&str> = enrolled.iter().map(|(_, person)| *person).collect();
    assert_eq!(persons.len(), 5, "{case}: five persons under five pseudonyms");

    no_plain_text(case, installation);
    audit_holds(case, installation, checkpoints);
    one_entry_each(case, installation, &still.books);
}

/// I1. Every object opens with the registry's key and is what the catalogue says, and what is kept
/// whole is what came. The store holds those and nothing else.
pub(crate) fn readable(case: &str, installation: &Installation, still: &Still) {
    let key = installation.layout.registry_identity(&RegistryId::parse("fastlege").unwrap());
    let key = Identity::parse(&fs::read_to_string(key).unwrap()).unwrap();
    let stored: BTreeMap<&str, &Vec<u8>> = still
        .stored
        .iter()
        .map(|(path, bytes)| (path.rsplit('/').next().unwrap(), bytes))
        .collect();
    let known: Vec<String> =
        still.books.objects.iter().map(|object| object.id.to_string()).collect();
    let strays: Vec<&&str> =
        stored.keys().filter(|name| !known.contains(&(**name).to_owned())).collect();
    assert!(strays.is_empty(), "{case}: in the store without a row: {strays:?}");
    for object in &still.books.objects {
        let id = object.id.to_string();
        let header = still.books.headers[&id].clone().expect("a header");
        let payload = *stored.get(id.as_str()).unwrap_or_else(|| panic!("{case}: no {id}"));
        let mut plain = Vec::new();
        identity::open(header, payload.as_slice(), &key).unwrap().read_to_end(&mut plain).unwrap();
        assert_eq!(plain.len() as u64, object.plain_bytes, "{case}: {id}");
        if object.id.part == Part::Whole {
            assert_eq!(Some(Sha256::of(&plain)), object.plain_sha256, "{case}: {id}");
            let row = still.books.submissions.iter().find(|row| row.id == object.id.submission);
            assert_eq!(Some(Sha256::of(&plain)), row.unwrap().sha256, "{case}: {id}");
        }
    }
}

/// I3.
pub(crate) fn audit_holds(case: &str, installation: &Installation, checkpoints: &BTreeSet<String>) {
    let audit = installation.places().audit();
    let key = fs::read_to_string(audit.join("audit.vkey")).unwrap();
    for older in checkpoints.iter().map(|text| Some(text.as_str())).chain([None]) {
        let report = verify(&audit, key.trim(), older).unwrap();
        assert!(report.ok, "{case}: {report:?}");
    }
}

/// The log's entries, as long as one bundle holds them.
pub(crate) fn entries(installation: &Installation) -> String {
    let bundles = files(&installation.places().audit().join("tile/entries"));
    let longest = bundles.iter().max_by_key(|path| fs::metadata(path).unwrap().len()).unwrap();
    String::from_utf8_lossy(&fs::read(longest).unwrap()).into_owned()
}

/// The log has one entry for each verdict and one for each object, and none twice.
fn one_entry_each(case: &str, installation: &Installation, books: &Books) {
    let text = entries(installation);
    for row in &books.submissions {
        let named = format!("\"submission\":\"{}\"", row.id);
        let objects = books.objects.iter().filter(|object| object.id.submission == row.id);
        let wanted = 1 + objects.count();
        assert_eq!(text.matches(&named).count(), wanted, "{case}: {} in the log", row.id);
    }
}

/// I6.
pub(crate) fn no_plain_text(case: &str, installation: &Installation) {
    let mut needles = vec![FAMILY_NAME.as_bytes()];
    needles.extend(PERSONS.iter().map(|(number, _)| number.as_bytes()));
    let all = files(&installation.places().state_dir).into_iter().chain(
        ["embassy-xex", "helfo", "ud"].iter().flat_map(|s| files(&installation.outbound(s))),
    );
    for path in all {
        if !fs::symlink_metadata(&path).unwrap().is_file() {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for needle in &needles {
            let found = bytes.windows(needle.len()).any(|window| window == *needle);
            assert!(!found, "{case}: plain text in {}", path.display());
        }
    }
}

fn row_of<'a>(
    installation: &Installation,
    submissions: &'a [Submission],
    upload: &Upload,
) -> &'a Submission {
    let pair = receipts_of(installation, upload);
    assert_eq!(pair.len(), 2, "{}: {pair:?}", upload.name);
    let id = &pair[0][upload.name.len() + 1..][..26];
    assert!(pair[1].contains(id), "two submissions of {}", upload.name);
    submissions.iter().find(|row| row.id.to_string() == id).expect("a row for a receipt")
}

fn receipts_of(installation: &Installation, upload: &Upload) -> Vec<String> {
    let all = installation.receipts(upload.sender).into_keys();
    all.filter(|name| name.starts_with(&format!("{}.", upload.name))).collect()
}

/// The log's newest checkpoint.
pub(crate) fn checkpoint(installation: &Installation) -> Option<String> {
    fs::read_to_string(installation.places().audit().join("checkpoint")).ok()
}

/// The upload that shows that a daemon has looked at everything.
pub(crate) const SENTINEL: &str = "zz-sentinel.xml";
