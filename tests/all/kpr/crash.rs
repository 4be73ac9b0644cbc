//! Large files cut short, and a daemon killed while it reads one: nothing half is ever taken, and
//! the whole is taken once.
//!
//! Small files by default. With files of more than 100 MB: `FILSLUSE_KPR_BYTES=125829120 cargo
//! nextest run --features fail-points -E 'test(kpr::crash)'` (some ten minutes).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use filsluse::{
    catalogue::records::{objects::Object, submissions::Submission},
    types::{
        digest::{Hasher, Sha256},
        verdict::{State, Verdict},
    },
};

use super::city::{City, bytes, planted};
use crate::{
    generator::messages::Kind,
    resilience::invariants::{audit_holds, checkpoint},
    support::{
        child_daemon::Daemon,
        installation::{Books, Installation, files},
    },
};

/// The daemon reads what is quiet, whole or not: every cut shows in the reading.
#[test]
fn a_file_cut_anywhere_is_refused_when_it_is_read() {
    let city = City::new();
    let page = city.installation.layout.senders().join("oslo.toml");
    let text = fs::read_to_string(&page).unwrap();
    assert!(text.contains("completeness = \"structure\""));
    fs::write(&page, text.replace("completeness = \"structure\"", "completeness = \"quiet\""))
        .unwrap();
    let mut daemon = city.installation.start(&[]);
    daemon.ready();
    let mut cuts = 0;
    for (kind, year) in KINDS {
        let whole = fs::read(planted(&city, kind, year, bytes(1 << 20), 5).file).unwrap();
        for cut in cuts_of(&whole, 4) {
            let file = city.beside("cut");
            fs::write(&file, &whole[..cut]).unwrap();
            city.send(&file, &format!("{cut}.xml"));
            cuts += 1;
        }
    }
    city.answered(&mut daemon, cuts);
    assert!(daemon.stop().success());
    let books = city.installation.books();
    assert_eq!(books.submissions.len(), cuts);
    for row in &books.submissions {
        assert_eq!(row.verdict, Some(Verdict::Rejected), "{:?}", row.findings);
        assert!(row.findings.iter().any(|it| it.rule.code == "IN-04"), "{:?}", row.findings);
    }
    assert!(books.objects.is_empty() && city.stored().is_empty());
    assert!(files(&city.installation.places().work()).is_empty(), "work files are left");
}

/// A sender that is cut off in the midst of writing into `inbound/` itself: the file waits,
/// whatever comes after it, and is taken when its rest has come.
#[test]
fn an_upload_that_was_cut_off_waits_for_its_rest() {
    let city = City::new();
    let mut daemon = city.installation.start(&[]);
    daemon.ready();
    let inbound = city.installation.inbound("oslo");
    let mut rests = Vec::new();
    for (kind, year) in KINDS {
        let whole = fs::read(planted(&city, kind, year, bytes(1 << 20), 6).file).unwrap();
        for cut in cuts_of(&whole, 2) {
            let path = inbound.join(format!("{}-{cut}.xml", kind.name()));
            // In pieces, as a line delivers them.
            let mut file = fs::File::create(&path).unwrap();
            whole[..cut].chunks(1 << 18).for_each(|piece| file.write_all(piece).unwrap());
            rests.push((path, whole[cut..].to_vec()));
        }
    }
    // What comes later is answered meanwhile, so all of them have been looked at.
    let other = planted(&city, Kind::KprEvent, 2025, 200 << 10, 8);
    city.send(&other.file, "whole.xml");
    city.answered(&mut daemon, 1);
    assert!(rests.iter().all(|(path, _)| path.exists()), "one was taken");
    assert_eq!(city.installation.books().submissions.len(), 1);
    for (path, rest) in &rests {
        let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
        file.write_all(rest).unwrap();
    }
    city.answered(&mut daemon, 1 + rests.len());
    assert!(daemon.stop().success());
    let books = city.installation.books();
    let count = |verdict| books.submissions.iter().filter(|r| r.verdict == Some(verdict)).count();
    // Of each kind the same bytes came twice.
    assert_eq!((count(Verdict::Partly), count(Verdict::Duplicate)), (1 + 2, 2));
}

#[test]
fn killed_while_it_reads_an_annual_submission() {
    killed(Kind::IplosAnnual, 2017);
}

#[test]
fn killed_while_it_reads_an_event_message() {
    killed(Kind::KprEvent, 2024);
}

