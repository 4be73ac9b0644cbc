//! Telephone numbers: with their country, or Norwegian ones in free text.

use std::ops::{Range, RangeInclusive};

use crate::types::guid::Guid;

/// Whether as many digits as these stand from `at` on, with at most one blank, hyphen or full stop
/// before each, and no other digit right behind them.
pub(super) fn has_digits(text: &[u8], mut at: usize, count: RangeInclusive<usize>) -> bool {
    let mut found = 0;
    while found <= *count.end() {
        let here = text.get(at..).unwrap_or_default();
        let skip = separator(here);
        let goes_on = here.get(skip).is_some_and(u8::is_ascii_digit);
        // A group ends here: what follows may be a day or an hour.
        if (skip > 0 || !goes_on) && count.contains(&found) {
            return true;
        }
        if !goes_on {
            return false;
        }
        found += 1;
        at += skip + 1;
    }
    false
}

/// Where a Norwegian telephone number begins in a field; none where the field is no free text.
#[inline]
pub(super) fn phone_in(field: &[u8]) -> Option<usize> {
    if !field.iter().any(|b| b.is_ascii_alphabetic() || *b >= 0xC3) {
        return None;
    }
    first_phone(field)
}

/// Where a Norwegian telephone number begins in a text.
pub(super) fn first_phone(field: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut groups: Vec<Group> = Vec::new();
    while at < field.len() {
        if !field[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        // Groups of digits, one separator apart.
        groups.clear();
        let mut before = at..at;
        loop {
            let length = field[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            groups.push(Group { start: at, length, before });
            at += length;
            let skip = separator(&field[at..]);
            if skip == 0 || !field.get(at + skip).is_some_and(u8::is_ascii_digit) {
                break;
            }
            before = at..at + skip;
            at += skip;
        }
        for first in 0..groups.len() {
            if begins_phone(field, &groups, first) {
                return Some(groups[first].start);
            }
        }
    }
    None
}

/// Digits of a text, and what parts them from the digits before.
struct Group {
    start: usize,
    length: usize,
    before: Range<usize>,
}

/// Whether a telephone number begins with this group, whatever stands before and behind it.
fn begins_phone(field: &[u8], groups: &[Group], first: usize) -> bool {
    let start = groups[first].start;
    let begins = |with: &[u8]| field[start..].starts_with(with);
    if !(b'2'..=b'9').contains(&field[start]) || begins(b"20") {
        return false;
    }
    FORMS.iter().any(|form| {
        let Some(window) = groups.get(first..first + form.len()) else { return false };
        let of_form = window.iter().zip(*form).all(|(group, length)| group.length == *length);
        // Within more digits, other signs between the groups are those of a day and an hour.
        let mut between = window[1..].iter().map(|group| &field[group.before.clone()]);
        let one = between.next();
        let is_even = between.all(|sign| Some(sign) == one);
        of_form && (is_even || window.len() == groups.len()) && !is_of_uuid(field, start)
    })
}

/// Whether the digits at a place are those of a UUID: its own groups are no telephone number's.
fn is_of_uuid(field: &[u8], at: usize) -> bool {
    let of_uuid = |b: &&u8| b.is_ascii_hexdigit() || **b == b'-';
    let before = field[..at].iter().rev().take_while(of_uuid).count();
    let behind = field[at..].iter().take_while(of_uuid).count();
    before + behind == UUID && Guid::parse(&field[at - before..at + behind]).is_some()
}

/// Length of the separator that a text begins with.
fn separator(text: &[u8]) -> usize {
    match text {
        [b' ' | b'-' | b'.', ..] => 1,
        [0xC2, 0xA0, ..] => 2,
        _ => 0,
    }
}

/// How the eight digits are grouped.
const FORMS: [&[usize]; 3] = [&[8], &[3, 2, 3], &[2, 2, 2, 2]];

/// Characters of a UUID.
const UUID: usize = 36;
