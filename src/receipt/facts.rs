//! What there is to say about one submission, as plain data.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::types::{
    digest::Sha256,
    finding::Finding,
    ids::{KindId, ObjectId, RegistryId, SubmissionId},
    key_fingerprint::KeyFingerprint,
    rule::{Language, Text},
    verdict::{Evidence, Verdict},
};

/// What there is to say about one submission. Holds no field's value and no sender's file name.
#[derive(Debug, Clone, Copy)]
pub struct Receipt<'a> {
    /// The submission that is answered.
    pub submission: SubmissionId,
    /// `MsgId` of the `MsgHead` that the only document came in, by which the sender's system knows
    /// it.
    pub letter: Option<&'a str>,
    /// 1 for the first answer, 2 for the answer after a decision, and so on.
    pub number: u32,
    /// Who sent it.
    pub sender: Party<'a>,
    /// Who received it: this installation.
    pub receiver: Party<'a>,
    /// How people reach the operator, such as a telephone number.
    pub contact: &'a str,
    /// The sender's language.
    pub language: Language,
    /// In which the times are told, Europe/Oslo.
    pub time_zone: &'a TimeZone,
    /// What the content turned out to be; `None` when that could not be told.
    pub kind: Option<KindName<'a>>,
    /// Whether it came in `test/`: nothing was stored.
    pub rehearsal: bool,
    /// How it was judged.
    pub verdict: Verdict,
    /// When the file was claimed.
    pub received_at: Timestamp,
    /// When this answer was decided. Writing the same answer again takes the same time.
    pub written_at: Timestamp,
    /// What was read; `None` when the file was refused without being read (IN-01).
    pub content: Option<Content>,
    /// How sure it is that the file is whole; `None` when it was refused before that was asked.
    pub evidence: Option<Evidence>,
    /// The key that has signed it, where its sender must sign.
    pub signed_by: Option<KeyFingerprint>,
    /// Records taken.
    pub records_accepted: u64,
    /// Records not taken.
    pub records_rejected: u64,
    /// What was found; for a duplicate, what was found in the first.
    pub findings: &'a [Finding],
    /// How many more findings there were than those.
    pub findings_beyond: u64,
    /// What was stored, in which registry.
    pub objects: &'a [ObjectId],
    /// The first submission of the same bytes. With it, `verdict` is [`Verdict::Duplicate`].
    pub duplicate_of: Option<Earlier>,
    /// What happens next, and what else the sender should know.
    pub notes: &'a [Note],
    /// What is erased, and when.
    pub erasures: &'a [Erasure],
    /// Where the audit log holds this submission; `None` in a dry run.
    pub audit: Option<Inclusion<'a>>,
}

/// An organisation, as the configuration names it.
#[derive(Debug, Clone, Copy)]
pub struct Party<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its short name here; stands in `AppRec` where there is no organisation number.
    pub id: &'a str,
    /// Nine digits, where it has one in Enhetsregisteret.
    pub org_number: Option<&'a str>,
}

/// What kind of submission it is, and what people call that.
#[derive(Debug, Clone, Copy)]
pub struct KindName<'a> {
    /// Its id.
    pub id: &'a KindId,
    /// Its name in words, as a heading.
    pub title: Text,
}

/// The bytes as they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Over the bytes as they came, before any envelope is opened.
    pub sha256: Sha256,
    /// How many.
    pub bytes: u64,
}

/// The first submission of the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// Its id.
    pub submission: SubmissionId,
    /// When it came.
    pub received_at: Timestamp,
    /// How it stands judged now; a decision on what was held may have changed it.
    pub verdict: Verdict,
}

