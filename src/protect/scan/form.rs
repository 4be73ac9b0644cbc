//! The written forms of a national identity number, judged around one run of digits.
//!
//! Sees one block of a stream at a time and keeps nothing of it.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::{
    protect::scan::{ScanPolicy, Uuids, gap},
    types::{national_id, pseudonym::Pseudonym},
};

/// What one run of five digits or more turned out to be.
pub(super) enum Judgement {
    /// A number that begins at this index.
    Hit { start: usize },
    /// A longer run that was not looked into.
    LongRun,
    /// Nothing of the kind.
    Nothing,
}

/// Judges the maximal digit run `start..end`, with what stands around it in `block`.
pub(super) fn judge_run(block: &[u8], start: usize, end: usize, policy: ScanPolicy) -> Judgement {
    let run = &block[start..end];
    let found = match run.len() {
        5 => before_five_digits(block, start),
        6 => after_six_digits(block, start, end),
        11 => is_number(run).then_some(start),
        12.. => match in_long_run(block, start, end) {
            Some(at) => Some(at),
            None => return Judgement::LongRun,
        },
        _ => None,
    };
    match found.or_else(|| around_unseen(block, start, end)) {
        Some(at) if !is_part_of_known_form(block, start, end, policy) => {
            Judgement::Hit { start: at }
        }
        _ => Judgement::Nothing,
    }
}

/// `DD.MM.YY NNNNN` and `DD.MM.YYYY NNNNN`: where the date begins.
fn before_five_digits(block: &[u8], start: usize) -> Option<usize> {
    let year_end = start - gap::before(&block[..start])?;
    let year = year_end - digits_before(&block[..year_end]);
    if !matches!(year_end - year, 2 | 4) {
        return None;
    }
    let month = two_digits_before(block, year)?;
    let day = two_digits_before(block, month)?;
    let pair = |at: usize| &block[at..at + 2];
    let number = [pair(day), pair(month), pair(year_end - 2), &block[start..start + 5]].concat();
    is_number(&Zeroizing::new(number)).then_some(day)
}

/// `DDMMYY NNNNN` and `DDMMYY NNN NN`: where the six digits begin.
fn after_six_digits(block: &[u8], start: usize, end: usize) -> Option<usize> {
    let second = end + gap::at(block, end)?;
    let second_end = second + digits_from(block, second);
    let third = match second_end - second {
        5 => second_end..second_end,
        3 => {
            let third = second_end + gap::at(block, second_end)?;
            third..third + digits_from(block, third)
        }
        _ => return None,
    };
    let number = [&block[start..end], &block[second..second_end], block.get(third)?].concat();
    is_number(&Zeroizing::new(number)).then_some(start)
}

/// Eleven digits in all, with nothing between them but signs that nobody sees: where they begin.
fn around_unseen(block: &[u8], start: usize, end: usize) -> Option<usize> {
    let touches = block.get(end).is_some_and(|byte| !byte.is_ascii())
        || block[..start].last().is_some_and(|byte| !byte.is_ascii());
    // Of the shorter ones, those that lie near a block's end come here too.
    if !touches || !(5..=10).contains(&(end - start)) {
        return None;
    }
    let (mut first, mut last, mut count) = (start, end, end - start);
    while let Some(group_end) = gap::unseen_before(&block[..first]).map(|skip| first - skip) {
        // Of a group that is as long as this one, the look at that group has said all.
        let digits = digits_before(&block[group_end.saturating_sub(5)..group_end]);
        if digits == 0 || digits == 5 {
            if digits == 5 {
                return None;
            }
            break;
        }
        (first, count) = (group_end - digits, count + digits);
        if count > 11 {
            return None;
        }
    }
    while let Some(group) = gap::unseen_at(block, last).map(|skip| last + skip) {
        let digits = digits_from(block, group);
        if digits == 0 {
            break;
        }
        (last, count) = (group + digits, count + digits);
        if count > 11 {
            return None;
        }
    }
    let digits = block[first..last].iter().copied().filter(u8::is_ascii_digit);
    is_number(&Zeroizing::new(digits.collect::<Vec<_>>())).then_some(first)
}

