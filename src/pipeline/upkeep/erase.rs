//! Lets a house erase what is due: hands its catalogue, stores and clock to the sweep, and brings
//! the audit entries into the log afterwards.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    pipeline::{
        audit_queue,
        house::House,
        police::dispatch,
        upkeep::{
            clock, compaction::Compaction, erase_at_once::LockPerTransaction,
            erase_error::EraseError,
        },
    },
    retention::{
        guard::{self, ClockWatch, MostAtOnce, Refusal},
        sweep::{self, Order, SweepError},
        swept::Swept,
    },
    store::Store,
    types::ids::RegistryId,
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

/// Remembers between two sweeps what the clock showed, and when the catalogue was compacted.
#[derive(Debug, Default)]
pub struct Eraser {
    clock: ClockWatch,
    compaction: Compaction,
    /// What the clock showed while its alarm stood, for as long as it is doubted.
    doubted: Option<ClockWatch>,
}

impl Eraser {
    /// For a process that takes over: see [`last_at_work`](crate::pipeline::upkeep::clock::last_at_work).
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
        let mut catalogue = LockPerTransaction(house);
        let ended = {
            let _alone = house.sweeping();
            sweep::sweep(&mut catalogue, &order, report)
        };
        // Whatever came of it, what is on record belongs into the log.
        audit_queue::flush(house).map_err(EraseError::Trail)?;
        match &ended {
            Ok(_) | Err(SweepError::Refused(Refusal::TooLarge { .. })) if confirmed => {
                self.trust(now, monotonic);
            }
            Ok(_) | Err(SweepError::Refused(Refusal::TooLarge { .. })) => {
                self.clock.swept(now, monotonic);
                self.doubted = None;
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
        clock::doubt(house, now).map_err(EraseError::Trail)?;
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
        if clock::is_doubted(house).map_err(SweepError::Catalogue)? {
            self.doubt(now, monotonic);
            return Ok(());
        }
        if shown.has_jumped(now, monotonic, None) {
            // It was set between the last look and this one. Before the word, as whoever sets it
            // right does and then confirms, or after it: the entry tells.
            audit_queue::flush(house).map_err(EraseError::Trail)?;
            let said = guard::confirmed_at(&*house.log().map_err(EraseError::Trail)?)?;
            if !said.is_some_and(|said| guard::is_within_a_day(said, now)) {
                clock::doubt(house, now).map_err(EraseError::Trail)?;
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
        if clock::is_doubted(house).map_err(SweepError::Catalogue)? {
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
