//! Lets a house erase what is due: hands its catalogue, stores and clock to the sweep, and brings
//! the audit entries into the log afterwards.

use std::{fs, io, time::Duration};

use jiff::{Timestamp, civil::Date};

use crate::{
    audit::{AuditError, log::KEPT_DIR},
    audited,
    catalogue::{Catalogue, LedgerWork, ViewWork, error::CatalogueError},
    pipeline::{audit_queue, house::House, police::dispatch, upkeep::compaction::Compaction},
    retention::{
        alarms::SWEEP,
        guard::{self, ClockWatch, MostAtOnce, Refusal},
        sweep::{self, Order, SweepError, Swept},
    },
    store::Store,
    types::{
        alarm::AlarmCode,
        ids::{ObjectId, RegistryId},
    },
};

/// Erases once, at `now`: for one-off calls and tests. A process that sweeps again and again keeps
/// an [`Eraser`], which sees the clock jump in between.
///
/// # Errors
/// As [`Eraser::run`].
pub fn run(house: &House, now: Timestamp, confirmed: bool) -> Result<Vec<Swept>, EraseError> {
    let mut once = Eraser { compaction: Compaction::once(), ..Eraser::default() };
    once.run(house, now, Duration::ZERO, confirmed)
}

/// The same unconfirmed, telling `report` of each: what an operator has said of some objects lets
/// those pass, and no others.
///
/// # Errors
/// As [`Eraser::run`].
pub fn run_with(
    house: &House,
    now: Timestamp,
    report: &mut dyn FnMut(Swept),
) -> Result<(), EraseError> {
    let mut once = Eraser { compaction: Compaction::once(), ..Eraser::default() };
    once.run_with(house, now, Duration::ZERO, false, report)
}

/// Erases these objects now: somebody has decided on each of them. What cannot be erased has an
/// alarm, and is the next sweep's.
///
/// # Errors
/// When the catalogue or the log fails; what is due stays due.
pub fn at_once(house: &House, objects: &[ObjectId]) -> Result<(), EraseError> {
    if !objects.is_empty() {
        let stores = |registry: &RegistryId| -> Option<&dyn Store> { house.store(registry).ok() };
        let now = house.now();
        let _alone = house.sweeping();
        sweep::erase_at_once(&mut Lent(house), now, &stores, objects, &mut |_| {})?;
    }
    audit_queue::flush(house).map_err(EraseError::Trail)
}

/// Remembers between two sweeps what the clock showed, and when the catalogue was compacted.
#[derive(Debug, Default)]
pub struct Eraser {
    clock: ClockWatch,
    compaction: Compaction,
    /// What the clock showed while its alarm stood, for as long as it is doubted.
    doubted: Option<ClockWatch>,
}

/// When this installation was at work for the last time: its newest audit entry, or the end of the
/// last day, up to today, of which a checkpoint was kept. To be asked before a start leaves its own
/// entry.
///
/// # Errors
/// When the audit log cannot be read.
pub fn last_at_work(house: &House) -> io::Result<Option<Timestamp>> {
    let newest = guard::newest_time(&*house.log()?)?;
    let kept = match fs::read_dir(house.config.places.audit().join(KEPT_DIR)) {
        Ok(kept) => kept,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(newest),
        Err(error) => return Err(error),
    };
    let today = house.day(house.now());
    let mut last_day: Option<Date> = None;
    for entry in kept {
        let name = entry?.file_name();
        let day = name.to_str().and_then(|name| name.parse().ok());
        // One of a day that has not come was kept under a wrong clock. It must not pass for the
        // last day of work until that day, since no leap of the clock would be seen before it; that
        // this clock is behind is told by the log's own entries.
        last_day = last_day.max(day.filter(|day| *day <= today));
    }
    let end =
        last_day.and_then(|day| day.tomorrow().ok()?.to_zoned(house.config.time_zone.clone()).ok());
    // Without any entry nothing can have been erased or stored.
    Ok(newest.map(|newest| end.map_or(newest, |end| newest.max(end.timestamp()))))
}

/// Holds the clock against the last that anybody was at work here, before this process leaves an
/// entry of its own, which would move that mark: where the two are too far apart, the alarm stands
/// from here on. Gives the mark, and whether the clock is doubted.
///
/// # Errors
/// When the audit log or the catalogue fails.
pub fn hold_clock(house: &House) -> io::Result<(Option<Timestamp>, bool)> {
    let before = last_at_work(house)?;
    let newest = guard::newest_time(&*house.log()?)?;
    let now = house.now();
    if !ClockWatch::after(before).has_jumped(now, Duration::ZERO, newest) {
        return Ok((before, false));
    }
    doubt_clock(house, now)?;
    Ok((before, true))
}

