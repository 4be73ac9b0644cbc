//! When the catalogue is rewritten after enrolment records were erased: once a day at most, by the
//! clock that nobody sets; and where a rewriting ended the process, not at once again.

use std::{fs, io, time::Duration};

use jiff::{SignedDuration, Timestamp};

use crate::{
    audit::{AuditError, log::Log},
    catalogue::{Catalogue, error::CatalogueError},
    config::layout::Places,
    durable::{self, PRIVATE_FILE},
    pipeline::upkeep::erase_error::EraseError,
    retention::guard,
};

/// When the catalogue was last rewritten, and whether it should be again.
#[derive(Debug, Default)]
pub(super) struct Compaction {
    /// Whether the log was looked at for erasures of an earlier process.
    looked: bool,
    /// Whether enrolment records were erased since.
    pub(super) owed: bool,
    /// By the monotonic clock.
    done: Option<Duration>,
}

impl Compaction {
    /// For a single call, which cannot know what earlier ones have done: only what this one erases
    /// counts.
    pub(super) fn once() -> Self {
        Self { looked: true, ..Self::default() }
    }

    /// A process that was cut off between an erasure and its compaction left it to the next one.
    pub(super) fn look(&mut self, log: &Log) -> Result<(), AuditError> {
        if !self.looked {
            self.owed = guard::erased_enrolments_lately(log)?;
            self.looked = true;
        }
        Ok(())
    }

    /// Compacts when it is owed, at most once a day.
    pub(super) fn settle(
        &mut self,
        catalogue: &mut dyn Catalogue,
        places: &Places,
        now: Timestamp,
        monotonic: Duration,
    ) -> Result<(), EraseError> {
        if !self.owed
            || self.done.is_some_and(|done| monotonic.saturating_sub(done) < DAY.unsigned_abs())
        {
            return Ok(());
        }
        if was_cut_off_lately(places, now).map_err(EraseError::Attempt)? {
            tracing::warn!(
                "A rewriting of the catalogue was cut off; it is tried again a day after it began."
            );
            return Ok(());
        }
        begin(places, now).map_err(EraseError::Attempt)?;
        durable::fail_point("compacting");
        let compacted = catalogue.compact();
        // Whatever came of it, this process has lived through it.
        end(places).map_err(EraseError::Attempt)?;
        match compacted {
            // A reader is in the way: the next sweep tries again.
            Err(CatalogueError::Busy { .. }) => return Ok(()),
            done => done?,
        }
        (self.owed, self.done) = (false, Some(monotonic));
        Ok(())
    }
}

/// Whether a rewriting began within the last day and did not come to its end. It may have taken the
/// process with it, for want of time or memory, and would again at each start.
fn was_cut_off_lately(places: &Places, now: Timestamp) -> io::Result<bool> {
    let text = match fs::read_to_string(places.compacting()) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    // What does not read is no reason never to try again; nor is a clock that was set.
    let begun = text.trim().parse::<Timestamp>().ok();
    Ok(begun.is_some_and(|begun| now.duration_since(begun).abs() < DAY))
}

/// On record before it starts.
fn begin(places: &Places, now: Timestamp) -> io::Result<()> {
    durable::remove_temporary_files(&places.state_dir)?;
    let text = format!("{now}\n");
    durable::replace(&places.state_dir, Places::COMPACTING, text.as_bytes(), PRIVATE_FILE)
        .map_err(io::Error::other)
}

/// Not synced: where a power cut brings it back, the next rewriting waits for a day.
fn end(places: &Places) -> io::Result<()> {
    match fs::remove_file(places.compacting()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A compaction takes time in proportion to the catalogue. The wall clock alone goes on from one
/// process to the next.
const DAY: SignedDuration = SignedDuration::from_hours(24);
