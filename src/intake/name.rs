//! A sender's file name: bytes that somebody else chose, judged before they are used for anything.
//!
//! Counts as personal data, since it may hold who somebody is: never printed, wiped when dropped.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

use zeroize::Zeroizing;

use crate::{
    intake::companion::Companion,
    types::{ids::SubmissionId, secret::PersonalText},
};

/// A file name as the directory holds it: any bytes but `/` and NUL.
#[derive(Clone, PartialEq, Eq)]
pub struct SenderFileName(Zeroizing<Vec<u8>>);

impl SenderFileName {
    /// Takes the bytes over, whatever they are.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for the system calls that need the entry.
    pub fn expose_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The name as text, for the receipt to that sender and for the sealed copy in the catalogue.
    /// `None` when it is not UTF-8.
    pub fn to_personal_text(&self) -> Option<PersonalText> {
        let text = std::str::from_utf8(&self.0).ok()?;
        Some(PersonalText::new(text.to_owned()))
    }

    /// What the name by itself makes of the file.
    pub fn judge(&self) -> NameVerdict {
        let Ok(text) = std::str::from_utf8(&self.0) else {
            return NameVerdict::Bad(BadName::NotUtf8);
        };
        if let Some(bad) = text.chars().find_map(bad_character) {
            return NameVerdict::Bad(bad);
        }
        // Before the length: rsync's temporary name of a good name may be longer than 200 bytes.
        if is_temporary(text) {
            return NameVerdict::Temporary;
        }
        if text.starts_with('-') {
            return NameVerdict::Bad(BadName::Hyphen);
        }
        if !(1..=MOST_BYTES).contains(&text.len()) {
            return NameVerdict::Bad(BadName::Length);
        }
        match text.strip_suffix(Companion::Manifest.suffix()) {
            Some(of) => NameVerdict::Manifest(Self::new(of.as_bytes().to_vec())),
            None => NameVerdict::Data,
        }
    }

    /// The first part of the receipt's name: this name when it is a good one, else our own id, so
    /// that no control character and no hidden file reaches the outbound directory.
    pub fn receipt_stem(&self, id: &SubmissionId) -> PersonalText {
        match self.judge() {
            NameVerdict::Data | NameVerdict::Manifest(_) => self.to_personal_text(),
            NameVerdict::Bad(_) | NameVerdict::Temporary => None,
        }
        .unwrap_or_else(|| PersonalText::new(id.to_string()))
    }

    /// The name that a temporary name is given when its upload is finished, as clients do it.
    pub(crate) fn final_name(&self) -> Option<Self> {
        let text = std::str::from_utf8(&self.0).ok()?;
        let plain = if let Some(hidden) = text.strip_prefix('.') {
            // rsync's `.name.XXXXXX`.
            hidden.rsplit_once('.').filter(|(_, end)| end.len() == 6)?.0
        } else {
            let cut = TEMPORARY_SUFFIXES.into_iter().find(|end| ends_with(text, end))?;
            &text[..text.len() - cut.len()]
        };
        Some(Self::new(plain.as_bytes().to_vec()))
    }

    /// The name of what would speak for this file.
    pub(crate) fn companion(&self, which: Companion) -> Self {
        Self::new([self.expose_bytes(), which.suffix().as_bytes()].concat())
    }

    /// The file that this one would speak for by its name.
    pub(crate) fn principal(&self, which: Companion) -> Option<Self> {
        let of = self.0.strip_suffix(which.suffix().as_bytes()).filter(|of| !of.is_empty())?;
        Some(Self::new(of.to_vec()))
    }
}

impl fmt::Debug for SenderFileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SenderFileName(…)")
    }
}

impl Hash for SenderFileName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.expose_bytes().hash(state);
    }
}

impl PartialOrd for SenderFileName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SenderFileName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.expose_bytes().cmp(other.expose_bytes())
    }
}

/// What a name makes of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameVerdict {
    /// No file of this name is taken.
    Bad(BadName),
    /// A submission.
    Data,
    /// The digest of the file of this other name.
    Manifest(SenderFileName),
    /// Waits for its rename.
    Temporary,
}

/// Why a name is bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BadName {
    /// Holds a character that reorders the text around it.
    Bidi,
    /// Holds a control character or a line separator.
    Control,
    /// Starts with a hyphen, which programs read as an option.
    Hyphen,
    /// Not 1 to 200 bytes long.
    Length,
    /// Not valid UTF-8.
    NotUtf8,
    /// Holds a character that separates the parts of a path.
    Path,
}

