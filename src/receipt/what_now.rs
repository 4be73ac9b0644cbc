//! The first sentences of a receipt: what came of the file, and what the sender does now.
//!
//! How a file is sent again is said here alone, because it depends on the kind: an event that is
//! sent twice would be there twice, and an annual file takes the place of all that came before it.
//! What the rules say below refers to it.

use std::collections::BTreeSet;

use crate::{
    receipt::{
        facts::{Note, Receipt},
        words::{self, text},
    },
    types::{
        finding::Finding,
        rule::{Rule, Severity, Text},
        rules::{npr, police},
        verdict::Verdict,
    },
};

/// What came of it and what the sender does, in a few sentences.
pub(super) fn sentences(receipt: &Receipt<'_>) -> String {
    match (receipt.verdict, receipt.duplicate_of) {
        (Verdict::Duplicate, _) => duplicate(receipt),
        (Verdict::Accepted, _) => accepted(receipt),
        (Verdict::Held, _) => held(receipt),
        (Verdict::Partly, _) => format!("{} {}", counted(receipt), again_in_part(receipt)),
        (Verdict::Rejected, _) => {
            format!("{} {}", NOTHING.in_language(receipt.language), again_as_a_whole(receipt))
        }
    }
}

fn duplicate(receipt: &Receipt<'_>) -> String {
    let language = receipt.language;
    let Some(earlier) = receipt.duplicate_of else {
        return text!(
            language,
            nb = "Nøyaktig denne filen har kommet før. Det første svaret gjelder; ingenting er \
                  lagret to ganger.",
            en = "This very file has come before. The first answer stands; nothing was stored \
                  twice.",
        );
    };
    let when = words::moment(language, earlier.received_at, receipt.time_zone);
    let verdict = words::verdict(earlier.verdict).in_language(language);
    let id = earlier.submission;
    let is_decided = receipt.notes.iter().any(|note| matches!(note, Note::Decision(_)));
    // The rules below refer to it. Where something was decided since, the decision says what to do.
    let again = match earlier.verdict {
        Verdict::Partly if !is_decided => again_in_part(receipt) + " ",
        Verdict::Rejected if !is_decided => again_as_a_whole(receipt) + " ",
        _ => String::new(),
    };
    text!(
        language,
        nb = "Nøyaktig denne filen kom {when} som innsending {id} og ble {verdict}. Det svaret \
              gjelder; ingenting er lagret to ganger. {again}Ville du sende noe nytt, kontroller at \
              du har valgt den nye filen.",
        en = "This very file came on {when} as submission {id} and was {verdict}. That answer \
              stands; nothing was stored twice. {again}If you meant to send something new, check \
              that you picked the new file.",
    )
}

fn accepted(receipt: &Receipt<'_>) -> String {
    let taken = words::records(receipt.language, receipt.records_accepted);
    let is_part = |note: &Note| matches!(note, Note::BothDutiesSoFar | Note::PartOfYear);
    if receipt.notes.iter().any(is_part) {
        return part_accepted(receipt, &taken);
    }
    let then = if receipt.findings.is_empty() { DONE } else { READ_REMARKS };
    let then = then.in_language(receipt.language);
    text!(
        receipt.language,
        nb = "Tatt imot: {taken}, det er alle. {then}",
        en = "Taken: {taken}, which is all of them. {then}",
    )
}

/// Of a file that says of itself that it is not all: whether anything is left to do, the note says.
fn part_accepted(receipt: &Receipt<'_>, taken: &str) -> String {
    let part = text!(
        receipt.language,
        nb = "Tatt imot: {taken}, det er alle i filen. Den sier at den er en del av året; hva det \
              betyr for året, står nedenfor.",
        en = "Taken: {taken}, which is all of this file. It says that it is a part of the year; \
              what that means for the year stands below.",
    );
    if receipt.findings.is_empty() {
        return part;
    }
    format!("{part} {}", READ_REMARKS.in_language(receipt.language))
}

fn held(receipt: &Receipt<'_>) -> String {
    let accepted = words::records(receipt.language, receipt.records_accepted);
    let rejected = words::records(receipt.language, receipt.records_rejected);
    if receipt.rehearsal {
        text!(
            receipt.language,
            nb = "Riktig: {accepted}. Feil: {rejected}. Sendt på ordentlig ville en del av det som \
                  følger av filen, ventet på en avgjørelse, og det ville da komme en ny \
                  kvittering. Nå venter ingenting, og det kommer ingen ny kvittering.",
            en = "Right: {accepted}. Wrong: {rejected}. Sent for real, part of what follows from \
                  the file would wait for a decision, and a second receipt would come then. \
                  Nothing waits now, and no second receipt comes.",
        )
    } else {
        text!(
            receipt.language,
            nb = "Tatt imot: {accepted}. Ikke tatt imot: {rejected}. En del av det som følger av \
                  filen, venter på en avgjørelse. Send den ikke om igjen hvis den er riktig: det \
                  kommer en ny kvittering her når det er avgjort.",
            en = "Taken: {accepted}. Not taken: {rejected}. Part of what follows from the file \
                  waits for a decision. Do not send it again if it is right: a second receipt comes \
                  here when it is decided.",
        )
    }
}

