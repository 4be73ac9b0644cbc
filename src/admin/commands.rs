//! What an operator can do: each change is recorded in the audit log with it.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    admin::{
        alarms, certify,
        fault::Fault,
        police::Inquiry,
        pushes,
        queries::Queries,
        request::Request,
        shapes::{
            archive::{ArchiveEntry, ArchiveNext},
            enrolment::Decided,
            police::{Exchange, ReplyDecided},
            push::{PushEntry, PushNext},
            registry::KeyMade,
            retention::{Hold, TaskEnded, TaskRow},
            status::Acknowledged,
        },
    },
    audit::entry::Event,
    audited,
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{
            archive::ArchiveJob,
            objects::{ObjectFilter, ObjectState},
            police::ReplyOutcome,
            pushes::Inbox,
        },
    },
    kinds::police::{
        basis::LegalBasis,
        state::Informed,
        words::{PURPOSES, Purpose},
    },
    pipeline::{
        audit_queue,
        house::House,
        police::{
            archive,
            decide_reply::{self, DecideReplyError},
            disclose::{self, DiscloseError, Disclosure},
        },
        push,
        upkeep::erase,
        withdrawals::decide::{self, DecideError},
    },
    retention::{
        hold::{self, HoldError},
        plan::Target,
        task::{self, TaskError},
    },
    types::{
        alarm::AlarmCode,
        ids::{RegistryId, SubmissionId},
    },
};

/// Answers a request that changes something. `account`: who asks.
///
/// # Errors
/// A [`Fault`] that says what to do; nothing was changed then, unless it says otherwise.
pub fn answer(house: &House, request: &Request, account: &str) -> Result<serde_json::Value, Fault> {
    match request {
        Request::AlarmAcknowledge { code, subject } => {
            json(&acknowledge(house, code, subject.as_deref())?)
        }
        Request::ArchiveNext {} => {
            let job = archive::next(house).map_err(|error| Fault::because(&error))?;
            json(&ArchiveNext { entry: job.map(|job| entry(house, job)) })
        }
        Request::ArchiveReport { reference, attempt, came } => {
            let state = archive::report(house, *reference, *attempt, came);
            json(&state.map_err(|error| Fault::because(&error))?)
        }
        Request::EnrolmentDecide { submission, approve, by } => {
            let by = who(by.as_deref(), account)?;
            json(&decide(house, *submission, *approve, &by)?)
        }
        Request::JournalExport { .. } => journal(house, request),
        Request::PoliceDecide { id, relevant, by } => {
            let by = who(by.as_deref(), account)?;
            json(&decide_reply(house, *id, *relevant, &by)?)
        }
        Request::PoliceDisclose { .. } => json(&disclose(house, request, account)?),
        Request::KeyMade { registry, epoch } => json(&key_made(house, registry, *epoch)?),
        Request::PushDrop { object, url } => json(&pushes::give_up(house, object, url.as_deref())?),
        Request::PushNow { registry } => json(&pushes::hurry(house, registry.as_ref())?),
        Request::PushNext { registry, url } => {
            let inbox = Inbox { registry: registry.clone(), url: url.clone() };
            let push = push::next(house, &inbox).map_err(|error| Fault::because(&error))?;
            let entry = push.map(|push| PushEntry { object: push.object, attempt: push.attempts });
            json(&PushNext { push: entry })
        }
        Request::PushReport { object, url, attempt, came } => {
            let inbox = Inbox { registry: object.registry.clone(), url: url.clone() };
            let state = push::report(house, object, &inbox, *attempt, came);
            json(&state.map_err(|error| Fault::because(&error))?)
        }
        Request::RetentionCertificate { scope, language } => {
            json(&certify::certificate(house, scope, *language)?)
        }
        Request::RetentionHold { id, why } => {
            let until = change_hold(house, |ledger, now| hold::hold(ledger, id, why, now))?;
            json(&Hold { object: id.clone(), held: true, until })
        }
        Request::RetentionRelease { id } => {
            let until = change_hold(house, |ledger, now| hold::release(ledger, id, now))?;
            json(&Hold { object: id.clone(), held: false, until })
        }
        Request::RetentionRun {} => {
            let swept = erase::run(house, house.now(), true);
            json(&swept.map_err(|error| Fault::because(&error))?)
        }
        Request::TaskDone { registry, operating_year, by } => {
            let by = who(by.as_deref(), account)?;
            json(&task_done(house, registry, *operating_year, by)?)
        }
        Request::TaskReopen { registry, operating_year, by } => {
            let by = who(by.as_deref(), account)?;
            json(&task_reopen(house, registry, *operating_year, by)?)
        }
        _ => Err(Fault::cannot("changes-nothing", "this request changes nothing; ask for it")),
    }
}

