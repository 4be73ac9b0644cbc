//! Operating years whose task is done, in SQLite (NPR-05).

use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::{
    catalogue::{
        error::CatalogueError,
        records::objects::TaskDone,
        sqlite::{columns::Time, query, session::Session},
        tasks::{TaskLedger, TaskView},
    },
    types::ids::RegistryId,
};

impl TaskView for Session<'_> {
    fn task_done(
        &self,
        registry: &RegistryId,
        operating_year: i16,
    ) -> Result<Option<TaskDone>, CatalogueError> {
        query::one(self.connection, ONE, params![registry, operating_year], read)
    }

    fn tasks_done(&self) -> Result<Vec<TaskDone>, CatalogueError> {
        query::many(self.connection, ALL, [], read)
    }
}

impl TaskLedger for Session<'_> {
    fn end_task(
        &mut self,
        done: &TaskDone,
        due_at: Timestamp,
        due_rule: &str,
    ) -> Result<u64, CatalogueError> {
        let TaskDone { registry, operating_year, done_at, done_by } = done;
        query::change(
            self.connection,
            END,
            params![registry, operating_year, Time(*done_at), done_by],
        )?;
        let changed = query::change(
            self.connection,
            SET_DUE,
            params![registry, operating_year, Time(due_at), due_rule],
        )?;
        Ok(changed as u64)
    }

    fn reopen_task(
        &mut self,
        registry: &RegistryId,
        operating_year: i16,
    ) -> Result<bool, CatalogueError> {
        Ok(query::change(self.connection, REOPEN, params![registry, operating_year])? == 1)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<TaskDone> {
    Ok(TaskDone {
        registry: row.get("registry")?,
        operating_year: row.get("operating_year")?,
        done_at: row.get::<_, Time>("done_at")?.0,
        done_by: row.get("done_by")?,
    })
}

const ONE: &str = "SELECT * FROM tasks_done WHERE registry = ?1 AND operating_year = ?2";

const ALL: &str = "SELECT * FROM tasks_done ORDER BY registry, operating_year";

const END: &str = "INSERT INTO tasks_done (registry, operating_year, done_at, done_by) \
    VALUES (?1, ?2, ?3, ?4) ON CONFLICT (registry, operating_year) DO NOTHING";

// Task done is an outer limit too: what is held goes with the rest.
const SET_DUE: &str = "UPDATE objects SET due_at = MIN(COALESCE(due_at, ?3), ?3), \
    due_rule = CASE WHEN due_at <= ?3 THEN due_rule ELSE ?4 END, \
    statutory_limit = MIN(COALESCE(statutory_limit, ?3), ?3) \
    WHERE registry = ?1 AND operating_year = ?2 AND state <> 'erased'";

const REOPEN: &str = "DELETE FROM tasks_done WHERE registry = ?1 AND operating_year = ?2";
