//! Answers what is on record: audit log, receipts, then the claimed file goes. Every step can be
//! done again, from the catalogue alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use jiff::Timestamp;

use crate::{
    audit::{log::Appending, proof::InclusionProof},
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{
            objects::{Object, ObjectFilter},
            submissions::{Event as Happened, Submission},
        },
    },
    durable::{
        self,
        file_system::Unsynced,
        group::{Group, IfExists},
    },
    intake::name::SenderFileName,
    kinds,
    pipeline::{facts::Facts, house::House, subject::Subject, trail},
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

/// Answers submissions whose state is `stored` or `answered`. What was claimed is removed when that
/// is on record, which [`close`] or the next commit sees to. What
/// fails stays as it is, and the house remembers that it is owed. `known`: those whose rows need not
/// be read again.
pub fn answer(house: &House, subjects: Vec<Subject>, known: Vec<Full>) {
    let ids: Vec<SubmissionId> = subjects.iter().map(Subject::id).collect();
    let Answered { owed, closing, unsynced } = match publish(house, &ids, known) {
        Ok(answered) => answered,
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
    let left = subjects.into_iter().map(Subject::let_go).collect();
    house.close_later(Unrecorded { closing, left, logged: None, unsynced });
}

/// Removes what was claimed, when its answer is on record. What cannot be removed is tried again.
pub fn remove(house: &House, left: Vec<Subject>) {
    if left.is_empty() {
        return;
    }
    let mut kept = Vec::new();
    for subject in left {
        match subject.remove() {
            Ok(()) => durable::fail_point("removed-one"),
            Err(error) => {
                tracing::error!(submission = %subject.id(), %error, "Cannot remove a claimed file; it is tried again.");
                kept.push(subject);
            }
        }
    }
    house.owe(kept);
    durable::fail_point("removed");
}

/// What came of publishing receipts.
struct Answered {
    /// Those whose sender's outbound directory does not take them: they keep nobody else waiting.
    owed: BTreeSet<SubmissionId>,
    /// What is to be recorded of the others.
    closing: Vec<Closing>,
    /// The names of their receipts.
    unsynced: Unsynced,
}

/// What is to be recorded of a submission whose receipt lies in its place. Nobody waits for it: a
/// start that does not find it recorded finds the claimed file and the receipt, and comes to the
/// same.
#[derive(Debug, Clone)]
pub struct Closing {
    id: SubmissionId,
    /// Its final state.
    state: State,
    at: Timestamp,
    audit_seq: Option<u64>,
}

impl Closing {
    fn of(row: &Submission, at: Timestamp) -> Self {
        let state = match row.verdict {
            _ if Facts::quarantined_of(row) => State::Quarantined,
            Some(Verdict::Rejected) => State::Rejected,
            Some(Verdict::Held) if !row.rehearsal => State::Held,
            _ => State::Done,
        };
        Self { id: row.id, state, at, audit_seq: row.receipt.audit_seq }
    }

    fn record(&self, ledger: &mut dyn Ledger) -> Result<(), CatalogueError> {
        let Self { id: submission, state, at, audit_seq } = *self;
        ledger.submission_ended(submission, state, at)?;
        let event = state.as_str().to_owned();
        ledger.add_event(&Happened { submission, at, event, audit_seq })
    }
}

/// Publishes the receipts of those of these submissions that wait for one.
///
/// The audit entries and the receipts are synced together. Then the log's checkpoint takes its name,
/// durably, and only then do the receipts take theirs, to be synced before the end is on record.
///
/// # Errors
/// When the log, the disk or the catalogue fails: all of it can be done again.
fn publish(house: &House, ids: &[SubmissionId], known: Vec<Full>) -> io::Result<Answered> {
    let rows = rows(house, ids, known)?;
    let now = house.now();
    let (waiting, others): (Vec<&Full>, Vec<&Full>) =
        rows.iter().partition(|full| full.row.state == State::Stored);
    let of_others = others.iter().filter(|full| full.row.state == State::Answered);
    let mut closing: Vec<Closing> = of_others.map(|full| Closing::of(&full.row, now)).collect();
    if waiting.is_empty() {
        trail::flush(house)?;
        return Ok(Answered { owed: BTreeSet::new(), closing, unsynced: Unsynced::default() });
    }
    let (closed, unsynced) = {
        let mut log = house.log()?;
        let (appending, last) = trail::begin(house, &mut log)?;
        let seqs: Vec<u64> = waiting.iter().filter_map(|r| r.row.receipt.audit_seq).collect();
        let proofs = appending.prove_many(&seqs).map_err(io::Error::other)?;
        let receipts = Receipts { house, waiting: &waiting, proofs: &proofs };
        receipts.deliver(appending, last)?
    };
    durable::fail_point("receipts");
    let (owed, published): (Vec<&Full>, Vec<&Full>) =
        waiting.into_iter().partition(|full| closed.contains(&full.row.sender));
    see_to_alarms(house, &published, &closed)?;
    for full in &published {
        tell(&full.row);
    }
    closing.extend(published.iter().map(|full| Closing::of(&full.row, now)));
    let owed = owed.into_iter().map(|full| full.row.id).collect();
    Ok(Answered { owed, closing, unsynced })
}

/// Raises the alarm for directories that take no receipts, and clears it for those that do again.
fn see_to_alarms(
    house: &House,
    published: &[&Full],
    closed: &BTreeSet<SenderId>,
) -> io::Result<()> {
    let alarms = house
        .look(|view| view.alarms())
        .map_err(|error: CatalogueError| io::Error::other(error))?;
    let stands = |sender: &SenderId| {
        alarms.iter().any(|alarm| alarm.code == RECEIPT_OWED && alarm.subject == sender.as_str())
    };
    let open: BTreeSet<SenderId> = published
        .iter()
        .map(|full| &full.row.sender)
        .filter(|sender| stands(sender))
        .cloned()
        .collect();
    let closed: BTreeSet<SenderId> =
        closed.iter().filter(|sender| !stands(sender)).cloned().collect();
    if open.is_empty() && closed.is_empty() {
        return Ok(());
    }
    let now = house.now();
    let work = move |ledger: &mut dyn Ledger| {
        for sender in &open {
            trail::clear(ledger, now, RECEIPT_OWED, sender.as_str(), |entry| {
                entry.sender(sender.clone())
            })?;
        }
        for sender in &closed {
            trail::raise(ledger, now, RECEIPT_OWED, sender.as_str(), None, |entry| {
                entry.sender(sender.clone())
            })?;
        }
        Ok(())
    };
    house.record(Box::new(work)).map_err(io::Error::other)
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

/// Receipts on their way into outbound directories.
struct Receipts<'a> {
    house: &'a House,
    waiting: &'a [&'a Full],
    proofs: &'a [InclusionProof],
}

