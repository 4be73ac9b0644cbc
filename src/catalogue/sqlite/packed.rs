//! Notifications packed into pages: entries of one length in order of their GUIDs, so many to a
//! page that its row fills a page of the file and none spills over.

use crate::{
    catalogue::{error::CatalogueError, records::reports::Notification},
    types::guid::Guid,
};

/// Bytes of an entry: GUID, letter of the status, digest.
pub(super) const ENTRY: usize = 16 + 1 + 8;

/// Entries of a page. SQLite keeps 4,061 bytes of a row on a page of 4 KiB, four of which say what
/// the row consists of.
pub(super) const ENTRIES: usize = (4061 - 4) / ENTRY;

/// Adds an entry to a page.
pub(super) fn push(page: &mut Vec<u8>, notification: &Notification) {
    let Notification { guid, status, digest } = notification;
    page.extend_from_slice(&guid.0);
    page.push(u8::try_from(*status).unwrap_or(0));
    page.extend_from_slice(digest);
}

/// The GUIDs of a page, in order.
pub(super) fn guids(page: &[u8]) -> impl Iterator<Item = Guid> {
    page.as_chunks::<ENTRY>().0.iter().map(guid)
}

/// What puts the page of a number, from 0, into a buffer.
pub(super) type FetchPage<'a> = &'a mut dyn FnMut(u64, &mut Vec<u8>) -> Result<(), CatalogueError>;

/// Looks for a GUID among so many pages.
///
/// # Errors
/// When a page cannot be had, or is none.
pub(super) fn search(
    pages: u64,
    wanted: &Guid,
    fetch: FetchPage<'_>,
) -> Result<Option<Notification>, CatalogueError> {
    let (mut low, mut high) = (0, pages);
    // What the GUIDs before `low` and from `high` on begin with.
    let (mut least, mut most) = (0, u64::MAX);
    let mut page = Vec::new();
    for turn in 1_u64.. {
        if low == high {
            break;
        }
        // GUIDs are random as a rule, so their value tells about where they are. A sender may draw
        // them as he likes, so every third time the half goes.
        let number = if turn.is_multiple_of(3) {
            low.midpoint(high)
        } else {
            low + share(high - low, head(wanted) - least, most - least)
        };
        fetch(number, &mut page)?;
        let entries = page.as_chunks::<ENTRY>().0;
        let ([first, ..], [.., last]) = (entries, entries) else {
            return Err(CatalogueError::Unreadable { what: "page of notifications" });
        };
        let (first, last) = (guid(first), guid(last));
        if *wanted < first {
            (high, most) = (number, head(&first));
        } else if *wanted > last {
            (low, least) = (number + 1, head(&last));
        } else {
            let found = entries.binary_search_by(|entry| entry[..16].cmp(&wanted.0));
            return Ok(found.ok().map(|at| read(&entries[at])));
        }
    }
    Ok(None)
}

/// The part of `count` that `part` is of `whole`; below `count`.
fn share(count: u64, part: u64, whole: u64) -> u64 {
    let share = u128::from(count) * u128::from(part) / (u128::from(whole) + 1);
    u64::try_from(share).unwrap_or(0)
}

fn head(guid: &Guid) -> u64 {
    u64::try_from(u128::from_be_bytes(guid.0) >> 64).unwrap_or(0)
}

fn guid(entry: &[u8; ENTRY]) -> Guid {
    Guid(std::array::from_fn(|at| entry[at]))
}

fn read(entry: &[u8; ENTRY]) -> Notification {
    let digest = std::array::from_fn(|at| entry[17 + at]);
    Notification { guid: guid(entry), status: char::from(entry[16]), digest }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ENTRIES, push, search};
    use crate::{catalogue::records::reports::Notification, types::guid::Guid};

    fn notification(guid: u128) -> Notification {
        let guid = Guid(guid.to_be_bytes());
        Notification { guid, status: 'N', digest: std::array::from_fn(|at| guid.0[8 + at] ^ 7) }
    }

    fn pages(guids: &[u128]) -> Vec<Vec<u8>> {
        let page = |guids: &[u128]| {
            let mut page = Vec::new();
            for guid in guids {
                push(&mut page, &notification(*guid));
            }
            page
        };
        guids.chunks(ENTRIES).map(page).collect()
    }

    /// What a search gives, and at how many pages it has looked.
    fn found(pages: &[Vec<u8>], wanted: u128) -> (Option<Notification>, u32) {
        let mut looked = 0;
        let mut fetch = |number: u64, page: &mut Vec<u8>| {
            looked += 1;
            page.clone_from(&pages[usize::try_from(number).unwrap()]);
            Ok(())
        };
        let wanted = Guid(wanted.to_be_bytes());
        let found = search(pages.len() as u64, &wanted, &mut fetch).unwrap();
        (found, looked)
    }

    #[test]
    fn random_guids_are_found_after_a_few_pages_and_others_after_some_more() {
        let mixed = |n: u128| n.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        let mut random: Vec<u128> = (0..100_000).map(mixed).collect();
        random.sort_unstable();
        let counted: Vec<u128> = (0..100_000).map(|n| n * 3 + (7 << 80)).collect();
        for (guids, most) in [(random, 4), (counted, 30)] {
            let pages = pages(&guids);
            for guid in guids.iter().step_by(371) {
                let (known, looked) = found(&pages, *guid);
                assert_eq!(known, Some(notification(*guid)));
                assert!(looked <= most, "{looked} pages");
                assert_eq!(found(&pages, guid ^ 1 << 90).0, None);
            }
        }
    }

    proptest! {
        #[test]
        fn finds_what_a_plain_list_holds(
            guids in prop_oneof![
                proptest::collection::btree_set(any::<u128>(), 0..900),
                proptest::collection::btree_set(0_u128..2000, 0..900),
                proptest::collection::btree_set((0_u128..2000).prop_map(|n| n << 60), 0..900),
            ],
            others in proptest::collection::vec(any::<u128>(), 0..20),
        ) {
            let list: Vec<u128> = guids.iter().copied().collect();
            let pages = pages(&list);
            let near = list.iter().flat_map(|n| [n.wrapping_sub(1), n.wrapping_add(1)]);
            for wanted in list.iter().copied().step_by(7).chain(near.step_by(11)).chain(others) {
                let want = guids.contains(&wanted).then(|| notification(wanted));
                prop_assert_eq!(found(&pages, wanted).0, want);
            }
        }
    }
}