/// A sentence for the sender, out of a closed set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// The file did not say its encoding, and was read as Windows-1252.
    AssumedEncoding,
    /// The duties to report to both registries are fulfilled by this one file (service year 2017).
    BothDuties,
    /// They are, and it does not say whether it is complete.
    BothDutiesAsSent,
    /// They are for what was taken of it: some of its records were struck.
    BothDutiesButStruck,
    /// They are, as far as this file goes: it says that it is not complete.
    BothDutiesSoFar,
    /// What is known of the file's wholeness is weak; how to prove it the next time.
    CompletenessNotProved,
    /// What was held (EMB-13) has been decided by the operator. Belongs to a second answer, whose
    /// findings no longer have the one that held it.
    Decision(Decision),
    /// What the list changed, in persons.
    Difference {
        /// Enrolled now.
        enrolled: u64,
        /// Enrolled before, with something changed.
        changed: u64,
        /// Withdrawn now.
        withdrawn: u64,
        /// Enrolled before and confirmed as they were.
        confirmed: u64,
    },
    /// Fields that were not decided to be collected were dropped (KPR-07).
    Dropped {
        /// From what this registry gets; `None` in receipts of versions that named none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        registry: Option<RegistryId>,
        /// By the format's own names.
        fields: Vec<String>,
    },
    /// Enrolments take effect on this day.
    EffectiveFrom(Date),
    /// Some of them take effect on this day.
    EffectiveFromFor {
        /// The day.
        day: Date,
        /// How many persons.
        persons: u64,
    },
    /// The rest of them take effect on this day or on the first of a later month.
    EffectiveFromLater {
        /// The earliest of the days.
        day: Date,
        /// How many persons.
        persons: u64,
    },
    /// Notifications are missing in the sequence.
    Gap {
        /// How many at most: numbers need only rise, so no more than one is proved to be missing.
        missing: u64,
    },
    /// So many withdrawals wait for the operator's decision (EMB-13).
    HeldWithdrawals {
        /// How many persons.
        count: u64,
    },
    /// Columns that the purpose does not need were left out (NPR-04).
    LeftOut {
        /// By the format's own names.
        columns: Vec<String>,
    },
    /// Rows that were discharged in another year than the release is about (NPR-06).
    OutsideYear {
        /// How many.
        rows: u64,
        /// The year that the release is about.
        operating_year: i16,
    },
    /// The file says that it is a part of the year's report.
    PartOfYear,
    /// What becomes of a request to the police, or of their reply.
    Police(PoliceNote),
    /// It takes the place of an earlier submission, which is erased (KPR-09).
    Replaces {
        /// The earlier one.
        submission: SubmissionId,
        /// How long each registry keeps it yet.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        kept: Vec<Kept>,
    },
    /// A file of the archive takes the place of one before it, for the same municipality and year,
    /// which is erased (KPR-09).
    ReplacesWithin,
    /// Some groups of persons who share municipality, birth year, sex and DRG are small (NPR-04).
    SmallGroups {
        /// How many groups.
        small: u64,
        /// Persons in them.
        persons: u64,
        /// Fewer persons than this are few.
        floor: u8,
        /// Rows whose group there was no room to count.
        not_counted: u64,
    },
}

/// How long a registry keeps a submission whose place another one has taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Which registry.
    pub registry: RegistryId,
    /// So many months, years among them.
    pub months: u32,
    /// And so many days; at once where there are neither.
    pub days: u32,
}

/// What becomes of a request to the police, or of their reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PoliceNote {
    /// The police district was asked (POL-06).
    Asked {
        /// Its code, from the configuration.
        district: String,
        /// By when an answer is needed.
        needed_by: Option<Date>,
        /// Whether nothing is sent before the case archive has it (POL-05).
        #[serde(default)]
        waits: bool,
    },
    /// The case archive makes the case that none was given for (POL-05).
    AwaitsCase,
    /// The reply waits for the clinician's decision (POL-08).
    AwaitsClinician,
    /// What was told orally is recorded; nothing leaves (POL-06).
    OralRecorded,
    /// The police district was told, and no reply is expected (POL-13).
    Told {
        /// Its code, from the configuration.
        district: String,
    },
}

