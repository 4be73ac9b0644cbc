//! What an operator can ask: read-only answers from the catalogue and the audit log's files.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{
    admin::{
        alarms,
        fault::Fault,
        head, police, pushes,
        request::{Request, VERSION},
        shapes::{
            audit::{Checkpoint, Proof},
            enrolment::{Enrolment, Pending},
            object::Object,
            push::{ObjectWithPushes, Push},
            registry::{self, Registry},
            status::{Alarm, ArchiveQueue, Awaited, Deadline, Queue, Sender, Status, Waiting},
            submission::{Event, Submission, SubmissionWithEvents},
        },
    },
    audit::AuditError,
    catalogue::{
        self,
        error::CatalogueError,
        keys::MissionCode,
        records::{
            enrolments::EnrolmentFilter,
            objects::{DeadlineCount, ObjectFilter},
            operations::SenderSeen,
            outgoing::Waiting as OutgoingWaiting,
            submissions::SubmissionFilter,
        },
        view::View,
    },
    config::Config,
    pipeline::{
        self,
        answer::facts::{Facts, Form},
        upkeep::expected::Expected,
        withdrawals::decide,
    },
    retention::{self, plan},
    types::{
        alarm::AlarmCode,
        ids::{SenderId, SubmissionId},
    },
};

/// Where read-only questions are answered.
pub struct Queries<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Now.
    pub now: Timestamp,
    /// Whether this is the running daemon.
    pub running: bool,
    /// What intake saw waiting; of a daemon that does not run, nothing.
    pub waiting: BTreeMap<SenderId, pipeline::house::waiting_files::Waiting>,
}

impl Queries<'_> {
    /// Answers a request that changes nothing. `view`: of the daemon's catalogue, or of one opened
    /// for reading only.
    ///
    /// # Errors
    /// A [`Fault`] that says what to do; also for a request that changes something.
    pub fn answer(&self, view: &dyn View, request: &Request) -> Result<serde_json::Value, Fault> {
        let (config, now, running) = (self.config, self.now, self.running);
        let audit = config.places.audit();
        let answer = || {
            let waiting = &self.waiting;
            let asked = Asked { config, view, now, running, waiting };
            Ok(match request {
                Request::AuditCheckpoint {} => json(&newest_checkpoint(&audit)?)?,
                Request::AuditProve { submission } => json(&asked.proof(*submission)?)?,
                Request::EnrolmentList { mission } => json(&asked.enrolments(mission.clone())?)?,
                Request::EnrolmentPending {} => json(&asked.pending()?)?,
                Request::JournalExport { case, from, before } => {
                    let (case, from, before) = (case.clone(), *from, *before);
                    json(&asked.police().journal(&police::Excerpt { case, from, before })?)?
                }
                Request::ObjectList { registry, state, submission, limit } => {
                    let (registry, state, limit) = (registry.clone(), *state, *limit);
                    let submission = *submission;
                    let filter = ObjectFilter {
                        registry,
                        submission,
                        state,
                        limit,
                        ..ObjectFilter::default()
                    };
                    json(&objects(view, &filter)?)?
                }
                Request::ObjectShow { id } => {
                    let object =
                        view.object(id)?.ok_or_else(|| no_such("object", "object list"))?;
                    let pushes = view.pushes_of(id)?.into_iter().map(Push::from).collect();
                    json(&ObjectWithPushes { object: Object::from(object), pushes })?
                }
                Request::PoliceList {} => json(&asked.police().list()?)?,
                Request::PoliceShow { id } => {
                    let found = asked.police().one(*id)?;
                    json(&found.ok_or_else(|| no_such("exchange", "police show"))?)?
                }
                Request::PushList { registry, limit } => {
                    json(&pushes::queued(view, registry.as_ref(), *limit)?)?
                }
                Request::RegistryList {} => json(&asked.registries()?)?,
                Request::RetentionPlan { until, limit } => {
                    let until = until.unwrap_or(Timestamp::MAX);
                    let limit = limit.unwrap_or(u32::MAX);
                    json(&plan::upcoming(view, None, until, limit)?)?
                }
                Request::Status {} => json(&asked.status()?)?,
                Request::SubmissionList { state, sender, since, limit } => {
                    let (sender, limit) = (sender.clone(), *limit);
                    let (state, since) = (*state, *since);
                    let filter = SubmissionFilter {
                        state,
                        sender,
                        since,
                        limit,
                        ..SubmissionFilter::default()
                    };
                    json(&submissions(view, &filter)?)?
                }
                Request::SubmissionShow { id } => json(&asked.submission(*id)?)?,
                Request::TaskList {} => json(&view.tasks_done()?)?,
                _ => return Err(Failed::Told(needs_the_daemon())),
            })
        };
        answer().map_err(Failed::into_fault)
    }
}

