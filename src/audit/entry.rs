//! One entry: what happened, to what, under which rule. Never personal data, never a file name.
//!
//! Every text in it is an id of ours or a word of a closed set, by type. What else there is to
//! prove goes in as the digest of a detail that is kept elsewhere and erased by its deadline.

use std::{borrow::Cow, collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::types::{
    digest::Sha256,
    header_key::HeaderKey,
    ids::{KindId, ObjectId, RegistryId, SenderId, SubmissionId},
    key_fingerprint::KeyFingerprint,
    verdict::UnknownWord,
};

/// One line of the audit log (`docs/interface.md` section 8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number in the log, from 0: the leaf's index in the tree.
    pub seq: u64,
    /// When it happened.
    pub time: Timestamp,
    /// What happened.
    pub event: Event,
    /// To which submission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<SubmissionId>,
    /// To which object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectId>,
    /// In which registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<RegistryId>,
    /// Whose submission; the configured id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<SenderId>,
    /// To whom, where something is shared with or sent to another sender; the configured id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<SenderId>,
    /// Of which kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<KindId>,
    /// Under which rule: a code of ours, such as `EMB-13`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Cow<'static, str>>,
    /// About which key that sealed headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_key: Option<HeaderKey>,
    /// By which of its sender's keys a file was signed, which was verified (IN-06).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<KeyFingerprint>,
    /// By when it was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// How many of what: `accepted`, `rejected`, `bytes`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<Cow<'static, str>, u64>,
    /// Digest of what is kept elsewhere: the submission, the receipt, the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail_sha256: Option<Sha256>,
}

impl Entry {
    /// An entry that tells no more than its event.
    pub fn new(seq: u64, time: Timestamp, event: Event) -> Self {
        Self {
            seq,
            time,
            event,
            submission: None,
            object: None,
            registry: None,
            sender: None,
            addressee: None,
            kind: None,
            rule: None,
            header_key: None,
            signed_by: None,
            due: None,
            counts: BTreeMap::new(),
            detail_sha256: None,
        }
    }

    /// Says which submission.
    #[must_use]
    pub fn submission(mut self, id: SubmissionId) -> Self {
        self.submission = Some(id);
        self
    }

    /// Says which object, and with it the submission and the registry.
    #[must_use]
    pub fn object(mut self, id: ObjectId) -> Self {
        self.submission = Some(id.submission);
        self.registry = Some(id.registry.clone());
        self.object = Some(id);
        self
    }

    /// Says which registry.
    #[must_use]
    pub fn registry(mut self, id: RegistryId) -> Self {
        self.registry = Some(id);
        self
    }

    /// Says whose.
    #[must_use]
    pub fn sender(mut self, id: SenderId) -> Self {
        self.sender = Some(id);
        self
    }

    /// Says to whom.
    #[must_use]
    pub fn addressee(mut self, id: SenderId) -> Self {
        self.addressee = Some(id);
        self
    }

    /// Says of which kind.
    #[must_use]
    pub fn kind(mut self, id: KindId) -> Self {
        self.kind = Some(id);
        self
    }

    /// Says under which rule, by its code: of ours, or of a legal basis.
    #[must_use]
    pub fn rule(mut self, code: &'static str) -> Self {
        self.rule = Some(Cow::Borrowed(code));
        self
    }

    /// Says which of a registry's header keys.
    #[must_use]
    pub fn header_key(mut self, key: HeaderKey) -> Self {
        self.header_key = Some(key);
        self
    }

    /// Says by when.
    #[must_use]
    pub fn due(mut self, at: Timestamp) -> Self {
        self.due = Some(at);
        self
    }

    /// Says how many of what.
    #[must_use]
    pub fn count(mut self, what: &'static str, number: u64) -> Self {
        self.counts.insert(Cow::Borrowed(what), number);
        self
    }

    /// Binds a detail that is kept elsewhere.
    #[must_use]
    pub fn detail(mut self, digest: Sha256) -> Self {
        self.detail_sha256 = Some(digest);
        self
    }

    /// The bytes that are logged and hashed.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Every field is an id, a number, a time or a string-keyed map: none can fail to serialise.
        serde_json::to_vec(self).unwrap_or_else(|_| unreachable!("an entry has no such value"))
    }

    /// Reads an entry of this version or an older one.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// Declares the closed set of events; adding one is one line.
