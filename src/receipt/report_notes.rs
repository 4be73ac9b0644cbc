//! The sentences that only municipal reports have: two duties in one file, what was dropped, what
//! is missing in the sequence, what a complete submission takes the place of.

use crate::{
    receipt::{Kept, words},
    types::{
        ids::{RegistryId, SubmissionId},
        rule::Language,
    },
};

/// What one file for two registries is good for: all of the duty, or as far as it goes, by what it
/// says of itself; and nothing yet when it was a rehearsal. Agrees with when a year counts as
/// reported.
pub(super) const fn both_duties(
    language: Language,
    complete: Option<bool>,
    rehearsal: bool,
) -> &'static str {
    match (language, complete, rehearsal) {
        (Language::En, Some(true), false) => {
            "This file fulfils the duty to report to both registries, IPLOS and KPR, for the \
             service year 2017. Neither of them needs a file of its own."
        }
        (Language::En, Some(true), true) => {
            "Sent for real, this file fulfils the duty to report to both registries, IPLOS and KPR, \
             for the service year 2017. Neither of them needs a file of its own."
        }
        (Language::En, None, false) => {
            "This file counts as the report to both registries, IPLOS and KPR, for the service year \
             2017. Neither of them needs a file of its own. It does not say whether it is complete: \
             if it is only a part of the year, the duty is not fulfilled until the rest is sent. Say \
             which it is the next time, with komplett=\"true\" or \"false\"."
        }
        (Language::En, None, true) => {
            "Sent for real, this file counts as the report to both registries, IPLOS and KPR, for \
             the service year 2017. It does not say whether it is complete: say so, with \
             komplett=\"true\" or \"false\"."
        }
        (Language::En, Some(false), false) => {
            "What was taken of this file counts for both registries, IPLOS and KPR, for the service \
             year 2017, and neither of them needs a file of its own. It says that it is a part of \
             the year, komplett=\"false\": the year counts as reported when a file is taken that \
             does not say so. If one was, you need not do anything more."
        }
        (Language::En, Some(false), true) => {
            "Sent for real, what is right in this file counts for both registries, IPLOS and KPR, \
             for the service year 2017. It says that it is a part of the year, komplett=\"false\": \
             the year counts as reported when a file is taken that does not say so."
        }
        (Language::Nb, Some(true), false) => {
            "Denne filen oppfyller meldeplikten til begge registrene, IPLOS og KPR, for \
             tjenesteåret 2017. Ingen av dem skal ha en egen fil."
        }
        (Language::Nb, Some(true), true) => {
            "Når den sendes på ordentlig, oppfyller denne filen meldeplikten til begge registrene, \
             IPLOS og KPR, for tjenesteåret 2017. Ingen av dem skal ha en egen fil."
        }
        (Language::Nb, None, false) => {
            "Denne filen teller som rapporteringen til begge registrene, IPLOS og KPR, for \
             tjenesteåret 2017. Ingen av dem skal ha en egen fil. Den sier ikke om den er komplett: \
             er den bare en del av året, er meldeplikten ikke oppfylt før resten er sendt. Oppgi \
             hva den er neste gang, med komplett=\"true\" eller \"false\"."
        }
        (Language::Nb, None, true) => {
            "Når den sendes på ordentlig, teller denne filen som rapporteringen til begge \
             registrene, IPLOS og KPR, for tjenesteåret 2017. Den sier ikke om den er komplett: \
             oppgi det, med komplett=\"true\" eller \"false\"."
        }
        (Language::Nb, Some(false), false) => {
            "Det som er tatt imot av denne filen, teller for begge registrene, IPLOS og KPR, for \
             tjenesteåret 2017, og ingen av dem skal ha en egen fil. Den sier at den er en del av \
             året, komplett=\"false\": året teller som rapportert når en fil som ikke sier det, er \
             tatt imot. Er det alt gjort, trenger du ikke gjøre noe mer."
        }
        (Language::Nb, Some(false), true) => {
            "Når den sendes på ordentlig, teller det som er riktig i denne filen, for begge \
             registrene, IPLOS og KPR, for tjenesteåret 2017. Den sier at den er en del av året, \
             komplett=\"false\": året teller som rapportert når en fil som ikke sier det, er tatt \
             imot."
        }
    }
}

