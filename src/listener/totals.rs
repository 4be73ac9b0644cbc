//! How many submissions of which kind were judged how, without walking through years of them at
//! every question.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    admin::Fault,
    catalogue::{
        error::CatalogueError,
        records::submissions::{RecordCounts, SubmissionTotal},
    },
    pipeline::house::House,
    types::{ids::KindId, verdict::Verdict},
};

/// What tells one total from another: kind, verdict, rehearsal.
type Key = (Option<KindId>, Option<Verdict>, bool);

/// Totals by key.
pub(super) type Totals = BTreeMap<Key, SubmissionTotal>;

/// What was received before some instant, counted once in a while: a list that was held then and is
/// decided on since shows at the next count.
#[derive(Default)]
pub(super) struct Counted(Mutex<Option<(Timestamp, Totals)>>);

impl Counted {
    /// The totals now.
    pub(super) fn totals(&self, house: &House) -> Result<Totals, Fault> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = house.now();
        let old = |until: Timestamp| (now - OLD) > until || until > now;
        let (until, before) = match counted.take().filter(|(until, _)| !old(*until)) {
            Some(counted) => counted,
            None => (now - RECENT, count(house, now - RECENT)?),
        };
        let mut totals = before.clone();
        *counted = Some((until, before));
        drop(counted);
        add(&mut totals, house, until, Timestamp::MAX)?;
        Ok(totals)
    }
}

/// What was received from an instant on.
pub(super) fn since(house: &House, at: Timestamp) -> Result<Totals, Fault> {
    let mut totals = Totals::new();
    add(&mut totals, house, at, Timestamp::MAX)?;
    Ok(totals)
}

/// Everything before an instant, month by month: each is a short look at the catalogue.
fn count(house: &House, before: Timestamp) -> Result<Totals, Fault> {
    let begun = house.look(|view| view.installation());
    let begun = begun.map_err(|error: CatalogueError| Fault::because(&error))?;
    let mut totals = Totals::new();
    let mut since = Timestamp::MIN;
    let mut until = begun.map_or(before, |installation| installation.created_at);
    while since < before {
        until = until.saturating_add(MONTH).unwrap_or(before).min(before);
        add(&mut totals, house, since, until)?;
        since = until;
    }
    Ok(totals)
}

/// Adds what was received in between.
fn add(
    totals: &mut Totals,
    house: &House,
    since: Timestamp,
    before: Timestamp,
) -> Result<(), Fault> {
    let rows = house.look(|view| view.submission_totals(since, before));
    for row in rows.map_err(|error: CatalogueError| Fault::because(&error))? {
        let key = (row.kind.clone(), row.verdict, row.rehearsal);
        let Some(sum) = totals.get_mut(&key) else {
            totals.insert(key, row);
            continue;
        };
        let RecordCounts { accepted, rejected } = row.records;
        sum.count += row.count;
        sum.bytes += row.bytes;
        sum.receipts += row.receipts;
        sum.records.accepted += accepted;
        sum.records.rejected += rejected;
    }
    Ok(())
}

/// What was received within this is counted at every question.
const RECENT: SignedDuration = SignedDuration::from_hours(24);
/// A count of what came before is made anew after this.
const OLD: SignedDuration = SignedDuration::from_hours(48);
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);
