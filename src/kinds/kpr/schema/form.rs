//! How values are written, and whether one is.

use crate::{
    kinds::kpr::{
        hints,
        schema::{cost::Cost, lists, time},
    },
    protect::scan::value as written,
    types::{
        guid::Guid,
        org_number::OrgNumber,
        rule::{Hint, Rule},
        rules::kpr as rules,
    },
};

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `true` or `false`.
    Boolean,
    /// A type of contact person, list 8471.
    ContactType,
    /// A date.
    Date,
    /// A point in time.
    DateTime,
    /// Six digits; that they begin with the municipality is for the caller to say.
    District,
    /// An identifier; judged together with its type.
    Fid,
    /// The version of the event message.
    EventVersion,
    /// A GUID that is kept.
    Guid,
    /// A municipality number that is a person's home; which ones exist is for the caller to say.
    HomeMunicipality,
    /// Hours per week.
    Hours,
    /// A type of identification, list 9032.
    IdType,
    /// The letter K: a message of events as they happen.
    MessageType,
    /// A municipality number; which one is for the caller to say.
    Municipality,
    /// A whole number.
    Number,
    /// The version of our profile of the annual submission.
    ProfileVersion,
    /// An organisation number.
    OrgNumber,
    /// A GUID that stands for a person: re-keyed.
    PatientGuid,
    /// A score of a functional variable.
    Score,
    /// A service type, list 9151; whether it has expired is for the caller to say.
    ServiceType,
    /// Sex, list 3101.
    Sex,
    /// N, M or C.
    Status,
    /// Any text of up to 100 characters.
    Text,
    /// The sender's own key of a person: re-keyed.
    UserNumber,
    /// A year.
    Year,
}

impl Form {
    /// What a wrong value usually costs.
    pub(super) const fn cost(self) -> Cost {
        match self {
            Self::ContactType | Self::Text => Cost::Field,
            Self::District => Cost::Told,
            Self::EventVersion | Self::ProfileVersion | Self::MessageType | Self::Municipality => {
                Cost::Message
            }
            _ => Cost::Record,
        }
    }

    /// Whether the value leaves as it came.
    pub const fn is_plain(self) -> bool {
        !matches!(self, Self::Fid | Self::IdType | Self::PatientGuid | Self::UserNumber)
    }

    /// Whether a sound value may still hold somebody's identifier.
    #[inline]
    pub const fn has_room(self) -> bool {
        matches!(self, Self::DateTime | Self::Guid | Self::Number | Self::OrgNumber | Self::Text)
    }

    /// Whether [`Self::judge`] finds nothing wrong, and nothing else is to be done with the value;
    /// false where it takes a longer look.
    #[inline]
    pub fn accepts(self, value: &str) -> bool {
        match self {
            Self::Date => time::date(value).is_some(),
            Self::Guid => {
                Guid::parse(value.as_bytes()).is_some_and(|guid| !guid.holds_national_id())
            }
            Self::Text => match guid_in(value) {
                Some(guid) => !guid.holds_national_id(),
                None => value.len() <= MOST_CHARACTERS && !written::holds_number(value),
            },
            Self::Score => lists::is_score(value),
            Self::ServiceType => lists::is_service_type(value),
            Self::UserNumber => value.len() <= MOST_CHARACTERS,
            Self::Fid => true,
            _ => self.judge(value).is_ok(),
        }
    }

    /// Judges a value that is not empty.
    pub fn judge(self, value: &str) -> Result<(), (&'static Rule, &'static Hint)> {
        if let Some(hint) = self.breach(value) {
            return Err((rule_of(self), hint));
        }
        match self {
            Self::Text if holds_number(value) => Err((&rules::KPR_04, &hints::IDENTITY_INSIDE)),
            _ => Ok(()),
        }
    }

    /// Whether a sound value is a GUID that holds somebody's number, by chance mostly: no fault,
    /// but another GUID leaves in its place.
    #[inline]
    pub fn is_keyed(self, value: &str) -> bool {
        matches!(self, Self::Guid | Self::Text)
            && guid_in(value).is_some_and(|guid| guid.holds_national_id())
    }

