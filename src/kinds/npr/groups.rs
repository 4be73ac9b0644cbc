//! How many persons share municipality, birth year, sex and DRG: exactly, as far as a floor asks,
//! in memory of a fixed size.
//!
//! A group is a whole 64-bit number that the four values pack into, so no two groups are ever taken
//! for one. Of each group as many distinct persons are kept as the floor asks for, by 32 bits of
//! their pseudonym; two that agree in those count as one, which makes a group look smaller and
//! never larger. When there is no room for more groups, rows of new ones are counted apart
//! ([`Groups::rows_not_counted`]): what was found is then a lower bound, and no proof that every
//! group is large.

use crate::kinds::npr::state::Groups;

/// Counts while rows pass.
pub struct Counter {
    floor: u8,
    /// Group numbers, 0 where the place is free.
    places: Vec<u64>,
    /// How many persons each group has, up to the floor.
    counts: Vec<u8>,
    /// The persons of each group, `floor` places apart.
    persons: Vec<u32>,
    used: usize,
    most: usize,
    not_counted: u64,
}

/// The values that tell a group, as the row has them; those that do not leave are empty.
#[derive(Clone, Copy)]
pub struct Group<'a> {
    /// Four digits.
    pub home: &'a str,
    /// Four digits.
    pub birth_year: Option<u16>,
    /// One digit.
    pub sex: &'a str,
    /// Up to six digits and capital letters.
    pub drg: &'a str,
}

impl Counter {
    /// For a floor; of 0 or 1 it counts nothing.
    pub fn new(floor: u8) -> Self {
        Self::bounded(floor, MOST_BYTES)
    }

    fn bounded(floor: u8, bytes: usize) -> Self {
        let each = 9 + 4 * usize::from(floor);
        let most = 1 << (bytes / each).max(FIRST).ilog2();
        let floor_of_interest = if floor < 2 { 0 } else { floor };
        let first = if floor_of_interest == 0 { 0 } else { FIRST.min(most) };
        let mut counter = Self {
            floor: floor_of_interest,
            places: Vec::new(),
            counts: Vec::new(),
            persons: Vec::new(),
            used: 0,
            most,
            not_counted: 0,
        };
        counter.resize(first);
        counter
    }

    /// A row of a group, about a person.
    pub fn add(&mut self, group: &Group<'_>, person: &[u8; 16]) {
        if self.floor == 0 {
            return;
        }
        let number = group.number();
        if self.used * 4 >= self.places.len() * 3 && self.places.len() < self.most {
            self.grow();
        }
        let at = self.place(number);
        if self.places[at] == 0 {
            if self.used * 8 >= self.places.len() * 7 {
                self.not_counted += 1;
                return;
            }
            self.places[at] = number;
            self.used += 1;
        }
        let count = usize::from(self.counts[at]);
        if count >= usize::from(self.floor) {
            return;
        }
        let [a, b, c, d, ..] = *person;
        let person = u32::from_le_bytes([a, b, c, d]);
        let start = at * usize::from(self.floor);
        if !self.persons[start..start + count].contains(&person) {
            self.persons[start + count] = person;
            self.counts[at] += 1;
        }
    }

    /// What it came to.
    pub fn finish(&self) -> Groups {
        let mut groups =
            Groups { floor: self.floor, rows_not_counted: self.not_counted, ..Groups::default() };
        for (_, &count) in self.places.iter().zip(&self.counts).filter(|(place, _)| **place != 0) {
            groups.smallest = if groups.groups == 0 { count } else { groups.smallest.min(count) };
            groups.groups += 1;
            if count < self.floor {
                groups.small += 1;
                groups.persons_in_small += u64::from(count);
            }
        }
        groups
    }

