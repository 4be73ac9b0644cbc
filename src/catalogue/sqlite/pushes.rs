//! Pushes to registries' inboxes, in SQLite.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::{
    catalogue::{
        error::CatalogueError,
        pushes::{PushLedger, PushView},
        records::{
            outgoing::Waiting,
            pushes::{Inbox, Pause, Push},
        },
        sqlite::{
            columns::{Time, optional_time},
            objects, outgoing, query,
            session::Session,
        },
    },
    types::ids::ObjectId,
};

impl PushView for Session<'_> {
    fn inboxes(&self) -> Result<Vec<Inbox>, CatalogueError> {
        query::many(self.connection, INBOXES, [], |row| {
            Ok(Inbox { registry: row.get(0)?, url: row.get(1)? })
        })
    }

    fn pushes_of(&self, object: &ObjectId) -> Result<Vec<Push>, CatalogueError> {
        let key = params![object.submission, object.registry, object.part.as_str(), object.number];
        query::many(self.connection, OF_OBJECT, key, read)
    }

    fn push(&self, object: &ObjectId, url: &str) -> Result<Option<Push>, CatalogueError> {
        Ok(self.pushes_of(object)?.into_iter().find(|push| push.url == url))
    }

    fn pushes_due(
        &self,
        inbox: &Inbox,
        at: Timestamp,
        beyond: Timestamp,
        limit: u32,
    ) -> Result<Vec<Push>, CatalogueError> {
        let Some(key) = key_of(self.connection, inbox)? else { return Ok(Vec::new()) };
        let by = params![key, Time(at), limit, Time(at)];
        let mut due = query::many(self.connection, DUE, by, read)?;
        let room = limit.saturating_sub(u32::try_from(due.len()).unwrap_or(limit));
        if room > 0 {
            let beyond = params![key, Time(beyond), room, Time(at)];
            due.extend(query::many(self.connection, DUE_BEYOND, beyond, read)?);
        }
        Ok(due)
    }

    fn inbox_pause(&self, inbox: &Inbox) -> Result<Pause, CatalogueError> {
        let found =
            query::one(self.connection, PAUSE, params![inbox.registry, inbox.url], |row| {
                Ok(Pause { failures: row.get(0)?, until: optional_time(row, 1)? })
            })?;
        Ok(found.unwrap_or_default())
    }

    fn pushes_waiting(&self, inbox: &Inbox) -> Result<Waiting, CatalogueError> {
        let Some(key) = key_of(self.connection, inbox)? else { return Ok(Waiting::default()) };
        outgoing::waiting(self.connection, WAITING, ERRORS, &[&key])
    }

    fn pushes_queued(&self, inbox: &Inbox, limit: u32) -> Result<Vec<Push>, CatalogueError> {
        let Some(key) = key_of(self.connection, inbox)? else { return Ok(Vec::new()) };
        query::many(self.connection, QUEUED, params![key, limit], read)
    }

    fn pushes_missed(&self, limit: u32) -> Result<Vec<Push>, CatalogueError> {
        query::many(self.connection, MISSED, params![limit], read)
    }
}

impl PushLedger for Session<'_> {
    fn open_inbox(&mut self, inbox: &Inbox, now: Timestamp) -> Result<u64, CatalogueError> {
        query::change(self.connection, OPEN, params![inbox.registry, inbox.url])?;
        let key = key_of(self.connection, inbox)?;
        let key = key.ok_or(CatalogueError::NotFound { what: "inbox" })?;
        let queued =
            query::change(self.connection, QUEUE_ALL, params![key, inbox.registry, Time(now)])?;
        Ok(queued as u64)
    }

    fn close_inbox(&mut self, inbox: &Inbox) -> Result<(), CatalogueError> {
        let Some(key) = key_of(self.connection, inbox)? else { return Ok(()) };
        query::change(self.connection, FORGET_WAITING, params![key])?;
        query::change(self.connection, CLOSE, params![key]).map(drop)
    }

    fn pause_inbox(&mut self, inbox: &Inbox, pause: Pause) -> Result<(), CatalogueError> {
        let row = params![inbox.registry, inbox.url, pause.failures, pause.until.map(Time)];
        query::change(self.connection, SET_PAUSE, row).map(drop)
    }

    fn hurry_pushes(&mut self, inbox: &Inbox, now: Timestamp) -> Result<u64, CatalogueError> {
        let Some(key) = key_of(self.connection, inbox)? else { return Ok(0) };
        Ok(query::change(self.connection, HURRY, params![key, Time(now)])? as u64)
    }

    fn queue_pushes(&mut self, object: &ObjectId, now: Timestamp) -> Result<(), CatalogueError> {
        let (part, number) = (object.part.as_str(), object.number);
        let row = params![object.submission, object.registry, part, number, Time(now)];
        query::change(self.connection, QUEUE, row).map(drop)
    }

    fn save_push(&mut self, push: &Push) -> Result<(), CatalogueError> {
        let id = &push.object;
        let row = params![
            id.submission,
            id.registry,
            id.part.as_str(),
            id.number,
            push.url,
            push.state,
            Time(push.next_at),
            push.attempts,
            push.last_error,
            push.done_at.map(Time),
            push.told_at.map(Time),
        ];
        match query::change(self.connection, SAVE, row)? {
            1 => Ok(()),
            _ => Err(CatalogueError::NotFound { what: "push" }),
        }
    }
}

