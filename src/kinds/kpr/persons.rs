//! The distinct persons of one document, per registry and service year, by pseudonym only: to say
//! how many a registry knew before. Bounded: beyond [`MOST`] the rest are not counted.

use std::collections::BTreeMap;

use crate::types::pseudonym::Pseudonym;

/// Who was in the document.
#[derive(Debug, Default)]
pub struct Persons {
    of: BTreeMap<i16, Vec<Pseudonym>>,
    held: usize,
    /// Sort out repetitions when so many are held.
    sort_at: usize,
}

impl Persons {
    /// Somebody was in it.
    pub fn add(&mut self, year: i16, person: Pseudonym) {
        if self.held >= self.sort_at.max(FIRST_SORT) {
            self.sort_out();
            self.sort_at = (self.held * 2).max(FIRST_SORT);
        }
        if self.held >= MOST {
            return;
        }
        let persons = self.of.entry(year).or_default();
        if persons.last() != Some(&person) {
            persons.push(person);
            self.held += 1;
        }
    }

    /// Per year, sorted and distinct.
    pub fn finish(mut self) -> BTreeMap<i16, Vec<Pseudonym>> {
        self.sort_out();
        self.of
    }

    fn sort_out(&mut self) {
        for persons in self.of.values_mut() {
            persons.sort_unstable();
            persons.dedup();
        }
        self.held = self.of.values().map(Vec::len).sum();
    }
}

/// More than any municipality has users; 20 bytes each.
pub const MOST: usize = 400_000;

const FIRST_SORT: usize = 4096;

#[cfg(test)]
mod tests {
    use super::{MOST, Persons};
    use crate::types::pseudonym::Pseudonym;

    fn person(n: usize) -> Pseudonym {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&(n as u64).to_le_bytes());
        Pseudonym { epoch: 1, bytes }
    }

    #[test]
    fn each_is_counted_once_and_the_memory_is_bounded() {
        let mut persons = Persons::default();
        for n in 0..100_000 {
            persons.add(2018, person(n % 300));
            persons.add(2019, person(n % 7));
        }
        let years = persons.finish();
        assert_eq!(years.values().map(Vec::len).collect::<Vec<_>>(), [300, 7]);
        assert!(years[&2018].is_sorted());

        let mut many = Persons::default();
        (0..MOST + 1000).for_each(|n| many.add(2018, person(n)));
        assert_eq!(many.finish()[&2018].len(), MOST);
    }
}
