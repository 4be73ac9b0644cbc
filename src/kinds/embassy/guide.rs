//! The columns and words of embassy lists and departure notices as tables for people:
//! `docs/embassy-list.md` and `docs/ambassadeliste.md` hold what these functions write, and a test
//! fails when they do not.

use std::fmt::Write as _;

use crate::{
    kinds::embassy::columns::{
        ACCREDITATIONS, ACTIONS, CATEGORIES, CONSENTS, Column, LIST_TYPES, YES_NO,
    },
    types::{
        rule::{Language, Rule, Text},
        rules::{embassy as rules, intake},
    },
};

/// The columns of an embassy list.
pub fn list_columns(language: Language) -> String {
    columns(language, |column| column <= Column::Note)
}

/// The columns of a departure notice.
pub fn notice_columns(language: Language) -> String {
    columns(language, |column| column >= Column::NoticeId || column == Column::DNumber)
}

/// Every word that may stand in a column of a closed set; the first is the one to prefer.
pub fn words(language: Language) -> String {
    let mut table = match language {
        Language::En => "| column | word | also understood |\n|---|---|---|\n".to_owned(),
        Language::Nb => "| kolonne | ord | også forstått |\n|---|---|---|\n".to_owned(),
    };
    add(&mut table, "list_type", LIST_TYPES);
    add(&mut table, "action", ACTIONS);
    add(&mut table, "category", CATEGORIES);
    add(&mut table, "consent_by", CONSENTS);
    add(&mut table, "accreditation_type", ACCREDITATIONS);
    add(&mut table, "eea_mission, locally_employed", YES_NO);
    table
}

fn add<T>(table: &mut String, column: &str, words: &[(T, &[&str])]) {
    for (_, names) in words {
        let others: Vec<_> = names[1..].iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(table, "| {column} | `{}` | {} |", names[0], others.join(", "));
    }
}

fn columns(language: Language, belongs: fn(Column) -> bool) -> String {
    let mut table = match language {
        Language::En => "| column | Norwegian headings | required | what to write | checked by |\n",
        Language::Nb => "| kolonne | norske overskrifter | påkrevd | hva du skriver | regel |\n",
    }
    .to_owned();
    table.push_str("|---|---|---|---|---|\n");
    for (column, required, write, checked) in GUIDE.iter().filter(|row| belongs(row.0)) {
        let codes: Vec<_> = checked.iter().map(|rule| rule.code).collect();
        let _ = writeln!(
            table,
            "| `{}` | {} | {} | {} | {} |",
            column.name(),
            column.norwegian().join(", "),
            required.in_language(language),
            write.in_language(language),
            codes.join(", "),
        );
    }
    table
}

const ALWAYS: Text = Text { nb: "alltid", en: "always" };
const CHANGES: Text = Text { nb: "i en liste over endringer", en: "in a list of changes" };
const ENROL: Text = Text { nb: "for innmelding", en: "to enrol" };
const ADVISED: Text = Text { nb: "bør fylles ut", en: "advised" };
const HOUSEHOLD: Text =
    Text { nb: "for ektefelle, samboer og barn", en: "for spouse, cohabitant and child" };
const OPTIONAL: Text = Text { nb: "nei", en: "no" };
const CARDS: Text = Text { nb: "for kort", en: "for cards" };

