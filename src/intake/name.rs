//! A sender's file name: bytes that somebody else chose, judged before they are used for anything.
//!
//! Counts as personal data, since it may hold who somebody is: never printed, wiped when dropped.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

use zeroize::Zeroizing;

use crate::types::{ids::SubmissionId, secret::PersonalText};

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
    pub fn judge(&self) -> Verdict {
        let Ok(text) = std::str::from_utf8(&self.0) else {
            return Verdict::Bad(BadName::NotUtf8);
        };
        if let Some(bad) = text.chars().find_map(bad_character) {
            return Verdict::Bad(bad);
        }
        // Before the length: rsync's temporary name of a good name may be longer than 200 bytes.
        if is_temporary(text) {
            return Verdict::Temporary;
        }
        if text.starts_with('-') {
            return Verdict::Bad(BadName::Hyphen);
        }
        if !(1..=MOST_BYTES).contains(&text.len()) {
            return Verdict::Bad(BadName::Length);
        }
        match text.strip_suffix(MANIFEST_SUFFIX) {
            Some(of) => Verdict::Manifest(Self::new(of.as_bytes().to_vec())),
            None => Verdict::Data,
        }
    }

    /// The first part of the receipt's name: this name when it is a good one, else our own id, so
    /// that no control character and no hidden file reaches the outbound directory.
    pub fn receipt_stem(&self, id: &SubmissionId) -> PersonalText {
        match self.judge() {
            Verdict::Data | Verdict::Manifest(_) => self.to_personal_text(),
            Verdict::Bad(_) | Verdict::Temporary => None,
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

    /// The name of the manifest that would speak for this file.
    pub(crate) fn manifest_name(&self) -> Self {
        Self::new([self.expose_bytes(), MANIFEST_SUFFIX.as_bytes()].concat())
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
pub enum Verdict {
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
const MANIFEST_SUFFIX: &str = ".sha256";
const TEMPORARY_SUFFIXES: [&str; 4] = [".part", ".filepart", ".tmp", "~"];

/// The body of the fuzz target for file names: judging and everything that uses the judgement must
/// hold its promises for any bytes.
///
/// # Panics
/// When a promise is broken; that is its purpose.
pub fn fuzz_name(bytes: &[u8], id: &SubmissionId) {
    let name = SenderFileName::new(bytes.to_vec());
    let stem = name.receipt_stem(id);
    let stem = stem.expose_text();
    assert!((1..=MOST_BYTES).contains(&stem.len()), "a receipt name of another length");
    assert!(!stem.starts_with(['-', '.']), "a receipt name that is hidden or an option");
    assert!(stem.chars().all(|c| bad_character(c).is_none()), "a bad receipt name");
    match name.judge() {
        Verdict::Data => assert!(!bytes.ends_with(MANIFEST_SUFFIX.as_bytes())),
        Verdict::Manifest(of) => assert!(of.manifest_name() == name, "a manifest of another file"),
        Verdict::Bad(_) | Verdict::Temporary => assert!(stem == id.to_string()),
    }
    assert_eq!(format!("{name:?}"), "SenderFileName(…)");
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{BadName, SenderFileName, Verdict, fuzz_name};
    use crate::types::ids::SubmissionId;

    fn named(text: &str) -> SenderFileName {
        SenderFileName::new(text.as_bytes().to_vec())
    }

    #[test]
    fn names_are_judged() {
        let manifest = |of| Verdict::Manifest(named(of));
        let long = |length: usize| "x".repeat(length);
        let cases = [
            ("liste.xml", Verdict::Data),
            ("Ærlig liste 2024.csv", Verdict::Data),
            ("a", Verdict::Data),
            (&long(200), Verdict::Data),
            (&long(201), Verdict::Bad(BadName::Length)),
            ("", Verdict::Bad(BadName::Length)),
            ("-rf", Verdict::Bad(BadName::Hyphen)),
            ("a\nb", Verdict::Bad(BadName::Control)),
            ("a\u{1b}[31m", Verdict::Bad(BadName::Control)),
            ("a\u{85}b", Verdict::Bad(BadName::Control)),
            ("a\u{2028}b", Verdict::Bad(BadName::Control)),
            ("a\u{202e}lmx.", Verdict::Bad(BadName::Bidi)),
            ("a\u{61c}", Verdict::Bad(BadName::Bidi)),
            ("a\u{2069}", Verdict::Bad(BadName::Bidi)),
            ("a\u{200f}", Verdict::Bad(BadName::Bidi)),
            ("..\\x", Verdict::Bad(BadName::Path)),
            ("a.xml.part", Verdict::Temporary),
            ("a.xml.FILEPART", Verdict::Temporary),
            ("a.tmp", Verdict::Temporary),
            ("a.xml~", Verdict::Temporary),
            (".a.xml.Qx81Zz", Verdict::Temporary),
            (&format!(".{}.Qx81Zz", long(200)), Verdict::Temporary),
            (".sha256", Verdict::Temporary),
            ("a.xml.sha256.part", Verdict::Temporary),
            ("a.xml.sha256", manifest("a.xml")),
            ("apart", Verdict::Data),
        ];
        for (text, want) in cases {
            assert_eq!(named(text).judge(), want, "case: {text:?}");
        }
        let latin = SenderFileName::new(b"s\xf8knad.xml".to_vec());
        assert_eq!(latin.judge(), Verdict::Bad(BadName::NotUtf8));
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

    #[test]
    fn any_bytes_keep_the_promises() {
        let id = SubmissionId::new(Timestamp::UNIX_EPOCH, [7; 10]);
        // A small linear congruential generator: the same names in every run.
        let mut seed: u64 = 2026;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(seed >> 40).unwrap()
        };
        let pieces: [&[u8]; 16] = [
            b".",
            b"-",
            b"~",
            b".part",
            b".sha256",
            b"\\",
            b"\n",
            b"\x1b[2J",
            b"a",
            b"\xff",
            "\u{202e}".as_bytes(),
            "\u{61c}".as_bytes(),
            b"\0",
            b".tmp",
            b"xxxxxxxxxxxxxxxxxxxxxxxx",
            b"0",
        ];
        for _ in 0..20_000 {
            let count = next() % 12;
            let name: Vec<u8> =
                (0..count).flat_map(|_| pieces[next() % pieces.len()].to_vec()).collect();
            fuzz_name(&name, &id);
        }
    }
}