    fn breach(self, value: &str) -> Option<&'static Hint> {
        let (holds, hint) = match self {
            Self::Boolean => (matches!(value, "true" | "false" | "1" | "0"), &hints::BOOLEAN),
            Self::ContactType => (lists::is_contact_type(value), &hints::CONTACT_TYPE),
            Self::Date => (time::date(value).is_some(), &hints::DATE),
            Self::DateTime => (time::is_date_time(value), &hints::DATE_TIME),
            Self::District => (digits(value, 6), &hints::DISTRICT),
            Self::Fid => (true, &hints::ID_LENGTH),
            Self::EventVersion => (value == "56.0.0", &hints::VERSION),
            Self::ProfileVersion => (value == "1", &hints::VERSION),
            Self::Guid | Self::PatientGuid => {
                (Guid::parse(value.as_bytes()).is_some(), &hints::GUID)
            }
            Self::HomeMunicipality => (digits(value, 4), &hints::HOME_MUNICIPALITY),
            Self::Hours => (is_hours(value), &hints::HOURS),
            Self::IdType => (lists::is_id_type(value), &hints::ID_TYPE),
            Self::MessageType => (value == "K", &hints::MESSAGE_TYPE),
            Self::Municipality => (digits(value, 4), &hints::MUNICIPALITY_SHAPE),
            // No room for a person's number.
            Self::Number => (value.len() <= 9 && digits(value, value.len()), &hints::NUMBER),
            Self::OrgNumber => (OrgNumber::parse(value).is_ok(), &hints::ORG_NUMBER),
            Self::Score => (lists::is_score(value), &hints::SCORE),
            Self::ServiceType => (lists::is_service_type(value), &hints::SERVICE_TYPE),
            Self::Sex => (lists::is_sex(value), &hints::SEX),
            Self::Status => (matches!(value, "N" | "M" | "C"), &hints::STATUS),
            Self::Text => (is_short(value), &hints::TEXT_TOO_LONG),
            Self::UserNumber => (is_short(value), &hints::USER_NUMBER),
            Self::Year => (year(value).is_some(), &hints::YEAR),
        };
        (!holds).then_some(hint)
    }
}

/// The GUID that the whole of a text is.
#[inline]
fn guid_in(text: &str) -> Option<Guid> {
    // With its braces or without: no other text is looked at.
    if matches!(text.len(), 36 | 38) { Guid::parse(text.as_bytes()) } else { None }
}

/// Whether a number stands in a text that is not a GUID as a whole.
#[inline]
fn holds_number(text: &str) -> bool {
    written::holds_number(text) && guid_in(text).is_none()
}

/// A year that may be a birth's or a service's.
pub fn year(value: &str) -> Option<i16> {
    let year = if digits(value, 4) { value.parse().ok()? } else { return None };
    (1850..=2200).contains(&year).then_some(year)
}

/// The rule that a form belongs to.
fn rule_of(form: Form) -> &'static Rule {
    match form {
        Form::EventVersion | Form::ProfileVersion | Form::MessageType => &rules::KPR_05,
        Form::Municipality => &rules::KPR_02,
        _ => &rules::KPR_06,
    }
}

fn digits(value: &str, count: usize) -> bool {
    value.len() == count && value.bytes().all(|b| b.is_ascii_digit())
}

fn is_short(value: &str) -> bool {
    value.len() <= MOST_CHARACTERS || value.chars().count() <= MOST_CHARACTERS
}

/// `37`, `37.5`; a week has 168.
fn is_hours(value: &str) -> bool {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let is = |text: &str, most| (1..=most).contains(&text.len()) && digits(text, text.len());
    let hours = if is(whole, 3) { whole.parse().unwrap_or(u16::MAX) } else { u16::MAX };
    is(fraction, 4) && (hours < 168 || hours == 168 && fraction.bytes().all(|b| b == b'0'))
}