const GUIDE: &[(Column, Text, Text, &[&Rule])] = &[
    (
        Column::ListId,
        ALWAYS,
        Text {
            nb: "Listens eget nummer, som dere velger. Hver liste får et nytt.",
            en: "The list's own number, which you choose. Each list gets a new one.",
        },
        &[&intake::IN_02],
    ),
    (
        Column::MissionCode,
        ALWAYS,
        Text {
            nb: "Stasjonens kode, som avtalt. En saksbehandler i Helfo skriver koden til den stasjonen søknaden gjelder.",
            en: "The mission's code, as agreed. A Helfo case handler writes the code of the mission that the application is about.",
        },
        &[&rules::EMB_01],
    ),
    (
        Column::ListDate,
        ALWAYS,
        Text {
            nb: "Dagen listen beskriver. Alder, akkreditering og kommunenummer regnes etter den.",
            en: "The day that the list describes. Age, accreditation and municipality number are reckoned by it.",
        },
        &[&intake::IN_02],
    ),
    (
        Column::ListType,
        ALWAYS,
        Text { nb: "`complete` eller `changes`.", en: "`complete` or `changes`." },
        &[&intake::IN_02],
    ),
    (
        Column::Action,
        CHANGES,
        Text {
            nb: "`enrol` eller `withdraw`. I en fullstendig liste betyr tomt `enrol`.",
            en: "`enrol` or `withdraw`. In a complete list blank means `enrol`.",
        },
        &[&intake::IN_02, &rules::EMB_12],
    ),
    (
        Column::DNumber,
        ALWAYS,
        Text {
            nb: "11 sifre. Mellomrom mellom sifrene er greit.",
            en: "11 digits. Spaces between them do no harm.",
        },
        &[&rules::EMB_02, &rules::EMB_03, &rules::EMB_10, &rules::EMB_11],
    ),
    (
        Column::FamilyName,
        ENROL,
        Text {
            nb: "Etternavn. Strek (-) hvis personen bare har fornavn.",
            en: "Family name. A dash (-) where the person has a given name only.",
        },
        &[&rules::EMB_07],
    ),
    (
        Column::GivenName,
        ENROL,
        Text {
            nb: "Fornavn. Strek (-) hvis personen bare har etternavn.",
            en: "Given name. A dash (-) where the person has a family name only.",
        },
        &[&rules::EMB_07],
    ),
    (
        Column::BirthDate,
        ADVISED,
        Text {
            nb: "Fødselsdato. Kreves når D-nummeret ikke sier hvilket århundre (numre etter regelen fra 2032).",
            en: "Birth date. Demanded where the D-number does not tell the century (numbers by the rule of 2032).",
        },
        &[&rules::EMB_05, &rules::EMB_09],
    ),
    (
        Column::Category,
        ENROL,
        Text { nb: "Ett av ordene under Kategorier.", en: "One of the words under Categories." },
        &[&rules::EMB_04],
    ),
    (
        Column::PrincipalDNumber,
        HOUSEHOLD,
        Text {
            nb: "D-nummeret til den utsendte som husstanden tilhører. Kan også oppgis for den som er i privat tjeneste.",
            en: "D-number of the posted person whose household it is. May also be given for somebody in private service.",
        },
        &[&rules::EMB_08],
    ),
    (
        Column::StreetAddress,
        ENROL,
        Text { nb: "Gateadresse i Norge.", en: "Street address in Norway." },
        &[&rules::EMB_07],
    ),
    (
        Column::PostalCode,
        ENROL,
        Text {
            nb: "Fire sifre, også nuller foran: `0253`.",
            en: "Four digits with their leading zeroes: `0253`.",
        },
        &[&rules::EMB_07],
    ),
    (Column::PostTown, OPTIONAL, Text { nb: "Poststed.", en: "Post town." }, &[]),
    (
        Column::MunicipalityNumber,
        ENROL,
        Text {
            nb: "Fire sifre, i bruk på listens dato: `0301` for Oslo, `3201` for Bærum.",
            en: "Four digits, in use on the list's date: `0301` for Oslo, `3201` for Bærum.",
        },
        &[&rules::EMB_07],
    ),
    (
        Column::Nationality,
        OPTIONAL,
        Text {
            nb: "Landkode (ISO 3166) eller landets navn; flere skilles med skråstrek.",
            en: "Country code (ISO 3166) or the country's name; several with slashes between them.",
        },
        &[&rules::EMB_03],
    ),
    (
        Column::EeaMission,
        OPTIONAL,
        Text {
            nb: "`yes` eller `no`: om senderstaten er i EØS. Går videre til Helfo.",
            en: "`yes` or `no`: whether the sending state is in the EEA. Goes on to Helfo.",
        },
        &[&intake::IN_02],
    ),
    (
        Column::LocallyEmployed,
        OPTIONAL,
        Text {
            nb: "`yes` eller `no`. Lokalt ansatte hører ikke til på listen.",
            en: "`yes` or `no`. Locally employed staff do not belong on the list.",
        },
        &[&rules::EMB_03],
    ),
    (
        Column::ConsentBy,
        ENROL,
        Text {
            nb: "`self`, eller `guardian` for den som er under 16 år på listens dato. Er fødselsdatoen og D-nummeret uenige, gjelder den yngste av dem.",
            en: "`self`, or `guardian` for whoever is under 16 on the list's date. Where the birth date and the D-number disagree, the younger of them counts.",
        },
        &[&rules::EMB_05],
    ),
    (
        Column::ConsentDate,
        ENROL,
        Text {
            nb: "Dagen samtykket ble gitt, ikke etter listens dato.",
            en: "The day of the consent, not after the list's date.",
        },
        &[&rules::EMB_05],
    ),
    (
        Column::AccreditationType,
        ENROL,
        Text {
            nb: "`identity-card`, `residence-card` (Residence Card Foreign Missions) eller `ud-note` (svarnote).",
            en: "`identity-card`, `residence-card` (Residence Card Foreign Missions) or `ud-note` (reply note).",
        },
        &[&rules::EMB_06],
    ),
    (
        Column::AccreditationNumber,
        ENROL,
        Text {
            nb: "Nummeret slik det står på kortet eller noten.",
            en: "The number as it stands on the card or note.",
        },
        &[&rules::EMB_06],
    ),
    (
        Column::AccreditationExpires,
        CARDS,
        Text {
            nb: "Kortets siste dag. En svarnote uten utløpsdato lar feltet stå tomt.",
            en: "The card's last day. Blank for a reply note that has none.",
        },
        &[&rules::EMB_06],
    ),
    (
        Column::EffectiveFrom,
        OPTIONAL,
        Text {
            nb: "Når innmeldingen ønskes fra. Den gjelder fra den 1. i en måned, tidligst neste.",
            en: "From when the enrolment is wanted. It takes effect on the 1st of a month, at the earliest the next.",
        },
        &[&rules::EMB_07],
    ),
    (
        Column::Note,
        OPTIONAL,
        Text {
            nb: "Fritekst til saksbehandleren. Ikke skriv helseopplysninger.",
            en: "Free text to the case handler. Write nothing about health.",
        },
        &[],
    ),
    (
        Column::NoticeId,
        ALWAYS,
        Text { nb: "Meldingens eget nummer.", en: "The notice's own number." },
        &[&intake::IN_02],
    ),
    (
        Column::NoticeDate,
        ALWAYS,
        Text { nb: "Dagen meldingen er skrevet.", en: "The day of the notice." },
        &[&intake::IN_02],
    ),
    (
        Column::DepartureDate,
        ALWAYS,
        Text {
            nb: "Dagen personen reiste: ikke senere enn den 1. i neste måned, og ikke mer enn fem år siden.",
            en: "The day on which the person left: no later than the 1st of next month, and no more than five years ago.",
        },
        &[&intake::IN_02],
    ),
];

#[cfg(test)]
mod tests {
    use super::GUIDE;
    use crate::kinds::embassy::columns::COUNT;

    #[test]
    fn every_column_is_explained_once_and_in_order() {
        assert_eq!(GUIDE.len(), COUNT);
        assert!(GUIDE.is_sorted_by_key(|row| row.0));
    }
}
