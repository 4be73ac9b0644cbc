//! Concludes a batch of passed files in one transaction: what came before, what is stored, what is
//! audited. One fsync serves them all.
//!
//! Payloads are durable in their stores before the transaction commits, and the transaction is what
//! makes them exist. A crash in between leaves payloads that nobody can open, under names that the
//! next try takes again.

use std::{
    collections::BTreeMap,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
};

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    catalogue::{
        self,
        ledger::Ledger,
        records::{
            objects::{Object, ObjectState},
            submissions::{RecordCounts, Submission},
        },
        view::View,
    },
    durable,
    intake::refusal::RefusalReason,
    kinds::{Effect, Judgement, Records},
    pipeline::{
        answer,
        books::CatalogueBooks,
        effects::{self, Occasion},
        house::House,
        pass::{Passed, Taken},
        sinks::SealedPart,
        strays,
        subject::Subject,
        trail,
    },
    retention::{profile::Subject as Clock, schedule::EventTimes},
    store::Upload,
    types::{
        finding::{Finding, Findings},
        ids::{RegistryId, SubmissionId},
        rules::intake::IN_01,
        verdict::{Evidence, State, Verdict},
    },
};

/// One member of a batch.
pub struct Ready {
    /// What was claimed.
    pub subject: Subject,
    /// What reading it gave.
    pub passed: Passed,
}

/// A batch that could not be committed: nothing of it has happened.
pub struct Undone {
    /// Why.
    pub cause: io::Error,
    /// To be read again.
    pub subjects: Vec<Subject>,
}

/// Commits a batch, and gives back what is to be answered now.
///
/// # Errors
/// When the disk, a store or the catalogue fails: the members that are not committed come back.
pub fn commit(house: &House, batch: Vec<Ready>) -> Result<Vec<Subject>, Undone> {
    let mut subjects = Vec::with_capacity(batch.len());
    let mut passes = Vec::with_capacity(batch.len());
    for Ready { subject, passed } in batch {
        passes.push((subject.id(), passed));
        subjects.push(subject);
    }
    let now = house.now();
    let done = {
        let mut catalogue = house.catalogue();
        catalogue::transact_with(&mut **catalogue, |ledger| {
            let mut uploads: BTreeMap<RegistryId, Vec<Upload>> = BTreeMap::new();
            for (id, passed) in passes {
                conclude(house, ledger, id, passed, now, &mut uploads)?;
            }
            for (registry, uploads) in uploads {
                house.store(&registry)?.publish(&uploads).map_err(io::Error::other)?;
            }
            durable::fail_point("published");
            Ok::<(), Failed>(())
        })
    };
    let ids: Vec<SubmissionId> = subjects.iter().map(Subject::id).collect();
    if let Err(Failed(cause)) = done {
        house.expect_again(ids);
        return Err(Undone { cause, subjects });
    }
    durable::fail_point("stored");
    // The second time a file may have been judged otherwise, as when its twin was first now.
    if let Err(error) = strays::remove(house, &house.take_expected(&ids)) {
        tracing::error!(error = %answer::chain(&error), "Cannot remove payloads that nothing names.");
    }
    // From here on everything is on record: what fails now is taken up by the next answering.
    Ok(subjects)
}

/// Whether the file was not the one that had been judged when it was claimed: an accident once, an
/// attack when it happens again, so somebody must know.
fn is_swapped(findings: &Findings) -> bool {
    let key = RefusalReason::Swapped.code();
    findings.as_slice().iter().any(|finding| {
        finding.rule.code == IN_01.code && finding.hint.as_ref().is_some_and(|hint| hint.key == key)
    })
}

