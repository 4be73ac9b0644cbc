//! What a fault of ours stopped: kept encrypted for the registry, answered, and an alarm. A poison
//! file must not stop the sluice.

use std::io::{self, Read};

use crate::{
    intake::claim::ClaimedFile,
    kinds::Sinks,
    pipeline::{hints, house::House, pass::Passed, sinks::WorkSinks},
    types::{
        finding::{Finding, Findings, Place},
        ids::{Part, RegistryId},
        rules::intake,
    },
};

/// The code of the alarm, with the submission as its subject.
pub const ALARM: &str = "quarantined";

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
/// look. The operator cannot. It holds identities: a registry that gets pseudonyms must not have it,
/// so in mode `split` it is for those who may open the map, and in mode `pseudonym` for nobody.
///
/// # Errors
/// When the file cannot be read or the sealed copy not written.
pub fn keep(house: &House, file: &ClaimedFile) -> io::Result<Passed> {
    let registry = registry_of(house, file).filter(|_| !file.rehearsal);
    let mut findings = Findings::default();
    findings.push(finding(registry.is_some()));
    let mut passed = Passed {
        content: None,
        kind: None,
        registries: Vec::new(),
        evidence: file.evidence,
        assumed_encoding: false,
        outcome: Err(findings),
        kept: None,
    };
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
