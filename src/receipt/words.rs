//! The receipt's fixed words, dates and numbers in both languages. Knows no submission.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use crate::types::{
    ids::Part,
    rule::{Language, Text},
    verdict::{Evidence, Verdict},
};

/// A sentence with what stands in its holes, in one language. Both stand side by side, so that who
/// changes one sees the other; the holes have names, which the compiler holds them to.
macro_rules! text {
    ($language:expr, nb = $nb:literal, en = $en:literal $(,)?) => {
        match $language {
            $crate::types::rule::Language::Nb => format!($nb),
            $crate::types::rule::Language::En => format!($en),
        }
    };
}
pub(super) use text;

/// The first line.
pub(super) const fn headline(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Accepted => Text { nb: "GODTATT", en: "ACCEPTED" },
        Verdict::Duplicate => Text { nb: "MOTTATT FØR", en: "ALREADY RECEIVED" },
        Verdict::Held => Text { nb: "PÅ VENT", en: "HELD" },
        Verdict::Partly => Text { nb: "DELVIS GODTATT", en: "PARTLY ACCEPTED" },
        Verdict::Rejected => Text { nb: "AVVIST", en: "REJECTED" },
    }
}

/// The verdict inside a sentence.
pub(super) const fn verdict(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Accepted => Text { nb: "godtatt", en: "accepted" },
        Verdict::Duplicate => Text { nb: "mottatt før", en: "already received" },
        Verdict::Held => Text { nb: "satt på vent", en: "held for a decision" },
        Verdict::Partly => Text { nb: "delvis godtatt", en: "partly accepted" },
        Verdict::Rejected => Text { nb: "avvist", en: "rejected" },
    }
}

/// What the evidence proves, and what it does not.
pub(super) const fn evidence(evidence: Evidence) -> Text {
    match evidence {
        Evidence::Manifest => Text {
            nb: "Ja, det er bevist: filen har den SHA-256-summen som du oppga.",
            en: "Yes, and proved: the file has the SHA-256 that you stated.",
        },
        Evidence::Structure => Text {
            nb: "Ja, etter sin egen oppbygning: filen slutter der formatet sier at den skal. Om \
                 noe manglet allerede før den ble sendt, kan ikke vi se.",
            en: "Yes, by its own structure: the file ends where its format says that it must. \
                 Whether something was missing before it was sent, we cannot see.",
        },
        Evidence::Closed => Text {
            nb: "Trolig: programmet ditt lukket filen, og den ble ikke endret etterpå. En \
                 forbindelse som brytes mellom to oppføringer, ser likedan ut.",
            en: "Probably: your program closed the file and it did not change afterwards. A \
                 connection that breaks between two records looks the same.",
        },
        Evidence::Quiet => Text {
            nb: "Ikke bevist: vi vet bare at filen ikke vokste mer.",
            en: "Not proved: we only know that the file had stopped growing.",
        },
    }
}

/// What an object holds.
pub(super) const fn part(part: Part) -> Text {
    match part {
        Part::Content => {
            Text { nb: "innholdet uten identiteter", en: "the content without identities" }
        }
        Part::Difference => Text {
            nb: "endringene som registeret skal gjøre",
            en: "what the registry must change",
        },
        Part::Identity => Text { nb: "identitetene", en: "the identities" },
        Part::Report => Text { nb: "kvalitetsrapporten", en: "the quality report" },
        Part::Request => Text {
            nb: "henvendelsen til politiet, for politidistriktet",
            en: "what goes to the police, for the police district",
        },
        Part::Whole => Text { nb: "hele innsendingen", en: "the submission as a whole" },
    }
}

/// Someone's words as a sentence: a capital first and a full stop last. The name of a field keeps
/// its letters.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.trim().chars();
    let word = text.split_whitespace().next().unwrap_or_default();
    let is_name = word.chars().skip(1).any(char::is_uppercase);
    let mut sentence: String = if is_name {
        chars.collect()
    } else {
        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
    };
    if !sentence.ends_with(['.', '!', '?', ':']) {
        sentence.push('.');
    }
    sentence
}

