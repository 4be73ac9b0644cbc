//! What is told of a change in the transaction of the change itself: its entry in the audit log,
//! queued, and the alarms that it raises or ends.
//!
//! The catalogue commits first, so the log never speaks of what did not happen.
//! `pipeline::audit_queue` appends to the log what waits.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{
    audit::entry::{Entry, Event},
    catalogue::{error::CatalogueError, ledger::Ledger},
    types::{
        alarm::AlarmCode,
        ids::{ObjectId, SenderId, SubmissionId},
    },
};

/// Queues an audit entry; gives the place that it will have in the log.
pub fn record(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    event: Event,
    fill: impl Fn(Entry) -> Entry,
) -> Result<u64, CatalogueError> {
    ledger.queue_audit(&mut |seq| fill(Entry::new(seq, now, event)).to_bytes())
}

/// Raises an alarm; audited when it did not stand before. `detail` are words of ours, renewed while
/// it stands.
pub fn raise(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    code: AlarmCode,
    subject: &str,
    detail: Option<&str>,
) -> Result<(), CatalogueError> {
    raise_about(ledger, now, code, subject, detail, |entry| about(entry, code, subject))
}

/// The same of a subject that does not say all that the audit entry is about.
pub fn raise_about(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    code: AlarmCode,
    subject: &str,
    detail: Option<&str>,
    about: impl Fn(Entry) -> Entry,
) -> Result<(), CatalogueError> {
    if ledger.raise_alarm(code.as_str(), subject, now, detail)? {
        record(ledger, now, Event::AlarmRaised, |entry| about(entry.rule(code.as_str())))?;
    }
    Ok(())
}

/// Raises an alarm of something that happened once more: audited also when one stands, because it
/// is about another occasion.
pub fn raise_again(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    code: AlarmCode,
    subject: &str,
    detail: &str,
    about: impl Fn(Entry) -> Entry,
) -> Result<(), CatalogueError> {
    ledger.raise_alarm(code.as_str(), subject, now, Some(detail))?;
    record(ledger, now, Event::AlarmRaised, |entry| about(entry.rule(code.as_str()))).map(drop)
}

/// Ends an alarm; audited when it stood.
pub fn clear(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    code: AlarmCode,
    subject: &str,
) -> Result<(), CatalogueError> {
    if ledger.clear_alarm(code.as_str(), subject)? {
        let fill = |entry: Entry| about(entry.rule(code.as_str()), code, subject);
        record(ledger, now, Event::AlarmCleared, fill)?;
    }
    Ok(())
}

/// Lets the alarms of one code stand for these subjects and no others.
pub fn keep_to(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    code: AlarmCode,
    subjects: &BTreeSet<String>,
) -> Result<(), CatalogueError> {
    for alarm in ledger.alarms()? {
        if alarm.code == code.as_str() && !subjects.contains(&alarm.subject) {
            clear(ledger, now, code, &alarm.subject)?;
        }
    }
    subjects.iter().try_for_each(|subject| raise(ledger, now, code, subject, None))
}

/// Names the sender, object or submission that an alarm is about. An entry has no room for free
/// text: what is none of them is told by the alarm itself.
fn about(entry: Entry, code: AlarmCode, subject: &str) -> Entry {
    if code.is_about_sender() {
        // Behind a slash stands what of the sender it is about.
        let sender = subject.split('/').next().and_then(|id| SenderId::parse(id).ok());
        return match sender {
            Some(sender) => entry.sender(sender),
            None => entry,
        };
    }
    if let Ok(id) = ObjectId::parse(subject) {
        entry.object(id)
    } else if let Ok(id) = SubmissionId::parse(subject) {
        entry.submission(id)
    } else {
        entry
    }
}
