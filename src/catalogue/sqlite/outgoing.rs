//! What waits to go out, whatever queue it stands in.

use rusqlite::{Connection, ToSql};

use crate::catalogue::{
    error::CatalogueError,
    records::outgoing::{Trouble, Waiting},
    sqlite::{
        columns::{Count, optional_time},
        query,
    },
};

/// What waits in a queue. `counts` gives how many, since when the oldest and since when the newest;
/// `errors` gives why attempts failed, the newest first.
pub(super) fn waiting(
    conn: &Connection,
    counts: &str,
    errors: &str,
    of: &[&dyn ToSql],
) -> Result<Waiting, CatalogueError> {
    let waiting = query::one(conn, counts, of, |row| {
        Ok(Waiting {
            count: row.get::<_, Count>(0)?.0,
            oldest: optional_time(row, 1)?,
            newest: optional_time(row, 2)?,
            ..Waiting::default()
        })
    })?;
    let errors: Vec<Trouble> = query::many(conn, errors, of, |row| row.get(0))?;
    Ok(Waiting {
        // That of the newest attempt is the one to show.
        last_error: errors.first().copied(),
        needs_somebody: errors.into_iter().find(|trouble| trouble.needs_somebody()),
        ..waiting.unwrap_or_default()
    })
}
