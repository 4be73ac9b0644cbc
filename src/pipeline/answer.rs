//! Answers what is on record: audit log, receipts, then the claimed file goes. Every step can be
//! done again, from the catalogue alone.

use std::{collections::BTreeSet, io};

use serde::{Deserialize, Serialize};

use crate::{
    audit::proof::InclusionProof,
    catalogue::{
        self,
        records::{
            objects::{Object, ObjectFilter},
            submissions::{Event as Happened, Submission},
        },
    },
    durable::{self, group::Group, group::IfExists},
    intake::name::SenderFileName,
    kinds,
    pipeline::{house::House, subject::Subject, trail},
    receipt::{
        Content, Earlier, Erasure, Inclusion, KindName, Note, Party, PoliceNote, Receipt, Written,
        names,
    },
    retention::profile::{Start, Subject as Clock},
    seal::Sealer,
    types::{
        ids::{ObjectId, SenderId, SubmissionId},
        rule::{Language, Text},
        verdict::{Evidence, State, Verdict},
    },
};

/// What a receipt says beyond the columns of its submission. Kept with it, so that the same receipt
/// can be written again after a crash.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Facts {
    /// Whether the bytes were read.
    #[serde(default)]
    pub read: bool,
    /// Whether the text's encoding was assumed.
    #[serde(default)]
    pub assumed_encoding: bool,
    /// Sentences for the sender.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// What is erased when.
    #[serde(default)]
    pub erasures: Vec<Erasure>,
    /// Set aside for a fault of ours.
    #[serde(default)]
    pub quarantined: bool,
    /// Why intake refused it, for a restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// Number of the answer: 2 after an operator's decision.
    #[serde(default = "first")]
    pub answer: u32,
}

fn first() -> u32 {
    1
}

impl Facts {
    /// As the catalogue keeps it.
    pub fn into_map(self) -> serde_json::Map<String, serde_json::Value> {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(map)) => map,
            _ => serde_json::Map::new(),
        }
    }

    /// As the catalogue kept it.
    pub fn of(row: &Submission) -> Self {
        serde_json::from_value(serde_json::Value::Object(row.notes.clone())).unwrap_or_default()
    }
}

/// Answers submissions whose state is `stored` or `answered`, and removes what was claimed. What
/// fails stays as it is, and the house remembers that it is owed.
pub fn answer(house: &House, subjects: Vec<Subject>) {
    let ids: Vec<SubmissionId> = subjects.iter().map(Subject::id).collect();
    let owed = match publish(house, &ids) {
        Ok(owed) => owed,
        Err(error) => {
            // The batch was recorded; only its answers are owed.
            tracing::error!(code = "answer-failed", error = %chain(&error), "Cannot answer a batch; it is tried again.");
            return house.owe(subjects);
        }
    };
    let (owed, subjects): (Vec<Subject>, _) =
        subjects.into_iter().partition(|subject| owed.contains(&subject.id()));
    house.owe(owed);
    durable::fail_point("answered");
    let (mut removed, mut kept) = (Vec::new(), Vec::new());
    for subject in subjects {
        let id = subject.id();
        match subject.remove() {
            Ok(()) => {
                durable::fail_point("removed-one");
                removed.push(id);
            }
            Err(error) => {
                tracing::error!(submission = %id, %error, "Cannot remove a claimed file; it is tried again.");
                kept.push(subject);
            }
        }
    }
    house.owe(kept);
    durable::fail_point("removed");
    house.close_later(removed);
}

/// Publishes the receipts of those of these submissions that wait for one, and records it. Gives
/// those whose sender's outbound directory does not take them: they keep nobody else waiting.
///
/// # Errors
/// When the log, the disk or the catalogue fails: all of it can be done again.
pub fn publish(house: &House, ids: &[SubmissionId]) -> io::Result<BTreeSet<SubmissionId>> {
    let logged = trail::append(house)?;
    let rows = rows(house, ids)?;
    let waiting: Vec<&Full> = rows.iter().filter(|r| r.row.state == State::Stored).collect();
    if waiting.is_empty() {
        trail::flush(house)?;
        return Ok(BTreeSet::new());
    }
    let (checkpoint, proofs) = {
        let log = house.log()?;
        let seqs: Vec<u64> = waiting.iter().filter_map(|r| r.row.receipt.audit_seq).collect();
        (log.checkpoint_text().to_owned(), log.prove_many(&seqs).map_err(io::Error::other)?)
    };
    let closed = deliver(house, &waiting, &proofs, &checkpoint)?;
    durable::fail_point("receipts");
    let (owed, published): (Vec<&Full>, Vec<&Full>) =
        waiting.into_iter().partition(|full| closed.contains(&full.row.sender));
    let now = house.now();
    let mut catalogue = house.catalogue();
    catalogue::transact_with(&mut **catalogue, |ledger| {
        if let Some(last) = logged {
            ledger.outbox_written(last)?;
        }
        for full in &published {
            ledger.submission_answered(full.row.id, now)?;
        }
        let open: BTreeSet<&SenderId> = published.iter().map(|full| &full.row.sender).collect();
        for sender in open {
            trail::clear(ledger, now, RECEIPT_OWED, sender.as_str(), |entry| {
                entry.sender(sender.clone())
            })?;
        }
        for sender in &closed {
            trail::raise(ledger, now, RECEIPT_OWED, sender.as_str(), None, |entry| {
                entry.sender(sender.clone())
            })?;
        }
        Ok::<(), catalogue::error::CatalogueError>(())
    })
    .map_err(io::Error::other)?;
    for full in &published {
        tell(&full.row);
    }
    Ok(owed.into_iter().map(|full| full.row.id).collect())
}

