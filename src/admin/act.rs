//! What an operator can do: each change is recorded in the audit log with it.

use std::io;

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    admin::{
        Fault, Request, alarms,
        shapes::{Acknowledged, Decided, Hold, KeyMade},
    },
    audit::entry::Event,
    catalogue::{self, error::CatalogueError, ledger::Ledger},
    pipeline::{
        decide::{self, DecideError},
        erase,
        house::House,
        trail,
    },
    retention::hold::{self, HoldError},
    seal,
    types::ids::{ObjectId, RegistryId, SenderId, SubmissionId},
};

/// Answers a request that changes something. `account`: who asks.
///
/// # Errors
/// A [`Fault`] that says what to do; nothing was changed then, unless it says otherwise.
pub fn answer(house: &House, request: &Request, account: &str) -> Result<serde_json::Value, Fault> {
    match request {
        Request::AlarmAcknowledge { code, subject } => {
            json(&acknowledge(house, code, subject.as_deref())?)
        }
        Request::EnrolmentDecide { submission, approve, by } => {
            let by = who(by.as_deref(), account)?;
            json(&decide(house, *submission, *approve, &by)?)
        }
        Request::KeyMade { registry, epoch } => json(&key_made(house, registry, *epoch)?),
        Request::RetentionHold { id, why } => {
            let until = change_hold(house, |ledger, now| hold::hold(ledger, id, why, now))?;
            json(&Hold { object: id.clone(), held: true, until })
        }
        Request::RetentionRelease { id } => {
            let until = change_hold(house, |ledger, now| hold::release(ledger, id, now))?;
            json(&Hold { object: id.clone(), held: false, until })
        }
        Request::RetentionRun {} => {
            let swept = erase::run(house, house.now(), true);
            json(&swept.map_err(|error| Fault::because(&error))?)
        }
        _ => Err(Fault::cannot("changes-nothing", "this request changes nothing; ask for it")),
    }
}

/// Hands out an object as the one age file that every age tool opens; the reading is audited first.
///
/// # Errors
/// When it is not there, is erased, or the reading cannot be recorded.
pub fn object(house: &House, id: &ObjectId) -> Result<Box<dyn io::Read + Send>, Fault> {
    let now = house.now();
    let header = {
        let mut catalogue = house.catalogue();
        catalogue::transact_with(&mut **catalogue, |ledger| {
            let header = ledger.header(id)?;
            if header.is_some() {
                trail::record(ledger, now, Event::ObjectRead, |entry| entry.object(id.clone()))?;
            }
            Ok::<_, CatalogueError>(header)
        })
        .map_err(|error| Fault::because(&error))?
    };
    let header = header.ok_or_else(|| {
        let message = "there is no such object, or it is erased; `filsluse object show` tells";
        Fault::cannot("no-such-object", message)
    })?;
    trail::flush(house).map_err(|error| Fault::because(&error))?;
    let store = house.store(&id.registry).map_err(|error| Fault::because(&error))?;
    let payload = store.open(id).map_err(|error| Fault::because(&error))?;
    Ok(Box::new(seal::join(header, payload)))
}

/// Ends the alarms of a code, or the one about `subject`. Only those that nothing else ends: an
/// alarm whose cause lasts must not be silenced.
fn acknowledge(
    house: &House,
    code: &str,
    subject: Option<&str>,
) -> Result<Vec<Acknowledged>, Fault> {
    let known = alarms::known(code).ok_or_else(|| {
        Fault::cannot("no-such-alarm", "there is no such alarm; `filsluse alarm list` shows them")
    })?;
    if !known.lasting {
        let message =
            "this alarm ends by itself when its cause is gone; `filsluse status` says what to do";
        return Err(Fault::cannot("not-yours-to-end", message));
    }
    let now = house.now();
    let ended = {
        let mut catalogue = house.catalogue();
        catalogue::transact_with(&mut **catalogue, |ledger| {
            let mut ended = Vec::new();
            for alarm in ledger.alarms()? {
                if alarm.code != code || subject.is_some_and(|subject| subject != alarm.subject) {
                    continue;
                }
                trail::clear(ledger, now, known.code, &alarm.subject, |entry| {
                    match (SubmissionId::parse(&alarm.subject), SenderId::parse(&alarm.subject)) {
                        (Ok(id), _) => entry.submission(id),
                        (_, Ok(sender)) => entry.sender(sender),
                        _ => entry,
                    }
                })?;
                ended.push(Acknowledged { code: alarm.code, subject: alarm.subject });
            }
            Ok::<_, CatalogueError>(ended)
        })
        .map_err(|error| Fault::because(&error))?
    };
    if ended.is_empty() {
        let message = "no such alarm stands; `filsluse alarm list` shows those that do";
        return Err(Fault::cannot("no-such-alarm", message));
    }
    trail::flush(house).map_err(|error| Fault::because(&error))?;
    Ok(ended)
}

