//! The columns of an embassy list and of a departure notice: their names in XML, CSV and
//! spreadsheets, in English and Norwegian, and the words that may stand in them.
//!
//! docs/embassy-list.md. Names of our own profile `urn:filsluse:embassy-list:1`, not an official
//! format.

/// One column. The name is the XML attribute and the English heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub enum Column {
    /// The list's own number, given by the mission.
    ListId,
    /// Which mission or organisation.
    MissionCode,
    /// The day the list describes.
    ListDate,
    /// `complete` or `changes`.
    ListType,
    /// `enrol` or `withdraw`.
    Action,
    /// The person's D-number.
    DNumber,
    /// Family name.
    FamilyName,
    /// Given name.
    GivenName,
    /// Birth date.
    BirthDate,
    /// Which category of utlendingsforskriften §§ 1-4, 1-5.
    Category,
    /// D-number of the person whose household this is.
    PrincipalDNumber,
    /// Street address in Norway.
    StreetAddress,
    /// Four digits.
    PostalCode,
    /// Post town.
    PostTown,
    /// Four digits.
    MunicipalityNumber,
    /// ISO 3166 code of citizenship.
    Nationality,
    /// Whether the sending state is in the EEA.
    EeaMission,
    /// Whether the person was employed in Norway.
    LocallyEmployed,
    /// `self` or `guardian`.
    ConsentBy,
    /// The day of the consent.
    ConsentDate,
    /// `identity-card`, `residence-card` or `ud-note`.
    AccreditationType,
    /// The card's or note's number.
    AccreditationNumber,
    /// The card's last day.
    AccreditationExpires,
    /// From when the enrolment is wanted.
    EffectiveFrom,
    /// Free text to the case handler.
    Note,
    /// The departure notice's own number.
    NoticeId,
    /// The day of the departure notice.
    NoticeDate,
    /// The day the person left.
    DepartureDate,
}

/// How many columns there are.
pub const COUNT: usize = TABLE.len();

impl Column {
    /// The name in XML, in findings and as the English heading.
    pub fn name(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// The column with exactly this XML attribute name.
    pub fn by_attribute(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The column under this heading of a table, in English or Norwegian, whatever its case,
    /// spaces, hyphens and underscores.
    pub fn by_heading(heading: &str) -> Option<Self> {
        TABLE
            .iter()
            .find(|(_, name, norwegian)| {
                is_same(name, heading) || norwegian.iter().any(|n| is_same(n, heading))
            })
            .map(|row| row.0)
    }

    /// The Norwegian headings, the preferred one first.
    pub fn norwegian(self) -> &'static [&'static str] {
        TABLE[self as usize].2
    }
}

/// Folds a word of a table so that `D-nummer`, `d_nummer` and `D NUMMER ` are one.
fn plain(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

fn is_same(one: &str, other: &str) -> bool {
    plain(one).eq(plain(other))
}

/// The entry of a closed set that a word names. XML writes its own word, which nothing need be
/// folded for: no two entries share a word, whatever its case.
fn entry<'a, T>(text: &str, words: Words<'a, T>) -> Option<&'a (T, &'static [&'static str])> {
    let exactly = words.iter().find(|(_, names)| names[0] == text);
    exactly.or_else(|| words.iter().find(|(_, names)| names.iter().any(|n| is_same(n, text))))
}

/// The words of a closed set, the one in XML first.
pub type Words<'a, T> = &'a [(T, &'static [&'static str])];

/// Reads a word of a closed set, in English or Norwegian.
pub fn word<T: Copy>(text: &str, words: Words<'_, T>) -> Option<T> {
    entry(text, words).map(|(value, _)| *value)
}

/// The English word for what a word of a closed set means, in whatever language it was written.
pub fn in_english<T>(text: &str, words: Words<'_, T>) -> Option<&'static str> {
    entry(text, words).map(|(_, names)| names[0])
}

/// `complete` or `changes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListType {
    /// Rows that enrol and withdraw; who is not named is not touched.
    Changes,
    /// A snapshot: who is missing is withdrawn.
    Complete,
}

/// What a row asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Enrol, or keep enrolled with these particulars.
    Enrol,
    /// Withdraw.
    Withdraw,
}

