//! The XML reader reads by windows: where one ends, and how a source hands out its bytes, changes
//! nothing.

use std::io::{self, Read};

use filsluse::format::xml::{error::XmlError, limits::Limits};
use proptest::prelude::{any, prop, prop_assert_eq, proptest};

use crate::{
    support::mutate::Mutator,
    xml::{
        libxml2::{SEEDS, WORDS},
        shown,
    },
};

#[test]
fn tokens_across_windows_stay_whole() {
    let value = "blåbær &amp; ".repeat(9_000);
    let text = "x\r\n".repeat(60_000);
    for shift in 0..3 {
        let pad = " ".repeat(shift);
        let document = format!("{pad}<a b='{value}'>{text}<!--{text}--><c d='1'/></a>");
        let (events, error) = shown(document.as_bytes(), Limits::default());
        assert!(error.is_none(), "{error:?}");
        assert_eq!(events[0], format!("<{{}}a {{}}b={:?}", value.replace("&amp;", "&")));
        assert_eq!(events[1], format!("\"{}", text.replace("\r\n", "\n")));
        assert_eq!(events[2..], ["<{}c {}d=\"1\"", "</{}c", "</{}a"]);
    }
}

#[test]
fn the_edge_of_a_window_changes_nothing() {
    let mut mutator = Mutator::new(5, SEEDS, WORDS);
    let mut compared = 0;
    for number in 0..4000 {
        let mutant = mutator.next();
        // Only the plainest start, so that white space before it changes nothing.
        if !matches!(mutant[..], [b'<', b'!' | b'a'..=b'z', ..]) {
            continue;
        }
        compared += 1;
        let plain = shown(&mutant[..], Limits::default());
        // The edge of the first window falls somewhere within the document.
        let mut padded = vec![b'\n'; 64 * 1024 - number % (mutant.len() + 1)];
        let lines = padded.len() as u64;
        padded.extend_from_slice(&mutant);
        let padded = shown(&padded[..], Limits::default());
        assert_eq!(plain.0, padded.0, "case: {:?}", String::from_utf8_lossy(&mutant));
        let place = |error: XmlError| (error.kind, error.line, error.column);
        let want = plain.1.map(place).map(|(kind, line, column)| (kind, line + lines, column));
        assert_eq!(want, padded.1.map(place), "case: {:?}", String::from_utf8_lossy(&mutant));
    }
    assert!(compared > 1000, "too few: {compared}");
}

proptest! {
    #[test]
    fn any_split_gives_the_same(
        document in r"(<a( b='[ø&]?(&#9;)?')?>|</a>|<c/>|<!-- -->|[xø\r\n]|<!\[CDATA\[\]?\]\]>){0,12}",
        sizes in prop::collection::vec(1_usize..9, 1..6),
        wide in any::<bool>(),
    ) {
        let document = format!("<a>{document}</a>");
        let bytes: Vec<u8> = if wide { format!("\u{FEFF}{document}").encode_utf16().flat_map(u16::to_le_bytes).collect() } else { document.into_bytes() };
        let plain = |(events, error): (Vec<String>, Option<XmlError>)| {
            (events, error.map(|error| (error.kind, error.line, error.column)))
        };
        let whole = plain(shown(&bytes[..], Limits::default()));
        let pieces = plain(shown(Pieces(&bytes, sizes, 0), Limits::default()));
        prop_assert_eq!(whole, pieces);
    }
}

/// Gives out as many bytes at a time as it is told, in turn.
struct Pieces<'a>(&'a [u8], Vec<usize>, usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.1[self.2 % self.1.len()].min(buffer.len()).min(self.0.len());
        self.2 += 1;
        buffer[..size].copy_from_slice(&self.0[..size]);
        self.0 = &self.0[size..];
        Ok(size)
    }
}