    /// Where a group stands, or may be put.
    fn place(&self, number: u64) -> usize {
        let mask = self.places.len() - 1;
        // Fibonacci hashing: the groups of one municipality lie close together otherwise.
        let mixed = (number ^ (number >> 29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut at = usize::try_from(mixed >> 32).unwrap_or(0) & mask;
        while self.places[at] != 0 && self.places[at] != number {
            at = (at + 1) & mask;
        }
        at
    }

    fn resize(&mut self, places: usize) {
        self.places = vec![0; places];
        self.counts = vec![0; places];
        self.persons = vec![0; places * usize::from(self.floor)];
    }

    fn grow(&mut self) {
        let floor = usize::from(self.floor);
        let places = std::mem::take(&mut self.places);
        let counts = std::mem::take(&mut self.counts);
        let persons = std::mem::take(&mut self.persons);
        self.resize(places.len() * 2);
        for (from, number) in places.iter().enumerate().filter(|(_, number)| **number != 0) {
            let at = self.place(*number);
            self.places[at] = *number;
            self.counts[at] = counts[from];
            self.persons[at * floor..][..floor].copy_from_slice(&persons[from * floor..][..floor]);
        }
    }
}

impl Group<'_> {
    /// 14 bits of municipality, 12 of year, 2 of sex, 36 of DRG; never 0.
    fn number(&self) -> u64 {
        let home = match self.home.as_bytes() {
            [a, b, c, d] => [a, b, c, d].iter().fold(0, |n, c| n * 10 + u64::from(**c & 15)),
            _ => NO_HOME,
        };
        let year = u64::from(self.birth_year.unwrap_or(0)) & 0xFFF;
        let sex = match self.sex.as_bytes() {
            [b'1'] => 1,
            [b'2'] => 2,
            [b'9'] => 3,
            _ => 0,
        };
        let drg = self.drg.bytes().take(6).fold(0, |n, c| {
            n << 6
                | match c {
                    b'0'..=b'9' => u64::from(c - b'0') + 1,
                    b'A'..=b'Z' => u64::from(c - b'A') + 11,
                    _ => 37,
                }
        });
        // One more, so that no number is 0, which is a free place.
        (home + 1) << 50 | year << 38 | sex << 36 | drg
    }
}

/// More than four digits say.
const NO_HOME: u64 = 10_000;
/// Places to begin with.
const FIRST: usize = 1 << 10;
/// For all of it; while it grows, half as much again.
const MOST_BYTES: usize = 16 << 20;

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::{Counter, Group};

    fn person(n: u8) -> [u8; 16] {
        [n; 16]
    }

    #[test]
    fn persons_count_and_not_rows() {
        let mut counter = Counter::new(3);
        let group = Group { home: "0301", birth_year: Some(1950), sex: "2", drg: "107A" };
        let other = Group { drg: "107B", ..group };
        let few = Group { home: "", birth_year: None, sex: "", drg: "" };
        for (group, who) in [
            (&group, 1),
            (&group, 1),
            (&group, 2),
            (&other, 1),
            (&group, 3),
            (&group, 4),
            (&few, 9),
        ] {
            counter.add(group, &person(who));
        }
        let found = counter.finish();
        assert_eq!((found.groups, found.small, found.persons_in_small), (3, 2, 2));
        assert_eq!((found.smallest, found.floor, found.rows_not_counted), (1, 3, 0));
        assert!(!found.all_large());
    }

    #[test]
    fn a_floor_of_one_asks_nothing() {
        let mut counter = Counter::new(1);
        counter.add(&Group { home: "0301", birth_year: None, sex: "", drg: "" }, &person(1));
        assert!(counter.finish().all_large());
    }

    #[test]
    fn what_has_no_room_is_told_and_the_memory_stays() {
        let mut counter = Counter::bounded(5, 1 << 15);
        let room = counter.most;
        for n in 0..20_000_u32 {
            let home = format!("{:04}", 1000 + n % 9000);
            let drg = format!("{}", n / 9000);
            counter.add(
                &Group { home: &home, birth_year: Some(1950), sex: "1", drg: &drg },
                &person(1),
            );
        }
        let found = counter.finish();
        assert_eq!(found.groups, room as u64 * 7 / 8);
        assert_eq!(found.groups + found.rows_not_counted, 20_000);
        assert!(counter.persons.len() * 4 + counter.places.len() * 9 <= 1 << 15);
        assert!(!found.all_large());
    }

    proptest! {
        #[test]
        fn the_same_as_counting_with_sets(
            rows in proptest::collection::vec(
                (300u16..306, 1990u16..1993, 0u8..4, "[1-3][AB]?", 0u8..9), 0..400),
            floor in 2u8..8,
        ) {
            let mut counter = Counter::new(floor);
            let mut sets: BTreeMap<(u16, u16, u8, String), BTreeSet<u8>> = BTreeMap::new();
            for (home, year, sex, drg, who) in rows {
                let (home_text, sex_text) = (format!("{home:04}"), ["0", "1", "2", "9"][usize::from(sex)]);
                let group = Group { home: &home_text, birth_year: Some(year), sex: sex_text, drg: &drg };
                counter.add(&group, &person(who));
                sets.entry((home, year, sex, drg.clone())).or_default().insert(who);
            }
            let found = counter.finish();
            let small: Vec<_> = sets.values().filter(|set| set.len() < usize::from(floor)).collect();
            prop_assert_eq!(found.groups, sets.len() as u64);
            prop_assert_eq!(found.small, small.len() as u64);
            prop_assert_eq!(found.persons_in_small, small.iter().map(|set| set.len() as u64).sum::<u64>());
        }
    }
}
