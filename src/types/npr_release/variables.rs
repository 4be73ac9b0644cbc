//! The variables of an extract, and what becomes of each for which purpose.

use crate::types::{
    npr_release::{Action, Purpose, form::Form},
    rule::Text,
};

/// One variable of an extract.
#[derive(Debug)]
pub struct Variable {
    /// Its name as extracts write it; `_n` where it is numbered.
    pub name: &'static str,
    /// How its values look.
    pub form: Form,
    /// What becomes of it, in the order of [`Purpose::ALL`].
    pub actions: [Action; 3],
    /// What it is.
    pub says: Text,
}

impl Variable {
    /// What becomes of it where the configuration narrows nothing.
    pub const fn action(&self, purpose: Purpose) -> Action {
        let [isf, kmf, utredning] = self.actions;
        match purpose {
            Purpose::Isf => isf,
            Purpose::Kmf => kmf,
            Purpose::Utredning => utredning,
        }
    }

    fn is_named(&self, heading: &str) -> bool {
        match self.name.strip_suffix("_n") {
            None => self.name.eq_ignore_ascii_case(heading),
            Some(stem) => heading
                .split_at_checked(stem.len())
                .filter(|(head, _)| head.eq_ignore_ascii_case(stem))
                .and_then(|(_, rest)| rest.strip_prefix('_'))
                .is_some_and(|digits| {
                    matches!(digits.len(), 1..=3)
                        && digits.bytes().all(|b| b.is_ascii_digit())
                        && !digits.starts_with('0')
                }),
        }
    }
}

/// The variable that a heading names, whatever the case of its letters.
pub fn variable(heading: &str) -> Option<&'static Variable> {
    VARIABLES.iter().find(|variable| variable.is_named(heading))
}

