//! The queue's side: leases, pauses, alarms, and what an exchange does when the archive has spoken.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use filsluse::{
    admin::{self, Request, shapes::status::Status},
    catalogue::{
        self,
        error::CatalogueError,
        ledger::Ledger,
        records::{
            archive::{ArchiveJob, Attempt, JobState},
            objects::ObjectFilter,
            operations::Alarm,
            outgoing::Trouble,
            page::Page,
            police::{Exchange, ExchangeState},
        },
    },
    config::layout::Layout,
    daemon::{engine::Engine, lock::StateLock, open},
    pipeline::{
        house::House,
        police::{archive, archive_queue},
    },
    types::{
        case_number::CaseNumber,
        guid::Guid,
        ids::{SenderId, SubmissionId},
        verdict::{State, Verdict},
    },
};
use jiff::Timestamp;

use crate::{
    engine::LIST,
    support::{
        in_process::house_at,
        installation::installation,
        wait::{until, wait_for},
    },
};

/// `[archive]` with times to reckon with: a lease of a minute, a pause of a minute, an hour to the
/// alarm.
pub(super) const ARCHIVE: &str = r#"
[archive]
url = "https://localhost:1/Biz/v2/api/call/SI.Data.RPC/SI.Data.RPC"
ca = "/nowhere/ca.pem"
create-cases = true
timeout = "10s"
retry-after = "1m"
alarm-after = "1h"
"#;

#[test]
fn an_entry_is_taken_once_and_again_when_its_taker_is_lost() {
    let world = World::new();
    world.share(1, None);
    let first = world.next().unwrap();
    assert_eq!((first.attempts, first.reference), (1, reference(1)));
    assert!(world.next().is_none(), "another process gets nothing while it is under way");
    world.pass(59);
    assert!(world.next().is_none());
    world.pass(2);
    let second = world.next().unwrap();
    assert_eq!(second.attempts, 2, "the first taker is lost");

    // What the lost one says late: a failure is yesterday's, an entry is an entry.
    assert_eq!(world.report(1, 1, &failed(Trouble::Timeout)), JobState::Waiting);
    assert!(world.job(1).last_error.is_none());
    assert_eq!(world.report(1, 1, &entered("26/00007")), JobState::Done);
    assert_eq!(world.report(1, 2, &failed(Trouble::Timeout)), JobState::Done);
    world.pass(86_400);
    assert!(world.next().is_none());
}

#[test]
fn what_fails_is_tried_again_after_a_pause_that_grows() {
    let world = World::new();
    world.share(1, None);
    for pause in [60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
        let job = world.next().unwrap();
        world.report(1, job.attempts, &failed(Trouble::ServerError));
        world.pass(pause * 3 / 4 - 1);
        assert!(world.next().is_none(), "never earlier than three quarters of {pause} s");
        world.pass(pause / 4 + 1);
    }
    assert_eq!(world.job(1).attempts, 8);
    assert_eq!(world.report(1, 8, &entered("26/00007")), JobState::Done);
}

#[test]
fn an_entered_request_may_be_sent_and_knows_its_case() {
    let world = World::new();
    world.share(1, None);
    let job = world.next().unwrap();
    assert_eq!(world.exchange(1).state, ExchangeState::Waiting);
    world.report(1, job.attempts, &entered("26/00007"));
    let exchange = world.exchange(1);
    assert_eq!(exchange.state, ExchangeState::Open);
    assert_eq!(exchange.case.unwrap().as_str(), "26/00007");
    assert!(world.house().pending.take_dispatches_pending(), "it is laid out at once");
    let job = world.job(1);
    assert_eq!(job.case_number.unwrap().as_str(), "26/00007");
    assert_eq!(job.document_number.as_deref(), Some("26/00007-1"));
}

#[test]
fn the_alarm_tells_of_what_waits_for_too_long_and_of_what_waiting_does_not_heal() {
    let world = World::new();
    world.share(1, None);
    archive::round(world.house()).unwrap();
    assert!(world.alarms().is_empty());
    world.pass(3_601);
    archive::round(world.house()).unwrap();
    let alarm = world.alarms().pop().unwrap();
    assert_eq!((alarm.code.as_str(), alarm.detail.as_deref()), (UNREACHABLE, Some("nobody-asks")));
    let job = world.next().unwrap();
    world.report(1, job.attempts, &failed(Trouble::Timeout));
    assert_eq!(world.alarms().pop().unwrap().detail.as_deref(), Some("timeout"));
    assert!(!world.status().healthy);
    let waiting = world.status().archive.unwrap();
    assert_eq!((waiting.waiting, waiting.last_error), (1, Some(Trouble::Timeout)));
    assert_eq!(waiting.oldest, Some(start()));
    world.report(1, job.attempts, &entered("26/00007"));
    assert!(world.alarms().is_empty());
    assert_eq!(world.status().archive.unwrap().waiting, 0);

    // A certificate does not become right by waiting.
    for trouble in Trouble::ALL {
        let number = 10 + u8::try_from(*trouble as usize).unwrap();
        world.share(number, None);
        let job = world.next().unwrap();
        world.report(number, job.attempts, &failed(*trouble));
        let raised = world.alarms().pop().map(|alarm| alarm.detail.unwrap());
        let want = trouble.needs_somebody().then(|| trouble.to_string());
        assert_eq!(raised, want, "{trouble}");
        world.report(number, job.attempts, &entered("26/00007"));
        assert!(world.alarms().is_empty(), "{trouble}");
    }
}

