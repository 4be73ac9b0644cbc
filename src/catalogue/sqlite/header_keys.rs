//! Headers under the key of the month in which their object goes. The column `header_month` names
//! the key; where it is empty, the header was written before there were keys, and is not sealed.
//!
//! Whatever leaves a key spends it, durably and before the transaction commits: the worst that a
//! crash leaves is a key that is replaced without need.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use zeroize::Zeroizing;

use crate::{
    catalogue::{
        error::CatalogueError,
        header_keys::{HeaderKeyLedger, HeaderKeyView},
        header_seal::{HeaderSeal, KeptKey, KeyState, SealFault},
        records::objects::{Object, ObjectState},
        sqlite::{
            columns::{Unreadable, optional_time},
            headers, query,
            session::Session,
        },
    },
    types::{
        digest::Sha256,
        header_key::HeaderKey,
        ids::{ObjectId, Part, RegistryId},
    },
};

impl HeaderKeyView for Session<'_> {
    fn header_keys(&self) -> Vec<KeptKey> {
        self.seal.map(HeaderSeal::keys).unwrap_or_default()
    }

    fn header_keys_used(&self) -> Result<Vec<(RegistryId, HeaderKey)>, CatalogueError> {
        let mut used = Vec::new();
        let mut after = (String::new(), String::new());
        loop {
            let next = query::one(self.connection, NEXT_KEY, params![after.0, after.1], |row| {
                Ok((row.get::<_, RegistryId>(0)?, row.get::<_, String>(1)?))
            })?;
            let Some((registry, key)) = next else { return Ok(used) };
            let parsed = HeaderKey::parse(&key);
            after = (registry.as_str().to_owned(), key);
            used.push((registry, parsed.ok_or(CatalogueError::Unreadable { what: "header key" })?));
        }
    }
}

impl HeaderKeyLedger for Session<'_> {
    fn move_headers(
        &mut self,
        registry: &RegistryId,
        from: HeaderKey,
        limit: u32,
    ) -> Result<u64, CatalogueError> {
        let seal = self.seal.ok_or(SealFault::NoKeys)?;
        // Else a fresh key would be what they move to.
        seal.spend(registry, from)?;
        let key = from.to_string();
        let rows = query::many(self.connection, UNDER, params![registry, key, limit], |row| {
            let id = ObjectId {
                submission: row.get("submission")?,
                registry: row.get("registry")?,
                part: row.get::<_, Part>("part")?,
                number: row.get("number")?,
            };
            Ok((row.get::<_, i64>("key")?, id, clock(row)?))
        })?;
        for (object, id, clock) in &rows {
            reseal(self.connection, seal, *object, id, clock)?;
        }
        Ok(rows.len() as u64)
    }

    fn destroy_header_key(
        &mut self,
        registry: &RegistryId,
        key: HeaderKey,
    ) -> Result<Option<Sha256>, CatalogueError> {
        let seal = unused(self.connection, self.seal, registry, key)?;
        Ok(seal.destroy(registry, key)?)
    }

    fn forget_header_key(
        &mut self,
        registry: &RegistryId,
        key: HeaderKey,
    ) -> Result<(), CatalogueError> {
        let seal = unused(self.connection, self.seal, registry, key)?;
        Ok(seal.forget(registry, key)?)
    }
}

type Seal<'a> = Option<&'a dyn HeaderSeal>;

/// The key of a new object's header, and the header as it is written.
pub(super) fn new(
    seal: Seal<'_>,
    object: &Object,
    header: &[u8],
) -> Result<(Option<String>, Vec<u8>), CatalogueError> {
    let Some(seal) = seal.filter(|_| object.header_erased_at.is_none()) else {
        return Ok((None, header.to_vec()));
    };
    let gone_by = gone_by(object.state, object.due_at, object.statutory_limit);
    let key = seal.current(&object.id.registry, seal.month(gone_by))?;
    Ok((Some(key.to_string()), seal.seal(&object.id, key, header)?))
}

/// A header as it was.
pub(super) fn get(
    conn: &Connection,
    seal: Seal<'_>,
    object: i64,
    id: &ObjectId,
) -> Result<Vec<u8>, CatalogueError> {
    let key = query::one(conn, CLOCK, params![object], clock)?.ok_or(MISSING)?.key;
    let bytes = headers::get(conn, object)?;
    let Some(key) = key else { return Ok(bytes) };
    let mut opened = seal.ok_or(SealFault::NoKeys)?.open(id, key, &bytes)?;
    Ok(std::mem::take(&mut *opened))
}

/// Overwrites a header, and spends its key.
pub(super) fn erase(
    conn: &Connection,
    seal: Seal<'_>,
    object: i64,
    id: &ObjectId,
) -> Result<(), CatalogueError> {
    let key = query::one(conn, CLOCK, params![object], clock)?.ok_or(MISSING)?.key;
    if let Some(key) = key {
        seal.ok_or(SealFault::NoKeys)?.spend(&id.registry, key)?;
        name_key(conn, object, None)?;
    }
    headers::erase(conn, object)
}

