//! A look at one value that a person wrote: a text of a form, a column of free text. There is no
//! border of columns in it, so it finds numbers in more forms than the scan of a stream may.
//!
//! # What it finds beyond [`short`]
//! - The same groups (six and five, six, three and two, a date and five) around a line end, a tab, or any
//!   one sign that is no letter.
//! - Exactly eleven digits in any other groups, down to one by one, with blanks, hyphens, full stops,
//!   slashes or underscores between them, behind `+47` or not.
//! - Digits of other scripts (full-width, Arabic), and signs between them that nobody sees.
//! - [`holds_duf`]: a DUF-number in groups or without.
//!
//! # What keeps it from finding numbers in everything
//! One date with five random digits in thirty is a number by its check digits. So digits in groups
//! that are none of the usual ones count only when there are eleven in the whole sequence, when no
//! date is among them, when no letter touches them and no `+` leads them in (a number abroad), and
//! when they begin as a birth date does: FH-numbers have none, and organisation numbers begin as
//! they do. A comma ends a sequence, and of two groups a full stop makes an amount.

use zeroize::Zeroizing;

use crate::{
    protect::scan::{
        short,
        signs::{Between, Joint, digit, is_unseen},
    },
    types::{duf, guid::Guid, national_id::check},
};

/// Whether a national identity number stands in a text, in any form that a person may write. Holds
/// for whatever [`short::holds_number`] holds for.
#[inline]
pub fn holds_number(text: &str) -> bool {
    // A UUID has letters in it and no groups that add up to eleven digits; many keys are one.
    let is_uuid = || Guid::parse(text.as_bytes()).is_some_and(|guid| guid.is_uuid());
    has_digits(text, 11)
        && (short::holds_number(text.as_bytes())
            || !is_uuid() && Groups::of(text).hold_national_id())
}

/// Whether a DUF-number stands in a text.
pub fn holds_duf(text: &str) -> bool {
    has_digits(text, 12) && Groups::of(text).hold_duf()
}

/// The digits of a text, of whatever script, and nothing else of it.
pub fn digits_of(text: &str) -> Zeroizing<Vec<u8>> {
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    digits.extend(text.chars().filter_map(digit));
    digits
}

/// Whether there are so many digits at all. Nearly every value has fewer.
#[inline]
fn has_digits(text: &str, least: usize) -> bool {
    text.len() >= least && may_have_digits(text.as_bytes(), least) && {
        text.chars().filter_map(digit).nth(least - 1).is_some()
    }
}

/// The same at a glance, eight bytes at a time: true where it takes a longer look. Bytes beyond
/// ASCII may be digits of another script.
#[inline]
fn may_have_digits(bytes: &[u8], least: usize) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (words, rest) = bytes.as_chunks::<8>();
    let (mut most, mut all) = (rest.len(), 0);
    for word in words {
        // `0` to `9` become 0 to 9, and nothing else does.
        let word = u64::from_le_bytes(*word) ^ 0x3030_3030_3030_3030;
        let others = (((word & !HIGH) + 0x7676_7676_7676_7676) | word) & HIGH;
        most += 8 - others.count_ones() as usize;
        all |= word;
    }
    most >= least || all & HIGH != 0 || !rest.is_ascii()
}

/// The digits of a text, and the groups in which they stand.
struct Groups {
    digits: Zeroizing<Vec<u8>>,
    groups: Vec<Group>,
}

/// Digits without anything between them.
#[derive(Clone, Copy)]
struct Group {
    /// Where in all digits they begin.
    start: usize,
    length: usize,
    /// What stands between the group before and this one.
    joint: Joint,
    /// Whether a letter stands before them, and behind.
    touched: (bool, bool),
    /// Whether a `+` leads them in.
    plus: bool,
    /// Whether a look at bytes could not see them as one run.
    folded: bool,
}

impl Groups {
    fn of(text: &str) -> Self {
        let mut all =
            Self { digits: Zeroizing::new(Vec::with_capacity(text.len())), groups: Vec::new() };
        let mut between = Between::default();
        let mut in_group = false;
        let mut unseen = false;
        for c in text.chars() {
            if is_unseen(c) {
                unseen = true;
                continue;
            }
            if let Some(digit) = digit(c) {
                if in_group && let Some(group) = all.groups.last_mut() {
                    group.length += 1;
                } else {
                    all.groups.push(Group {
                        start: all.digits.len(),
                        length: 1,
                        joint: if all.groups.is_empty() { Joint::Border } else { between.joint() },
                        touched: (between.last.is_some_and(char::is_alphabetic), false),
                        plus: between.last == Some('+'),
                        folded: false,
                    });
                }
                if let Some(group) = all.groups.last_mut() {
                    group.folded |= !c.is_ascii() || in_group && unseen;
                }
                all.digits.push(digit);
                (in_group, unseen) = (true, false);
                continue;
            }
            if in_group {
                between = Between::default();
                if let Some(group) = all.groups.last_mut() {
                    group.touched.1 = c.is_alphabetic();
                }
            }
            in_group = false;
            between.add(c);
        }
        all
    }

