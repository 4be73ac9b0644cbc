//! The queue's side: leases, pauses, alarms, and what a deadline does to what waits.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use filsluse::{
    catalogue::{
        self,
        error::CatalogueError,
        records::{
            objects::Object,
            operations::Alarm,
            outgoing::Trouble,
            pushes::{Inbox, Push, PushState},
        },
        view::View,
    },
    config::layout::Layout,
    daemon::{lock::StateLock, open},
    pipeline::{
        house::House,
        push::{self, Pushed, orders},
        upkeep::erase,
    },
    types::ids::{ObjectId, Part, RegistryId, SubmissionId},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    catalogue::sample,
    support::{in_process::house_at, installation::installation},
};

const URL: &str = "https://localhost:1/inbox";
const OTHER: &str = "https://localhost:1/other";

#[test]
fn an_object_is_taken_once_and_again_when_its_taker_is_lost() {
    let world = World::new(&[URL]);
    world.store(1);
    let first = world.next(URL).unwrap();
    assert_eq!((first.attempts, &first.object), (1, &object(1)));
    assert!(world.next(URL).is_none(), "another thread gets nothing while it is under way");
    world.pass(59);
    assert!(world.next(URL).is_none());
    world.pass(2);
    assert_eq!(world.next(URL).unwrap().attempts, 2, "the first taker is lost");

    // What the lost one says late: a failure is yesterday's, a delivery is a delivery.
    assert_eq!(world.report(1, URL, 1, &failed(Trouble::Timeout)), PushState::Waiting);
    assert!(world.push(1, URL).last_error.is_none());
    assert_eq!(world.report(1, URL, 1, &Pushed::Delivered {}), PushState::Done);
    assert_eq!(world.report(1, URL, 2, &failed(Trouble::Timeout)), PushState::Done);
    world.pass(86_400);
    assert!(world.next(URL).is_none());
}

#[test]
fn what_fails_is_tried_again_after_a_pause_that_grows_or_that_the_inbox_asks_for() {
    let world = World::new(&[URL]);
    world.store(1);
    for pause in [60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
        let push = world.next(URL).unwrap();
        world.report(1, URL, push.attempts, &failed(Trouble::ServerError));
        world.pass(pause * 3 / 4 - 1);
        assert!(world.next(URL).is_none(), "never earlier than three quarters of {pause} s");
        world.pass(pause / 4 + 1);
    }
    let world = World::new(&[URL]);
    world.store(1);
    let first = world.next(URL).unwrap().attempts;
    let asked = Pushed::Failed { trouble: Trouble::Busy, wait: Some(600) };
    world.report(1, URL, first, &asked);
    world.pass(599);
    assert!(world.next(URL).is_none());
    world.pass(1);
    let second = world.next(URL).unwrap().attempts;
    let far = Pushed::Failed { trouble: Trouble::Busy, wait: Some(u32::MAX) };
    world.report(1, URL, second, &far);
    world.pass(3_600);
    assert!(world.next(URL).is_some(), "never for longer than an hour");
}

#[test]
fn one_attempt_finds_out_for_all_when_an_inbox_is_there_again() {
    let world = World::new(&[URL, OTHER]);
    (1..4).for_each(|number| world.store(number));
    let push = world.next(URL).unwrap();
    world.report(1, URL, push.attempts, &failed(Trouble::Unreachable));
    assert_eq!(world.next(URL), None, "the others are not tried meanwhile");
    assert!(world.next(OTHER).is_some(), "another inbox is");
    world.pass(61);
    let push = world.next(URL).unwrap();
    let number = (1..4).find(|number| object(*number) == push.object).unwrap();
    world.report(number, URL, push.attempts, &failed(Trouble::Timeout));
    world.pass(61);
    assert_eq!(world.next(URL), None, "the pause grows with the inbox's failures");
    world.pass(60);
    let push = world.next(URL).unwrap();
    let number = (1..4).find(|number| object(*number) == push.object).unwrap();
    world.report(number, URL, push.attempts, &Pushed::Delivered {});
    // Whichever it was, none of the others waits for a pause of its own.
    let (second, third) = (world.next(URL), world.next(URL));
    assert!(second.is_some() && third.is_some(), "{second:?} {third:?}");

    // What the inbox will not have is about that one alone.
    let world = World::new(&[URL]);
    (1..3).for_each(|number| world.store(number));
    let push = world.next(URL).unwrap();
    world.report(1, URL, push.attempts, &failed(Trouble::Refused));
    assert_eq!(world.next(URL).unwrap().object, object(2));
}

