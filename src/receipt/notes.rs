//! What happens next: one sentence for each note and each erasure.

use crate::{
    receipt::{Decision, Erasure, Note, PoliceNote, Receipt, report_notes, words},
    types::{
        ids::QUARANTINE,
        rule::{Language, Severity},
    },
};

/// The sentence of a note, in the receipt that it stands in.
#[expect(clippy::too_many_lines, reason = "a sentence for each note, in both languages")]
pub(super) fn note(receipt: &Receipt<'_>, note: &Note) -> String {
    let (language, rehearsal) = (receipt.language, receipt.rehearsal);
    let en = matches!(language, Language::En);
    match *note {
        Note::AssumedEncoding if en => "The file does not say its encoding; we read it as \
             Windows-1252. Check that letters such as æ, ø and å come out right in your own \
             export, or save it as UTF-8."
            .to_owned(),
        Note::AssumedEncoding => "Filen oppgir ikke tegnsettet sitt; vi leste den som \
             Windows-1252. Kontroller at æ, ø og å er riktige i din egen eksport, eller lagre den \
             som UTF-8."
            .to_owned(),
        Note::BothDuties => report_notes::both_duties(language, Some(true), rehearsal).to_owned(),
        Note::BothDutiesAsSent => report_notes::both_duties(language, None, rehearsal).to_owned(),
        Note::BothDutiesButStruck => {
            report_notes::both_duties_but_struck(language, rehearsal).to_owned()
        }
        Note::BothDutiesSoFar => {
            report_notes::both_duties(language, Some(false), rehearsal).to_owned()
        }
        Note::CompletenessNotProved if en => "Compare the number of records above with your own. \
             To prove the next file complete, upload its SHA-256 beside it in a file of the same \
             name with .sha256 at the end."
            .to_owned(),
        Note::CompletenessNotProved => "Sammenlign antallet oppføringer ovenfor med ditt eget. \
             For å bevise at neste fil er komplett, last opp SHA-256-summen ved siden av den, i \
             en fil med samme navn og .sha256 til slutt."
            .to_owned(),
        Note::Decision(decision) => self::decision(receipt, decision),
        Note::Difference { enrolled, changed, withdrawn, confirmed } => {
            let [enrolled, changed, withdrawn, confirmed] =
                [enrolled, changed, withdrawn, confirmed].map(|n| words::number(language, n));
            if en {
                format!(
                    "Persons enrolled: {enrolled}; changed: {changed}; withdrawn: {withdrawn}; \
                     confirmed without change: {confirmed}."
                )
            } else {
                format!(
                    "Personer innmeldt: {enrolled}; endret: {changed}; utmeldt: {withdrawn}; \
                     bekreftet uten endring: {confirmed}."
                )
            }
        }
        Note::Dropped { ref registry, ref fields } => {
            report_notes::dropped(language, registry.as_ref(), fields)
        }
        Note::EffectiveFrom(date) => {
            let date = words::date(language, date);
            if en {
                format!("Enrolments take effect on {date}.")
            } else {
                format!("Innmeldingene gjelder fra {date}.")
            }
        }
        Note::EffectiveFromFor { day, persons } => {
            let (day, persons) = (words::date(language, day), words::persons(language, persons));
            if en {
                format!("The enrolment of {persons} takes effect on {day}.")
            } else {
                format!("Innmeldingen av {persons} gjelder fra {day}.")
            }
        }
        Note::EffectiveFromLater { day, persons } => {
            let (day, persons) = (words::date(language, day), words::persons(language, persons));
            if en {
                format!(
                    "The enrolment of {persons} takes effect on {day} or later: on the 1st of a \
                     month, as each row asks for."
                )
            } else {
                format!(
                    "Innmeldingen av {persons} gjelder fra {day} eller senere: fra den 1. i en \
                     måned, slik hver rad ber om."
                )
            }
        }
        Note::Gap { missing } => report_notes::gap(language, missing),
        Note::HeldWithdrawals { count } => {
            let persons = words::persons(language, count);
            if en {
                format!(
                    "The withdrawal of {persons} waits for a case handler's approval. They \
                     keep their GP until it is decided."
                )
            } else {
                format!(
                    "Utmelding av {persons} venter på en saksbehandlers godkjenning. De beholder \
                     fastlegen sin til det er avgjort."
                )
            }
        }
        Note::LeftOut { ref columns } => {
            let columns = columns.join(", ");
            if en {
                format!(
                    "Columns that are not needed for the purpose were left out and not stored: \
                     {columns} (NPR-04)."
                )
            } else {
                format!(
                    "Kolonner som formålet ikke trenger, er utelatt og ikke lagret: {columns} \
                     (NPR-04)."
                )
            }
        }
        Note::SmallGroups { small, persons, floor, not_counted } => {
            small_groups(language, small, persons, floor, not_counted)
        }
        Note::OutsideYear { rows, operating_year } => {
            let rows = words::number(language, rows);
            if en {
                format!("Rows with a utDato outside the operating year {operating_year}: {rows}.")
            } else {
                format!("Rader med utDato utenfor driftsåret {operating_year}: {rows}.")
            }
        }
        Note::PartOfYear => report_notes::part_of_year(language, rehearsal).to_owned(),
        Note::Police(ref note) => police(receipt, note),
        Note::Replaces { submission, ref kept } => {
            report_notes::replaces(language, submission, kept)
        }
        Note::ReplacesWithin if en => "A file of the archive takes the place of one before it, for \
             the same municipality and year. The former is erased when the registries' period for it \
             has run out. Next time send one file for each municipality and year."
            .to_owned(),
        Note::ReplacesWithin => "En fil i arkivet erstatter en som står før den, for samme kommune \
             og år. Den første slettes når registrenes frist for den er ute. Send neste gang én fil \
             for hver kommune og hvert år."
            .to_owned(),
    }
}