/// One line in the journal for each answer: what came, from whom, and what became of it.
fn tell(row: &Submission) {
    let kind = row.kind.as_ref().map_or("unknown", |kind| kind.as_str());
    let verdict = row.verdict.map_or("none", Verdict::as_str);
    let (accepted, rejected) = (row.records.accepted, row.records.rejected);
    tracing::info!(
        submission = %row.id, sender = %row.sender, kind, verdict, accepted, rejected,
        rehearsal = row.rehearsal, bytes = row.bytes, "Answered."
    );
}

/// Puts receipts into outbound directories, in one group. Gives the senders whose directory does
/// not take theirs.
fn deliver(
    house: &House,
    waiting: &[&Full],
    proofs: &[InclusionProof],
    checkpoint: &str,
) -> io::Result<BTreeSet<SenderId>> {
    let mut closed = BTreeSet::new();
    let mut attempt = |of: Option<&SenderId>| {
        let mut group = Group::new();
        for full in waiting.iter().filter(|full| of.is_none_or(|of| *of == full.row.sender)) {
            let sender = &full.row.sender;
            let proof = proofs.iter().find(|proof| Some(proof.seq) == full.row.receipt.audit_seq);
            let proof = proof.map(|proof| (proof, checkpoint));
            if !closed.contains(sender)
                && let Err(error) = stage(house, full, proof, &mut group)
            {
                tracing::debug!(%sender, error = %chain(&error), "Cannot write a receipt.");
                closed.insert(sender.clone());
            }
        }
        group.commit()
    };
    let Err(error) = attempt(None) else { return Ok(closed) };
    if durable::is_void() {
        return Err(io::Error::other(error));
    }
    // Some directory lets write and not name: each for itself, to find out which.
    let senders: BTreeSet<&SenderId> = waiting.iter().map(|full| &full.row.sender).collect();
    let refusing: Vec<SenderId> =
        senders.into_iter().filter(|sender| attempt(Some(sender)).is_err()).cloned().collect();
    closed.extend(refusing);
    Ok(closed)
}

/// Brings answered submissions to their final state. One transaction for all of them.
pub fn close(house: &House, ids: &[SubmissionId]) -> io::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let now = house.now();
    let mut catalogue = house.catalogue();
    catalogue::transact_with(&mut **catalogue, |ledger| {
        for id in ids {
            let Some(row) = ledger.submission(*id)? else { continue };
            if row.state != State::Answered {
                continue;
            }
            let state = match row.verdict {
                _ if Facts::of(&row).quarantined => State::Quarantined,
                Some(Verdict::Rejected) => State::Rejected,
                Some(Verdict::Held) if !row.rehearsal => State::Held,
                _ => State::Done,
            };
            ledger.submission_ended(*id, state, now)?;
            let event = state.as_str().to_owned();
            let audit_seq = row.receipt.audit_seq;
            ledger.add_event(&Happened { submission: *id, at: now, event, audit_seq })?;
        }
        Ok::<(), catalogue::error::CatalogueError>(())
    })
    .map_err(io::Error::other)?;
    durable::fail_point("closed");
    Ok(())
}

/// A submission with what its receipt needs from other rows.
pub struct Full {
    /// The submission.
    pub row: Submission,
    /// Its objects.
    pub objects: Vec<ObjectId>,
    /// The first one, for a duplicate.
    pub first: Option<Submission>,
}

fn rows(house: &House, ids: &[SubmissionId]) -> io::Result<Vec<Full>> {
    let mut catalogue = house.catalogue();
    catalogue::read_with(&mut **catalogue, |view| {
        let mut rows = Vec::new();
        for id in ids {
            let Some(row) = view.submission(*id)? else { continue };
            let filter = ObjectFilter { submission: Some(*id), ..ObjectFilter::default() };
            let objects = view.objects(&filter)?.into_iter().map(|object| object.id).collect();
            let first = match row.duplicate_of {
                Some(first) => view.submission(first)?,
                None => None,
            };
            rows.push(Full { row, objects, first });
        }
        Ok::<_, catalogue::error::CatalogueError>(rows)
    })
    .map_err(io::Error::other)
}

