//! What the daemon would answer to a file, without taking it: the same pass, the same rules, the
//! same receipt. Stores nothing.

use std::{
    fs::File,
    io::{self, Seek},
};

use jiff::{Timestamp, civil::Date};

use crate::{
    catalogue::{
        error::CatalogueError,
        records::submissions::{Inode, Submission},
        view::View,
    },
    format::structure::structure,
    pipeline::{
        answer::{
            facts::{self, Facts},
            receipts::{self, ReceiptInput},
        },
        commit::{conclude_documents, outcome::Outcome},
        house::House,
        pass::{
            self, Passed,
            order::{Order, Signing},
        },
    },
    receipt::Written,
    seal::identity::Identity,
    signature::{Detached, Wrong},
    types::{
        digest::Sha256,
        finding::Findings,
        ids::SenderId,
        verdict::{Evidence, Structure, Verdict},
    },
};

/// What would come of a file.
pub struct DryRun {
    /// The submission as it would be recorded.
    pub row: Submission,
    /// The receipt as it would be written, without an audit entry.
    pub receipt: Written,
}

/// What lies beside a file as its signature.
pub enum SignatureFile<'a> {
    /// These bytes, or nothing.
    Found(Option<&'a [u8]>),
    /// It is made here, to be looked at before anybody signs it.
    NotYet,
}

/// Judges a file as if this sender had sent it at this time.
///
/// # Errors
/// When the file or the catalogue cannot be read.
pub fn dry_run(
    house: &House,
    file: &File,
    beside: &SignatureFile<'_>,
    sender: &SenderId,
    at: Timestamp,
) -> io::Result<DryRun> {
    let submission = house.next_submission();
    let size = file.metadata()?.len();
    let signing = signing(house, beside, sender);
    let order = Order {
        submission,
        sender,
        file,
        size,
        evidence: evidence_of(house, file)?,
        manifest: None,
        signing: *signing.as_ref().unwrap_or(&Signing::NotYet),
        received_at: at,
        seals: false,
        alone: true,
        tidy: || {},
    };
    let passed = match signing {
        Ok(_) => pass::pass(house, &order)?,
        Err(wrong) => Passed::refused(wrong.finding()),
    };
    let Passed { content, kind, evidence, assumed_encoding, letter, signed_by, outcome, .. } =
        passed;
    let inode = Inode { dev: 0, inode: 0 };
    let mut row = Submission::claimed(submission, sender.clone(), at, inode);
    row.rehearsal = true;
    row.kind = kind;
    row.bytes = size;
    row.sha256 = content.map(|(digest, _)| digest);
    row.evidence = Some(evidence);
    row.timings.stored_at = Some(at);
    let (read, answer) = (content.is_some(), facts::FIRST);
    let mut facts = Facts { read, assumed_encoding, letter, signed_by, answer, ..Facts::default() };
    let (mut outcome, first) = match outcome {
        Ok(taken) => house.look(|view| {
            if let Some(first) = first_with(view, sender, row.sha256)? {
                let outcome = Outcome::plain(Verdict::Duplicate, Findings::default());
                return Ok::<_, io::Error>((outcome, Some(first)));
            }
            Ok((conclude_documents::conclude_dry(house, view, sender, taken)?, None))
        })?,
        Err(refusal) => (Outcome::refused(refusal), None),
    };
    row.duplicate_of = first.as_ref().map(|first| first.id);
    outcome.write_to(&mut row)?;
    facts.notes = receipts::told_of_archive(house, outcome.notes);
    row.notes = facts.into_map();
    let full = ReceiptInput { row, objects: Vec::new(), first };
    let receipt = receipts::write(house, &full, None);
    Ok(DryRun { row: full.row, receipt })
}

/// What intake would make of what lies beside it.
fn signing(house: &House, beside: &SignatureFile<'_>, sender: &SenderId) -> Result<Signing, Wrong> {
    let SignatureFile::Found(signature) = beside else { return Ok(Signing::NotYet) };
    let keys = house.sender(sender).map_or(&[][..], |sender| &sender.signing_keys);
    if keys.is_empty() {
        return Ok(Signing::Beside(None));
    }
    let signature = signature.map(Detached::read).transpose()?;
    signature.map_or(Ok(()), |signature| signature.is_by(keys))?;
    Ok(Signing::Beside(signature))
}

/// What intake would find out of it: a file that lies there was closed by whoever wrote it, and may
/// prove that it is whole by its own structure.
fn evidence_of(house: &House, mut file: &File) -> io::Result<Evidence> {
    let identity = house.inbound.as_deref().map(Identity::as_age);
    // What cannot be looked into says nothing of its end; the pass says why.
    let found = structure(file, identity).unwrap_or(Structure::Unknown);
    file.rewind()?;
    Ok(if found == Structure::Complete { Evidence::Structure } else { Evidence::Closed })
}

/// The submission that the same bytes were answered with (IN-03).
fn first_with(
    view: &dyn View,
    sender: &SenderId,
    sha256: Option<Sha256>,
) -> Result<Option<Submission>, CatalogueError> {
    let Some(sha256) = sha256 else { return Ok(None) };
    let Some(first) = view.first_accepted_with(sender, sha256)? else { return Ok(None) };
    view.submission(first)
}

/// The start of a local day, for a file that is judged as if it came then.
///
/// # Errors
/// When the calendar has no such day.
pub fn start_of(house: &House, day: Date) -> io::Result<Timestamp> {
    let zoned = day.to_zoned(house.config.time_zone.clone()).map_err(io::Error::other)?;
    Ok(zoned.timestamp())
}