    fn hold_national_id(&self) -> bool {
        (0..self.groups.len()).any(|at| self.has_usual_groups(at))
            || self.chains().any(|chain| self.is_number_in_groups(chain))
    }

    fn hold_duf(&self) -> bool {
        let is_duf = |groups: &[Group]| duf::holds(self.digits_of(groups));
        self.groups.iter().any(|group| is_duf(std::slice::from_ref(group)))
            || self.chains().any(|chain| is_plain(chain) && !chain[0].plus && is_duf(chain))
    }

    /// Whether a number begins with this group that is one run, or in the groups that are usual:
    /// what stands around it makes no difference then.
    fn has_usual_groups(&self, at: usize) -> bool {
        let rest = &self.groups[at..];
        let joined = |count: usize| {
            rest.get(1..count).is_some_and(|more| more.iter().all(|g| g.joint != Joint::Border))
        };
        let length = |at: usize| rest.get(at).map_or(0, |group| group.length);
        let is_date = length(0) == 2 && length(1) == 2 && length(3) == 5 && joined(4);
        match length(0) {
            // Any other run was judged with what stands around it, a UUID perhaps.
            11 if rest[0].folded => is_number(self.digits_of(&rest[..1])),
            13 => rest[0].plus && is_behind_country_code(self.digits_of(&rest[..1])),
            6 if joined(2) && length(1) == 5 => is_number(self.digits_of(&rest[..2])),
            6 if joined(3) && (length(1), length(2)) == (3, 2) => {
                is_number(self.digits_of(&rest[..3]))
            }
            2 if is_date && length(2) == 2 => is_number(self.digits_of(&rest[..4])),
            2 if is_date && length(2) == 4 => {
                let digits = self.digits_of(&rest[..4]);
                is_number(&Zeroizing::new([&digits[..4], &digits[6..]].concat()))
            }
            _ => false,
        }
    }

    /// Groups that belong together, as far as they go.
    fn chains(&self) -> impl Iterator<Item = &[Group]> {
        self.groups.chunk_by(|_, next| !matches!(next.joint, Joint::Border | Joint::Loose))
    }

    fn is_number_in_groups(&self, chain: &[Group]) -> bool {
        let digits = self.digits_of(chain);
        if chain[0].plus {
            return is_plain(chain) && is_behind_country_code(digits);
        }
        is_plain(chain) && digits.first().is_some_and(|first| *first < b'8') && is_number(digits)
    }

    fn digits_of(&self, groups: &[Group]) -> &[u8] {
        let [first, .., last] = groups else {
            return groups.first().map_or(&[], |g| &self.digits[g.start..g.start + g.length]);
        };
        &self.digits[first.start..last.start + last.length]
    }
}

/// Whether groups are neither a date and something else, nor an amount, nor part of a word.
fn is_plain(chain: &[Group]) -> bool {
    let has_date = chain.windows(3).any(|three| {
        let lengths = [three[0].length, three[1].length, three[2].length];
        matches!(three[1].joint, Joint::Mark(_))
            && three[1].joint == three[2].joint
            && matches!(lengths, [1 | 2, 1 | 2, 2 | 4] | [4, 1 | 2, 1 | 2])
    });
    let is_amount = matches!(chain, [_, second] if second.joint == Joint::Mark('.'));
    let touched = chain.first().is_some_and(|group| group.touched.0)
        || chain.last().is_some_and(|group| group.touched.1);
    !has_date && !is_amount && !touched
}

fn is_behind_country_code(digits: &[u8]) -> bool {
    digits.strip_prefix(b"47").is_some_and(is_number)
}