/// What became of what was held: what the operator decided, or why nobody need decide any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It is carried out.
    Approved,
    /// It is not carried out.
    Refused,
    /// A newer complete list took its place before anybody decided.
    Superseded {
        /// The newer list.
        by: SubmissionId,
    },
}

/// One thing that is erased, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Erasure {
    /// A person's enrolment, so many days after the withdrawal has been delivered.
    EnrolmentAfterWithdrawal {
        /// How many days.
        days: u32,
    },
    /// What this registry holds of the submission, at the end of this day at the latest.
    Objects {
        /// Which registry.
        registry: RegistryId,
        /// The last day.
        on: Date,
    },
}

/// Where the audit log holds the submission (`docs/interface.md` section 8).
#[derive(Debug, Clone, Copy)]
pub struct Inclusion<'a> {
    /// The entry's number, from 0: its leaf index in the tree.
    pub seq: u64,
    /// Entries that the checkpoint covers.
    pub size: u64,
    /// The signed note, verbatim.
    pub checkpoint: &'a str,
    /// The inclusion proof, lowest level first (RFC 6962); may be empty in a tree of one entry.
    pub proof: &'a [Sha256],
}

impl Receipt<'_> {
    /// The verdict that counts: a duplicate has its first submission's (IN-03).
    pub(super) fn judged(&self) -> Verdict {
        match (self.verdict, self.duplicate_of) {
            (Verdict::Duplicate, Some(earlier)) => earlier.verdict,
            (verdict, _) => verdict,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};

    use super::{Decision, Erasure, Kept, Note};
    use crate::types::ids::{RegistryId, SubmissionId};

    #[test]
    fn what_the_catalogue_keeps_reads_back() {
        let kpr = RegistryId::parse("kpr").unwrap();
        let notes = vec![
            Note::AssumedEncoding,
            Note::CompletenessNotProved,
            Note::Decision(Decision::Refused),
            Note::Difference { enrolled: 1, changed: 2, withdrawn: 3, confirmed: 4 },
            Note::EffectiveFrom(date(2026, 12, 1)),
            Note::EffectiveFromFor { day: date(2026, 12, 1), persons: 2 },
            Note::EffectiveFromLater { day: date(2027, 12, 1), persons: 1 },
            Note::HeldWithdrawals { count: 12 },
            Note::BothDuties,
            Note::BothDutiesAsSent,
            Note::BothDutiesButStruck,
            Note::PartOfYear,
            Note::BothDutiesSoFar,
            Note::Dropped { registry: Some(kpr.clone()), fields: vec!["bydel".to_owned()] },
            Note::Gap { missing: 2 },
            Note::Replaces {
                submission: SubmissionId::new(Timestamp::UNIX_EPOCH, [1; 10]),
                kept: vec![Kept { registry: kpr, months: 0, days: 1 }],
            },
            Note::ReplacesWithin,
        ];
        let json = serde_json::to_string(&notes).unwrap();
        assert!(json.contains(r#"{"effective-from":"2026-12-01"}"#), "{json}");
        assert_eq!(serde_json::from_str::<Vec<Note>>(&json).unwrap(), notes);

        // As they were kept before they named a registry.
        let id = SubmissionId::new(Timestamp::UNIX_EPOCH, [1; 10]);
        let before = format!(
            r#"[{{"dropped":{{"fields":["bydel"]}}}},{{"replaces":{{"submission":"{id}"}}}}]"#
        );
        let want = [
            Note::Dropped { registry: None, fields: vec!["bydel".to_owned()] },
            Note::Replaces { submission: id, kept: Vec::new() },
        ];
        assert_eq!(serde_json::from_str::<Vec<Note>>(&before).unwrap(), want);

        let registry = RegistryId::parse("fastlege").unwrap();
        let erasures = vec![
            Erasure::EnrolmentAfterWithdrawal { days: 30 },
            Erasure::Objects { registry, on: date(2027, 2, 11) },
        ];
        let json = serde_json::to_string(&erasures).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Erasure>>(&json).unwrap(), erasures);
    }
}
