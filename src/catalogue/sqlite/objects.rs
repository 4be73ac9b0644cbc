//! Objects in SQLite: what lies in which store until when.

use jiff::Timestamp;
use rusqlite::{Connection, Row, ToSql, params};

use crate::{
    catalogue::{
        error::CatalogueError,
        objects::{ObjectLedger, ObjectView},
        records::objects::{
            Deadline, DeadlineCount, Object, ObjectCount, ObjectFilter, ObjectState,
        },
        sqlite::{
            columns::{Count, Digest, Json, Time, optional_time},
            header_keys, headers, query, reports,
            session::Session,
        },
    },
    types::ids::{ObjectId, Part, RegistryId},
};

impl ObjectView for Session<'_> {
    fn object(&self, id: &ObjectId) -> Result<Option<Object>, CatalogueError> {
        let key = params![id.submission, id.registry, id.part.as_str(), id.number];
        query::one(self.connection, ONE, key, read)
    }

    fn objects(&self, filter: &ObjectFilter) -> Result<Vec<Object>, CatalogueError> {
        let limit = filter.limit.map_or(-1, i64::from);
        let after = match &filter.after {
            Some(id) => Some(locate(self.connection, id)?.ok_or(MISSING)?.key),
            None => None,
        };
        let mut params: Vec<&dyn ToSql> = Vec::new();
        params.extend(filter.submission.as_ref().map(|submission| submission as &dyn ToSql));
        params.extend(filter.registry.as_ref().map(|registry| registry as &dyn ToSql));
        params.extend(filter.state.as_ref().map(|state| state as &dyn ToSql));
        params.extend(filter.operating_year.as_ref().map(|year| year as &dyn ToSql));
        params.extend(after.as_ref().map(|key| key as &dyn ToSql));
        params.push(&limit);
        query::many(self.connection, &list_sql(filter), params.as_slice(), read)
    }

    fn object_counts(&self) -> Result<Vec<ObjectCount>, CatalogueError> {
        query::many(self.connection, COUNTS, [], |row| {
            Ok(ObjectCount {
                registry: row.get(0)?,
                state: row.get(1)?,
                objects: row.get::<_, Count>(2)?.0,
            })
        })
    }

    fn header(&self, id: &ObjectId) -> Result<Option<Vec<u8>>, CatalogueError> {
        match locate(self.connection, id)? {
            Some(Located { key, header_erased: false, .. }) => {
                header_keys::get(self.connection, self.seal, key, id).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn due_objects(&self, at: Timestamp, limit: u32) -> Result<Vec<Object>, CatalogueError> {
        query::many(self.connection, DUE, params![Time(at), limit], read)
    }

    fn due_by_limit(&self, at: Timestamp, limit: u32) -> Result<Vec<Object>, CatalogueError> {
        query::many(self.connection, DUE_BY_LIMIT, params![Time(at), limit], read)
    }

    fn count_due_within_limit(&self, at: Timestamp, most: u32) -> Result<u64, CatalogueError> {
        let count =
            query::one(self.connection, DUE_WITHIN_LIMIT, params![Time(at), most], |row| {
                row.get(0)
            })?;
        Ok(count.map_or(0, |Count(count)| count))
    }

    fn deadlines(
        &self,
        after: Option<(Timestamp, Option<&ObjectId>)>,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Deadline>, CatalogueError> {
        let (time, key) = match after {
            None => (Timestamp::MIN, LAST),
            Some((time, None)) => (time, 0),
            Some((time, Some(id))) => (time, locate(self.connection, id)?.ok_or(MISSING)?.key),
        };
        query::many(
            self.connection,
            DEADLINES,
            params![Time(time), key, Time(until), limit],
            |row| {
                Ok(Deadline {
                    id: ObjectId {
                        submission: row.get(0)?,
                        registry: row.get(1)?,
                        part: row.get::<_, Part>(2)?,
                        number: row.get(3)?,
                    },
                    at: row.get::<_, Time>(4)?.0,
                    rule: row.get(5)?,
                    statutory_limit: optional_time(row, 6)?,
                    held: row.get(7)?,
                })
            },
        )
    }

    fn unfetched(&self, until: Timestamp) -> Result<Vec<(RegistryId, u64)>, CatalogueError> {
        query::many(self.connection, UNFETCHED, params![Time(until)], |row| {
            Ok((row.get(0)?, row.get::<_, Count>(1)?.0))
        })
    }

    fn deadline_counts(&self, until: Timestamp) -> Result<Vec<DeadlineCount>, CatalogueError> {
        query::many(self.connection, DEADLINE_COUNTS, params![Time(until)], read_count)
    }
}

impl ObjectLedger for Session<'_> {
    fn add_object(&mut self, new: &Object, header: &[u8]) -> Result<(), CatalogueError> {
        let (key, header) = header_keys::new(self.seal, new, header)?;
        query::add(
            self.connection,
            "object",
            ADD,
            params![
                new.id.submission,
                new.id.registry,
                new.id.part.as_str(),
                new.id.number,
                Time(new.created_at),
                Count(new.payload_bytes),
                Digest(new.payload_sha256),
                Count(new.plain_bytes),
                Digest(new.plain_sha256),
                Json(&new.recipients),
                new.due_at.map(Time),
                new.due_rule,
                new.statutory_limit.map(Time),
                new.state,
                new.hold_why,
                new.header_erased_at.map(Time),
                new.erased_at.map(Time),
                key,
                new.operating_year,
            ],
        )?;
        if new.header_erased_at.is_some() {
            return Ok(());
        }
        headers::put(self.connection, self.connection.last_insert_rowid(), &header)
    }

    fn set_due(
        &mut self,
        id: &ObjectId,
        due_at: Option<Timestamp>,
        due_rule: &str,
    ) -> Result<(), CatalogueError> {
        let key = locate(self.connection, id)?.ok_or(MISSING)?.key;
        query::change(self.connection, SET_DUE, params![key, due_at.map(Time), due_rule])?;
        header_keys::settle(self.connection, self.seal, key, id)
    }

    fn object_handed(&mut self, id: &ObjectId, at: Timestamp) -> Result<(), CatalogueError> {
        let key = locate(self.connection, id)?.ok_or(MISSING)?.key;
        query::change(self.connection, HANDED, params![key, Time(at)]).map(drop)
    }

    fn hold_object(&mut self, id: &ObjectId, why: &str) -> Result<bool, CatalogueError> {
        let key = locate(self.connection, id)?.ok_or(MISSING)?.key;
        let held = query::change(self.connection, HOLD, params![key, why])? == 1;
        header_keys::settle(self.connection, self.seal, key, id)?;
        Ok(held)
    }

    fn release_object(&mut self, id: &ObjectId) -> Result<bool, CatalogueError> {
        let key = locate(self.connection, id)?.ok_or(MISSING)?.key;
        let released = query::change(self.connection, RELEASE, params![key])? == 1;
        header_keys::settle(self.connection, self.seal, key, id)?;
        Ok(released)
    }

    fn erase_header(&mut self, id: &ObjectId, at: Timestamp) -> Result<bool, CatalogueError> {
        let object = locate(self.connection, id)?.ok_or(MISSING)?;
        if object.header_erased {
            return Ok(false);
        }
        let limit_has_come = object.statutory_limit.is_some_and(|limit| limit <= at);
        if object.state == ObjectState::Held && !limit_has_come {
            return Err(CatalogueError::Held);
        }
        header_keys::erase(self.connection, self.seal, object.key, id)?;
        query::change(self.connection, HEADER_ERASED, params![object.key, Time(at)])?;
        query::change(self.connection, PUSHES_MISSED, params![object.key, Time(at)])?;
        reports::forget(self.connection, id.submission, &id.registry)?;
        Ok(true)
    }

    fn object_erased(&mut self, id: &ObjectId, at: Timestamp) -> Result<bool, CatalogueError> {
        let object = locate(self.connection, id)?.ok_or(MISSING)?;
        if !object.header_erased {
            return Err(CatalogueError::NotFound { what: "erasure of the object's header" });
        }
        Ok(query::change(self.connection, ERASED, params![object.key, Time(at)])? == 1)
    }
}

/// The statement for a filter.
pub(super) fn list_sql(filter: &ObjectFilter) -> String {
    let conditions = [
        (filter.submission.is_some(), "submission = ?"),
        (filter.registry.is_some(), "registry = ?"),
        (filter.state.is_some(), "state = ?"),
        (filter.operating_year.is_some(), "operating_year = ? AND state <> 'erased'"),
        (filter.after.is_some(), "key < ?"),
    ];
    query::filtered("* FROM objects", &conditions, "key DESC")
}

/// Registry, time, rule and number.
pub(super) fn read_count(row: &Row<'_>) -> rusqlite::Result<DeadlineCount> {
    Ok(DeadlineCount {
        registry: row.get(0)?,
        at: row.get::<_, Time>(1)?.0,
        rule: row.get(2)?,
        count: row.get::<_, Count>(3)?.0,
    })
}

struct Located {
    key: i64,
    state: ObjectState,
    statutory_limit: Option<Timestamp>,
    header_erased: bool,
}

fn locate(conn: &Connection, id: &ObjectId) -> Result<Option<Located>, CatalogueError> {
    let key = params![id.submission, id.registry, id.part.as_str(), id.number];
    query::one(conn, LOCATE, key, |row| {
        Ok(Located {
            key: row.get(0)?,
            state: row.get(1)?,
            statutory_limit: optional_time(row, 2)?,
            header_erased: row.get(3)?,
        })
    })
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Object> {
    let time = |column| optional_time(row, column);
    Ok(Object {
        id: ObjectId {
            submission: row.get("submission")?,
            registry: row.get("registry")?,
            part: row.get::<_, Part>("part")?,
            number: row.get("number")?,
        },
        created_at: row.get::<_, Time>("created_at")?.0,
        payload_bytes: row.get::<_, Count>("payload_bytes")?.0,
        payload_sha256: row.get::<_, Digest>("payload_sha256")?.0,
        plain_bytes: row.get::<_, Count>("plain_bytes")?.0,
        plain_sha256: row.get::<_, Digest>("plain_sha256")?.0,
        recipients: row.get::<_, Json<_>>("recipients")?.0,
        due_at: time("due_at")?,
        due_rule: row.get("due_rule")?,
        statutory_limit: time("statutory_limit")?,
        state: row.get("state")?,
        hold_why: row.get("hold_why")?,
        handed_at: time("handed_at")?,
        header_erased_at: time("header_erased_at")?,
        erased_at: time("erased_at")?,
        operating_year: row.get("operating_year")?,
    })
}

const MISSING: CatalogueError = CatalogueError::NotFound { what: "object" };

const ADD: &str = "INSERT INTO objects (submission, registry, part, number, created_at, \
    payload_bytes, payload_sha256, plain_bytes, plain_sha256, recipients, due_at, due_rule, \
    statutory_limit, state, hold_why, header_erased_at, erased_at, header_month, operating_year) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)";

pub(super) const ONE: &str = "SELECT * FROM objects \
    WHERE submission = ?1 AND registry = ?2 AND part = ?3 AND number = ?4";

pub(super) const LOCATE: &str = "SELECT key, state, statutory_limit, header_erased_at IS NOT NULL \
    FROM objects WHERE submission = ?1 AND registry = ?2 AND part = ?3 AND number = ?4";

const COUNTS: &str =
    "SELECT registry, state, COUNT(*) FROM objects GROUP BY registry, state ORDER BY 1, 2";

// Each half is bounded before they are joined, so that a long arrears costs no more than `limit`.
// Left alone, the planner prefers the equality on `state` and sorts everything that is stored.
// A stored object is in the half of the earlier of its two times, a held one only in the second.
pub(super) const DUE: &str = "SELECT * FROM (SELECT * FROM (SELECT *, due_at AS gone_by \
    FROM objects INDEXED BY objects_due WHERE state = 'stored' AND due_at <= ?1 \
    AND (statutory_limit IS NULL OR statutory_limit >= due_at) ORDER BY due_at, key LIMIT ?2) \
    UNION ALL SELECT * FROM (SELECT *, statutory_limit AS gone_by \
    FROM objects INDEXED BY objects_limit WHERE state <> 'erased' AND statutory_limit <= ?1 \
    AND (state = 'held' OR due_at IS NULL OR due_at > statutory_limit) \
    ORDER BY statutory_limit, key LIMIT ?2)) ORDER BY gone_by, key LIMIT ?2";

pub(super) const DUE_BY_LIMIT: &str = "SELECT * FROM objects INDEXED BY objects_limit \
    WHERE state <> 'erased' AND statutory_limit <= ?1 ORDER BY statutory_limit, key LIMIT ?2";

// What is held is due by its limit alone.
pub(super) const DUE_WITHIN_LIMIT: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM objects \
    INDEXED BY objects_due WHERE state = 'stored' AND due_at <= ?1 \
    AND (statutory_limit IS NULL OR statutory_limit > ?1) LIMIT ?2)";

// An object is in the half of the earlier of its two times. Each half is bounded before they are
// joined.
pub(super) const DEADLINES: &str = "SELECT submission, registry, part, number, gone_by, due_rule, \
    statutory_limit, state = 'held' FROM (SELECT * FROM (SELECT *, due_at AS gone_by \
    FROM objects INDEXED BY objects_deadline WHERE state <> 'erased' \
    AND (due_at, key) > (?1, ?2) AND due_at <= ?3 \
    AND (statutory_limit IS NULL OR statutory_limit >= due_at) ORDER BY due_at, key LIMIT ?4) \
    UNION ALL SELECT * FROM (SELECT *, statutory_limit AS gone_by \
    FROM objects INDEXED BY objects_limit WHERE state <> 'erased' \
    AND (statutory_limit, key) > (?1, ?2) AND statutory_limit <= ?3 \
    AND (due_at IS NULL OR due_at > statutory_limit) ORDER BY statutory_limit, key LIMIT ?4)) \
    ORDER BY gone_by, key LIMIT ?4";

pub(super) const DEADLINE_COUNTS: &str = "SELECT registry, gone_by, due_rule, COUNT(*) \
    FROM (SELECT registry, due_at AS gone_by, due_rule FROM objects INDEXED BY objects_deadline \
    WHERE state <> 'erased' AND due_at <= ?1 \
    AND (statutory_limit IS NULL OR statutory_limit >= due_at) \
    UNION ALL SELECT registry, statutory_limit AS gone_by, due_rule \
    FROM objects INDEXED BY objects_limit WHERE state <> 'erased' AND statutory_limit <= ?1 \
    AND (due_at IS NULL OR due_at > statutory_limit)) GROUP BY registry, gone_by, due_rule";

/// Behind every key of the same time: where nothing went before, no time is that early either.
const LAST: i64 = i64::MAX;

const SET_DUE: &str = "UPDATE objects SET due_at = ?2, due_rule = ?3 WHERE key = ?1";

const HOLD: &str = "UPDATE objects SET state = 'held', hold_why = ?2 \
    WHERE key = ?1 AND state <> 'erased' AND header_erased_at IS NULL";

const RELEASE: &str = "UPDATE objects SET state = 'stored', hold_why = NULL \
    WHERE key = ?1 AND state = 'held'";

/// Ends what waits of an object that nobody can read any more.
const PUSHES_MISSED: &str = "UPDATE pushes SET state = 'missed', done_at = ?2 \
    WHERE object = ?1 AND state = 'waiting'";

const HANDED: &str = "UPDATE objects SET handed_at = ?2 WHERE key = ?1 AND handed_at IS NULL";

pub(super) const UNFETCHED: &str = "SELECT registry, COUNT(*) FROM objects INDEXED BY objects_due \
    WHERE state = 'stored' AND due_at <= ?1 AND handed_at IS NULL \
    AND part IN ('difference', 'content') AND due_rule NOT LIKE 'superseded%' \
    GROUP BY registry ORDER BY registry";

const HEADER_ERASED: &str = "UPDATE objects SET header_erased_at = ?2 WHERE key = ?1";

const ERASED: &str = "UPDATE objects SET state = 'erased', erased_at = ?2, hold_why = NULL \
    WHERE key = ?1 AND state <> 'erased'";