/// What was taken and what was not. Of a file that could not be read, nobody knows how many there
/// were.
fn counted(receipt: &Receipt<'_>) -> String {
    let accepted = words::records(receipt.language, receipt.records_accepted);
    let rejected = words::records(receipt.language, receipt.records_rejected);
    match receipt.records_rejected {
        0 => text!(receipt.language, nb = "Tatt imot: {accepted}.", en = "Taken: {accepted}."),
        _ => text!(
            receipt.language,
            nb = "Tatt imot: {accepted}. Ikke tatt imot: {rejected}.",
            en = "Taken: {accepted}. Not taken: {rejected}.",
        ),
    }
}

/// How what was not taken of a file comes again.
fn again_in_part(receipt: &Receipt<'_>) -> String {
    let refused: BTreeSet<u32> = receipt
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::RejectFile)
        .filter_map(|finding| finding.entry)
        .collect();
    let of_archive = !refused.is_empty();
    // What was struck in a file that comes again as a whole does not come again by itself.
    let records = receipt.findings.iter().any(|finding| {
        finding.severity == Severity::RejectRecord
            && finding.entry.is_none_or(|entry| !refused.contains(&entry))
    });
    let kind = receipt.kind.map_or("", |kind| kind.id.as_str());
    let of_records = match kind {
        _ if of_archive && !records => None,
        _ if receipt.records_rejected == 0 => Some(NOT_CARRIED_OUT),
        EVENTS => Some(EVENTS_AGAIN),
        ANNUAL => Some(ANNUAL_AGAIN),
        _ => Some(AGAIN),
    };
    let pieces = [of_records, of_archive.then_some(FILE_OF_ARCHIVE_AGAIN)];
    let pieces = pieces.into_iter().flatten().map(|text| text.in_language(receipt.language));
    pieces.collect::<Vec<_>>().join(" ")
}

/// How a file of which nothing was taken comes again, if it does.
fn again_as_a_whole(receipt: &Receipt<'_>) -> String {
    let text = if receipt.findings.iter().any(says_itself) { SEE_BELOW } else { ALL_AGAIN };
    text.in_language(receipt.language).to_owned()
}

/// Whether a finding that costs the file says itself what becomes of it: that it is not to be sent,
/// or not before something has happened. The first sentence must not say otherwise.
fn says_itself(finding: &Finding) -> bool {
    let has_own_cure = finding.hint.as_ref().is_some_and(|hint| hint.cure.is_some());
    finding.severity == Severity::RejectFile
        && (has_own_cure || NOT_TO_BE_SENT.contains(&finding.rule))
}

/// Rules whose cure is not to send the file, or not before somebody else has done something.
static NOT_TO_BE_SENT: [&Rule; 4] = [&npr::NPR_02, &npr::NPR_05, &npr::NPR_06, &police::POL_04];

/// The kinds of which a part is sent again in a way of its own.
const ANNUAL: &str = "iplos-annual";
const EVENTS: &str = "kpr-event";

const AGAIN: Text = Text {
    nb: "Rett det som står nedenfor, i din egen fil og send den på nytt.",
    en: "Correct what is listed below in your own file and send it again.",
};
const ALL_AGAIN: Text = Text {
    nb: "Rett det som står nedenfor, og send hele filen på nytt.",
    en: "Correct what is listed below and send the whole file again.",
};
const ANNUAL_AGAIN: Text = Text {
    nb: "Rett det som står nedenfor, i fagsystemet, og send hele filen på nytt. Sender du bare de \
         rettede personene, skriv komplett=\"false\": med komplett=\"true\" trer de i stedet for alt \
         som er tatt imot.",
    en: "Correct what is listed below in your system, and send the whole file again. If you send the \
         corrected persons alone, write komplett=\"false\": with komplett=\"true\" they take the \
         place of all that was taken.",
};
const DONE: Text = Text { nb: "Du trenger ikke gjøre noe.", en: "You need not do anything." };
const EVENTS_AGAIN: Text = Text {
    nb: "Rett det som står nedenfor, i fagsystemet. Hver rettet hendelse kommer som en ny \
         notifikasjon sist i kjeden, i en senere fil. Ikke send på nytt det som er tatt imot.",
    en: "Correct what is listed below in your system. Each corrected event comes as a new \
         notification at the end of the chain, in a later file. Do not send again what was taken.",
};
const FILE_OF_ARCHIVE_AGAIN: Text = Text {
    nb: "Rett hver fil i arkivet som er avvist, og send den på nytt.",
    en: "Correct each file of the archive that was refused, and send it again.",
};
const NOT_CARRIED_OUT: Text = Text {
    nb: "En del av filen er ikke gjennomført; se nedenfor.",
    en: "Part of the file was not carried out; see below.",
};
const NOTHING: Text =
    Text { nb: "Ingenting i filen er tatt imot.", en: "Nothing of the file was taken." };
const READ_REMARKS: Text = Text {
    nb: "Les merknadene nedenfor før neste fil.",
    en: "Read the remarks below before your next file.",
};
const SEE_BELOW: Text =
    Text { nb: "Hva du gjør, står nedenfor.", en: "What to do stands below." };