/// Brings a header under the key of the month in which its object goes now.
pub(super) fn settle(
    conn: &Connection,
    seal: Seal<'_>,
    object: i64,
    id: &ObjectId,
) -> Result<(), CatalogueError> {
    let clock = query::one(conn, CLOCK, params![object], clock)?.ok_or(MISSING)?;
    let Some(seal) = seal else {
        return if clock.key.is_some() { Err(SealFault::NoKeys.into()) } else { Ok(()) };
    };
    let month = seal.month(clock.gone_by());
    if clock.header_erased || clock.key.is_some_and(|key| key.month == month) {
        return Ok(());
    }
    match clock.key {
        // Dead, so that nothing can be moved; the change itself must not fail for it.
        Some(key) if !is_at_hand(seal, &id.registry, key) => Ok(()),
        Some(left) => {
            reseal(conn, seal, object, id, &clock)?;
            Ok(seal.spend(&id.registry, left)?)
        }
        None => reseal(conn, seal, object, id, &clock),
    }
}

/// The keeper of keys, once it is sure that a key seals nothing.
pub(super) fn unused<'a>(
    conn: &Connection,
    seal: Seal<'a>,
    registry: &RegistryId,
    key: HeaderKey,
) -> Result<&'a dyn HeaderSeal, CatalogueError> {
    let sealed = query::one(conn, ANY_UNDER, params![registry, key.to_string()], |_| Ok(()))?;
    match sealed {
        Some(()) => Err(CatalogueError::HeaderKeyInUse),
        None => Ok(seal.ok_or(SealFault::NoKeys)?),
    }
}

fn reseal(
    conn: &Connection,
    seal: &dyn HeaderSeal,
    object: i64,
    id: &ObjectId,
    clock: &Clock,
) -> Result<(), CatalogueError> {
    let bytes = Zeroizing::new(headers::get(conn, object)?);
    let key = seal.current(&id.registry, seal.month(clock.gone_by()))?;
    let opened = match clock.key.map(|key| seal.open(id, key, &bytes)) {
        Some(Ok(opened)) => opened,
        // It opens for nobody, and moves as it is: the others' key must not live on for it.
        Some(Err(fault @ SealFault::Foreign { .. })) => {
            tracing::error!(object = %id, %fault, "A header is damaged.");
            return name_key(conn, object, Some(key));
        }
        Some(Err(fault)) => return Err(fault.into()),
        None => bytes,
    };
    headers::replace(conn, object, &seal.seal(id, key, &opened)?)?;
    name_key(conn, object, Some(key))
}

fn name_key(conn: &Connection, object: i64, key: Option<HeaderKey>) -> Result<(), CatalogueError> {
    query::change(conn, NAME_KEY, params![object, key.map(|key| key.to_string())]).map(drop)
}

/// When an object goes, and under which key its header lies.
struct Clock {
    state: ObjectState,
    due_at: Option<Timestamp>,
    limit: Option<Timestamp>,
    header_erased: bool,
    key: Option<HeaderKey>,
}

impl Clock {
    fn gone_by(&self) -> Option<Timestamp> {
        gone_by(self.state, self.due_at, self.limit)
    }
}

/// A held object goes at its statutory limit alone.
fn gone_by(
    state: ObjectState,
    due_at: Option<Timestamp>,
    limit: Option<Timestamp>,
) -> Option<Timestamp> {
    match (due_at.filter(|_| state != ObjectState::Held), limit) {
        (Some(due), Some(limit)) => Some(due.min(limit)),
        (due, limit) => due.or(limit),
    }
}

fn is_at_hand(seal: &dyn HeaderSeal, registry: &RegistryId, key: HeaderKey) -> bool {
    let gone = |kept: &KeptKey| kept.state == KeyState::Destroyed;
    seal.keys().iter().any(|kept| kept.registry == *registry && kept.key == key && !gone(kept))
}

fn clock(row: &Row<'_>) -> rusqlite::Result<Clock> {
    let unreadable = || {
        let why = Box::new(Unreadable("header key"));
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, why)
    };
    let key = row.get::<_, Option<String>>("header_month")?;
    Ok(Clock {
        state: row.get("state")?,
        due_at: optional_time(row, "due_at")?,
        limit: optional_time(row, "statutory_limit")?,
        header_erased: row.get("header_erased")?,
        key: key.map(|text| HeaderKey::parse(&text).ok_or_else(unreadable)).transpose()?,
    })
}

const MISSING: CatalogueError = CatalogueError::NotFound { what: "object" };

pub(super) const CLOCK: &str = "SELECT state, due_at, statutory_limit, \
    header_erased_at IS NOT NULL AS header_erased, header_month FROM objects WHERE key = ?1";

pub(super) const UNDER: &str = "SELECT key, submission, registry, part, number, state, due_at, \
    statutory_limit, header_erased_at IS NOT NULL AS header_erased, header_month FROM objects \
    INDEXED BY objects_by_header_month WHERE state <> 'erased' AND registry = ?1 \
    AND header_month = ?2 LIMIT ?3";

pub(super) const ANY_UNDER: &str = "SELECT 1 FROM objects INDEXED BY objects_by_header_month \
    WHERE state <> 'erased' AND registry = ?1 AND header_month = ?2 LIMIT 1";

pub(super) const NEXT_KEY: &str = "SELECT registry, header_month FROM objects \
    INDEXED BY objects_by_header_month WHERE state <> 'erased' AND header_month IS NOT NULL \
    AND (registry, header_month) > (?1, ?2) ORDER BY registry, header_month LIMIT 1";

const NAME_KEY: &str = "UPDATE objects SET header_month = ?2 WHERE key = ?1";
