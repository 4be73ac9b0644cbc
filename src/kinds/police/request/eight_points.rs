//! The eight points that make a request specific (POL-01, POL-09), and what the police must be told
//! (POL-11).
//!
//! | point | inquiry | notice | oral disclosure |
//! |---|---|---|---|
//! | 1 name, national id | both, unless anonymous | name; a missing number is told | both, unless anonymous |
//! | 2 who asks or tells | yes | yes | yes |
//! | 3 telephone or e-mail | yes | yes | - |
//! | 4 purpose and its code | yes | yes | yes |
//! | 5 reference to health legislation | where there is one | where there is one | where there is one |
//! | 6 register, 7 period, 8 how soon | yes | - | - |

use jiff::civil::Date;

use crate::{
    kinds::{
        police::{
            basis::LegalBasis,
            free_text::says_something::is_telephone,
            hints,
            request::{fields::Field, judge::Judge},
            state::Form,
            words::{OTHER_PURPOSE, Purpose, Type},
        },
        written_date::written_date,
    },
    types::{
        national_id::{IdKind, NationalId},
        rules::police as rules,
    },
};

/// "Forespørselen (muntlig eller skriftlig) må være så spesifikk som mulig."
pub fn pol_01_is_specific(judge: &mut Judge<'_>) {
    point_1_whom_it_is_about(judge);
    for field in [Field::RequesterName, Field::RequesterPosition, Field::RequesterDepartment] {
        if judge.is_unsaid(field) {
            judge.breach(&rules::POL_01, field, &hints::POINT_2);
        }
    }
    let reachable = is_telephone(judge.filled.text(Field::ContactPhone))
        || !judge.is_unsaid(Field::ContactEmail);
    if judge.form != Form::Oral && !reachable {
        judge.breach(&rules::POL_01, Field::ContactPhone, &hints::POINT_3);
    }
    if judge.is_unsaid(Field::Purpose) {
        judge.breach(&rules::POL_01, Field::Purpose, &hints::POINT_4);
    }
    judge.purpose = Purpose::parse(judge.filled.text(Field::PurposeCode));
    if judge.purpose.is_none() {
        let decides = [None, Some(LegalBasis::WeightyInterests), Some(LegalBasis::AvertHarm)]
            .contains(&judge.basis);
        // Under these two a code that nobody knows might stand for what they give no basis for.
        if decides || judge.is_blank(Field::PurposeCode) {
            judge.breach(&rules::POL_01, Field::PurposeCode, &hints::PURPOSE_CODE);
        } else {
            judge.warn(&rules::POL_01, Field::PurposeCode, &hints::OTHER_PURPOSE);
            judge.purpose = Some(&OTHER_PURPOSE);
        }
    }
    if judge.form == Form::Inquiry && judge.is_unsaid(Field::Register) {
        judge.breach(&rules::POL_01, Field::Register, &hints::POINT_6);
    }
}

/// "Hvem forespørselen gjelder (navn og personnummer)."
fn point_1_whom_it_is_about(judge: &mut Judge<'_>) {
    if judge.is_anonymous() {
        return;
    }
    if judge.is_unsaid(Field::PersonName) {
        judge.breach(&rules::POL_01, Field::PersonName, &hints::POINT_1);
    }
    let number: String = judge.filled.text(Field::PersonNationalId).split_whitespace().collect();
    let number = zeroize::Zeroizing::new(number);
    if number.is_empty() {
        // Whoever must avert harm at once may not have the number at hand.
        if judge.form == Form::Notice {
            judge.warn(&rules::POL_01, Field::PersonNationalId, &hints::POINT_1_NUMBER);
        } else {
            judge.breach(&rules::POL_01, Field::PersonNationalId, &hints::POINT_1_ID);
        }
        return;
    }
    match NationalId::parse(&number, &judge.context.ids).map(|id| id.kind()) {
        Err(_) => judge.breach(&rules::POL_01, Field::PersonNationalId, &hints::CHECK_DIGIT),
        // It means something in one institution only.
        Ok(IdKind::H | IdKind::DH) => {
            judge.breach(&rules::POL_01, Field::PersonNationalId, &hints::HELP_NUMBER);
        }
        Ok(_) => {}
    }
}

/// "Hvilket tidsrom ber man om innsyn." Both days are read wherever they stand.
pub fn pol_01_period(judge: &mut Judge<'_>) -> Option<(Date, Date)> {
    let mut days = [None; 2];
    for (day, field) in days.iter_mut().zip([Field::PeriodFrom, Field::PeriodTo]) {
        *day = written_date(judge.filled.text(field));
        if day.is_none() {
            match judge.is_blank(field) {
                false => judge.breach(&rules::POL_01, field, &hints::PERIOD_DATE),
                true if judge.form == Form::Inquiry => {
                    judge.breach(&rules::POL_01, field, &hints::POINT_7);
                }
                true => {}
            }
        }
    }
    let [Some(from), Some(to)] = days else { return None };
    if from > to {
        judge.breach(&rules::POL_01, Field::PeriodTo, &hints::PERIOD_ORDER);
    }
    Some((from, to))
}

/// "Hvor raskt det er behov for at politiet skal svare ut henvendelsen". A day that has passed is
/// told, and makes the request overdue at once; one that cannot be read goes out in the words that
/// were written, and nothing is watched by it.
pub fn pol_09_says_how_soon(judge: &mut Judge<'_>) -> Option<Date> {
    let day = written_date(judge.filled.text(Field::NeededBy));
    match day {
        None if judge.form == Form::Inquiry && !judge.is_unsaid(Field::NeededBy) => {
            judge.warn(&rules::POL_09, Field::NeededBy, &hints::NEEDED_BY_DATE);
        }
        None if judge.form == Form::Inquiry => {
            judge.breach(&rules::POL_01, Field::NeededBy, &hints::POINT_8);
        }
        Some(day) if judge.form == Form::Inquiry && day < judge.context.today => {
            judge.warn(&rules::POL_09, Field::NeededBy, &hints::NEEDED_BY_PAST);
        }
        _ => {}
    }
    day
}

/// "Helsepersonell må ved innhenting av opplysninger opplyse politiet om pasientforholdet og
/// formålet med innhentingen."
pub fn pol_11_tells_relationship_and_purpose(judge: &mut Judge<'_>) {
    if judge.sort != Type::Inquiry || judge.is_anonymous() {
        return;
    }
    if judge.is_unsaid(Field::PatientRelationship) {
        judge.breach(&rules::POL_11, Field::PatientRelationship, &hints::RELATIONSHIP);
    }
    if judge.is_unsaid(Field::Purpose) {
        judge.breach(&rules::POL_11, Field::Purpose, &hints::PURPOSE_UNTOLD);
    }
}