/// The categories that utlendingsloven § 5 third paragraph covers (EMB-04).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// Administrative or technical staff.
    AdministrativeTechnical,
    /// Auxiliary staff of the mission.
    AuxiliaryStaff,
    /// Cohabitant of a posted person.
    Cohabitant,
    /// Paid consular staff.
    Consular,
    /// Dependent child of a posted person.
    DependentChild,
    /// Diplomat.
    Diplomat,
    /// Contractor of an intergovernmental organisation.
    IoContractor,
    /// Staff of an intergovernmental organisation.
    IoStaff,
    /// In private service of a posted person.
    PrivateServant,
    /// Spouse of a posted person.
    Spouse,
    /// Staff of a treaty body.
    TreatyBodyStaff,
}

impl Category {
    /// The word in XML and in the difference that goes to the registry.
    pub fn as_str(self) -> &'static str {
        CATEGORIES.iter().find(|(category, _)| *category == self).map_or("", |(_, words)| words[0])
    }

    /// Whether the right hangs on somebody else's posting (EMB-08).
    pub fn is_household(self) -> bool {
        matches!(self, Self::Cohabitant | Self::DependentChild | Self::Spouse)
    }
}

/// Who consented (EMB-05).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentBy {
    /// The guardian of a child under 16.
    Guardian,
    /// The person.
    Oneself,
}

/// What documents the accreditation (EMB-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accreditation {
    /// Identity card issued by the Ministry of Foreign Affairs.
    IdentityCard,
    /// Residence Card Foreign Missions.
    ResidenceCard,
    /// The Ministry's reply note.
    UdNote,
}

/// The words for [`ListType`].
pub const LIST_TYPES: &[(ListType, &[&str])] = &[
    (ListType::Changes, &["changes", "endringer", "endring", "change"]),
    (ListType::Complete, &["complete", "fullstendig", "komplett", "full"]),
];

/// The words for [`Action`].
pub const ACTIONS: &[(Action, &[&str])] = &[
    (Action::Enrol, &["enrol", "enroll", "innmelding", "innmeld", "meld inn"]),
    (Action::Withdraw, &["withdraw", "utmelding", "utmeld", "meld ut"]),
];

/// The words for [`Category`].
pub const CATEGORIES: &[(Category, &[&str])] = &[
    (
        Category::AdministrativeTechnical,
        &[
            "administrative-technical",
            "administrativ-teknisk",
            "administrativt og teknisk personale",
        ],
    ),
    (Category::AuxiliaryStaff, &["auxiliary-staff", "hjelpepersonale"]),
    (Category::Cohabitant, &["cohabitant", "samboer"]),
    (Category::Consular, &["consular", "konsulær", "lønnet konsul", "konsulært personale"]),
    (Category::DependentChild, &["dependent-child", "forsørget barn", "barn"]),
    (Category::Diplomat, &["diplomat", "diplomatisk personale"]),
    (Category::IoContractor, &["io-contractor", "oppdragstaker mellomstatlig organisasjon"]),
    (Category::IoStaff, &["io-staff", "ansatt mellomstatlig organisasjon"]),
    (Category::PrivateServant, &["private-servant", "privat tjener", "privat hushjelp"]),
    (Category::Spouse, &["spouse", "ektefelle"]),
    (Category::TreatyBodyStaff, &["treaty-body-staff", "ansatt konvensjonsorgan"]),
];

/// The words for [`ConsentBy`].
pub const CONSENTS: &[(ConsentBy, &[&str])] = &[
    (ConsentBy::Guardian, &["guardian", "foresatt", "verge"]),
    (ConsentBy::Oneself, &["self", "selv", "personen selv"]),
];

/// The words for [`Accreditation`].
pub const ACCREDITATIONS: &[(Accreditation, &[&str])] = &[
    (Accreditation::IdentityCard, &["identity-card", "identitetskort", "id-kort"]),
    (Accreditation::ResidenceCard, &["residence-card", "oppholdskort"]),
    (Accreditation::UdNote, &["ud-note", "svarnote", "ud-svarnote"]),
];

/// The words for yes and no.
pub const YES_NO: &[(bool, &[&str])] = &[
    (false, &["false", "no", "nei", "0", "n", "usann"]),
    (true, &["true", "yes", "ja", "1", "y", "j", "x", "sann"]),
];