/// One question on one snapshot.
struct Asked<'a> {
    config: &'a Config,
    view: &'a dyn View,
    now: Timestamp,
    running: bool,
    waiting: &'a BTreeMap<SenderId, pipeline::house::waiting_files::Waiting>,
}

impl Asked<'_> {
    fn police(&self) -> police::Inquiry<'_> {
        police::Inquiry { config: self.config, view: self.view, now: self.now }
    }

    fn submission(&self, id: SubmissionId) -> Result<SubmissionWithEvents, Failed> {
        let row = self.view.submission(id)?;
        let row = row.ok_or_else(|| no_such("submission", "submission list"))?;
        let events = self.view.events(id)?.into_iter().map(Event::from).collect();
        Ok(SubmissionWithEvents { submission: shape(self.view, row)?, events })
    }

    fn enrolments(&self, mission: Option<MissionCode>) -> Result<Vec<Enrolment>, Failed> {
        let filter = EnrolmentFilter { mission, ..EnrolmentFilter::default() };
        Ok(self.view.enrolments(&filter)?.into_iter().map(Enrolment::from).collect())
    }

    fn pending(&self) -> Result<Vec<Pending>, Failed> {
        let held = self.view.pending_withdrawals()?;
        held.into_iter()
            .map(|held| {
                let enrolled = self.view.enrolled_count(&held.registry, &held.mission)?;
                let withdrawals = decide::count(self.view, &held)?;
                let row = self.view.submission(held.submission)?;
                Ok(Pending {
                    submission: held.submission,
                    registry: held.registry,
                    mission: held.mission,
                    held_at: held.created_at,
                    withdrawals,
                    enrolled,
                    reason: row.and_then(|row| Facts::of(&row).held_for),
                })
            })
            .collect()
    }

    fn registries(&self) -> Result<Vec<Registry>, Failed> {
        Ok(registry::all(self.config, &self.view.object_counts()?))
    }

    fn proof(&self, id: SubmissionId) -> Result<Proof, Failed> {
        let row = self.view.submission(id)?;
        let row = row.ok_or_else(|| no_such("submission", "submission list"))?;
        let seq = row.receipt.audit_seq.ok_or_else(|| {
            Fault::cannot(
                "not-logged-yet",
                "the submission has no verdict in the audit log yet; try again in a moment",
            )
        })?;
        let (entry, proof) = head::prove(&self.config.places.audit(), seq)?;
        let entry = String::from_utf8_lossy(&entry).into_owned();
        Ok(Proof { submission: id, seq, entry, proof })
    }

    fn status(&self) -> Result<Status, Failed> {
        let queue = self.view.queue()?;
        let mut alarms: Vec<Alarm> =
            self.view.alarms()?.into_iter().map(|row| self.alarm(row)).collect();
        alarms.extend(self.missed(&alarms)?);
        Ok(Status {
            // A daemon that is down takes nothing and erases nothing: whoever watches must hear of
            // it.
            healthy: self.running && !alarms.iter().any(|alarm| alarm.grave),
            version: VERSION.to_owned(),
            running: self.running,
            at: self.now,
            queue: Queue {
                claimed: queue.claimed,
                sealed: queue.sealed,
                stored: queue.stored,
                answered: queue.answered,
                held: queue.held,
            },
            senders: self.senders()?,
            deadlines: self.deadlines()?,
            archive: self.archive()?,
            pushes: pushes::queues(self.view)?,
            police: self.police().status()?,
            alarms,
            audit: head::head(&self.config.places.audit())?,
        })
    }

    /// What should have been erased and was not, as it is at this moment. A sweep raises the same
    /// alarm on record; but whoever asks why nothing is swept must not be told that all is well.
    fn missed(&self, known: &[Alarm]) -> Result<Vec<Alarm>, Failed> {
        let code = AlarmCode::ErasureOverdue;
        let missed = retention::alarms::missed(self.view, self.now)?.into_iter();
        let new = missed.filter(|(registry, _)| {
            !known
                .iter()
                .any(|alarm| alarm.code == code.as_str() && alarm.subject == registry.as_str())
        });
        Ok(new
            .map(|(registry, since)| Alarm {
                code: code.as_str().to_owned(),
                since,
                subject: registry.to_string(),
                grave: true,
                detail: None,
                contact: None,
            })
            .collect())
    }

    fn archive(&self) -> Result<Option<ArchiveQueue>, Failed> {
        let waiting = self.view.archive_waiting()?;
        let shown = self.config.archive.is_some() || waiting.count > 0;
        let OutgoingWaiting { count, oldest, last_error, .. } = waiting;
        Ok(shown.then_some(ArchiveQueue { waiting: count, oldest, last_error }))
    }

    fn alarm(&self, row: catalogue::records::operations::Alarm) -> Alarm {
        let grave = alarms::is_grave(&row.code);
        let sender = row.subject.split('/').next().and_then(|id| SenderId::parse(id).ok());
        let sender = sender.filter(|_| ASKED_OF_THE_SENDER.iter().any(|code| row.is(*code)));
        let configured = sender.and_then(|id| self.config.senders.get(&id));
        Alarm {
            code: row.code,
            since: row.since,
            subject: row.subject,
            grave,
            detail: row.detail,
            contact: configured.and_then(|configured| configured.contact.clone()),
        }
    }

    fn senders(&self) -> Result<Vec<Sender>, Failed> {
        let mut seen: BTreeMap<SenderId, SenderSeen> = BTreeMap::new();
        for sender in self.view.senders_seen()? {
            seen.insert(sender.sender.clone(), sender);
        }
        let mut senders = Vec::new();
        for (id, configured) in &self.config.senders {
            let seen = seen.remove(id);
            let last = seen.as_ref().map(|seen| seen.last_received_at);
            // A sender that has never sent counts from when the daemon first waited for it.
            let history = match configured.expect {
                Some(_) => self.view.sender_history(id)?,
                None => None,
            };
            let zone = &self.config.time_zone;
            let expected = configured.expect.zip(history);
            let expected: Vec<Awaited> = expected
                .map(|(expectation, history)| Expected::all(&history, &expectation, zone))
                .into_iter()
                .flatten()
                .map(|expected| Awaited {
                    service_year: expected.what.service_year(),
                    expected_at: expected.at,
                    overdue: expected.is_overdue(self.now),
                })
                .collect();
            senders.push(Sender {
                id: id.clone(),
                name: Some(configured.name.clone()),
                last_received_at: last,
                expected_at: expected.first().map(|expected| expected.expected_at),
                overdue: expected.iter().any(|expected| expected.overdue),
                awaited: expected,
                submissions: seen.map_or(0, |seen| seen.count),
                contact: configured.contact.clone(),
                waiting: self
                    .waiting
                    .get(id)
                    .map(|known| Waiting { count: known.count, since: known.since }),
            });
        }
        senders.extend(seen.into_values().map(|gone| Sender {
            id: gone.sender,
            name: None,
            last_received_at: Some(gone.last_received_at),
            expected_at: None,
            overdue: false,
            awaited: Vec::new(),
            submissions: gone.count,
            contact: None,
            waiting: None,
        }));
        Ok(senders)
    }

    /// What is past its day, and what is due in the next thirty, counted by day and rule.
    fn deadlines(&self) -> Result<Vec<Deadline>, Failed> {
        let until = self.now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
        let shape = |what: &'static str, without_rule: &'static str| {
            move |DeadlineCount { registry, at, rule, count }: DeadlineCount| {
                let rule = if rule.is_empty() { without_rule.to_owned() } else { rule };
                Deadline { due_at: at, registry, what: what.to_owned(), rule, count }
            }
        };
        let objects = self.view.deadline_counts(until)?;
        let enrolments = self.view.enrolment_deadline_counts(until)?;
        let objects = objects.into_iter().map(shape("object", plan::BY_LIMIT));
        let of_enrolments = plan::ENROLMENT_RULE.as_str();
        let enrolments = enrolments.into_iter().map(shape("enrolment", of_enrolments));
        let mut deadlines: Vec<Deadline> = objects.chain(enrolments).collect();
        deadlines.sort();
        Ok(deadlines)
    }
}

