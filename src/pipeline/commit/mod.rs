//! Concludes a batch of passed files in one transaction: what came before, what is stored, what is
//! audited. One fsync serves them all.
//!
//! Claims and payloads are durable before the transaction commits, and the transaction is what
//! makes them exist. A crash in between leaves payloads that nobody can open, under names that the
//! next try takes again.

pub mod conclude_documents;
pub mod effects;
pub mod quarantine;
mod replaced;
pub mod reported;
mod resent;
pub mod superseded;

use std::{collections::BTreeMap, io};

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        self,
        error::CatalogueError,
        ledger::Ledger,
        records::{
            objects::{Object, ObjectState},
            submissions::{RecordCounts, Submission},
        },
    },
    durable::{self, file_system::Unsynced},
    intake::refusal::RefusalReason,
    kinds::npr,
    pipeline::{
        answer::{
            close::Unrecorded,
            facts::{Facts, Form},
            receipts::{self, ReceiptInput},
        },
        claim::claimed::Claimed,
        commit::{conclude_documents::Outcome, effects::EffectContext},
        house::{House, group_commit::Applied},
        pass::{Passed, sinks::SealedPart},
        police::exchanged,
        recover::orphaned_payloads,
    },
    retention::{profile::Erasable, schedule::EventTimes},
    store::{Mark, Upload},
    types::{
        alarm::AlarmCode,
        causes,
        finding::Findings,
        ids::{ObjectId, RegistryId, SenderId, SubmissionId},
        key_fingerprint::KeyFingerprint,
        permit::Permit,
        rules::intake::{IN_01, IN_06},
        verdict::{State, Verdict},
    },
};

/// One member of a batch.
pub struct Ready {
    /// What was claimed.
    pub subject: Claimed,
    /// What reading it gave.
    pub passed: Passed,
    /// How often it was part of a batch that was undone, or could not be read.
    pub tries: u32,
    /// Of an archive of many documents: others wait until it is committed.
    pub turn: Option<Permit>,
}

/// A batch that is on record, to be answered.
#[derive(Default)]
pub struct Committed {
    /// Its members.
    pub subjects: Vec<Claimed>,
    /// What their receipts need.
    pub known: Vec<ReceiptInput>,
    /// What was answered before, and is on record with them: to be removed.
    pub left: Vec<Claimed>,
}

impl Committed {
    /// Adds another batch.
    pub fn append(&mut self, other: Self) {
        self.subjects.extend(other.subjects);
        self.known.extend(other.known);
        self.left.extend(other.left);
    }
}

/// A batch that could not be committed: nothing of it has happened.
pub struct Undone {
    /// Why.
    pub cause: io::Error,
    /// To be read again, in the order of the batch.
    pub subjects: Vec<Claimed>,
}

/// Commits a batch, and gives back what is to be answered now.
///
/// # Errors
/// When the disk, a store or the catalogue fails: the members that are not committed come back.
pub fn commit(house: &House, batch: Vec<Ready>) -> Result<Committed, Undone> {
    let (subjects, passes): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|Ready { subject, passed, .. }| (subject, passed)).unzip();
    let now = house.now_on_record();
    let unrecorded = house.take_unrecorded();
    let done = {
        let mut catalogue = house.catalogue();
        let (mut applied, mut is_recorded) = (Applied::default(), false);
        let done = catalogue::transact_with(&mut **catalogue, |ledger| {
            let mut uploads: BTreeMap<RegistryId, Vec<Upload>> = BTreeMap::new();
            let mut known = Vec::with_capacity(subjects.len());
            for (subject, passed) in subjects.iter().zip(passes) {
                known.extend(conclude(house, ledger, subject, passed, now, &mut uploads)?);
            }
            // One sync for the claims and for the payloads of all registries.
            let mut unsynced = Unsynced::default();
            for (registry, uploads) in uploads {
                unsynced.append(house.store(&registry)?.place(&uploads).map_err(io::Error::other)?);
            }
            for dir in subjects.iter().filter_map(Claimed::dir) {
                unsynced.add_open(dir, &house.config.places.drop_root)?;
            }
            // And for the names of receipts whose submissions end with this transaction.
            unsynced.add_too(&unrecorded.unsynced)?;
            unsynced.sync().map_err(io::Error::other)?;
            durable::fail_point("published");
            // What was answered meanwhile, and what other threads want recorded, comes along.
            is_recorded = record_answers(ledger, &unrecorded);
            applied = house.changes().apply_all(ledger);
            Ok::<_, io::Error>(known)
        });
        applied.notify(done.is_ok());
        let mut left = Vec::new();
        if is_recorded && done.is_ok() {
            left = unrecorded.left;
        } else {
            house.add_unrecorded(unrecorded);
        }
        done.map(|known| (known, left))
    };
    let ids: Vec<SubmissionId> = subjects.iter().map(Claimed::id).collect();
    let (known, left) = match done {
        Ok(done) => done,
        Err(cause) => {
            house.expect_again(ids);
            return Err(Undone { cause, subjects });
        }
    };
    durable::fail_point("stored");
    // The second time a file may have been judged otherwise, as when its twin was first now.
    if let Err(error) = orphaned_payloads::remove(house, &house.take_expected(&ids)) {
        tracing::error!(error = %causes::chain(&error), "Cannot remove payloads that nothing names.");
    }
    // From here on everything is on record: what fails now is taken up by the next answering.
    Ok(Committed { subjects, known, left })
}

