//! The second last look at what leaves (NPR-04): headings of direct identifiers, e-mail addresses
//! and telephone numbers in an outgoing table. National identity numbers are the scanner's beside
//! it.
//!
//! Knows of the stream only that it is a table of lines and fields. Like its neighbour it reads
//! bytes, whoever made them, and reports places and never what stood there.
//!
//! # What counts
//! - A heading that names a direct identifier ([`is_direct_identifier`]), in the first line that does
//!   not begin with `#`.
//! - An e-mail address: something before an `@`, and a domain with a full stop behind it.
//! - A telephone number with its country: `+` and 8 to 15 digits, or `00 47` and eight, with blanks,
//!   hyphens or full stops between them or not, whatever stands behind them.
//! - A Norwegian telephone number without it, in free text alone: eight digits of which the first is
//!   2 to 9, as `91234567`, `912 34 567` or `91 23 45 67`, also with other digits before or behind
//!   them. Free text is a field with a letter and a blank. A column of numbers, dates or codes has none, so that an episode's number or a day
//!   written as `20190301` stops nothing; in free text such a day does not either, because no number
//!   begins with 20.
//!
//! # What does not
//! Names and addresses of people: nothing in a stream of bytes tells them from other words. That
//! they cannot leave is the allow-list's to see to, and the form of every column on it.

pub mod one_text;
mod phone;

use std::fmt;

use memchr::{memchr_iter, memmem};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    protect::scan::direct::phone::{has_digits, phone_in},
    types::npr_release::direct_identifiers::is_direct_identifier,
};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// A heading.
    ColumnName,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
}

/// Where something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirectHit {
    /// Byte of the stream, from 0, at which it was told by: an `@`, a `+` or a first digit.
    pub offset: u64,
    /// What it is.
    pub sort: Sort,
}

/// Looks at a table that comes in pieces of any size. Holds one line of it, wiped when dropped.
pub struct DirectScanner {
    /// The start of a line whose end has not come.
    rest: Zeroizing<Vec<u8>>,
    /// Offset of the first byte of `rest`.
    base: u64,
    /// Whether the line of headings is still to come.
    before_headings: bool,
    first: Option<DirectHit>,
}

impl DirectScanner {
    /// A scanner at the start of a table.
    pub fn new() -> Self {
        Self { rest: Zeroizing::default(), base: 0, before_headings: true, first: None }
    }

    /// Takes the next bytes.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        if !self.rest.is_empty() {
            let line = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
            self.keep(&bytes[..line]);
            bytes = &bytes[line..];
        }
        let whole = memchr::memrchr(b'\n', bytes).map_or(0, |end| end + 1);
        self.look(&bytes[..whole]);
        self.base += whole as u64;
        self.keep(&bytes[whole..]);
    }

    /// What was found first, up to a line behind what was fed.
    pub fn first(&self) -> Option<DirectHit> {
        self.first
    }

    /// Looks at what is left, and says what was found first.
    pub fn finish(mut self) -> Option<DirectHit> {
        let rest = std::mem::take(&mut self.rest);
        self.look(&rest);
        self.first
    }

    /// Keeps a piece of a line, in bounded memory: of a line without an end, enough to see what
    /// lies across the cut.
    fn keep(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            if self.rest.capacity() == 0 {
                self.rest.reserve_exact(LONGEST_LINE);
            }
            let (now, later) = piece.split_at(piece.len().min(LONGEST_LINE - self.rest.len()));
            self.rest.extend_from_slice(now);
            piece = later;
            let ended = self.rest.last() == Some(&b'\n');
            if ended || self.rest.len() == LONGEST_LINE {
                let mut rest = std::mem::take(&mut self.rest);
                self.look(&rest);
                let kept = if ended { 0 } else { ACROSS };
                let done = rest.len() - kept;
                self.base += done as u64;
                rest.copy_within(done.., 0);
                rest[kept..].zeroize();
                rest.truncate(kept);
                self.rest = rest;
            }
        }
    }

    /// Looks at whole lines that begin at `base`.
    fn look(&mut self, lines: &[u8]) {
        if lines.is_empty() {
            return;
        }
        self.headings(lines);
        for at in memchr_iter(b'@', lines) {
            if is_email(lines, at) {
                self.found(at, Sort::Email);
            }
        }
        for at in memchr_iter(b'+', lines) {
            if has_digits(lines, at + 1, 8..=15) {
                self.found(at, Sort::Phone);
            }
        }
        for with in [&b"0047"[..], b"00 47", "00\u{a0}47".as_bytes()] {
            for at in memmem::find_iter(lines, with) {
                let begins = at == 0 || !lines[at - 1].is_ascii_digit();
                if begins && has_digits(lines, at + with.len(), 8..=8) {
                    self.found(at, Sort::Phone);
                }
            }
        }
        let mut seen = 0;
        for blank in memchr::memchr2_iter(b' ', 0xA0, lines) {
            if blank < seen {
                continue;
            }
            let start =
                lines[..blank].iter().rposition(|b| ENDS.contains(b)).map_or(0, |at| at + 1);
            let end = lines[blank..].iter().position(|b| ENDS.contains(b));
            let end = end.map_or(lines.len(), |length| blank + length);
            seen = end;
            if let Some(at) = phone_in(&lines[start..end]) {
                self.found(start + at, Sort::Phone);
            }
        }
    }

    fn headings(&mut self, lines: &[u8]) {
        if !self.before_headings {
            return;
        }
        let mut start = 0;
        for line in lines.split_inclusive(|b| *b == b'\n') {
            if !line.starts_with(b"#") && !line.trim_ascii().is_empty() {
                self.before_headings = false;
                let mut at = start;
                for field in line.split(|b| ENDS.contains(b)) {
                    if is_direct_identifier(&String::from_utf8_lossy(field)) {
                        self.found(at, Sort::ColumnName);
                    }
                    at += field.len() + 1;
                }
                return;
            }
            start += line.len();
        }
    }

    fn found(&mut self, at: usize, sort: Sort) {
        let hit = DirectHit { offset: self.base + at as u64, sort };
        self.first = self.first.map_or(Some(hit), |first| Some(first.min(hit)));
    }
}