fn key_of(conn: &Connection, inbox: &Inbox) -> Result<Option<i64>, CatalogueError> {
    query::one(conn, KEY, params![inbox.registry, inbox.url], |row| row.get(0))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Push> {
    let object = objects::read(row)?;
    Ok(Push {
        bytes: object.payload_bytes,
        object: object.id,
        url: row.get("url")?,
        state: row.get("push_state")?,
        queued_at: row.get::<_, Time>("queued_at")?.0,
        next_at: row.get::<_, Time>("next_at")?.0,
        attempts: row.get("attempts")?,
        last_error: row.get("last_error")?,
        done_at: optional_time(row, "done_at")?,
        told_at: optional_time(row, "told_at")?,
    })
}

const INBOXES: &str = "SELECT registry, url FROM inboxes WHERE in_use = 1 ORDER BY registry, url";

pub(super) const KEY: &str = "SELECT key FROM inboxes WHERE registry = ?1 AND url = ?2";

pub(super) const PAUSE: &str =
    "SELECT failures, paused_until FROM inboxes WHERE registry = ?1 AND url = ?2";

const SET_PAUSE: &str =
    "UPDATE inboxes SET failures = ?3, paused_until = ?4 WHERE registry = ?1 AND url = ?2";

const OPEN: &str = "INSERT INTO inboxes (registry, url, in_use, failures) VALUES (?1, ?2, 1, 0) \
    ON CONFLICT (registry, url) DO UPDATE SET in_use = 1, failures = 0, paused_until = NULL";

const CLOSE: &str = "UPDATE inboxes SET in_use = 0 WHERE key = ?1";

const FORGET_WAITING: &str = "DELETE FROM pushes WHERE inbox = ?1 AND state = 'waiting'";

const QUEUE_ALL: &str = "INSERT OR IGNORE INTO pushes \
    (object, inbox, state, queued_at, next_at, attempts) \
    SELECT key, ?1, 'waiting', ?3, ?3, 0 FROM objects \
    WHERE registry = ?2 AND state <> 'erased' AND header_erased_at IS NULL ORDER BY key";

// By inbox first: most registries have none, and their objects are not looked up.
const QUEUE: &str = "INSERT OR IGNORE INTO pushes \
    (object, inbox, state, queued_at, next_at, attempts) \
    SELECT o.key, i.key, 'waiting', ?5, ?5, 0 FROM inboxes i CROSS JOIN objects o \
    WHERE i.registry = ?2 AND i.in_use = 1 \
    AND o.submission = ?1 AND o.registry = ?2 AND o.part = ?3 AND o.number = ?4";

const SAVE: &str = "UPDATE pushes SET state = ?6, next_at = ?7, attempts = ?8, last_error = ?9, \
    done_at = ?10, told_at = ?11 \
    WHERE object = (SELECT key FROM objects \
    WHERE submission = ?1 AND registry = ?2 AND part = ?3 AND number = ?4) \
    AND inbox = (SELECT key FROM inboxes WHERE registry = ?2 AND url = ?5)";

macro_rules! pushes {
    ($from:literal) => {
        concat!(
            "SELECT o.*, i.url, p.state AS push_state, p.queued_at, p.next_at, p.attempts, \
             p.last_error, p.done_at, p.told_at FROM ",
            $from
        )
    };
}

pub(super) const OF_OBJECT: &str = pushes!(
    "objects o JOIN pushes p ON p.object = o.key JOIN inboxes i ON i.key = p.inbox \
    WHERE o.submission = ?1 AND o.registry = ?2 AND o.part = ?3 AND o.number = ?4 \
    ORDER BY i.key"
);

pub(super) const DUE: &str = pushes!(
    "pushes p INDEXED BY pushes_due CROSS JOIN objects o ON o.key = p.object \
    JOIN inboxes i ON i.key = p.inbox WHERE p.inbox = ?1 AND p.state = 'waiting' \
    AND p.next_at <= ?2 AND (o.statutory_limit IS NULL OR o.statutory_limit > ?4) \
    AND (o.state <> 'stored' OR o.due_at IS NULL OR o.due_at > ?4) \
    ORDER BY p.next_at, p.object LIMIT ?3"
);

pub(super) const DUE_BEYOND: &str = pushes!(
    "pushes p INDEXED BY pushes_due CROSS JOIN objects o ON o.key = p.object \
    JOIN inboxes i ON i.key = p.inbox WHERE p.inbox = ?1 AND p.state = 'waiting' \
    AND p.next_at > ?2 AND (o.statutory_limit IS NULL OR o.statutory_limit > ?4) \
    AND (o.state <> 'stored' OR o.due_at IS NULL OR o.due_at > ?4) \
    ORDER BY p.next_at, p.object LIMIT ?3"
);

pub(super) const WAITING: &str = "SELECT COUNT(*), MIN(queued_at), MAX(queued_at) \
    FROM pushes INDEXED BY pushes_waiting WHERE inbox = ?1 AND state = 'waiting'";

pub(super) const ERRORS: &str = "SELECT last_error FROM pushes INDEXED BY pushes_failed \
    WHERE inbox = ?1 AND state = 'waiting' AND last_error IS NOT NULL \
    ORDER BY next_at DESC LIMIT 1000";

pub(super) const QUEUED: &str = pushes!(
    "pushes p INDEXED BY pushes_waiting CROSS JOIN objects o ON o.key = p.object \
    JOIN inboxes i ON i.key = p.inbox WHERE p.inbox = ?1 AND p.state = 'waiting' \
    ORDER BY p.queued_at, p.object LIMIT ?2"
);

const HURRY: &str = "UPDATE pushes SET next_at = ?2 WHERE inbox = ?1 AND state = 'waiting' \
    AND last_error IS NOT NULL AND next_at > ?2";

pub(super) const MISSED: &str = pushes!(
    "pushes p INDEXED BY pushes_missed CROSS JOIN objects o ON o.key = p.object \
    JOIN inboxes i ON i.key = p.inbox WHERE p.state = 'missed' AND p.told_at IS NULL \
    ORDER BY p.object, p.inbox LIMIT ?1"
);
