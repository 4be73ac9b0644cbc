//! How the vocabulary is written into columns and read back. A value that does not read back is an
//! error that names its type and never shows the value.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use rusqlite::{
    Row, RowIndex, ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};

use crate::{
    catalogue::{
        keys::{MissionCode, PersonKey},
        records::{
            archive::JobState,
            enrolments::{DecisionOutcome, EnrolmentState},
            objects::ObjectState,
            outgoing::Trouble,
            police::{ExchangeState, ReplyOutcome},
            pushes::PushState,
        },
    },
    types::{
        case_number::CaseNumber,
        digest::Sha256,
        ids::{KindId, Part, RegistryId, SenderId, SubmissionId},
        municipality::MunicipalityNumber,
        rule::Language,
        verdict::{Evidence, State, Verdict},
    },
};

/// A time, as microseconds since 1970.
pub(super) struct Time(pub(super) Timestamp);

/// A date, as YYYY-MM-DD.
pub(super) struct Day(pub(super) Date);

/// A count, as a signed integer.
pub(super) struct Count(pub(super) u64);

/// A number whose 64 bits matter and whose order does not, such as an inode.
pub(super) struct Bits(pub(super) u64);

/// A digest that is not taken of everything: then an empty blob, in a column that has to hold one.
pub(super) struct Digest(pub(super) Option<Sha256>);

/// A structure, as JSON.
pub(super) struct Json<T>(pub(super) T);

/// Says which type a stored value was to be.
#[derive(Debug)]
pub(super) struct Unreadable(pub(super) &'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a stored {} does not read back", self.0)
    }
}

impl std::error::Error for Unreadable {}

impl ToSql for Time {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_microsecond().into())
    }
}

impl FromSql for Time {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Timestamp::from_microsecond(value.as_i64()?).map(Self).map_err(|_| unreadable("time"))
    }
}

impl ToSql for Day {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_string().into())
    }
}

impl FromSql for Day {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        // As we write all but those before the year 0; the library's reader takes other forms too.
        plain_day(text).or_else(|| text.parse().ok()).map(Self).ok_or_else(|| unreadable("date"))
    }
}

/// `YYYY-MM-DD` and nothing else.
fn plain_day(text: &str) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let two = |tens: &u8, ones: &u8| {
        let both = tens.is_ascii_digit() && ones.is_ascii_digit();
        both.then(|| i8::try_from((tens - b'0') * 10 + (ones - b'0')).ok()).flatten()
    };
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    Date::new(year, two(m1, m2)?, two(d1, d2)?).ok()
}

impl ToSql for Count {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let number = i64::try_from(self.0)
            .map_err(|_| rusqlite::Error::ToSqlConversionFailure(Box::new(Unreadable("count"))))?;
        Ok(number.into())
    }
}

impl FromSql for Count {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        u64::try_from(value.as_i64()?).map(Self).map_err(|_| unreadable("count"))
    }
}

impl ToSql for Bits {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.cast_signed().into())
    }
}

impl FromSql for Bits {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(value.as_i64()?.cast_unsigned()))
    }
}

impl<T: serde::Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        serde_json::to_string(&self.0)
            .map(Into::into)
            .map_err(|_| rusqlite::Error::ToSqlConversionFailure(Box::new(Unreadable("list"))))
    }
}

impl<T: serde::de::DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        // serde's own message could quote the text.
        serde_json::from_str(value.as_str()?).map(Self).map_err(|_| unreadable("list"))
    }
}

impl ToSql for Sha256 {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_slice()))
    }
}

impl FromSql for Sha256 {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_blob()?.try_into().map(Self).map_err(|_| unreadable("digest"))
    }
}

impl ToSql for Digest {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_ref().map_or(&[][..], |digest| digest.0.as_slice())))
    }
}

impl FromSql for Digest {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_blob()? {
            [] => Ok(Self(None)),
            _ => Sha256::column_result(value).map(|digest| Self(Some(digest))),
        }
    }
}

