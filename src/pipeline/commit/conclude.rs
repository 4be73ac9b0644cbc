//! Holds one submission against the history, and writes everything that follows.

use std::{collections::BTreeMap, io};

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{objects::Object, submissions::Submission},
    },
    intake::refusal::RefusalReason,
    kinds::{npr, refused::Refusal},
    pipeline::{
        answer::{
            facts::{Facts, Form},
            receipts::{self, ReceiptInput},
        },
        claim::claimed::Claimed,
        commit::{
            conclude_documents, outcome::Outcome, quarantine, resent, stored_objects, superseded,
        },
        house::House,
        pass::{
            Passed, Taken,
            sinks::{SealedPart, WorkSinks},
        },
        police::exchanged,
    },
    receipt::Erasure,
    store::Upload,
    types::{
        alarm::AlarmCode,
        finding::{Finding, Findings},
        ids::{ObjectId, RegistryId, SenderId},
        key_fingerprint::KeyFingerprint,
        rules::intake::{IN_01, IN_06},
        verdict::{State, Verdict},
    },
};

/// Concludes one submission. Gives what its receipt needs, unless that must be looked up.
///
/// # Errors
/// When the disk, a store or the catalogue fails.
pub(super) fn conclude(
    house: &House,
    ledger: &mut dyn Ledger,
    subject: &Claimed,
    passed: Passed,
    now: Timestamp,
    uploads: &mut BTreeMap<RegistryId, Vec<Upload>>,
) -> io::Result<Option<ReceiptInput>> {
    let row = ledger.submission(subject.id())?;
    let mut row = row.ok_or_else(|| io::Error::other("a claim without a row"))?;
    if row.state.is_final() || row.state == State::Stored || row.state == State::Answered {
        // Recovery committed it already; this is the same work come again.
        return Ok(None);
    }
    let Passed {
        content, kind, evidence, assumed_encoding, letter, signed_by, outcome, kept, ..
    } = passed;
    row.sha256 = content.map(|(digest, _)| digest);
    row.bytes = content.map_or(row.bytes, |(_, bytes)| bytes);
    row.kind = kind;
    row.evidence = Some(evidence);
    row.timings.sealed_at = Some(now);
    row.timings.stored_at = Some(now);
    row.state = State::Stored;
    let Judged { mut outcome, parts, quarantined } =
        judge(house, ledger, subject, &mut row, outcome, kept, now)?;
    outcome.write_to(&mut row)?;
    let addressed = addressed(house, &parts);
    let mut stored =
        stored_objects::rows(house, &row, outcome.operating_year, parts, now, uploads)?;
    let erasures = limit(house, ledger, &row, &mut stored, quarantined, now)?;
    let sealed = house.sender(&row.sender).is_some_and(|sender| sender.recipient.is_some());
    let facts = Facts {
        read: content.is_some(),
        assumed_encoding,
        letter,
        signed_by,
        notes: receipts::told_of_archive(house, outcome.notes),
        erasures,
        receipts: if sealed { Form::Sealed } else { Form::Plain },
        quarantined,
        list_date: outcome.list_date,
        held_for: outcome.held_for,
        ..Facts::default()
    };
    row.notes = facts.into_map();
    row.receipt.audit_seq = Some(verdict_entry(ledger, &row, signed_by, now)?);
    ledger.submission_concluded(&row)?;
    let mut objects = record_objects(house, ledger, stored, &addressed, now)?;
    resent::end_lost(ledger, &row, &objects, now)?;
    // A rehearsal is no delivery: whoever only rehearses has sent nothing. Nor has a sender whose
    // file somebody else may have sent.
    if !row.rehearsal && unsigned(&row.findings).is_none() {
        ledger.sender_seen(&row.sender, row.received_at)?;
    }
    // Newest first, as the catalogue lists them.
    objects.reverse();
    Ok(row.duplicate_of.is_none().then_some(ReceiptInput { row, objects, first: None }))
}

/// What a submission has come to.
struct Judged {
    outcome: Outcome,
    /// What is stored for it.
    parts: Vec<SealedPart>,
    /// Set aside, for a fault of ours or because it answers nothing.
    quarantined: bool,
}

/// Judges what was read, and raises the alarms that it calls for. Says in the row what it is a
/// duplicate of.
fn judge(
    house: &House,
    ledger: &mut dyn Ledger,
    subject: &Claimed,
    row: &mut Submission,
    outcome: Result<Taken, Refusal>,
    kept: Option<WorkSinks>,
    now: Timestamp,
) -> io::Result<Judged> {
    let first = match (&outcome, row.sha256) {
        // Not one that a later annual submission has taken the place of: that may come again. A
        // rehearsal is answered as the real thing would be, and is never anybody's first.
        (Ok(_), Some(digest)) => ledger.first_accepted_with(&row.sender, digest)?,
        _ => None,
    };
    let file = match subject {
        Claimed::Aside(_) | Claimed::Gone(_) | Claimed::Left(..) => None,
        Claimed::File(file) => Some(file),
    };
    let mut judged = match (outcome, first) {
        (_, Some(first)) => {
            row.duplicate_of = Some(first);
            let outcome = Outcome::plain(Verdict::Duplicate, Findings::default());
            Judged { outcome, parts: Vec::new(), quarantined: false }
        }
        (Err(refusal), None) => Judged {
            quarantined: quarantine::is_fault(&refusal.findings) && !row.rehearsal,
            parts: kept.map(WorkSinks::finish).transpose()?.unwrap_or_default(),
            outcome: Outcome::refused(refusal),
        },
        (Ok(taken), None) => {
            let came = conclude_documents::conclude(house, ledger, row, taken, file, now)?;
            let quarantined = came.faulted && !row.rehearsal;
            Judged { outcome: came.outcome, parts: came.parts, quarantined }
        }
    };
    raise_alarms(ledger, row, judged.quarantined, &judged.outcome.findings, now)?;
    if let Some(file) = file
        && !row.rehearsal
        && quarantine::is_unmatched(&judged.outcome.findings)
    {
        judged.quarantined = true;
        judged.parts = quarantine::set_aside(house, file)?;
        quarantine::tell(ledger, row, now)?;
    }
    Ok(judged)
}