const MOST_CHARACTERS: usize = 100;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Form, is_hours, year};

    #[test]
    fn forms() {
        let long = "æ".repeat(100);
        let longer = format!("{long}æ");
        let cases: &[(Form, &[&str], &[&str])] = &[
            (Form::Boolean, &["true", "false"], &["ja", "TRUE"]),
            (Form::ContactType, &["1", "19"], &["20", "0", "x"]),
            (Form::Date, &["2024-02-29"], &["2023-02-29", "29.02.2024"]),
            (Form::DateTime, &["2024-02-29T10:00:00"], &["2024-02-29"]),
            (Form::District, &["030101"], &["0301", "3", "03010x"]),
            (Form::EventVersion, &["56.0.0"], &["56.0.1", "55.0.0"]),
            (Form::ProfileVersion, &["1"], &["2", "1.0"]),
            (
                Form::Guid,
                &["0b5c7e0e-8a6f-4a55-9c7d-a03851598731", "00000000-0000-0000-0000-000000000000"],
                &["x", "00000000-0000-0000-0000-a0385159873"],
            ),
            (Form::IdType, &["1", "12"], &["11", "13", "99"]),
            (Form::MessageType, &["K"], &["B", "E", "k"]),
            (Form::Municipality, &["0301"], &["301", "banana"]),
            (Form::Number, &["0", "12", "999999999"], &["-1", "1.0", "03851598730"]),
            (Form::OrgNumber, &["958935420"], &["958935421", "0301"]),
            (Form::Score, &["1", "9"], &["6", "0"]),
            (Form::ServiceType, &["18", "6"], &["999", "10"]),
            (Form::Sex, &["0", "2"], &["3", "M"]),
            (Form::Status, &["N", "M", "C"], &["T", "n"]),
            (
                Form::Text,
                &["x", &long],
                &[&longer, "see 03851598730", "038515 98730", "038515/98730"],
            ),
            (Form::UserNumber, &["03851598730", &long], &[&longer]),
            (Form::Year, &["1920"], &["20", "1"]),
        ];
        for (form, good, bad) in cases {
            for value in *good {
                assert!(form.judge(value).is_ok(), "{form:?} {value}");
                // A text of many bytes may take the longer look.
                assert!(form.accepts(value) || value.len() > 100, "{form:?} {value}");
            }
            for value in *bad {
                assert!(form.judge(value).is_err(), "{form:?} {value}");
                assert!(!form.accepts(value), "{form:?} {value}");
            }
        }
        assert_eq!(year("2017"), Some(2017));
    }

    #[test]
    fn a_guid_with_a_number_is_no_fault_and_is_keyed() {
        for (value, is_keyed) in [
            ("0b5c7e0e-8a6f-4a55-9c7d-a03851598730", true),
            ("03851598-730b-4a55-9c7d-a0385159873a", true),
            ("{03851598-730B-4A55-9C7D-A0385159873A}", true),
            ("00000000-0000-0000-0000-a03851598730", true),
            ("0b5c7e0e-8a6f-4a55-9c7d-a03851598731", false),
        ] {
            for form in [Form::Guid, Form::Text] {
                assert!(form.judge(value).is_ok(), "{form:?} {value}");
                assert_eq!(form.is_keyed(value), is_keyed, "{form:?} {value}");
                assert_eq!(form.accepts(value), !is_keyed, "{form:?} {value}");
            }
        }
        assert!(!Form::PatientGuid.is_keyed("0b5c7e0e-8a6f-4a55-9c7d-a03851598730"));
    }

    proptest! {
        /// The short look lets nothing through that the long one would stop.
        #[test]
        fn what_is_accepted_has_nothing_wrong(
            value in prop_oneof![
                "[0-9]{1,12}",
                "[0-9]{4}-[0-9]{2}-[0-9]{2}(Z|[+]01:00)?",
                "[a-z0-9 .-]{1,40}",
                ".{1,110}",
            ],
        ) {
            for form in [
                Form::Date,
                Form::District,
                Form::Fid,
                Form::OrgNumber,
                Form::Score,
                Form::ServiceType,
                Form::Text,
                Form::UserNumber,
                Form::Year,
            ] {
                prop_assert!(!form.accepts(&value) || form.judge(&value).is_ok(), "{form:?}");
            }
        }
    }

    #[test]
    fn a_week_has_its_hours() {
        for good in ["0", "37.5", "168", "168.0", "167.99"] {
            assert!(is_hours(good), "{good}");
        }
        for bad in ["", "168.1", "169", "-1", "37,5", ".5", "1.", "1e1"] {
            assert!(!is_hours(bad), "{bad}");
        }
    }
}
