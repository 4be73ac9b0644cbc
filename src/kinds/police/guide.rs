//! The fields and words of requests and replies as tables for people: `docs/police.md` and
//! `docs/politi.md` hold what these functions write, and a test fails when they do not.

use std::fmt::Write as _;

use crate::{
    kinds::police::{
        basis::LegalBasis,
        request::fields::Field,
        words::{PURPOSES, REGISTERS},
    },
    types::{
        rule::{Language, Rule, Text},
        rules::{intake, police as rules},
    },
};

/// The fields of a request.
pub fn fields(language: Language) -> String {
    let mut table = match language {
        Language::En => "| field | inquiry | notice | oral | what to write | checked by |\n",
        Language::Nb => "| felt | forespørsel | varsel | muntlig | hva du skriver | regel |\n",
    }
    .to_owned();
    table.push_str("|---|---|---|---|---|---|\n");
    for (field, needs, write, checked) in GUIDE {
        let codes: Vec<_> = checked.iter().map(|rule| rule.code).collect();
        let [inquiry, notice, oral] = needs.map(|need| need.in_language(language));
        let _ = writeln!(
            table,
            "| `{}` | {inquiry} | {notice} | {oral} | {} | {} |",
            field.shown(),
            write.in_language(language),
            codes.join(", "),
        );
    }
    table
}

/// What to write into a field.
pub const fn words(field: Field) -> Text {
    GUIDE[field as usize].2
}

/// The legal bases.
pub fn bases(language: Language) -> String {
    let mut table = match language {
        Language::En => "| `legal_basis` | provision | what it needs |\n|---|---|---|\n",
        Language::Nb => "| `legal_basis` | bestemmelse | hva det krever |\n|---|---|---|\n",
    }
    .to_owned();
    for basis in LegalBasis::ALL {
        let needs = needs(basis).in_language(language);
        let _ = writeln!(table, "| `{}` | {} | {needs} |", basis.code(), basis.provision());
    }
    table
}

/// The codes of purposes.
pub fn purposes(language: Language) -> String {
    let mut table = match language {
        Language::En => "| `purpose_code` | purpose | also understood |\n|---|---|---|\n",
        Language::Nb => "| `purpose_code` | formål | også forstått |\n|---|---|---|\n",
    }
    .to_owned();
    for purpose in PURPOSES {
        let others: Vec<_> = purpose.also.iter().map(|word| format!("`{word}`")).collect();
        let title = purpose.title.in_language(language);
        let _ = writeln!(table, "| `{}` | {title} | {} |", purpose.code, others.join(", "));
    }
    table
}

/// The registers that have a name, on one line.
pub fn registers() -> String {
    let names: Vec<_> = REGISTERS.iter().map(|name| format!("`{name}`")).collect();
    format!("{}\n", names.join(", "))
}

const fn needs(basis: LegalBasis) -> Text {
    match basis {
        LegalBasis::Anonymised => Text {
            nb: "ingenting som sier hvem pasienten er, i noe felt (POL-03)",
            en: "nothing that tells who the patient is, in any field (POL-03)",
        },
        LegalBasis::AvertHarm => Text {
            nb: "som varsel: faren, og hvem den gjelder, beskrevet i `basis_details`, minst tre forskjellige ord, eller to som sier begge deler, som «Truer naboen» (POL-13); aldri etterforskning (POL-04)",
            en: "as a notice: the danger, and to whom, described in `basis_details`, at least three different words, or two that say both, as \"Truer naboen\" (POL-13); never investigation (POL-04)",
        },
        LegalBasis::Assistance => Text {
            nb: "at det er behov for å bruke makt utenfor institusjon",
            en: "that force is needed outside an institution",
        },
        LegalBasis::KnownPatient => Text {
            nb: "ingenting utover pasientforholdet utleveres (POL-12); `basis_details` blir hos oss",
            en: "nothing beyond the patient relationship is disclosed (POL-12); `basis_details` stays with us",
        },
        LegalBasis::WeightyInterests => Text {
            nb: "skriftlig, konkret vurdering i `basis_details`, minst åtte forskjellige ord; aldri rutine (POL-02) eller etterforskning (POL-04)",
            en: "a written, concrete assessment in `basis_details`, at least eight different words; never routine (POL-02) or investigation (POL-04)",
        },
        LegalBasis::CompulsoryCare => Text {
            nb: "kjennskap til saken og pasientens situasjon",
            en: "knowledge of the case and of the patient's situation",
        },
        LegalBasis::Consent => Text {
            nb: "`consent`: hvem, når, og at det er informert, frivillig og gitt med beslutningskompetanse (POL-02)",
            en: "`consent`: who, when, and that it was informed, voluntary and given with decision-making competence (POL-02)",
        },
    }
}

