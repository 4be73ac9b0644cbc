//! What somebody introduces by a word: "heter Kari Nordmann", "navn: Kari", "fru Nordmann",
//! "pasienten Kari", "personnr 00085" (POL-03). The word tells what follows, so that a part of a
//! number and a name that nobody knows here are found.
//!
//! A single word after "heter" passes, as what medicines and wards are called by does. After "kalt"
//! it is a name where a person is spoken of.

/// Whether a text says what somebody is called.
pub fn holds_stated_name(text: &str) -> bool {
    let tokens: Vec<&str> = text.split_whitespace().collect();
    (0..tokens.len()).any(|at| {
        is_called(&tokens, at)
            || is_labelled(&tokens, at)
            || is_by_name(&tokens, at)
            || is_nicknamed(&tokens, at)
            || is_related(&tokens, at)
    })
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

/// `ved navn Kari`, unless a thing is spoken of.
fn is_by_name(tokens: &[&str], at: usize) -> bool {
    let is_thing = at.checked_sub(1).is_some_and(|at| THINGS.contains(&plain(tokens[at]).as_str()));
    plain(tokens[at]) == "ved"
        && tokens.get(at + 1).is_some_and(|word| plain(word) == "navn")
        && !is_thing
        && is_proper(tokens, at + 2)
}

/// `mannen kalt Kari`, `han blir kalt Kari`.
fn is_nicknamed(tokens: &[&str], at: usize) -> bool {
    if !NICKNAMED.contains(&plain(tokens[at]).as_str())
        || ends(tokens[at])
        || !is_proper(tokens, at + 1)
    {
        return false;
    }
    let mut before = tokens[..at].iter().rev();
    let whom = before.find(|word| ends(word) || !LINKS.contains(&plain(word).as_str()));
    // Where a sentence begins with it, it says nothing of a thing.
    whom.is_none_or(|word| {
        word.ends_with(['.', ':', ';', '!', '?']) || PERSONS.contains(&plain(word).as_str())
    })
}

/// `pasienten Kari`, `datteren Kari Nordmann`, `mor: Kari Nordmann`.
fn is_related(tokens: &[&str], at: usize) -> bool {
    let token = tokens[at];
    let (word, joined) = match token.split_once(':') {
        Some((word, rest)) if !rest.is_empty() => (word, Some(rest)),
        _ => (token, None),
    };
    let word = plain(word);
    if !RELATIVES.contains(&word.as_str()) {
        return false;
    }
    let joined = joined.map(|rest| [&[rest], &tokens[at + 1..]].concat());
    let tail = joined.as_deref().unwrap_or(&tokens[at + 1..]);
    let labelled = token.contains(':');
    if !is_proper(tail, 0) || !labelled && ends(token) {
        return false;
    }
    let two = !ends(tail[0]) && tail.get(1).is_some_and(|second| is_name(second));
    // "Mor: Bekymret for sønnen" begins a sentence, and "faren" is a danger too.
    let alone =
        || ends(tail[0]) || tail.get(1).is_none_or(|next| FOLLOWS.contains(&plain(next).as_str()));
    two || if labelled { alone() } else { word != "faren" }
}

/// A word written as names are, or two in capitals: an abbreviation is no name.
fn is_proper(tokens: &[&str], at: usize) -> bool {
    let shouts = |token: &&str| {
        let bare = token.trim_matches(|c: char| !c.is_alphanumeric());
        bare.chars().count() >= 4 && bare.chars().all(char::is_uppercase)
    };
    tokens.get(at).is_some_and(|token| {
        let second = token.chars().filter(|c| c.is_alphanumeric()).nth(1);
        let two = || shouts(token) && tokens.get(at + 1).is_some_and(shouts);
        is_name(token) && (second.is_some_and(char::is_lowercase) || two())
    })
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
    "avdød",
    "barnevernet",
    "bekymret",
    "de",
    "død",
    "han",
    "helse",
    "hun",
    "ikke",
    "informert",
    "ingen",
    "innlagt",
    "ja",
    "jeg",
    "kommunen",
    "kripos",
    "nei",
    "norge",
    "oslo",
    "politi",
    "politiet",
    "se",
    "syk",
    "sykehuset",
    "varslet",
    "vi",
    "ukjent",
    "utelatt",
    "skjermet",
    "anonymous",
    "none",
    "not",
    "unknown",
    "withheld",
];

/// Words for somebody whom a name may follow at once.
const RELATIVES: &[&str] = &[
    "bror",
    "broren",
    "daughter",
    "datter",
    "dattera",
    "datteren",
    "ektefelle",
    "ektefellen",
    "far",
    "faren",
    "father",
    "kona",
    "mor",
    "mora",
    "moren",
    "mother",
    "pasient",
    "pasienten",
    "patient",
    "samboer",
    "samboeren",
    "son",
    "søster",
    "søsteren",
    "sønn",
    "sønnen",
];

/// Words for somebody who may be called by a name.
const PERSONS: &[&str] = &[
    "dame",
    "gutt",
    "gutten",
    "han",
    "henne",
    "ham",
    "hun",
    "jente",
    "jenta",
    "kvinne",
    "kvinnen",
    "mann",
    "mannen",
    "person",
    "personen",
    "barn",
    "barnet",
    "pasient",
    "pasienten",
    "bror",
    "broren",
    "datter",
    "datteren",
    "mor",
    "moren",
    "søster",
    "søsteren",
    "sønn",
    "sønnen",
];

const NICKNAMED: &[&str] = &["kalt", "kalles", "called"];

/// What may stand between a person and "kalt".
const LINKS: &[&str] = &["er", "var", "ble", "blir", "bli", "blitt", "også", "gjerne", "is", "was"];

/// What is given a name and is nobody.
const THINGS: &[&str] = &[
    "app",
    "avdeling",
    "forening",
    "gruppe",
    "hund",
    "klubb",
    "legemiddel",
    "medikament",
    "medisin",
    "medisinen",
    "ordning",
    "preparat",
    "preparatet",
    "program",
    "register",
    "registeret",
    "sted",
    "system",
    "tiltak",
];

/// What goes on behind a name that stands alone.
const FOLLOWS: &[&str] = &["bor", "er", "f", "født", "har", "ringte"];

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
            "Drøfte våpen: pasienten Kari Nordmann og risiko",
            "Pasienten Kari er bekymret",
            "PASIENTEN KARI NORDMANN",
            "pasient: Kari Nordmann",
            "Drøfte våpen: ved navn Kari og risiko",
            "en gutt på 12 år ved navn Ola",
            "Drøfte våpen: kalt Kari og risiko",
            "En mann kalt Kalle truer",
            "Han blir kalt Kalle.",
            "mor: Kari Hansen",
            "Mor:Kari Hansen",
            "far: Ola",
            "Far: Ola bor i Bergen",
            "bor med datter Kari",
            "sønnen Ola er 12 år",
            "faren Ola Nordmann",
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
            "Pasienten. Politiet ble varslet",
            "Pasienten DPS ringte om",
            "pasienten Politiet hentet",
            "Snakket med pasienten, Oslo politidistrikt ble varslet",
            "et legemiddel ved navn Xanor",
            "Medisinen kalt Xanor gis daglig",
            "Xanax, også kalt Xanor",
            "Medisinen blir kalt Xanor",
            "et register kalt Infoflyt",
            "Mor: Bekymret for sønnen",
            "Mor: Hun er bekymret",
            "Far: Avdød i 2019",
            "Faren Norge står overfor",
            "bor med mor. Far er i utlandet",
            "datter og sønn. Begge er voksne",
            "Pasientens datter BUP",
            "Han er sønn av en kjent person",
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
