//! Enrolments in SQLite, by pseudonym only.

use jiff::Timestamp;
use rusqlite::{Row, ToSql, params};

use crate::{
    catalogue::{
        enrolments::{EnrolmentLedger, EnrolmentView},
        error::CatalogueError,
        keys::{EnrolmentKey, MissionCode, PersonKey},
        records::{
            enrolments::{Confirmation, Enrolment, EnrolmentFilter, Particulars},
            objects::DeadlineCount,
        },
        sqlite::{
            columns::{Count, Day, Fields, Time},
            objects, query,
            session::Session,
        },
    },
    types::ids::RegistryId,
};

/// Columns in the order in which rows are read and written.
macro_rules! columns {
    () => {
        "registry, mission, person, principal, content, state, enrolled_since, \
         effective_from, confirmed_at, withdrawn_on, withdrawal_delivered_at, erase_at, \
         review, submission"
    };
}

impl EnrolmentView for Session<'_> {
    fn enrolment(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
        person: &PersonKey,
    ) -> Result<Option<Enrolment>, CatalogueError> {
        query::one(self.connection, ONE, params![registry, mission, person], read)
    }

    fn enrolled(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
    ) -> Result<Vec<Enrolment>, CatalogueError> {
        query::many(self.connection, ENROLLED, params![registry, mission], read)
    }

    fn enrolled_count(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
    ) -> Result<u64, CatalogueError> {
        let count =
            query::one(self.connection, ENROLLED_COUNT, params![registry, mission], |row| {
                Ok(row.get::<_, Count>(0)?.0)
            })?;
        Ok(count.unwrap_or(0))
    }

    fn enrolments_of(
        &self,
        registry: &RegistryId,
        person: &PersonKey,
    ) -> Result<Vec<Enrolment>, CatalogueError> {
        query::many(self.connection, OF_PERSON, params![registry, person], read)
    }

    fn household(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
        principal: &PersonKey,
    ) -> Result<Vec<Enrolment>, CatalogueError> {
        query::many(self.connection, HOUSEHOLD, params![registry, mission, principal], read)
    }

    fn enrolments(&self, filter: &EnrolmentFilter) -> Result<Vec<Enrolment>, CatalogueError> {
        let limit = filter.limit.map_or(-1, i64::from);
        let mut params: Vec<&dyn ToSql> = Vec::new();
        params.extend(filter.registry.as_ref().map(|registry| registry as &dyn ToSql));
        params.extend(filter.mission.as_ref().map(|mission| mission as &dyn ToSql));
        params.extend(filter.state.as_ref().map(|state| state as &dyn ToSql));
        params.extend(filter.review.as_ref().map(|review| review as &dyn ToSql));
        params.push(&limit);
        let sql = query::filtered(
            concat!(columns!(), " FROM enrolments"),
            &[
                (filter.registry.is_some(), "registry = ?"),
                (filter.mission.is_some(), "mission = ?"),
                (filter.state.is_some(), "state = ?"),
                (filter.review.is_some(), "review = ?"),
            ],
            "registry, mission, person",
        );
        query::many(self.connection, &sql, params.as_slice(), read)
    }

    fn stale_enrolments(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Enrolment>, CatalogueError> {
        query::many(self.connection, STALE, params![Time(before), limit], read)
    }

    fn due_enrolments(&self, at: Timestamp, limit: u32) -> Result<Vec<Enrolment>, CatalogueError> {
        query::many(self.connection, DUE, params![Time(at), limit], read)
    }

    fn enrolment_deadlines(
        &self,
        after: Option<(Timestamp, Option<EnrolmentKey<'_>>)>,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Enrolment>, CatalogueError> {
        let (time, row) = after.unwrap_or((Timestamp::MIN, None));
        // Texts that nothing sorts after.
        let last = |text: Option<&str>| text.unwrap_or(LAST).to_owned();
        let registry = last(row.map(|(registry, ..)| registry.as_str()));
        let mission = last(row.map(|(_, mission, _)| mission.as_str()));
        let person = last(row.map(|(.., person)| person.as_str()));
        let params = params![Time(time), registry, mission, person, Time(until), limit];
        query::many(self.connection, DEADLINES, params, read)
    }

    fn enrolment_deadline_counts(
        &self,
        until: Timestamp,
    ) -> Result<Vec<DeadlineCount>, CatalogueError> {
        query::many(self.connection, DEADLINE_COUNTS, params![Time(until)], objects::read_count)
    }
}

impl EnrolmentLedger for Session<'_> {
    fn confirm_enrolment(
        &mut self,
        (registry, mission, person): EnrolmentKey<'_>,
        Confirmation { at, submission, particulars }: &Confirmation,
    ) -> Result<Option<bool>, CatalogueError> {
        let key = params![registry, mission, person];
        let Some(review) = query::one(self.connection, REVIEW, key, |row| row.get(0))? else {
            return Ok(None);
        };
        match particulars {
            None => {
                let row = params![registry, mission, person, Time(*at), submission];
                query::change(self.connection, CONFIRM, row)?;
            }
            Some(Particulars { principal, content, effective_from }) => {
                let day = Day(*effective_from);
                let new = content.as_slice();
                let row =
                    params![registry, mission, person, Time(*at), submission, principal, new, day];
                query::change(self.connection, CHANGE, row)?;
            }
        }
        Ok(Some(review))
    }

    fn put_enrolment(&mut self, new: &Enrolment) -> Result<(), CatalogueError> {
        query::add(
            self.connection,
            "enrolment",
            PUT,
            params![
                new.registry,
                new.mission,
                new.person,
                new.principal,
                new.content.as_slice(),
                new.state,
                Day(new.enrolled_since),
                Day(new.effective_from),
                Time(new.confirmed_at),
                new.withdrawn_on.map(Day),
                new.withdrawal_delivered_at.map(Time),
                new.erase_at.map(Time),
                new.review,
                new.submission,
            ],
        )
    }

    fn erase_enrolment(
        &mut self,
        registry: &RegistryId,
        mission: &MissionCode,
        person: &PersonKey,
    ) -> Result<bool, CatalogueError> {
        Ok(query::change(self.connection, ERASE, params![registry, mission, person])? == 1)
    }
}