/// Ends the alarms of a code, or the one about `subject`. Only those that nothing else ends: an
/// alarm whose cause lasts must not be silenced.
fn acknowledge(
    house: &House,
    code: &str,
    subject: Option<&str>,
) -> Result<Vec<Acknowledged>, Fault> {
    let code = AlarmCode::parse(code).ok_or_else(|| {
        Fault::cannot("no-such-alarm", "there is no such alarm; `filsluse alarm list` shows them")
    })?;
    if !alarms::known(code).needs_acknowledgement {
        let message =
            "this alarm ends by itself when its cause is gone; `filsluse status` says what to do";
        return Err(Fault::cannot("not-yours-to-end", message));
    }
    let now = house.now();
    let ended = house
        .transact(|ledger| {
            let mut ended = Vec::new();
            for alarm in ledger.alarms()? {
                if !alarm.is(code) || subject.is_some_and(|subject| subject != alarm.subject) {
                    continue;
                }
                audited::clear(ledger, now, code, &alarm.subject)?;
                ended.push(Acknowledged { code: alarm.code, subject: alarm.subject });
            }
            Ok::<_, CatalogueError>(ended)
        })
        .map_err(|error| Fault::because(&error))?;
    if ended.is_empty() {
        let message = "no such alarm stands; `filsluse alarm list` shows those that do";
        return Err(Fault::cannot("no-such-alarm", message));
    }
    audit_queue::flush(house).map_err(|error| Fault::because(&error))?;
    Ok(ended)
}

/// What the archive is told: nothing that the request says.
fn entry(house: &House, job: ArchiveJob) -> ArchiveEntry {
    let district = house.sender(&job.district).map(|sender| sender.name.clone());
    ArchiveEntry {
        reference: job.reference,
        attempt: job.attempts,
        case: job.asked_case,
        date: house.day(job.at),
        district: district.unwrap_or_else(|| job.district.to_string()),
    }
}

fn decide(
    house: &House,
    submission: SubmissionId,
    approve: bool,
    by: &str,
) -> Result<Decided, Fault> {
    let decided = decide::decide(house, submission, approve, by).map_err(|error| match error {
        DecideError::NothingPending => Fault::cannot("nothing-pending", error.to_string()),
        other => Fault::because(&other),
    })?;
    let decide::Decided { submission, approved, withdrawn, objects, .. } = decided;
    Ok(Decided { submission, approved, withdrawn, objects })
}

fn decide_reply(
    house: &House,
    id: SubmissionId,
    relevant: bool,
    by: &str,
) -> Result<ReplyDecided, Fault> {
    let decided = decide_reply::decide(house, id, relevant, by).map_err(|error| match error {
        DecideReplyError::Failed(_) => Fault::because(&error),
        told => Fault::cannot("nothing-to-decide", told.to_string()),
    })?;
    let (delivered_to, file) = decided.delivered.unzip();
    Ok(ReplyDecided {
        reply: decided.reply,
        exchange: decided.exchange,
        outcome: if relevant { ReplyOutcome::Relevant } else { ReplyOutcome::NotRelevant },
        delivered_to,
        file,
        erased: decided.erased,
        held: decided.held,
    })
}