/// How many groups are small; never which.
fn small_groups(
    language: Language,
    small: u64,
    persons: u64,
    floor: u8,
    not_counted: u64,
) -> String {
    let floor = words::number(language, u64::from(floor));
    let small = words::number(language, small);
    let persons = words::persons(language, persons);
    let rows = words::number(language, not_counted);
    let (counted, beyond) = match language {
        Language::En => (
            format!(
                "Groups of fewer than {floor} who share home municipality, birth year, sex and \
                 DRG: {small}, with {persons} in them."
            ),
            format!(" Rows beyond what could be counted: {rows}, so there may be more."),
        ),
        Language::Nb => (
            format!(
                "Grupper med færre enn {floor} som deler hjemkommune, fødselsår, kjønn og DRG: \
                 {small}, med {persons} i dem."
            ),
            format!(" Rader ut over det som kunne telles: {rows}, så det kan være flere."),
        ),
    };
    if not_counted > 0 { counted + &beyond } else { counted }
}

/// The sentence of a note about the exchange with the police.
fn police(receipt: &Receipt<'_>, note: &PoliceNote) -> String {
    let language = receipt.language;
    let en = matches!(language, Language::En);
    match note {
        PoliceNote::Asked { district, needed_by, waits } => {
            let by = needed_by.map(|day| words::date(language, day));
            if *waits {
                // A case that the archive makes cannot be missing there.
                let makes_case = receipt.notes.contains(&Note::Police(PoliceNote::AwaitsCase));
                return awaits_archive(en, district, by, makes_case);
            }
            match (en, by) {
                (true, Some(day)) => format!(
                    "The request goes to the police district {district}, encrypted to it alone. \
                     An answer is asked for by {day}. What was shared is recorded for the journal."
                ),
                (true, None) => format!(
                    "The request goes to the police district {district}, encrypted to it alone. \
                     What was shared is recorded for the journal."
                ),
                (false, Some(day)) => format!(
                    "Forespørselen går til politidistriktet {district}, kryptert slik at bare de \
                     kan lese den. Det er bedt om svar innen {day}. Det som er delt, er registrert \
                     for journalen."
                ),
                (false, None) => format!(
                    "Forespørselen går til politidistriktet {district}, kryptert slik at bare de \
                     kan lese den. Det som er delt, er registrert for journalen."
                ),
            }
        }
        PoliceNote::AwaitsCase if en => {
            "No case number was given: a case is made in the case archive.".to_owned()
        }
        PoliceNote::AwaitsCase => {
            "Saksnummer er ikke oppgitt: en sak blir opprettet i saksarkivet.".to_owned()
        }
        PoliceNote::AwaitsClinician if en => {
            "The reply found its request and waits for the clinician's \
             decision on whether it is relevant for the health care. You need not do anything."
                .to_owned()
        }
        PoliceNote::AwaitsClinician => {
            "Svaret har funnet forespørselen sin og venter på at behandleren \
             avgjør om det er relevant for helsehjelpen. Dere trenger ikke gjøre noe."
                .to_owned()
        }
        PoliceNote::OralRecorded if en => "What was told to the police orally is recorded for the \
             journal. Nothing is sent to them."
            .to_owned(),
        PoliceNote::OralRecorded => "Det som er opplyst muntlig til politiet, er registrert for \
             journalen. Ingenting sendes til dem."
            .to_owned(),
        PoliceNote::Told { district } if en => format!(
            "The notice goes at once to the police district {district}, encrypted to it alone. No \
             reply is expected. If it is urgent, call them as well."
        ),
        PoliceNote::Told { district } => format!(
            "Varselet går straks til politidistriktet {district}, kryptert slik at bare de kan \
             lese det. Det ventes ikke noe svar. Haster det, ring dem også."
        ),
    }
}