#[test]
fn pol_05_a_request_whose_case_is_not_there_is_not_sent_but_erased_and_answered_again() {
    let mut world = World::new();
    // Any submission that was taken and answered will do.
    let engine = Engine::start(world.take_house()).unwrap();
    let places = engine.shared().house().config.places.clone();
    let sender = SenderId::parse("embassy-xex").unwrap();
    fs::write(places.inbound(&sender).join("liste.xml"), LIST).unwrap();
    wait_for(&places.outbound(&sender), 2);
    until("final state", || {
        let house = engine.shared().house();
        let mut catalogue = house.catalogue();
        let rows = catalogue::read_with(&mut **catalogue, |view| view.submissions(&newest()));
        rows.unwrap().first().is_some_and(|row| row.state == State::Done)
    });
    engine.drain();
    world.reopen();
    let id = world.read(|view| Ok(view.submissions(&newest())?[0].id));
    world.share_of(1, Some("24/00123"), Some(id));
    let job = world.next().unwrap();
    assert_eq!(job.reference, id, "a GUID that a sender drew is never told");

    let came = Attempt::NoSuchCase {};
    let state = archive::report(world.house(), id, job.attempts, &came).unwrap();
    assert_eq!(state, JobState::Refused);
    assert_eq!(world.exchange(1).state, ExchangeState::Closed);
    let alarm = world.alarms().pop().unwrap();
    assert_eq!((alarm.code.as_str(), alarm.subject), ("archive-refused", id.to_string()));
    let filter = ObjectFilter { submission: Some(id), ..ObjectFilter::default() };
    let (objects, row) =
        world.read(|view| Ok((view.objects(&filter)?, view.submission(id)?.unwrap())));
    assert!(!objects.is_empty());
    assert!(objects.iter().all(|object| object.erased_at.is_some()), "{objects:?}");
    assert_eq!((row.verdict, row.state), (Some(Verdict::Rejected), State::Done));
    let receipts = wait_for(&places.outbound(&sender), 4);
    let second = receipts.iter().find(|path| path.to_string_lossy().ends_with(".2.receipt.txt"));
    let text = fs::read_to_string(second.unwrap()).unwrap();
    assert!(text.starts_with("REJECTED"), "{text}");
    assert!(text.contains("POL-05") && text.contains("request_id"), "{text}");
    assert_eq!(archive::report(world.house(), id, 1, &came).unwrap(), JobState::Refused);
    archive::round(world.house()).unwrap();
    assert_eq!(wait_for(&places.outbound(&sender), 4).len(), 4, "told once");
}

#[test]
fn pol_13_a_notice_is_entered_too_and_waits_for_nothing() {
    let world = World::new();
    let notice = Exchange {
        form: "notice".to_owned(),
        state: ExchangeState::Closed,
        ..exchange(1, Some("24/00123"), None)
    };
    world.write(|ledger| {
        ledger.put_exchange(&notice)?;
        archive_queue::enqueue(world.house(), ledger, &notice)
    });
    let job = world.next().unwrap();
    let came = Attempt::NoSuchCase {};
    archive::report(world.house(), reference(1), job.attempts, &came).unwrap();
    assert_eq!(world.alarms().pop().unwrap().code, "archive-no-entry", "it reached the police");
    assert!(
        world.read(|view| view.archive_to_tell(Page::first(9))).is_empty(),
        "it is out already"
    );
}

/// The clock was ahead by ten days, and is right again.
#[test]
fn what_was_put_off_while_the_clock_was_ahead_is_tried_all_the_same() {
    const TEN_DAYS: i64 = 10 * 86_400;
    let world = World::new();
    world.pass(TEN_DAYS);
    world.share(1, Some("24/00123"));
    let job = world.next().unwrap();
    world.report(1, job.attempts, &failed(Trouble::Timeout));
    assert_eq!(world.next(), None, "it pauses");
    world.pass(-TEN_DAYS);
    archive::round(world.house()).unwrap();
    assert_eq!(world.alarms().pop().unwrap().code, UNREACHABLE, "nobody knows since when");
    let job = world.next().unwrap();
    assert_eq!(job.attempts, 2);
    assert_eq!(world.next(), None, "it is under way");
    world.report(1, job.attempts, &entered("24/00123"));
    archive::round(world.house()).unwrap();
    assert!(world.alarms().is_empty());
}