/// Records an oral disclosure; gives it as `police show` does.
fn disclose(house: &House, request: &Request, account: &str) -> Result<Exchange, Fault> {
    let Request::PoliceDisclose {
        case,
        basis,
        purpose,
        hospital,
        district,
        at,
        informed,
        documented,
        beyond_known,
        by,
    } = request
    else {
        return Err(Fault::cannot("no-disclosure", "this request discloses nothing"));
    };
    let usage = |message: &str| Fault { exit: 64, ..Fault::cannot("bad-word", message) };
    let basis = LegalBasis::parse(basis).ok_or_else(|| {
        let known: Vec<&str> = LegalBasis::ALL.iter().map(|basis| basis.code()).collect();
        usage(&format!("there is no such legal basis (POL-02); write {}", known.join(", ")))
    })?;
    let informed = Informed::parse(informed)
        .ok_or_else(|| usage("whether the patient was informed is yes, later or no (POL-10)"))?;
    let purpose = Purpose::parse(purpose).ok_or_else(|| {
        let known: Vec<&str> = PURPOSES.iter().map(|purpose| purpose.code).collect();
        usage(&format!("there is no such purpose; write {}", known.join(", ")))
    })?;
    let told = Disclosure {
        case: case.clone(),
        basis,
        purpose,
        hospital: hospital.clone(),
        district: district.clone(),
        at: *at,
        informed,
        documented: *documented,
        beyond_known: *beyond_known,
    };
    let by = who(by.as_deref(), account)?;
    let reference = disclose::disclose(house, &told, &by).map_err(|error| match error {
        DiscloseError::Failed(_) => Fault::because(&error),
        // Not taken, as a file by the same rules would not be.
        DiscloseError::Breach { rule, .. } => {
            Fault { exit: 1, ..Fault::cannot(rule, error.to_string()) }
        }
        told => usage(&told.to_string()),
    })?;
    let found =
        house.look(|view| Inquiry { config: &house.config, view, now: house.now() }.one(reference));
    let found = found.map_err(|error: CatalogueError| Fault::because(&error))?;
    found.ok_or_else(|| Fault::cannot("failed", "the disclosure was recorded and is gone again"))
}

/// Hands out the journal of what was shared; that it was is recorded first.
fn journal(house: &House, request: &Request) -> Result<serde_json::Value, Fault> {
    let now = house.now();
    house
        .record(Box::new(move |ledger: &mut dyn Ledger| {
            audited::record(ledger, now, Event::JournalExported, |entry| entry).map(drop)
        }))
        .map_err(|error| Fault::because(&error))?;
    let waiting = house.waiting.read();
    let desk = Queries { config: &house.config, now, running: true, waiting };
    let answer = house.look(|view| Ok::<_, CatalogueError>(desk.answer(view, request)));
    audit_queue::flush(house).map_err(|error| Fault::because(&error))?;
    answer.map_err(|error| Fault::because(&error))?
}

/// Records that a key was made; it is in use when this house was opened with it.
fn key_made(house: &House, registry: &RegistryId, epoch: u32) -> Result<KeyMade, Fault> {
    let known = house.registries.get(registry).map_err(|error| Fault::because(&error))?;
    let in_use = known.keys.current().epoch() == epoch;
    let event = if epoch == 1 { Event::KeyGenerated } else { Event::KeyRotated };
    let now = house.now();
    house
        .transact(|ledger| {
            audited::record(ledger, now, event, |entry| {
                entry.registry(registry.clone()).count("epoch", u64::from(epoch))
            })
        })
        .map_err(|error: CatalogueError| Fault::because(&error))?;
    audit_queue::flush(house).map_err(|error| Fault::because(&error))?;
    Ok(KeyMade { registry: registry.clone(), epoch, in_use })
}