/// `1 record`, `12,345 records`.
pub(super) fn records(language: Language, count: u64) -> String {
    let digits = number(language, count);
    match (language, count) {
        (Language::En, 1) => format!("{digits}\u{a0}record"),
        (Language::En, _) => format!("{digits}\u{a0}records"),
        (Language::Nb, 1) => format!("{digits}\u{a0}oppføring"),
        (Language::Nb, _) => format!("{digits}\u{a0}oppføringer"),
    }
}

/// `1 person`, `12 persons`.
pub(super) fn persons(language: Language, count: u64) -> String {
    let digits = number(language, count);
    match (language, count) {
        (_, 1) => format!("{digits}\u{a0}person"),
        (Language::En, _) => format!("{digits}\u{a0}persons"),
        (Language::Nb, _) => format!("{digits}\u{a0}personer"),
    }
}

/// `1 place`, `12 places`.
pub(super) fn places(language: Language, count: u64) -> String {
    let digits = number(language, count);
    match (language, count) {
        (Language::En, 1) => format!("{digits}\u{a0}place"),
        (Language::En, _) => format!("{digits}\u{a0}places"),
        (Language::Nb, 1) => format!("{digits}\u{a0}sted"),
        (Language::Nb, _) => format!("{digits}\u{a0}steder"),
    }
}

/// `1 byte`, `12,345 bytes`.
pub(super) fn bytes(language: Language, count: u64) -> String {
    let digits = number(language, count);
    match (language, count) {
        (Language::En, 1) | (Language::Nb, _) => format!("{digits}\u{a0}byte"),
        (Language::En, _) => format!("{digits}\u{a0}bytes"),
    }
}

/// Digits in groups of three: `12,345` or, with non-breaking spaces, `12 345`.
pub(super) fn number(language: Language, value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(match language {
                Language::En => ',',
                Language::Nb => '\u{a0}',
            });
        }
        grouped.push(digit);
    }
    grouped
}

/// `13 November 2026` or `13. november 2026`, kept on one line.
pub(super) fn date(language: Language, date: Date) -> String {
    let month = usize::try_from(date.month() - 1).unwrap_or(0);
    let (dot, months) = match language {
        Language::En => ("", MONTHS_EN),
        Language::Nb => (".", MONTHS_NB),
    };
    format!("{}{dot}\u{a0}{}\u{a0}{}", date.day(), months[month], date.year())
}

/// A date with the time of day on the zone's clock.
pub(super) fn moment(language: Language, at: Timestamp, zone: &TimeZone) -> String {
    let local: DateTime = zone.to_datetime(at);
    let clock = local.strftime("%H:%M:%S");
    let day = date(language, local.date());
    match language {
        Language::En => format!("{day} at\u{a0}{clock}"),
        Language::Nb => format!("{day} kl.\u{a0}{clock}"),
    }
}

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_NB: [&str; 12] = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
];

#[cfg(test)]
mod tests {
    use jiff::{civil, tz::TimeZone};

    use super::{date, moment, number, records, sentence};
    use crate::types::rule::Language::{En, Nb};

    #[test]
    fn numbers_and_dates_as_each_language_writes_them() {
        for (value, en, nb) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (12_345, "12,345", "12\u{a0}345"),
            (1_000_000, "1,000,000", "1\u{a0}000\u{a0}000"),
        ] {
            assert_eq!(number(En, value), en);
            assert_eq!(number(Nb, value), nb);
        }
        assert_eq!(records(Nb, 1), "1\u{a0}oppføring");
        let day = civil::date(2026, 12, 1);
        assert_eq!(date(En, day), "1\u{a0}December\u{a0}2026");
        assert_eq!(date(Nb, day), "1.\u{a0}desember\u{a0}2026");
    }

    #[test]
    fn hints_become_sentences() {
        for (hint, want) in [
            ("øvre felt er tomt", "Øvre felt er tomt."),
            ("A b.", "A b."),
            ("", "."),
            ("typeID er ukjent", "typeID er ukjent."),
        ] {
            assert_eq!(sentence(hint), want);
        }
    }

    #[test]
    fn the_clock_is_the_zones() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let summer = "2026-07-01T22:30:00Z".parse().unwrap();
        assert_eq!(moment(Nb, summer, &oslo), "2.\u{a0}juli\u{a0}2026 kl.\u{a0}00:30:00");
    }
}