/// Lets the alarm stand that keeps everything from being erased.
fn doubt_clock(house: &House, now: Timestamp) -> io::Result<()> {
    house.transact(|ledger| audited::raise(ledger, now, AlarmCode::ClockJump, SWEEP, None))?;
    audit_queue::flush(house)
}

impl Eraser {
    /// For a process that takes over: see [`last_at_work`].
    pub fn after(before: Option<Timestamp>) -> Self {
        Self { clock: ClockWatch::after(before), ..Self::default() }
    }

    /// Erases what is due at `now` and says what became of each. `monotonic` is the time since some
    /// fixed moment of this process; `confirmed` is an operator's word that the clock is right and
    /// that as much as is due may go at once.
    ///
    /// # Errors
    /// [`EraseError::Refused`] when it needs that word; nothing is erased then, and an alarm stands.
    /// After any error the next run takes up what is left.
    pub fn run(
        &mut self,
        house: &House,
        now: Timestamp,
        monotonic: Duration,
        confirmed: bool,
    ) -> Result<Vec<Swept>, EraseError> {
        let mut swept = Vec::new();
        self.run_with(house, now, monotonic, confirmed, &mut |one| swept.push(one))?;
        Ok(swept)
    }

    /// [`Self::run`], telling `report` of each instead of gathering them.
    ///
    /// # Errors
    /// As [`Self::run`]; what was reported before is done.
    pub fn run_with(
        &mut self,
        house: &House,
        now: Timestamp,
        monotonic: Duration,
        confirmed: bool,
        report: &mut dyn FnMut(Swept),
    ) -> Result<(), EraseError> {
        // What an earlier run has queued may tell the time.
        audit_queue::flush(house).map_err(EraseError::Trail)?;
        let newest = {
            let log = house.log().map_err(EraseError::Trail)?;
            self.compaction.look(&log)?;
            guard::newest_time(&log)?
        };
        self.heed_confirmation(house, now, monotonic)?;
        let stores = |registry: &RegistryId| -> Option<&dyn Store> { house.store(registry).ok() };
        let order = Order {
            now,
            confirmed,
            clock_jumped: self.clock.has_jumped(now, monotonic, newest),
            most: MostAtOnce { basis_points: house.config.retention.max_share.basis_points() },
            stores: &stores,
            stale_after: house.config.embassy.stale_after,
            zone: &house.config.time_zone,
        };
        let mut catalogue = Lent(house);
        let ended = {
            let _alone = house.sweeping();
            sweep::sweep(&mut catalogue, &order, report)
        };
        // Whatever came of it, what is on record belongs into the log.
        audit_queue::flush(house).map_err(EraseError::Trail)?;
        match &ended {
            Ok(_) | Err(SweepError::Refused(Refusal::TooLarge { .. })) => {
                self.trust(now, monotonic);
            }
            Err(SweepError::Refused(Refusal::ClockJump)) => self.doubt(now, monotonic),
            // It may have failed before anybody asked about the clock.
            Err(SweepError::Catalogue(_)) => {}
        }
        self.compaction.owed |= ended? > 0;
        // A copy in an outbound directory opens as well as the object did.
        dispatch::round(house).map_err(EraseError::Dispatch)?;
        self.compaction.settle(&mut catalogue, &house.config.places, now, monotonic)
    }

    /// Looks at the clock between two sweeps: a leap must be on record before an entry of after the
    /// leap is the newest when this process ends, since the next one would take it for the last
    /// time of work.
    ///
    /// To be called often: what an operator confirms is the clock as it was at the last look.
    ///
    /// # Errors
    /// When the catalogue or the audit log fails.
    pub fn watch_clock(
        &mut self,
        house: &House,
        now: Timestamp,
        monotonic: Duration,
    ) -> Result<(), EraseError> {
        self.heed_confirmation(house, now, monotonic)?;
        if self.doubted.is_some() || !self.clock.has_jumped(now, monotonic, None) {
            return Ok(());
        }
        doubt_clock(house, now).map_err(EraseError::Trail)?;
        self.doubt(now, monotonic);
        Ok(())
    }

