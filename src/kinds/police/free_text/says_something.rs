//! Whether a text that a gate asks for says anything (POL-01, POL-02, POL-11, POL-13). It counts
//! words, and judges none: that is for people.

use std::collections::BTreeSet;

/// Whether a text can say what the danger is and to whom: three words, or two that are none of
/// those that are written where nothing is said. "Truer naboen" says it, "alvorlig fare" does not.
pub fn describes_a_threat(text: &str) -> bool {
    let words = words_of(text);
    let told = || words.iter().filter(|word| !SAYS_NOTHING.contains(&word.as_str())).count();
    words.len() >= WORDS_OF_A_THREAT || words.len() == 2 && told() == 2
}

/// Whether a text can be the concrete assessment of a case (POL-02).
pub fn says_an_assessment(text: &str) -> bool {
    words_of(text).len() >= WORDS_OF_AN_ASSESSMENT
}

/// Whether a text is what people write where a form demands something and they have nothing: a
/// dash, a single letter, "ukjent".
pub fn says_nothing(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    let plain = zeroize::Zeroizing::new(letters.collect::<String>());
    plain.chars().nth(1).is_none() || PLACEHOLDERS.contains(&plain.as_str())
}

/// Whether somebody can be called by it.
pub fn is_telephone(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
}

/// Different words of two letters or more.
fn words_of(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphabetic());
    words.filter(|word| word.chars().nth(1).is_some()).map(str::to_lowercase).collect()
}

/// Fewer say nothing of a case: "tungtveiende offentlige interesser foreligger" is the law's own
/// wording and no assessment.
const WORDS_OF_AN_ASSESSMENT: usize = 8;

/// "ja", "se journal" and a dash describe no threat.
const WORDS_OF_A_THREAT: usize = 3;

/// Without the signs in them: `N/A` is `na`.
const PLACEHOLDERS: &[&str] = &[
    "ikkekjent",
    "ikkeoppgitt",
    "ingen",
    "mangler",
    "na",
    "none",
    "notknown",
    "null",
    "tba",
    "tbd",
    "todo",
    "ukjend",
    "ukjent",
    "unknown",
    "vetikke",
    "xx",
    "xxx",
];

/// What names neither a danger nor anybody whom it is to.
const SAYS_NOTHING: &[&str] = &[
    "alle",
    "alvorlig",
    "alvorlige",
    "andre",
    "annet",
    "avverge",
    "danger",
    "diverse",
    "er",
    "et",
    "fare",
    "faren",
    "farlig",
    "folk",
    "følger",
    "harm",
    "ikke",
    "ingen",
    "ja",
    "jf",
    "jfr",
    "journal",
    "journalen",
    "kjent",
    "mangler",
    "med",
    "nei",
    "no",
    "noe",
    "noen",
    "not",
    "notat",
    "others",
    "over",
    "pasient",
    "pasienten",
    "person",
    "personer",
    "police",
    "politi",
    "politiet",
    "risiko",
    "risk",
    "samtale",
    "se",
    "see",
    "serious",
    "skade",
    "someone",
    "stor",
    "threat",
    "trussel",
    "trusler",
    "ukjent",
    "under",
    "unknown",
    "varsel",
    "varsling",
    "vedlagt",
    "vedlegg",
    "violence",
    "vold",
    "yes",
];

#[cfg(test)]
mod tests {
    use super::says_nothing;

    #[test]
    fn what_people_write_where_they_have_nothing() {
        for text in
            ["-", "--", "?", "...", "x", "X.", "xxx", "ukjent", "Ukjent.", "N/A", "n.a.", ""]
        {
            assert!(says_nothing(text), "{text}");
        }
        for text in ["SIS", "Bo", "Li Na", "Overlege", "24", "PO", "ukjent mann, ca. 40 år"] {
            assert!(!says_nothing(text), "{text}");
        }
    }
}
