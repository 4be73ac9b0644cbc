//! Age headers in slots of one size that are overwritten in place: erasing one leaves no copy in
//! any page (the migration says why). The files are clean after the next scrub.

use rusqlite::{Connection, params};

use crate::catalogue::{
    error::CatalogueError,
    sqlite::{columns::Count, query},
};

pub(super) fn put(conn: &Connection, object: i64, header: &[u8]) -> Result<(), CatalogueError> {
    for (piece, bytes) in (0_i64..).zip(header.chunks(SLOT)) {
        let mut slot = [0; SLOT];
        slot[..bytes.len()].copy_from_slice(bytes);
        let number = place(conn, &slot)?;
        query::change(conn, ADD_PIECE, params![object, piece, number, Count(bytes.len() as u64)])?;
    }
    Ok(())
}

pub(super) fn get(conn: &Connection, object: i64) -> Result<Vec<u8>, CatalogueError> {
    let pieces = query::many(conn, PIECES, params![object], |row| {
        let mut slot: Vec<u8> = row.get(0)?;
        slot.truncate(row.get::<_, u16>(1)?.into());
        Ok(slot)
    })?;
    Ok(pieces.concat())
}

pub(super) fn erase(conn: &Connection, object: i64) -> Result<(), CatalogueError> {
    let slots = query::many(conn, SLOTS, params![object], |row| row.get::<_, i64>(0))?;
    query::change(conn, FORGET, params![object])?;
    for slot in slots {
        query::change(conn, FILL, params![slot, [0_u8; SLOT].as_slice()])?;
        query::change(conn, FREE, params![slot])?;
    }
    Ok(())
}

/// Overwrites a header where it lies, when the new one takes as many slots.
pub(super) fn replace(conn: &Connection, object: i64, header: &[u8]) -> Result<(), CatalogueError> {
    let slots = query::many(conn, PLACES, params![object], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, u16>(1)?))
    })?;
    let pieces: Vec<&[u8]> = header.chunks(SLOT).collect();
    let lengths = slots.iter().map(|(_, length)| usize::from(*length));
    if !lengths.eq(pieces.iter().map(|piece| piece.len())) {
        erase(conn, object)?;
        return put(conn, object, header);
    }
    for ((number, _), bytes) in slots.iter().zip(pieces) {
        let mut slot = [0; SLOT];
        slot[..bytes.len()].copy_from_slice(bytes);
        query::change(conn, FILL, params![number, slot.as_slice()])?;
    }
    Ok(())
}

/// Fills a free slot, or appends one.
fn place(conn: &Connection, bytes: &[u8; SLOT]) -> Result<i64, CatalogueError> {
    if let Some(slot) = query::one(conn, FIRST_FREE, [], |row| row.get::<_, i64>(0))? {
        query::change(conn, TAKE, params![slot])?;
        query::change(conn, FILL, params![slot, bytes.as_slice()])?;
        return Ok(slot);
    }
    query::change(conn, APPEND, params![bytes.as_slice()])?;
    Ok(conn.last_insert_rowid())
}

/// Bytes of a slot, as in the schema: a header for one recipient is about 170 bytes.
const SLOT: usize = 256;

pub(super) const PIECES: &str = "SELECT header_slots.bytes, headers.bytes FROM headers \
    JOIN header_slots ON header_slots.slot = headers.slot \
    WHERE headers.object = ?1 ORDER BY headers.piece";

pub(super) const SLOTS: &str = "SELECT slot FROM headers WHERE object = ?1";

pub(super) const PLACES: &str = "SELECT slot, bytes FROM headers WHERE object = ?1 ORDER BY piece";

const FORGET: &str = "DELETE FROM headers WHERE object = ?1";

const FILL: &str = "UPDATE header_slots SET bytes = ?2 WHERE slot = ?1";

const FREE: &str = "INSERT INTO free_slots (slot) VALUES (?1)";

const FIRST_FREE: &str = "SELECT slot FROM free_slots ORDER BY slot LIMIT 1";

const TAKE: &str = "DELETE FROM free_slots WHERE slot = ?1";

const APPEND: &str = "INSERT INTO header_slots (bytes) VALUES (?1)";

const ADD_PIECE: &str = "INSERT INTO headers (object, piece, slot, bytes) VALUES (?1, ?2, ?3, ?4)";
