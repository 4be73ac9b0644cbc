//! The JSON of the exchange with the police. Fields may be added, never renamed. A patient is
//! referred to by case number alone.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::records::police::{self, ExchangeState, ReplyOutcome},
    kinds::police::basis::LegalBasis,
    types::{
        case_number::CaseNumber,
        ids::{ObjectId, SenderId, SubmissionId},
    },
};

/// A request, a notice or an oral disclosure, in `police show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// What it is called: its submission, or for a disclosure at the terminal an id of its own.
    pub id: SubmissionId,
    /// `inquiry`, `notice` or `oral`.
    pub form: String,
    /// How it fares.
    pub state: ExchangeState,
    /// Who shared it.
    pub hospital: Option<SenderId>,
    /// The police district.
    pub district: SenderId,
    /// The case in the case archive.
    pub case: Option<CaseNumber>,
    /// Code of the legal basis.
    pub legal_basis: String,
    /// The provision that it stands for.
    pub provision: String,
    /// Code of the purpose.
    pub purpose_code: String,
    /// `yes`, `later` or `no`.
    pub patient_informed: String,
    /// When it was told orally, or came here to be sent on.
    pub at: Timestamp,
    /// The last day for an answer.
    pub needed_by: Option<Date>,
    /// By how many days that has passed without one (POL-09).
    pub overdue_days: Option<u32>,
    /// When it lay in the district's outbound directory.
    pub sent_at: Option<Timestamp>,
    /// Whether the police have it.
    pub standing: Standing,
    /// When nothing more could come of it.
    pub closed_at: Option<Timestamp>,
    /// Who recorded it at the terminal.
    pub recorded_by: Option<String>,
    /// The audit entry that says that it was taken or told.
    pub audit_seq: u64,
    /// What was answered.
    pub replies: Vec<Reply>,
}

impl Exchange {
    /// The shape of a row and its replies. `overdue_days`: where it is overdue.
    pub fn new(
        row: police::Exchange,
        standing: Standing,
        overdue_days: Option<u32>,
        replies: Vec<Reply>,
    ) -> Self {
        Self {
            standing,
            id: row.reference(),
            form: row.form,
            state: row.state,
            hospital: row.hospital,
            district: row.district,
            case: row.case,
            provision: provision(&row.basis),
            legal_basis: row.basis,
            purpose_code: row.purpose_code,
            patient_informed: row.informed,
            at: row.at,
            needed_by: row.needed_by,
            overdue_days,
            sent_at: row.sent_at,
            closed_at: row.closed_at,
            recorded_by: row.recorded_by,
            audit_seq: row.audit_seq,
            replies,
        }
    }
}

/// One reply, in `police show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The submission that brought it; what `police decide` takes.
    pub id: SubmissionId,
    /// `full`, `partial` or `refused`.
    pub shared: String,
    /// How many documents it holds.
    pub documents: u32,
    /// When it came.
    pub received_at: Timestamp,
    /// The audit entry that says so.
    pub audit_seq: u64,
    /// When an operator was told that nobody had decided.
    pub escalated_at: Option<Timestamp>,
    /// What became of it; `null` while it waits.
    pub decision: Option<Decision>,
    /// When it lay in the hospital's outbound directory.
    pub delivered_at: Option<Timestamp>,
    /// Where it lies, sealed; `null` once it is erased.
    pub object: Option<ObjectId>,
    /// When it must be gone.
    pub due_at: Option<Timestamp>,
}

/// What became of a reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Which way.
    pub outcome: ReplyOutcome,
    /// Who decided; `null` where its deadline did.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The audit entry that says so.
    pub audit_seq: u64,
}

impl From<police::ReplyDecision> for Decision {
    fn from(row: police::ReplyDecision) -> Self {
        let police::ReplyDecision { outcome, by, at, audit_seq } = row;
        Self { outcome, by, at, audit_seq }
    }
}

/// `police decide`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyDecided {
    /// The reply.
    pub reply: SubmissionId,
    /// The request that it answers.
    pub exchange: SubmissionId,
    /// Which way.
    pub outcome: ReplyOutcome,
    /// In whose outbound directory it lies, once it does.
    pub delivered_to: Option<SenderId>,
    /// Under which name.
    pub file: Option<String>,
    /// Whether nothing of it is left here.
    pub erased: bool,
    /// Whether a hold keeps it here until it is released.
    #[serde(default)]
    pub held: bool,
}