#[test]
fn each_inbox_counts_for_itself_and_each_registry_has_its_own() {
    let world = World::new(&[URL, OTHER]);
    world.store(1);
    world.store_of("iplos", 2);
    let first = world.next(URL).unwrap();
    assert_eq!(world.report(1, URL, first.attempts, &Pushed::Delivered {}), PushState::Done);
    assert_eq!(world.next(URL), None, "nothing of another registry");
    assert_eq!(world.next(OTHER).unwrap().object, object(1));
    let unknown = push::next(world.house(), &inbox("https://localhost:1/unknown")).unwrap();
    assert_eq!(unknown, None);
}

#[test]
fn an_inbox_that_is_new_gets_what_lies_there_and_one_that_went_nothing() {
    let mut world = World::new(&[]);
    world.store(1);
    assert_eq!(world.next(URL), None);
    world.configure(&[URL]);
    world.store(2);
    let first = world.next(URL).unwrap();
    assert_eq!(first.object, object(1), "the oldest first");
    world.report(1, URL, first.attempts, &Pushed::Delivered {});
    world.configure(&[]);
    assert_eq!(world.next(URL), None);
    assert_eq!(world.read(|view| view.inboxes()), []);
    world.configure(&[URL]);
    assert_eq!(world.next(URL).unwrap().object, object(2), "not what it had");
    assert_eq!(world.next(URL), None);
}

#[test]
fn the_alarm_tells_of_what_waits_for_too_long_and_of_what_waiting_does_not_heal() {
    let mut world = World::new(&[URL]);
    world.store(1);
    world.round();
    assert!(world.alarms().is_empty());
    world.pass(3_601);
    world.round();
    let alarm = world.alarms().pop().unwrap();
    assert_eq!(
        (alarm.code.as_str(), alarm.detail.as_deref()),
        ("push-failed", Some("nobody-asks"))
    );
    assert_eq!(alarm.subject, format!("kpr {URL}"));
    let push = world.next(URL).unwrap();
    world.report(1, URL, push.attempts, &failed(Trouble::Timeout));
    assert_eq!(world.alarms().pop().unwrap().detail.as_deref(), Some("timeout"));
    world.pass(60);
    let push = world.next(URL).unwrap();
    world.report(1, URL, push.attempts, &Pushed::Delivered {});
    assert!(world.alarms().is_empty());

    for trouble in Trouble::ALL {
        let world = World::new(&[URL]);
        world.store(1);
        let push = world.next(URL).unwrap();
        world.report(1, URL, push.attempts, &failed(*trouble));
        let told = world.alarms().pop().and_then(|alarm| alarm.detail);
        let want = trouble.needs_somebody().then(|| trouble.as_str().to_owned());
        assert_eq!(told, want, "{trouble}");
    }
    // An inbox that is configured no more keeps no alarm.
    world.store(3);
    let push = world.next(URL).unwrap();
    world.report(3, URL, push.attempts, &failed(Trouble::Refused));
    assert_eq!(world.alarms().len(), 1);
    world.configure(&[]);
    world.round();
    assert!(world.alarms().is_empty());
}

