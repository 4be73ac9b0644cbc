//! Sentences of embassy lists: who is enrolled from when, and withdrawals that wait.

use jiff::civil::Date;

use crate::{
    receipt::{
        facts::{Decision, Receipt},
        words::{self, text},
    },
    types::rule::{Language, Severity, Text},
};

/// What the list changed: enrolled, changed, withdrawn and confirmed.
pub(super) fn difference(language: Language, counts: [u64; 4]) -> String {
    let [enrolled, changed, withdrawn, confirmed] = counts.map(|n| words::number(language, n));
    text!(
        language,
        nb = "Personer innmeldt: {enrolled}; endret: {changed}; utmeldt: {withdrawn}; bekreftet \
              uten endring: {confirmed}.",
        en = "Persons enrolled: {enrolled}; changed: {changed}; withdrawn: {withdrawn}; confirmed \
              without change: {confirmed}.",
    )
}

/// One day for all.
pub(super) fn effective_from(language: Language, day: Date) -> String {
    let date = words::date(language, day);
    text!(
        language,
        nb = "Innmeldingene gjelder fra {date}.",
        en = "Enrolments take effect on {date}.",
    )
}

/// A day for some of them.
pub(super) fn effective_from_for(language: Language, day: Date, persons: u64) -> String {
    let (day, persons) = (words::date(language, day), words::persons(language, persons));
    text!(
        language,
        nb = "Innmeldingen av {persons} gjelder fra {day}.",
        en = "The enrolment of {persons} takes effect on {day}.",
    )
}

/// The earliest of the days for the rest.
pub(super) fn effective_from_later(language: Language, day: Date, persons: u64) -> String {
    let (day, persons) = (words::date(language, day), words::persons(language, persons));
    text!(
        language,
        nb = "Innmeldingen av {persons} gjelder fra {day} eller senere: fra den 1. i en måned, slik \
              hver rad ber om.",
        en = "The enrolment of {persons} takes effect on {day} or later: on the 1st of a month, as \
              each row asks for.",
    )
}

/// Withdrawals that an operator must approve (EMB-13).
pub(super) fn held_withdrawals(language: Language, count: u64) -> String {
    let persons = words::persons(language, count);
    text!(
        language,
        nb = "Utmelding av {persons} venter på en saksbehandlers godkjenning. De beholder fastlegen \
              sin til det er avgjort.",
        en = "The withdrawal of {persons} waits for a case handler's approval. They keep their GP \
              until it is decided.",
    )
}

/// What became of what was held.
pub(super) fn decision(receipt: &Receipt<'_>, decision: Decision) -> String {
    let language = receipt.language;
    match decision {
        Decision::Approved => text!(
            language,
            nb = "Det som sto på vent i denne listen, er godkjent og blir nå gjennomført.",
            en = "What was held in this list has been approved and is now carried out.",
        ),
        Decision::Refused => text!(
            language,
            nb = "Det som sto på vent i denne listen, er ikke godkjent og blir ikke gjennomført: \
                  disse personene er fortsatt innmeldt. Send en ny fullstendig liste, eller ta \
                  kontakt.",
            en = "What was held in this list has not been approved and is not carried out: those \
                  persons stay enrolled. Send a new complete list, or contact the operator.",
        ),
        Decision::Superseded { by } => {
            let now = superseded(receipt).in_language(language);
            text!(
                language,
                nb = "En nyere fullstendig liste, innsending {by}, trådte i stedet for denne før \
                      det som sto på vent i den, var avgjort. Ingen meldes ut på grunn av denne \
                      listen: den nyere sier hvem som er innmeldt. {now} Er det likevel denne \
                      listen som er riktig, send den på nytt med ny list_id.",
                en = "A newer complete list, submission {by}, took the place of this one before \
                      what was held in it had been decided. Nobody is withdrawn because of this \
                      list: the newer one says who is enrolled. {now} If this list is the right \
                      one after all, send it again with a new list_id.",
            )
        }
    }
}

/// What is to be done about a list that a newer one took the place of.
fn superseded(receipt: &Receipt<'_>) -> Text {
    if receipt.findings.iter().any(|finding| finding.severity > Severity::Warning) {
        Text {
            nb: "Det som ble avvist i denne listen: er det heller ikke riktig i den nyere, rett det \
                 der.",
            en: "What was refused in this list: if it is not right in the newer one either, correct \
                 it there.",
        }
    } else {
        Text { nb: "Du trenger ikke gjøre noe.", en: "You need not do anything." }
    }
}
