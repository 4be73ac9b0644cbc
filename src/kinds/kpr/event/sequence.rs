//! The sequence of a municipality's notifications: each has a higher number than the one before it
//! and names that one's GUID. A break says that a delivery is missing.

use crate::{
    kinds::kpr::{hints, state::Chain},
    types::{finding::Place, guid::Guid, rule::Hint},
};

/// One notification's place in the sequence, as it says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// `notifikasjonLopeNr`; none when it is no number.
    pub number: Option<u64>,
    /// Its own GUID.
    pub guid: Guid,
    /// `notifikasjonForrigeGUID`.
    pub previous: Guid,
}

/// Follows the sequence through one document.
#[derive(Debug, Default)]
pub struct Sequence {
    /// The first notification, to be held against what came before the document.
    first: Option<(Link, u64, Place)>,
    /// What came before it all the same.
    passed: Latest,
    last: Option<Chain>,
    latest: Latest,
    missing: u64,
}

/// What came last, whatever its number: what the next one may name as well as the highest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Latest {
    /// Nothing yet.
    #[default]
    Nothing,
    /// One with this GUID.
    This(Guid),
    /// One whose GUID cannot be read.
    Unreadable,
}

impl Latest {
    fn may_be(self, guid: Guid) -> bool {
        match self {
            Self::Nothing => false,
            Self::This(latest) => latest == guid,
            Self::Unreadable => true,
        }
    }
}

impl Sequence {
    /// Takes the next notification; says what is wrong between it and the one before.
    pub fn step(&mut self, link: Link, record: u64, place: Place) -> Option<&'static Hint> {
        if self.first.is_none() {
            self.first = Some((link, record, place));
            self.passed = std::mem::replace(&mut self.latest, Latest::This(link.guid));
            self.last = Some(chain_after(self.last, link));
            return link.number.is_none().then_some(&hints::SEQUENCE_NUMBER);
        }
        let before = self.last;
        self.last = Some(chain_after(before, link));
        let follows = std::mem::replace(&mut self.latest, Latest::This(link.guid));
        self.between(before, link, follows)
    }

    /// A notification came that does not say which one it follows, or not its own GUID.
    pub fn pass_over(&mut self, number: Option<u64>, guid: Option<Guid>) {
        self.latest = guid.map_or(Latest::Unreadable, Latest::This);
        let before = self.last.map_or(0, |chain| chain.last_number);
        let number = number.unwrap_or(before);
        if let Some(guid) = guid
            && number >= before
        {
            self.last = Some(Chain { last_number: number, last_guid: guid });
        }
    }

    /// One that was sent before came again: it has its place, and nothing is told of it.
    pub fn repeat(&mut self, link: Link) {
        self.latest = Latest::This(link.guid);
        self.last = Some(chain_after(self.last, link));
    }

    /// What the first notification names as the one before it, all zeros where it is the first of
    /// all.
    pub fn goes_on_from(&self) -> Option<Guid> {
        self.first.map(|(link, ..)| link.previous)
    }

    /// Holds the first notification against where the sequence stood before this document. `came`:
    /// whether the one that it names as the one before it was taken.
    pub fn join(
        &mut self,
        before: Option<Chain>,
        came: bool,
    ) -> Option<(&'static Hint, u64, Place)> {
        let (link, record, place) = self.first?;
        let hint = match before {
            None if link.previous == Guid::ZERO || self.passed.may_be(link.previous) => None,
            None => {
                // Numbers begin with 1, as far as anybody knows who has seen none before.
                let ahead = link.number.map_or(1, |number| number.saturating_sub(1).max(1));
                self.missing = self.missing.saturating_add(ahead);
                Some(&hints::SEQUENCE_START)
            }
            // Told where it stands.
            Some(_) if link.number.is_none() => None,
            Some(_) => {
                let missing = self.missing;
                let hint = self.between(before, link, self.passed);
                if came && hint.is_some_and(|hint| hint.key == hints::SEQUENCE_GAP.key) {
                    // Nothing is missing behind what is here: another system of the municipality
                    // has gone on from there.
                    self.missing = missing;
                    Some(&hints::SEQUENCE_FORK)
                } else {
                    hint
                }
            }
        };
        hint.map(|hint| (hint, record, place))
    }

    /// Where the sequence stands after this document, given where it stood before; never behind,
    /// but where the document goes on from there with lower numbers.
    pub fn chain(&self, before: Option<Chain>) -> Option<Chain> {
        match (before, self.last) {
            (Some(before), Some(last))
                if last.last_number < before.last_number
                    && self.goes_on_from() != Some(before.last_guid) =>
            {
                Some(before)
            }
            (before, None) => before,
            (_, last) => last,
        }
    }

    /// How many are missing, by the numbers.
    pub fn missing(&self) -> u64 {
        self.missing
    }

    fn between(
        &mut self,
        before: Option<Chain>,
        link: Link,
        latest: Latest,
    ) -> Option<&'static Hint> {
        let (Some(before), Some(number)) = (before, link.number) else {
            return Some(&hints::SEQUENCE_NUMBER);
        };
        if number <= before.last_number {
            return Some(&hints::SEQUENCE_REPEAT);
        }
        if link.previous == before.last_guid || latest.may_be(link.previous) {
            return None;
        }
        self.missing = self.missing.saturating_add((number - before.last_number - 1).max(1));
        Some(&hints::SEQUENCE_GAP)
    }
}

