//! The distinct persons of one document, per service year, for one registry: to say how many it knew
//! before. Of each the first 64 bits of the pseudonym, which is all that the catalogue keeps.
//!
//! The pseudonyms are those of the oldest key that can still be had, so that a person is the same one
//! before and after a rotation.

use std::{collections::BTreeMap, io};

use crate::kinds::{
    Sinks,
    kpr::sorter::{Sorted, Sorter},
};

/// Who was in the document.
#[derive(Debug, Default)]
pub struct Persons {
    of: BTreeMap<i16, Sorter<8>>,
    full: bool,
}

impl Persons {
    /// Somebody was in it.
    pub fn add(&mut self, year: i16, person: u64) {
        let persons = self.of.entry(year).or_default();
        persons.push(person.to_be_bytes());
        self.full |= persons.is_full();
    }

    /// Makes room when too many are held. Call it after each record.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn ease(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        if self.full {
            self.full = false;
            self.of.values_mut().try_for_each(|persons| persons.ease(sinks))?;
        }
        Ok(())
    }

    /// Nobody else comes for now.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn rest(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        self.of.values_mut().try_for_each(|persons| persons.rest(sinks))
    }

    /// Per year, in order and each once.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn finish(self) -> io::Result<BTreeMap<i16, Sorted<8>>> {
        self.of.into_iter().map(|(year, persons)| Ok((year, persons.finish()?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::Persons;
    use crate::{
        kinds::Sinks,
        types::ids::{Part, RegistryId},
    };

    struct Nothing;

    impl Sinks for Nothing {
        fn sink(&mut self, _: &RegistryId, _: Part) -> io::Result<&mut dyn Write> {
            unreachable!("nothing is written")
        }
    }

    #[test]
    fn each_is_counted_once_however_many_there_are() {
        let mut persons = Persons::default();
        for n in 0..1_000_000_u64 {
            persons.add(2018, n % 300);
            persons.add(2019, n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            persons.ease(&mut Nothing).unwrap();
        }
        let years = persons.finish().unwrap();
        let counts: Vec<_> = years.iter().map(|(year, all)| (*year, all.count())).collect();
        assert_eq!(counts, [(2018, 300), (2019, 1_000_000)]);
    }
}
