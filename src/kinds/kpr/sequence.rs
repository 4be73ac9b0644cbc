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
            self.latest = Latest::This(link.guid);
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
        if let (Some(before), Some(guid)) = (self.last, guid) {
            let link = Link { number, guid, previous: before.last_guid };
            self.last = Some(chain_after(Some(before), link));
        }
    }

    /// Holds the first notification against where the sequence stood before this document.
    pub fn join(&mut self, before: Option<Chain>) -> Option<(&'static Hint, u64, Place)> {
        let (link, record, place) = self.first?;
        let hint = match before {
            None if link.previous == Guid::ZERO => None,
            None => {
                self.missing += 1;
                Some(&hints::SEQUENCE_START)
            }
            Some(_) => self.between(before, link, Latest::Nothing),
        };
        hint.map(|hint| (hint, record, place))
    }

    /// Whether the first notification names this one as the one before it.
    pub fn goes_on_from(&self, chain: Chain) -> bool {
        self.first.is_some_and(|(link, ..)| link.previous == chain.last_guid)
    }

    /// Where the sequence stands after this document, given where it stood before; never behind.
    pub fn chain(&self, before: Option<Chain>) -> Option<Chain> {
        match (before, self.last) {
            (Some(before), Some(last)) if last.last_number < before.last_number => Some(before),
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

/// A number that goes back or is none does not move the sequence back.
fn chain_after(before: Option<Chain>, link: Link) -> Chain {
    let before_number = before.map_or(0, |chain| chain.last_number);
    let number = link.number.unwrap_or(before_number);
    match before {
        Some(before) if number < before.last_number => before,
        _ => Chain { last_number: number, last_guid: link.guid },
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
        hints.push(key(sequence.join(before).map(|(hint, ..)| hint)));
        (hints, sequence.missing())
    }

    #[test]
    fn sequences() {
        let at = |number, own| Some(Chain { last_number: number, last_guid: guid(own) });
        let (gap, repeat) = (Some(hints::SEQUENCE_GAP.key), Some(hints::SEQUENCE_REPEAT.key));
        let start = Some(hints::SEQUENCE_START.key);
        let whole = [link(1, 1, 0), link(2, 2, 1), link(7, 3, 2)];
        assert_eq!(follow(None, &whole), (vec![None; 4], 0), "numbers may leap");
        assert_eq!(follow(None, &[link(5, 5, 4)]), (vec![None, start], 1));
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
        sequence.step(link(1, 1, 3), 2, Place::File {});
        let three = Chain { last_number: 3, last_guid: guid(3) };
        assert_eq!(sequence.chain(None), Some(three));
        let nine = Chain { last_number: 9, last_guid: guid(9) };
        assert_eq!(sequence.chain(Some(nine)), Some(nine));
        assert_eq!(Sequence::default().chain(Some(nine)), Some(nine));
    }
}
