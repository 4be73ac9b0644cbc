//! The legal gates that a request, a notice or the record of an oral disclosure must pass before
//! anything leaves: POL-01 to POL-06 and POL-09 to POL-13, each a function of its own.
//!
//! Every gate is asked, so that a sender hears of everything at once. They need nothing but the
//! form, the calendar and the configuration.

use jiff::civil::Date;

use crate::{
    kinds::{
        context::Context,
        police::{
            basis::LegalBasis,
            free_text::says_something::{describes_a_threat, says_an_assessment},
            hints,
            request::{anonymous, eight_points, fields::Field, filled_form::Filled, judge::Judge},
            state::{Exchange, Form, Informed},
            words::{INFORMED, Purpose, Type, YES_NO, plain},
        },
        written_date::written_date,
    },
    types::{
        case_number::CaseNumber, finding::Findings, guid::Guid, rule::Severity,
        rules::police as rules,
    },
};

/// A request that passed every gate.
pub struct Passed {
    /// What is recorded of it.
    pub exchange: Exchange,
    /// The district's code.
    pub district: String,
    /// When the patient consented, for that basis.
    pub consented_on: Option<Date>,
    /// First and last day of the period, where there is one.
    pub period: Option<(Date, Date)>,
}

/// Asks every gate. Gives what passed, unless one of them refuses the file, and what was found.
pub fn judge(
    filled: &Filled,
    shape: Findings,
    context: &Context<'_>,
) -> (Option<Passed>, Findings) {
    let mut judge = Judge::new(filled, shape, context);
    judge.form();
    let id = pol_06_is_recorded_under_its_own_id(&mut judge);
    let district = judge.district();
    pol_02_has_exactly_one_basis(&mut judge);
    let consented_on = pol_02_consent_is_valid(&mut judge);
    eight_points::pol_01_is_specific(&mut judge);
    let period = eight_points::pol_01_period(&mut judge);
    let needed_by = eight_points::pol_09_says_how_soon(&mut judge);
    pol_02_interests_are_assessed(&mut judge);
    anonymous::pol_03_identifies_nobody(&mut judge);
    pol_04_is_no_investigation(&mut judge);
    let case = pol_05_has_a_case(&mut judge);
    let informed = pol_10_says_whether_the_patient_was_informed(&mut judge);
    eight_points::pol_11_tells_relationship_and_purpose(&mut judge);
    pol_12_discloses_nothing_beyond_the_known(&mut judge);
    pol_13_notice_may_be_given(&mut judge);
    let Judge { form, basis, purpose, findings, .. } = judge;
    if findings.worst() == Some(Severity::RejectFile) {
        return (None, findings);
    }
    // Whatever is missing here has been refused above.
    let (Some(id), Some((code, district)), Some(basis), Some(purpose), Some(informed)) =
        (id, district, basis, purpose, informed)
    else {
        return (None, findings);
    };
    let purpose_code = purpose.code.to_owned();
    let needed_by = needed_by.filter(|_| form == Form::Inquiry);
    let exchange = Exchange { id, form, district, case, basis, purpose_code, informed, needed_by };
    (Some(Passed { exchange, district: code, consented_on, period }), findings)
}

/// "Det skal journalføres hvilke opplysninger som er delt med politiet, og på hvilket rettslig
/// grunnlag": under an id of its own, by which the reply finds it too.
fn pol_06_is_recorded_under_its_own_id(judge: &mut Judge<'_>) -> Option<Guid> {
    let id = Guid::parse(judge.filled.text(Field::RequestId).as_bytes());
    let id = id.filter(|id| *id != Guid::ZERO);
    if id.is_none() {
        judge.breach(&rules::POL_06, Field::RequestId, &hints::REQUEST_ID);
    }
    id
}

/// Exactly one legal basis, and a known one.
fn pol_02_has_exactly_one_basis(judge: &mut Judge<'_>) {
    let text = judge.filled.text(Field::LegalBasis).to_lowercase();
    let named = LegalBasis::ALL.into_iter().find(|basis| plain(basis.code()) == plain(&text));
    if let Some(basis) = named {
        judge.basis = Some(basis);
        return;
    }
    let is_one_of_ours = |word: &str| LegalBasis::parse(word).is_some();
    let several = text.split([',', ';', '+', '/', '|', ' ', '\n', '\t']);
    let several = several.filter(|word| is_one_of_ours(word)).count() > 1;
    let hint = match (text.is_empty(), several) {
        (true, _) => &hints::BASIS_MISSING,
        (false, true) => &hints::BASIS_ONE,
        (false, false) => &hints::BASIS_UNKNOWN,
    };
    judge.breach(&rules::POL_02, Field::LegalBasis, hint);
}