#[test]
fn without_an_archive_nothing_is_queued() {
    let mut world = World::new();
    let file = world.layout.main_file();
    let text = fs::read_to_string(&file).unwrap().replace(ARCHIVE, "");
    fs::write(&file, text).unwrap();
    world.reopen();
    world.share(1, None);
    assert!(world.next().is_none());
    assert_eq!(world.status().archive, None);
}

/// A house with a clock of its own, and a case archive that nobody can reach.
struct World {
    house: Option<House>,
    layout: Layout,
    clock: Arc<AtomicI64>,
    lock: Option<StateLock>,
    _root: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let layout = installation(root.path());
        let file = layout.main_file();
        let text = fs::read_to_string(&file).unwrap() + ARCHIVE;
        fs::write(&file, text).unwrap();
        let clock = Arc::new(AtomicI64::new(start().as_second()));
        let (lock, house) = open_house(&layout, &clock);
        Self { house: Some(house), layout, clock, lock: Some(lock), _root: root }
    }

    /// Gives the house away, until [`Self::reopen`].
    fn take_house(&mut self) -> House {
        self.house.take().unwrap()
    }

    fn reopen(&mut self) {
        // The log and the directory are one owner's at a time.
        (self.house, self.lock) = (None, None);
        let (lock, house) = open_house(&self.layout, &self.clock);
        (self.house, self.lock) = (Some(house), Some(lock));
    }

    fn house(&self) -> &House {
        self.house.as_ref().unwrap()
    }

    fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    fn share(&self, number: u8, case: Option<&str>) {
        self.share_of(number, case, None);
    }

    fn share_of(&self, number: u8, case: Option<&str>, submission: Option<SubmissionId>) {
        let exchange = exchange(number, case, submission);
        self.write(|ledger| {
            ledger.put_exchange(&exchange)?;
            archive_queue::enqueue(self.house(), ledger, &exchange)
        });
    }

    fn next(&self) -> Option<ArchiveJob> {
        archive::next(self.house()).unwrap()
    }

    fn report(&self, number: u8, attempt: u32, came: &Attempt) -> JobState {
        archive::report(self.house(), reference(number), attempt, came).unwrap()
    }

    fn job(&self, number: u8) -> ArchiveJob {
        self.read(|view| view.archive_job(&Guid([number; 16]))).unwrap()
    }

    fn exchange(&self, number: u8) -> Exchange {
        self.read(|view| view.exchange(&Guid([number; 16]))).unwrap()
    }

    fn alarms(&self) -> Vec<Alarm> {
        self.read(|view| view.alarms())
    }

    fn status(&self) -> Status {
        let answer = admin::answer(self.house(), &Request::Status {}, "test").unwrap();
        serde_json::from_value(answer).unwrap()
    }

    fn read<T>(
        &self,
        work: impl FnOnce(&dyn filsluse::catalogue::view::View) -> Result<T, CatalogueError>,
    ) -> T {
        catalogue::read_with(&mut **self.house().catalogue(), work).unwrap()
    }

    fn write(&self, work: impl FnOnce(&mut dyn Ledger) -> Result<(), CatalogueError>) {
        catalogue::transact_with(&mut **self.house().catalogue(), work).unwrap();
    }
}

fn open_house(layout: &Layout, clock: &Arc<AtomicI64>) -> (StateLock, House) {
    let config = open::load(&layout.main_file()).unwrap();
    let clock = Arc::clone(clock);
    house_at(
        config,
        Arc::new(move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap()),
    )
}

/// A request as it is recorded, waiting for the archive.
pub(super) fn exchange(
    number: u8,
    case: Option<&str>,
    submission: Option<SubmissionId>,
) -> Exchange {
    Exchange {
        id: Guid([number; 16]),
        form: "inquiry".to_owned(),
        hospital: None,
        district: SenderId::parse("politi-oslo").unwrap(),
        submission,
        case: case.map(|case| CaseNumber::parse(case).unwrap()),
        basis: "samtykke".to_owned(),
        purpose_code: "behandling".to_owned(),
        informed: "yes".to_owned(),
        at: start(),
        needed_by: None,
        recorded_by: None,
        state: ExchangeState::Waiting,
        sent_at: None,
        closed_at: None,
        audit_seq: 0,
    }
}

fn start() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn reference(number: u8) -> SubmissionId {
    SubmissionId::from_bytes([number; 16])
}

fn entered(case: &str) -> Attempt {
    let case = CaseNumber::parse(case).unwrap();
    Attempt::Entered { document: format!("{case}-1"), case }
}

fn failed(trouble: Trouble) -> Attempt {
    Attempt::Failed { trouble }
}

fn newest() -> filsluse::catalogue::records::submissions::SubmissionFilter {
    filsluse::catalogue::records::submissions::SubmissionFilter::default()
}

const UNREACHABLE: &str = "archive-unreachable";