/// The same for a file of another year, which goes to one registry, where it says that it is a
/// part.
pub(super) const fn part_of_year(language: Language, rehearsal: bool) -> &'static str {
    match (language, rehearsal) {
        (Language::En, false) => {
            "The file says that it is a part of the year, komplett=\"false\": the year counts as \
             reported when a file is taken that does not say so. If one was, you need not do \
             anything more."
        }
        (Language::En, true) => {
            "The file says that it is a part of the year, komplett=\"false\": sent for real, it \
             would not make the year count as reported."
        }
        (Language::Nb, false) => {
            "Filen sier at den er en del av året, komplett=\"false\": året teller som rapportert \
             når en fil som ikke sier det, er tatt imot. Er det alt gjort, trenger du ikke gjøre \
             noe mer."
        }
        (Language::Nb, true) => {
            "Filen sier at den er en del av året, komplett=\"false\": sendt på ordentlig får den \
             ikke året til å telle som rapportert."
        }
    }
}

/// The same where some records were struck: those are missing in both, whatever the file says of
/// itself.
pub(super) const fn both_duties_but_struck(language: Language, rehearsal: bool) -> &'static str {
    match (language, rehearsal) {
        (Language::En, false) => {
            "What was taken of this file counts for both registries, IPLOS and KPR, for the service \
             year 2017, and neither of them needs a file of its own. The year counts as reported, \
             but the records that were not taken are missing in both: the duty is fulfilled when \
             they have been sent again, as the top of the receipt says."
        }
        (Language::En, true) => {
            "Sent for real, what is right in this file counts for both registries, IPLOS and KPR, \
             for the service year 2017. The wrong records would be missing in both, and the duty \
             would not be fulfilled before they have come too."
        }
        (Language::Nb, false) => {
            "Det som er tatt imot av denne filen, teller for begge registrene, IPLOS og KPR, for \
             tjenesteåret 2017, og ingen av dem skal ha en egen fil. Året teller som rapportert, men \
             oppføringene som ikke er tatt imot, mangler i begge: meldeplikten er oppfylt når de er \
             sendt på nytt slik det står øverst i kvitteringen."
        }
        (Language::Nb, true) => {
            "Når den sendes på ordentlig, teller det som er riktig i denne filen, for begge \
             registrene, IPLOS og KPR, for tjenesteåret 2017. Oppføringene med feil ville mangle i \
             begge, og meldeplikten er ikke oppfylt før de også har kommet."
        }
    }
}

/// What a registry does not get, by the format's own names.
pub(super) fn dropped(
    language: Language,
    registry: Option<&RegistryId>,
    fields: &[String],
) -> String {
    let fields = fields.join(", ");
    match (language, registry) {
        (Language::En, Some(registry)) => format!(
            "Fields that were not decided to be collected for the service year were dropped from \
             what the registry {registry} gets: {fields} (KPR-07)."
        ),
        (Language::En, None) => format!(
            "Fields that were not decided to be collected for the service year were dropped from \
             what a registry gets: {fields} (KPR-07)."
        ),
        (Language::Nb, Some(registry)) => format!(
            "Felt som ikke er besluttet innsamlet for tjenesteåret, er tatt ut av det registeret \
             {registry} får: {fields} (KPR-07)."
        ),
        (Language::Nb, None) => format!(
            "Felt som ikke er besluttet innsamlet for tjenesteåret, er tatt ut av det et register \
             får: {fields} (KPR-07)."
        ),
    }
}

/// A break in the sequence. Numbers need only rise, so that a jump of a thousand proves one
/// missing.
pub(super) fn gap(language: Language, missing: u64) -> String {
    let most = words::number(language, missing);
    match (language, missing) {
        (Language::En, ..=1) => "The sequence of your notifications has a break: at least one of \
             them seems not to have reached us. Find the delivery that is missing and send it."
            .to_owned(),
        (Language::En, _) => format!(
            "The sequence of your notifications has a break: at least one of them seems not to have \
             reached us, and by their numbers up to {most}. Find the delivery that is missing and \
             send it."
        ),
        (Language::Nb, ..=1) => "Det er et brudd i rekkefølgen av notifikasjonene deres: minst én \
             av dem ser ikke ut til å ha nådd oss. Finn leveransen som mangler, og send den."
            .to_owned(),
        (Language::Nb, _) => format!(
            "Det er et brudd i rekkefølgen av notifikasjonene deres: minst én av dem ser ikke ut \
             til å ha nådd oss, og etter løpenumrene opptil {most}. Finn leveransen som mangler, og \
             send den."
        ),
    }
}

