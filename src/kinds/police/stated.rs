//! What somebody introduces by a word: "heter Kari Nordmann", "navn: Kari", "fru Nordmann", "personnr
//! 00085" (POL-03). The word tells what follows, so that a part of a number and a name that nobody
//! knows here are found.
//!
//! A single word after "heter" passes, as what medicines and wards are called by does.

/// Whether a text says what somebody is called.
pub fn holds_stated_name(text: &str) -> bool {
    let tokens: Vec<&str> = text.split_whitespace().collect();
    (0..tokens.len()).any(|at| is_called(&tokens, at) || is_labelled(&tokens, at))
}

/// Whether a text gives a national identity number, or the last five digits of one, by name.
pub fn holds_stated_number(text: &str) -> bool {
    // "personnr:00085" and "fnr.00085" are two words as well.
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.iter().enumerate().any(|(at, word)| {
        let follows = words[at + 1..].iter().find(|word| !FILLERS.contains(&word.as_str()));
        NUMBERS.contains(&word.as_str())
            && follows.is_some_and(|word| {
                matches!(word.len(), 5 | 6 | 11) && word.bytes().all(|byte| byte.is_ascii_digit())
            })
    })
}

/// `heter Kari Nordmann`: two words with capitals.
fn is_called(tokens: &[&str], at: usize) -> bool {
    CALLED.contains(&plain(tokens[at]).as_str())
        && tokens.get(at + 1).is_some_and(|first| is_name(first) && !ends(first))
        && tokens.get(at + 2).is_some_and(|second| is_name(second))
}

/// `navn: Kari`, `navnet er Kari`, `fru Nordmann`: one word with a capital.
fn is_labelled(tokens: &[&str], at: usize) -> bool {
    let token = tokens[at];
    let (label, joined) = match token.split_once(':') {
        Some((label, rest)) if !rest.is_empty() => (label, Some(rest)),
        _ => (token, None),
    };
    let word = plain(label);
    let next = |by: usize| tokens.get(at + by).copied();
    if TITLES.contains(&word.as_str()) {
        // A title ends no sentence: "hr. Nordmann".
        return !token.ends_with([',', ';', ':', '!', '?']) && next(1).is_some_and(is_name);
    }
    if !LABELS.contains(&word.as_str()) {
        return false;
    }
    let name = match joined {
        Some(rest) => Some(rest),
        None if token.ends_with(':') => next(1),
        None => next(1).filter(|word| plain(word) == "er").and_then(|_| next(2)),
    };
    name.is_some_and(is_name)
}

/// A capital and a letter more, and none of the words that say that there is no name.
fn is_name(token: &str) -> bool {
    let bare = token.trim_matches(|c: char| !c.is_alphanumeric());
    let mut chars = bare.chars();
    chars.next().is_some_and(char::is_uppercase)
        && chars.next().is_some_and(char::is_alphabetic)
        && !NAMELESS.contains(&plain(bare).as_str())
}

/// Whether a sentence ends behind a word.
fn ends(token: &str) -> bool {
    token.ends_with(['.', ',', ';', ':', '!', '?', ')'])
}

fn plain(token: &str) -> String {
    token.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

const CALLED: &[&str] = &["heter", "het", "hete", "kalles", "kalt", "named", "called"];

const LABELS: &[&str] = &["navn", "navnet", "pasientnavn", "fornavn", "etternavn", "name"];

const TITLES: &[&str] = &["fru", "frk", "frøken", "herr", "hr", "mr", "mrs", "ms"];

const NAMELESS: &[&str] = &[
    "anonym",
    "anonymisert",
    "ikke",
    "ingen",
    "se",
    "ukjent",
    "utelatt",
    "skjermet",
    "anonymous",
    "none",
    "not",
    "unknown",
    "withheld",
];

const NUMBERS: &[&str] = &[
    "personnr",
    "personnummer",
    "personnummeret",
    "fødselsnr",
    "fødselsnummer",
    "fødselsnummeret",
    "fnr",
    "pnr",
    "dnr",
];

/// What may stand between the word and the digits.
const FILLERS: &[&str] =
    &["er", "de", "siste", "fem", "sifrene", "sifre", "siffer", "5", "slutter", "på"];

#[cfg(test)]
mod tests {
    use super::{holds_stated_name, holds_stated_number};

    #[test]
    fn names_that_a_word_introduces() {
        for text in [
            "Pasienten heter Kari Nordmann og bor i Bergen",
            "HETER KARI NORDMANN",
            "navn: Kari Nordmann",
            "Navn:Kari",
            "navnet er Kari.",
            "Vi snakker om fru Nordmann",
            "hr. Nordmann",
            "the patient is called Kari Nordmann",
        ] {
            assert!(holds_stated_name(text), "{text}");
        }
        for text in [
            "Medisinen heter Xanor og gis daglig",
            "Hva heter registeret?",
            "navn: ukjent",
            "Navn: Ukjent",
            "Navn: se journalen",
            "Pasientens tilstand er forverret. Politiet er varslet",
            "navn og adresse er utelatt",
            "fruen i huset er bekymret",
            "Det heter at Politiet skal varsles",
            "",
        ] {
            assert!(!holds_stated_name(text), "{text}");
        }
    }

    #[test]
    fn numbers_that_a_word_introduces() {
        for text in [
            "Født 03.05.1987, personnr 00085",
            "personnr.: 00085",
            "Personnummeret er 00085",
            "fnr 038587",
            "personnummer, siste fem: 00085",
        ] {
            assert!(holds_stated_number(text), "{text}");
        }
        for text in [
            "personnummer er utelatt",
            "saksnr 00085",
            "personnr mangler, se sak 00085",
            "rom 12345",
            "fnr 26/00123",
            "",
        ] {
            assert!(!holds_stated_number(text), "{text}");
        }
    }
}