    /// Whether an operator has confirmed a doubted clock since, through the control socket or in
    /// another process. That is a word on what the clock showed at that moment, and on no later
    /// leap: from there on it is held against the monotonic one.
    fn heed_confirmation(
        &mut self,
        house: &House,
        now: Timestamp,
        monotonic: Duration,
    ) -> Result<(), EraseError> {
        let Some(shown) = &self.doubted else { return Ok(()) };
        if is_clock_doubted(house).map_err(SweepError::Catalogue)? {
            self.doubt(now, monotonic);
            return Ok(());
        }
        if shown.has_jumped(now, monotonic, None) {
            // It was set between the last look and this one. Before the word, as whoever sets it
            // right does and then confirms, or after it: the entry tells.
            audit_queue::flush(house).map_err(EraseError::Trail)?;
            let said = guard::confirmed_at(&*house.log().map_err(EraseError::Trail)?)?;
            if !said.is_some_and(|said| guard::is_within_a_day(said, now)) {
                doubt_clock(house, now).map_err(EraseError::Trail)?;
                self.doubt(now, monotonic);
                return Ok(());
            }
        }
        self.trust(now, monotonic);
        Ok(())
    }

    fn trust(&mut self, now: Timestamp, monotonic: Duration) {
        self.clock.trust(now, monotonic);
        self.doubted = None;
    }

    fn doubt(&mut self, now: Timestamp, monotonic: Duration) {
        self.doubted.get_or_insert_default().trust(now, monotonic);
    }

    /// Keeps the day's checkpoint, unless the clock is doubted: one of a day that has not come
    /// would stand for good.
    ///
    /// # Errors
    /// When the catalogue or the audit log fails.
    pub fn keep_checkpoint(
        &self,
        house: &House,
        now: Timestamp,
        monotonic: Duration,
    ) -> Result<(), EraseError> {
        if is_clock_doubted(house).map_err(SweepError::Catalogue)? {
            return Ok(());
        }
        let log = house.log().map_err(EraseError::Trail)?;
        // No sweep may have seen it yet.
        if self.clock.has_jumped(now, monotonic, guard::newest_time(&log)?) {
            return Ok(());
        }
        Ok(log.keep_checkpoint(house.day(now))?)
    }
}

/// Whether the clock has jumped and nobody has confirmed it.
///
/// # Errors
/// When the catalogue fails.
pub fn is_clock_doubted(house: &House) -> Result<bool, CatalogueError> {
    house.look(|view| Ok(view.alarms()?.iter().any(|alarm| alarm.is(AlarmCode::ClockJump))))
}

/// The house's catalogue, locked for one transaction at a time: nobody waits while payloads go.
struct Lent<'a>(&'a House);

impl Catalogue for Lent<'_> {
    fn transact(&mut self, work: LedgerWork<'_>) -> Result<(), CatalogueError> {
        self.0.catalogue().transact(work)
    }

    fn read(&mut self, work: ViewWork<'_>) -> Result<(), CatalogueError> {
        self.0.catalogue().read(work)
    }

    fn scrub(&mut self) -> Result<(), CatalogueError> {
        self.0.catalogue().scrub()
    }

    fn compact(&mut self) -> Result<(), CatalogueError> {
        self.0.catalogue().compact()
    }
}

/// Why not everything that is due was erased.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EraseError {
    /// A rewriting of the catalogue could not be put on record before it starts.
    #[error("cannot record in the state directory that the catalogue is being rewritten")]
    Attempt(#[source] io::Error),
    /// The audit log could not be read or written.
    #[error("cannot hold the clock against the audit log, or keep its checkpoint of the day")]
    Audit(#[from] AuditError),
    /// The catalogue could not be compacted.
    #[error("cannot compact the catalogue after an erasure; the next sweep tries again")]
    Compact(#[from] CatalogueError),
    /// What lies in other senders' outbound directories could not be gone through.
    #[error("cannot remove copies of what was erased from outbound directories; trying again")]
    Dispatch(#[source] io::Error),
    /// An operator must look first.
    #[error(transparent)]
    Refused(Refusal),
    /// The catalogue failed in the midst.
    #[error(transparent)]
    Sweep(SweepError),
    /// What was erased is on record, but not in the audit log yet.
    #[error("cannot bring what was erased into the audit log; trying again")]
    Trail(#[source] io::Error),
}

impl From<SweepError> for EraseError {
    fn from(error: SweepError) -> Self {
        match error {
            SweepError::Refused(refusal) => Self::Refused(refusal),
            other => Self::Sweep(other),
        }
    }
}
