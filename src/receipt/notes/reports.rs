//! The sentences that only municipal reports have: two duties in one file, what was dropped, what
//! is missing in the sequence, what a complete submission takes the place of.

use crate::{
    receipt::{
        facts::Kept,
        words::{self, text},
    },
    types::{
        ids::{RegistryId, SubmissionId},
        rule::{Language, Text},
    },
};

/// What one file for two registries is good for: all of the duty, or as far as it goes, by what it
/// says of itself; and nothing yet when it was a rehearsal. Agrees with when a year counts as
/// reported.
pub(super) const fn both_duties(complete: Option<bool>, rehearsal: bool) -> Text {
    match (complete, rehearsal) {
        (Some(true), false) => Text {
            nb: "Denne filen oppfyller meldeplikten til begge registrene, IPLOS og KPR, for \
                 tjenesteåret 2017. Ingen av dem skal ha en egen fil.",
            en: "This file fulfils the duty to report to both registries, IPLOS and KPR, for the \
                 service year 2017. Neither of them needs a file of its own.",
        },
        (Some(true), true) => Text {
            nb: "Når den sendes på ordentlig, oppfyller denne filen meldeplikten til begge \
                 registrene, IPLOS og KPR, for tjenesteåret 2017. Ingen av dem skal ha en egen fil.",
            en: "Sent for real, this file fulfils the duty to report to both registries, IPLOS and \
                 KPR, for the service year 2017. Neither of them needs a file of its own.",
        },
        (None, false) => Text {
            nb: "Denne filen teller som rapporteringen til begge registrene, IPLOS og KPR, for \
                 tjenesteåret 2017. Ingen av dem skal ha en egen fil. Den sier ikke om den er \
                 komplett: er den bare en del av året, er meldeplikten ikke oppfylt før resten er \
                 sendt. Oppgi hva den er neste gang, med komplett=\"true\" eller \"false\".",
            en: "This file counts as the report to both registries, IPLOS and KPR, for the service \
                 year 2017. Neither of them needs a file of its own. It does not say whether it is \
                 complete: if it is only a part of the year, the duty is not fulfilled until the \
                 rest is sent. Say which it is the next time, with komplett=\"true\" or \"false\".",
        },
        (None, true) => Text {
            nb: "Når den sendes på ordentlig, teller denne filen som rapporteringen til begge \
                 registrene, IPLOS og KPR, for tjenesteåret 2017. Den sier ikke om den er komplett: \
                 oppgi det, med komplett=\"true\" eller \"false\".",
            en: "Sent for real, this file counts as the report to both registries, IPLOS and KPR, \
                 for the service year 2017. It does not say whether it is complete: say so, with \
                 komplett=\"true\" or \"false\".",
        },
        (Some(false), false) => Text {
            nb: "Det som er tatt imot av denne filen, teller for begge registrene, IPLOS og KPR, for \
                 tjenesteåret 2017, og ingen av dem skal ha en egen fil. Den sier at den er en del \
                 av året, komplett=\"false\": året teller som rapportert når en fil som ikke sier \
                 det, er tatt imot. Er det alt gjort, trenger du ikke gjøre noe mer.",
            en: "What was taken of this file counts for both registries, IPLOS and KPR, for the \
                 service year 2017, and neither of them needs a file of its own. It says that it is \
                 a part of the year, komplett=\"false\": the year counts as reported when a file is \
                 taken that does not say so. If one was, you need not do anything more.",
        },
        (Some(false), true) => Text {
            nb: "Når den sendes på ordentlig, teller det som er riktig i denne filen, for begge \
                 registrene, IPLOS og KPR, for tjenesteåret 2017. Den sier at den er en del av året, \
                 komplett=\"false\": året teller som rapportert når en fil som ikke sier det, er \
                 tatt imot.",
            en: "Sent for real, what is right in this file counts for both registries, IPLOS and \
                 KPR, for the service year 2017. It says that it is a part of the year, \
                 komplett=\"false\": the year counts as reported when a file is taken that does not \
                 say so.",
        },
    }
}

/// The same for a file of another year, which goes to one registry, where it says that it is a
/// part.
pub(super) const fn part_of_year(rehearsal: bool) -> Text {
    if rehearsal {
        Text {
            nb: "Filen sier at den er en del av året, komplett=\"false\": sendt på ordentlig får \
                 den ikke året til å telle som rapportert.",
            en: "The file says that it is a part of the year, komplett=\"false\": sent for real, it \
                 would not make the year count as reported.",
        }
    } else {
        Text {
            nb: "Filen sier at den er en del av året, komplett=\"false\": året teller som \
                 rapportert når en fil som ikke sier det, er tatt imot. Er det alt gjort, trenger \
                 du ikke gjøre noe mer.",
            en: "The file says that it is a part of the year, komplett=\"false\": the year counts \
                 as reported when a file is taken that does not say so. If one was, you need not do \
                 anything more.",
        }
    }
}

