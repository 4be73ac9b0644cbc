//! Payloads in a store that no row of the catalogue names: a transaction that would have named them
//! did not come. Nobody can open them, but nothing would ever erase them either.

use std::{collections::BTreeSet, io};

use crate::{
    catalogue::{self, error::CatalogueError, records::objects::ObjectFilter},
    pipeline::house::House,
    types::ids::{ObjectId, Part, SubmissionId},
};

/// Removes the strays of these submissions. An object's name follows from its submission, so there
/// is nothing to search. None of them may be in the midst of being stored.
///
/// # Errors
/// When the catalogue or a store fails; doing it again is safe.
pub fn remove(house: &House, submissions: &[SubmissionId]) -> io::Result<()> {
    if submissions.is_empty() {
        return Ok(());
    }
    let known = named(house, submissions)?;
    for (registry, store) in house.registries.places() {
        let object = |submission, part, number| ObjectId {
            submission,
            registry: registry.clone(),
            part,
            number,
        };
        let strays: Vec<ObjectId> = submissions
            .iter()
            .flat_map(|id| PARTS.map(|part| NUMBERS.map(|number| object(*id, part, number))))
            .flatten()
            .filter(|object| !known.contains(&object.to_string()))
            .collect();
        store.erase_many(&strays).map_err(io::Error::other)?;
    }
    Ok(())
}

fn named(house: &House, submissions: &[SubmissionId]) -> io::Result<BTreeSet<String>> {
    let mut catalogue = house.catalogue();
    catalogue::read_with(&mut **catalogue, |view| {
        let mut known = BTreeSet::new();
        for id in submissions {
            let filter = ObjectFilter { submission: Some(*id), ..ObjectFilter::default() };
            known.extend(view.objects(&filter)?.into_iter().map(|object| object.id.to_string()));
        }
        Ok::<_, CatalogueError>(known)
    })
    .map_err(io::Error::other)
}

/// What a submission may become in a store.
const PARTS: [Part; 6] = Part::ALL;
/// The first conclusion's objects, and those of an operator's decision.
const NUMBERS: [u32; 2] = [1, 2];
