//! What may stand between two groups of a number's digits in a stream: what cannot be the border of
//! two columns.
//!
//! Blanks, several too; one hyphen, dash or full stop, with blanks around it or without; and signs
//! that nobody sees, which come along when a text is copied from a page. No field separator of any
//! table is among them (`;`, `,`, tab, line end, quotes): a six-digit and a five-digit column
//! beside each other are not one number, and releases have millions of rows.

/// Length of the gap that begins at `at`.
pub(super) fn at(block: &[u8], at: usize) -> Option<usize> {
    measure(|length| sign_at(block.get(at + length..)?))
}

/// Length of the gap that `text` ends with.
pub(super) fn before(text: &[u8]) -> Option<usize> {
    measure(|length| sign_before(&text[..text.len() - length]))
}

/// Length of a gap at `at` of signs that nobody sees.
pub(super) fn unseen_at(block: &[u8], at: usize) -> Option<usize> {
    measure_unseen(|length| sign_at(block.get(at + length..)?))
}

/// Length of the gap of signs that nobody sees that `text` ends with.
pub(super) fn unseen_before(text: &[u8]) -> Option<usize> {
    measure_unseen(|length| sign_before(&text[..text.len() - length]))
}

/// Most bytes of a gap.
pub(super) const LONGEST: usize = MOST_SIGNS * LONGEST_SIGN;

/// Most bytes of a gap that nobody sees.
pub(super) const LONGEST_UNSEEN: usize = MOST_UNSEEN * LONGEST_SIGN;

/// One sign of a gap.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// Any number of them.
    Blank,
    /// One of them.
    Mark,
    /// Any number of them, and they need nothing else beside them.
    Unseen,
}

/// The length of the signs that `next` gives behind so many bytes, if they are a gap.
fn measure(next: impl Fn(usize) -> Option<(usize, Sign)>) -> Option<usize> {
    let (mut length, mut marks) = (0, 0);
    for _ in 0..MOST_SIGNS {
        let Some((more, sign)) = next(length) else { break };
        marks += u8::from(sign == Sign::Mark);
        length += more;
    }
    (length > 0 && marks <= 1).then_some(length)
}

fn measure_unseen(next: impl Fn(usize) -> Option<(usize, Sign)>) -> Option<usize> {
    let mut length = 0;
    for _ in 0..MOST_UNSEEN {
        let Some((more, Sign::Unseen)) = next(length) else { break };
        length += more;
    }
    (length > 0).then_some(length)
}

/// The sign that `text` begins with.
fn sign_at(text: &[u8]) -> Option<(usize, Sign)> {
    // Most runs of digits end at a field separator: one look at it is enough.
    if !STARTS.contains(text.first()?) {
        return None;
    }
    let found = SIGNS.iter().find(|(bytes, _)| text.starts_with(bytes));
    found.map(|(bytes, sign)| (bytes.len(), *sign))
}

/// The sign that `text` ends with.
fn sign_before(text: &[u8]) -> Option<(usize, Sign)> {
    let last = text.last()?;
    if last.is_ascii() && !STARTS.contains(last) {
        return None;
    }
    let found = SIGNS.iter().find(|(bytes, _)| text.ends_with(bytes));
    found.map(|(bytes, sign)| (bytes.len(), *sign))
}

/// Signs of one gap that are looked at.
const MOST_SIGNS: usize = 6;

/// Signs that nobody sees, where each digit may stand alone among them.
const MOST_UNSEEN: usize = 4;

/// Bytes of the longest sign.
const LONGEST_SIGN: usize = 3;

/// What every sign begins with.
const STARTS: &[u8] = b" -.\xa0\xc2\xe2\xef";

/// Space, no-break space, thin space, figure space, narrow no-break space; hyphen, no-break hyphen,
/// figure, en and em dash, minus, full stop; soft hyphen, zero-width space, joiners, word joiner,
/// zero-width no-break space: in UTF-8, and the no-break space in Latin-1, behind those that end in
/// it.
const SIGNS: &[(&[u8], Sign)] = &[
    (b" ", Sign::Blank),
    (b"-", Sign::Mark),
    (b".", Sign::Mark),
    ("\u{a0}".as_bytes(), Sign::Blank),
    ("\u{2007}".as_bytes(), Sign::Blank),
    ("\u{2009}".as_bytes(), Sign::Blank),
    ("\u{202f}".as_bytes(), Sign::Blank),
    ("\u{2010}".as_bytes(), Sign::Mark),
    ("\u{2011}".as_bytes(), Sign::Mark),
    ("\u{2012}".as_bytes(), Sign::Mark),
    ("\u{2013}".as_bytes(), Sign::Mark),
    ("\u{2014}".as_bytes(), Sign::Mark),
    ("\u{2212}".as_bytes(), Sign::Mark),
    ("\u{ad}".as_bytes(), Sign::Unseen),
    ("\u{200b}".as_bytes(), Sign::Unseen),
    ("\u{200c}".as_bytes(), Sign::Unseen),
    ("\u{200d}".as_bytes(), Sign::Unseen),
    ("\u{2060}".as_bytes(), Sign::Unseen),
    ("\u{feff}".as_bytes(), Sign::Unseen),
    (b"\xa0", Sign::Blank),
];

#[cfg(test)]
mod tests {
    use super::{LONGEST_SIGN, SIGNS, STARTS, at, before};

    #[test]
    fn the_short_cuts_pass_over_no_sign() {
        for (bytes, _) in SIGNS {
            assert!(bytes.len() <= LONGEST_SIGN && STARTS.contains(&bytes[0]), "{bytes:?}");
            assert_eq!((at(bytes, 0), before(bytes)), (Some(bytes.len()), Some(bytes.len())));
        }
    }

    #[test]
    fn gaps_and_what_is_none() {
        for (text, length) in [
            ("  1", Some(2)),
            (" - 1", Some(3)),
            (". 1", Some(2)),
            ("\u{200b}\u{ad}1", Some(5)),
            ("--1", None),
            (" ;1", Some(1)),
            (";1", None),
            ("\t1", None),
            ("", None),
        ] {
            assert_eq!(at(text.as_bytes(), 0), length, "{text}");
        }
    }
}