/// Writes both forms of one receipt beside their place in the sender's outbound directory.
pub fn stage(
    house: &House,
    full: &Full,
    proof: Option<(&InclusionProof, &str)>,
    group: &mut Group,
) -> io::Result<()> {
    let row = &full.row;
    let written = write(house, full, proof);
    let sealed = row.sealed_name.as_ref();
    let name = sealed.and_then(|sealed| house.names.open(&sealed.0, row.id));
    let stem = name.unwrap_or_else(|| SenderFileName::new(Vec::new())).receipt_stem(&row.id);
    let (xml, txt) = names::names(stem.expose_text(), row.id, Facts::of(row).answer);
    let dir = house.config.places.outbound(&row.sender);
    let recipient = house.sender(&row.sender).and_then(|sender| sender.recipient.as_ref());
    for (name, bytes) in [(xml, written.xml), (txt, written.txt)] {
        let (name, bytes) = match recipient {
            None => (name, bytes),
            Some(recipient) => (format!("{name}.age"), encrypt(&recipient.to_string(), &bytes)?),
        };
        // A receipt is complete when it appears. After a crash the first one written stays, even
        // where the log has grown since and its proof would read differently.
        if dir.join(&name).exists() {
            // Whoever wrote it may have been killed before the directory was synced.
            group.sync_dir_too(&dir);
        } else {
            group
                .stage(&dir, &name, &bytes, RECEIPT_MODE, IfExists::Same)
                .map_err(io::Error::other)?;
        }
    }
    Ok(())
}

fn encrypt(recipient: &str, bytes: &[u8]) -> io::Result<Vec<u8>> {
    use std::io::Write;
    let recipients = crate::seal::Recipients::parse([recipient]).map_err(io::Error::other)?;
    let mut sealer = Sealer::new(&recipients, Vec::new()).map_err(io::Error::other)?;
    sealer.write_all(bytes)?;
    let sealed = sealer.finish().map_err(io::Error::other)?;
    Ok([sealed.header, sealed.out].concat())
}

/// The receipt's two forms, from what is on record.
pub fn write(house: &House, full: &Full, proof: Option<(&InclusionProof, &str)>) -> Written {
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
    Receipt {
        submission: row.id,
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
        records_accepted: judged.records.accepted,
        records_rejected: judged.records.rejected,
        findings: &judged.findings,
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
pub fn note(note: &kinds::Note) -> Option<Note> {
    match note {
        kinds::Note::AskedPolice { district, needed_by } => {
            let (district, needed_by) = (district.clone(), *needed_by);
            Some(Note::Police(PoliceNote::Asked { district, needed_by }))
        }
        kinds::Note::AwaitsCase => Some(Note::Police(PoliceNote::AwaitsCase)),
        kinds::Note::AwaitsClinician => Some(Note::Police(PoliceNote::AwaitsClinician)),
        kinds::Note::BothDuties => Some(Note::BothDuties),
        kinds::Note::Dropped(_) | kinds::Note::Gap { .. } | kinds::Note::LeftOut(_) => None,
        kinds::Note::EffectiveFrom(day) => Some(Note::EffectiveFrom(*day)),
        kinds::Note::OralRecorded => Some(Note::Police(PoliceNote::OralRecorded)),
        kinds::Note::Reconciled(tally) => Some(Note::Difference {
            enrolled: tally.enrolled,
            changed: tally.changed,
            withdrawn: tally.withdrawn,
            confirmed: tally.confirmed,
        }),
        kinds::Note::Replaces(submission) => Some(Note::Replaces { submission: *submission }),
        kinds::Note::SmallGroups { small, persons, floor, not_counted } => {
            let (small, persons, not_counted) = (*small, *persons, *not_counted);
            Some(Note::SmallGroups { small, persons, floor: *floor, not_counted })
        }
        kinds::Note::ToldPolice { district } => {
            Some(Note::Police(PoliceNote::Told { district: district.clone() }))
        }
    }
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
            let days = registry.schedule.rules().iter().find_map(|rule| {
                let counts =
                    rule.subject == Clock::Enrolment && rule.from == Start::WithdrawalDelivered;
                counts.then(|| rule.after.whole_days()).flatten()
            });
            let enrolment = days.map(|days| Erasure::EnrolmentAfterWithdrawal { days });
            erasures.extend(enrolment.filter(|e| row.kind.is_some() && !erasures.contains(e)));
        }
    }
    erasures
}

/// An error with its causes, which hold no value of any file.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// The alarm for an outbound directory that takes no receipts.
pub const RECEIPT_OWED: &str = "receipt-owed";
/// Readable by the sender's group, writable by nobody else.
const RECEIPT_MODE: u32 = 0o640;
