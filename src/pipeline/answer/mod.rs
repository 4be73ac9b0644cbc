//! Answers what is on record: audit log, then receipts. Every step can be done again, from the
//! catalogue alone.

pub mod close;
pub mod facts;
pub mod receipts;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use crate::{
    audit::{log::append::Appending, proof::InclusionProof},
    audited,
    catalogue::{ledger::Ledger, records::submissions::Submission},
    durable::{self, file_system::Unsynced, group::Group},
    pipeline::{
        answer::{
            close::{Closing, Unrecorded},
            receipts::ReceiptInput,
        },
        audit_queue,
        claim::claimed::Claimed,
        house::House,
    },
    types::{
        alarm::AlarmCode,
        causes::chain,
        ids::{SenderId, SubmissionId},
        verdict::{State, Verdict},
    },
};

/// Answers submissions whose state is `stored` or `answered`. What was claimed is removed when that
/// is on record, which [`close`](crate::pipeline::answer::close::close) or the next commit sees to.
/// What fails stays as it is, and the house remembers that it is owed. `known`: those whose rows
/// need not be read again. Gives those whose sender's directory does not take their receipts, or
/// nothing where the failure was no sender's.
pub fn answer(
    house: &House,
    subjects: Vec<Claimed>,
    known: Vec<ReceiptInput>,
) -> Option<BTreeSet<SubmissionId>> {
    let ids: Vec<SubmissionId> = subjects.iter().map(Claimed::id).collect();
    let Answered { owed, closing, unsynced } = match publish(house, &ids, known) {
        Ok(answered) => answered,
        Err(error) => {
            // The batch was recorded; only its answers are owed.
            tracing::error!(code = "answer-failed", error = %chain(&error), "Cannot answer a batch; it is tried again.");
            house.add_unanswered(subjects);
            return None;
        }
    };
    let (refused, subjects): (Vec<Claimed>, _) =
        subjects.into_iter().partition(|subject| owed.contains(&subject.id()));
    house.add_unanswered(refused);
    durable::fail_point("answered");
    let left = subjects.into_iter().map(Claimed::let_go).collect();
    house.add_unrecorded(Unrecorded { closing, left, logged: None, unsynced });
    Some(owed)
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

/// Publishes the receipts of those of these submissions that wait for one.
///
/// The audit entries and the receipts are synced together. Then the log's checkpoint takes its
/// name, durably, and only then do the receipts take theirs, to be synced before the end is on
/// record.
///
/// # Errors
/// When the log, the disk or the catalogue fails: all of it can be done again.
fn publish(house: &House, ids: &[SubmissionId], known: Vec<ReceiptInput>) -> io::Result<Answered> {
    let rows = receipts::rows(house, ids, known)?;
    let now = house.now();
    let (waiting, others): (Vec<&ReceiptInput>, Vec<&ReceiptInput>) =
        rows.iter().partition(|full| full.row.state == State::Stored);
    let of_others = others.iter().filter(|full| full.row.state == State::Answered);
    let mut closing: Vec<Closing> = of_others.map(|full| Closing::of(&full.row, now)).collect();
    if waiting.is_empty() {
        audit_queue::flush(house)?;
        return Ok(Answered { owed: BTreeSet::new(), closing, unsynced: Unsynced::default() });
    }
    let (closed, unsynced) = put(house, &waiting)?;
    let (owed, published): (Vec<&ReceiptInput>, Vec<&ReceiptInput>) =
        waiting.into_iter().partition(|full| closed.contains(&full.row.sender));
    for full in &published {
        tell(&full.row);
    }
    closing.extend(published.iter().map(|full| Closing::of(&full.row, now)));
    let owed = owed.into_iter().map(|full| full.row.id).collect();
    Ok(Answered { owed, closing, unsynced })
}

/// Publishes second receipts, durably, and gives the submissions whose sender's directory took
/// them. The others are owed theirs still, and keep nobody waiting.
///
/// # Errors
/// When the log, the disk or the catalogue fails: all of it can be done again.
pub fn publish_second(house: &House, waiting: Vec<ReceiptInput>) -> io::Result<Vec<Submission>> {
    let (closed, unsynced) = put(house, &waiting.iter().collect::<Vec<_>>())?;
    unsynced.sync()?;
    let rows = waiting.into_iter().map(|full| full.row);
    Ok(rows.filter(|row| !closed.contains(&row.sender)).collect())
}

/// Appends what waits for the log, puts receipts in their places, and sees to the alarms about
/// them. Gives the senders whose directory does not take theirs, and the names that the others
/// took.
fn put(house: &House, waiting: &[&ReceiptInput]) -> io::Result<(BTreeSet<SenderId>, Unsynced)> {
    let (closed, unsynced) = {
        let mut log = house.log()?;
        let (appending, last) = audit_queue::begin(house, &mut log)?;
        let seqs: Vec<u64> = waiting.iter().filter_map(|r| r.row.receipt.audit_seq).collect();
        let proofs = appending.prove_many(&seqs)?;
        let receipts = Receipts { house, waiting, proofs: &proofs };
        receipts.deliver(appending, last)?
    };
    durable::fail_point("receipts");
    let open =
        waiting.iter().map(|full| &full.row.sender).filter(|sender| !closed.contains(sender));
    see_to_alarms(house, &open.collect(), &closed)?;
    Ok((closed, unsynced))
}

/// Raises the alarm for directories that take no receipts, and clears it for those that do again.
fn see_to_alarms(
    house: &House,
    open: &BTreeSet<&SenderId>,
    closed: &BTreeSet<SenderId>,
) -> io::Result<()> {
    let alarms = house.look(|view| view.alarms())?;
    let stands = |sender: &SenderId| {
        alarms
            .iter()
            .any(|alarm| alarm.is(AlarmCode::ReceiptOwed) && alarm.subject == sender.as_str())
    };
    let open: BTreeSet<SenderId> =
        open.iter().filter(|sender| stands(sender)).map(|sender| (*sender).clone()).collect();
    let closed: BTreeSet<SenderId> =
        closed.iter().filter(|sender| !stands(sender)).cloned().collect();
    if open.is_empty() && closed.is_empty() {
        return Ok(());
    }
    let now = house.now();
    let work = move |ledger: &mut dyn Ledger| {
        for sender in &open {
            audited::clear(ledger, now, AlarmCode::ReceiptOwed, sender.as_str())?;
        }
        for sender in &closed {
            audited::raise(ledger, now, AlarmCode::ReceiptOwed, sender.as_str(), None)?;
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
    waiting: &'a [&'a ReceiptInput],
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
        Group::sync_together(&mut [appending.group(), &mut receipts])?;
        appending.finish()?;
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
                && let Err(error) = receipts::stage(self.house, full, proof, group)
            {
                tracing::debug!(%sender, error = %chain(&error), "Cannot write a receipt.");
                closed.insert(sender.clone());
            }
        }
    }
}
