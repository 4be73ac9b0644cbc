//! A sweep that is cut off before, within or after any of its steps is finished by the next one,
//! and nothing is ever half erased the wrong way round.

use std::{
    io::Read,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicUsize, Ordering},
};

use filsluse::{
    audit::entry::Event,
    catalogue::{Catalogue, error::CatalogueError, ledger::LedgerWork, view::ViewWork},
    durable::file_system::Unsynced,
    pipeline::upkeep::erase,
    retention::{
        guard::MostAtOnce,
        sweep::{self, Order},
    },
    store::{Erasure, Store, StoreError, Stored, Upload},
    types::{
        ids::{ObjectId, RegistryId},
        period::Period,
    },
};
use jiff::tz::TimeZone;

use super::premises::{Laid, Premises, at, premises, secret_of};

const DUE: &str = "2026-04-10T22:00Z";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Moment {
    Before,
    /// Inside a transaction, all work done and nothing committed.
    Within,
    After,
}

#[test]
fn whatever_step_it_is_killed_at_the_next_sweep_finishes() {
    let mut killed = 0;
    for moment in [Moment::Before, Moment::Within, Moment::After] {
        for step in 1.. {
            let it = premises();
            let due: Vec<Laid> = (0..3).map(|number| it.lay(number, at(DUE))).collect();
            let stays = it.lay(9, at("2026-05-10T22:00Z"));
            let person = it.withdraw(1, at(DUE));
            let ended = sweep_until(&it, step, moment);
            // On the files as they were left: opening the catalogue again would scrub it.
            for (number, laid) in (0..).zip(&due) {
                check_order(&it, laid, number);
            }
            let it = it.reopened();
            erase::run(&it.house, at(DUE), false).expect("swept");
            let case = format!("{moment:?} step {step}");
            assert!(due.iter().all(|laid| it.is_gone(laid)), "{case}");
            assert!(it.opens(&stays, 9), "{case}");
            assert_eq!(it.audited(Event::ObjectErased), 3, "{case}");
            assert_eq!(it.audited(Event::EnrolmentErased), 1, "{case}");
            let left =
                it.read(|view| view.enrolment(&person.registry, &person.mission, &person.person));
            assert_eq!(left, None, "{case}");
            assert_eq!(it.alarms(), [], "{case}");
            if ended {
                break;
            }
            killed += 1;
        }
    }
    assert!(killed >= 20, "only {killed} kills: the test has lost sight of the steps");
}

/// An object is whole; or nobody can read it, and then its payload may be there or not.
fn check_order(it: &Premises, laid: &Laid, number: u32) {
    let has_header = it.read(|view| view.header(&laid.id)).is_some();
    let has_payload = it.payload(&laid.id).exists();
    assert!(!has_header || it.opens(laid, number), "object {number} has lost its payload first");
    if !has_payload {
        assert!(!it.state_holds(secret_of(laid)), "object {number} left its header behind");
    }
}

/// Runs a sweep that is killed at one step; `true` when it came to its end before that.
fn sweep_until(it: &Premises, step: usize, moment: Moment) -> bool {
    let doom = Doom { left: AtomicUsize::new(step), moment };
    let mut guard = it.house.catalogue();
    let mut catalogue = Mortal { inner: &mut **guard, doom: &doom };
    let zone = TimeZone::get("Europe/Oslo").expect("the bundled time zones");
    let registry = RegistryId::parse("fastlege").expect("an id");
    let store = MortalStore { inner: it.house.store(&registry).expect("a store"), doom: &doom };
    let stores = |_: &RegistryId| -> Option<&dyn Store> { Some(&store) };
    let order = Order {
        now: at(DUE),
        confirmed: false,
        clock_jumped: false,
        most: MostAtOnce { basis_points: 2000 },
        stores: &stores,
        stale_after: Period::years(5),
        zone: &zone,
    };
    let run = || sweep::sweep(&mut catalogue, &order, &mut |_| {}).expect("nothing else fails");
    catch_unwind(AssertUnwindSafe(run)).is_ok()
}

/// Counts the steps, and dies at one of them. No panic hook runs, nothing is printed.
struct Doom {
    left: AtomicUsize,
    moment: Moment,
}

impl Doom {
    fn step<T>(&self, work: impl FnOnce(bool) -> T) -> T {
        let dies = self.left.fetch_sub(1, Ordering::SeqCst) == 1;
        if dies && self.moment == Moment::Before {
            die();
        }
        let result = work(dies && self.moment == Moment::Within);
        if dies && self.moment == Moment::After {
            die();
        }
        result
    }
}

fn die() -> ! {
    resume_unwind(Box::new("killed"))
}

struct Mortal<'a> {
    inner: &'a mut dyn Catalogue,
    doom: &'a Doom,
}

impl Catalogue for Mortal<'_> {
    fn transact(&mut self, work: LedgerWork<'_>) -> Result<(), CatalogueError> {
        self.doom.step(|within| {
            self.inner.transact(&mut |ledger| {
                work(ledger)?;
                if within {
                    die();
                }
                Ok(())
            })
        })
    }

    fn read(&mut self, work: ViewWork<'_>) -> Result<(), CatalogueError> {
        self.inner.read(work)
    }

    fn scrub(&mut self) -> Result<(), CatalogueError> {
        self.doom.step(|_| self.inner.scrub())
    }

    fn compact(&mut self) -> Result<(), CatalogueError> {
        self.doom.step(|_| self.inner.compact())
    }
}

struct MortalStore<'a> {
    inner: &'a dyn Store,
    doom: &'a Doom,
}

impl Store for MortalStore<'_> {
    fn place(&self, uploads: &[Upload]) -> Result<Unsynced, StoreError> {
        self.inner.place(uploads)
    }

    fn open(&self, object: &ObjectId) -> Result<Box<dyn Read + Send>, StoreError> {
        self.inner.open(object)
    }

    fn erase_many(&self, objects: &[ObjectId]) -> Result<Vec<Erasure>, StoreError> {
        self.doom.step(|within| {
            if within {
                // One of them is gone, the others not yet.
                self.inner.erase_many(&objects[..1]).expect("erased");
                die();
            }
            self.inner.erase_many(objects)
        })
    }

    fn list(
        &self,
    ) -> Result<Box<dyn Iterator<Item = Result<Stored, StoreError>> + '_>, StoreError> {
        self.inner.list()
    }
}