/// What somebody must know of a submission whatever becomes of it.
fn raise_alarms(
    ledger: &mut dyn Ledger,
    row: &Submission,
    is_quarantined: bool,
    findings: &Findings,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    let (id, sender) = (row.id, &row.sender);
    if is_quarantined {
        let subject = id.to_string();
        audited::raise(ledger, now, AlarmCode::Quarantined, &subject, None)?;
    }
    if npr::tells_of_identity(findings) {
        let subject = id.to_string();
        audited::raise(ledger, now, AlarmCode::IdentityLeak, &subject, None)?;
    }
    if let Some(why) = unsigned(findings.as_slice()).filter(|_| !row.rehearsal) {
        audited::raise_about(
            ledger,
            now,
            AlarmCode::SignatureRefused,
            sender.as_str(),
            Some(why),
            |entry| entry.submission(id).sender(sender.clone()),
        )?;
    }
    if is_swapped(findings) {
        audited::raise_about(
            ledger,
            now,
            AlarmCode::SwappedInode,
            sender.as_str(),
            None,
            |entry| entry.submission(id).sender(sender.clone()),
        )?;
    }
    Ok(())
}

/// Why a file does not count as its sender's, in a word: whoever sent it may have no more than the
/// sender's way in, so somebody must know.
fn unsigned(findings: &[Finding]) -> Option<&str> {
    let finding = findings.iter().find(|finding| finding.rule.code == IN_06.code)?;
    finding.hint.as_ref().map(|hint| hint.key.as_ref())
}

/// Whether the file was not the one that had been judged when it was claimed: an accident once, an
/// attack when it happens again, so somebody must know.
fn is_swapped(findings: &Findings) -> bool {
    let key = RefusalReason::Swapped.code();
    findings.as_slice().iter().any(|finding| {
        finding.rule.code == IN_01.code && finding.hint.as_ref().is_some_and(|hint| hint.key == key)
    })
}

/// The parts that go to another sender. What is set aside goes nowhere.
fn addressed(house: &House, parts: &[SealedPart]) -> BTreeMap<ObjectId, SenderId> {
    let aside = house.registries.quarantine();
    let parts = parts.iter().filter(|part| part.upload.object.registry != *aside);
    let addressed =
        parts.filter_map(|part| Some((part.upload.object.clone(), part.addressee.clone()?)));
    addressed.collect()
}

/// Gives objects an earlier deadline where they are set aside, or where a later document of the same
/// archive has taken their place. Gives the dates that the receipt names.
fn limit(
    house: &House,
    ledger: &dyn Ledger,
    row: &Submission,
    stored: &mut [(Object, Vec<u8>)],
    quarantined: bool,
    now: Timestamp,
) -> io::Result<Vec<Erasure>> {
    if quarantined {
        quarantine::limit(house, row, stored.iter_mut().map(|(object, _)| object))?;
    }
    let erasures = receipts::erasures(house, row, stored.iter().map(|(object, _)| object));
    // Not a date of the receipt's: what is in force has none, and a note tells of what is not.
    superseded::within(house, ledger, row, stored, now)?;
    Ok(erasures)
}

/// Records what is stored, and queues what of it goes to another sender.
fn record_objects(
    house: &House,
    ledger: &mut dyn Ledger,
    stored: Vec<(Object, Vec<u8>)>,
    addressed: &BTreeMap<ObjectId, SenderId>,
    now: Timestamp,
) -> io::Result<Vec<ObjectId>> {
    let mut objects = Vec::with_capacity(stored.len());
    for (object, header) in stored {
        stored_objects::add(ledger, &object, &header, now)?;
        if let Some(addressee) = addressed.get(&object.id) {
            exchanged::queue(house, ledger, &object.id, addressee, now)?;
        }
        objects.push(object.id);
    }
    Ok(objects)
}

fn verdict_entry(
    ledger: &mut dyn Ledger,
    row: &Submission,
    signed_by: Option<KeyFingerprint>,
    now: Timestamp,
) -> Result<u64, CatalogueError> {
    let event = match row.verdict {
        _ if row.rehearsal => Event::Rehearsal,
        Some(Verdict::Accepted) => Event::Accepted,
        Some(Verdict::Duplicate) => Event::Duplicate,
        Some(Verdict::Held) => Event::Held,
        Some(Verdict::Partly) => Event::PartlyAccepted,
        Some(Verdict::Rejected) | None => Event::Refused,
    };
    audited::record(ledger, now, event, |entry| {
        let mut entry = entry
            .submission(row.id)
            .sender(row.sender.clone())
            .count("accepted", row.records.accepted)
            .count("rejected", row.records.rejected)
            .count("findings", row.findings.len() as u64 + row.findings_beyond)
            .count("bytes", row.bytes);
        entry.kind.clone_from(&row.kind);
        entry.detail_sha256 = row.sha256;
        entry.signed_by = signed_by;
        entry
    })
}
