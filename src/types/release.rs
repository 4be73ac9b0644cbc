//! What a release from Norsk pasientregister may hold: the variables of an extract, what becomes of
//! each for which purpose, and how a configuration may narrow that (NPR-04).
//!
//! One table. The kind acts by it, the configuration is checked against it, and the sender's guide
//! is written from it. Whatever is not in it does not leave.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::types::rule::Text;

/// What a release is for, as far as it may leave at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Activity-based funding (innsatsstyrt finansiering).
    Isf,
    /// Municipal co-funding (kommunal medfinansiering).
    Kmf,
    /// Studies of substantial changes, under §§ 3-4, 3-5 or 3-6 (NPR-03).
    Utredning,
}

impl Purpose {
    /// All of them, in the order of [`Variable::actions`].
    pub const ALL: [Self; 3] = [Self::Isf, Self::Kmf, Self::Utredning];

    /// The word of the file and of the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Isf => "isf",
            Self::Kmf => "kmf",
            Self::Utredning => "utredning",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What becomes of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It is left out.
    Drop,
    /// Something coarser stands in its place.
    Generalise,
    /// It leaves as it is, if it has its form.
    Keep,
    /// It goes into the person's pseudonym, and nothing else of it leaves.
    Pseudonymise,
    /// A keyed digest stands in its place.
    ReKey,
    /// The release is refused.
    Refuse,
}

impl Action {
    /// The word of the documentation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Generalise => "generalise",
            Self::Keep => "keep",
            Self::Pseudonymise => "pseudonymise",
            Self::ReKey => "re-key",
            Self::Refuse => "refuse",
        }
    }
}

/// How a value must look that leaves. Each is so narrow that no name and no identity number fits,
/// but for [`Form::Text`], which only a configuration can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// One to three capital letters or digits.
    Code,
    /// Up to five digits.
    Count,
    /// A day: `YYYY-MM-DD` or `YYYYMMDD`.
    Date,
    /// One to six digits.
    District,
    /// A digit, and up to five digits or capital letters.
    Drg,
    /// A capital letter, a digit, and one to four of either: ICD-10 without its dot.
    Icd,
    /// One to nine digits: an organisation number or a RESH number.
    Institution,
    /// Four digits: a municipality of the operating year, or 9000, 9900 or 9999.
    Municipality,
    /// Up to five digits, and up to six decimals behind a comma or full stop.
    Number,
    /// Five to seven capital letters and digits, a digit among them: NCMP and NCSP.
    Procedure,
    /// 0, 1, 2 or 9.
    Sex,
    /// Up to 200 characters.
    Text,
    /// Up to 64 characters that never leave.
    Unseen,
    /// Four digits.
    Year,
}

impl Form {
    /// Those that a configuration may give to a column of its own.
    pub const OF_NEW: [(&'static str, Self); 6] = [
        ("code", Self::Code),
        ("count", Self::Count),
        ("date", Self::Date),
        ("number", Self::Number),
        ("text", Self::Text),
        ("year", Self::Year),
    ];

    /// The form of this name, as a configuration gives it.
    pub fn of_new(name: &str) -> Option<Self> {
        Self::OF_NEW.iter().find(|(known, _)| *known == name).map(|(_, form)| *form)
    }

    /// What to write, for people.
    pub const fn says(self) -> Text {
        match self {
            Self::Code => Text {
                nb: "1–3 store bokstaver eller sifre",
                en: "1 to 3 capital letters or digits",
            },
            Self::Count => Text { nb: "1–5 sifre", en: "1 to 5 digits" },
            Self::Date => {
                Text { nb: "ÅÅÅÅ-MM-DD eller ÅÅÅÅMMDD", en: "YYYY-MM-DD or YYYYMMDD" }
            }
            Self::District => Text { nb: "1–6 sifre", en: "1 to 6 digits" },
            Self::Drg => Text { nb: "DRG-kode, som 107A", en: "DRG code, such as 107A" },
            Self::Icd => Text {
                nb: "ICD-10 uten punktum, som E702",
                en: "ICD-10 without the dot, such as E702",
            },
            Self::Institution => Text { nb: "1–9 sifre", en: "1 to 9 digits" },
            Self::Municipality => Text {
                nb: "fire sifre, eller 9000, 9900, 9999",
                en: "four digits, or 9000, 9900, 9999",
            },
            Self::Number => {
                Text { nb: "tall med inntil 6 desimaler", en: "number with up to 6 decimals" }
            }
            Self::Procedure => {
                Text { nb: "prosedyrekode, som WBGC00", en: "procedure code, such as WBGC00" }
            }
            Self::Sex => Text { nb: "0, 1, 2 eller 9", en: "0, 1, 2 or 9" },
            Self::Text => Text { nb: "inntil 200 tegn", en: "up to 200 characters" },
            Self::Unseen => Text { nb: "inntil 64 tegn", en: "up to 64 characters" },
            Self::Year => Text { nb: "fire sifre", en: "four digits" },
        }
    }
}

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

/// Whether a heading is that of a direct identifier: a name, an address, a number of the person.
/// Blanks and signs do not count, nor does the case.
pub fn is_direct_identifier(heading: &str) -> bool {
    let mut plain = String::with_capacity(heading.len());
    for c in heading.chars().flat_map(char::to_lowercase) {
        match c {
            'æ' => plain.push_str("ae"),
            'ø' => plain.push('o'),
            'å' => plain.push('a'),
            c if c.is_ascii_alphanumeric() => plain.push(c),
            _ => {}
        }
    }
    DIRECT.contains(&plain.as_str()) || DIRECT_WITHIN.iter().any(|word| plain.contains(word))
}

/// How a configuration narrows one purpose's list, and which columns it adds to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowList {
    /// Variables that the table keeps and this installation drops, by the table's own names.
    pub dropped: BTreeSet<&'static str>,
    /// Columns that the table does not know, by their name in lower case.
    pub new: BTreeMap<String, Form>,
}