/// Holds one submission against the books and writes everything that follows.
fn conclude(
    house: &House,
    ledger: &mut dyn Ledger,
    id: SubmissionId,
    passed: Passed,
    now: Timestamp,
    uploads: &mut BTreeMap<RegistryId, Vec<Upload>>,
) -> Result<(), Failed> {
    let mut row =
        ledger.submission(id)?.ok_or_else(|| io::Error::other("a claim without a row"))?;
    if row.state.is_final() || row.state == State::Stored || row.state == State::Answered {
        // Recovery committed it already; this is the same work come again.
        return Ok(());
    }
    let Passed { content, kind, registries, evidence, assumed_encoding, outcome, kept } = passed;
    row.sha256 = content.map(|(digest, _)| digest);
    row.bytes = content.map_or(row.bytes, |(_, bytes)| bytes);
    row.kind = kind;
    row.evidence = Some(evidence);
    row.timings.sealed_at = Some(now);
    row.timings.stored_at = Some(now);
    row.state = State::Stored;
    let mut facts = answer::Facts { assumed_encoding, ..answer::Facts::default() };
    facts.read = content.is_some();
    let first = match (&outcome, content, row.rehearsal) {
        (Ok(_), Some((digest, _)), false) => ledger.first_accepted_with(&row.sender, digest)?,
        _ => None,
    };
    let mut parts = Vec::new();
    let judgement = match (outcome, first) {
        (_, Some(first)) => {
            row.duplicate_of = Some(first);
            Verdicted::plain(Verdict::Duplicate, Findings::default())
        }
        (Err(findings), None) => {
            if let Some(kept) = kept {
                facts.quarantined = true;
                parts = kept.finish()?;
            }
            Verdicted::plain(Verdict::Rejected, findings)
        }
        (Ok(taken), None) => {
            let registry = registries.first().cloned();
            let heard = hear(house, ledger, &row, taken, registry.as_ref(), now)?;
            facts.quarantined = heard.faulted;
            parts = heard.parts;
            heard.verdicted
        }
    };
    if facts.quarantined {
        let subject = id.to_string();
        ledger.raise_alarm(crate::pipeline::quarantine::ALARM, &subject, now, None)?;
    }
    if is_swapped(&judgement.findings) {
        ledger.raise_alarm("swapped-inode", row.sender.as_str(), now, None)?;
    }
    facts.notes = judgement.notes.iter().map(answer::note).collect();
    facts.notes.extend(judgement.held.map(|count| crate::receipt::Note::HeldWithdrawals { count }));
    row.verdict = Some(judgement.verdict);
    row.records =
        RecordCounts { accepted: judgement.records.accepted, rejected: judgement.records.rejected };
    row.findings = judgement.findings.as_slice().to_vec();
    row.findings_beyond = judgement.findings.beyond();
    let stored = objects(house, &row, parts, now, uploads)?;
    facts.erasures = answer::erasures(house, &row, stored.iter().map(|(object, _)| object));
    row.notes = facts.into_map();
    row.receipt.audit_seq = Some(verdict_entry(ledger, &row, now)?);
    ledger.save_submission(&row)?;
    for (object, header) in stored {
        ledger.add_object(&object, &header)?;
        let of = object.id.clone();
        trail::record(ledger, now, Event::ObjectStored, move |entry| {
            entry.object(of.clone()).count("bytes", object.payload_bytes)
        })?;
    }
    ledger.sender_seen(&row.sender, row.received_at)?;
    Ok(())
}

/// A judgement, or what stands in for one.
struct Verdicted {
    verdict: Verdict,
    records: Records,
    findings: Findings,
    notes: Vec<crate::kinds::Note>,
    held: Option<u64>,
}

impl Verdicted {
    fn plain(verdict: Verdict, findings: Findings) -> Self {
        Self { verdict, records: Records::default(), findings, notes: Vec::new(), held: None }
    }
}

/// Lets the kind conclude, and applies the effects. A rehearsal changes nothing.
fn hear(
    house: &House,
    ledger: &mut dyn Ledger,
    row: &Submission,
    taken: Taken,
    registry: Option<&RegistryId>,
    now: Timestamp,
) -> Result<Heard, Failed> {
    let Some(registry) = registry else {
        return Err(io::Error::other("a document was read without a route").into());
    };
    let Taken { reading, whole, mut sinks } = taken;
    let concluded = {
        let view: &dyn View = &*ledger;
        let mut books = CatalogueBooks::new(view, registry);
        catch_unwind(AssertUnwindSafe(|| {
            durable::fail_point::panic_on(b"conclude");
            reading.conclude(&mut books, &mut sinks)
        }))
    };
    let Judgement { verdict, records, findings, notes, effects } = match concluded {
        Ok(judgement) => judgement?,
        // What was read is kept as it came: the document is sealed already.
        Err(_) if row.rehearsal => return Ok(Heard::faulted(Vec::new())),
        Err(_) => return Ok(Heard::faulted(whole.finish()?)),
    };
    let held = effects.iter().find_map(|effect| match effect {
        Effect::Hold(hold) => Some(hold.persons.len() as u64),
        _ => None,
    });
    let verdicted = Verdicted { verdict, records, findings, notes, held };
    if row.rehearsal || verdicted.verdict == Verdict::Rejected {
        return Ok(Heard { verdicted, parts: Vec::new(), faulted: false });
    }
    let occasion = occasion(house, row.id, registry, now)?;
    for effect in &effects {
        effects::apply(ledger, effect, &occasion)?;
    }
    let mut parts = whole.finish()?;
    parts.extend(sinks.finish()?);
    Ok(Heard { verdicted, parts, faulted: false })
}

