//! The catalogue's side of a claim: durable intents before a file is touched, and what a restart
//! makes of them.

pub mod claimed;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use jiff::Timestamp;

use crate::{
    catalogue::{
        ledger::Ledger,
        records::submissions::{Event, Inode, SealedName, Submission, SubmissionFilter},
    },
    durable,
    intake::{
        Refusal,
        claim::{Fate, Intent},
        directory::EntryKind,
        name::SenderFileName,
        refusal::RefusalReason,
    },
    pipeline::{answer::facts::Facts, house::House},
    types::{
        ids::{SenderId, SubmissionId},
        verdict::{Evidence, State},
    },
};

/// Records a batch of intents in one transaction.
///
/// # Errors
/// When the catalogue cannot be written: nothing may be touched then.
pub fn write_intents(house: &House, intents: &[Intent]) -> io::Result<()> {
    let now = house.now();
    let row = |intent: &Intent| {
        let inode = Inode { dev: intent.dev, inode: intent.ino };
        let mut row = Submission::claimed(intent.id, intent.sender.clone(), now, inode);
        row.rehearsal = intent.rehearsal;
        row.bytes = intent.size;
        row.language = house.sender(&intent.sender).map(|sender| sender.language);
        let mut nonce = [0; 12];
        (house.random)(&mut nonce);
        row.sealed_name = Some(SealedName(house.names.seal(&intent.name, intent.id, nonce)));
        match intent.fate {
            Fate::Take { evidence, manifest, signature } => {
                row.evidence = Some(evidence);
                row.manifest_sha256 = manifest;
                if signature.is_some() {
                    row.notes = Facts { signature, ..Facts::default() }.into_map();
                }
            }
            Fate::Refuse(reason) => {
                let refusal = Some(reason.code().to_owned());
                row.notes = Facts { refusal, ..Facts::default() }.into_map();
            }
        }
        row
    };
    let rows: Vec<Submission> = intents.iter().map(row).collect();
    let work = move |ledger: &mut dyn Ledger| {
        for row in &rows {
            ledger.add_submission(row)?;
            let event = State::Claimed.as_str().to_owned();
            ledger.add_event(&Event { submission: row.id, at: now, event, audit_seq: None })?;
        }
        Ok(())
    };
    house.record(Box::new(work))?;
    durable::fail_point("intents-written");
    Ok(())
}

/// Which of the refused things have no receipt yet, in their order. Directories stay where they
/// are, so that each start and each reload finds them again.
///
/// One question for each sender, however many directories it makes, and about what came since the
/// oldest of them was changed: a sender's whole history would keep intake from its work.
///
/// # Errors
/// When the catalogue cannot be read.
pub fn unanswered(house: &House, refused: &[Refusal]) -> io::Result<Vec<bool>> {
    let mut answers: BTreeMap<&SenderId, Vec<Submission>> = BTreeMap::new();
    let directories = || refused.iter().filter(|one| one.kind == EntryKind::Directory);
    for sender in directories().map(|one| &one.sender).collect::<BTreeSet<_>>() {
        let own = || directories().filter(|one| one.sender == *sender);
        let since = own().map(Refusal::changed_at).min();
        let filter = SubmissionFilter {
            sender: Some(sender.clone()),
            // A time that is none narrows nothing.
            since: since.and_then(|since| Timestamp::from_nanosecond(since).ok()),
            inodes: Some(own().map(Refusal::inode).collect()),
            ..SubmissionFilter::default()
        };
        let rows = house.look(|view| view.submissions(&filter))?;
        answers.insert(sender, rows);
    }
    let has_answer = |one: &Refusal| {
        let rows = answers.get(&one.sender).filter(|_| one.kind == EntryKind::Directory);
        rows.into_iter().flatten().any(|row| answers_to(row, one))
    };
    Ok(refused.iter().map(|one| !has_answer(one)).collect())
}

fn answers_to(row: &Submission, refusal: &Refusal) -> bool {
    let same = row.claim.inode == refusal.inode() && row.rehearsal == refusal.rehearsal;
    let mut told = row.findings.iter().filter_map(|finding| finding.hint.as_ref());
    // What was changed since, or has its inode from one that is gone, is told of anew.
    same && row.received_at.as_nanosecond() >= refusal.changed_at()
        && told.any(|hint| hint.key == refusal.why.code())
}

/// Drops the rows of intents that came to nothing: the files were never moved.
///
/// # Errors
/// When the catalogue cannot be written.
pub fn void(house: &House, ids: &[SubmissionId]) -> io::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids = ids.to_vec();
    let work = move |ledger: &mut dyn Ledger| {
        ids.iter().try_for_each(|id| ledger.void_submission(*id).map(drop))
    };
    house.record(Box::new(work)).map_err(io::Error::other)
}

/// The intents that a stopped daemon left, as intake made them, with the state that each had
/// reached.
///
/// # Errors
/// When the catalogue cannot be read.
pub fn unfinished(house: &House) -> io::Result<Vec<(Intent, State)>> {
    let rows = house.look(|view| view.unfinished())?;
    Ok(rows.into_iter().map(|row| (intent(house, &row), row.state)).collect())
}

fn intent(house: &House, row: &Submission) -> Intent {
    let sealed = row.sealed_name.as_ref();
    let name = sealed
        .and_then(|sealed| house.names.open(&sealed.0, row.id))
        .unwrap_or_else(|| SenderFileName::new(row.id.to_string().into_bytes()));
    let Facts { refusal, signature, .. } = Facts::of(row);
    let fate = match refusal.as_deref().and_then(RefusalReason::parse) {
        Some(reason) => Fate::Refuse(reason),
        None => Fate::Take {
            evidence: row.evidence.unwrap_or(Evidence::Quiet),
            manifest: row.manifest_sha256,
            signature,
        },
    };
    Intent {
        id: row.id,
        sender: row.sender.clone(),
        rehearsal: row.rehearsal,
        name,
        dev: row.claim.dev,
        ino: row.claim.inode,
        size: row.bytes,
        fate,
    }
}