/// What becomes of a release whose smallest groups are too small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallGroups {
    /// It is refused.
    Refuse,
    /// It leaves, with a warning.
    Warn,
}

/// The terms under which a registry gets releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Fewer persons than this in a group of municipality, birth year, sex and DRG are few; 0 and 1
    /// ask for nothing.
    pub smallest_group: u8,
    /// What then.
    pub on_small_groups: SmallGroups,
    /// Per purpose, in the order of [`Purpose::ALL`].
    pub lists: [AllowList; 3],
}

impl Default for Terms {
    fn default() -> Self {
        let lists = [const { AllowList { dropped: BTreeSet::new(), new: BTreeMap::new() } }; 3];
        Self { smallest_group: 5, on_small_groups: SmallGroups::Warn, lists }
    }
}

impl Terms {
    /// The list of one purpose.
    pub const fn list(&self, purpose: Purpose) -> &AllowList {
        let [isf, kmf, utredning] = &self.lists;
        match purpose {
            Purpose::Isf => isf,
            Purpose::Kmf => kmf,
            Purpose::Utredning => utredning,
        }
    }

    /// What becomes of a variable.
    pub fn action(&self, variable: &Variable, purpose: Purpose) -> Action {
        match variable.action(purpose) {
            Action::Keep if self.list(purpose).dropped.contains(variable.name) => Action::Drop,
            action => action,
        }
    }
}

const fn row(name: &'static str, form: Form, actions: [Action; 3], says: Text) -> Variable {
    Variable { name, form, actions, says }
}

const KEEP: [Action; 3] = [Action::Keep; 3];
const PERSON: [Action; 3] = [Action::Pseudonymise; 3];
/// For the settlement of patients ready for discharge, which is decentralised (NPR-02).
const STUDY_ONLY: [Action; 3] = [Action::Drop, Action::Drop, Action::Keep];

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

/// Headings of direct identifiers as a whole, in plain letters.
const DIRECT: &[&str] = &[
    "bostedsadresse",
    "dnr",
    "dnummer",
    "dob",
    "duf",
    "fid",
    "fnr",
    "gate",
    "gatenavn",
    "mail",
    "mob",
    "pasientnr",
    "patientid",
    "personid",
    "phone",
    "postnr",
    "postnummer",
    "poststed",
    "ssn",
    "surname",
    "tlf",
    "tlfnr",
    "bolignummer",
    "husnummer",
    "lokalid",
    "fodt",
];

/// The same where they stand within a heading.
const DIRECT_WITHIN: &[&str] = &[
    "adress",
    "address",
    "birthdate",
    "email",
    "epost",
    "firstname",
    "fodselsdato",
    "fodselsnummer",
    "fornavn",
    "etternavn",
    "familyname",
    "givenname",
    "lastname",
    "mobil",
    "nationalid",
    "navn",
    "pasientnr",
    "personnr",
    "personnummer",
    "telefon",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{
        Action, AllowList, Form, Purpose, Terms, VARIABLES, is_direct_identifier, variable,
    };

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
    fn identifiers_are_never_kept_whatever_is_configured() {
        for variable in VARIABLES {
            let direct = is_direct_identifier(variable.name);
            for purpose in Purpose::ALL {
                let action = variable.action(purpose);
                if direct || variable.form == Form::Unseen {
                    assert_ne!(action, Action::Keep, "{} for {purpose}", variable.name);
                }
                let lists = [(); 3].map(|()| AllowList {
                    dropped: VARIABLES.iter().map(|v| v.name).collect::<BTreeSet<_>>(),
                    ..AllowList::default()
                });
                let terms = Terms { lists, ..Terms::default() };
                let narrowed = terms.action(variable, purpose);
                assert!(narrowed == action || (action, narrowed) == (Action::Keep, Action::Drop));
            }
        }
        assert_eq!(VARIABLES.iter().filter(|v| is_direct_identifier(v.name)).count(), 3);
    }

    #[test]
    fn headings_of_direct_identifiers() {
        for heading in
            ["Navn", "Fødselsnummer", "fodsels_nummer", "E-post", "telefon nr", "TLF", "adresse2"]
        {
            assert!(is_direct_identifier(heading), "{heading}");
        }
        for heading in ["drg", "npr_pid", "fodselsar", "komNrHjem", "institusjonID", "ventetid"] {
            assert!(!is_direct_identifier(heading), "{heading}");
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let names: BTreeSet<_> = VARIABLES.iter().map(|v| v.name.to_ascii_lowercase()).collect();
        assert_eq!(names.len(), VARIABLES.len());
    }
}