fn decide(
    house: &House,
    submission: SubmissionId,
    approve: bool,
    by: &str,
) -> Result<Decided, Fault> {
    let decided = decide::decide(house, submission, approve, by).map_err(|error| match error {
        DecideError::NothingPending => Fault::cannot("nothing-pending", error.to_string()),
        other => Fault::because(&other),
    })?;
    let decide::Decided { submission, approved, withdrawn, objects, .. } = decided;
    Ok(Decided { submission, approved, withdrawn, objects })
}

/// Records that a key was made; it is in use when this house was opened with it.
fn key_made(house: &House, registry: &RegistryId, epoch: u32) -> Result<KeyMade, Fault> {
    let known = house.registries.get(registry).map_err(|error| Fault::because(&error))?;
    let in_use = known.keys.current().epoch() == epoch;
    let event = if epoch == 1 { Event::KeyGenerated } else { Event::KeyRotated };
    let now = house.now();
    {
        let mut catalogue = house.catalogue();
        catalogue::transact_with(&mut **catalogue, |ledger| {
            trail::record(ledger, now, event, |entry| {
                entry.registry(registry.clone()).count("epoch", u64::from(epoch))
            })
        })
        .map_err(|error: CatalogueError| Fault::because(&error))?;
    }
    trail::flush(house).map_err(|error| Fault::because(&error))?;
    Ok(KeyMade { registry: registry.clone(), epoch, in_use })
}

fn change_hold(
    house: &House,
    change: impl FnOnce(&mut dyn Ledger, Timestamp) -> Result<Option<Timestamp>, HoldError>,
) -> Result<Option<Timestamp>, Fault> {
    let now = house.now();
    let until = {
        let mut catalogue = house.catalogue();
        catalogue::transact_with(&mut **catalogue, |ledger| change(ledger, now))
    };
    let until = until.map_err(|error| match error {
        HoldError::Catalogue(_) => Fault::because(&error),
        told => Fault::cannot("no-hold", told.to_string()),
    })?;
    trail::flush(house).map_err(|error| Fault::because(&error))?;
    Ok(until)
}

/// Who decided: the account that asks, and whom it names beside itself.
fn who(named: Option<&str>, account: &str) -> Result<String, Fault> {
    let Some(named) = named.map(str::trim).filter(|named| *named != account) else {
        return Ok(account.to_owned());
    };
    let digits = named.chars().filter(char::is_ascii_digit).count();
    let plain = !named.chars().any(char::is_control);
    if named.is_empty() || named.len() > LONGEST_NAME || !plain || digits > MOST_DIGITS {
        let message = "--by takes 1 to 100 characters, and no identity number; name a person";
        return Err(Fault { exit: 64, ..Fault::cannot("bad-name", message) });
    }
    Ok(format!("{named} ({account})"))
}

fn json(shape: &impl Serialize) -> Result<serde_json::Value, Fault> {
    serde_json::to_value(shape).map_err(|error| Fault::because(&error))
}

const LONGEST_NAME: usize = 100;

/// Fewer than a date of birth has.
const MOST_DIGITS: usize = 5;

#[cfg(test)]
mod tests {
    use super::who;

    #[test]
    fn the_account_that_asks_is_always_named() {
        for (named, want) in [
            (None, Some("root")),
            (Some("root"), Some("root")),
            (Some(" Kari "), Some("Kari (root)")),
            (Some(""), None),
            (Some("a\nb"), None),
            (Some("010190"), None),
        ] {
            assert_eq!(who(named, "root").ok().as_deref(), want, "{named:?}");
        }
    }
}