fn is_number(digits: &[u8]) -> bool {
    <&[u8; 11]>::try_from(digits).is_ok_and(check::is_any_valid)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{digit, has_digits, holds_duf, holds_number};
    use crate::protect::scan::short;

    // All numbers here are synthetic: the month is raised by 80.
    #[test]
    fn forms_that_are_found() {
        for text in [
            "03851598730",
            "nr. 038515  98730.",
            "038515\t98730",
            "038515\r\n98730",
            "038515\u{a0}\u{a0}98730",
            "038515 - 98730",
            "038515/98730",
            "038515 / 98730",
            "038515_98730",
            "038515,98730",
            "038515, 98730",
            "038515:98730",
            "038515|98730",
            "038515;98730",
            "038515 + 98730",
            "i 2019 038515/98730 12",
            "03_85_15_98730",
            "03/85/2015 98730",
            "03.85.15/98730",
            "038515\u{200b}98730",
            "038515\u{ad}98730",
            "0\u{200b}3\u{200b}8\u{200b}5\u{200b}1\u{200b}5\u{200b}9\u{200b}8\u{200b}7\u{200b}3\u{200b}0",
            "038 515 987 30",
            "0385 1598 730",
            "03 85 15 98 730",
            "0 3 8 5 1 5 9 8 7 3 0",
            "0-3-8-5-1-5-9-8-7-3-0",
            "den 0 3 8 5 1 5 9 8 7 3 0, altså",
            "０３８５１５９８７３０",
            "０３８５１５ ９８７３０",
            "٠٣٨٥١٥٩٨٧٣٠",
            "+4703851598730",
            "+47 03851598730",
            "+47 038 515 987 30",
            "+47 038515 98730",
        ] {
            assert!(holds_number(text), "{text:?}");
        }
    }

    #[test]
    fn forms_that_are_not() {
        for text in [
            "",
            "038515 / 98731",
            "038515 og 98730",
            "038515x98730",
            "038515 // 98730",
            "038 515 987 30 1",
            "12 038 515 987 30",
            "x038 515 987 30",
            "038 515 987 30x",
            "038, 515 987 30",
            "+038 515 987 30",
            "03851.598730",
            "22 00 00 00",
            "+47 22 00 00 00",
            "0047 22 00 00 00",
            "958 935 420",
            "2026-11-21 10:15:30.123456",
            "01.01.2024-31.12.2024",
            "0b5c7e0e-8a6f-4a55-9c7d-a03851598730",
            "kr 12 345 678,90",
        ] {
            assert!(!holds_number(text), "{text:?}");
        }
    }

    #[test]
    fn duf_numbers_and_what_is_none() {
        for text in
            ["201700000108", "DUF201700000108x", "2017 0000 0108", "２０１７００００ ０１０８"]
        {
            assert!(holds_duf(text), "{text}");
        }
        for text in [
            "201700000109",
            "2017 0000 0109",
            "2017 0000 0108 1",
            "1201700000108",
            "+2017 0000 0108",
        ] {
            assert!(!holds_duf(text), "{text}");
        }
    }

    /// What people write beside numbers, each with digits that say nothing: no more than one in
    /// sixty may look like a number.
    #[test]
    fn what_is_no_number_is_seldom_taken_for_one() {
        let mut state = 7_u64;
        let mut random = move |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for shape in 0..12 {
            let mut hits = 0;
            for _ in 0..6000 {
                let (day, month, year) = (1 + random(28), 1 + random(12), 1990 + random(40));
                let mut n = |digits: u32| {
                    let width = digits as usize;
                    format!("{:0width$}", random(10_u64.pow(digits)))
                };
                let text = match shape {
                    0 => format!("{day:02}.{month:02}.{year} {}", n(3)),
                    1 => format!("{year}-{month:02}-{day:02} {}", n(3)),
                    2 => format!("{day}.{month}.{:02}–{day}.{month}.{:02}", year % 100, year % 100),
                    3 => format!("{day:02}.{month:02}.{year} kl. 10:{}:{}", n(2), n(2)),
                    4 => format!("2{} {} {} {}, {}", n(1), n(2), n(2), n(2), n(3)),
                    5 => format!("+46 {}-{} {} {}", n(2), n(3), n(2), n(2)),
                    6 => format!("9{} {} {} {}", n(2), n(3), n(3), n(2)),
                    7 => format!("{} {} {} {}", n(2), n(3), n(3), n(3)),
                    8 => format!("{}.{}", n(5), n(6)),
                    9 => format!("{}-{}-4{}-8{}-{}", n(8), n(4), n(3), n(3), n(12)),
                    10 => format!("{year}/{} {}", n(4), n(3)),
                    _ => format!("{}, {}", n(9), n(2)),
                };
                hits += u32::from(holds_number(&text) || holds_duf(&text));
            }
            assert!(hits <= 100, "shape {shape}: {hits} of 6000");
        }
    }

    proptest! {
        #[test]
        fn finds_whatever_the_scan_of_a_stream_would(
            text in "([0-9]{1,13}|[a-f -.;,\t\u{200b}]{1,9}|\\+47|03851598730|038515 - 98730|03.85.2015-98730){0,6}",
        ) {
            prop_assert!(holds_number(&text) || !short::holds_number(text.as_bytes()));
        }

        #[test]
        fn the_glance_misses_no_digit(text in "[0-9a-z .\u{ff10}-\u{ff19}æ]{0,60}") {
            for least in 1..14 {
                let digits = text.chars().filter_map(digit).count();
                prop_assert_eq!(has_digits(&text, least), digits >= least, "{}", least);
            }
        }

        #[test]
        fn a_number_in_any_groups_is_found(
            cuts in proptest::collection::vec(any::<bool>(), 10),
            between in prop_oneof![Just(" "), Just("  "), Just("\n"), Just("\u{a0}")],
        ) {
            let mut text = String::from("se ");
            for (at, digit) in "03851598730".chars().enumerate() {
                text.push(digit);
                if cuts.get(at) == Some(&true) {
                    text.push_str(between);
                }
            }
            prop_assert!(holds_number(&text), "{text:?}");
        }
    }
}
