//! What tells who somebody is in a text of a few sentences (POL-03): a national identity number, a
//! name that is known, an e-mail address, a street address, a postal code with its town.
//!
//! Detectors of forms, not of meaning: a name that nobody stated, or "the mayor's eldest", passes.

use crate::protect::scan::value;

/// Whether a valid national identity number stands in a text, real or synthetic, in any way that a
/// person may write it.
pub fn holds_number(text: &str) -> bool {
    value::holds_number(text)
}

/// Whether a valid DUF-number does.
pub fn holds_duf(text: &str) -> bool {
    value::holds_duf(text)
}

/// Whether a text repeats a name, or one part of it of three letters or more, as a word.
pub fn holds_name(text: &str, name: &str) -> bool {
    let lower = |word: &str| word.to_lowercase();
    let parts: Vec<_> = words(name).filter(|part| part.chars().count() >= 3).map(lower).collect();
    words(text).map(lower).any(|word| {
        // The genitive: "Karis mor".
        let bare = word.strip_suffix('s').unwrap_or(&word);
        parts.iter().any(|part| *part == word || part == bare)
    })
}

/// Whether an e-mail address stands in a text.
pub fn holds_email(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || "<>()[],;:\"".contains(c)).any(|word| {
        word.rsplit_once('@').is_some_and(|(local, host)| {
            let host = host.trim_end_matches('.');
            let is_host = host.contains('.')
                && host.split('.').all(|label| {
                    !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                });
            !local.is_empty() && is_host
        })
    })
}

/// Whether a street with a house number stands in a text, or a postal code with its town.
pub fn holds_address(text: &str) -> bool {
    let tokens: Vec<_> = text.split_whitespace().collect();
    (0..tokens.len()).any(|at| {
        is_street(&tokens, at) || is_home_street(&tokens, at) || is_postal_code(&tokens, at)
    })
}

/// `Storgata 5`, `Karl Johans gate 12 B`, `Storgt. 12`: a street's name and a house number after
/// it.
fn is_street(tokens: &[&str], at: usize) -> bool {
    let street = bare(tokens[at]);
    let lower = street.to_lowercase();
    let named = if STREETS.contains(&lower.as_str()) {
        // Two words: the one before must look like a name. "På vei 3" is no address.
        at > 0 && tokens[at - 1].ends_with(char::is_alphanumeric) && is_capital(tokens[at - 1])
    } else {
        let of = |ending: &&&str| {
            let stem = lower.strip_suffix(**ending).unwrap_or_default();
            stem.chars().count() >= 3 && !NO_STREETS.contains(&lower.as_str())
        };
        let is_named = STREETS.iter().find(of);
        is_named.is_some_and(|ending| is_capital(street) || DEFINITE.contains(ending))
    };
    let is_short = is_short_street(tokens, at);
    if !is_short && (!named || tokens[at].ends_with(['.', ';', ':', '!', '?'])) {
        return false;
    }
    // "Storgata nr. 15".
    let skipped =
        tokens.get(at + 1).is_some_and(|token| NUMBER_WORDS.contains(&lower_of(token).as_str()));
    let at = at + usize::from(skipped);
    let Some(number) = tokens.get(at + 1) else { return false };
    let ends = number.ends_with([',', '.', ';', ':', ')']);
    let number = bare(number);
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let letter = number.chars().skip(digits).count();
    let is_number = (1..=4).contains(&digits)
        && letter <= 1
        && number.chars().skip(digits).all(char::is_alphabetic);
    let unit = tokens.get(at + 2).map(|token| bare(token).to_lowercase());
    let is_quantity =
        letter == 0 && !ends && unit.is_some_and(|unit| UNITS.contains(&unit.as_str()));
    is_number && !is_quantity
}

/// `bor i Storgaten`: the street alone, where somebody lives in it.
fn is_home_street(tokens: &[&str], at: usize) -> bool {
    let lives = LIVES.contains(&lower_of(tokens[at]).as_str());
    let leads =
        tokens.get(at + 1).is_some_and(|word| LEADS_TO_A_PLACE.contains(&lower_of(word).as_str()));
    let Some(street) = tokens.get(at + 2).filter(|_| lives && leads) else { return false };
    let lower = lower_of(street);
    let stem = HOME_STREETS.iter().find_map(|ending| lower.strip_suffix(ending));
    is_capital(street)
        && stem.is_some_and(|stem| stem.chars().count() >= 3)
        && !NO_STREETS.contains(&lower.as_str())
}

