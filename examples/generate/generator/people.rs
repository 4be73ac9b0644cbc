//! People who do not exist, each a function of the seed and a number: nobody has to be remembered.
//!
//! Every number of eleven digits has 80 added to its month (digits three and four are 81 to 92), as
//! in the tax office's test set. FH-numbers have no month; theirs stands in the same digits, so
//! that one look at a document tells that nobody in it exists.

use super::{
    document::{civil, day_of},
    draw::{Draw, Guid},
};

/// Somebody.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// The identifier, as it stands in `fid`.
    pub(crate) fid: Text,
    /// List 9032: which identifier it is.
    pub(crate) type_id: &'static str,
    /// Year of birth.
    pub(crate) born: i32,
    /// List 3101.
    pub(crate) sex: &'static str,
    /// The sender's own key.
    pub(crate) user_number: u64,
    /// The system's own key.
    pub(crate) patient: Guid,
    /// Number of a city district, from 1; none for those without.
    pub(crate) district: Option<u32>,
}

/// Up to 16 characters of ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Text {
    bytes: [u8; 16],
    length: u8,
}

impl Text {
    /// These characters, 16 at most.
    pub(crate) fn new(from: &[u8]) -> Self {
        let mut bytes = [0; 16];
        let mut length = 0;
        for (place, byte) in bytes.iter_mut().zip(from) {
            *place = *byte;
            length += 1;
        }
        Self { bytes, length }
    }

    /// The characters.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// List 9032, as often as municipal systems use each.
const ID_TYPES: &[(&str, u32)] =
    &[("1", 9640), ("2", 140), ("10", 80), ("12", 40), ("9", 50), ("3", 30), ("4", 20)];

/// Ages by their share in a thousand: least, most.
const AGES: &[((i32, i32), u32)] = &[
    ((0, 17), 80),
    ((18, 49), 190),
    ((50, 66), 150),
    ((67, 79), 200),
    ((80, 89), 270),
    ((90, 103), 110),
];

impl Person {
    /// Person number `index` of a seed, as of a year.
    pub(crate) fn new(seed: u64, index: u64, year: i32) -> Self {
        let mut draw = Draw::new(seed, PEOPLE ^ index);
        let type_id = draw.weighted(ID_TYPES);
        let (least, most) = draw.weighted(AGES);
        let age = draw.between(least, most);
        let first = day_of(year - age, 1, 1);
        // Whoever is not one year old yet was born early in the year, before everything else.
        let birth = first + draw.between(0, if age == 0 { 5 } else { 364 });
        let women = 420 + 3 * age.unsigned_abs().min(110);
        let woman = draw.chance(women);
        let sex = match draw.below(1000) {
            0 | 1 if !matches!(type_id, "1" | "2") => "0",
            2 if !matches!(type_id, "1" | "2") => "9",
            _ if woman => "2",
            _ => "1",
        };
        let fid = match type_id {
            "2" => national(&mut draw, birth, 40, woman),
            "10" => duf(&mut draw),
            "12" => common_help_number(&mut draw),
            "9" => Text::new(&day_month_year(birth, 0, 0)),
            "4" => passport(&mut draw),
            // A help number has a shape of its own only in production; see the head of this file.
            _ => national(&mut draw, birth, 0, woman),
        };
        Self {
            fid,
            type_id,
            born: civil(birth).0,
            sex,
            user_number: 100_000 + index,
            patient: draw.guid(),
            district: draw.chance(850).then(|| 1 + draw.below(15)),
        }
    }

