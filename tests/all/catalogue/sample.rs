//! Records with every field filled in, numbered so that no two are alike.

use filsluse::{
    catalogue::{
        keys::{MissionCode, PersonKey},
        records::{
            enrolments::{Enrolment, EnrolmentState, HeldWithdrawal, Mission},
            objects::{Object, ObjectState},
            police::{Exchange, ExchangeState, PoliceReply},
            reports::{AnnualSubmission, Notification, ReportChain},
            submissions::{Event, Inode, Receipt, RecordCounts, SealedName, Submission, Timings},
        },
    },
    types::{
        case_number::CaseNumber,
        crockford,
        digest::Sha256,
        finding::{Finding, Place},
        guid::Guid,
        ids::{KindId, ObjectId, Part, RegistryId, SenderId, SubmissionId},
        municipality::MunicipalityNumber,
        rule::Language,
        rules::embassy::{EMB_02, EMB_09},
        verdict::{Evidence, State, Verdict},
    },
};
use jiff::{Timestamp, civil::date};

/// So many seconds after the samples' own first instant.
pub(crate) fn at(second: u32) -> Timestamp {
    Timestamp::new(1_790_000_000 + i64::from(second), 123_456_000).expect("in range")
}

pub(crate) fn id(number: u32) -> SubmissionId {
    let mut random = [7; 10];
    random[..4].copy_from_slice(&number.to_be_bytes());
    SubmissionId::new(at(number), random)
}

pub(super) fn sender() -> SenderId {
    SenderId::parse("embassy-of-utopia").expect("an id")
}

pub(super) fn registry() -> RegistryId {
    RegistryId::parse("fastlege").expect("an id")
}

pub(super) fn mission(code: &str) -> MissionCode {
    MissionCode::parse(code).expect("a code")
}

pub(super) fn person(number: u64) -> PersonKey {
    let text = crockford::encode(&(u128::from(number) << 64 | 5).to_be_bytes());
    PersonKey::parse(&format!("k1.{text}")).expect("a pseudonym")
}

/// A submission just claimed.
pub(crate) fn claimed(number: u32) -> Submission {
    let claim = Inode { dev: 66_305, inode: u64::MAX - u64::from(number) };
    Submission::claimed(id(number), sender(), at(number), claim)
}

/// A submission with every field filled in.
pub(super) fn answered(number: u32) -> Submission {
    let line = Place::Line { line: 3, column: 14 };
    let cell = Place::Cell { sheet: 1, row: 9, column: 2 };
    let mut notes = serde_json::Map::new();
    notes.insert("effective-from".into(), "2026-12-01".into());
    Submission {
        kind: Some(KindId::parse("embassy-list").expect("a kind")),
        state: State::Answered,
        verdict: Some(Verdict::Partly),
        rehearsal: false,
        finished_at: Some(at(number + 9)),
        bytes: 4096 + u64::from(number),
        sha256: Some(Sha256::of(&number.to_be_bytes())),
        evidence: Some(Evidence::Manifest),
        records: RecordCounts { accepted: 41, rejected: 2 },
        findings: vec![
            Finding::new(&EMB_02, line).record(2).field("d_number"),
            Finding::new(&EMB_09, cell).record(8),
            Finding::new(&EMB_09, Place::File {}),
        ],
        findings_beyond: 17,
        sealed_name: Some(SealedName(vec![0, 159, 146, 150])),
        manifest_sha256: Some(Sha256::of(b"manifest")),
        language: Some(Language::Nb),
        receipt: Receipt { audit_seq: Some(12), published_at: Some(at(number + 4)) },
        notes,
        timings: Timings {
            claimed_at: Some(at(number)),
            sealed_at: Some(at(number + 1)),
            stored_at: Some(at(number + 2)),
            answered_at: Some(at(number + 4)),
            done_at: Some(at(number + 5)),
        },
        ..claimed(number)
    }
}

pub(super) fn event(number: u32, second: u32, text: &str) -> Event {
    let audit_seq = second.is_multiple_of(2).then_some(u64::from(second));
    Event { submission: id(number), at: at(second), event: text.to_owned(), audit_seq }
}

