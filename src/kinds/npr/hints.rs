//! What exactly is wrong in a release, in the words of a receipt. No value of any field.

use crate::types::{
    npr_release::form::Form,
    rule::{Hint, hints},
};

hints! {
    /// NPR-01.
    BASIS_OTHER = "basis-other", None,
        "Rettsgrunnlaget som er oppgitt, er et annet enn § 3-3, som formålet hører under. Skriv #legal_basis=§ 3-3, eller utelat linjen.",
        "The legal basis given is another than § 3-3, which the purpose falls under. Write #legal_basis=§ 3-3, or leave the line out.";
    /// NPR-04.
    COLUMN_DIRECT = "column-direct", None,
        "Kolonnen er en direkte identifikator og kan ikke være med. Ta den ut av uttrekket.",
        "The column is a direct identifier and cannot be part of it. Take it out of the extract.";
    /// NPR-04.
    COLUMN_TWICE = "column-twice", None,
        "Kolonnen står to ganger. Behold den ene.",
        "The column stands twice. Keep one of them.";
    /// NPR-04.
    COLUMN_UNKNOWN = "column-unknown", None,
        "Kolonnen står ikke på listen for formålet. Ta den ut, eller be om at den tas inn på listen med sin form.",
        "The column is not on the purpose's list. Take it out, or ask for it to be put on the list with its form.";
    /// NPR-04.
    FORM_CODE = "form-code", None,
        "Koden skal være 1 til 3 store bokstaver eller sifre.",
        "The code must be 1 to 3 capital letters or digits.";
    /// NPR-04.
    FORM_COUNT = "form-count", None,
        "Her skal det stå et helt tall med høyst fem sifre.",
        "A whole number of at most five digits belongs here.";
    /// NPR-04.
    FORM_DATE = "form-date", None,
        "Dette er ingen dato. Skriv ÅÅÅÅ-MM-DD eller ÅÅÅÅMMDD.",
        "This is no date. Write YYYY-MM-DD or YYYYMMDD.";
    /// NPR-04.
    FORM_DISTRICT = "form-district", None,
        "En bydel er 1 til 6 sifre.",
        "A district is 1 to 6 digits.";
    /// NPR-04.
    FORM_DRG = "form-drg", None,
        "En DRG-kode begynner med et siffer og har høyst seks sifre og store bokstaver.",
        "A DRG code begins with a digit and has at most six digits and capital letters.";
    /// NPR-04.
    FORM_ICD = "form-icd", None,
        "En diagnose skrives som ICD-10 uten punktum: E702, ikke E70.2.",
        "A diagnosis is written as ICD-10 without the dot: E702, not E70.2.";
    /// NPR-04.
    FORM_INSTITUTION = "form-institution", None,
        "En institusjon er et RESH-nummer eller et organisasjonsnummer: 1 til 9 sifre.",
        "An institution is a RESH number or an organisation number: 1 to 9 digits.";
    /// NPR-04.
    FORM_MUNICIPALITY = "form-municipality", None,
        "Hjemkommunen er fire sifre i bruk i driftsåret, eller 9000, 9900 eller 9999.",
        "The home municipality is four digits in use in the operating year, or 9000, 9900 or 9999.";
    /// NPR-04.
    FORM_NUMBER = "form-number", None,
        "Her skal det stå et tall med høyst fem sifre og seks desimaler.",
        "A number of at most five digits and six decimals belongs here.";
    /// NPR-04.
    FORM_PROCEDURE = "form-procedure", None,
        "En prosedyrekode er 5 til 7 store bokstaver og sifre, som WBGC00.",
        "A procedure code is 5 to 7 capital letters and digits, such as WBGC00.";
    /// NPR-04.
    FORM_SEX = "form-sex", None,
        "Kjønn er 0, 1, 2 eller 9 (kodeverk 3101).",
        "Sex is 0, 1, 2 or 9 (code list 3101).";
    /// NPR-04.
    FORM_TEXT = "form-text", None,
        "Teksten er for lang. Bruk høyst 200 tegn på én linje.",
        "The text is too long. Use at most 200 characters on one line.";
    /// NPR-04.
    FORM_UNSEEN = "form-unseen", None,
        "Verdien er for lang. Bruk høyst 64 tegn.",
        "The value is too long. Use at most 64 characters.";
    /// NPR-04.
    FORM_YEAR = "form-year", None,
        "Året er fire sifre.",
        "The year is four digits.";
    /// NPR-04.
    HELP_NUMBER_WHERE = "help-number-where", Some("E30"),
        "Et hjelpenummer gjelder bare ved institusjonen som ga det, og raden sier ikke hvilken. Fyll ut institusjonID, eller skriv #institution= over tabellen.",
        "A help number holds only at the institution that gave it, and the row does not say which. Fill in institusjonID, or write #institution= above the table.";
    /// NPR-04: the release is stopped.
    IDENTITY_IN_COLUMN = "identity-in-column", None,
        "I en kolonne som går ut, står det et fødselsnummer, et telefonnummer eller en e-postadresse. Ingenting av filen er lagret. Rett uttrekket og send det på nytt.",
        "A column that leaves holds an identity number, a telephone number or an e-mail address. Nothing of the file was stored. Correct the extract and send it again.";
    /// NPR-04: the release is stopped.
    IDENTITY_LEAVING = "identity-leaving", None,
        "Den siste kontrollen fant et fødselsnummer, et telefonnummer eller en e-postadresse i det som skulle ut. Ingenting av filen er lagret, og driftsansvarlig er varslet. Se etter fritekst i kolonnene.",
        "The last check found an identity number, a telephone number or an e-mail address in what was to leave. Nothing of the file was stored, and the operator was alerted. Look for free text in the columns.";
    /// NPR-04.
    KEY_UNKNOWN = "key-unknown", None,
        "Linjen over tabellen er ikke kjent og er utelatt.",
        "The line above the table is not known and was left out.";
    /// NPR-04.
    KEY_VALUE = "key-value", None,
        "Verdien har ikke riktig form og er utelatt: institution er 1 til 9 sifre, created er en dato.",
        "The value has not the right form and was left out: institution is 1 to 9 digits, created is a date.";
    /// NPR-04.
    NO_NUMBER = "no-number", Some("E30"),
        "Raden har verken fid eller et pasientNr fra en oppgitt institusjon, så personen kan ikke få pseudonym.",
        "The row has neither fid nor a pasientNr of a stated institution, so the person cannot be given a pseudonym.";
    /// NPR-04, for a remark.
    NUMBER_UNCHECKED = "number-unchecked", None,
        "Ingen kan kontrollere et nummer av denne typen, så samme person kan ha et annet pseudonym i andre rader. Raden er tatt med. Er fødselsnummeret eller D-nummeret kjent, bruk det i uttrekket.",
        "Nobody can check a number of this type, so the same person may have another pseudonym in other rows. The row was taken. Where the fødselsnummer or D-number is known, use it in the extract.";
    /// NPR-04.
    NO_PERSON = "no-person", None,
        "Tabellen har verken kolonnen fid eller pasientNr, så ingen kan få pseudonym.",
        "The table has neither a column fid nor pasientNr, so nobody can be given a pseudonym.";
    /// NPR-01.
    PURPOSE_MISSING = "purpose-missing", None,
        "Linjen #purpose mangler over tabellen. Skriv #purpose=isf eller #purpose=kmf.",
        "The line #purpose is missing above the table. Write #purpose=isf or #purpose=kmf.";
    /// NPR-04.
    SMALL_GROUPS = "small-groups", None,
        "Noen deler hjemkommune, fødselsår, kjønn og DRG med færre enn grensen. Kvitteringen sier hvor mange slike grupper det er.",
        "Some share home municipality, birth year, sex and DRG with fewer than the limit. The receipt says how many such groups there are.";
    /// NPR-05.
    TASK_DONE = "task-done", None,
        "Oppgaven for driftsåret er meldt utført, og opplysningene er slettet. Det tas ikke imot mer for året.",
        "The task of the operating year was reported done, and the data were erased. Nothing more is taken for the year.";
    /// NPR-04.
    TYPE_ID = "type-id", None,
        "typeID finnes ikke i kodeverk 9032.",
        "typeID is not in code list 9032.";
    /// IN-02.
    WORKBOOK = "workbook", None,
        "Uttrekk tas imot som CSV, ikke som arbeidsbok. Lagre det som CSV UTF-8.",
        "Extracts are taken as CSV, not as a workbook. Save it as CSV UTF-8.";
    /// NPR-06.
    YEAR_FUTURE = "year-future", None,
        "Driftsåret har ikke begynt.",
        "The operating year has not begun.";
    /// NPR-06.
    YEAR_MISSING = "year-missing", None,
        "Linjen #operating_year mangler over tabellen, eller er ikke fire sifre. Skriv for eksempel #operating_year=2025.",
        "The line #operating_year is missing above the table, or is not four digits. Write #operating_year=2025, say.";
    /// NPR-06, for a remark.
    YEAR_OF_ROWS = "year-of-rows", None,
        "Noen rader har en utDato utenfor driftsåret; kvitteringen sier hvor mange. Kontroller at #operating_year er riktig: fristen for sletting regnes fra det.",
        "Some rows have a utDato outside the operating year; the receipt says how many. Check that #operating_year is right: the time limit for erasure counts from it.";
    /// NPR-06.
    YEAR_OF_ROWS_PAST = "year-of-rows-past", None,
        "Den nyeste utDato i uttrekket er fra et år som det ikke lenger kan oppbevares opplysninger fra. Kontroller #operating_year og uttrekket.",
        "The newest utDato of the extract is of a year of which data may no longer be kept. Check #operating_year and the extract.";
    /// NPR-06.
    YEAR_PAST = "year-past", None,
        "Fristen for å oppbevare opplysninger fra dette driftsåret er ute.",
        "The time for which data of this operating year may be kept is over.";
}

/// What to say of a value that has not its column's form.
pub const fn of_form(form: Form) -> &'static Hint {
    match form {
        Form::Code => &FORM_CODE,
        Form::Count => &FORM_COUNT,
        Form::Date => &FORM_DATE,
        Form::District => &FORM_DISTRICT,
        Form::Drg => &FORM_DRG,
        Form::Icd => &FORM_ICD,
        Form::Institution => &FORM_INSTITUTION,
        Form::Municipality => &FORM_MUNICIPALITY,
        Form::Number => &FORM_NUMBER,
        Form::Procedure => &FORM_PROCEDURE,
        Form::Sex => &FORM_SEX,
        Form::Text => &FORM_TEXT,
        Form::Unseen => &FORM_UNSEEN,
        Form::Year => &FORM_YEAR,
    }
}