impl Default for DirectScanner {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for DirectScanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectScanner").field("first", &self.first).finish_non_exhaustive()
    }
}

/// Whether an `@` stands between a name and a domain.
fn is_email(text: &[u8], at: usize) -> bool {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"._%+-".contains(b) || *b >= 0x80;
    let is_domain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-') || *b >= 0x80;
    let named = at > 0 && is_name(&text[at - 1]);
    let behind = &text[at + 1..];
    let domain = &behind[..behind.iter().take_while(|b| is_domain(b)).count()];
    let dot = domain.iter().rposition(|b| *b == b'.');
    named && dot.is_some_and(|dot| dot > 0 && domain.len() - dot > 2)
}

/// What ends a field, whichever the table's delimiter is.
const ENDS: &[u8] = b";,\t\n\r\"";

/// Of a line that is kept; a longer one is looked at in pieces.
const LONGEST_LINE: usize = 64 << 10;

/// More than the longest thing that is looked for.
const ACROSS: usize = 512;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DirectHit, DirectScanner, LONGEST_LINE, Sort, one_text::holds_identifier};

    fn scan(text: &[u8]) -> Option<DirectHit> {
        let mut scanner = DirectScanner::new();
        scanner.feed(text);
        scanner.finish()
    }

    fn in_row(field: &str) -> Option<(u64, Sort)> {
        let text = format!("#purpose=isf\nnpr_pid;merknad\nk1.a;{field}\n");
        scan(text.as_bytes()).map(|hit| (hit.offset - 34, hit.sort))
    }

    #[test]
    fn what_is_found() {
        let (email, phone) = (Sort::Email, Sort::Phone);
        for (field, offset, sort) in [
            ("kari@example.no", 4, email),
            ("skriv til kari.nordmann@example.no i dag", 23, email),
            ("kåre@sykehus.example.no", 5, email),
            ("+4791234567", 0, phone),
            ("+47 912 34 567", 0, phone),
            ("ring +47 91 23 45 67.", 5, phone),
            ("+46 70-123 45 67", 0, phone),
            ("004791234567", 0, phone),
            ("00 47 91 23 45 67", 0, phone),
            ("pårørende 91234567", 12, phone),
            ("ring 91 23 45 67 etter 15", 5, phone),
            ("tlf. 912 34 567", 5, phone),
            ("tlf 22\u{a0}12\u{a0}34\u{a0}56", 4, phone),
            // Whatever digits stand beside it.
            ("ring 91234567 2 ganger", 5, phone),
            ("mobil 91234567 2025-03-01", 6, phone),
            ("mobil 912 34 567 2025", 6, phone),
            ("tlf 91234567-91234568", 4, phone),
            ("kl 12 91234567", 6, phone),
            ("kl 12 91 23 45 67 10", 6, phone),
            ("den 2025-03-01 912 34 567", 15, phone),
            ("ring +47 91234567 2025-03-01 kl 12", 5, phone),
            ("ring 0047 91234567 2025", 5, phone),
            ("ring +46 70-123 45 67 2025-03-01", 5, phone),
        ] {
            assert_eq!(in_row(field), Some((offset, sort)), "{field}");
            assert!(holds_identifier(field), "{field}");
        }
        assert!(holds_identifier("se 03851598730"), "identity numbers too");
    }

    #[test]
    fn what_is_not() {
        for field in [
            "",
            "91234567",
            "20190301",
            "E702",
            "1,0345",
            "91 23 45 67",
            "k1.k291234567abcdefghjkmnpqrst",
            "innlagt 20190301",
            "innlagt 2019-03-01 kl 12",
            "innlagt 2019-03-01 12.15.30",
            "innlagt 24.12.19 18.30",
            "fra 24.12.19-26.12.19",
            "id 91234567-1234-4123-8123-123456789012 her",
            "id abcdef12-1234-4123-8123-91234567abcd her",
            "+4712345678901234 x",
            "uke 12 av 52",
            "beløp 45 000 000 kr",
            "beløp 12345678 kr",
            "nummer 912345678",
            "@",
            "a@b",
            "x @ y.no",
            "2+2",
            "+4",
            "100471234567",
            "00471234567",
        ] {
            assert_eq!(in_row(field), None, "{field}");
        }
    }

    #[test]
    fn headings_of_direct_identifiers_are_found_and_rows_are_not_headings() {
        let heading = |text: &str| scan(text.as_bytes()).map(|hit| (hit.offset, hit.sort));
        let name = Sort::ColumnName;
        assert_eq!(heading("npr_pid;drg;fodselsnummer\n"), Some((12, name)));
        assert_eq!(heading("#a=1\n#b=2\nFnr;drg\n1;2\n"), Some((10, name)));
        assert_eq!(heading("npr_pid,\"E-post\",drg\n"), Some((9, name)));
        assert_eq!(heading("npr_pid;drg\nfnr;navn\n"), None);
        assert_eq!(heading("#navn=x\n\nnpr_pid;drg\n"), None);
    }

    #[test]
    fn found_across_every_border() {
        for planted in ["kari@example.no", "+47 912 34 567"] {
            for before in LONGEST_LINE - 60..LONGEST_LINE + 20 {
                let mut text = b"a;b\n".to_vec();
                text.resize(4 + before, b'x');
                text.push(b';');
                text.extend_from_slice(planted.as_bytes());
                assert!(scan(&text).is_some(), "{planted} after {before}");
            }
        }
        let debug = format!("{:?}", DirectScanner::new());
        assert!(debug.contains("first: None"), "{debug}");
    }

    /// Rows as releases have them: codes, days, numbers and pseudonyms.
    fn rows() -> impl Strategy<Value = String> {
        let day = (2008u16..2031, 1u8..13, 1u8..29);
        let row = (
            "k[1-9]\\.[0-9a-hjkmnp-tv-z]{26}",
            day,
            "[0-9]{1,9}",
            "[A-Z][0-9][0-9A-Z]{1,4}",
            "[0-9]{1,5}([.,][0-9]{1,6})?",
            "[0-9][0-9A-Z]{0,5}",
            any::<bool>(),
        );
        let row = row.prop_map(|(person, (year, month, day), number, icd, weight, drg, dashed)| {
            let dash = if dashed { "-" } else { "" };
            let date = format!("{year}{dash}{month:02}{dash}{day:02}");
            format!("{person};{date};{number};{icd};{weight};{drg};0301;{year};2\n")
        });
        proptest::collection::vec(row, 1..60).prop_map(|rows| rows.concat())
    }

    proptest! {
        #[test]
        fn rows_of_a_release_are_clean_and_what_is_planted_is_found_under_any_cut(
            rows in rows(),
            planted in 0usize..4,
            cuts in proptest::collection::vec(1usize..400, 1..40),
        ) {
            let head = "#purpose=isf\nnpr_pid;innDato;institusjonID;tilstand_1;korrvekt;drg;komNrHjem;fodselsar;kjonn\n";
            let clean = format!("{head}{rows}");
            prop_assert_eq!(scan(clean.as_bytes()), None);
            let what = ["a@b.no", "+4722123456", "00 47 22 12 34 56", "ring 22123456"][planted];
            let dirty = format!("{clean}x;{what};y\n{rows}");
            let whole = scan(dirty.as_bytes());
            prop_assert!(whole.is_some_and(|hit| hit.offset >= clean.len() as u64));
            let mut scanner = DirectScanner::new();
            let (mut rest, mut sizes) = (dirty.as_bytes(), cuts.iter().cycle());
            while !rest.is_empty() {
                let cut = (*sizes.next().unwrap()).min(rest.len());
                scanner.feed(&rest[..cut]);
                rest = &rest[cut..];
            }
            prop_assert_eq!(scanner.finish(), whole);
        }
    }
}
