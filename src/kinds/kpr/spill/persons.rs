//! The distinct persons of one document, per service year, for one registry: to say how many it
//! knew before. Of each the first 64 bits of the pseudonym, which is all that the catalogue keeps.
//!
//! The pseudonyms are those of the oldest key that can still be had, so that a person is the same
//! one before and after a rotation.

use std::{collections::BTreeMap, io};

use crate::kinds::{
    kpr::spill::sorter::{Sorted, Sorter},
    sinks::Sinks,
};

/// Who was in the document.
#[derive(Debug, Default)]
pub struct Persons {
    /// Few years, and a thousand documents of an archive wait with theirs: a tree would take ten
    /// times the room.
    of: Vec<(i16, Sorter<8>)>,
    full: bool,
}

impl Persons {
    /// Somebody was in it.
    pub fn add(&mut self, year: i16, person: u64) {
        let known = self.of.iter().position(|(of, _)| *of == year);
        let at = known.unwrap_or_else(|| {
            self.of.reserve_exact(1);
            self.of.push((year, Sorter::default()));
            self.of.len() - 1
        });
        let persons = &mut self.of[at].1;
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
            self.of.iter_mut().try_for_each(|(_, persons)| persons.ease(sinks))?;
        }
        Ok(())
    }

    /// Nobody else comes for now.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn rest(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        self.of.iter_mut().try_for_each(|(_, persons)| persons.rest(sinks))
    }

    /// Holds few in memory.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn set_aside(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        self.of.iter_mut().try_for_each(|(_, persons)| persons.set_aside(sinks))
    }

    /// Per year, in order and each once.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn finish(self) -> io::Result<BTreeMap<i16, Sorted<8>>> {
        self.of.into_iter().map(|(year, persons)| Ok((year, persons.finish()?))).collect()
    }
}

/// The same, but each person in the first of the years alone: in all of them together everybody is
/// there once.
///
/// # Errors
/// When the scratch fails.
pub fn by_first_year(
    years: &BTreeMap<i16, Sorted<8>>,
    sinks: &mut dyn Sinks,
) -> io::Result<BTreeMap<i16, Sorted<8>>> {
    if years.len() < 2 {
        return Ok(years.clone());
    }
    // By person, and of one person by year.
    let mut all = Sorter::<10>::default();
    for (year, persons) in years {
        persons.walk(&mut |person| {
            let mut entry = [0; 10];
            entry[..8].copy_from_slice(person);
            entry[8..].copy_from_slice(&year.to_be_bytes());
            all.push(entry);
            all.ease(sinks)
        })?;
    }
    all.rest(sinks)?;
    let mut first: BTreeMap<i16, Sorter<8>> = BTreeMap::new();
    let mut last = None;
    all.finish()?.walk(&mut |entry| {
        let (person, [.., high, low]) = (entry.first_chunk::<8>(), *entry);
        let Some(person) = person.filter(|person| last != Some(**person)) else { return Ok(()) };
        last = Some(*person);
        let of_year = first.entry(i16::from_be_bytes([high, low])).or_default();
        of_year.push(*person);
        of_year.ease(sinks)
    })?;
    first.values_mut().try_for_each(|persons| persons.rest(sinks))?;
    first.into_iter().map(|(year, persons)| Ok((year, persons.finish()?))).collect()
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::{Persons, by_first_year};
    use crate::{
        kinds::sinks::Sinks,
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

    #[test]
    fn everybody_counts_in_the_first_of_their_years() {
        let mut persons = Persons::default();
        for n in 0..60_000_u64 {
            for year in [2018_i16, 2019, 2020] {
                if n % u64::from(2021 - year.unsigned_abs()) == 0 {
                    persons.add(year, n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
                    persons.ease(&mut Nothing).unwrap();
                }
            }
        }
        let years = by_first_year(&persons.finish().unwrap(), &mut Nothing).unwrap();
        let counts: Vec<_> = years.iter().map(|(year, all)| (*year, all.count())).collect();
        // All are in the last year; every third is in the first one, every second in the next.
        assert_eq!(counts, [(2018, 20_000), (2019, 20_000), (2020, 20_000)]);
    }
}
