//! `kill -9` at every step of a submission: after a restart all is as if nothing had happened.
//!
//! Holds the invariants of the security page: what was acknowledged is readable (I1), every upload
//! is in one place (I2), the audit log extends what it ever showed (I3), a second restart changes
//! nothing (I5), and no plain text lies outside the inbound and claimed directories (I6).
//! Needs the cargo feature `fail-points`.

#![cfg(feature = "fail-points")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read,
    os::unix::{fs::MetadataExt, process::ExitStatusExt},
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

use crate::{
    child_daemon::{Books, Installation, files},
    uploads::{FAMILY_NAME, PERSONS, WRONG, changes},
};

#[test]
fn killed_while_it_claims() {
    for point in ["intents-written", "claim-renamed", "claims-synced", "passed"] {
        killed_at(point, &[1, 2, 5]);
    }
}

#[test]
fn killed_while_it_stores() {
    for point in ["group-synced", "group-renamed", "group-durable"] {
        killed_at(point, &[1, 2, 3, 4, 7, 12]);
    }
    for point in ["published", "stored"] {
        killed_at(point, &[1, 2]);
    }
}

#[test]
fn killed_while_it_logs() {
    for point in ["audit-written", "audit-synced", "audit-checkpointed", "audited"] {
        killed_at(point, &[1, 2, 3]);
    }
}

#[test]
fn killed_while_it_answers() {
    for point in ["receipts", "answered", "removed-one", "removed", "closed"] {
        killed_at(point, &[1, 2]);
    }
}

/// Killed at three places one after the other, the later ones in the midst of recovery.
#[test]
fn killed_again_and_again() {
    let mut dice = Dice(0x5eed_f11e);
    for round in 0..12 {
        let places: Vec<String> =
            (0..3).map(|_| format!("{}:{}", dice.pick(&POINTS), dice.below(6) + 1)).collect();
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        eprintln!("round {round}: {places:?}");
        survive(&places);
    }
}

const POINTS: [&str; 18] = [
    "intents-written",
    "claim-renamed",
    "claims-synced",
    "passed",
    "group-synced",
    "group-renamed",
    "group-durable",
    "published",
    "stored",
    "audit-written",
    "audit-synced",
    "audit-checkpointed",
    "audited",
    "receipts",
    "answered",
    "removed-one",
    "removed",
    "closed",
];

/// Kills at the named passages of a point; the first must be passed, later ones may not come.
fn killed_at(point: &str, passages: &[u32]) {
    for (at, passage) in passages.iter().enumerate() {
        let killed = survive(&[&format!("{point}:{passage}")]);
        assert!(killed == 1 || at > 0, "{point} was never passed");
        if killed == 0 {
            return;
        }
    }
}

/// One installation: uploads, one daemon after the other killed where it says, then one that is
/// left alone, then a second one that must find nothing to do. Says how many were killed.
fn survive(places: &[&str]) -> usize {
    let case = format!("{places:?}");
    let installation = Installation::new();
    let uploads = uploads(&installation);
    let mut checkpoints = BTreeSet::new();
    let mut killed = 0;
    for place in places {
        let mut daemon = installation.start(&[("FILSLUSE_FAIL_POINT", place)]);
        let all = |_: &str| all_settled(&installation, &uploads);
        if daemon.until("receipt or kill", || all(place)) && all(place) {
            // Answered before the point came: it may still come while the daemon drains.
            let status = daemon.stop();
            killed += usize::from(status.signal() == Some(9));
        } else {
            let status = daemon.ended();
            assert_eq!(status.signal(), Some(9), "{case}: {}", daemon.words());
            killed += 1;
        }
        checkpoints.extend(fs::read_to_string(checkpoint(&installation)).ok());
        in_one_place(&case, &installation, &uploads);
    }
    let mut daemon = installation.start(&[]);
    daemon.until("all receipts", || all_settled(&installation, &uploads));
    assert!(all_settled(&installation, &uploads), "{case}: {}", daemon.words());
    let words = daemon.words();
    assert!(daemon.stop().success(), "{case}: {words}");

    let before = Still::of(&installation);
    check(&case, &installation, &uploads, &before, &checkpoints);
    checkpoints.extend(fs::read_to_string(checkpoint(&installation)).ok());

    // I5. The sentinel shows that the second one has looked at everything.
    let mut daemon = installation.start(&[]);
    installation.upload("helfo", SENTINEL, "this is not a list");
    daemon.until("the sentinel's receipt", || {
        installation.receipts("helfo").keys().filter(|name| name.starts_with(SENTINEL)).count() == 2
    });
    let words = daemon.words();
    assert!(daemon.stop().success(), "{case}: {words}");
    let mut after = Still::of(&installation);
    after.forget_sentinel();
    assert_eq!(before, after, "{case}: a second restart changed something");
    audit_holds(&case, &installation, &checkpoints);
    killed
}

/// An upload: sender, name, inode, content, and what must become of it.
struct Upload {
    sender: &'static str,
    name: String,
    inode: u64,
    sha256: Option<Sha256>,
    /// Several where only one of two can be the first.
    verdicts: Vec<Verdict>,
    rehearsal: bool,
}