impl Receipts<'_> {
    /// Finishes the append and puts the receipts in their places. Gives the senders whose directory
    /// does not take theirs, and the names that the others took. `last`: the newest entry's place.
    fn deliver(
        &self,
        mut appending: Appending<'_>,
        last: Option<u64>,
    ) -> io::Result<(BTreeSet<SenderId>, Unsynced)> {
        let mut closed = BTreeSet::new();
        let checkpoint = appending.checkpoint_text().to_owned();
        let mut receipts = Group::new();
        self.stage(None, &checkpoint, &mut receipts, &mut closed);
        Group::sync_together(&mut [appending.group(), &mut receipts]).map_err(io::Error::other)?;
        appending.finish().map_err(io::Error::other)?;
        durable::fail_point("audited");
        if let Some(last) = last {
            self.house.logged(last);
        }
        let error = match receipts.take_names() {
            Ok(unsynced) => return Ok((closed, unsynced)),
            Err(error) => error,
        };
        if durable::is_void() {
            return Err(io::Error::other(error));
        }
        // Some directory lets write and not name: each for itself, to find out which.
        let senders: BTreeSet<&SenderId> =
            self.waiting.iter().map(|full| &full.row.sender).collect();
        for sender in senders {
            let mut receipts = Group::new();
            self.stage(Some(sender), &checkpoint, &mut receipts, &mut closed);
            if receipts.commit().is_err() {
                closed.insert(sender.clone());
            }
        }
        Ok((closed, Unsynced::default()))
    }

    /// Writes the receipts of one sender, or of all, beside their places.
    fn stage(
        &self,
        of: Option<&SenderId>,
        checkpoint: &str,
        group: &mut Group,
        closed: &mut BTreeSet<SenderId>,
    ) {
        let proofs: BTreeMap<u64, &InclusionProof> =
            self.proofs.iter().map(|proof| (proof.seq, proof)).collect();
        for full in self.waiting.iter().filter(|full| of.is_none_or(|of| *of == full.row.sender)) {
            let sender = &full.row.sender;
            let proof = full.row.receipt.audit_seq.and_then(|seq| proofs.get(&seq));
            let proof = proof.map(|proof| (*proof, checkpoint));
            if !closed.contains(sender)
                && let Err(error) = stage(self.house, full, proof, group)
            {
                tracing::debug!(%sender, error = %chain(&error), "Cannot write a receipt.");
                closed.insert(sender.clone());
            }
        }
    }
}