/// Every variable that an extract may bring, in the order of the guide.
pub static VARIABLES: &[Variable] = &[
    row(
        "pasientNr",
        Form::Unseen,
        PERSON,
        Text {
            nb: "Institusjonens eget nummer på pasienten.",
            en: "The institution's own number of the patient.",
        },
    ),
    row(
        "fid",
        Form::Unseen,
        PERSON,
        Text {
            nb: "Fødselsnummer, D-nummer eller annen identifikator, etter typeID.",
            en: "National identity number, D-number or another identifier, by typeID.",
        },
    ),
    row(
        "typeID",
        Form::Unseen,
        PERSON,
        Text {
            nb: "Hva slags identifikator fid er (kodeverk 9032).",
            en: "Which identifier fid is (code list 9032).",
        },
    ),
    row(
        "fodselsdato",
        Form::Date,
        [Action::Generalise; 3],
        Text {
            nb: "Fødselsdato. Bare året går ut, som fodselsar.",
            en: "Birth date. The year alone leaves, as fodselsar.",
        },
    ),
    row("fodselsar", Form::Year, KEEP, Text { nb: "Fødselsår.", en: "Birth year." }),
    row(
        "kjonn",
        Form::Sex,
        KEEP,
        Text { nb: "Kjønn (kodeverk 3101).", en: "Sex (code list 3101)." },
    ),
    row(
        "komNrHjem",
        Form::Municipality,
        KEEP,
        Text { nb: "Hjemkommune.", en: "Home municipality." },
    ),
    row(
        "bydel",
        Form::District,
        [Action::Drop, Action::Keep, Action::Drop],
        Text {
            nb: "Bydel. Trengs bare der kommunen betaler etter bydel.",
            en: "City district. Needed only where a municipality pays by district.",
        },
    ),
    row(
        "institusjonID",
        Form::Institution,
        KEEP,
        Text {
            nb: "Institusjonen: RESH-nummer eller organisasjonsnummer.",
            en: "The institution: RESH number or organisation number.",
        },
    ),
    row(
        "episodeID",
        Form::Unseen,
        [Action::ReKey; 3],
        Text {
            nb: "Episodens nummer hos institusjonen.",
            en: "The institution's number of the episode.",
        },
    ),
    row("innDato", Form::Date, KEEP, Text { nb: "Dag inn.", en: "Day of admission." }),
    row("utDato", Form::Date, KEEP, Text { nb: "Dag ut.", en: "Day of discharge." }),
    row(
        "liggetid",
        Form::Count,
        KEEP,
        Text { nb: "Liggetid i dager.", en: "Length of stay in days." },
    ),
    row("omsorgsniva", Form::Code, KEEP, Text { nb: "Omsorgsnivå.", en: "Level of care." }),
    row(
        "innmateHast",
        Form::Code,
        KEEP,
        Text { nb: "Hastegrad inn.", en: "Urgency of admission." },
    ),
    row("debitor", Form::Code, KEEP, Text { nb: "Debitor.", en: "Payer." }),
    row(
        "utskrKlarDato",
        Form::Date,
        STUDY_ONLY,
        Text {
            nb: "Dagen pasienten var utskrivningsklar.",
            en: "The day on which the patient was ready for discharge.",
        },
    ),
    row(
        "ukpdager",
        Form::Count,
        STUDY_ONLY,
        Text { nb: "Dager som utskrivningsklar.", en: "Days as ready for discharge." },
    ),
    row(
        "tilstand_n",
        Form::Icd,
        KEEP,
        Text { nb: "Tilstander, nummerert.", en: "Conditions, numbered." },
    ),
    row(
        "NCMP_n",
        Form::Procedure,
        KEEP,
        Text { nb: "Medisinske prosedyrer, nummerert.", en: "Medical procedures, numbered." },
    ),
    row(
        "NCSP_n",
        Form::Procedure,
        KEEP,
        Text { nb: "Kirurgiske prosedyrer, nummerert.", en: "Surgical procedures, numbered." },
    ),
    row("drg", Form::Drg, KEEP, Text { nb: "DRG.", en: "DRG." }),
    row(
        "HDG",
        Form::Count,
        KEEP,
        Text { nb: "Hoveddiagnosegruppe.", en: "Major diagnostic category." },
    ),
    row("drg_type", Form::Code, KEEP, Text { nb: "Type DRG.", en: "Type of DRG." }),
    row("isf_poeng", Form::Number, KEEP, Text { nb: "ISF-poeng.", en: "ISF points." }),
    row("korrvekt", Form::Number, KEEP, Text { nb: "Korrigert vekt.", en: "Corrected weight." }),
];

const fn row(name: &'static str, form: Form, actions: [Action; 3], says: Text) -> Variable {
    Variable { name, form, actions, says }
}

const KEEP: [Action; 3] = [Action::Keep; 3];
const PERSON: [Action; 3] = [Action::Pseudonymise; 3];
/// For the settlement of patients ready for discharge, which is decentralised (NPR-02).
const STUDY_ONLY: [Action; 3] = [Action::Drop, Action::Drop, Action::Keep];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{VARIABLES, variable};

    #[test]
    fn headings_are_found_whatever_their_case() {
        for (heading, name) in [
            ("pasientNr", Some("pasientNr")),
            ("PASIENTNR", Some("pasientNr")),
            ("komnrhjem", Some("komNrHjem")),
            ("tilstand_1", Some("tilstand_n")),
            ("Tilstand_20", Some("tilstand_n")),
            ("ncsp_3", Some("NCSP_n")),
            ("tilstand_n", None),
            ("tilstand_01", None),
            ("tilstand", None),
            ("tilstand_", None),
            ("tilstand_1234", None),
            ("drg_type", Some("drg_type")),
            ("ærlig", None),
            ("navn", None),
        ] {
            assert_eq!(variable(heading).map(|found| found.name), name, "{heading}");
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let names: BTreeSet<_> = VARIABLES.iter().map(|v| v.name.to_ascii_lowercase()).collect();
        assert_eq!(names.len(), VARIABLES.len());
    }
}
