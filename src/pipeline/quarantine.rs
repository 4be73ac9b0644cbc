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
pub fn finding() -> Finding {
    Finding::new(&intake::IN_01, Place::File {}).hint(&hints::FAULT)
}

/// Seals a file as it came, for a registry that its sender's kinds go to, so that its people can
/// look. The operator cannot.
///
/// # Errors
/// When the file cannot be read or the sealed copy not written.
pub fn keep(house: &House, file: &ClaimedFile) -> io::Result<Passed> {
    let mut findings = Findings::default();
    findings.push(finding());
    let mut passed = Passed {
        content: None,
        kind: None,
        registries: Vec::new(),
        evidence: file.evidence,
        assumed_encoding: false,
        outcome: Err(findings),
        kept: None,
    };
    let registry = registry_of(house, file);
    if let (Some(registry), false) = (registry, file.rehearsal) {
        let registries = std::sync::Arc::clone(&house.registries);
        let mut whole = WorkSinks::sealing(file.id, 1, house.config.places.work(), registries);
        let sink = whole.sink(&registry, Part::Whole)?;
        io::copy(&mut rewound(file)?.take(file.size), sink)?;
        passed.registries = vec![registry];
        passed.kept = Some(whole);
    }
    Ok(passed)
}

fn rewound(file: &ClaimedFile) -> io::Result<&std::fs::File> {
    use std::io::Seek;
    let mut bytes = &file.file;
    bytes.rewind()?;
    Ok(bytes)
}

fn registry_of(house: &House, file: &ClaimedFile) -> Option<RegistryId> {
    let sender = house.sender(&file.sender)?;
    let plan = sender.kinds.iter().find_map(|kind| house.routes().plan(kind, None))?;
    plan.registries().next().cloned()
}
