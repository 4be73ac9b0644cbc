//! How long a start takes, and how long an operator waits, with much in the catalogue.
//!
//! `FILSLUSE_BENCH_DIR=/var/tmp cargo bench --bench start_up` needs about 2 GB there. Fills the
//! catalogue through the ledger; the objects have rows and headers and no payloads.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for developers")]

use std::{
    env,
    path::PathBuf,
    time::{Duration, Instant},
};

use filsluse::{
    admin::{self, Request, paging::Pages},
    catalogue::{
        self,
        error::CatalogueError,
        records::{
            objects::{Object, ObjectState},
            submissions::{Inode, Submission},
        },
        sqlite::SqliteCatalogue,
    },
    config::{
        init::{self, options::Options},
        layout::Layout,
    },
    daemon::{engine::Engine, lock::StateLock, open},
    types::{
        digest::Sha256,
        ids::{KindId, ObjectId, Part, RegistryId, SenderId, SubmissionId},
        national_id::Profile,
        verdict::{State, Verdict},
    },
};
use jiff::{SignedDuration, Timestamp};

fn main() {
    let number = |name: &str, or: u32| env::var(name).map_or(or, |text| text.parse().unwrap());
    let submissions = number("FILSLUSE_BENCH_SUBMISSIONS", 100_000);
    let objects = number("FILSLUSE_BENCH_OBJECTS", 10);
    let root = env::var_os("FILSLUSE_BENCH_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let dir = tempfile::Builder::new().prefix("start-up-").tempdir_in(root).unwrap();
    let layout = Layout::new(&dir.path().join("installation"));
    let mut options = Options::production();
    options.profile = Profile::Test;
    options.owner_check = false;
    let random = open::system_random().unwrap();
    init::write_installation(&layout, &options, &mut |buffer| random(buffer)).unwrap();

    let filling = Instant::now();
    fill(&layout.places.catalogue(), submissions, objects);
    println!("{submissions} submissions of {objects} objects, filled in {:?}", filling.elapsed());

    let config = open::load(&layout.main_file()).unwrap();
    let lock = StateLock::take(&config.places.state_dir).unwrap();
    let start = Instant::now();
    let house = open::open_house(&lock, config, open::system_clock(), random).unwrap();
    let opened = start.elapsed();
    let engine = Engine::start(house).unwrap();
    println!("start to ready: {:?}, of it opening {opened:?}", start.elapsed());
    let house = engine.shared().house();
    let list = |limit| Request::SubmissionList { state: None, sender: None, since: None, limit };
    for (name, request) in [
        ("submission list --limit 100", list(Some(100))),
        ("status", Request::Status {}),
        ("retention plan", Request::RetentionPlan { until: None, limit: Some(1000) }),
        ("enrolment pending", Request::EnrolmentPending {}),
        (
            "object list --limit 100",
            Request::ObjectList { registry: None, state: None, submission: None, limit: Some(100) },
        ),
    ] {
        let times: Vec<Duration> = (0..3)
            .map(|_| {
                let asked = Instant::now();
                let answer = admin::answer(&house, &request, "bench");
                assert!(answer.is_ok(), "{name}");
                asked.elapsed()
            })
            .collect();
        println!("{name}: {times:?}");
    }
    let whole_plan = Request::RetentionPlan { until: None, limit: None };
    let mut pages = Pages::of(&whole_plan).unwrap();
    let (mut rows, mut longest, begun) = (0, Duration::ZERO, Instant::now());
    loop {
        let asked = Instant::now();
        let Some(page) = house.look(|view| pages.next(view)).unwrap() else { break };
        longest = longest.max(asked.elapsed());
        rows += memchr::memchr_iter(b'\n', &page).count();
    }
    println!(
        "retention plan, all {rows} rows: {:?}, the longest look {longest:?}",
        begun.elapsed()
    );
    drop(house);
    engine.drain();
}

/// Finished submissions of the last thousand hours, with objects that are due in ninety days.
fn fill(path: &std::path::Path, submissions: u32, objects: u32) {
    let mut catalogue = SqliteCatalogue::open(path).unwrap();
    let now = open::system_clock()();
    let sender = SenderId::parse("embassy-xex").unwrap();
    let registry = RegistryId::parse("fastlege").unwrap();
    for batch in (0..submissions).collect::<Vec<_>>().chunks(2_000) {
        catalogue::transact_with(&mut catalogue, |ledger| {
            for number in batch {
                let age = SignedDuration::from_secs(i64::from(submissions - number) * 36);
                let at = now - age;
                let id = id(at, *number);
                let claim = Inode { dev: 1, inode: u64::from(*number) };
                let mut row = Submission::claimed(id, sender.clone(), at, claim);
                row.kind = Some(KindId::parse("embassy-list").unwrap());
                row.state = State::Done;
                row.verdict = Some(Verdict::Accepted);
                row.sha256 = Some(Sha256::of(&number.to_be_bytes()));
                row.finished_at = Some(at);
                ledger.add_submission(&row)?;
                for part in 1..=objects {
                    ledger.add_object(&object(id, &registry, part, at), &[b'h'; 170])?;
                }
            }
            Ok::<(), CatalogueError>(())
        })
        .unwrap();
    }
}

fn id(at: Timestamp, number: u32) -> SubmissionId {
    let mut rest = [0; 10];
    rest[6..].copy_from_slice(&number.to_be_bytes());
    SubmissionId::new(at, rest)
}

fn object(submission: SubmissionId, registry: &RegistryId, number: u32, at: Timestamp) -> Object {
    Object {
        id: ObjectId { submission, registry: registry.clone(), part: Part::Whole, number },
        created_at: at,
        payload_bytes: 4_000,
        payload_sha256: Some(Sha256::of(b"payload")),
        plain_bytes: 3_900,
        plain_sha256: Some(Sha256::of(b"plain")),
        recipients: vec!["age1example".to_owned()],
        due_at: Some(at + SignedDuration::from_hours(90 * 24)),
        due_rule: "processed + P90D".to_owned(),
        statutory_limit: None,
        state: ObjectState::Stored,
        hold_why: None,
        handed_at: None,
        header_erased_at: None,
        erased_at: None,
        operating_year: None,
    }
}
