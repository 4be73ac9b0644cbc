//! Tells of certificates and revocation lists that run out, before somebody is refused for it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    audited,
    catalogue::{error::CatalogueError, ledger::Ledger},
    expiry::{self, Expiry, Standing},
    pipeline::house::House,
    types::{alarm::AlarmCode, causes},
};

/// Raises an alarm for each file that has run out or soon will, and ends those of the others. A
/// failure is logged: it is looked at again.
pub fn watch(house: &House) {
    let now = house.now();
    let zone = &house.config.time_zone;
    let day = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let (mut ended, mut ending) = (BTreeMap::new(), BTreeMap::new());
    for Expiry { file, standing, .. } in expiry::look(&house.config, now) {
        let file = file.display().to_string();
        match standing {
            Standing::Good => {}
            Standing::Ended(at) => drop(ended.insert(file, day(at))),
            Standing::NotYet(at) => drop(ended.insert(file, format!("not before {}", day(at)))),
            Standing::Ending(at) => drop(ending.insert(file, day(at))),
        }
    }
    let kept = house.transact(|ledger| {
        keep(ledger, now, AlarmCode::CertificateExpired, &ended)?;
        keep(ledger, now, AlarmCode::CertificateExpiring, &ending)
    });
    if let Err(error) = kept {
        tracing::error!(error = %causes::chain(&error), "Cannot tell of certificates that run out.");
    }
}

/// Lets the alarm stand for these files, with these words, and for no others.
fn keep(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    code: AlarmCode,
    files: &BTreeMap<String, String>,
) -> Result<(), CatalogueError> {
    for alarm in ledger.alarms()? {
        if alarm.is(code) && !files.contains_key(&alarm.subject) {
            audited::clear(ledger, now, code, &alarm.subject)?;
        }
    }
    files.iter().try_for_each(|(file, day)| audited::raise(ledger, now, code, file, Some(day)))
}