/// The exchange with the police, in `status`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Police {
    /// Requests that no reply has come to, those that wait for the case archive included.
    pub open: u64,
    /// Those among them whose last day has passed (POL-09).
    pub overdue: Vec<Overdue>,
    /// Replies that wait for a decision (POL-08).
    pub undecided: Vec<Undecided>,
}

/// A request that should have been answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overdue {
    /// The request.
    pub id: SubmissionId,
    /// Who asked.
    pub hospital: Option<SenderId>,
    /// Who was asked.
    pub district: SenderId,
    /// The last day for an answer.
    pub needed_by: Date,
    /// How many days ago that was.
    pub days: u32,
    /// Whom to write to.
    pub contact: Option<String>,
}

/// A reply that waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undecided {
    /// The reply.
    pub id: SubmissionId,
    /// The request that it answers.
    pub exchange: SubmissionId,
    /// Whose clinician decides.
    pub hospital: Option<SenderId>,
    /// Who answered.
    pub district: SenderId,
    /// When it came.
    pub received_at: Timestamp,
    /// Whether it waits for so long that an operator was told.
    pub escalated: bool,
    /// When it is erased undecided.
    pub due_at: Option<Timestamp>,
}

/// `journal export`: what was shared with the police and what they answered (hpl. §§ 39, 40).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// When it was made.
    pub exported_at: Timestamp,
    /// The installation's name.
    pub installation: String,
    /// Only of this case.
    pub case: Option<CaseNumber>,
    /// Only what was shared at this time or later.
    pub from: Option<Timestamp>,
    /// Only what was shared before this time.
    pub before: Option<Timestamp>,
    /// In the order in which it was shared.
    pub entries: Vec<JournalEntry>,
}

/// One thing that was shared, in either direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// When: told orally, received here to be sent on, or received from the police.
    pub at: Timestamp,
    /// `to-police` or `from-police`.
    pub direction: Direction,
    /// `inquiry`, `notice`, `oral` or `reply`.
    pub form: String,
    /// What it is called.
    pub id: SubmissionId,
    /// For a reply: what its request is called.
    pub answers: Option<SubmissionId>,
    /// The case in the case archive.
    pub case: Option<CaseNumber>,
    /// The hospital, by id and name.
    pub hospital: Option<Party>,
    /// The police district, by id and name.
    pub district: Party,
    /// Code of the legal basis; of a reply, that of its request.
    pub legal_basis: String,
    /// The provision that it stands for.
    pub provision: String,
    /// Code of the purpose.
    pub purpose_code: String,
    /// `yes`, `later` or `no`.
    pub patient_informed: String,
    /// When it lay in the other one's outbound directory.
    pub sent_at: Option<Timestamp>,
    /// Whether the police have it; `null` for a reply.
    pub standing: Option<Standing>,
    /// Who recorded it at the terminal.
    pub recorded_by: Option<String>,
    /// For a reply: `full`, `partial` or `refused`.
    pub shared: Option<String>,
    /// For a reply: how many documents it held.
    pub documents: Option<u32>,
    /// For a reply: what became of it; `null` while it waits.
    pub decision: Option<Decision>,
    /// The audit entry that says that it was taken, told or received.
    pub audit_seq: u64,
}

/// Whether the police have what was to be shared with them (POL-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It was never sent, and will not be: the case archive has no such case, or it was erased here
    /// before it could be.
    NotSent,
    /// It is about to be laid into the district's outbound directory.
    Pending,
    /// It lay there.
    Sent,
    /// It was told orally.
    Told,
    /// It waits for the case archive, and is not sent before (POL-05).
    WaitsForArchive,
}

/// Which way something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The police answered.
    FromPolice,
    /// The police were asked or told.
    ToPolice,
}

/// Who took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The configured id.
    pub id: SenderId,
    /// The configured name; the id where nobody of that id is configured any more.
    pub name: String,
}

/// The provision of a legal basis, as lawyers cite it.
pub fn provision(code: &str) -> String {
    LegalBasis::parse(code).map_or_else(String::new, |basis| basis.provision().to_owned())
}