#[test]
fn a_deadline_waits_for_no_delivery_and_what_is_missed_is_told() {
    let world = World::new(&[URL, OTHER]);
    world.store_until("kpr", 1, 3_600);
    world.store(2);
    let push = world.next(OTHER).unwrap();
    world.report(1, OTHER, push.attempts, &Pushed::Delivered {});
    world.pass(3_600);
    let next = world.next(URL).unwrap();
    assert_eq!(next.object, object(2), "what is past its day does not leave");
    erase::run(world.house(), world.house().now(), true).unwrap();
    assert_eq!(world.push(1, URL).state, PushState::Missed);
    assert_eq!(world.push(1, OTHER).state, PushState::Done);
    world.round();
    world.round();
    let missed: Vec<_> =
        world.alarms().into_iter().filter(|alarm| alarm.code == "push-missed").collect();
    let [alarm] = missed.as_slice() else { panic!("{missed:?}") };
    assert_eq!(alarm.subject, format!("kpr {URL}"));
    let told = format!("1 erased before they were delivered, the last {}", object(1));
    assert_eq!(alarm.detail.as_deref(), Some(&*told));
    // One that its inbox says to have after all is delivered, whatever was told.
    assert_eq!(world.report(1, URL, 1, &Pushed::Delivered {}), PushState::Done);
}

/// Told a week before, and ended by a delivery.
#[test]
fn what_nobody_has_got_is_told_before_it_is_erased() {
    let world = World::new(&[URL]);
    world.store_until("kpr", 1, 9 * 86_400);
    let sweep = || erase::run(world.house(), world.house().now(), true).unwrap();
    let told = || {
        let alarms = world.alarms().into_iter();
        let of_it = alarms.filter(|alarm| alarm.code == "object-unfetched");
        of_it.map(|alarm| alarm.subject).collect::<Vec<_>>()
    };
    sweep();
    assert_eq!(told(), [""; 0]);
    world.pass(2 * 86_400);
    sweep();
    assert_eq!(told(), ["kpr"]);
    let push = world.next(URL).unwrap();
    world.report(1, URL, push.attempts, &failed(Trouble::ServerError));
    sweep();
    assert_eq!(told(), ["kpr"], "an attempt is no delivery");
    world.report(1, URL, push.attempts, &Pushed::Delivered {});
    let got = world.read(|view| view.object(&object(1))).unwrap();
    assert_eq!(got.handed_at, Some(world.house().now()));
    sweep();
    assert_eq!(told(), [""; 0]);
}