/// What a conclusion came to.
struct Heard {
    verdicted: Verdicted,
    parts: Vec<SealedPart>,
    faulted: bool,
}

impl Heard {
    /// A panic in a kind: the file is answered as our fault and kept.
    fn faulted(parts: Vec<SealedPart>) -> Self {
        let mut findings = Findings::default();
        findings.push(crate::pipeline::quarantine::finding());
        Self { verdicted: Verdicted::plain(Verdict::Rejected, findings), parts, faulted: true }
    }
}

/// What the effects of a conclusion have in common.
pub fn occasion<'a>(
    house: &House,
    submission: SubmissionId,
    registry: &'a RegistryId,
    now: Timestamp,
) -> io::Result<Occasion<'a>> {
    let events = EventTimes { withdrawal_delivered: Some(now), ..EventTimes::default() };
    let schedule = &house.registries.get(registry)?.schedule;
    let deadline = schedule
        .erasure(Clock::Enrolment, &events, &house.config.time_zone)
        .map_err(io::Error::other)?;
    let withdrawn_gone_at = deadline.map(|deadline| deadline.at);
    Ok(Occasion { submission, registry, now, today: house.day(now), withdrawn_gone_at })
}

/// The rows of sealed parts, each with its header.
pub fn objects(
    house: &House,
    row: &Submission,
    parts: Vec<SealedPart>,
    now: Timestamp,
    uploads: &mut BTreeMap<RegistryId, Vec<Upload>>,
) -> io::Result<Vec<(Object, Vec<u8>)>> {
    let mut rows = Vec::new();
    for part in parts {
        let registry = house.registries.get(&part.upload.object.registry)?;
        let events = EventTimes {
            received: Some(row.received_at),
            processed: Some(now),
            ..EventTimes::default()
        };
        let zone = &house.config.time_zone;
        let deadline =
            registry.schedule.erasure(Clock::Object, &events, zone).map_err(io::Error::other)?;
        let limit = registry.schedule.statutory_limit(&events, zone).map_err(io::Error::other)?;
        let object = Object {
            id: part.upload.object.clone(),
            created_at: now,
            payload_bytes: part.upload.payload_bytes,
            payload_sha256: part.upload.payload_sha256,
            plain_bytes: part.plain_bytes,
            plain_sha256: part.plain_sha256,
            recipients: registry.recipients.as_strings(),
            due_at: deadline.map(|deadline| deadline.at),
            due_rule: deadline.map(|deadline| deadline.rule.to_string()).unwrap_or_default(),
            statutory_limit: limit,
            state: ObjectState::Stored,
            hold_why: None,
            header_erased_at: None,
            erased_at: None,
        };
        rows.push((object, part.header));
        uploads.entry(part.upload.object.registry.clone()).or_default().push(part.upload);
    }
    Ok(rows)
}

fn verdict_entry(
    ledger: &mut dyn Ledger,
    row: &Submission,
    now: Timestamp,
) -> Result<u64, catalogue::error::CatalogueError> {
    let event = match row.verdict {
        _ if row.rehearsal => Event::Rehearsal,
        Some(Verdict::Accepted) => Event::Accepted,
        Some(Verdict::Duplicate) => Event::Duplicate,
        Some(Verdict::Held) => Event::Held,
        Some(Verdict::Partly) => Event::PartlyAccepted,
        Some(Verdict::Rejected) | None => Event::Refused,
    };
    trail::record(ledger, now, event, |entry| {
        let mut entry = entry
            .submission(row.id)
            .sender(row.sender.clone())
            .count("accepted", row.records.accepted)
            .count("rejected", row.records.rejected)
            .count("findings", row.findings.len() as u64 + row.findings_beyond)
            .count("bytes", row.bytes);
        entry.kind.clone_from(&row.kind);
        entry.detail_sha256 = row.sha256;
        entry
    })
}

/// A file that was refused without being read, as if it had been.
pub fn refused(finding: Finding) -> Passed {
    let mut findings = Findings::default();
    findings.push(finding);
    Passed {
        content: None,
        kind: None,
        registries: Vec::new(),
        evidence: Evidence::Quiet,
        assumed_encoding: false,
        outcome: Err(findings),
        kept: None,
    }
}

/// Any failure of the house's own.
pub struct Failed(pub io::Error);

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self(error)
    }
}

impl From<catalogue::error::CatalogueError> for Failed {
    fn from(error: catalogue::error::CatalogueError) -> Self {
        Self(io::Error::other(error))
    }
}
