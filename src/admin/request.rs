//! Everything that can be asked, over the control socket and at the command line.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::{
        keys::MissionCode,
        records::{archive::Attempt, objects::ObjectState},
    },
    pipeline::push::Pushed,
    retention::certificate::tally::Scope,
    types::{
        case_number::CaseNumber,
        ids::{ObjectId, RegistryId, SenderId, SubmissionId},
        rule::Language,
        verdict::State,
    },
};

/// Everything that can be asked; a closed set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do", deny_unknown_fields)]
pub enum Request {
    /// Ends alarms that stand until somebody has seen to them.
    AlarmAcknowledge {
        /// Which.
        code: String,
        /// What it is about; without it, all of that code.
        subject: Option<String>,
    },
    /// `filsluse deliver` takes the next entry for the case archive.
    ArchiveNext {},
    /// `filsluse deliver` tells what came of it.
    ArchiveReport {
        /// What the entry is called.
        reference: SubmissionId,
        /// Which attempt this was.
        attempt: u32,
        /// What came of it.
        came: Attempt,
    },
    /// The newest signed checkpoint of the audit log.
    AuditCheckpoint {},
    /// The proof that the audit log holds a submission's verdict.
    AuditProve {
        /// Which submission.
        submission: SubmissionId,
    },
    /// Lets held withdrawals through (EMB-13), or not.
    EnrolmentDecide {
        /// The list that holds them.
        submission: SubmissionId,
        /// Whether they are let through.
        approve: bool,
        /// Who decided, when it is not the one who asks.
        by: Option<String>,
    },
    /// Who is enrolled, by pseudonym.
    EnrolmentList {
        /// By this mission only.
        mission: Option<MissionCode>,
    },
    /// Lists whose withdrawals wait for a decision.
    EnrolmentPending {},
    /// What was shared with the police, both ways (hpl. §§ 39, 40). Recorded in the audit log.
    JournalExport {
        /// Of this case only.
        case: Option<CaseNumber>,
        /// Shared at this time or later.
        from: Option<Timestamp>,
        /// Shared before this time.
        before: Option<Timestamp>,
    },
    /// A new key lies in the key directory: it is recorded, and taken into use.
    KeyMade {
        /// Whose.
        registry: RegistryId,
        /// Which of its keys.
        epoch: u32,
    },
    /// Objects, newest first.
    ObjectList {
        /// Of this registry only.
        registry: Option<RegistryId>,
        /// In this state only.
        state: Option<ObjectState>,
        /// Of this submission only.
        submission: Option<SubmissionId>,
        /// At most this many.
        limit: Option<u32>,
    },
    /// One object.
    ObjectShow {
        /// Which.
        id: ObjectId,
    },
    /// The clinician's decision on a reply of the police (POL-08).
    PoliceDecide {
        /// The reply, or the request that it answers.
        id: SubmissionId,
        /// Whether it is relevant and necessary.
        relevant: bool,
        /// Who decided, when it is not the one who asks.
        by: Option<String>,
    },
    /// The police were told something orally (POL-06).
    PoliceDisclose {
        /// The case in the case archive.
        case: CaseNumber,
        /// Code of the legal basis.
        basis: String,
        /// Code of the purpose.
        purpose: String,
        /// Whose personnel told it.
        hospital: Option<SenderId>,
        /// Whom.
        district: SenderId,
        /// When.
        at: Timestamp,
        /// `yes`, `later` or `no`: whether the patient was informed.
        informed: String,
        /// Whether what the basis demands is written down in the journal.
        documented: bool,
        /// Whether more was told than what the police know already.
        beyond_known: bool,
        /// Who records it, when it is not the one who asks.
        by: Option<String>,
    },
    /// What was shared with the police and what they answered, newest first.
    PoliceList {},
    /// One of these.
    PoliceShow {
        /// The request, the disclosure, or a reply.
        id: SubmissionId,
    },
    /// A signed certificate of what was erased.
    RetentionCertificate {
        /// About what.
        scope: Scope,
        /// In which language.
        language: Language,
    },
    /// An object is not delivered any more.
    PushDrop {
        /// Which.
        object: ObjectId,
        /// To this inbox only.
        url: Option<String>,
    },
    /// What waits for inboxes, inbox by inbox.
    PushList {
        /// For those of this registry only.
        registry: Option<RegistryId>,
        /// At most this many for each inbox.
        limit: Option<u32>,
    },
    /// What waits after a failure is tried at once.
    PushNow {
        /// For the inboxes of this registry only.
        registry: Option<RegistryId>,
    },
    /// `filsluse deliver` takes the next object for an inbox.
    PushNext {
        /// Whose inbox.
        registry: RegistryId,
        /// Its address, as it is configured.
        url: String,
    },
    /// `filsluse deliver` tells what came of it.
    PushReport {
        /// Which object.
        object: ObjectId,
        /// To which inbox.
        url: String,
        /// Which attempt this was.
        attempt: u32,
        /// What came of it.
        came: Pushed,
    },
    /// Every configured registry, and how much of it is stored.
    RegistryList {},
    /// Holds an object past its deadline.
    RetentionHold {
        /// Which.
        id: ObjectId,
        /// Why; shown wherever the object is.
        why: String,
    },
    /// What is erased when, and under which rule.
    RetentionPlan {
        /// Deadlines up to this instant only.
        until: Option<Timestamp>,
        /// The first so many; without it, all of them.
        #[serde(default)]
        limit: Option<u32>,
    },
    /// Ends a hold.
    RetentionRelease {
        /// Which.
        id: ObjectId,
    },
    /// Erases what is due, now; also what a guard has stopped.
    RetentionRun {},
    /// Health, queue, senders, deadlines, alarms, audit head.
    Status {},
    /// Submissions, newest first.
    SubmissionList {
        /// In this state only.
        state: Option<State>,
        /// Of this sender only.
        sender: Option<SenderId>,
        /// Received at this time or later.
        since: Option<Timestamp>,
        /// At most this many.
        limit: Option<u32>,
    },
    /// One submission with what happened to it.
    SubmissionShow {
        /// Which.
        id: SubmissionId,
    },
    /// The task that releases were given for is done: everything of the year is erased (NPR-05).
    TaskDone {
        /// In which registry.
        registry: RegistryId,
        /// For which operating year.
        operating_year: i16,
        /// Who says so, when it is not the one who asks.
        by: Option<String>,
    },
    /// Operating years whose task is done.
    TaskList {},
    /// Releases of an operating year are taken again.
    TaskReopen {
        /// In which registry.
        registry: RegistryId,
        /// Which year.
        operating_year: i16,
        /// Who says so, when it is not the one who asks.
        by: Option<String>,
    },
}

impl Request {
    /// Whether it changes or signs something, so that it needs the daemon or its lock.
    pub fn changes(&self) -> bool {
        matches!(
            self,
            Self::AlarmAcknowledge { .. }
                | Self::ArchiveNext {}
                | Self::ArchiveReport { .. }
                | Self::EnrolmentDecide { .. }
                | Self::JournalExport { .. }
                | Self::KeyMade { .. }
                | Self::PoliceDecide { .. }
                | Self::PoliceDisclose { .. }
                | Self::PushDrop { .. }
                | Self::PushNext { .. }
                | Self::PushNow { .. }
                | Self::PushReport { .. }
                | Self::RetentionCertificate { .. }
                | Self::RetentionHold { .. }
                | Self::RetentionRelease { .. }
                | Self::RetentionRun {}
                | Self::TaskDone { .. }
                | Self::TaskReopen { .. }
        )
    }
}

/// Version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