/// Records what is left to be recorded of answered submissions, in a transaction of its own, and
/// removes what was claimed.
///
/// # Errors
/// When the catalogue fails; it is remembered, and done with the next.
pub fn close(house: &House) -> io::Result<()> {
    let Unrecorded { closing, left, logged, unsynced } = house.take_closing();
    if !closing.is_empty() || logged.is_some() {
        let copy = closing.clone();
        let work = move |ledger: &mut dyn Ledger| record(ledger, &copy, logged);
        let recorded = unsynced.sync().map_err(io::Error::other);
        let recorded =
            recorded.and_then(|()| house.record(Box::new(work)).map_err(io::Error::other));
        if let Err(error) = recorded {
            house.close_later(Unrecorded { closing, left, logged, unsynced });
            return Err(error);
        }
        durable::fail_point("closed");
    }
    remove(house, left);
    Ok(())
}

/// What is on disk and not yet on record.
#[derive(Default)]
pub struct Unrecorded {
    /// Answered submissions.
    pub closing: Vec<Closing>,
    /// Their claimed files, to be removed when they are on record.
    pub left: Vec<Subject>,
    /// The last audit entry that the log has durably.
    pub logged: Option<u64>,
    /// The names of their receipts, to be durable before they are on record.
    pub unsynced: Unsynced,
}

impl Unrecorded {
    /// Adds more.
    pub fn append(&mut self, other: Self) {
        self.closing.extend(other.closing);
        self.left.extend(other.left);
        self.logged = self.logged.max(other.logged);
        self.unsynced.append(other.unsynced);
    }

    /// Records it.
    ///
    /// # Errors
    /// When the catalogue fails.
    pub fn record(&self, ledger: &mut dyn Ledger) -> Result<(), CatalogueError> {
        record(ledger, &self.closing, self.logged)
    }
}

fn record(
    ledger: &mut dyn Ledger,
    closing: &[Closing],
    logged: Option<u64>,
) -> Result<(), CatalogueError> {
    if let Some(last) = logged {
        ledger.outbox_written(last)?;
    }
    closing.iter().try_for_each(|closing| closing.record(ledger))
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

fn rows(house: &House, ids: &[SubmissionId], known: Vec<Full>) -> io::Result<Vec<Full>> {
    let mut known: BTreeMap<SubmissionId, Full> =
        known.into_iter().map(|full| (full.row.id, full)).collect();
    house
        .look(|view| {
            let mut rows = Vec::new();
            for id in ids {
                if let Some(full) = known.remove(id) {
                    rows.push(full);
                    continue;
                }
                let Some(row) = view.submission(*id)? else { continue };
                let filter = ObjectFilter { submission: Some(*id), ..ObjectFilter::default() };
                let objects = view.objects(&filter)?.into_iter().map(|object| object.id).collect();
                let first = match row.duplicate_of {
                    Some(first) => view.submission(first)?,
                    None => None,
                };
                rows.push(Full { row, objects, first });
            }
            Ok(rows)
        })
        .map_err(|error: CatalogueError| io::Error::other(error))
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
    let (xml, txt) = names::names(stem.expose_text(), row.id, Facts::answer_of(row));
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
