//! The same look at one short text: a field, before it is decided whether it may leave. It finds
//! what the scan of the stream finds, and nothing else: what passes here passes there too, unless
//! two fields together make a number. For a text that a person wrote, [`value`](super::value) finds
//! more.

use crate::protect::scan::{
    ScanPolicy, Uuids,
    form::{Judgement, digits_before, digits_from, judge_run},
};

/// Whether a national identity number stands in the text, in any form that the scan knows. UUIDs of
/// a known version pass. Allocates nothing for texts without one.
#[inline]
pub fn holds_number(text: &[u8]) -> bool {
    // A number has eleven digits, and nearly every field is shorter.
    text.len() >= 11 && holds_run(text)
}

fn holds_run(text: &[u8]) -> bool {
    let policy = ScanPolicy { uuids: Uuids::Pass };
    let mut at = 0;
    // Every form has a run of five digits: one look at every fifth byte passes over most of a text.
    while let Some(probe) = text.get(at + 4) {
        if !probe.is_ascii_digit() {
            at += 5;
            continue;
        }
        let start = at + 4 - digits_before(&text[at..at + 4]);
        let end = start + digits_from(text, start);
        if end - start >= 5
            && let Judgement::Hit { .. } = judge_run(text, start, end, policy)
        {
            return true;
        }
        at = end;
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::holds_number;
    use crate::protect::scan::{ScanPolicy, Uuids, scanner::Scanner};

    fn scanned(text: &str) -> bool {
        let mut scanner = Scanner::new(ScanPolicy { uuids: Uuids::Pass });
        scanner.feed(text.as_bytes());
        !scanner.finish().is_clean()
    }

    proptest! {
        #[test]
        fn agrees_with_the_scan_of_any_text(
            text in "([0-9]{1,13}|[a-f -.]{1,9}|[ \u{200b}\u{ad}-]{1,3}|\\+47|03851598730|038515 98730|03.85.2015-98730){0,6}",
        ) {
            prop_assert_eq!(holds_number(text.as_bytes()), scanned(&text));
        }
    }

    #[test]
    fn agrees_with_the_scan_of_a_stream() {
        for text in [
            "",
            "03851598730",
            "see 038515 98730.",
            "038515  98730",
            "038515 - 98730",
            "038515\u{200b}98730",
            "0385\u{ad}15987\u{ad}30",
            "+4703851598730",
            "038515/98730",
            "den 03.85.2015-98730",
            "x03851598730y",
            "03851598731",
            "T-10000012345",
            "2024-02-29T10:00:00.123456",
            "0b5c7e0e-8a6f-4a55-9c7d-a03851598730",
            "00000000-0000-0000-0000-a03851598730",
            "00000000-0000-0000-0000-000000000000",
            "0385159873063905842945",
            "1234 5678 9012",
            "k1.72cpzmr35cwq97qk7ryr5c6knw",
        ] {
            assert_eq!(holds_number(text.as_bytes()), scanned(text), "{text}");
        }
    }
}