/// A number that goes back or is none does not move the sequence back, unless the notification
/// names the last one: then one of the two numbers is mistyped, and were it the higher one, no gap
/// would be found ever after.
fn chain_after(before: Option<Chain>, link: Link) -> Chain {
    let before_number = before.map_or(0, |chain| chain.last_number);
    let number = link.number.unwrap_or(before_number);
    match before {
        Some(before) if number < before.last_number && link.previous != before.last_guid => before,
        _ => Chain { last_number: number, last_guid: link.guid },
    }
}

/// The attribute that a fault of the sequence stands in.
pub fn field_of(hint: &'static Hint) -> &'static str {
    // A break is where the one before is not the one that came; the number may be right.
    let breaks = [&hints::SEQUENCE_GAP, &hints::SEQUENCE_START, &hints::SEQUENCE_FORK];
    if breaks.iter().any(|of_break| of_break.key == hint.key) {
        "notifikasjonForrigeGUID"
    } else {
        "notifikasjonLopeNr"
    }
}

#[cfg(test)]
mod tests {
    use super::{Link, Sequence};
    use crate::{
        kinds::kpr::{hints, state::Chain},
        types::{finding::Place, guid::Guid, rule::Hint},
    };

    fn guid(n: u8) -> Guid {
        Guid([n; 16])
    }

    fn link(number: u64, own: u8, previous: u8) -> Link {
        Link { number: Some(number), guid: guid(own), previous: guid(previous) }
    }

    /// Hints of the steps, then of the join with `before`, and what is missing.
    fn follow(before: Option<Chain>, links: &[Link]) -> (Vec<Option<&'static str>>, u64) {
        let mut sequence = Sequence::default();
        let key = |hint: Option<&'static Hint>| hint.map(|hint| hint.key);
        let mut hints: Vec<_> =
            links.iter().map(|link| key(sequence.step(*link, 1, Place::File {}))).collect();
        hints.push(key(sequence.join(before, false).map(|(hint, ..)| hint)));
        (hints, sequence.missing())
    }

    #[test]
    fn sequences() {
        let at = |number, own| Some(Chain { last_number: number, last_guid: guid(own) });
        let (gap, repeat) = (Some(hints::SEQUENCE_GAP.key), Some(hints::SEQUENCE_REPEAT.key));
        let start = Some(hints::SEQUENCE_START.key);
        let whole = [link(1, 1, 0), link(2, 2, 1), link(7, 3, 2)];
        assert_eq!(follow(None, &whole), (vec![None; 4], 0), "numbers may leap");
        assert_eq!(follow(None, &[link(5, 5, 4)]), (vec![None, start], 4));
        assert_eq!(follow(None, &[link(1, 5, 4)]), (vec![None, start], 1));
        let nothing = Link { number: None, ..link(0, 5, 4) };
        assert_eq!(follow(None, &[nothing]).1, 1, "nobody knows");
        assert_eq!(follow(at(4, 4), &[link(5, 5, 4)]), (vec![None, None], 0));
        assert_eq!(follow(at(2, 2), &[link(5, 5, 4)]), (vec![None, gap], 2));
        assert_eq!(follow(at(5, 5), &[link(5, 5, 4)]), (vec![None, repeat], 0));
        assert_eq!(follow(None, &[link(1, 1, 0), link(4, 4, 3)]), (vec![None, gap, None], 2));
        assert_eq!(follow(None, &[link(2, 2, 0), link(1, 1, 2)]), (vec![None, repeat, None], 0));
        // One that goes back came all the same: nothing is missing behind it.
        let back = [link(3, 3, 0), link(1, 1, 3), link(4, 4, 1)];
        assert_eq!(follow(None, &back), (vec![None, repeat, None, None], 0));
        let nameless = Link { number: None, ..link(0, 1, 0) };
        let word = Some(hints::SEQUENCE_NUMBER.key);
        assert_eq!(follow(None, &[nameless]), (vec![word, None], 0));
        let nameless = Link { number: None, ..link(0, 5, 4) };
        assert_eq!(follow(at(4, 4), &[nameless]), (vec![word, None], 0), "told once");
        // A mistyped number is remarked on once, and the sequence goes on.
        let typo = [link(5, 5, 4), link(1_000_000, 6, 5), link(7, 7, 6), link(8, 8, 7)];
        assert_eq!(follow(at(4, 4), &typo), (vec![None, None, repeat, None, None], 0));
        let after = at(1_000_000, 6);
        assert_eq!(follow(after, &[link(7, 7, 6), link(10, 10, 9)]), (vec![None, gap, repeat], 2));
    }

    #[test]
    fn nothing_is_missing_behind_what_was_taken() {
        let nine = Some(Chain { last_number: 9, last_guid: guid(9) });
        let joined = |links: &[Link], came| {
            let mut sequence = Sequence::default();
            for link in links {
                assert_eq!(sequence.step(*link, 1, Place::File {}), None);
            }
            let hint = sequence.join(nine, came).map(|(hint, ..)| hint.key);
            (hint, sequence.missing(), sequence.chain(nine).map(|chain| chain.last_number))
        };
        let (fork, gap) = (Some(hints::SEQUENCE_FORK.key), Some(hints::SEQUENCE_GAP.key));
        let further = [link(20, 20, 7), link(21, 21, 20)];
        assert_eq!(joined(&further, true), (fork, 0, Some(21)));
        assert_eq!(joined(&further, false), (gap, 10, Some(21)));
        let behind = [link(3, 30, 2), link(4, 31, 30)];
        let repeat = Some(hints::SEQUENCE_REPEAT.key);
        assert_eq!(joined(&behind, true), (repeat, 0, Some(9)));
    }

    #[test]
    fn what_cannot_be_followed_is_not_missing() {
        for (named, second) in [(Some(guid(2)), 2), (None, 9)] {
            let mut sequence = Sequence::default();
            assert_eq!(sequence.step(link(1, 1, 0), 1, Place::File {}), None);
            sequence.pass_over(Some(2), named);
            assert_eq!(sequence.step(link(3, 3, second), 3, Place::File {}), None);
            assert_eq!(sequence.step(link(5, 5, 4), 4, Place::File {}), Some(&hints::SEQUENCE_GAP));
            assert_eq!(sequence.missing(), 1);
        }
        let mut sequence = Sequence::default();
        sequence.step(link(1, 1, 0), 1, Place::File {});
        sequence.pass_over(Some(2), Some(guid(2)));
        let two = Chain { last_number: 2, last_guid: guid(2) };
        assert_eq!(sequence.chain(None), Some(two));
    }

    #[test]
    fn it_never_goes_back() {
        let mut sequence = Sequence::default();
        sequence.step(link(3, 3, 2), 1, Place::File {});
        sequence.step(link(1, 1, 9), 2, Place::File {});
        let three = Chain { last_number: 3, last_guid: guid(3) };
        assert_eq!(sequence.chain(None), Some(three));
        let nine = Chain { last_number: 9, last_guid: guid(9) };
        assert_eq!(sequence.chain(Some(nine)), Some(nine));
        assert_eq!(Sequence::default().chain(Some(nine)), Some(nine));
    }

    #[test]
    fn it_stands_where_the_last_one_is_named_whatever_the_numbers() {
        let mut sequence = Sequence::default();
        sequence.step(link(7, 7, 6), 1, Place::File {});
        let typo = Chain { last_number: 1_000_000, last_guid: guid(6) };
        let seven = Chain { last_number: 7, last_guid: guid(7) };
        assert_eq!(sequence.chain(Some(typo)), Some(seven));
        // The same within a file, and where the mistyped one comes once more.
        for again in [false, true] {
            let mut sequence = Sequence::default();
            for link in [link(1_000_000, 6, 5), link(7, 7, 6)] {
                if again {
                    sequence.repeat(link);
                } else {
                    sequence.step(link, 1, Place::File {});
                }
            }
            assert_eq!(sequence.step(link(8, 8, 7), 3, Place::File {}), None);
            assert_eq!(sequence.chain(Some(seven)).unwrap().last_number, 8);
        }
    }

    #[test]
    fn what_came_before_the_first_one_is_not_missing() {
        let hundred = Chain { last_number: 100, last_guid: guid(100) };
        for struck in [Some(guid(101)), None] {
            let mut sequence = Sequence::default();
            sequence.pass_over(Some(101), struck);
            assert_eq!(sequence.step(link(102, 102, 101), 2, Place::File {}), None);
            assert_eq!(sequence.join(Some(hundred), false).map(|(hint, ..)| hint.key), None);
            assert_eq!(sequence.missing(), 0);
        }
        let mut sequence = Sequence::default();
        sequence.pass_over(Some(1), Some(guid(1)));
        sequence.step(link(2, 2, 1), 2, Place::File {});
        assert_eq!(sequence.join(None, false).map(|(hint, ..)| hint.key), None);
    }

    /// A delivery that was lost comes within one that repeats all else.
    #[test]
    fn what_is_repeated_around_what_was_missing_is_no_gap() {
        let hundred = Chain { last_number: 100, last_guid: guid(100) };
        let mut sequence = Sequence::default();
        let link = |n: u8| link(n.into(), n, n - 1);
        (1..50).for_each(|n| sequence.repeat(link(n)));
        (50..61).for_each(|n| assert_eq!(sequence.step(link(n), 1, Place::File {}), None));
        (61..101).for_each(|n| sequence.repeat(link(n)));
        assert_eq!(sequence.step(link(101), 1, Place::File {}), None);
        let late = sequence.join(Some(hundred), false).map(|(hint, ..)| hint.key);
        assert_eq!((late, sequence.missing()), (Some(hints::SEQUENCE_REPEAT.key), 0));
        assert_eq!(sequence.chain(Some(hundred)).unwrap().last_number, 101);
    }
}