/// Where a number begins in a run of twelve digits or more: one behind leading zeroes or behind
/// Norway's country code, or several side by side.
fn in_long_run(block: &[u8], start: usize, end: usize) -> Option<usize> {
    let run = &block[start..end];
    let padding = run.len() - 11;
    let is_padding = run[..padding].iter().all(|digit| *digit == b'0');
    let is_country = &run[..padding] == b"47" && block[..start].ends_with(b"+");
    if (is_padding || is_country) && is_number(&run[padding..]) {
        return Some(start + padding);
    }
    (run.len().is_multiple_of(11) && run.chunks_exact(11).all(is_number)).then_some(start)
}

fn is_number(digits: &[u8]) -> bool {
    <&[u8; 11]>::try_from(digits).is_ok_and(national_id::is_any_valid)
}

/// Whether the run is part of a pseudonym of ours, or of a UUID where those may pass.
fn is_part_of_known_form(block: &[u8], start: usize, end: usize, policy: ScanPolicy) -> bool {
    // Neither form is longer than BEHIND before the run and AHEAD after it.
    let before = &block[start.saturating_sub(BEHIND)..start];
    let behind = &block[end..block.len().min(end + AHEAD)];
    let word_at = |accepts: fn(u8) -> bool| {
        let from = start - before.iter().rev().take_while(|c| accepts(**c)).count();
        let to = end + behind.iter().take_while(|c| accepts(**c)).count();
        from..to
    };
    let word = |accepts| &block[word_at(accepts)];
    let is_pseudonym =
        |word: &[u8]| str::from_utf8(word).is_ok_and(|w| Pseudonym::parse(w).is_ok());
    is_pseudonym(word(|c| c.is_ascii_alphanumeric() || c == b'.'))
        || policy.uuids != Uuids::Stop && {
            let at = word_at(|c| c.is_ascii_alphanumeric() || c == b'-');
            is_uuid(&block[at.clone()])
                && (policy.uuids == Uuids::Pass || !is_whole_value(block, at))
        }
}

/// Whether nothing but quotation marks stands around it.
fn is_whole_value(block: &[u8], at: Range<usize>) -> bool {
    block[..at.start].ends_with(b"\"") && block[at.end..].starts_with(b"\"")
}

/// A UUID with hyphens as RFC 9562 has it: version 1 to 8 and variant in their places. Those that
/// somebody padded together from a number have neither.
fn is_uuid(word: &[u8]) -> bool {
    word.len() == 36
        && word.iter().enumerate().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => *c == b'-',
            14 => (b'1'..=b'8').contains(c),
            19 => matches!(c, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
            _ => c.is_ascii_hexdigit(),
        })
}

/// How many digits stand from `at` on.
pub(super) fn digits_from(block: &[u8], at: usize) -> usize {
    block.get(at..).map_or(0, |rest| rest.iter().take_while(|c| c.is_ascii_digit()).count())
}

/// How many digits stand at the end of `text`.
pub(super) fn digits_before(text: &[u8]) -> usize {
    text.iter().rev().take_while(|c| c.is_ascii_digit()).count()
}

/// Where exactly two digits begin that end one gap before `at`.
fn two_digits_before(block: &[u8], at: usize) -> Option<usize> {
    let end = at - gap::before(&block[..at])?;
    (digits_before(&block[..end]) == 2).then(|| end - 2)
}

/// Bytes before a run that may be looked at: more than the longest forms have there. Those are a
/// date with a gap behind each of its parts, and six digits with signs between them that nobody
/// sees.
pub(super) const BEHIND: usize = 128;

/// Bytes from a run's first digit on that are at hand when it is judged, unless the stream ends:
/// more than the longest forms. A digit run that is longer than this is not looked into.
pub(super) const AHEAD: usize = 128;

// Six more digits, each behind a gap that nobody sees, and the byte that ends the last.
const _: () = assert!(5 + 6 * (gap::LONGEST_UNSEEN + 1) + gap::LONGEST_UNSEEN < AHEAD);
const _: () = assert!(6 * (gap::LONGEST_UNSEEN + 1) + gap::LONGEST_UNSEEN < BEHIND);
// Six, three and two digits; day, month and a whole year; and the byte beyond, which must be no
// digit.
const _: () = assert!(6 + gap::LONGEST + 3 + gap::LONGEST + 3 < AHEAD);
const _: () = assert!(8 + 3 * gap::LONGEST + 1 < BEHIND);