fn killed(kind: Kind, year: i32) {
    let undisturbed = City::new();
    let message = planted(&undisturbed, kind, year, bytes(3 << 20), 9);
    let whole = fs::read(&message.file).unwrap();
    let began = Instant::now();
    let mut daemon = undisturbed.installation.start(&[]);
    daemon.ready();
    send(&undisturbed, &whole);
    undisturbed.answered(&mut daemon, 1);
    let took = began.elapsed();
    assert!(daemon.stop().success());
    let wanted = undisturbed.contents();

    let mut random = Random(kind as u64 + 77);
    let mut in_the_midst = 0;
    for round in 0..4 * ROUNDS {
        // Reading is short beside a start: more rounds, should no kill have hit it.
        if round >= ROUNDS && in_the_midst > 0 {
            break;
        }
        let case = format!("{} round {round}", kind.name());
        let city = City::new();
        let inode = send(&city, &whole);
        let mut checkpoints = BTreeSet::new();
        for _ in 0..=random.below(2) {
            let mut daemon = city.installation.start(&[]);
            let pause = took.mul_f64(random.share());
            wait(&mut daemon, pause);
            daemon.kill();
            checkpoints.extend(checkpoint(&city.installation));
            in_the_midst += u32::from(!files(&city.installation.places().work()).is_empty());
            in_one_place(&case, &city.installation, inode);
        }
        let mut daemon = city.installation.start(&[]);
        daemon.ready();
        city.answered(&mut daemon, 1);
        daemon.until("the end", || city.settled());
        assert!(daemon.stop().success(), "{case}");
        city.check(&case, &whole, &wanted);
        audit_holds(&case, &city.installation, &checkpoints);
        checkpoints.extend(checkpoint(&city.installation));

        // I5: a second restart finds nothing to do. The sentinel shows that it has looked.
        let before = city.still();
        let mut daemon = city.installation.start(&[]);
        daemon.ready();
        city.installation.upload("helfo", "sentinel.xml", "this is no list");
        daemon.until("the sentinel's receipt", || city.installation.receipts("helfo").len() == 2);
        assert!(daemon.stop().success(), "{case}");
        assert!(before == city.still(), "{case}: a second restart changed something");
        audit_holds(&case, &city.installation, &checkpoints);
    }
    assert!(in_the_midst > 0, "no kill hit it in the midst of reading: {took:?}");
}

/// Sends it as a careful sender does; gives its inode.
fn send(city: &City, bytes: &[u8]) -> u64 {
    let file = city.beside("sent");
    fs::write(&file, bytes).unwrap();
    let inode = fs::metadata(&file).unwrap().ino();
    city.send(&file, "message.xml");
    inode
}

/// I2: in the inbound directory, or claimed, or on record as answered.
fn in_one_place(case: &str, installation: &Installation, inode: u64) {
    let there = |directory: &Path| {
        let all = files(directory);
        all.iter().filter(|path| fs::symlink_metadata(path).is_ok_and(|m| m.ino() == inode)).count()
    };
    let count = there(&installation.inbound("oslo")) + there(&installation.places().claimed_root());
    assert!(count < 2, "{case}: in two places");
    if count == 0 {
        let books = installation.books_if_any().expect("it is gone, so there is a catalogue");
        let state = books.submissions[0].state;
        assert!(state == State::Answered || state.is_final(), "{case}: gone and {state:?}");
        assert_eq!(installation.receipts("oslo").len(), 2, "{case}: gone without its receipts");
    }
}

/// What must not change any more, but for the sentinel.
#[derive(PartialEq)]
struct Still {
    rows: Vec<Submission>,
    objects: Vec<(String, Option<Vec<u8>>)>,
    receipts: BTreeMap<String, Vec<u8>>,
    stored: BTreeMap<String, Sha256>,
    work: Vec<PathBuf>,
}

impl City {
    fn still(&self) -> Still {
        let Books { submissions, headers, .. } = self.installation.books();
        Still {
            rows: submissions.into_iter().filter(|row| row.sender.as_str() == "oslo").collect(),
            objects: headers.into_iter().collect(),
            receipts: self.installation.receipts("oslo"),
            stored: self.stored(),
            work: files(&self.installation.places().work()),
        }
    }

    fn settled(&self) -> bool {
        files(&self.installation.places().claimed_root()).is_empty()
            && self.installation.books().submissions.iter().all(|row| row.state.is_final())
    }

