//! The XML reader's limits: they hold, their edge is allowed, and memory is bounded by the token.
#![expect(clippy::expect_used, reason = "a test may stop at the first surprise")]

use std::io::{self, Read};

use filsluse::format::xml::{
    Reader,
    error::{XmlError, XmlErrorKind as E},
    event::Event,
    limits::Limits,
};

use crate::xml::{refusal, shown};

#[test]
fn limits_hold_and_their_edge_is_allowed() {
    let limits = Limits {
        bytes: 4000,
        depth: 3,
        attributes: 2,
        namespaces: 2,
        token: 1000,
        name: 7,
        texts_in_pieces: false,
        skips_space: false,
    };
    let long = "x".repeat(1000);
    let cases: &[(String, Option<E>)] = &[
        ("<a><b><c/></b></a>".into(), None),
        ("<a><b><c><d/></c></b></a>".into(), Some(E::TooDeep)),
        ("<a b='' c=''/>".into(), None),
        ("<a b='' c='' d=''/>".into(), Some(E::TooManyAttributes)),
        ("<a xmlns='u'><b xmlns:p='v'/><b xmlns:p='v'/></a>".into(), None),
        ("<a xmlns='u' xmlns:p='v'><b xmlns:q='w'/></a>".into(), Some(E::TooManyNamespaces)),
        ("<abcdefg/>".into(), None),
        ("<abcdefgh/>".into(), Some(E::NameTooLong)),
        (format!("<{}", "a".repeat(70_000)), Some(E::TooLarge)),
        (format!("<a>{long}</a>"), None),
        (format!("<a>{long}x</a>"), Some(E::TokenTooLong)),
        (format!("<a b='{long}'/>"), Some(E::TokenTooLong)),
        (format!("<a><!--{long}--></a>"), Some(E::TokenTooLong)),
        (format!("<a><![CDATA[{long}]]></a>"), Some(E::TokenTooLong)),
        (format!("<?p {long}?><a/>"), Some(E::TokenTooLong)),
        (format!("<a>{}</a>", " <b/>".repeat(798)), None),
        (format!("<a>{}</a>", " <b/>".repeat(799)), Some(E::TooLarge)),
    ];
    for (document, want) in cases {
        let found = refusal(document.as_bytes(), limits).map(|found| found.0);
        assert_eq!(found, *want, "case: {:.60} ({} bytes)", document, document.len());
    }
    let name = format!("<{}", "a".repeat(300));
    assert_eq!(refusal(name.as_bytes(), Limits::default()).map(|f| f.0), Some(E::NameTooLong));
}

#[test]
fn memory_is_bounded_by_the_token() {
    // An unending text, tag, comment and instruction, and unending nesting.
    let unending: &[(&str, &str, E)] = &[
        ("<a>", "x", E::TokenTooLong),
        ("<a b='", "x", E::TokenTooLong),
        ("<!--", "x", E::TokenTooLong),
        ("<?p ", "x", E::TokenTooLong),
        ("<a><![CDATA[", "x", E::TokenTooLong),
        ("<a b='1'", " ", E::TokenTooLong),
        ("<", "x", E::NameTooLong),
        ("", "<a>", E::TooDeep),
        ("<a>", "<b/> ", E::TooLarge),
        ("", " ", E::TooLarge),
    ];
    for (start, repeated, want) in unending {
        let mut at = 0;
        let input = start.as_bytes().chain(io_repeat(repeated.as_bytes(), &mut at));
        let limits = Limits::of_bytes(8 << 20);
        let (_, error) = events_counted(input, limits);
        assert_eq!(error.kind, *want, "case: {start:?} {repeated:?}");
    }
}

fn events_counted(input: impl Read, limits: Limits) -> (u64, XmlError) {
    let mut reader = Reader::new(input, limits).expect("a start");
    let mut count = 0;
    loop {
        match reader.next_event() {
            Ok(Event::Eof) => panic!("an unending document has no end"),
            Ok(_) => count += 1,
            Err(error) => return (count, error),
        }
    }
}

fn io_repeat<'a>(piece: &'a [u8], at: &'a mut usize) -> impl Read + 'a {
    struct Repeat<'a>(&'a [u8], &'a mut usize);
    impl Read for Repeat<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            for byte in buffer.iter_mut() {
                *byte = self.0[*self.1 % self.0.len()];
                *self.1 += 1;
            }
            Ok(buffer.len())
        }
    }
    Repeat(piece, at)
}

/// A text beyond the limit of a token passes in pieces, and is the same text wherever they end.
#[test]
fn long_texts_in_pieces_are_the_same_text() {
    let pieces = Limits { texts_in_pieces: true, ..Limits::default() };
    for unit in ["QUJD\r\n", "å]", "a &amp; b > c ]] ", "]] &#x62;"] {
        let text = unit.repeat(60_000);
        let whole = format!("<a>{text}<b/>{text}</a>");
        let (want, error) = shown(whole.as_bytes(), Limits::default());
        assert!(error.is_none(), "{unit}");
        let (found, error) = shown(whole.as_bytes(), pieces);
        assert!(error.is_none() && found == want, "{unit}");
    }
    let long = format!("<a>{}</a>", "QUJD\n".repeat(1 << 19));
    let refused = refusal(long.as_bytes(), Limits::default()).map(|found| found.0);
    assert_eq!(refused, Some(E::TokenTooLong));
    let (events, error) = shown(long.as_bytes(), pieces);
    assert!(error.is_none());
    assert_eq!(events[1].len(), 1 + (5 << 19));
    // What is wrong is found as it is without them.
    for bad in ["]]>", "&x;", "\u{1}"] {
        let text = format!("<a>{}{bad}{}</a>", "x".repeat(100_000), "y".repeat(100_000));
        let want = refusal(text.as_bytes(), Limits::default());
        assert!(want.is_some() && refusal(text.as_bytes(), pieces) == want, "{bad:?}");
    }
    let cut = format!("<a>{}", "x".repeat(100_000));
    let refused = refusal(cut.as_bytes(), pieces).map(|found| found.0);
    assert_eq!(refused, Some(E::UnexpectedEnd));
}
