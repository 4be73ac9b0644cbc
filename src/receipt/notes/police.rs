//! Sentences of the exchange with the police.

use crate::{
    receipt::{
        facts::{Note, PoliceNote, Receipt},
        words::{self, text},
    },
    types::rule::Language,
};

/// The sentence of a note about the exchange with the police.
pub(super) fn note(receipt: &Receipt<'_>, note: &PoliceNote) -> String {
    let language = receipt.language;
    match note {
        PoliceNote::Asked { district, needed_by, waits } => {
            let by = match needed_by.map(|day| words::date(language, day)) {
                None => String::new(),
                Some(day) => text!(
                    language,
                    nb = " Det er bedt om svar innen {day}.",
                    en = " An answer is asked for by {day}.",
                ),
            };
            if *waits {
                // A case that the archive makes cannot be missing there.
                let makes_case = receipt.notes.contains(&Note::Police(PoliceNote::AwaitsCase));
                return awaits_archive(language, district, &by, makes_case);
            }
            text!(
                language,
                nb = "Forespørselen går til politidistriktet {district}, kryptert slik at bare de \
                      kan lese den.{by} Det som er delt, er registrert for journalen.",
                en = "The request goes to the police district {district}, encrypted to it alone.\
                      {by} What was shared is recorded for the journal.",
            )
        }
        PoliceNote::AwaitsCase => text!(
            language,
            nb = "Saksnummer er ikke oppgitt: en sak blir opprettet i saksarkivet.",
            en = "No case number was given: a case is made in the case archive.",
        ),
        PoliceNote::AwaitsClinician => text!(
            language,
            nb = "Svaret har funnet forespørselen sin og venter på at behandleren avgjør om det er \
                  relevant for helsehjelpen. Dere trenger ikke gjøre noe.",
            en = "The reply found its request and waits for the clinician's decision on whether it \
                  is relevant for the health care. You need not do anything.",
        ),
        PoliceNote::OralRecorded => text!(
            language,
            nb = "Det som er opplyst muntlig til politiet, er registrert for journalen. Ingenting \
                  sendes til dem.",
            en = "What was told to the police orally is recorded for the journal. Nothing is sent \
                  to them.",
        ),
        PoliceNote::Told { district } => text!(
            language,
            nb = "Varselet går straks til politidistriktet {district}, kryptert slik at bare de kan \
                  lese det. Det ventes ikke noe svar. Haster det, ring dem også.",
            en = "The notice goes at once to the police district {district}, encrypted to it alone. \
                  No reply is expected. If it is urgent, call them as well.",
        ),
    }
}

/// A request that is not sent before the case archive has it (POL-05): nothing is shared yet.
fn awaits_archive(language: Language, district: &str, by: &str, makes_case: bool) -> String {
    let no_case = if makes_case {
        String::new()
    } else {
        text!(
            language,
            nb = " Har saksarkivet ikke saken, blir forespørselen ikke sendt, og det kommer en ny \
                  kvittering som sier det.",
            en = " If the archive has no such case, the request is not sent, and a second receipt \
                  says so.",
        )
    };
    text!(
        language,
        nb = "Forespørselen er ikke sendt ennå: den venter på saksarkivet, og går deretter til \
              politidistriktet {district}, kryptert slik at bare de kan lese den.{by}{no_case}",
        en = "The request is not sent yet: it waits for the case archive, and then goes to the \
              police district {district}, encrypted to it alone.{by}{no_case}",
    )
}