/// Submissions as lists show them.
pub(super) fn submissions(
    view: &dyn View,
    filter: &SubmissionFilter,
) -> Result<Vec<Submission>, CatalogueError> {
    let rows = view.submissions(filter)?;
    rows.into_iter().map(|row| shape(view, row)).collect()
}

/// Objects as lists show them.
pub(super) fn objects(
    view: &dyn View,
    filter: &ObjectFilter,
) -> Result<Vec<Object>, CatalogueError> {
    Ok(view.objects(filter)?.into_iter().map(Object::from).collect())
}

fn shape(
    view: &dyn View,
    row: catalogue::records::submissions::Submission,
) -> Result<Submission, CatalogueError> {
    let objects = view.objects_of(row.id)?.into_iter().map(|object| object.id).collect();
    let Facts { answer, receipts, signed_by, .. } = Facts::of(&row);
    Ok(Submission { signed_by, ..Submission::new(row, objects, answer, receipts == Form::Sealed) })
}

fn newest_checkpoint(audit: &std::path::Path) -> Result<Checkpoint, Failed> {
    let missing =
        || Fault::cannot("no-audit-log", "no audit log has been begun; start the daemon once");
    Ok(head::checkpoint(audit)?.ok_or_else(missing)?)
}

fn no_such(what: &str, list: &str) -> Fault {
    let message = format!("there is no such {what}; `filsluse {list}` shows them all");
    Fault::cannot(&format!("no-such-{what}"), message)
}

fn needs_the_daemon() -> Fault {
    Fault::cannot("changes-something", "this changes something, and needs the daemon or its lock")
}

fn json(shape: &impl Serialize) -> Result<serde_json::Value, Failed> {
    serde_json::to_value(shape).map_err(|error| Failed::Told(Fault::because(&error)))
}

/// Any way not to have an answer.
enum Failed {
    Audit(AuditError),
    Catalogue(CatalogueError),
    Told(Fault),
}

impl Failed {
    fn into_fault(self) -> Fault {
        match self {
            Self::Audit(error) => Fault::because(&error),
            Self::Catalogue(error) => Fault::because(&error),
            Self::Told(fault) => fault,
        }
    }
}

impl From<AuditError> for Failed {
    fn from(error: AuditError) -> Self {
        Self::Audit(error)
    }
}

impl From<CatalogueError> for Failed {
    fn from(error: CatalogueError) -> Self {
        Self::Catalogue(error)
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Told(fault)
    }
}

/// Alarms whose advice is to write to the sender.
const ASKED_OF_THE_SENDER: [AlarmCode; 2] = [AlarmCode::SenderOverdue, AlarmCode::SequenceGap];
/// How far ahead `status` looks.
const AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);
