//! What a fault of ours stopped: kept encrypted for the registry, answered, and an alarm. A poison
//! file must not stop the sluice.

use std::io::{self, Read};

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{objects::Object, submissions::Submission},
    },
    intake::claim::ClaimedFile,
    kinds::Sinks,
    pipeline::{
        house::House,
        pass::{
            Passed, hints,
            sinks::{SealedPart, WorkSinks},
        },
    },
    retention::{profile::Erasable, schedule::EventTimes},
    types::{
        alarm::AlarmCode,
        finding::{Finding, Findings, Place},
        ids::{Part, RegistryId},
        rule::Severity,
        rules::{intake, police::POL_07},
    },
};

/// What the sender is told.
pub fn finding(kept: bool) -> Finding {
    let hint = if kept { &hints::FAULT } else { &hints::FAULT_NOT_KEPT };
    Finding::new(&intake::IN_01, Place::File {}).hint(hint)
}

/// Whether a file was refused for a fault of ours, kept or not.
pub fn is_fault(findings: &Findings) -> bool {
    findings
        .as_slice()
        .iter()
        .filter_map(|finding| finding.hint.as_ref())
        .any(|hint| [hints::FAULT.key, hints::FAULT_NOT_KEPT.key].contains(&hint.key.as_ref()))
}

/// Seals a file as it came, for a registry that its sender's kinds go to, so that its people can
/// look. The operator cannot. It holds identities: a registry that gets pseudonyms must not have
/// it, so in mode `split` it is for those who may open the map, and in mode `pseudonym` for nobody.
///
/// # Errors
/// When the file cannot be read or the sealed copy not written.
pub fn keep(house: &House, file: &ClaimedFile) -> io::Result<Passed> {
    let registry = registry_of(house, file).filter(|_| !file.rehearsal);
    let refused = Passed::refused(finding(registry.is_some()));
    let mut passed = Passed { evidence: file.evidence, ..refused };
    if let Some(registry) = registry {
        let registries = std::sync::Arc::clone(&house.registries);
        let mut whole = WorkSinks::sealing(file.id, 1, house.config.places.work(), registries);
        let sink = whole.sink(&registry, Part::Whole)?;
        io::copy(&mut file.open()?.take(file.size), sink)?;
        passed.registries = vec![registry];
        passed.kept = Some(whole);
    }
    Ok(passed)
}

/// Gives what a fault of ours has kept a deadline: that of what is set aside, unless its registry
/// has an earlier one. Many registries keep what was processed without any, and a statute's limit
/// may count from a year that nobody has read.
///
/// # Errors
/// When the calendar does not reach so far.
pub fn limit<'a>(
    house: &House,
    row: &Submission,
    objects: impl Iterator<Item = &'a mut Object>,
) -> io::Result<()> {
    let events = EventTimes { received: Some(row.received_at), ..EventTimes::default() };
    let deadline = house.deadline(house.registries.quarantine(), Erasable::Object, &events)?;
    let Some(deadline) = deadline else { return Ok(()) };
    for object in objects.filter(|object| object.due_at.is_none_or(|due| due > deadline.at)) {
        object.due_at = Some(deadline.at);
        object.due_rule = deadline.rule.to_string();
    }
    Ok(())
}

/// Whether a reply of the police names no request that it could answer (POL-07).
pub fn is_unmatched(findings: &Findings) -> bool {
    let mut found = findings.as_slice().iter();
    found
        .any(|finding| finding.rule.code == POL_07.code && finding.severity == Severity::RejectFile)
}

/// Seals a file as it came to the one who sent it, in no registry's store: it can be given back,
/// and nobody else can read it. Nothing is kept of a sender without a key.
///
/// # Errors
/// When the file cannot be read or the sealed copy not written.
pub fn set_aside(house: &House, file: &ClaimedFile) -> io::Result<Vec<SealedPart>> {
    if house.registries.addressee(&file.sender).is_err() {
        return Ok(Vec::new());
    }
    let registries = std::sync::Arc::clone(&house.registries);
    let place = registries.quarantine().clone();
    let mut sinks = WorkSinks::sealing(file.id, 1, house.config.places.work(), registries);
    let sink = sinks.addressed(&place, Part::Whole, &file.sender)?;
    io::copy(&mut file.open()?.take(file.size), sink)?;
    sinks.finish()
}

/// Tells the operator that a reply was set aside (POL-07).
///
/// # Errors
/// When the catalogue fails.
pub fn tell(
    ledger: &mut dyn Ledger,
    row: &Submission,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    let subject = row.id.to_string();
    let sender = Some(row.sender.as_str());
    audited::raise(ledger, now, AlarmCode::PoliceReplyUnmatched, &subject, sender)?;
    audited::record(ledger, now, Event::Quarantined, |entry| {
        entry.submission(row.id).sender(row.sender.clone()).rule(POL_07.code)
    })
    .map(drop)
}

fn registry_of(house: &House, file: &ClaimedFile) -> Option<RegistryId> {
    let sender = house.sender(&file.sender)?;
    let plans = sender.kinds.iter().filter_map(|kind| house.routes().plan(kind, None));
    let registries: Vec<RegistryId> =
        plans.flat_map(|plan| plan.registries().cloned().collect::<Vec<_>>()).collect();
    registries.into_iter().find(|id| {
        let registry = house.registries.get(id);
        registry.is_ok_and(|registry| registry.recipients_of(Part::Whole).is_ok())
    })
}