/// Whether what was answered meanwhile is part of this transaction; a failure stops nothing else.
fn record_answers(ledger: &mut dyn Ledger, answered: &Unrecorded) -> bool {
    let recorded: Result<(), CatalogueError> =
        catalogue::savepoint_with(ledger, |ledger| answered.record(ledger));
    if let Err(error) = &recorded {
        tracing::error!(error = %causes::chain(error), "Cannot record what was answered; trying again.");
    }
    recorded.is_ok()
}

/// Whether the file was not the one that had been judged when it was claimed: an accident once, an
/// attack when it happens again, so somebody must know.
fn is_swapped(findings: &Findings) -> bool {
    let key = RefusalReason::Swapped.code();
    findings.as_slice().iter().any(|finding| {
        finding.rule.code == IN_01.code && finding.hint.as_ref().is_some_and(|hint| hint.key == key)
    })
}

/// Why a file does not count as its sender's, in a word: whoever sent it may have no more than the
/// sender's way in, so somebody must know.
fn unsigned(findings: &Findings) -> Option<&str> {
    let finding = findings.as_slice().iter().find(|finding| finding.rule.code == IN_06.code)?;
    finding.hint.as_ref().map(|hint| hint.key.as_ref())
}

/// Holds one submission against the history and writes everything that follows. Gives what its
/// receipt needs, unless that must be looked up.
fn conclude(
    house: &House,
    ledger: &mut dyn Ledger,
    subject: &Claimed,
    passed: Passed,
    now: Timestamp,
    uploads: &mut BTreeMap<RegistryId, Vec<Upload>>,
) -> io::Result<Option<ReceiptInput>> {
    let id = subject.id();
    let mut row =
        ledger.submission(id)?.ok_or_else(|| io::Error::other("a claim without a row"))?;
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
    let mut facts = Facts { assumed_encoding, letter, signed_by, ..Facts::default() };
    facts.read = content.is_some();
    if house.sender(&row.sender).is_some_and(|sender| sender.recipient.is_some()) {
        facts.receipts = Form::Sealed;
    }
    let first = match (&outcome, content) {
        // Not one that a later annual submission has taken the place of: that may come again. A
        // rehearsal is answered as the real thing would be, and is never anybody's first.
        (Ok(_), Some((digest, _))) => ledger.first_accepted_with(&row.sender, digest)?,
        _ => None,
    };
    let mut parts = Vec::new();
    let outcome = match (outcome, first) {
        (_, Some(first)) => {
            row.duplicate_of = Some(first);
            Outcome::plain(Verdict::Duplicate, Findings::default())
        }
        (Err(refusal), None) => {
            facts.quarantined = quarantine::is_fault(&refusal.findings) && !row.rehearsal;
            if let Some(kept) = kept {
                parts = kept.finish()?;
            }
            Outcome::refused(refusal)
        }
        (Ok(taken), None) => {
            let file = match subject {
                Claimed::Aside(_) | Claimed::Gone(_) | Claimed::Left(..) => None,
                Claimed::File(file) => Some(file),
            };
            let concluded = conclude_documents::conclude(house, ledger, &row, taken, file, now)?;
            facts.quarantined = concluded.faulted && !row.rehearsal;
            parts = concluded.parts;
            concluded.outcome
        }
    };
    raise_alarms(ledger, &row, facts.quarantined, &outcome.findings, now)?;
    if let Claimed::File(file) = subject
        && !row.rehearsal
        && quarantine::is_unmatched(&outcome.findings)
    {
        facts.quarantined = true;
        parts = quarantine::set_aside(house, file)?;
        quarantine::tell(ledger, &row, now)?;
    }
    facts.notes = receipts::told_of_archive(house, outcome.notes);
    (facts.list_date, facts.held_for) = (outcome.list_date, outcome.held_for);
    row.verdict = Some(outcome.verdict);
    row.records =
        RecordCounts { accepted: outcome.records.accepted, rejected: outcome.records.rejected };
    row.findings = outcome.findings.as_slice().to_vec();
    row.findings_beyond = outcome.findings.beyond();
    row.report = outcome.report.map(serde_json::to_value).transpose().map_err(io::Error::other)?;
    let addressed = addressed(house, &parts);
    let operating_year = outcome.operating_year;
    let mut stored = objects(house, &row, operating_year, parts, now, uploads)?;
    if facts.quarantined {
        quarantine::limit(house, &row, stored.iter_mut().map(|(object, _)| object))?;
    }
    facts.erasures = receipts::erasures(house, &row, stored.iter().map(|(object, _)| object));
    // Not a date of the receipt's: what is in force has none, and a note tells of what is not.
    superseded::within(house, ledger, &row, &mut stored, now)?;
    row.notes = facts.into_map();
    row.receipt.audit_seq = Some(verdict_entry(ledger, &row, signed_by, now)?);
    ledger.submission_concluded(&row)?;
    let mut objects = Vec::with_capacity(stored.len());
    for (object, header) in stored {
        ledger.add_object(&object, &header)?;
        let of = object.id.clone();
        audited::record(ledger, now, Event::ObjectStored, move |entry| {
            entry.object(of.clone()).count("bytes", object.payload_bytes)
        })?;
        if let Some(addressee) = addressed.get(&object.id) {
            exchanged::queue(house, ledger, &object.id, addressee, now)?;
        }
        objects.push(object.id);
    }
    resent::end_lost(ledger, &row, &objects, now)?;
    // A rehearsal is no delivery: whoever only rehearses has sent nothing. Nor has a sender whose
    // file somebody else may have sent.
    if !row.rehearsal && unsigned(&outcome.findings).is_none() {
        ledger.sender_seen(&row.sender, row.received_at)?;
    }
    // Newest first, as the catalogue lists them.
    objects.reverse();
    Ok(row.duplicate_of.is_none().then_some(ReceiptInput { row, objects, first: None }))
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
    if let Some(why) = unsigned(findings).filter(|_| !row.rehearsal) {
        let subject = sender.as_str();
        audited::raise_about(
            ledger,
            now,
            AlarmCode::SignatureRefused,
            subject,
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

/// The parts that go to another sender. What is set aside goes nowhere.
fn addressed(house: &House, parts: &[SealedPart]) -> BTreeMap<ObjectId, SenderId> {
    let aside = house.registries.quarantine();
    let parts = parts.iter().filter(|part| part.upload.object.registry != *aside);
    let addressed =
        parts.filter_map(|part| Some((part.upload.object.clone(), part.addressee.clone()?)));
    addressed.collect()
}

/// What the effects of a conclusion have in common, that of the first or only document.
pub fn occasion<'a>(
    house: &House,
    row: &'a Submission,
    registry: &'a RegistryId,
    now: Timestamp,
) -> io::Result<EffectContext<'a>> {
    let events = EventTimes { withdrawal_delivered: Some(now), ..EventTimes::default() };
    let schedule = &house.registries.get(registry)?.schedule;
    let deadline = schedule
        .erasure(Erasable::Enrolment, &events, &house.config.time_zone)
        .map_err(io::Error::other)?;
    let withdrawn_gone_at = deadline.map(|deadline| deadline.at);
    let (submission, sender, today) = (row.id, &row.sender, house.day(now));
    let document = 1;
    Ok(EffectContext { submission, document, sender, registry, now, today, withdrawn_gone_at })
}

/// The rows of sealed parts, each with its header. `operating_year`: what a release is about.
pub fn objects(
    house: &House,
    row: &Submission,
    operating_year: Option<i16>,
    parts: Vec<SealedPart>,
    now: Timestamp,
    uploads: &mut BTreeMap<RegistryId, Vec<Upload>>,
) -> io::Result<Vec<(Object, Vec<u8>)>> {
    let mut rows = Vec::new();
    for part in parts {
        let schedule = house.registries.schedule(&part.upload.object.registry)?;
        let events = EventTimes {
            received: Some(row.received_at),
            processed: Some(now),
            operating_year,
            ..EventTimes::default()
        };
        let zone = &house.config.time_zone;
        let deadline =
            schedule.erasure(Erasable::Object, &events, zone).map_err(io::Error::other)?;
        let limit = schedule.statutory_limit(&events, zone).map_err(io::Error::other)?;
        let object = Object {
            id: part.upload.object.clone(),
            created_at: now,
            payload_bytes: part.upload.payload_bytes,
            payload_sha256: match part.upload.mark {
                Mark::Sha256(digest) => Some(digest),
                Mark::Nonce(_) => None,
            },
            plain_bytes: part.plain_bytes,
            plain_sha256: part.plain_sha256,
            recipients: part.recipients.as_strings(),
            due_at: deadline.map(|deadline| deadline.at),
            due_rule: deadline.map(|deadline| deadline.rule.to_string()).unwrap_or_default(),
            statutory_limit: limit,
            state: ObjectState::Stored,
            hold_why: None,
            header_erased_at: None,
            erased_at: None,
            operating_year,
        };
        rows.push((object, part.header));
        uploads.entry(part.upload.object.registry.clone()).or_default().push(part.upload);
    }
    Ok(rows)
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
