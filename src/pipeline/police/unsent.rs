//! What could not be sent to the police before its deadline: its hospital is told by a second
//! receipt.
//!
//! The sweep that erases it raises the alarm; the words of the alarm say whether the hospital
//! knows.

use std::io;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{error::CatalogueError, ledger::Ledger, records::submissions::Submission},
    pipeline::{
        answer::{receipts::ReceiptInput, second_receipts},
        house::House,
        pass::hints,
    },
    retention::exchange::NEVER_SENT,
    types::{
        alarm::AlarmCode,
        finding::{Finding, Place},
        ids::SubmissionId,
        rules::intake::IN_01,
        verdict::{State, Verdict},
    },
};

/// Tells the hospitals. What one of them cannot be told yet waits for the next round, and keeps no
/// other waiting.
///
/// # Errors
/// When the catalogue, the log or the disk fails; doing it again is safe.
pub fn tell(house: &House) -> io::Result<()> {
    let alarms = house.look(|view| view.alarms())?.into_iter();
    let untold = alarms.filter(|alarm| {
        alarm.is(AlarmCode::ArchiveRefused) && alarm.detail.as_deref() == Some(NEVER_SENT)
    });
    let untold: Vec<_> =
        untold.filter_map(|alarm| SubmissionId::parse(&alarm.subject).ok()).take(AT_ONCE).collect();
    if untold.is_empty() {
        return Ok(());
    }
    let now = house.now();
    let rejected = house.transact(|ledger| {
        let mut rejected = Vec::new();
        for id in untold {
            let row = ledger.submission(id)?.filter(|row| row.state == State::Done);
            let Some(mut row) = row else { continue };
            if row.verdict != Some(Verdict::Rejected) {
                row = judge_anew(ledger, row, now)?;
            }
            rejected.push(ReceiptInput { row, objects: Vec::new(), first: None });
        }
        Ok::<_, CatalogueError>(rejected)
    })?;
    let told = second_receipts::publish(house, rejected)?;
    let told_now = house.now();
    Ok(house.transact(|ledger| {
        told.iter().try_for_each(|row| {
            let subject = row.id.to_string();
            audited::raise(ledger, told_now, AlarmCode::ArchiveRefused, &subject, Some(TOLD))
        })
    })?)
}

fn judge_anew(
    ledger: &mut dyn Ledger,
    row: Submission,
    now: jiff::Timestamp,
) -> Result<Submission, CatalogueError> {
    let submission = row.id;
    let seq = audited::record(ledger, now, Event::Refused, |entry| {
        entry.submission(submission).rule(IN_01.code)
    })?;
    let finding = Finding::new(&IN_01, Place::File {}).hint(&hints::NEVER_SENT);
    second_receipts::refuse(ledger, row, finding, NEVER_SENT, seq, now)
}

/// Words of the alarm once the hospital has its second receipt.
const TOLD: &str = "never-sent, hospital told";

/// Told together.
const AT_ONCE: usize = 100;