/// What becomes of the submission that another one has taken the place of.
pub(super) fn replaces(language: Language, submission: SubmissionId, kept: &[Kept]) -> String {
    let holders: Vec<String> = kept
        .iter()
        .map(|Kept { registry, months, days }| {
            let after = after(language, *months, *days);
            match language {
                Language::En => format!("in {registry} {after}"),
                Language::Nb => format!("i {registry} {after}"),
            }
        })
        .collect();
    let holders = holders.join(", ");
    match (language, kept.is_empty()) {
        (Language::En, false) => format!(
            "This submission takes the place of an earlier one for the same municipality and year, \
             {submission}. What that one said of the year is erased {holders}."
        ),
        (Language::En, true) => format!(
            "This submission takes the place of an earlier one for the same municipality and year, \
             {submission}. What that one said of the year is erased when the registries' period \
             for it has run out."
        ),
        (Language::Nb, false) => format!(
            "Denne innsendingen erstatter en tidligere for samme kommune og år, {submission}. Det \
             den sa om året, slettes {holders}."
        ),
        (Language::Nb, true) => format!(
            "Denne innsendingen erstatter en tidligere for samme kommune og år, {submission}. Det \
             den sa om året, slettes når registrenes frist for det er ute."
        ),
    }
}

/// `after 30 days`, `after 1 year and 6 months`, `at once`.
fn after(language: Language, months: u32, days: u32) -> String {
    let (years, months) = (months / 12, months % 12);
    let pieces = [(years, YEARS), (months, MONTHS), (days, DAYS)]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, [en, ens, nb, nbs])| {
            let name = match (language, count) {
                (Language::En, 1) => en,
                (Language::En, _) => ens,
                (Language::Nb, 1) => nb,
                (Language::Nb, _) => nbs,
            };
            format!("{}\u{a0}{name}", words::number(language, count.into()))
        })
        .collect::<Vec<_>>();
    match (language, pieces.is_empty()) {
        (Language::En, true) => "at once".to_owned(),
        (Language::En, false) => format!("after {}", pieces.join(" and ")),
        (Language::Nb, true) => "straks".to_owned(),
        (Language::Nb, false) => format!("etter {}", pieces.join(" og ")),
    }
}

/// One and several, in English and in Norwegian.
const YEARS: [&str; 4] = ["year", "years", "år", "år"];
const MONTHS: [&str; 4] = ["month", "months", "måned", "måneder"];
const DAYS: [&str; 4] = ["day", "days", "dag", "dager"];

#[cfg(test)]
mod tests {
    use super::{after, gap};
    use crate::types::rule::Language::{En, Nb};

    #[test]
    fn periods_in_words() {
        for (months, days, en, nb) in [
            (0, 0, "at once", "straks"),
            (0, 1, "after 1 day", "etter 1 dag"),
            (0, 30, "after 30 days", "etter 30 dager"),
            (18, 2, "after 1 year and 6 months and 2 days", "etter 1 år og 6 måneder og 2 dager"),
        ] {
            assert_eq!(after(En, months, days).replace('\u{a0}', " "), en);
            assert_eq!(after(Nb, months, days).replace('\u{a0}', " "), nb);
        }
    }

    /// A number that jumps by a thousand may be a sender that counts in thousands.
    #[test]
    fn a_break_proves_one_missing_and_no_more() {
        for (missing, en, nb) in [
            (
                1,
                "at least one of them seems not to have reached us. ",
                "minst én av dem ser ikke ut til å ha nådd oss. ",
            ),
            (959, "and by their numbers up to 959. ", "og etter løpenumrene opptil 959. "),
        ] {
            assert!(gap(En, missing).contains(en), "{}", gap(En, missing));
            assert!(gap(Nb, missing).contains(nb), "{}", gap(Nb, missing));
            assert!(!gap(En, missing).contains(&format!("least {missing}")));
        }
    }
}
