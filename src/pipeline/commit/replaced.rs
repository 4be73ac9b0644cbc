//! How long the registries keep an annual submission after another one has taken its place: what
//! the receipt of the later one says (KPR-09).

use std::{collections::BTreeSet, io};

use crate::{
    catalogue::view::View,
    pipeline::house::House,
    receipt::{Kept, Note},
    retention::profile::Start,
    types::ids::{RegistryId, SubmissionId},
};

/// Adds to each note of a replaced submission which registry keeps it for how long, as configured
/// at this moment: kept with the note, so that the receipt reads the same when it is written again.
pub(super) fn tell(house: &House, view: &dyn View, notes: &mut [Note]) -> io::Result<()> {
    for note in notes {
        if let Note::Replaces { submission, kept } = note {
            *kept = of(house, view, *submission)?;
        }
    }
    Ok(())
}

fn of(house: &House, view: &dyn View, submission: SubmissionId) -> io::Result<Vec<Kept>> {
    let objects = view.objects_of(submission)?;
    let holders: BTreeSet<RegistryId> =
        objects.into_iter().map(|object| object.id.registry).collect();
    let mut kept = Vec::new();
    for registry in holders {
        // One that is not configured any more says nothing of what it does.
        let Ok(configured) = house.registries.get(&registry) else { continue };
        if let Some(after) = configured.schedule.erased_after(Start::Superseded) {
            let (months, days) = after.parts();
            kept.push(Kept { registry, months, days });
        }
    }
    Ok(kept)
}
