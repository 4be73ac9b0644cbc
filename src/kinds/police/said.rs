//! Whether a text that a gate asks for says anything (POL-02, POL-13). It counts words, and judges none:
//! that is for people.

use std::collections::BTreeSet;

/// Whether a text can say what the danger is and to whom: three words, or two that are none of those
/// that are written where nothing is said. "Truer naboen" says it, "alvorlig fare" does not.
pub fn describes_a_threat(text: &str) -> bool {
    let words = words_of(text);
    let told = || words.iter().filter(|word| !SAYS_NOTHING.contains(&word.as_str())).count();
    words.len() >= WORDS_OF_A_THREAT || words.len() == 2 && told() == 2
}

/// Whether a text can be the concrete assessment of a case (POL-02).
pub fn says_an_assessment(text: &str) -> bool {
    words_of(text).len() >= WORDS_OF_AN_ASSESSMENT
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