pub(crate) fn object(number: u32, part: Part) -> Object {
    let id = ObjectId { submission: id(number), registry: registry(), part, number: 1 };
    Object {
        created_at: at(number),
        payload_bytes: 900,
        payload_sha256: (part != Part::Content).then(|| Sha256::of(id.to_string().as_bytes())),
        plain_bytes: 800,
        // Taken of some parts only.
        plain_sha256: (part != Part::Content).then(|| Sha256::of(b"plain")),
        recipients: vec!["age1first".into(), "age1second".into()],
        due_at: Some(at(number + 1000)),
        due_rule: "processed + P90D".into(),
        statutory_limit: None,
        state: ObjectState::Stored,
        hold_why: None,
        handed_at: None,
        header_erased_at: None,
        erased_at: None,
        operating_year: None,
        id,
    }
}

pub(super) fn enrolment(code: &str, number: u64, submission: u32) -> Enrolment {
    Enrolment {
        registry: registry(),
        mission: mission(code),
        person: person(number),
        principal: None,
        content: [u8::try_from(number % 251).expect("small"); 16],
        state: EnrolmentState::Enrolled,
        enrolled_since: date(2026, 11, 21),
        effective_from: date(2026, 12, 1),
        confirmed_at: at(submission),
        withdrawn_on: None,
        withdrawal_delivered_at: None,
        erase_at: None,
        review: false,
        submission: id(submission),
    }
}

/// The enrolment after its withdrawal, with every field filled in.
pub(super) fn withdrawn(code: &str, number: u64, submission: u32) -> Enrolment {
    Enrolment {
        principal: Some(person(number + 1)),
        state: EnrolmentState::Withdrawn,
        withdrawn_on: Some(date(2028, 2, 29)),
        withdrawal_delivered_at: Some(at(submission + 1)),
        erase_at: Some(at(submission + 30)),
        review: true,
        ..enrolment(code, number, submission)
    }
}

pub(super) fn last_list(code: &str, submission: u32) -> Mission {
    Mission {
        registry: registry(),
        mission: mission(code),
        last_list_at: at(submission),
        last_list_date: Some(date(2026, 11, 21)),
        last_list: id(submission),
    }
}

pub(super) fn held(code: &str, submission: u32) -> HeldWithdrawal {
    HeldWithdrawal {
        submission: id(submission),
        registry: registry(),
        mission: mission(code),
        created_at: at(submission),
        count: 3,
        persons: vec![person(1), person(2), person(3)],
        decision: None,
    }
}

pub(super) fn oslo() -> MunicipalityNumber {
    MunicipalityNumber::parse("0301").expect("a municipality")
}

/// Where a sequence stands after a submission.
pub(super) fn chain(number: u32, last_number: u64) -> ReportChain {
    let last_guid = Guid([u8::try_from(number).expect("small"); 16]);
    let submission = id(number);
    ReportChain { municipality: oslo(), last_number, last_guid, submission }
}

pub(super) fn notification(number: u8) -> Notification {
    Notification { guid: Guid([number; 16]), status: 'N', digest: [number + 100; 8] }
}

pub(super) fn annual(number: u32, year: i16) -> AnnualSubmission {
    AnnualSubmission {
        sender: sender(),
        municipality: oslo(),
        year,
        registry: registry(),
        submission: id(number),
        document: 1,
        reporter: oslo(),
        complete: Some(true),
        superseded: None,
    }
}

/// A request to the police that was sent.
pub(super) fn exchange(number: u32) -> Exchange {
    Exchange {
        id: Guid([u8::try_from(number).expect("small"); 16]),
        form: "inquiry".into(),
        hospital: Some(sender()),
        district: SenderId::parse("politi-oslo").expect("an id"),
        submission: Some(id(number)),
        case: CaseNumber::parse(&format!("26/{number}")).ok(),
        basis: "samtykke".into(),
        purpose_code: "risikovurdering".into(),
        informed: "yes".into(),
        at: at(number),
        needed_by: Some(date(2026, 12, 1)),
        recorded_by: None,
        state: ExchangeState::Open,
        sent_at: None,
        closed_at: None,
        audit_seq: number.into(),
    }
}

/// A reply to it that waits for a decision.
pub(super) fn reply(number: u32, to: u32) -> PoliceReply {
    PoliceReply {
        id: Guid([100 + u8::try_from(number).expect("small"); 16]),
        exchange: exchange(to).id,
        district: exchange(to).district,
        submission: id(number),
        shared: "partial".into(),
        documents: 2,
        received_at: at(number),
        audit_seq: u64::from(number) + 10,
        escalated_at: None,
        decision: None,
        delivered_at: None,
    }
}
