//! Destroys the keys that headers have left, so that no older copy of the catalogue opens what was
//! erased from it: neither of yesterday nor of a year ago.
//!
//! For each spent key: (1) what it still seals moves to the month's next key, a piece at a time, so
//! that nobody waits long; (2) the key is overwritten; (3) that is recorded; (4) its file goes. A
//! crash before (2) leaves a key that is still spent, one before (4) leaves its remains: the next
//! sweep takes up both, and at worst records a destruction twice, by the same digest.

use std::{collections::BTreeSet, error::Error};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        Catalogue,
        error::CatalogueError,
        header_seal::{KeptKey, KeyState},
        ledger::Ledger,
        read_with, transact_with,
    },
    durable,
    types::{alarm::AlarmCode, header_key::HeaderKey, ids::RegistryId},
};

/// Destroys every key that is spent, and tells of keys that are missing.
///
/// # Errors
/// When the catalogue fails; the next sweep takes it up. A single key that cannot be destroyed is
/// an alarm and does not keep the others.
pub(super) fn retire(catalogue: &mut dyn Catalogue, now: Timestamp) -> Result<(), CatalogueError> {
    let mut kept = BTreeSet::new();
    for KeptKey { registry, key, state } in all(catalogue)? {
        if state == KeyState::Fresh {
            continue;
        }
        match replace(catalogue, &registry, key, now) {
            Ok(()) => {}
            Err(
                error @ (CatalogueError::Busy { .. }
                | CatalogueError::Full { .. }
                | CatalogueError::TransactionLost),
            ) => return Err(error),
            Err(error) => {
                let subject = format!("{registry}/{key}");
                let reason = error.source().map(ToString::to_string).unwrap_or_default();
                tracing::error!(subject, %error, reason, "Cannot destroy a header key.");
                kept.insert(subject);
            }
        }
    }
    transact_with(catalogue, |ledger| {
        let missing = missing(&*ledger)?;
        audited::keep_to(ledger, now, AlarmCode::HeaderKeyKept, &kept)?;
        audited::keep_to(ledger, now, AlarmCode::HeaderKeyMissing, &missing)
    })
}

/// Removes the keys of months that are over and of which nothing is left: they were made for
/// transactions that did not come, and have sealed nothing.
///
/// # Errors
/// When the catalogue or the disk fails.
pub(super) fn tidy(
    catalogue: &mut dyn Catalogue,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<(), CatalogueError> {
    let today = zone.to_datetime(now).date();
    for KeptKey { registry, key, state } in all(catalogue)? {
        if state != KeyState::Fresh || !key.month.is_over(today) {
            continue;
        }
        match transact_with(catalogue, |ledger| ledger.forget_header_key(&registry, key)) {
            // What could not be erased still lies under it.
            Ok(()) | Err(CatalogueError::HeaderKeyInUse) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn all(catalogue: &mut dyn Catalogue) -> Result<Vec<KeptKey>, CatalogueError> {
    read_with(catalogue, |view| Ok(view.header_keys()))
}

fn replace(
    catalogue: &mut dyn Catalogue,
    registry: &RegistryId,
    key: HeaderKey,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    let mut moved = 0;
    loop {
        let count = transact_with(catalogue, |ledger| ledger.move_headers(registry, key, PIECE))?;
        moved += count;
        durable::fail_point("header-moved");
        if count < u64::from(PIECE) {
            break;
        }
    }
    transact_with(catalogue, |ledger| {
        let digest = ledger.destroy_header_key(registry, key)?;
        audited::record(ledger, now, Event::MonthKeyDestroyed, |entry| {
            let entry = entry.registry(registry.clone()).header_key(key).count("moved", moved);
            match digest {
                Some(digest) => entry.detail(digest),
                None => entry,
            }
        })
    })?;
    durable::fail_point("header-key-destroyed");
    transact_with(catalogue, |ledger| ledger.forget_header_key(registry, key))
}

/// The registries with headers whose keys are not there.
fn missing(ledger: &dyn Ledger) -> Result<BTreeSet<String>, CatalogueError> {
    let there: BTreeSet<(RegistryId, HeaderKey)> =
        ledger.header_keys().into_iter().map(|kept| (kept.registry, kept.key)).collect();
    let used = ledger.header_keys_used()?.into_iter();
    Ok(used.filter(|one| !there.contains(one)).map(|(registry, _)| registry.to_string()).collect())
}

/// Headers moved in one transaction.
const PIECE: u32 = 2000;
