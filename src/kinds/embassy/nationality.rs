//! Whether a stated citizenship is Norwegian, in whatever way people write it (EMB-03).

/// Whether one of the citizenships is Norwegian: whoever has two is a Norwegian citizen too.
pub fn is_norwegian(nationality: &str) -> bool {
    let lower = nationality.to_lowercase();
    let words = || lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let before = std::iter::once("").chain(words());
    let after = words().skip(1).chain(std::iter::once(""));
    words().zip(before.zip(after)).any(|(word, (before, after))| {
        NORWEGIAN.contains(&word)
            && !DENIALS.contains(&before)
            // "No nationality" is English, and no country code.
            && !(word == "no" && DENIED.contains(&after))
    })
}

/// Codes (ISO 3166: letters and digits) and words for the country and its citizens, in the
/// languages that missions write.
const NORWEGIAN: &[&str] = &[
    "578",
    "no",
    "noorwegen",
    "nor",
    "noreg",
    "norga",
    "norge",
    "norges",
    "norgga",
    "noruega",
    "norja",
    "norsk",
    "norske",
    "norskt",
    "norvegia",
    "norvège",
    "norvégien",
    "norvégienne",
    "norway",
    "norwegen",
    "norwegia",
    "norwegian",
    "norwegisch",
];

/// What takes the word behind it back.
const DENIALS: &[&str] = &["ikke", "ikkje", "non", "not", "nicht"];

/// What "no" in front of it denies.
const DENIED: &[&str] =
    &["answer", "citizenship", "data", "information", "nationality", "passport", "state"];

#[cfg(test)]
mod tests {
    use super::is_norwegian;

    #[test]
    fn one_of_several_citizenships() {
        for text in [
            "NO",
            "nor",
            "578",
            "Norsk og fransk",
            "FR+NOR",
            "FR NO",
            "FR-NO",
            "FR/NO",
            "FR, 578",
            "French and Norwegian",
            "norsk statsborger",
            "Norsk (dobbelt)",
            "Kongeriket Norge",
            "Kingdom of Norway",
            "norsk-fransk",
            "fransk\u{a0}norsk",
            "Norvège",
            "Norway.",
        ] {
            assert!(is_norwegian(text), "{text}");
        }
        for text in [
            "North Macedonia",
            "NL/FR",
            "250",
            "Northern Ireland",
            "ikke norsk",
            "Non-Norwegian",
            "No nationality",
            "Norfolk",
            "-",
            "",
        ] {
            assert!(!is_norwegian(text), "{text}");
        }
    }
}