#[test]
fn an_operator_has_it_tried_at_once_or_gives_it_up() {
    let world = World::new(&[URL, OTHER]);
    world.store(1);
    for url in [URL, OTHER] {
        let push = world.next(url).unwrap();
        world.report(1, url, push.attempts, &failed(Trouble::Tls));
        assert!(world.next(url).is_none());
    }
    let hurried = orders::hurry(world.house(), Some(&RegistryId::parse("kpr").unwrap())).unwrap();
    assert_eq!(hurried.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(world.next(URL).unwrap().attempts, 2);
    let other = orders::hurry(world.house(), Some(&RegistryId::parse("iplos").unwrap())).unwrap();
    assert!(other.is_empty());

    world.report(1, URL, 2, &failed(Trouble::Refused));
    let failing = || {
        let alarms = world.alarms().into_iter().filter(|alarm| alarm.code == "push-failed");
        alarms.map(|alarm| alarm.subject).collect::<Vec<_>>()
    };
    assert_eq!(failing(), [format!("kpr {URL}"), format!("kpr {OTHER}")]);
    let given_up = orders::give_up(world.house(), &object(1), Some(URL)).unwrap();
    assert_eq!(given_up.len(), 1);
    assert_eq!(failing(), [format!("kpr {OTHER}")], "nothing of it waits for the first any more");
    world.pass(86_400);
    assert!(world.next(URL).is_none());
    assert_eq!(world.push(1, URL).state, PushState::Dropped);
    assert_eq!(world.push(1, OTHER).state, PushState::Waiting);
    assert!(orders::give_up(world.house(), &object(1), Some(URL)).unwrap().is_empty());
    // What an attempt that was under way says counts.
    assert_eq!(world.report(1, URL, 2, &failed(Trouble::Busy)), PushState::Dropped);
    assert_eq!(world.report(1, URL, 2, &Pushed::Delivered {}), PushState::Done);
}

#[test]
fn what_was_put_off_while_the_clock_was_ahead_is_tried_all_the_same() {
    let world = World::new(&[URL]);
    world.pass(10 * 86_400);
    world.store(1);
    let push = world.next(URL).unwrap();
    world.report(1, URL, push.attempts, &failed(Trouble::Busy));
    world.pass(-10 * 86_400);
    let push = world.next(URL).unwrap();
    assert_eq!(push.attempts, 2);
    assert_eq!(world.next(URL), None, "it is under way");
}

/// A house with a clock of its own, and inboxes of kpr that nobody can reach.
struct World {
    house: Option<(StateLock, House)>,
    layout: Layout,
    clock: Arc<AtomicI64>,
    plain: String,
    _root: tempfile::TempDir,
}

impl World {
    fn new(inboxes: &[&str]) -> Self {
        let root = tempfile::tempdir().unwrap();
        let layout = installation(root.path());
        let plain = fs::read_to_string(layout.registries().join("kpr.toml")).unwrap();
        let clock = Arc::new(AtomicI64::new(sample::at(1_000_000).as_second()));
        let mut world = Self { house: None, layout, clock, plain, _root: root };
        world.configure(inboxes);
        world
    }

    fn configure(&mut self, inboxes: &[&str]) {
        self.house = None;
        let inbox = |url: &&str| {
            format!(
                "\n[[registry.deliver]]\nurl = \"{url}\"\nclient-cert = \"/nowhere.pem\"\n\
                 timeout = \"10s\"\nretry-after = \"1m\"\nalarm-after = \"1h\"\n"
            )
        };
        let inboxes: String = inboxes.iter().map(inbox).collect();
        let text = self.plain.clone() + &inboxes;
        fs::write(self.layout.registries().join("kpr.toml"), text).unwrap();
        let config = open::load(&self.layout.main_file()).unwrap();
        let clock = Arc::clone(&self.clock);
        let now = move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap();
        self.house = Some(house_at(config, Arc::new(now)));
        self.round();
    }

    fn house(&self) -> &House {
        &self.house.as_ref().unwrap().1
    }

    fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    fn round(&self) {
        push::round(self.house()).unwrap();
    }

    fn store(&self, number: u8) {
        self.store_of("kpr", number);
    }

    fn store_of(&self, registry: &str, number: u8) {
        self.store_until(registry, number, 1_000_000);
    }

    /// Records an object as a commit does, to be gone after so many seconds.
    fn store_until(&self, registry: &str, number: u8, seconds: i64) {
        let now = self.house().now();
        let row = sample::claimed(number.into());
        let id = ObjectId {
            registry: RegistryId::parse(registry).unwrap(),
            submission: row.id,
            part: Part::Content,
            number: 0,
        };
        let due = now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        let object = Object {
            id,
            due_at: Some(due),
            statutory_limit: None,
            payload_bytes: 400,
            ..sample::object(number.into(), Part::Content)
        };
        self.house()
            .transact(|ledger| {
                ledger.add_submission(&row)?;
                filsluse::pipeline::commit::stored_objects::add(ledger, &object, &[7; 200], now)
            })
            .unwrap();
    }

    fn next(&self, url: &str) -> Option<Push> {
        push::next(self.house(), &inbox(url)).unwrap()
    }

    fn report(&self, number: u8, url: &str, attempt: u32, came: &Pushed) -> PushState {
        push::report(self.house(), &object(number), &inbox(url), attempt, came).unwrap()
    }

    fn push(&self, number: u8, url: &str) -> Push {
        self.read(|view| view.push(&object(number), url)).unwrap()
    }

    fn alarms(&self) -> Vec<Alarm> {
        self.read(|view| view.alarms())
    }

    fn read<T>(&self, work: impl FnOnce(&dyn View) -> Result<T, CatalogueError>) -> T {
        catalogue::read_with(&mut **self.house().catalogue(), work).unwrap()
    }
}

fn inbox(url: &str) -> Inbox {
    Inbox { registry: RegistryId::parse("kpr").unwrap(), url: url.to_owned() }
}

fn object(number: u8) -> ObjectId {
    let submission: SubmissionId = sample::id(number.into());
    ObjectId {
        registry: RegistryId::parse("kpr").unwrap(),
        submission,
        part: Part::Content,
        number: 0,
    }
}

fn failed(trouble: Trouble) -> Pushed {
    Pushed::Failed { trouble, wait: None }
}
