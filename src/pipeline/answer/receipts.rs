//! A submission's receipt, from what is on record, put beside its place in the outbound directory.

use std::io;

use crate::{
    audit::proof::InclusionProof,
    catalogue::records::{objects::Object, submissions::Submission},
    config::sender_directories::{self, OUTBOUND_FILE},
    durable::group::{Group, IfExists},
    intake::name::SenderFileName,
    kinds::{self, judgement, kpr::state::Former},
    pipeline::{answer::facts::Facts, house::House},
    receipt::{
        Content, Earlier, Erasure, Inclusion, KindName, Note, Party, PoliceNote, Receipt, Written,
        names,
    },
    retention::profile::Start,
    seal::Sealer,
    types::{
        ids::ObjectId,
        period::Period,
        rule::{Language, Text},
        rules::embassy::EMB_13,
        verdict::{Evidence, Verdict},
    },
};

/// A submission with what its receipt needs from other rows.
pub struct ReceiptInput {
    /// The submission.
    pub row: Submission,
    /// Its objects.
    pub objects: Vec<ObjectId>,
    /// The first one, for a duplicate.
    pub first: Option<Submission>,
}

/// Writes both forms of one receipt beside their place in the sender's outbound directory.
pub fn stage(
    house: &House,
    full: &ReceiptInput,
    proof: Option<(&InclusionProof, &str)>,
    group: &mut Group,
) -> io::Result<()> {
    let row = &full.row;
    let written = write(house, full, proof);
    let sealed = row.sealed_name.as_ref();
    let name = sealed.and_then(|sealed| house.names.open(&sealed.0, row.id));
    let stem = name.unwrap_or_else(|| SenderFileName::new(Vec::new())).receipt_stem(&row.id);
    let (xml, txt) = names::names(stem.expose_text(), row.id, Facts::answer_of(row));
    let dir = house.config.places.outbound(&row.sender);
    let sender = house.sender(&row.sender);
    if let Some(sender) = sender {
        sender_directories::hold_outbound(&house.config, sender)?;
    }
    let recipient = sender.and_then(|sender| sender.recipient.as_ref());
    for (name, bytes) in [(xml, written.xml), (txt, written.txt)] {
        let (name, bytes) = match recipient {
            None => (name, bytes),
            Some(recipient) => {
                (format!("{name}{}", names::SEALED), encrypt(&recipient.to_string(), &bytes)?)
            }
        };
        // A receipt is complete when it appears. After a crash the first one written stays, even
        // where the log has grown since and its proof would read differently.
        if dir.join(&name).exists() {
            // Whoever wrote it may have been killed before the directory was synced.
            group.sync_dir_too(&dir);
        } else {
            group.stage(&dir, &name, &bytes, OUTBOUND_FILE, IfExists::Same)?;
        }
    }
    Ok(())
}

fn encrypt(recipient: &str, bytes: &[u8]) -> io::Result<Vec<u8>> {
    use std::io::Write;
    let recipients = crate::seal::Recipients::parse([recipient])?;
    let mut sealer = Sealer::new(&recipients, Vec::new())?;
    sealer.write_all(bytes)?;
    let sealed = sealer.finish()?;
    Ok([sealed.header, sealed.out].concat())
}

/// The receipt's two forms, from what is on record.
pub fn write(
    house: &House,
    full: &ReceiptInput,
    proof: Option<(&InclusionProof, &str)>,
) -> Written {
    let row = &full.row;
    let facts = Facts::of(row);
    let config = &house.config;
    let sender = house.sender(&row.sender);
    let org_number =
        sender.and_then(|s| s.org_number.as_ref()).map(std::string::ToString::to_string);
    let installation = config.installation.to_string();
    let kind_title = row.kind.as_ref().map(|kind| {
        let unknown = Text { nb: "Innsending", en: "Submission" };
        kinds::by_name(kind.as_str()).map_or(unknown, kinds::Kind::title)
    });
    let language = row.language.or(sender.map(|s| s.language)).unwrap_or(Language::Nb);
    let mut notes = facts.notes.clone();
    if facts.assumed_encoding {
        notes.push(Note::AssumedEncoding);
    }
    let proved = row.evidence >= Some(Evidence::Structure);
    if facts.read && !proved && matches!(row.verdict, Some(Verdict::Accepted | Verdict::Partly)) {
        notes.push(Note::CompletenessNotProved);
    }
    let judged = full.first.as_ref().unwrap_or(row);
    if let Some(first) = &full.first {
        // What became of what was held in it: the sender of the same file may not know.
        let of_first = Facts::of(first).notes.into_iter();
        notes.extend(of_first.filter(|note| matches!(note, Note::Decision(_))));
    }
    let mut findings = judged.findings.clone();
    if notes.iter().any(|note| matches!(note, Note::Decision(_))) {
        // The decision says what became of it.
        findings.retain(|finding| finding.rule.code != EMB_13.code);
    }
    Receipt {
        submission: row.id,
        letter: facts.letter.as_deref(),
        number: facts.answer,
        sender: Party {
            name: sender.map_or(row.sender.as_str(), |s| s.name.as_str()),
            id: row.sender.as_str(),
            org_number: org_number.as_deref(),
        },
        receiver: Party { name: &config.name, id: &installation, org_number: None },
        contact: config.contact.as_deref().unwrap_or_default(),
        language,
        time_zone: &config.time_zone,
        kind: row.kind.as_ref().zip(kind_title).map(|(id, title)| KindName { id, title }),
        rehearsal: row.rehearsal,
        verdict: row.verdict.unwrap_or(Verdict::Rejected),
        received_at: row.received_at,
        written_at: row.timings.stored_at.unwrap_or(row.received_at),
        content: row.sha256.map(|sha256| Content { sha256, bytes: row.bytes }),
        evidence: row.evidence.filter(|_| facts.read),
        signed_by: facts.signed_by,
        records_accepted: judged.records.accepted,
        records_rejected: judged.records.rejected,
        findings: &findings,
        findings_beyond: judged.findings_beyond,
        objects: &full.objects,
        duplicate_of: full.first.as_ref().map(|first| Earlier {
            submission: first.id,
            received_at: first.received_at,
            verdict: first.verdict.unwrap_or(Verdict::Accepted),
        }),
        notes: &notes,
        erasures: &facts.erasures,
        audit: proof.map(|(proof, checkpoint)| Inclusion {
            seq: proof.seq,
            size: proof.size,
            checkpoint,
            proof: &proof.path,
        }),
    }
    .write()
}

