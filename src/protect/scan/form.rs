//! The written forms of a national identity number, judged around one run of digits.
//!
//! Sees one block of a stream at a time and keeps nothing of it.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::{
    protect::scan::{ScanPolicy, Uuids, gap},
    types::{national_id::check, pseudonym::Pseudonym},
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
    <&[u8; 11]>::try_from(digits).is_ok_and(check::is_any_valid)
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

#[cfg(test)]
mod tests {
    use crate::protect::scan::{Detector, ScanPolicy, ScanReport, Uuids, scanner::Scanner};

    const STRICT: ScanPolicy = ScanPolicy { uuids: Uuids::Stop };

    fn scan(bytes: &[u8], policy: ScanPolicy) -> ScanReport {
        let mut scanner = Scanner::new(policy);
        scanner.feed(bytes);
        scanner.finish()
    }

    fn first_and_count(bytes: &[u8]) -> (Option<u64>, u64) {
        let report = scan(bytes, STRICT);
        (report.first().map(|hit| hit.offset), report.count(Detector::NationalId))
    }

    // All numbers here are synthetic: the month is raised by 80.
    #[test]
    fn forms_that_are_found() {
        let cases: &[(&str, &str, u64)] = &[
            ("alone", "03851598730", 0),
            ("D-number in an attribute", "<a fid=\"63905842945\"/>", 8),
            ("rule of 2032 alone", "x 30908299902", 2),
            ("letters beside it", "a03851598730b", 1),
            ("in a GUID without hyphens", "9f03851598730bcdefabcdefabcdefab", 2),
            ("at the end of a GUID of no version", "00000000-0000-0000-0000-a03851598730", 25),
            ("underscores, full stops", "_03851598730.", 1),
            ("six and five", "født 038515 98730.", 6),
            ("hyphen", "038515-98730", 0),
            ("no-break space", "038515\u{a0}98730", 0),
            ("en dash", "038515\u{2013}98730", 0),
            ("six, three, two", "(038515 987 30)", 1),
            ("written date", "03.85.15 98730", 0),
            ("written date, whole year", "den 03.85.2015-98730", 4),
            ("date with spaces", "03 85 15 98730", 0),
            ("padded to fixed width", "00000003851598730", 6),
            ("two columns without a separator", "0385159873063905842945", 0),
            ("digits before and after, apart", "12 03851598730 34", 3),
            ("several blanks", "038515   98730", 0),
            ("hyphen between blanks", "038515 - 98730", 0),
            ("dash between blanks", "(038515 \u{2013} 987 30)", 1),
            ("zero-width space", "038515\u{200b}98730", 0),
            ("soft hyphen", "038515\u{ad}98730", 0),
            ("nothing to be seen, elsewhere", "x 0385\u{200b}\u{ad}15987\u{200b}30", 2),
            ("a digit at a time behind five", "03851\u{ad}5\u{ad}9\u{ad}8\u{ad}7\u{ad}3\u{ad}0", 0),
            ("a digit at a time before five", "0\u{ad}3\u{ad}8\u{ad}5\u{ad}1\u{ad}5\u{ad}98730", 0),
            ("date with blanks behind its stops", "03. 85. 2015  98730", 0),
            ("behind the country code", "+4703851598730", 3),
        ];
        for (name, text, offset) in cases {
            assert_eq!(first_and_count(text.as_bytes()), (Some(*offset), 1), "case: {name}");
        }
        let latin1 = [b"038515", &b"\xa0"[..], b"98730"].concat();
        assert_eq!(first_and_count(&latin1), (Some(0), 1), "no-break space in ISO-8859-1");
    }

    #[test]
    fn forms_that_are_not() {
        let cases: &[(&str, &str)] = &[
            ("nothing", ""),
            ("a wrong check digit", "03851598731"),
            ("ten digits", "3851598730"),
            ("two columns", "038515;98730"),
            ("two cells", "038515\t98730"),
            ("two lines", "038515\n98730"),
            ("two columns with a comma", "038515,98730"),
            ("two columns with blanks", "038515 ; 98730"),
            ("two hyphens", "038515--98730"),
            ("more blanks than a gap has", "038515       98730"),
            ("twelve digits around a soft hyphen", "038515\u{ad}987301"),
            ("twelve digits around two", "1\u{ad}03851\u{ad}598730"),
            ("six and six", "038515 987301"),
            ("seven and five", "1038515 98730"),
            ("a year of three digits", "03.85.015 98730"),
            ("a day of three digits", "103.85.15 98730"),
        ];
        for (name, text) in cases {
            let report = scan(text.as_bytes(), STRICT);
            assert!(report.is_clean(), "case: {name}");
            assert_eq!(report.long_runs(), 0, "case: {name}");
        }
    }

    #[test]
    fn our_own_pseudonyms_pass_and_look_alikes_do_not() {
        let pseudonym = "k7.abcd03851598730efghjkmnpqr";
        assert!(scan(format!("pid;{pseudonym};x").as_bytes(), STRICT).is_clean());
        for look_alike in [
            "k7.abcd03851598730efghjkmnpq",
            "k07.abcd03851598730efghjkmnpqr",
            "x7.abcd03851598730efghjkmnpqr",
            "abcd03851598730efghjkmnpqr",
        ] {
            assert!(!scan(look_alike.as_bytes(), STRICT).is_clean(), "{look_alike}");
        }
    }

    #[test]
    fn uuids_pass_only_when_told_and_only_real_ones() {
        let lenient = ScanPolicy { uuids: Uuids::Pass };
        let uuid = b"{0b5c7e0e-8a6f-4a55-9c7d-a03851598730}";
        assert!(scan(uuid, lenient).is_clean());
        assert!(!scan(uuid, STRICT).is_clean());
        for padded in [
            "00000000-0000-0000-0000-a03851598730",
            "00000000-0000-0000-0000-003851598730",
            "0b5c7e0e-8a6f-4a55-9c7d-a03851598730-1",
            "0b5c7e0e-8a6f-0a55-9c7d-a03851598730",
            "0b5c7e0e-8a6f-4a55-1c7d-a03851598730",
        ] {
            assert!(!scan(padded.as_bytes(), lenient).is_clean(), "{padded}");
        }
    }

    #[test]
    fn a_uuid_that_is_a_whole_value_may_be_told_from_one_in_a_text() {
        let within = ScanPolicy { uuids: Uuids::PassWithinTexts };
        let uuid = "0b5c7e0e-8a6f-4a55-9c7d-a03851598730";
        assert!(!scan(format!("<a b=\"{uuid}\"/>").as_bytes(), within).is_clean());
        for text in [format!("<a b=\"no. {uuid}\"/>"), format!("<a b=\"{uuid} \"/>"), uuid.into()] {
            assert!(scan(text.as_bytes(), within).is_clean(), "{text}");
        }
    }
}
