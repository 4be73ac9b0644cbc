//! What must hold for any bytes as a sender's file name; shared by the fuzz target and the tests.

use filsluse::{
    intake::name::{NameVerdict, SenderFileName},
    types::ids::SubmissionId,
};

/// Judges the name, and makes a receipt's name of it.
pub(crate) fn run(data: &[u8]) {
    let id = SubmissionId::parse(ID).expect("an id");
    let name = SenderFileName::new(data.to_vec());
    let stem = name.receipt_stem(&id);
    let stem = stem.expose_text();
    assert!((1..=200).contains(&stem.len()), "a receipt name of another length");
    assert!(!stem.starts_with(['-', '.']), "a receipt name that is hidden or an option");
    assert!(!stem.chars().any(is_bad), "a bad character in a receipt name");
    match name.judge() {
        NameVerdict::Data => {
            assert_eq!(stem.as_bytes(), data);
            assert!(!data.ends_with(MANIFEST), "a manifest as data");
        }
        NameVerdict::Manifest(of) => {
            assert_eq!(stem.as_bytes(), data);
            assert!([of.expose_bytes(), MANIFEST].concat() == data, "a manifest of another file");
        }
        NameVerdict::Bad(_) | NameVerdict::Temporary => assert_eq!(stem, ID),
    }
    assert_eq!(format!("{name:?}"), "SenderFileName(…)");
}

/// What must not reach a receipt's name: told apart by the standard library's classes and by the
/// table of Unicode's `Bidi_Control`, not by the code under test.
fn is_bad(c: char) -> bool {
    c.is_control()
        || matches!(c, '/' | '\\' | '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{200e}' | '\u{200f}')
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}

const MANIFEST: &[u8] = b".sha256";
const ID: &str = "00000000000000000000000000";
