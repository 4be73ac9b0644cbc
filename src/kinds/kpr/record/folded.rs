//! Whether a text has another in it, however either is written: in either case, with signs between
//! its letters and digits or without.

/// Signs that people and systems put into an identifier.
pub(super) const OF_IDENTIFIERS: &[u8] = b" -.";

/// Signs of the ways to write a GUID.
pub(super) const OF_GUIDS: &[u8] = b"-{}";

/// How many bytes a text has without these signs.
pub(super) fn length(text: &str, signs: &[u8]) -> usize {
    telling(text.as_bytes(), signs).count()
}

/// Whether `wanted` stands in the text, when these signs are passed over in both.
pub(super) fn holds(text: &str, wanted: &str, signs: &[u8]) -> bool {
    let Some(first) = telling(wanted.as_bytes(), signs).next() else { return false };
    let text = text.as_bytes();
    let begins = |at: usize| {
        let mut here = telling(&text[at..], signs);
        telling(wanted.as_bytes(), signs).all(|byte| here.next() == Some(byte))
    };
    // Most places do not even have its first character.
    (0..text.len()).any(|at| text[at].eq_ignore_ascii_case(&first) && begins(at))
}

fn telling<'t>(text: &'t [u8], signs: &'t [u8]) -> impl Iterator<Item = u8> + 't {
    text.iter().filter(|byte| !signs.contains(byte)).map(u8::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::{OF_GUIDS, OF_IDENTIFIERS, holds, length};

    #[test]
    fn signs_and_case_are_passed_over_and_nothing_else() {
        for (text, wanted, want) in [
            ("PASS AB123456", "pass ab123456", true),
            ("sak ab-12.34 56", "AB123456", true),
            ("AB123456", "ab 123-456", true),
            ("2017 0000 0108", "201700000108", true),
            ("aab123456", "AB123456", true),
            ("AB12345", "AB123456", false),
            ("AB_123456", "AB123456", false),
            ("æøå-12345", "ÆØÅ12345", false),
            ("æøå-12345", "æøå12345", true),
            ("", "a", false),
            ("a", "", false),
            ("a", " -.", false),
        ] {
            assert_eq!(holds(text, wanted, OF_IDENTIFIERS), want, "{text} {wanted}");
        }
        let guid = "0b5c7e0e-8a6f-4a55-9c7d-ab03851598ab";
        for text in [
            "{0B5C7E0E-8A6F-4A55-9C7D-AB03851598AB}",
            "0b5c7e0e8a6f4a559c7dab03851598ab",
            "P-0b5c7e0e-8a6f-4a559c7dab03851598ab/1",
        ] {
            assert!(holds(text, guid, OF_GUIDS), "{text}");
        }
        assert!(!holds("0b5c7e0e-8a6f-4a55-9c7d-ab03851598ac", guid, OF_GUIDS));
        assert_eq!((length(guid, OF_GUIDS), length(" a.b-", OF_IDENTIFIERS)), (32, 2));
    }
}
