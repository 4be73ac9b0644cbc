//! What cannot be erased is told, tried again, and never keeps the rest.

use std::fs;

use filsluse::{
    audit::entry::Event,
    catalogue::{
        Catalogue, error::CatalogueError, ledger::LedgerWork, records::objects::ObjectState,
        view::ViewWork,
    },
    pipeline::upkeep::erase,
    retention::{
        guard::MostAtOnce,
        sweep::{self, Order},
        swept::{Outcome, Swept},
    },
    store::Store,
    types::{ids::RegistryId, period::Period},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::premises::{Laid, Premises, at, object, premises, submission};

const DUE: &str = "2026-04-10T22:00Z";

/// Makes the payload of an object undeletable, for root too: a directory with something in it.
fn obstruct(it: &Premises, laid: &Laid) {
    let path = it.payload(&laid.id);
    fs::remove_file(&path).expect("a payload");
    fs::create_dir(&path).expect("in its place");
    fs::write(path.join("x"), "x").expect("not empty");
}

fn clear_away(it: &Premises, laid: &Laid) {
    fs::remove_dir_all(it.payload(&laid.id)).expect("cleared away");
}

#[test]
fn one_that_cannot_be_deleted_does_not_keep_the_rest() {
    let it = premises();
    let laid: Vec<Laid> = (0..8).map(|number| it.lay(number, at(DUE))).collect();
    obstruct(&it, &laid[3]);
    let stuck = laid[3].id.to_string();
    let swept = erase::run(&it.house, at(DUE), false).expect("swept");
    assert_eq!(swept.len(), 8);
    for one in &swept {
        let is_stuck = one.planned.object.to_text() == stuck;
        assert_eq!(one.outcome == Outcome::Failed, is_stuck);
        assert_eq!(one.reason.is_some(), is_stuck);
    }
    for (number, laid) in laid.iter().enumerate() {
        assert_eq!(it.is_gone(laid), number != 3, "object {number}");
    }
    // Nobody can read it all the same: its header is gone.
    assert_eq!(it.object(&laid[3].id).state, ObjectState::Stored);
    assert!(it.read(|view| view.header(&laid[3].id)).is_none());
    assert_eq!(it.alarms(), [("erasure-failed".to_owned(), stuck.clone())]);

    // A day later it is overdue as well; both are cleared when it has gone.
    let day_later = at(DUE) + SignedDuration::from_hours(24);
    assert_eq!(erase::run(&it.house, day_later, false).expect("swept").len(), 1);
    let overdue = ("erasure-overdue".to_owned(), "fastlege".to_owned());
    assert_eq!(it.alarms().len(), 2);
    assert!(it.alarms().contains(&overdue));
    clear_away(&it, &laid[3]);
    let swept = erase::run(&it.house, day_later, false).expect("swept");
    assert_eq!(swept[0].outcome, Outcome::Erased);
    assert!(it.is_gone(&laid[3]));
    assert_eq!(it.alarms(), []);
    assert_eq!(it.audited(Event::ObjectErased), 8);
    let raised = it.audit().into_iter().find(|entry| entry.event == Event::AlarmRaised);
    assert_eq!(raised.and_then(|entry| entry.object), Some(laid[3].id.clone()));
}

#[test]
fn more_failures_than_a_batch_holds_do_not_hide_what_comes_after() {
    let it = premises();
    // Rows alone, whose registry has no store any more, and one behind them that has.
    let elsewhere = RegistryId::parse("elsewhere").expect("an id");
    it.transact(|ledger| {
        for number in 0..1203 {
            let mut row = object(number, at("2026-04-01T22:00Z"), None);
            row.id.registry = elsewhere.clone();
            ledger.add_submission(&submission(number))?;
            ledger.add_object(&row, b"header")?;
        }
        Ok(())
    });
    let laid = it.lay(5000, at(DUE));
    let swept = erase::run(&it.house, at(DUE), true).expect("swept");
    assert_eq!(swept.len(), 1204);
    let failed = swept.iter().filter(|one| one.outcome == Outcome::Failed);
    assert_eq!(failed.count(), 1203);
    assert!(it.is_gone(&laid));
    // Each has an alarm up to a bound, and their registry is overdue.
    let alarms = it.alarms();
    let of = |code: &str| alarms.iter().filter(|(known, _)| known == code).count();
    assert_eq!((of("erasure-failed"), of("erasure-overdue")), (1000, 1));
}

#[test]
fn many_batches_go_in_one_sweep() {
    let it = premises();
    it.transact(|ledger| {
        for number in 0..1100 {
            ledger.add_submission(&submission(number))?;
            ledger.add_object(&object(number, at(DUE), None), b"header")?;
        }
        Ok(())
    });
    let swept = erase::run(&it.house, at(DUE), true).expect("swept");
    assert!(swept.iter().all(|one| one.outcome == Outcome::Erased));
    assert_eq!((swept.len(), it.audited(Event::ObjectErased)), (1100, 1100));
}

#[test]
fn a_reader_in_the_way_is_waited_for_and_then_told() {
    for (busy, want) in [(2, Outcome::Erased), (3, Outcome::Failed)] {
        let it = premises();
        let laid = it.lay(1, at(DUE));
        let swept = sweep_past(&it, busy, at(DUE));
        let [one] = &swept[..] else { panic!("{swept:?}") };
        assert_eq!(one.outcome, want, "busy {busy} times");
        // The payload never goes before the header has gone from every file.
        assert_eq!(it.payload(&laid.id).exists(), want == Outcome::Failed);
        assert_eq!(it.alarms().len(), usize::from(want == Outcome::Failed));
        erase::run(&it.house, at(DUE), false).expect("swept");
        assert!(it.is_gone(&laid));
        assert_eq!(it.alarms(), []);
    }
}

/// A sweep in which the catalogue is busy for so many scrubs.
fn sweep_past(it: &Premises, busy: u32, now: Timestamp) -> Vec<Swept> {
    let mut guard = it.house.catalogue();
    let mut catalogue = BusyAtFirst { inner: &mut **guard, left: busy };
    let zone = TimeZone::get("Europe/Oslo").expect("the bundled time zones");
    let stores = |registry: &RegistryId| -> Option<&dyn Store> { it.house.store(registry).ok() };
    let order = Order {
        now,
        confirmed: false,
        clock_jumped: false,
        most: MostAtOnce { basis_points: 2000 },
        stores: &stores,
        stale_after: Period::years(5),
        zone: &zone,
    };
    let mut swept = Vec::new();
    sweep::sweep(&mut catalogue, &order, &mut |one| swept.push(one)).expect("swept");
    swept
}

struct BusyAtFirst<'a> {
    inner: &'a mut dyn Catalogue,
    left: u32,
}

impl Catalogue for BusyAtFirst<'_> {
    fn transact(&mut self, work: LedgerWork<'_>) -> Result<(), CatalogueError> {
        self.inner.transact(work)
    }

    fn read(&mut self, work: ViewWork<'_>) -> Result<(), CatalogueError> {
        self.inner.read(work)
    }

    fn scrub(&mut self) -> Result<(), CatalogueError> {
        if self.left > 0 {
            self.left -= 1;
            return Err(CatalogueError::Busy { doing: "scrub" });
        }
        self.inner.scrub()
    }

    fn compact(&mut self) -> Result<(), CatalogueError> {
        self.inner.compact()
    }
}