fn uploads(installation: &Installation) -> Vec<Upload> {
    let [a, b, c, d, e] = PERSONS;
    let twice = changes("XEX", "4", &[c]);
    let manifested = changes("XEX", "5", &[d]);
    let digest = Sha256::of(manifested.as_bytes());
    let either = vec![Verdict::Accepted, Verdict::Duplicate];
    let files = [
        ("embassy-xex", "f.xml.sha256", format!("{digest}  f.xml\n"), vec![]),
        ("embassy-xex", "a.xml", changes("XEX", "1", &[a]), vec![Verdict::Accepted]),
        ("embassy-xex", "b.xml", changes("XEX", "2", &[b, WRONG]), vec![Verdict::Partly]),
        (
            "embassy-xex",
            "c.xml",
            changes("XEX", "3", &[a]).replace("<Person", "<Person <"),
            vec![Verdict::Rejected],
        ),
        ("embassy-xex", "d1.xml", twice.clone(), either.clone()),
        ("embassy-xex", "d2.xml", twice, either),
        ("embassy-xex", "f.xml", manifested, vec![Verdict::Accepted]),
        ("embassy-xex", "test/g.xml", changes("XEX", "6", &[e]), vec![Verdict::Accepted]),
        ("helfo", "h.xml", changes("XAA", "1", &[e]), vec![Verdict::Accepted]),
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
fn all_settled(installation: &Installation, uploads: &[Upload]) -> bool {
    let counts = ["embassy-xex", "helfo"].map(|sender| installation.receipts(sender).len());
    let wanted = ["embassy-xex", "helfo"]
        .map(|sender| 2 * uploads.iter().filter(|upload| upload.sender == sender).count());
    counts == wanted && files(&installation.places().claimed_root()).is_empty()
}

/// I2, at any moment: in the inbound directory, claimed, or on record as answered.
fn in_one_place(case: &str, installation: &Installation, uploads: &[Upload]) {
    let inode = |path: &std::path::PathBuf| fs::symlink_metadata(path).unwrap().ino();
    let drop_root = &installation.places().drop_root;
    let claimed: Vec<u64> =
        files(&installation.places().claimed_root()).iter().map(inode).collect();
    let inbound: Vec<u64> = ["embassy-xex", "helfo", "ud"]
        .iter()
        .flat_map(|sender| files(&drop_root.join(sender).join("inbound")))
        .map(|path| inode(&path))
        .collect();
    let books = installation.places().catalogue().exists().then(|| installation.books());
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
struct Still {
    books: Books,
    receipts: BTreeMap<&'static str, BTreeMap<String, Vec<u8>>>,
    stored: BTreeMap<String, Vec<u8>>,
    others: BTreeSet<String>,
}

impl Still {
    fn of(installation: &Installation) -> Self {
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
            ours.iter().for_each(|name| drop(receipts.remove(name)));
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
fn readable(case: &str, installation: &Installation, still: &Still) {
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
        assert_eq!(Sha256::of(&plain), object.plain_sha256, "{case}: {id}");
        if object.id.part == Part::Whole {
            let row = still.books.submissions.iter().find(|row| row.id == object.id.submission);
            assert_eq!(Some(Sha256::of(&plain)), row.unwrap().sha256, "{case}: {id}");
        }
    }
}

/// I3.
fn audit_holds(case: &str, installation: &Installation, checkpoints: &BTreeSet<String>) {
    let audit = installation.places().audit();
    let key = fs::read_to_string(audit.join("audit.vkey")).unwrap();
    for older in checkpoints.iter().map(|text| Some(text.as_str())).chain([None]) {
        let report = verify(&audit, key.trim(), older).unwrap();
        assert!(report.ok, "{case}: {report:?}");
    }
}

/// The log has one entry for each verdict and one for each object, and none twice.
fn one_entry_each(case: &str, installation: &Installation, books: &Books) {
    let entries: Vec<u8> = files(&installation.places().audit().join("tile/entries"))
        .iter()
        .max_by_key(|path| fs::metadata(path).unwrap().len())
        .map(|path| fs::read(path).unwrap())
        .unwrap();
    let text = String::from_utf8_lossy(&entries).into_owned();
    for row in &books.submissions {
        let named = format!("\"submission\":\"{}\"", row.id);
        let objects = books.objects.iter().filter(|object| object.id.submission == row.id);
        let wanted = 1 + objects.count();
        assert_eq!(text.matches(&named).count(), wanted, "{case}: {} in the log", row.id);
    }
}

/// I6.
fn no_plain_text(case: &str, installation: &Installation) {
    let mut needles = vec![FAMILY_NAME.as_bytes()];
    needles.extend(PERSONS.iter().map(|(number, _)| number.as_bytes()));
    let all = files(&installation.places().state_dir).into_iter().chain(
        ["embassy-xex", "helfo", "ud"].iter().flat_map(|s| files(&installation.outbound(s))),
    );
    for path in all {
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

fn checkpoint(installation: &Installation) -> std::path::PathBuf {
    installation.places().audit().join("checkpoint")
}

/// A reproducible sequence (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % most
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.below(from.len() as u64)).unwrap();
        from[at]
    }
}

const SENTINEL: &str = "zz-sentinel.xml";