/// A request that is not sent before the case archive has it (POL-05): nothing is shared yet.
fn awaits_archive(en: bool, district: &str, by: Option<String>, makes_case: bool) -> String {
    let by = match by {
        Some(day) if en => format!(" An answer is asked for by {day}."),
        Some(day) => format!(" Det er bedt om svar innen {day}."),
        None => String::new(),
    };
    let no_case = match (makes_case, en) {
        (true, _) => "",
        (false, true) => {
            " If the archive has no such case, the request is not sent, and a second receipt says so."
        }
        (false, false) => {
            " Har saksarkivet ikke saken, blir forespørselen ikke sendt, og det kommer en ny \
             kvittering som sier det."
        }
    };
    if en {
        format!(
            "The request is not sent yet: it waits for the case archive, and then goes to the police \
             district {district}, encrypted to it alone.{by}{no_case}"
        )
    } else {
        format!(
            "Forespørselen er ikke sendt ennå: den venter på saksarkivet, og går deretter til \
             politidistriktet {district}, kryptert slik at bare de kan lese den.{by}{no_case}"
        )
    }
}

/// The sentence of an erasure.
pub(super) fn erasure(language: Language, erasure: &Erasure) -> String {
    match (erasure, language) {
        (Erasure::EnrolmentAfterWithdrawal { days }, Language::En) => format!(
            "A person's enrolment is erased {days} days after the withdrawal has been delivered."
        ),
        (Erasure::EnrolmentAfterWithdrawal { days }, Language::Nb) => {
            format!("En persons innmelding slettes {days} dager etter at utmeldingen er levert.")
        }
        (Erasure::Objects { registry, on }, Language::En) if registry.as_str() == QUARANTINE => {
            let on = words::date(language, *on);
            format!("What is set aside of this file is erased by the end of {on}.")
        }
        (Erasure::Objects { registry, on }, Language::Nb) if registry.as_str() == QUARANTINE => {
            let on = words::date(language, *on);
            format!("Det som er lagt til side av denne filen, slettes senest ved utløpet av {on}.")
        }
        (Erasure::Objects { registry, on }, Language::En) => format!(
            "What the registry {registry} holds of this file is erased by the end of {}.",
            words::date(language, *on)
        ),
        (Erasure::Objects { registry, on }, Language::Nb) => format!(
            "Det registeret {registry} har av denne filen, slettes senest ved utløpet av {}.",
            words::date(language, *on)
        ),
    }
}

fn decision(receipt: &Receipt<'_>, decision: Decision) -> String {
    let language = receipt.language;
    let words = match (decision, language) {
        (Decision::Approved, Language::En) => {
            "What was held in this list has been approved and is now carried out."
        }
        (Decision::Approved, Language::Nb) => {
            "Det som sto på vent i denne listen, er godkjent og blir nå gjennomført."
        }
        (Decision::Refused, Language::En) => {
            "What was held in this list has not been approved and is not carried out: those \
             persons stay enrolled. Send a new complete list, or contact the operator."
        }
        (Decision::Refused, Language::Nb) => {
            "Det som sto på vent i denne listen, er ikke godkjent og blir ikke gjennomført: disse \
             personene er fortsatt innmeldt. Send en ny fullstendig liste, eller ta kontakt."
        }
        (Decision::Superseded { by }, Language::En) => {
            let now = superseded(receipt);
            return format!(
                "A newer complete list, submission {by}, took the place of this one before what was \
                 held in it had been decided. Nobody is withdrawn because of this list: the newer \
                 one says who is enrolled. {now} If this list is the right one after all, send it \
                 again with a new list_id."
            );
        }
        (Decision::Superseded { by }, Language::Nb) => {
            let now = superseded(receipt);
            return format!(
                "En nyere fullstendig liste, innsending {by}, trådte i stedet for denne før det som \
                 sto på vent i den, var avgjort. Ingen meldes ut på grunn av denne listen: den \
                 nyere sier hvem som er innmeldt. {now} Er det likevel denne \
                 listen som er riktig, send den på nytt med ny list_id."
            );
        }
    };
    words.to_owned()
}

/// What is to be done about a list that a newer one took the place of.
fn superseded(receipt: &Receipt<'_>) -> &'static str {
    let refused = receipt.findings.iter().any(|finding| finding.severity > Severity::Warning);
    match (refused, receipt.language) {
        (false, Language::En) => "You need not do anything.",
        (false, Language::Nb) => "Du trenger ikke gjøre noe.",
        (true, Language::En) => {
            "What was refused in this list: if it is not right in the newer one either, correct it \
             there."
        }
        (true, Language::Nb) => {
            "Det som ble avvist i denne listen: er det heller ikke riktig i den nyere, rett det der."
        }
    }
}
