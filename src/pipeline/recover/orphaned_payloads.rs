//! Payloads in a store that no row of the catalogue names: a transaction that would have named them
//! did not come. Nobody can open them, but nothing would ever erase them either.

use std::{collections::BTreeSet, io};

use crate::{catalogue::error::CatalogueError, pipeline::house::House, types::ids::SubmissionId};

/// Removes the strays of these submissions, of whatever part and number: a file of many documents
/// may have left an object of each. None of them may be in the midst of being stored.
///
/// # Errors
/// When the catalogue or a store fails; doing it again is safe.
pub fn remove(house: &House, submissions: &[SubmissionId]) -> io::Result<()> {
    if submissions.is_empty() {
        return Ok(());
    }
    let known = named(house, submissions)?;
    let submissions: BTreeSet<SubmissionId> = submissions.iter().copied().collect();
    for (_, store) in house.registries.places() {
        let mut strays = store.of_submissions(&submissions)?;
        strays.retain(|object| !known.contains(&object.to_string()));
        store.erase_many(&strays)?;
    }
    Ok(())
}

fn named(house: &House, submissions: &[SubmissionId]) -> io::Result<BTreeSet<String>> {
    house
        .look(|view| {
            let mut known = BTreeSet::new();
            for id in submissions {
                known.extend(view.objects_of(*id)?.into_iter().map(|object| object.id.to_string()));
            }
            Ok::<_, CatalogueError>(known)
        })
        .map_err(io::Error::other)
}