/// Ends a task and erases what was kept for it. What cannot be erased now stays due.
fn task_done(
    house: &House,
    registry: &RegistryId,
    operating_year: i16,
    by: String,
) -> Result<TaskEnded, Fault> {
    let known = house.registries.get(registry).map_err(|error| Fault::because(&error))?;
    let (schedule, zone) = (&known.schedule, &house.config.time_zone);
    let task =
        TaskRow { registry: registry.clone(), operating_year, done_at: house.now(), done_by: by };
    let of_year = ObjectFilter {
        registry: Some(registry.clone()),
        operating_year: Some(operating_year),
        ..ObjectFilter::default()
    };
    let (task, objects, concerned) = house
        .transact(|ledger| {
            let objects = task::done(ledger, schedule, zone, &task)?;
            // Said again, it is done since the first time.
            let on_record = ledger.task_done(registry, operating_year)?.unwrap_or(task);
            let concerned = ledger.objects(&of_year)?.into_iter();
            let concerned = concerned.filter(|object| object.state != ObjectState::Erased);
            Ok((on_record, objects, concerned.map(|object| object.id).collect::<Vec<_>>()))
        })
        .map_err(task_fault)?;
    audit_queue::flush(house).map_err(|error| Fault::because(&error))?;
    let mut erased = Vec::new();
    let ended = erase::run_with(house, house.now(), &mut |one| {
        if let Target::Object(id) = &one.planned.object
            && concerned.contains(id)
        {
            erased.push(one.into());
        }
    });
    let stopped = ended.err().map(|error| crate::types::causes::chain(&error));
    let waiting = house
        .look(|view| {
            let mut waiting = 0;
            for id in &concerned {
                let there = view.object(id)?.is_some_and(|o| o.state != ObjectState::Erased);
                waiting += u64::from(there);
            }
            Ok::<_, CatalogueError>(waiting)
        })
        .map_err(|error| Fault::because(&error))?;
    Ok(TaskEnded { task, objects, erased, waiting, stopped })
}

fn task_reopen(
    house: &House,
    registry: &RegistryId,
    operating_year: i16,
    by: String,
) -> Result<TaskRow, Fault> {
    let now = house.now();
    house
        .transact(|ledger| task::reopen(ledger, registry, operating_year, now))
        .map_err(task_fault)?;
    audit_queue::flush(house).map_err(|error| Fault::because(&error))?;
    Ok(TaskRow { registry: registry.clone(), operating_year, done_at: now, done_by: by })
}

fn task_fault(error: TaskError) -> Fault {
    match error {
        TaskError::Catalogue(_) | TaskError::Period(_) => Fault::because(&error),
        told => Fault::cannot("no-task", told.to_string()),
    }
}

fn change_hold(
    house: &House,
    change: impl FnOnce(&mut dyn Ledger, Timestamp) -> Result<Option<Timestamp>, HoldError>,
) -> Result<Option<Timestamp>, Fault> {
    let now = house.now();
    let until = house.transact(|ledger| change(ledger, now));
    let until = until.map_err(|error| match error {
        HoldError::Catalogue(_) => Fault::because(&error),
        told => Fault::cannot("no-hold", told.to_string()),
    })?;
    audit_queue::flush(house).map_err(|error| Fault::because(&error))?;
    Ok(until)
}

/// Who decided: the account that asks, and whom it names beside itself.
fn who(named: Option<&str>, account: &str) -> Result<String, Fault> {
    let Some(named) = named.map(str::trim).filter(|named| *named != account) else {
        return Ok(account.to_owned());
    };
    let digits = named.chars().filter(char::is_ascii_digit).count();
    let plain = !named.chars().any(char::is_control);
    if named.is_empty() || named.len() > LONGEST_NAME || !plain || digits > MOST_DIGITS {
        let message = "--by takes 1 to 100 characters, and no identity number; name a person";
        return Err(Fault { exit: 64, ..Fault::cannot("bad-name", message) });
    }
    Ok(format!("{named} ({account})"))
}

fn json(shape: &impl Serialize) -> Result<serde_json::Value, Fault> {
    serde_json::to_value(shape).map_err(|error| Fault::because(&error))
}

const LONGEST_NAME: usize = 100;

/// Fewer than a date of birth has.
const MOST_DIGITS: usize = 5;

#[cfg(test)]
mod tests {
    use super::who;

    #[test]
    fn the_account_that_asks_is_always_named() {
        for (named, want) in [
            (None, Some("root")),
            (Some("root"), Some("root")),
            (Some(" Kari "), Some("Kari (root)")),
            (Some(""), None),
            (Some("a\nb"), None),
            (Some("010190"), None),
        ] {
            assert_eq!(who(named, "root").ok().as_deref(), want, "{named:?}");
        }
    }
}
