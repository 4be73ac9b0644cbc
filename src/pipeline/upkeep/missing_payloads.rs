//! Looks whether the payloads of stored objects are still in their stores. One that somebody
//! removed, or a disk lost, would else be missed by the first who needs it.
//!
//! A page of objects at a time, and only whether each can be opened: what it holds is not read. A
//! store of a million objects is gone through in some days.

use std::{collections::BTreeSet, io};

use jiff::Timestamp;

use crate::{
    audited,
    catalogue::{
        error::CatalogueError,
        records::objects::{Object, ObjectFilter, ObjectState},
        view::View,
    },
    pipeline::house::House,
    store::StoreError,
    types::{alarm::AlarmCode, ids::ObjectId},
};

/// Where the walk through all objects has come to.
#[derive(Debug, Default)]
pub struct Walk {
    held: bool,
    after: Option<ObjectId>,
    /// Told by this process: what an operator has acknowledged is not told again.
    told: BTreeSet<ObjectId>,
}

impl Walk {
    /// Looks at the next page, raises the alarm for what is missing, and ends it for what is back
    /// or erased since.
    ///
    /// # Errors
    /// When the catalogue fails.
    pub fn look(&mut self, house: &House) -> io::Result<()> {
        let (page, standing) = house.look(|view| self.page(view))?;
        let full = page.len() == PAGE as usize;
        let last = page.last().map(|object| object.id.clone());
        let suspects: Vec<ObjectId> =
            page.into_iter().filter(|object| is_gone(house, &object.id)).map(|o| o.id).collect();
        let back: Vec<ObjectId> =
            standing.into_iter().filter(|object| !is_gone(house, object)).collect();
        self.settle(house, &suspects, &back)?;
        self.after = last.filter(|_| full);
        if !full {
            self.held = !self.held;
        }
        Ok(())
    }

    /// Objects that should be there, and those about which the alarm stands.
    fn page(&self, view: &dyn View) -> Result<(Vec<Object>, Vec<ObjectId>), CatalogueError> {
        let state = if self.held { ObjectState::Held } else { ObjectState::Stored };
        let page = view.objects(&ObjectFilter {
            state: Some(state),
            after: self.after.clone(),
            limit: Some(PAGE),
            ..ObjectFilter::default()
        })?;
        let alarms = view.alarms()?.into_iter().filter(|alarm| alarm.is(AlarmCode::PayloadMissing));
        Ok((page, alarms.filter_map(|alarm| ObjectId::parse(&alarm.subject).ok()).collect()))
    }

    fn settle(
        &mut self,
        house: &House,
        suspects: &[ObjectId],
        back: &[ObjectId],
    ) -> io::Result<()> {
        let fresh: Vec<&ObjectId> =
            suspects.iter().filter(|id| !self.told.contains(*id)).take(MOST_TOLD).collect();
        if fresh.is_empty() && back.is_empty() {
            return Ok(());
        }
        let now = house.now();
        let told = house.transact(|ledger| {
            let mut told = Vec::new();
            for id in fresh {
                // Erased since it was listed, as it should be.
                if is_to_be_there(&*ledger, id, now)? {
                    let subject = id.to_string();
                    audited::raise(ledger, now, AlarmCode::PayloadMissing, &subject, None)?;
                    told.push(id.clone());
                }
            }
            for id in back {
                audited::clear(ledger, now, AlarmCode::PayloadMissing, &id.to_string())?;
            }
            Ok::<_, CatalogueError>(told)
        })?;
        self.told.extend(told);
        self.told.retain(|id| !back.contains(id));
        Ok(())
    }
}

/// Whether the catalogue says that it is there. What must be gone by now is the sweep's.
fn is_to_be_there(view: &dyn View, id: &ObjectId, now: Timestamp) -> Result<bool, CatalogueError> {
    let found = view.object(id)?.filter(|object| object.header_erased_at.is_none());
    Ok(found.is_some_and(|object| object.state != ObjectState::Erased && !object.is_past(now)))
}

/// Whether the catalogue says that it is there and its store says that it is not. A store that
/// cannot be asked has alarms of its own.
fn is_gone(house: &House, id: &ObjectId) -> bool {
    let Ok(store) = house.store(&id.registry) else { return false };
    let absent = matches!(store.open(id), Err(StoreError::Absent { .. }));
    absent && house.look(|view| is_to_be_there(view, id, house.now())).unwrap_or(false)
}

/// Objects looked at in one round.
const PAGE: u32 = 200;
/// Alarms raised in one round: with more of them a store is gone, which nobody reads off so many
/// lines.
const MOST_TOLD: usize = 20;