const YES: Text = Text { nb: "ja", en: "yes" };
const NO: Text = Text { nb: "nei", en: "no" };
const KNOWN: Text = Text { nb: "ja¹", en: "yes¹" };
const ADVISED: Text = Text { nb: "bør¹", en: "advised¹" };
const BASIS: Text = Text { nb: "etter grunnlaget", en: "by the basis" };
const SEVERAL: Text = Text { nb: "når flere er satt opp", en: "where several are set up" };
const ONE: Text = Text { nb: "ett av dem", en: "one of them" };
const ARCHIVE: Text = Text { nb: "ja²", en: "yes²" };

type Row = (Field, [Text; 3], Text, &'static [&'static Rule]);

const GUIDE: &[Row] = &[
    (
        Field::Type,
        [YES, YES, YES],
        Text { nb: "`inquiry` eller `notice`.", en: "`inquiry` or `notice`." },
        &[&intake::IN_02],
    ),
    (
        Field::RequestId,
        [YES, YES, YES],
        Text {
            nb: "En ny GUID hver gang. Svaret viser til den.",
            en: "A new GUID each time. The reply names it.",
        },
        &[&rules::POL_06, &rules::POL_07],
    ),
    (
        Field::CaseNumber,
        [ARCHIVE, ARCHIVE, ARCHIVE],
        Text { nb: "Saken i Public 360: `26/00123`.", en: "The case in Public 360: `26/00123`." },
        &[&rules::POL_05],
    ),
    (
        Field::PoliceDistrict,
        [SEVERAL, SEVERAL, SEVERAL],
        Text {
            nb: "Distriktets kode, som driften oppgir.",
            en: "The district's code, from the operator.",
        },
        &[&intake::IN_02],
    ),
    (
        Field::LegalBasis,
        [YES, YES, YES],
        Text { nb: "Nøyaktig ett av grunnlagene under.", en: "Exactly one of the bases below." },
        &[&rules::POL_02, &rules::POL_13],
    ),
    (
        Field::BasisDetails,
        [BASIS, BASIS, BASIS],
        Text {
            nb: "Den konkrete vurderingen, eller hvem en trussel gjelder.",
            en: "The concrete assessment, or whom a threat is against.",
        },
        &[&rules::POL_02, &rules::POL_12, &rules::POL_13],
    ),
    (
        Field::ConsentGivenBy,
        [BASIS, BASIS, BASIS],
        Text { nb: "Hvem som samtykket.", en: "Who consented." },
        &[&rules::POL_02],
    ),
    (
        Field::ConsentDate,
        [BASIS, BASIS, BASIS],
        Text { nb: "Dagen, ikke i fremtiden.", en: "The day, not in the future." },
        &[&rules::POL_02],
    ),
    (
        Field::ConsentInformed,
        [BASIS, BASIS, BASIS],
        Text { nb: "`true`: det var informert.", en: "`true`: it was informed." },
        &[&rules::POL_02],
    ),
    (
        Field::ConsentVoluntary,
        [BASIS, BASIS, BASIS],
        Text { nb: "`true`: det var frivillig.", en: "`true`: it was voluntary." },
        &[&rules::POL_02],
    ),
    (
        Field::ConsentCompetent,
        [BASIS, BASIS, BASIS],
        Text {
            nb: "`true`: den som samtykket, har beslutningskompetanse.",
            en: "`true`: whoever consented is competent to decide.",
        },
        &[&rules::POL_02],
    ),
    (
        Field::PatientRelationship,
        [KNOWN, NO, KNOWN],
        Text {
            nb: "Hva slags pasientforhold det er. Ikke mer enn politiet må vite.",
            en: "What patient relationship there is. No more than the police must know.",
        },
        &[&rules::POL_11],
    ),
    (
        Field::PersonName,
        [KNOWN, YES, KNOWN],
        Text { nb: "Punkt 1: navnet.", en: "Point 1: the name." },
        &[&rules::POL_01, &rules::POL_03],
    ),
    (
        Field::PersonNationalId,
        [KNOWN, ADVISED, KNOWN],
        Text {
            nb: "Punkt 1: fødselsnummer eller D-nummer.",
            en: "Point 1: national id or D-number.",
        },
        &[&rules::POL_01, &rules::POL_03],
    ),
    (
        Field::RequesterName,
        [YES, YES, YES],
        Text { nb: "Punkt 2: hvem som spør eller varsler.", en: "Point 2: who asks or tells." },
        &[&rules::POL_01],
    ),
    (
        Field::RequesterPosition,
        [YES, YES, YES],
        Text { nb: "Punkt 2: stilling.", en: "Point 2: position." },
        &[&rules::POL_01],
    ),
    (
        Field::RequesterDepartment,
        [YES, YES, YES],
        Text { nb: "Punkt 2: avdeling.", en: "Point 2: department." },
        &[&rules::POL_01],
    ),
    (
        Field::ContactPhone,
        [ONE, ONE, NO],
        Text { nb: "Punkt 3: telefon.", en: "Point 3: telephone." },
        &[&rules::POL_01],
    ),
    (
        Field::ContactEmail,
        [ONE, ONE, NO],
        Text { nb: "Punkt 3: e-post.", en: "Point 3: e-mail." },
        &[&rules::POL_01],
    ),
    (
        Field::Purpose,
        [YES, YES, YES],
        Text { nb: "Punkt 4: formålet, med ord.", en: "Point 4: the purpose, in words." },
        &[&rules::POL_01, &rules::POL_11],
    ),
    (
        Field::PurposeCode,
        [YES, YES, YES],
        Text { nb: "Punkt 4: en av kodene under.", en: "Point 4: one of the codes below." },
        &[&rules::POL_01, &rules::POL_02, &rules::POL_04],
    ),
    (
        Field::HealthReference,
        [NO, NO, NO],
        Text {
            nb: "Punkt 5: bestemmelsen i helseregelverket, om noen.",
            en: "Point 5: the provision of health legislation, if any.",
        },
        &[&rules::POL_12],
    ),
    (
        Field::Register,
        [YES, NO, NO],
        Text { nb: "Punkt 6: hvilket politiregister.", en: "Point 6: which police register." },
        &[&rules::POL_01],
    ),
    (
        Field::PeriodFrom,
        [YES, NO, NO],
        Text { nb: "Punkt 7: første dag.", en: "Point 7: first day." },
        &[&rules::POL_01],
    ),
    (
        Field::PeriodTo,
        [YES, NO, NO],
        Text { nb: "Punkt 7: siste dag.", en: "Point 7: last day." },
        &[&rules::POL_01],
    ),
    (
        Field::NeededBy,
        [YES, NO, NO],
        Text {
            nb: "Punkt 8: dagen det trengs svar innen.",
            en: "Point 8: the day by which an answer is needed.",
        },
        &[&rules::POL_01, &rules::POL_09],
    ),
    (
        Field::Oral,
        [NO, NO, YES],
        Text {
            nb: "`true` når det alt er sagt muntlig: registreres, sendes ikke.",
            en: "`true` where it was told orally already: recorded, not sent.",
        },
        &[&rules::POL_06],
    ),
    (
        Field::PatientInformed,
        [YES, YES, YES],
        Text {
            nb: "`yes`, `no` eller `later`: om pasienten er informert.",
            en: "`yes`, `no` or `later`: whether the patient was informed.",
        },
        &[&rules::POL_10],
    ),
];

#[cfg(test)]
mod tests {
    use super::GUIDE;
    use crate::kinds::police::request::fields::Field;

    #[test]
    fn every_field_is_explained_once_and_in_order() {
        assert!(GUIDE.iter().map(|row| row.0).eq(Field::all()));
    }
}