    /// Everything in the stores, by name.
    fn stored(&self) -> BTreeMap<String, Sha256> {
        let all = files(&self.installation.places().store_root());
        all.into_iter().map(|path| (name_of(&path), digest(&path))).collect()
    }

    /// Digests of what left for the registries, by registry and part. I1: each of them opens, and
    /// is as long as the catalogue says.
    fn contents(&self) -> BTreeMap<String, Sha256> {
        let digest_of = |object: &Object| {
            let id = object.id.to_string();
            let identity = self.identity(object.id.registry.as_str());
            let plain = self.open(object, &identity).unwrap_or_else(|e| panic!("{id}: {e}"));
            let (digest, bytes) = (digest(&plain), fs::metadata(&plain).unwrap().len());
            assert_eq!(bytes, object.plain_bytes, "{id}");
            fs::remove_file(plain).unwrap();
            (id.split_once('.').unwrap().1.to_owned(), digest)
        };
        self.installation.books().objects.iter().map(digest_of).collect()
    }

    /// One acceptance, its objects whole, and nothing else of it anywhere.
    fn check(&self, case: &str, sent: &[u8], wanted: &BTreeMap<String, Sha256>) {
        let books = self.installation.books();
        let [row] = books.submissions.as_slice() else {
            panic!("{case}: {} submissions", books.submissions.len())
        };
        assert_eq!(row.verdict, Some(Verdict::Partly), "{case}: {:?}", row.findings);
        assert_eq!(row.sha256, Some(Sha256::of(sent)), "{case}");
        assert_eq!(self.installation.receipts("oslo").len(), 2, "{case}");
        assert_eq!(&self.contents(), wanted, "{case}: not what an undisturbed daemon makes of it");
        assert_eq!(books.owed_to_the_log, 0, "{case}");
        let named: BTreeSet<String> = books.objects.iter().map(|o| o.id.to_string()).collect();
        let stored: BTreeSet<String> = self.stored().into_keys().collect();
        assert_eq!(stored, named, "{case}: the stores hold something else");
        assert!(
            files(&self.installation.places().work()).is_empty(),
            "{case}: work files are left"
        );
        self.no_plain_text(case, sent);
    }

    /// I6: nobody of the message is in the state directory or in a receipt.
    fn no_plain_text(&self, case: &str, sent: &[u8]) {
        let attribute = memchr::memmem::find_iter(sent, b" fid=\"").map(|at| at + 6);
        let ends = |at: usize| at + memchr::memchr(b'"', &sent[at..]).unwrap();
        let mut people: Vec<&[u8]> = attribute.map(|at| &sent[at..ends(at)]).collect();
        people.retain(|fid| fid.len() >= 11);
        let every = people.len() / 8;
        let needles: Vec<&[u8]> = people.into_iter().step_by(every.max(1)).collect();
        assert!(needles.len() >= 8, "{case}");
        let places = self.installation.places();
        let mut all = files(&places.state_dir);
        all.extend(files(&self.installation.outbound("oslo")));
        for path in all {
            let bytes = fs::read(&path).unwrap();
            for needle in &needles {
                let found = memchr::memmem::find(&bytes, needle);
                assert!(found.is_none(), "{case}: somebody is in {}", path.display());
            }
        }
    }
}

/// Some places to cut a document at, all of them before its end; the last byte of its root, too.
fn cuts_of(whole: &[u8], count: usize) -> Vec<usize> {
    let end = whole.iter().rposition(|byte| *byte == b'>').unwrap();
    let mut random = Random(whole.len() as u64);
    let mut cuts: Vec<usize> =
        (1..count).map(|_| 1 + usize::try_from(random.below(end as u64 - 1)).unwrap()).collect();
    cuts.push(end);
    cuts.dedup();
    cuts
}

fn digest(path: &Path) -> Sha256 {
    let mut hasher = Hasher::new();
    hasher.update(&fs::read(path).unwrap());
    hasher.finish()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Lets so much time go by; a daemon that ends by itself is a fault.
fn wait(daemon: &mut Daemon, pause: Duration) {
    let until = Instant::now() + pause;
    while Instant::now() < until {
        assert!(!daemon.has_ended(), "{}", daemon.words());
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// The same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        (self.0 >> 33) % bound
    }

    fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.below(1000)).unwrap()) / 1000.0
    }
}

const KINDS: [(Kind, i32); 2] = [(Kind::IplosAnnual, 2017), (Kind::KprEvent, 2024)];
const ROUNDS: u32 = 5;