/// The same where some records were struck: those are missing in both, whatever the file says of
/// itself.
pub(super) const fn both_duties_but_struck(rehearsal: bool) -> Text {
    if rehearsal {
        Text {
            nb: "Når den sendes på ordentlig, teller det som er riktig i denne filen, for begge \
                 registrene, IPLOS og KPR, for tjenesteåret 2017. Oppføringene med feil ville \
                 mangle i begge, og meldeplikten er ikke oppfylt før de også har kommet.",
            en: "Sent for real, what is right in this file counts for both registries, IPLOS and \
                 KPR, for the service year 2017. The wrong records would be missing in both, and \
                 the duty would not be fulfilled before they have come too.",
        }
    } else {
        Text {
            nb: "Det som er tatt imot av denne filen, teller for begge registrene, IPLOS og KPR, for \
                 tjenesteåret 2017, og ingen av dem skal ha en egen fil. Året teller som rapportert, \
                 men oppføringene som ikke er tatt imot, mangler i begge: meldeplikten er oppfylt \
                 når de er sendt på nytt slik det står øverst i kvitteringen.",
            en: "What was taken of this file counts for both registries, IPLOS and KPR, for the \
                 service year 2017, and neither of them needs a file of its own. The year counts as \
                 reported, but the records that were not taken are missing in both: the duty is \
                 fulfilled when they have been sent again, as the top of the receipt says.",
        }
    }
}

/// A file of an archive that takes the place of one before it.
pub(super) const REPLACES_WITHIN: Text = Text {
    nb: "En fil i arkivet erstatter en som står før den, for samme kommune og år. Den første \
         slettes når registrenes frist for den er ute. Send neste gang én fil for hver kommune og \
         hvert år.",
    en: "A file of the archive takes the place of one before it, for the same municipality and \
         year. The former is erased when the registries' period for it has run out. Next time send \
         one file for each municipality and year.",
};

/// What a registry does not get, by the format's own names.
pub(super) fn dropped(
    language: Language,
    registry: Option<&RegistryId>,
    fields: &[String],
) -> String {
    let fields = fields.join(", ");
    let who = match registry {
        Some(registry) => {
            text!(language, nb = "det registeret {registry}", en = "the registry {registry}",)
        }
        None => text!(language, nb = "det et register", en = "a registry"),
    };
    text!(
        language,
        nb = "Felt som ikke er besluttet innsamlet for tjenesteåret, er tatt ut av {who} får: \
              {fields} (KPR-07).",
        en = "Fields that were not decided to be collected for the service year were dropped from \
              what {who} gets: {fields} (KPR-07).",
    )
}

/// A break in the sequence. Numbers need only rise, so that a jump of a thousand proves one
/// missing.
pub(super) fn gap(language: Language, missing: u64) -> String {
    let most = words::number(language, missing);
    let up_to = match missing {
        ..=1 => String::new(),
        _ => text!(
            language,
            nb = ", og etter løpenumrene opptil {most}",
            en = ", and by their numbers up to {most}",
        ),
    };
    text!(
        language,
        nb = "Det er et brudd i rekkefølgen av notifikasjonene deres: minst én av dem ser ikke ut \
              til å ha nådd oss{up_to}. Finn leveransen som mangler, og send den.",
        en = "The sequence of your notifications has a break: at least one of them seems not to \
              have reached us{up_to}. Find the delivery that is missing and send it.",
    )
}

/// What becomes of the submission that another one has taken the place of.
pub(super) fn replaces(language: Language, submission: SubmissionId, kept: &[Kept]) -> String {
    let holders = kept.iter().map(|Kept { registry, months, days }| {
        let after = after(language, *months, *days);
        text!(language, nb = "i {registry} {after}", en = "in {registry} {after}")
    });
    let when = if kept.is_empty() {
        text!(
            language,
            nb = "når registrenes frist for det er ute",
            en = "when the registries' period for it has run out",
        )
    } else {
        holders.collect::<Vec<_>>().join(", ")
    };
    text!(
        language,
        nb = "Denne innsendingen erstatter en tidligere for samme kommune og år, {submission}. Det \
              den sa om året, slettes {when}.",
        en = "This submission takes the place of an earlier one for the same municipality and \
              year, {submission}. What that one said of the year is erased {when}.",
    )
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
    if pieces.is_empty() {
        return text!(language, nb = "straks", en = "at once");
    }
    let pieces = pieces.join(&text!(language, nb = " og ", en = " and "));
    text!(language, nb = "etter {pieces}", en = "after {pieces}")
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