macro_rules! text_column {
    ($($type:ty, $what:literal, $write:expr, $read:expr;)+) => {$(
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                let write: fn(&$type) -> ToSqlOutput<'_> = $write;
                Ok(write(self))
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let read: fn(&str) -> Option<$type> = $read;
                read(value.as_str()?).ok_or_else(|| unreadable($what))
            }
        }
    )+};
}

text_column! {
    SubmissionId, "submission id", |v| v.to_string().into(), |t| SubmissionId::parse(t).ok();
    SenderId, "sender id", |v| v.as_str().into(), |t| SenderId::parse(t).ok();
    RegistryId, "registry id", |v| v.as_str().into(), |t| RegistryId::parse(t).ok();
    KindId, "kind", |v| v.as_str().into(), |t| KindId::parse(t).ok();
    MunicipalityNumber, "municipality", |v| v.to_string().into(), |t| MunicipalityNumber::parse(t).ok();
    PersonKey, "pseudonym", |v| v.as_str().into(), |t| PersonKey::parse(t).ok();
    MissionCode, "mission code", |v| v.as_str().into(), |t| MissionCode::parse(t).ok();
    State, "state", |v| v.as_str().into(), |t| t.parse().ok();
    Verdict, "verdict", |v| v.as_str().into(), |t| t.parse().ok();
    Evidence, "evidence", |v| v.as_str().into(), |t| t.parse().ok();
    ObjectState, "object state", |v| v.as_str().into(), |t| t.parse().ok();
    EnrolmentState, "enrolment state", |v| v.as_str().into(), |t| t.parse().ok();
    DecisionOutcome, "decision", |v| v.as_str().into(), |t| t.parse().ok();
    CaseNumber, "case number", |v| v.as_str().into(), |t| CaseNumber::parse(t).ok();
    ExchangeState, "state of an exchange", |v| v.as_str().into(), |t| t.parse().ok();
    ReplyOutcome, "decision", |v| v.as_str().into(), |t| t.parse().ok();
    JobState, "state of an entry", |v| v.as_str().into(), |t| t.parse().ok();
    PushState, "state of a push", |v| v.as_str().into(), |t| t.parse().ok();
    Trouble, "trouble", |v| v.as_str().into(), |t| t.parse().ok();
    Part, "part", |v| v.as_str().into(), Part::parse;
    Language, "language", |v| language_word(*v).into(), language;
}

/// The columns of a row, one after the other: looking each up by its name took as long as reading
/// it.
pub(super) struct Fields<'r, 's>(&'r Row<'s>, usize);

impl<'r, 's> Fields<'r, 's> {
    pub(super) fn of(row: &'r Row<'s>) -> Self {
        Self(row, 0)
    }

    pub(super) fn next<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let at = self.1;
        self.1 += 1;
        self.0.get(at)
    }

    pub(super) fn time(&mut self) -> rusqlite::Result<Option<Timestamp>> {
        Ok(self.next::<Option<Time>>()?.map(|time| time.0))
    }

    pub(super) fn count(&mut self) -> rusqlite::Result<u64> {
        Ok(self.next::<Count>()?.0)
    }
}

/// A time that may not be known yet.
pub(super) fn optional_time(
    row: &Row<'_>,
    column: impl RowIndex,
) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<Time>>(column)?.map(|time| time.0))
}

fn language_word(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Nb => "nb",
    }
}

fn language(word: &str) -> Option<Language> {
    [Language::En, Language::Nb].into_iter().find(|known| language_word(*known) == word)
}

fn unreadable(what: &'static str) -> FromSqlError {
    FromSqlError::Other(Box::new(Unreadable(what)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::plain_day;

    proptest! {
        #[test]
        fn a_day_reads_as_the_library_reads_it(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}|.{8,12}") {
            let library = text.parse::<Date>().ok();
            match plain_day(&text) {
                Some(day) => prop_assert_eq!(Some(day), library),
                None => prop_assert!(library.is_none_or(|day| day.to_string() != text)),
            }
        }
    }
}
