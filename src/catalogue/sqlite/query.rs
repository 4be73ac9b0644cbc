//! Runs statements and turns SQLite's reasons into the catalogue's errors.

use rusqlite::{Connection, ErrorCode, OptionalExtension, Params, Row};

use crate::catalogue::{error::CatalogueError, sqlite::columns::Unreadable};

/// At most one row.
pub(super) fn one<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, CatalogueError> {
    let ask = || connection.prepare_cached(sql)?.query_row(params, read).optional();
    ask().map_err(because("read"))
}

/// All rows.
pub(super) fn many<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, CatalogueError> {
    let ask = || -> rusqlite::Result<Vec<T>> {
        connection.prepare_cached(sql)?.query_map(params, read)?.collect()
    };
    ask().map_err(because("read"))
}

/// Whether the transaction is still there. When its disk is full or fails, or memory is short,
/// SQLite may roll everything back of its own accord and go on without a transaction: what is
/// written then is committed by itself, statement by statement, and is half of something.
pub(super) fn within_transaction(connection: &Connection) -> Result<(), CatalogueError> {
    if connection.is_autocommit() { Err(CatalogueError::TransactionLost) } else { Ok(()) }
}

/// Changes rows and says how many.
pub(super) fn change(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<usize, CatalogueError> {
    within_transaction(connection)?;
    let run = || connection.prepare_cached(sql)?.execute(params);
    run().map_err(because("write"))
}

/// Begins or ends a transaction or a savepoint. Kept compiled: every document and every look has
/// one.
pub(super) fn control(
    connection: &Connection,
    doing: &'static str,
    sql: &str,
) -> Result<(), CatalogueError> {
    let run = || connection.prepare_cached(sql)?.execute([]);
    run().map(drop).map_err(because(doing))
}

/// Adds one row of `what`; a row with the same key makes it [`CatalogueError::Exists`], a row that
/// it names and that is missing makes it [`CatalogueError::NotFound`].
pub(super) fn add(
    connection: &Connection,
    what: &'static str,
    sql: &str,
    params: impl Params,
) -> Result<(), CatalogueError> {
    within_transaction(connection)?;
    let run = || connection.prepare_cached(sql)?.execute(params);
    run().map(drop).map_err(not_added(what))
}

/// What SQLite's reason means for somebody who adds a row of `what`.
pub(super) fn not_added(what: &'static str) -> impl Fn(rusqlite::Error) -> CatalogueError {
    move |why| match why.sqlite_error().map(|error| error.extended_code) {
        Some(
            rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
            | rusqlite::ffi::SQLITE_CONSTRAINT_ROWID,
        ) => CatalogueError::Exists { what },
        Some(rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => {
            CatalogueError::NotFound { what: "submission that it names" }
        }
        _ => because("write")(why),
    }
}

/// A list of rows (`columns FROM table`) with only those conditions that are wanted, so that an
/// index serves it. The last parameter is the limit.
pub(super) fn filtered(rows: &str, conditions: &[(bool, &str)], order: &str) -> String {
    let mut sql = format!("SELECT {rows}");
    for (index, (_, condition)) in conditions.iter().filter(|(wanted, _)| *wanted).enumerate() {
        sql += if index == 0 { " WHERE " } else { " AND " };
        sql += condition;
    }
    sql + " ORDER BY " + order + " LIMIT ?"
}

/// What SQLite's reason means for the caller.
pub(super) fn because(doing: &'static str) -> impl Fn(rusqlite::Error) -> CatalogueError {
    move |why| {
        if let Some(unreadable) = unreadable(&why) {
            return unreadable;
        }
        match why.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                CatalogueError::Busy { doing }
            }
            Some(ErrorCode::DiskFull) => CatalogueError::Full { doing },
            Some(ErrorCode::DatabaseCorrupt) => CatalogueError::Unreadable { what: "page" },
            Some(ErrorCode::NotADatabase) => CatalogueError::NotACatalogue,
            Some(ErrorCode::ReadOnly) => CatalogueError::ReadOnly,
            _ => CatalogueError::Backend { doing, source: Box::new(why) },
        }
    }
}

fn unreadable(why: &rusqlite::Error) -> Option<CatalogueError> {
    let what = match why {
        rusqlite::Error::FromSqlConversionFailure(_, _, source) => {
            source.downcast_ref::<Unreadable>().map_or("value", |unreadable| unreadable.0)
        }
        rusqlite::Error::IntegralValueOutOfRange(..) | rusqlite::Error::InvalidColumnType(..) => {
            "value"
        }
        _ => return None,
    };
    Some(CatalogueError::Unreadable { what })
}
