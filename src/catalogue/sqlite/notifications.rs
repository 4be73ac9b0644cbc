//! The notifications that a sender sent, in SQLite. Those of a small message are rows; those of a
//! large one are packed ([`super::packed`]), a run of pages for each, which is written in order and
//! never changed, and goes with its submission.
//!
//! Every question looks into each run of its sender, so a message is packed only if it is large
//! beside their number: they stay few, and a message that is written row by row stays short.

use rusqlite::{Connection, params};

use crate::{
    catalogue::{
        error::CatalogueError,
        notifications::{NotificationLedger, NotificationView},
        records::reports::{Notification, NotificationList, TakeGuid},
        sqlite::{columns::Count, packed, query, session::Session},
    },
    types::{
        guid::Guid,
        ids::{SenderId, SubmissionId},
    },
};

impl NotificationView for Session<'_> {
    fn notification(
        &self,
        sender: &SenderId,
        guid: &Guid,
    ) -> Result<Option<Notification>, CatalogueError> {
        Ok(get(self.connection, sender, guid)?.map(|(notification, _)| notification))
    }

    fn notification_brought_by(
        &self,
        sender: &SenderId,
        guid: &Guid,
    ) -> Result<Option<SubmissionId>, CatalogueError> {
        Ok(get(self.connection, sender, guid)?.map(|(_, submission)| submission))
    }

    fn has_notifications(&self, sender: &SenderId) -> Result<bool, CatalogueError> {
        Ok(query::one(self.connection, ANY, params![sender], |row| row.get(0))?.unwrap_or(false))
    }

    // Hands over the GUID of each, some of them twice.
    fn each_notification(
        &self,
        sender: &SenderId,
        take: TakeGuid<'_>,
    ) -> Result<(), CatalogueError> {
        let read = query::because("read");
        let mut statement = self.connection.prepare_cached(ROWS).map_err(&read)?;
        let mut rows = statement.query(params![sender]).map_err(&read)?;
        while let Some(row) = rows.next().map_err(&read)? {
            take(Guid(row.get(0).map_err(&read)?));
        }
        let mut statement = self.connection.prepare_cached(PAGES).map_err(&read)?;
        for Run { number, .. } in runs(self.connection, sender)? {
            let (first, behind) = (number << PAGE_BITS, (number + 1) << PAGE_BITS);
            let mut rows = statement.query(params![first, behind]).map_err(&read)?;
            while let Some(row) = rows.next().map_err(&read)? {
                let page = row.get_ref(0).map_err(&read)?.as_blob();
                let page =
                    page.map_err(|_| CatalogueError::Unreadable { what: "notifications" })?;
                packed::guids(page).for_each(&mut *take);
            }
        }
        Ok(())
    }
}

impl NotificationLedger for Session<'_> {
    fn add_notifications(
        &mut self,
        sender: &SenderId,
        submission: SubmissionId,
        list: &dyn NotificationList,
    ) -> Result<(), CatalogueError> {
        let runs = || {
            query::one(self.connection, RUN_COUNT, params![sender], |row| row.get::<_, Count>(0))
        };
        let count = list.count();
        if count >= FEW && count >= runs()?.map_or(0, |runs| runs.0) * FEW_BESIDE_A_RUN {
            add_run(self.connection, sender, submission, list)
        } else {
            add_rows(self.connection, sender, submission, list)
        }
    }
}

pub(super) fn get(
    conn: &Connection,
    sender: &SenderId,
    guid: &Guid,
) -> Result<Option<(Notification, SubmissionId)>, CatalogueError> {
    let row = query::one(conn, ROW, params![sender, guid.0], |row| {
        let status: String = row.get(0)?;
        let digest: [u8; 16] = row.get(1)?;
        let notification = Notification {
            guid: *guid,
            status: status.chars().next().unwrap_or_default(),
            digest: std::array::from_fn(|at| digest[at]),
        };
        Ok((notification, row.get::<_, SubmissionId>(2)?))
    })?;
    for run in runs(conn, sender)? {
        if row.is_some_and(|(_, newer)| newer >= run.submission) {
            break;
        }
        if let Some(found) = search(conn, &run, guid)? {
            return Ok(Some((found, run.submission)));
        }
    }
    Ok(row)
}

fn search(
    conn: &Connection,
    run: &Run,
    guid: &Guid,
) -> Result<Option<Notification>, CatalogueError> {
    packed::search(run.pages, guid, &mut |page, buffer| {
        let page = run.number << PAGE_BITS | page.cast_signed();
        let read = query::one(conn, PAGE, params![page], |row| {
            buffer.clear();
            buffer.extend_from_slice(row.get_ref(0)?.as_blob()?);
            Ok(())
        })?;
        read.ok_or(CatalogueError::Unreadable { what: "run of notifications" })
    })
}

fn add_rows(
    conn: &Connection,
    sender: &SenderId,
    submission: SubmissionId,
    list: &dyn NotificationList,
) -> Result<(), CatalogueError> {
    query::within_transaction(conn)?;
    let mut statement = conn.prepare_cached(ADD_ROW).map_err(query::because("write"))?;
    let submission = submission.to_string();
    list.in_pieces(&mut |piece| {
        for Notification { guid, status, digest } in piece {
            let mut letter = [0; 4];
            let status: &str = status.encode_utf8(&mut letter);
            let mut padded = [0; 16];
            padded[..8].copy_from_slice(digest);
            let row = params![sender, guid.0, status, padded, submission];
            // Nearly all are new. To put one in the place of another takes a statement that keeps a
            // copy of each page it changes, so only those that are there already go that way.
            match statement.execute(row).map_err(query::not_added("notification")) {
                Err(CatalogueError::Exists { .. }) => {
                    query::add(conn, "notification", REPLACE_ROW, row)?;
                }
                added => drop(added?),
            }
        }
        Ok(())
    })
}

