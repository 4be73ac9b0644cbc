//! The XML declaration, by the letter: `<?xml version="1.0" encoding="…" standalone="…"?>`.

use crate::format::{
    text::Encoding,
    xml::{chars::is_space, error::XmlErrorKind},
};

/// What a declaration says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Declaration {
    /// Which encoding, if it names one.
    pub(super) encoding: Option<Declared>,
    /// Its length in bytes.
    pub(super) length: usize,
}

/// An encoding by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Declared {
    /// One that needs no byte order mark.
    One(Encoding),
    /// UTF-16, in the order that the mark says.
    Utf16,
}

/// Parses the declaration at the start of `text`, if one stands there. The error says at which
/// byte.
pub(super) fn parse(text: &str) -> Result<Option<Declaration>, (XmlErrorKind, usize)> {
    let bytes = text.as_bytes();
    match bytes.strip_prefix(b"<?xml") {
        // `<?xml-stylesheet` and the like are processing instructions.
        Some([next, ..]) if is_space(*next) || *next == b'?' => {}
        _ => return Ok(None),
    }
    let mut cursor = Cursor { bytes, at: 5 };
    if !cursor.space() {
        return Err(cursor.wrong());
    }
    if !cursor.word(b"version") {
        return Err(cursor.wrong());
    }
    let (start, version) = cursor.value()?;
    if version != b"1.0" {
        let known = version
            .strip_prefix(b"1.")
            .is_some_and(|minor| !minor.is_empty() && minor.iter().all(u8::is_ascii_digit));
        let kind = if known { XmlErrorKind::Version } else { XmlErrorKind::Declaration };
        return Err((kind, start));
    }
    let mut spaced = cursor.space();
    let mut encoding = None;
    if spaced && cursor.word(b"encoding") {
        let (start, label) = cursor.value()?;
        encoding = Some(by_label(label).map_err(|kind| (kind, start))?);
        spaced = cursor.space();
    }
    if spaced && cursor.word(b"standalone") {
        let (start, answer) = cursor.value()?;
        if !matches!(answer, b"yes" | b"no") {
            return Err((XmlErrorKind::Declaration, start));
        }
        cursor.space();
    }
    if !cursor.word(b"?>") {
        return Err(cursor.wrong());
    }
    Ok(Some(Declaration { encoding, length: cursor.at }))
}

fn by_label(label: &[u8]) -> Result<Declared, XmlErrorKind> {
    let [first, rest @ ..] = label else { return Err(XmlErrorKind::Declaration) };
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if !first.is_ascii_alphabetic() || !rest.iter().all(part) {
        return Err(XmlErrorKind::Declaration);
    }
    if label.eq_ignore_ascii_case(b"UTF-16") {
        return Ok(Declared::Utf16);
    }
    str::from_utf8(label)
        .ok()
        .and_then(Encoding::of_label)
        .map(Declared::One)
        .ok_or(XmlErrorKind::EncodingUnsupported)
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn wrong(&self) -> (XmlErrorKind, usize) {
        (XmlErrorKind::Declaration, self.at)
    }

    fn space(&mut self) -> bool {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(|byte| is_space(*byte)) {
            self.at += 1;
        }
        start < self.at
    }

    fn word(&mut self, word: &[u8]) -> bool {
        let found = self.bytes[self.at..].starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    /// `= "value"` with either quote; also where the value starts.
    fn value(&mut self) -> Result<(usize, &'a [u8]), (XmlErrorKind, usize)> {
        self.space();
        if !self.word(b"=") {
            return Err(self.wrong());
        }
        self.space();
        let quote = match self.bytes.get(self.at) {
            Some(quote @ (b'"' | b'\'')) => *quote,
            _ => return Err(self.wrong()),
        };
        let start = self.at + 1;
        let length = memchr::memchr(quote, &self.bytes[start..]).ok_or(self.wrong())?;
        self.at = start + length + 1;
        Ok((start, &self.bytes[start..start + length]))
    }
}

#[cfg(test)]
mod tests {
    use super::{Declaration, Declared, parse};
    use crate::format::{text::Encoding, xml::error::XmlErrorKind as E};

    type Case = (&'static str, Result<Option<Option<Declared>>, E>);

    #[test]
    fn by_the_letter() {
        let one = |encoding| Some(Declared::One(encoding));
        let cases: &[Case] = &[
            ("<a/>", Ok(None)),
            ("<?xml-stylesheet href='a'?>", Ok(None)),
            ("<?xml version='1.0'?>", Ok(Some(None))),
            ("<?xml\r\n version = \"1.0\"\t?>", Ok(Some(None))),
            ("<?xml version='1.0' encoding='utf-8'?>", Ok(Some(one(Encoding::Utf8)))),
            ("<?xml version='1.0' encoding='Utf-16'?>", Ok(Some(Some(Declared::Utf16)))),
            ("<?xml version='1.0' encoding=\"iso-8859-1\" standalone='no' ?>", {
                Ok(Some(one(Encoding::Latin1)))
            }),
            ("<?xml version='1.0' standalone='yes'?>", Ok(Some(None))),
            ("<?xml version='1.0' encoding='ISO-8859-15'?>", Err(E::EncodingUnsupported)),
            ("<?xml version='1.1'?>", Err(E::Version)),
            ("<?xml version='2.0'?>", Err(E::Declaration)),
            ("<?xml version='1.'?>", Err(E::Declaration)),
            ("<?xml?>", Err(E::Declaration)),
            ("<?xml ?>", Err(E::Declaration)),
            ("<?xml encoding='UTF-8'?>", Err(E::Declaration)),
            ("<?xml version='1.0'encoding='UTF-8'?>", Err(E::Declaration)),
            ("<?xml version='1.0' standalone='yes' encoding='UTF-8'?>", Err(E::Declaration)),
            ("<?xml version='1.0' standalone='YES'?>", Err(E::Declaration)),
            ("<?xml version='1.0' encoding=''?>", Err(E::Declaration)),
            ("<?xml version='1.0' encoding='8'?>", Err(E::Declaration)),
            ("<?xml version='1.0' encoding='UTF 8'?>", Err(E::Declaration)),
            ("<?xml version='1.0\"?>", Err(E::Declaration)),
            ("<?xml version=1.0?>", Err(E::Declaration)),
            ("<?xml version='1.0' other='1'?>", Err(E::Declaration)),
            ("<?xml version='1.0' version='1.0'?>", Err(E::Declaration)),
            ("<?xml version='1.0'>", Err(E::Declaration)),
            ("<?xml version='1.0' ? >", Err(E::Declaration)),
        ];
        for (text, want) in cases {
            let found = parse(text).map(|found| found.map(|d| d.encoding)).map_err(|e| e.0);
            assert_eq!(found, *want, "case: {text}");
        }
        let text = "<?xml version='1.0'?><a/>";
        assert_eq!(parse(text), Ok(Some(Declaration { encoding: None, length: 21 })));
    }
}