/// In the order of [`columns`].
fn read(row: &Row<'_>) -> rusqlite::Result<Enrolment> {
    let mut fields = Fields::of(row);
    Ok(Enrolment {
        registry: fields.next()?,
        mission: fields.next()?,
        person: fields.next()?,
        principal: fields.next()?,
        content: fields.next()?,
        state: fields.next()?,
        enrolled_since: fields.next::<Day>()?.0,
        effective_from: fields.next::<Day>()?.0,
        confirmed_at: fields.next::<Time>()?.0,
        withdrawn_on: fields.next::<Option<Day>>()?.map(|day| day.0),
        withdrawal_delivered_at: fields.time()?,
        erase_at: fields.time()?,
        review: fields.next()?,
        submission: fields.next()?,
    })
}

// Not a replacement, which would take the row out of every index and put it back.
const PUT: &str = "INSERT INTO enrolments (registry, mission, person, principal, \
    content, state, enrolled_since, effective_from, confirmed_at, withdrawn_on, \
    withdrawal_delivered_at, erase_at, review, submission) VALUES (?1, ?2, ?3, \
    ?4, ?5, ?6, ?7, ?8, ?9, \
    ?10, ?11, ?12, ?13, ?14) \
    ON CONFLICT (registry, mission, person) DO UPDATE SET principal = ?4, \
    content = ?5, state = ?6, enrolled_since = ?7, \
    effective_from = ?8, confirmed_at = ?9, \
    withdrawn_on = ?10, withdrawal_delivered_at = ?11, \
    erase_at = ?12, review = ?13, submission = ?14";

pub(super) const REVIEW: &str =
    "SELECT review FROM enrolments WHERE registry = ?1 AND mission = ?2 AND person = ?3";

// Only the columns that change: every other index stays as it is.
pub(super) const CONFIRM: &str = "UPDATE enrolments SET confirmed_at = ?4, submission = ?5 \
    WHERE registry = ?1 AND mission = ?2 AND person = ?3";

pub(super) const CHANGE: &str = "UPDATE enrolments SET confirmed_at = ?4, submission = ?5, \
    principal = ?6, content = ?7, effective_from = ?8 \
    WHERE registry = ?1 AND mission = ?2 AND person = ?3";

const ERASE: &str = "DELETE FROM enrolments WHERE registry = ?1 AND mission = ?2 AND person = ?3";

pub(super) const ONE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM enrolments WHERE registry = ?1 AND mission = ?2 AND person = ?3"
);

pub(super) const ENROLLED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM enrolments \
    WHERE registry = ?1 AND mission = ?2 AND state = 'enrolled' ORDER BY person"
);

pub(super) const ENROLLED_COUNT: &str = "SELECT COUNT(*) FROM enrolments \
    WHERE registry = ?1 AND mission = ?2 AND state = 'enrolled'";

// Left alone, the planner takes the primary key for its order, and reads a whole registry.
pub(super) const OF_PERSON: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM enrolments INDEXED BY enrolments_by_person \
    WHERE registry = ?1 AND person = ?2 ORDER BY mission"
);

pub(super) const HOUSEHOLD: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM enrolments INDEXED BY enrolments_household \
    WHERE registry = ?1 AND mission = ?2 AND principal = ?3 AND state = 'enrolled' ORDER BY person"
);

pub(super) const STALE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM enrolments \
    WHERE state = 'enrolled' AND confirmed_at < ?1 ORDER BY confirmed_at LIMIT ?2"
);

pub(super) const DUE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM enrolments WHERE erase_at <= ?1 ORDER BY erase_at LIMIT ?2"
);

pub(super) const DEADLINES: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM enrolments \
    WHERE (erase_at, registry, mission, person) > (?1, ?2, ?3, ?4) AND erase_at <= ?5 \
    ORDER BY erase_at, registry, mission, person LIMIT ?6"
);

pub(super) const DEADLINE_COUNTS: &str = "SELECT registry, erase_at, '', COUNT(*) FROM enrolments \
    WHERE erase_at <= ?1 GROUP BY registry, erase_at";

/// Sorts after every id, mission code and pseudonym.
const LAST: &str = "\u{10FFFF}";