fn add_run(
    conn: &Connection,
    sender: &SenderId,
    submission: SubmissionId,
    list: &dyn NotificationList,
) -> Result<(), CatalogueError> {
    let pages = list.count().div_ceil(packed::ENTRIES as u64);
    let row = params![sender, submission, Count(pages)];
    query::add(conn, "run of notifications", ADD_RUN, row)?;
    let run = Run { number: conn.last_insert_rowid(), submission, pages };
    let mut number = run.number << PAGE_BITS;
    let mut statement = conn.prepare_cached(ADD_PAGE).map_err(query::because("write"))?;
    let mut write = |page: &mut Vec<u8>| {
        let written = statement.execute(params![number, page.as_slice()]);
        written.map_err(query::not_added("page of notifications"))?;
        number += 1;
        page.clear();
        Ok::<(), CatalogueError>(())
    };
    let mut page = Vec::with_capacity(packed::ENTRIES * packed::ENTRY);
    list.in_pieces(&mut |piece| {
        for notification in piece {
            packed::push(&mut page, notification);
            if page.len() == packed::ENTRIES * packed::ENTRY {
                write(&mut page)?;
            }
        }
        Ok(())
    })?;
    if !page.is_empty() {
        write(&mut page)?;
    }
    // Of an archive, a small message may have come before: what both have is now what the later
    // says, and a row would hide the run of its own submission.
    for guid in query::many(conn, ROWS_OF, params![submission], |row| Ok(Guid(row.get(0)?)))? {
        if search(conn, &run, &guid)?.is_some() {
            query::change(conn, FORGET_ROW, params![sender, guid.0])?;
        }
    }
    Ok(())
}

pub(super) fn forget(conn: &Connection, submission: SubmissionId) -> Result<(), CatalogueError> {
    query::change(conn, FORGET_ROWS, params![submission])?;
    let runs = query::many(conn, RUNS_OF, params![submission], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
    })?;
    for (run, pages) in runs {
        for page in (0..pages).map(|page| run << PAGE_BITS | page) {
            // Overwritten where it lies: SQLite moves rows when it deletes their neighbours.
            query::change(conn, BLANK_PAGE, params![page])?;
            query::change(conn, FORGET_PAGE, params![page])?;
        }
        query::change(conn, FORGET_RUN, params![run])?;
    }
    Ok(())
}

/// The notifications of one large message.
struct Run {
    number: i64,
    submission: SubmissionId,
    pages: u64,
}

/// Newest first.
fn runs(conn: &Connection, sender: &SenderId) -> Result<Vec<Run>, CatalogueError> {
    query::many(conn, RUNS, params![sender], |row| {
        let (number, submission) = (row.get(0)?, row.get(1)?);
        Ok(Run { number, submission, pages: row.get::<_, Count>(2)?.0 })
    })
}

/// Fewer than this are rows.
const FEW: u64 = 2048;

/// Fewer than this for each run that the sender has are rows as well: so a hundred runs hold at
/// least two and a half million.
const FEW_BESIDE_A_RUN: u64 = 512;

/// A page is numbered by its run and its place in it.
const PAGE_BITS: u32 = 32;

pub(super) const ROW: &str =
    "SELECT status, digest, submission FROM notifications WHERE sender = ?1 AND guid = ?2";

pub(super) const ROWS: &str = "SELECT guid FROM notifications WHERE sender = ?1";

pub(super) const ROWS_OF: &str = "SELECT guid FROM notifications WHERE submission = ?1";

pub(super) const FORGET_ROW: &str = "DELETE FROM notifications WHERE sender = ?1 AND guid = ?2";

pub(super) const RUNS: &str = "SELECT run, submission, pages FROM notification_runs \
    WHERE sender = ?1 ORDER BY submission DESC, run DESC";

pub(super) const RUN_COUNT: &str = "SELECT COUNT(*) FROM notification_runs WHERE sender = ?1";

pub(super) const RUNS_OF: &str = "SELECT run, pages FROM notification_runs WHERE submission = ?1";

pub(super) const PAGE: &str = "SELECT entries FROM notification_pages WHERE page = ?1";

pub(super) const PAGES: &str =
    "SELECT entries FROM notification_pages WHERE page >= ?1 AND page < ?2";

pub(super) const ANY: &str = "SELECT EXISTS (SELECT 1 FROM notifications WHERE sender = ?1) \
    OR EXISTS (SELECT 1 FROM notification_runs WHERE sender = ?1)";

const ADD_ROW: &str = "INSERT INTO notifications \
    (sender, guid, status, digest, submission) VALUES (?1, ?2, ?3, ?4, ?5)";

const REPLACE_ROW: &str = "INSERT OR REPLACE INTO notifications \
    (sender, guid, status, digest, submission) VALUES (?1, ?2, ?3, ?4, ?5)";

const ADD_RUN: &str =
    "INSERT INTO notification_runs (sender, submission, pages) VALUES (?1, ?2, ?3)";

const ADD_PAGE: &str = "INSERT INTO notification_pages (page, entries) VALUES (?1, ?2)";

pub(super) const FORGET_ROWS: &str = "DELETE FROM notifications WHERE submission = ?1";

pub(super) const BLANK_PAGE: &str =
    "UPDATE notification_pages SET entries = zeroblob(length(entries)) WHERE page = ?1";

pub(super) const FORGET_PAGE: &str = "DELETE FROM notification_pages WHERE page = ?1";

pub(super) const FORGET_RUN: &str = "DELETE FROM notification_runs WHERE run = ?1";