/// "For at samtykket skal være gyldig, må pasienten ha beslutningskompetanse. Samtykket må være
/// informert, og gitt frivillig": who, when, and all three confirmed.
fn pol_02_consent_is_valid(judge: &mut Judge<'_>) -> Option<Date> {
    if judge.basis != Some(LegalBasis::Consent) {
        return None;
    }
    if judge.is_blank(Field::ConsentGivenBy) {
        judge.breach(&rules::POL_02, Field::ConsentGivenBy, &hints::CONSENT_BY);
    }
    for (field, hint) in [
        (Field::ConsentInformed, &hints::CONSENT_INFORMED),
        (Field::ConsentVoluntary, &hints::CONSENT_VOLUNTARY),
        (Field::ConsentCompetent, &hints::CONSENT_COMPETENT),
    ] {
        if judge.filled.word(field, YES_NO) != Some(true) {
            judge.breach(&rules::POL_02, field, hint);
        }
    }
    let given = written_date(judge.filled.text(Field::ConsentDate));
    match given {
        None => judge.breach(&rules::POL_02, Field::ConsentDate, &hints::CONSENT_DATE),
        Some(day) if day > judge.context.today => {
            judge.breach(&rules::POL_02, Field::ConsentDate, &hints::CONSENT_LATER);
        }
        Some(_) => {}
    }
    given
}

/// "Man kan ikke benytte hpl. § 23 nr. 4 for å innhente opplysninger rutinemessig da det alltid må
/// gjøres en konkret vurdering."
fn pol_02_interests_are_assessed(judge: &mut Judge<'_>) {
    if judge.basis != Some(LegalBasis::WeightyInterests) {
        return;
    }
    if !says_an_assessment(judge.filled.text(Field::BasisDetails)) {
        judge.breach(&rules::POL_02, Field::BasisDetails, &hints::ASSESSMENT);
    }
    if judge.purpose.is_some_and(Purpose::is_routine) {
        judge.breach(&rules::POL_02, Field::PurposeCode, &hints::ROUTINE);
    }
}

/// "Unntakene i hpl. §§ 23 nr. 4 og 31 gir ikke hjemmel til å videreformidle informasjon som er
/// nødvendig for politiets etterforskning av straffbare forhold."
fn pol_04_is_no_investigation(judge: &mut Judge<'_>) {
    let gives_none =
        matches!(judge.basis, Some(LegalBasis::WeightyInterests | LegalBasis::AvertHarm));
    if gives_none && judge.purpose.is_some_and(Purpose::is_investigation) {
        judge.breach(&rules::POL_04, Field::PurposeCode, &hints::INVESTIGATION);
    }
}

/// "Det må opprettes pasientsak i saksarkivet."
fn pol_05_has_a_case(judge: &mut Judge<'_>) -> Option<CaseNumber> {
    let text = judge.filled.text(Field::CaseNumber);
    if text.is_empty() {
        if !judge.context.police.archive_makes_cases {
            judge.breach(&rules::POL_05, Field::CaseNumber, &hints::CASE_MISSING);
        }
        return None;
    }
    let case = CaseNumber::parse(text).ok();
    if case.is_none() {
        judge.breach(&rules::POL_05, Field::CaseNumber, &hints::CASE_SHAPE);
    }
    case
}

/// "De bør så langt forholdene tilsier det informere pasienten om at opplysninger er gitt."
fn pol_10_says_whether_the_patient_was_informed(judge: &mut Judge<'_>) -> Option<Informed> {
    let informed = judge.filled.word(Field::PatientInformed, INFORMED);
    if informed.is_none() {
        let blank = judge.is_blank(Field::PatientInformed);
        let hint = if blank { &hints::INFORMED_MISSING } else { &hints::INFORMED_WORD };
        judge.breach(&rules::POL_10, Field::PatientInformed, hint);
    }
    informed
}

/// "Taushetsplikten vil fortsatt gjelde for andre opplysninger og informasjon om pasienten som ikke
/// er kjent." A disclosure, which is a notice or what was told orally, says no more under this
/// basis than that the person is a patient. What an inquiry says in `basis_details` stays here.
fn pol_12_discloses_nothing_beyond_the_known(judge: &mut Judge<'_>) {
    let is_disclosure = matches!(judge.form, Form::Notice | Form::Oral);
    if judge.basis != Some(LegalBasis::KnownPatient) || !is_disclosure {
        return;
    }
    for field in [Field::BasisDetails, Field::HealthReference] {
        if !judge.is_blank(field) {
            judge.breach(&rules::POL_12, field, &hints::KNOWN_CONTENT);
        }
    }
}

/// "Helsepersonell skal på eget initiativ, varsle politi og brannvesen dersom det er nødvendig for
/// å avverge alvorlig skade på person eller eiendom."
fn pol_13_notice_may_be_given(judge: &mut Judge<'_>) {
    if judge.sort != Type::Notice {
        return;
    }
    match judge.basis {
        Some(LegalBasis::AvertHarm) => {
            if !describes_a_threat(judge.filled.text(Field::BasisDetails)) {
                judge.breach(&rules::POL_13, Field::BasisDetails, &hints::NOTICE_THREAT);
            }
        }
        Some(LegalBasis::WeightyInterests) | None => {}
        Some(_) => judge.breach(&rules::POL_13, Field::LegalBasis, &hints::NOTICE_BASIS),
    }
}
