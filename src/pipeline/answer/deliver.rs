//! Brings receipts into outbound directories, in one write with the log that proves them.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use crate::{
    audit::{log::append::Appending, proof::InclusionProof},
    audited,
    catalogue::ledger::Ledger,
    durable::{self, file_system::Unsynced, group::Group},
    pipeline::{
        answer::receipts::{self, ReceiptInput},
        audit_queue,
        house::House,
    },
    types::{alarm::AlarmCode, causes::chain, ids::SenderId},
};

/// Appends what waits for the log, puts receipts in their places, and sees to the alarms about
/// them. Gives the senders whose directory does not take theirs, and the names that the others
/// took.
pub(super) fn deliver(
    house: &House,
    waiting: &[&ReceiptInput],
) -> io::Result<(BTreeSet<SenderId>, Unsynced)> {
    let (closed, unsynced) = {
        let mut log = house.log()?;
        let (appending, last) = audit_queue::begin(house, &mut log)?;
        let seqs: Vec<u64> = waiting.iter().filter_map(|r| r.row.receipt.audit_seq).collect();
        let proofs = appending.prove_many(&seqs)?;
        let receipts = Receipts { house, waiting, proofs: &proofs };
        receipts.put(appending, last)?
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

/// Receipts on their way into outbound directories.
struct Receipts<'a> {
    house: &'a House,
    waiting: &'a [&'a ReceiptInput],
    proofs: &'a [InclusionProof],
}

impl Receipts<'_> {
    /// Finishes the append and puts the receipts in their places. Gives the senders whose directory
    /// does not take theirs, and the names that the others took. `last`: the newest entry's place.
    fn put(
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
            self.house.pending.logged(last);
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