/// `Storgt. 12`, `i Kirkevn 5`. Without its full stop it stands behind a word that leads to a
/// place: "Vedlagt 12 sider" and "Solgt 3" are none.
fn is_short_street(tokens: &[&str], at: usize) -> bool {
    let street = tokens[at].strip_suffix('.').unwrap_or(tokens[at]);
    let lower = bare(street).to_lowercase();
    let stem = SHORT_STREETS.iter().find_map(|ending| lower.strip_suffix(ending));
    let is_named = stem.is_some_and(|stem| stem.chars().count() >= 3) && is_capital(street);
    let led = || {
        at.checked_sub(1).is_some_and(|before| {
            LEADS_TO_A_PLACE.contains(&bare(tokens[before]).to_lowercase().as_str())
        })
    };
    let is_bare = street.ends_with(char::is_alphanumeric);
    is_named && is_bare && (street.len() < tokens[at].len() || led())
}

/// `0253 Oslo`: four digits and a word with a capital. A year, a time or a paragraph before a name
/// is none, unless a comma sets it off.
fn is_postal_code(tokens: &[&str], at: usize) -> bool {
    let code = tokens[at].strip_prefix("N-").or_else(|| tokens[at].strip_prefix("NO-"));
    let code = code.unwrap_or(tokens[at]);
    if code.len() != 4 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let Some(town) = tokens.get(at + 1) else { return false };
    let letters = bare(town).chars().filter(|c| c.is_alphabetic()).count();
    if !is_capital(town) || letters < 2 {
        return false;
    }
    let before = at.checked_sub(1).map(|before| tokens[before]);
    if before.is_some_and(|word| word.ends_with(',')) || code.len() < tokens[at].len() {
        return true;
    }
    let before = before.map(|word| bare(word).to_lowercase()).unwrap_or_default();
    if ["postnr", "postnummer"].contains(&before.as_str()) {
        return true;
    }
    let is_year = ("1900"..="2099").contains(&code);
    !is_year && !NO_CODES.contains(&before.as_str())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn lower_of(token: &str) -> String {
    bare(token).to_lowercase()
}

/// A word without the signs around it.
fn bare(token: &str) -> &str {
    token.trim_matches(|c: char| !c.is_alphanumeric() && c != '§')
}

fn is_capital(token: &str) -> bool {
    bare(token).chars().next().is_some_and(char::is_uppercase)
}

/// What streets end in. A name that ends in the definite form is a street's also without a capital.
const STREETS: &[&str] = &[
    "gate", "gata", "gaten", "vei", "veien", "veg", "vegen", "veitet", "allé", "alle", "alléen",
    "alleen", "plass", "plassen", "torg", "torget", "bakke", "bakken", "sti", "stien", "svingen",
    "tunet", "kroken", "brygge", "haugen", "terrasse",
];

/// What the streets end in that are told without a number.
const HOME_STREETS: &[&str] = &["gate", "gata", "gaten", "vei", "veien", "veg", "vegen"];

const LIVES: &[&str] = &["bor", "bodde", "bodd", "bosatt", "bo", "flyttet", "hjemme", "lives"];

const NUMBER_WORDS: &[&str] = &["nr", "no", "nummer"];

/// How street names are cut short.
const SHORT_STREETS: &[&str] = &["gt", "gtn", "vn"];

const LEADS_TO_A_PLACE: &[&str] = &["i", "på", "ved", "til", "fra", "adresse", "adressen", "er"];

const DEFINITE: &[&str] = &["gata", "gaten", "veien", "vegen", "alléen", "alleen", "torget"];

/// Words that end as streets do and are none.
const NO_STREETS: &[&str] = &[
    "omveien",
    "halvveien",
    "gangveien",
    "arbeidsplass",
    "arbeidsplassen",
    "sengeplass",
    "sengeplassen",
];

/// What counts something: `veien 3 ganger`.
const UNITS: &[&str] = &[
    "dag",
    "dager",
    "døgn",
    "gang",
    "ganger",
    "km",
    "kilometer",
    "kr",
    "kroner",
    "m",
    "meter",
    "minutt",
    "minutter",
    "måned",
    "måneder",
    "personer",
    "prosent",
    "stk",
    "sekunder",
    "time",
    "timer",
    "uke",
    "uker",
    "år",
];

/// What stands before four digits that are no postal code.
const NO_CODES: &[&str] =
    &["§", "kl", "klokka", "klokken", "lov", "nr", "nummer", "rom", "sak", "saksnr", "år", "året"];

#[cfg(test)]
mod tests {
    use super::{holds_address, holds_duf, holds_email, holds_name, holds_number};

    #[test]
    fn addresses_and_what_is_none() {
        for text in [
            "Bor i Storgata 5 nå",
            "bor i storgata 5",
            "Karl Johans gate 12",
            "Øvre Testvei 8B",
            "Testveien 12, 0253 Oslo",
            "(Kirkeveien 3 b)",
            "adressen er N-0253 Oslo",
            "adresse: Gård, 2016 Frogner",
            "hos en venn i 7030 Trondheim",
            "postnr 1900 Fetsund",
            "Bakketunet 14",
            "Bor i Storgt. 12",
            "adresse: Storgt. 12 B, Oslo",
            "Bor i Kirkevn 5",
            "Storgata nr 15",
            "Storgata nr. 15",
            "Karl Johans gate nummer 3",
            "Pasienten bor i Storgaten",
            "bosatt i Kirkeveien.",
            "flyttet til Kirkevegen i fjor",
        ] {
            assert!(holds_address(text), "{text}");
        }
        for text in [
            "Pasienten er på vei 3 dager etter utskrivning",
            "Han gikk veien 2 ganger",
            "Kirkeveien 3 ganger om dagen",
            "I 2024 Oslo politidistrikt registrerte dette",
            "kl. 1530 Politiet ringte",
            "§ 3-3 og § 23 nr. 4",
            "sak 1234 Helse",
            "Helsepersonelloven 1999",
            "en ny arbeidsplass 2 uker senere",
            "Politiet bisto ved innleggelsen 3. november",
            "gate 5",
            "Det gjelder perioden 2024 Januar",
            "en ny vei. 3 personer var der",
            "På Veien.",
            "Vedlagt 12 sider",
            "Solgt 3",
            "Storgt. 3 ganger",
            "bor i Bergen",
            "bor på Veien",
            "Han bor i gaten",
            "Gikk gjennom Storgata sammen med politiet",
            "flyttet til Omveien",
            "veien nr. 3 av 4",
            "Pasienten er innlagt. 12 timer senere kom politiet",
            "",
        ] {
            assert!(!holds_address(text), "{text}");
        }
    }

    #[test]
    fn emails_and_what_is_none() {
        for text in ["skriv til kari@example.no.", "<a.b@c.example.org>", "mail:x@y.no"] {
            assert!(holds_email(text), "{text}");
        }
        for text in ["3 stk @ 5 kr", "@", "a@", "@b.no", "a@b", "kari at example.no", "a@.no"] {
            assert!(!holds_email(text), "{text}");
        }
    }

    #[test]
    fn names_as_words_and_not_within_others() {
        for text in ["Om Testesen.", "karis mor", "KARI kom"] {
            assert!(holds_name(text, "Kari Å. Testesen"), "{text}");
        }
        for text in ["Karikatur", "testesener", "å gå", ""] {
            assert!(!holds_name(text, "Kari Å. Testesen"), "{text}");
        }
    }

    #[test]
    fn numbers_in_the_usual_ways() {
        for text in
            ["03851598730", "nr. 038515 98730.", "x03851598730y", "038515/98730", "038 515 987 30"]
        {
            assert!(holds_number(text), "{text}");
        }
        assert!(holds_duf("DUF 201700000108") && !holds_duf("03851598730"));
        for text in
            ["03851598731", "22 22 22 22", "26/0012345", "saken fra 2026-11-21 og 2026-11-22"]
        {
            assert!(!holds_number(text), "{text}");
        }
    }
}