fn bad_character(c: char) -> Option<BadName> {
    match c {
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' => {
            Some(BadName::Bidi)
        }
        '\u{2028}' | '\u{2029}' => Some(BadName::Control),
        '/' | '\\' => Some(BadName::Path),
        c if c.is_control() => Some(BadName::Control),
        _ => None,
    }
}

/// `.part`, `.filepart`, `.tmp`, hidden names (rsync's `.name.XXXXXX` is one), editors' `name~`.
fn is_temporary(text: &str) -> bool {
    text.starts_with('.') || TEMPORARY_SUFFIXES.into_iter().any(|end| ends_with(text, end))
}

fn ends_with(text: &str, suffix: &str) -> bool {
    let (text, suffix) = (text.as_bytes(), suffix.as_bytes());
    text.len() >= suffix.len() && text[text.len() - suffix.len()..].eq_ignore_ascii_case(suffix)
}

const MOST_BYTES: usize = 200;
const TEMPORARY_SUFFIXES: [&str; 4] = [".part", ".filepart", ".tmp", "~"];

#[cfg(test)]
mod tests {
    use super::{BadName, NameVerdict, SenderFileName};

    fn named(text: &str) -> SenderFileName {
        SenderFileName::new(text.as_bytes().to_vec())
    }

    #[test]
    fn names_are_judged() {
        let manifest = |of| NameVerdict::Manifest(named(of));
        let long = |length: usize| "x".repeat(length);
        let cases = [
            ("liste.xml", NameVerdict::Data),
            ("Ærlig liste 2024.csv", NameVerdict::Data),
            ("a", NameVerdict::Data),
            (&long(200), NameVerdict::Data),
            (&long(201), NameVerdict::Bad(BadName::Length)),
            ("", NameVerdict::Bad(BadName::Length)),
            ("-rf", NameVerdict::Bad(BadName::Hyphen)),
            ("a\nb", NameVerdict::Bad(BadName::Control)),
            ("a\u{1b}[31m", NameVerdict::Bad(BadName::Control)),
            ("a\u{85}b", NameVerdict::Bad(BadName::Control)),
            ("a\u{2028}b", NameVerdict::Bad(BadName::Control)),
            ("a\u{202e}lmx.", NameVerdict::Bad(BadName::Bidi)),
            ("a\u{61c}", NameVerdict::Bad(BadName::Bidi)),
            ("a\u{2069}", NameVerdict::Bad(BadName::Bidi)),
            ("a\u{200f}", NameVerdict::Bad(BadName::Bidi)),
            ("..\\x", NameVerdict::Bad(BadName::Path)),
            ("a.xml.part", NameVerdict::Temporary),
            ("a.xml.FILEPART", NameVerdict::Temporary),
            ("a.tmp", NameVerdict::Temporary),
            ("a.xml~", NameVerdict::Temporary),
            (".a.xml.Qx81Zz", NameVerdict::Temporary),
            (&format!(".{}.Qx81Zz", long(200)), NameVerdict::Temporary),
            (".sha256", NameVerdict::Temporary),
            ("a.xml.sha256.part", NameVerdict::Temporary),
            ("a.xml.sha256", manifest("a.xml")),
            // Whether it is a signature depends on who sent it.
            ("a.xml.sig", NameVerdict::Data),
            (".sig", NameVerdict::Temporary),
            ("a.xml.sig.part", NameVerdict::Temporary),
            ("apart", NameVerdict::Data),
        ];
        for (text, want) in cases {
            assert_eq!(named(text).judge(), want, "case: {text:?}");
        }
        let latin = SenderFileName::new(b"s\xf8knad.xml".to_vec());
        assert_eq!(latin.judge(), NameVerdict::Bad(BadName::NotUtf8));
    }

    #[test]
    fn temporary_names_tell_their_final_ones() {
        let cases = [
            ("a.xml.part", Some("a.xml")),
            ("a.xml.FILEPART", Some("a.xml")),
            ("a.tmp", Some("a")),
            ("a.xml~", Some("a.xml")),
            (".a.xml.Qx81Zz", Some("a.xml")),
            (".hidden.xml", None),
            ("a.xml", None),
        ];
        for (text, want) in cases {
            assert_eq!(named(text).final_name(), want.map(named), "case: {text}");
        }
    }
}