/// A kind's note in the words of a receipt; none for notes that are added up first.
pub fn note(note: &judgement::Note) -> Option<Note> {
    match note {
        judgement::Note::AskedPolice { district, needed_by } => {
            let (district, needed_by) = (district.clone(), *needed_by);
            // Whether it waits, the house knows: `told_of_archive`.
            Some(Note::Police(PoliceNote::Asked { district, needed_by, waits: false }))
        }
        judgement::Note::AwaitsCase => Some(Note::Police(PoliceNote::AwaitsCase)),
        judgement::Note::AwaitsClinician => Some(Note::Police(PoliceNote::AwaitsClinician)),
        judgement::Note::BothDuties { complete: Some(false), .. } => Some(Note::BothDutiesSoFar),
        judgement::Note::BothDuties { struck: true, .. } => Some(Note::BothDutiesButStruck),
        judgement::Note::BothDuties { complete: Some(true), .. } => Some(Note::BothDuties),
        judgement::Note::BothDuties { complete: None, .. } => Some(Note::BothDutiesAsSent),
        judgement::Note::PartOfYear => Some(Note::PartOfYear),
        judgement::Note::Dropped { .. }
        | judgement::Note::Gap { .. }
        | judgement::Note::LeftOut(_) => None,
        judgement::Note::EffectiveFrom(day) => Some(Note::EffectiveFrom(*day)),
        judgement::Note::EffectiveFromFor { day, persons } => {
            Some(Note::EffectiveFromFor { day: *day, persons: *persons })
        }
        judgement::Note::EffectiveFromLater { day, persons } => {
            Some(Note::EffectiveFromLater { day: *day, persons: *persons })
        }
        judgement::Note::OralRecorded => Some(Note::Police(PoliceNote::OralRecorded)),
        judgement::Note::OutsideYear { rows, operating_year } => {
            Some(Note::OutsideYear { rows: *rows, operating_year: *operating_year })
        }
        judgement::Note::Reconciled(tally) => Some(Note::Difference {
            enrolled: tally.enrolled,
            changed: tally.changed,
            withdrawn: tally.withdrawn,
            confirmed: tally.confirmed,
        }),
        judgement::Note::Replaces(Former::Earlier(submission)) => {
            Some(Note::Replaces { submission: *submission, kept: Vec::new() })
        }
        judgement::Note::Replaces(Former::SameArchive) => Some(Note::ReplacesWithin),
        judgement::Note::SmallGroups { small, persons, floor, not_counted } => {
            let (small, persons, not_counted) = (*small, *persons, *not_counted);
            Some(Note::SmallGroups { small, persons, floor: *floor, not_counted })
        }
        judgement::Note::ToldPolice { district } => {
            Some(Note::Police(PoliceNote::Told { district: district.clone() }))
        }
    }
}

/// The notes of an outcome, where it matters to them whether requests wait for a case archive here.
pub fn told_of_archive(house: &House, mut notes: Vec<Note>) -> Vec<Note> {
    for note in &mut notes {
        if let Note::Police(PoliceNote::Asked { waits, .. }) = note {
            *waits = house.config.archive.is_some();
        }
    }
    notes
}

/// What is erased when, of what was stored for a submission.
pub fn erasures<'a>(
    house: &House,
    row: &Submission,
    objects: impl Iterator<Item = &'a Object>,
) -> Vec<Erasure> {
    let mut erasures: Vec<Erasure> = Vec::new();
    for object in objects {
        let Some(due) = object.due_at else { continue };
        let registry = object.id.registry.clone();
        // The thing is gone when its last day has ended.
        let on = house.day(due.saturating_sub(jiff::SignedDuration::from_nanos(1)).unwrap_or(due));
        let erasure = Erasure::Objects { registry, on };
        if !erasures.contains(&erasure) {
            erasures.push(erasure);
        }
        if let Ok(registry) = house.registries.get(&object.id.registry) {
            let after = registry.schedule.erased_after(Start::WithdrawalDelivered);
            let days = after.and_then(Period::whole_days);
            let enrolment = days.map(|days| Erasure::EnrolmentAfterWithdrawal { days });
            erasures.extend(enrolment.filter(|e| row.kind.is_some() && !erasures.contains(e)));
        }
    }
    erasures
}