const TABLE: &[(Column, &str, &[&str])] = &[
    (Column::ListId, "list_id", &["Liste-ID", "Listenummer"]),
    (
        Column::MissionCode,
        "mission_code",
        &["Stasjonskode", "Ambassadekode", "Representasjonskode"],
    ),
    (Column::ListDate, "list_date", &["Listedato"]),
    (Column::ListType, "list_type", &["Listetype"]),
    (Column::Action, "action", &["Handling"]),
    (Column::DNumber, "d_number", &["D-nummer", "Dnr", "D-nr"]),
    (Column::FamilyName, "family_name", &["Etternavn"]),
    (Column::GivenName, "given_name", &["Fornavn"]),
    (Column::BirthDate, "birth_date", &["Fødselsdato"]),
    (Column::Category, "category", &["Kategori"]),
    (
        Column::PrincipalDNumber,
        "principal_d_number",
        &["Hovedpersonens D-nummer", "D-nummer hovedperson", "Hovedperson"],
    ),
    (Column::StreetAddress, "street_address", &["Gateadresse", "Adresse"]),
    (Column::PostalCode, "postal_code", &["Postnummer", "Postnr"]),
    (Column::PostTown, "post_town", &["Poststed"]),
    (Column::MunicipalityNumber, "municipality_number", &["Kommunenummer", "Kommunenr"]),
    (Column::Nationality, "nationality", &["Statsborgerskap", "Nasjonalitet"]),
    (Column::EeaMission, "eea_mission", &["EØS-stasjon", "EØS"]),
    (Column::LocallyEmployed, "locally_employed", &["Lokalt ansatt"]),
    (Column::ConsentBy, "consent_by", &["Samtykke fra", "Samtykke gitt av"]),
    (Column::ConsentDate, "consent_date", &["Samtykkedato"]),
    (Column::AccreditationType, "accreditation_type", &["Akkrediteringstype"]),
    (Column::AccreditationNumber, "accreditation_number", &["Akkrediteringsnummer", "Kortnummer"]),
    (
        Column::AccreditationExpires,
        "accreditation_expires",
        &["Akkreditering utløper", "Utløpsdato", "Gyldig til"],
    ),
    (Column::EffectiveFrom, "effective_from", &["Gjelder fra", "Ønsket fra"]),
    (Column::Note, "note", &["Merknad"]),
    (Column::NoticeId, "notice_id", &["Melding-ID", "Meldingsnummer"]),
    (Column::NoticeDate, "notice_date", &["Meldingsdato"]),
    (Column::DepartureDate, "departure_date", &["Utreisedato", "Avreisedato"]),
];

#[cfg(test)]
mod tests {
    use super::{
        ACCREDITATIONS, ACTIONS, Action, CATEGORIES, CONSENTS, COUNT, Category, Column, LIST_TYPES,
        TABLE, Words, YES_NO, in_english, plain, word,
    };

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.0 as usize, index, "{}", row.1);
        }
        assert_eq!(COUNT, 28);
    }

    #[test]
    fn headings_in_both_languages() {
        let cases = [
            ("d_number", Some(Column::DNumber)),
            ("D-nummer", Some(Column::DNumber)),
            (" D NUMMER ", Some(Column::DNumber)),
            ("FØDSELSDATO", Some(Column::BirthDate)),
            ("Hovedpersonens D-nummer", Some(Column::PrincipalDNumber)),
            ("Nr.", None),
            ("", None),
        ];
        for (heading, want) in cases {
            assert_eq!(Column::by_heading(heading), want, "{heading}");
        }
    }

    #[test]
    fn no_heading_names_two_columns() {
        let mut seen = std::collections::BTreeMap::new();
        for (column, name, norwegian) in TABLE {
            for heading in norwegian.iter().chain([name]) {
                assert_eq!(
                    *seen.entry(plain(heading).collect::<String>()).or_insert(*column),
                    *column,
                    "{heading}"
                );
            }
        }
    }

    /// So that the exact word may be looked for first.
    #[test]
    fn no_word_stands_for_two_things() {
        fn check<T: Copy + PartialEq + std::fmt::Debug>(words: Words<'_, T>) {
            let mut seen = std::collections::BTreeMap::new();
            for (value, names) in words {
                for name in *names {
                    let folded: String = plain(name).collect();
                    assert_eq!(*seen.entry(folded).or_insert(*value), *value, "{name}");
                    assert_eq!(word(&name.to_uppercase(), words), Some(*value), "{name}");
                    assert_eq!(in_english(name, words), Some(names[0]), "{name}");
                }
            }
        }
        check(ACCREDITATIONS);
        check(ACTIONS);
        check(CATEGORIES);
        check(CONSENTS);
        check(LIST_TYPES);
        check(YES_NO);
    }

    #[test]
    fn words_in_both_languages() {
        assert_eq!(word("Utmelding", ACTIONS), Some(Action::Withdraw));
        assert_eq!(word("Forsørget barn", CATEGORIES), Some(Category::DependentChild));
        assert_eq!(word("JA", YES_NO), Some(true));
        assert_eq!(word("maybe", YES_NO), None);
        assert_eq!(Category::DependentChild.as_str(), "dependent-child");
    }
}