    /// The first from `index` on whose identifier is a fødselsnummer, and begins like this.
    pub(crate) fn with_number(seed: u64, index: u64, year: i32, first: Option<u8>) -> Self {
        // Nearly everybody has a fødselsnummer, so the search is short.
        (index..index + 10_000)
            .map(|index| Self::new(seed, index, year))
            .find(|person| {
                person.type_id == "1" && first.is_none_or(|first| person.fid.bytes()[0] == first)
            })
            .unwrap_or_else(|| Self::new(seed, index, year))
    }
}

/// A number whose last digit is one too high.
pub(crate) fn with_wrong_check_digit(fid: Text) -> Text {
    let mut bytes = fid.bytes().to_vec();
    if let Some(last) = bytes.last_mut() {
        *last = b'0' + (*last - b'0' + 1) % 10;
    }
    Text::new(&bytes)
}

/// The birth date of a number with an ending as systems make up, which does not hold together.
pub(crate) fn placeholder(fid: Text) -> Text {
    let with = |ending: &[u8]| {
        let mut bytes = [0; 11];
        bytes[..6].copy_from_slice(&fid.bytes()[..6]);
        bytes[6..].copy_from_slice(ending);
        bytes
    };
    let endings: [&[u8]; 4] = [b"55555", b"99999", b"00100", b"00200"];
    // Whether the second check digit holds is the same by every rule there is.
    let made_up = endings.into_iter().map(with).find(|number| {
        let values = number.map(|digit| u32::from(digit - b'0'));
        !sum(&values, &SECOND).is_multiple_of(11)
    });
    Text::new(&made_up.unwrap_or_else(|| with(endings[0])))
}

/// A DUF number: twelve digits, the last two the remainder.
pub(crate) fn duf(draw: &mut Draw) -> Text {
    let mut values = [0; 12];
    values[..4].copy_from_slice(&[2, 0, 1, 5 + draw.below(5)]);
    for value in &mut values[4..10] {
        *value = draw.below(10);
    }
    let rest = sum(&values, &DUF) % 11;
    (values[10], values[11]) = (rest / 10, rest % 10);
    Text::new(&values.map(digit))
}

/// An organisation number that holds together.
pub(crate) fn organisation(draw: &mut Draw) -> Text {
    loop {
        let mut values = [0; 9];
        values[0] = 8 + draw.below(2);
        for value in &mut values[1..8] {
            *value = draw.below(10);
        }
        values[8] = (11 - sum(&values, &ORGANISATION) % 11) % 11;
        if values[8] < 10 {
            return Text::new(&values.map(digit));
        }
    }
}

fn national(draw: &mut Draw, birth: i32, to_day: u32, woman: bool) -> Text {
    let (year, ..) = civil(birth);
    loop {
        let mut number = [0; 11];
        number[..6].copy_from_slice(&day_month_year(birth, to_day, 80));
        // The third digit of the series is even for women.
        let series = if year < 2000 { draw.below(500) } else { 500 + draw.below(500) };
        let series = if woman { series & !1 } else { series | 1 };
        for (at, part) in [(6, 100), (7, 10), (8, 1)] {
            number[at] = digit(series / part);
        }
        if let Some(number) = with_check_digits(number) {
            return number;
        }
    }
}

fn common_help_number(draw: &mut Draw) -> Text {
    loop {
        let mut number = [0; 11];
        let month = 81 + draw.below(12);
        number[..4].copy_from_slice(&[
            digit(8 + draw.below(2)),
            digit(draw.below(10)),
            digit(month / 10),
            digit(month),
        ]);
        for place in &mut number[4..9] {
            *place = digit(draw.below(10));
        }
        if let Some(number) = with_check_digits(number) {
            return number;
        }
    }
}

fn passport(draw: &mut Draw) -> Text {
    let mut text = [b'X'; 8];
    for place in &mut text[2..] {
        *place = digit(draw.below(10));
    }
    Text::new(&text)
}

/// The rule of 1964; none when a check digit would be 10.
fn with_check_digits(mut number: [u8; 11]) -> Option<Text> {
    for (at, weights) in [(9, &FIRST[..]), (10, &SECOND[..10])] {
        let rest: u32 =
            number.iter().zip(weights).map(|(c, weight)| u32::from(c - b'0') * weight).sum();
        let check = (11 - rest % 11) % 11;
        if check == 10 {
            return None;
        }
        number[at] = digit(check);
    }
    Some(Text::new(&number))
}

fn day_month_year(day: i32, to_day: u32, to_month: u32) -> [u8; 6] {
    let (year, month, day) = civil(day);
    let (day, month, year) = (day + to_day, month + to_month, year.unsigned_abs());
    [day / 10, day, month / 10, month, year / 10, year].map(digit)
}

fn sum(values: &[u32], weights: &[u32]) -> u32 {
    values.iter().zip(weights).map(|(value, weight)| value * weight).sum()
}

/// The last decimal digit.
fn digit(value: u32) -> u8 {
    b'0' + (value % 10) as u8
}

const FIRST: [u32; 9] = [3, 7, 6, 1, 8, 9, 4, 5, 2];
const SECOND: [u32; 11] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
const DUF: [u32; 10] = [4, 6, 3, 2, 4, 6, 3, 2, 7, 5];
const ORGANISATION: [u32; 8] = [3, 2, 7, 6, 5, 4, 3, 2];

/// Tells the streams of people from all others.
const PEOPLE: u64 = 1 << 62;
