//! Dispatches in SQLite: what lies, or is to lie, in another sender's outbound directory.

use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::{
    catalogue::{
        dispatches::{DispatchLedger, DispatchView},
        error::CatalogueError,
        records::{page::Page, police::Dispatch},
        sqlite::{
            columns::{Time, optional_time},
            query,
            session::Session,
        },
    },
    types::ids::{ObjectId, Part},
};

impl DispatchView for Session<'_> {
    fn dispatch(&self, id: &ObjectId) -> Result<Option<Dispatch>, CatalogueError> {
        let key = params![id.submission, id.registry, id.part.as_str(), id.number];
        query::one(self.connection, ONE, key, read)
    }

    fn dispatches_to_do(&self, page: Page) -> Result<Vec<Dispatch>, CatalogueError> {
        query::many(self.connection, TO_DO, params![page.limit, page.skip], read)
    }

    fn dispatches_to_remove(
        &self,
        at: Timestamp,
        page: Page,
    ) -> Result<Vec<Dispatch>, CatalogueError> {
        query::many(self.connection, TO_REMOVE, params![Time(at), page.limit, page.skip], read)
    }
}

impl DispatchLedger for Session<'_> {
    fn put_dispatch(&mut self, new: &Dispatch) -> Result<(), CatalogueError> {
        let id = &new.object;
        let key = params![id.submission, id.registry, id.part.as_str(), id.number];
        let object = query::one(self.connection, KEY, key, |row| row.get::<_, i64>(0))?;
        let object = object.ok_or(CatalogueError::NotFound { what: "object" })?;
        query::add(
            self.connection,
            "dispatch",
            PUT,
            params![
                object,
                new.addressee,
                new.file,
                new.waits,
                Time(new.queued_at),
                new.published_at.map(Time),
                new.remove_at.map(Time),
                new.removed_at.map(Time),
            ],
        )
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Dispatch> {
    Ok(Dispatch {
        object: ObjectId {
            submission: row.get("submission")?,
            registry: row.get("registry")?,
            part: row.get::<_, Part>("part")?,
            number: row.get("number")?,
        },
        addressee: row.get("addressee")?,
        file: row.get("file")?,
        waits: row.get("waits")?,
        queued_at: row.get::<_, Time>("queued_at")?.0,
        published_at: optional_time(row, "published_at")?,
        remove_at: optional_time(row, "remove_at")?,
        removed_at: optional_time(row, "removed_at")?,
    })
}

pub(super) const KEY: &str = "SELECT key FROM objects \
    WHERE submission = ?1 AND registry = ?2 AND part = ?3 AND number = ?4";

const PUT: &str = "INSERT INTO dispatches (object, addressee, file, waits, queued_at, \
    published_at, remove_at, removed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
    ON CONFLICT (object) DO UPDATE SET addressee = ?2, file = ?3, waits = ?4, queued_at = ?5, \
    published_at = ?6, remove_at = ?7, removed_at = ?8";

pub(super) const ONE: &str = "SELECT d.*, o.submission, o.registry, o.part, o.number \
    FROM objects o JOIN dispatches d ON d.object = o.key \
    WHERE o.submission = ?1 AND o.registry = ?2 AND o.part = ?3 AND o.number = ?4";

// A walk along an index that holds no more than what is to be done, in its order.
pub(super) const TO_DO: &str = "SELECT d.*, o.submission, o.registry, o.part, o.number \
    FROM dispatches d INDEXED BY dispatches_to_do CROSS JOIN objects o ON o.key = d.object \
    WHERE d.published_at IS NULL AND d.waits = 0 AND d.removed_at IS NULL \
    AND o.header_erased_at IS NULL ORDER BY d.queued_at, d.object \
    LIMIT ?1 OFFSET ?2";

// What lies in outbound directories: some months of requests, not all that there ever were. What
// has not been laid out has no time to go by: it stays to be done, unless its object is gone.
pub(super) const TO_REMOVE: &str = "SELECT d.*, o.submission, o.registry, o.part, o.number \
    FROM dispatches d INDEXED BY dispatches_live CROSS JOIN objects o ON o.key = d.object \
    WHERE d.removed_at IS NULL AND ((d.published_at IS NOT NULL AND d.remove_at <= ?1) \
    OR (o.header_erased_at IS NOT NULL AND (d.remove_at IS NULL OR d.published_at IS NULL))) \
    ORDER BY d.object LIMIT ?2 OFFSET ?3";