macro_rules! events {
    ($($(#[$doc:meta])+ $variant:ident = $word:literal,)+) => {
        /// What may happen. The words are for ever: old entries keep them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Event { $($(#[$doc])+ $variant,)+ }

        impl Event {
            /// All of them, for documentation and tests.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word in the log.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl FromStr for Event {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($word => Ok(Self::$variant),)+ _ => Err(UnknownWord) }
            }
        }
    };
}

events! {
    /// All records of a submission were taken.
    Accepted = "accepted",
    /// A condition that an operator must know of is over.
    AlarmCleared = "alarm-cleared",
    /// A condition that an operator must know of began.
    AlarmRaised = "alarm-raised",
    /// The case archive has a police request's entry (POL-05).
    ArchiveEntered = "archive-entered",
    /// The case that a police request names is not in the case archive (POL-05).
    ArchiveRefused = "archive-refused",
    /// The daemon took a new configuration.
    ConfigChanged = "config-changed",
    /// An operator decided on what was held.
    Decided = "decided",
    /// It is recorded that the police were told something orally (POL-06).
    Disclosed = "disclosed",
    /// A file for another sender was laid into its outbound directory.
    DispatchPublished = "dispatch-published",
    /// It is there no more.
    DispatchRemoved = "dispatch-removed",
    /// The same bytes came again and were answered as the first time.
    Duplicate = "duplicate",
    /// State of an enrolment was erased.
    EnrolmentErased = "enrolment-erased",
    /// Nobody decided in time, and an operator was told.
    Escalated = "escalated",
    /// A request to the police was erased without a reply; none is taken any more.
    ExchangeClosed = "exchange-closed",
    /// Part of a submission waits for an operator.
    Held = "held",
    /// An operator let the erasure of an object go on.
    HoldReleased = "hold-released",
    /// An operator stopped the erasure of an object.
    HoldSet = "hold-set",
    /// The police are asked, under a legal basis (POL-06).
    Inquired = "inquired",
    /// What was shared with the police was handed out as a list.
    JournalExported = "journal-exported",
    /// A key was made.
    KeyGenerated = "key-generated",
    /// A key was followed by a new one.
    KeyRotated = "key-rotated",
    /// A key that sealed headers was destroyed: no copy of what it sealed opens any more.
    MonthKeyDestroyed = "month-key-destroyed",
    /// The police are told, under a legal basis (POL-06, POL-13).
    Notified = "notified",
    /// An object was erased.
    ObjectErased = "object-erased",
    /// An object was delivered to an inbox of its registry.
    ObjectPushed = "object-pushed",
    /// An object was handed out.
    ObjectRead = "object-read",
    /// An object became durable in its store.
    ObjectStored = "object-stored",
    /// An object that had to be gone by then was asked for, and not handed out.
    ObjectWithheld = "object-withheld",
    /// Some records of a submission were taken, some were not.
    PartlyAccepted = "partly-accepted",
    /// An operator gave up delivering an object to an inbox.
    PushDropped = "push-dropped",
    /// An object was erased before an inbox of its registry had it.
    PushMissed = "push-missed",
    /// A submission was set aside.
    Quarantined = "quarantined",
    /// Nothing of a submission was taken.
    Refused = "refused",
    /// A file was checked and answered, and nothing of it stored.
    Rehearsal = "rehearsal",
    /// A reply of the police was erased because nobody decided on it in time (POL-08).
    ReplyExpired = "reply-expired",
    /// A reply of the police came, and waits for the clinician's decision.
    ReplyReceived = "reply-received",
    /// The daemon began to work.
    Started = "started",
    /// The daemon ended in order.
    Stopped = "stopped",
    /// An operator said that the task of an operating year is done (NPR-05).
    TaskDone = "task-done",
    /// An operator let an operating year be worked on again.
    TaskReopened = "task-reopened",
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = Cow::<str>::deserialize(deserializer)?;
        word.parse().map_err(|_| de::Error::custom("an event that this version does not know"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Entry, Event};
    use crate::types::ids::{ObjectId, Part, RegistryId, SubmissionId};

    #[test]
    fn the_words_are_kebab_sorted_and_read_back() {
        let words: Vec<&str> = Event::ALL.iter().map(|event| event.as_str()).collect();
        assert!(words.is_sorted(), "{words:?}");
        for (event, word) in Event::ALL.iter().zip(words) {
            assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{word}");
            assert_eq!(word.parse(), Ok(*event));
        }
    }

    #[test]
    fn the_line_in_the_log() {
        let object = ObjectId {
            submission: SubmissionId::new(Timestamp::UNIX_EPOCH, [0; 10]),
            registry: RegistryId::parse("fastlege").unwrap(),
            part: Part::Whole,
            number: 1,
        };
        let entry = Entry::new(4, Timestamp::UNIX_EPOCH, Event::ObjectErased)
            .object(object)
            .rule("EMB-13")
            .count("bytes", 12);
        let line = concat!(
            r#"{"seq":4,"time":"1970-01-01T00:00:00Z","event":"object-erased","#,
            r#""submission":"00000000000000000000000000","#,
            r#""object":"00000000000000000000000000.fastlege.whole","registry":"fastlege","#,
            r#""rule":"EMB-13","counts":{"bytes":12}}"#
        );
        assert_eq!(String::from_utf8(entry.to_bytes()).unwrap(), line);
        assert_eq!(Entry::parse(line.as_bytes()), Some(entry));
    }
}
