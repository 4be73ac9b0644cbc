//! The alarms that the house can raise. What an operator should do about each stands in
//! `admin::alarms`, where the compiler asks for it.

/// What an alarm is about. Code and subject together are its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlarmCode {
    /// A notice or an oral disclosure names a case that the archive does not have; subject is the
    /// submission.
    ArchiveNoEntry,
    /// A request was not sent to the police: the case archive does not have the case that it names
    /// (POL-05), or it could not be laid out before its deadline; subject is the submission.
    ArchiveRefused,
    /// Requests wait for the case archive.
    ArchiveUnreachable,
    /// The audit log does not fit itself or the catalogue.
    AuditBroken,
    /// The catalogue is older than the audit log; subject is the log, or a sender of whom
    /// something is missing.
    CatalogueRestored,
    /// A certificate or revocation list has run out; subject is its file.
    CertificateExpired,
    /// A certificate or revocation list runs out soon; subject is its file.
    CertificateExpiring,
    /// A claimed file belongs to no submission; subject is the sender.
    ClaimedOrphan,
    /// The clock has jumped; nothing is erased until an operator confirms.
    ClockJump,
    /// What is for a sender cannot be put into its outbound directory, or not be removed; subject
    /// is the sender.
    DispatchOwed,
    /// What a complete list would withdraw waits for an operator (EMB-13); subject is the
    /// submission.
    EnrolmentHeld,
    /// A person's case is to be looked at (EMB-11); subject is the mission.
    EnrolmentReview,
    /// An enrolment has not been confirmed for longer than anybody is posted; subject is the
    /// mission.
    EnrolmentStale,
    /// An object could not be erased; subject is the object.
    ErasureFailed,
    /// Something is still there a day after its deadline, or past a statutory limit; subject is
    /// the registry.
    ErasureOverdue,
    /// A sender's inbound is on another file system than the claimed files; subject is the
    /// sender.
    Exdev,
    /// A key that headers have left could not be destroyed; subject is registry and key.
    HeaderKeyKept,
    /// Headers lie under keys that are not there, so that nobody can open them; subject is the
    /// registry.
    HeaderKeyMissing,
    /// An identity was about to leave for a registry that takes none; subject is the submission.
    IdentityLeak,
    /// The admin listener lets nobody in; subject is what it lacks: `socket` or `tls`.
    ListenerDown,
    /// Too little free disk: nothing is taken.
    LowDisk,
    /// Content will soon be erased that nobody has got; subject is the registry.
    ObjectUnfetched,
    /// The payload of a stored object is not in its store; subject is the object.
    PayloadMissing,
    /// No reply of the police in the time that the request asked for (POL-09); subject is the
    /// request.
    PoliceOverdue,
    /// A reply of the police answers no open request (POL-07); subject is the reply.
    PoliceReplyUnmatched,
    /// Nobody has decided on a reply of the police in time (POL-08); subject is the reply.
    PoliceUndecided,
    /// Objects wait for an inbox of their registry, for too long or for somebody; subject is registry
    /// and inbox.
    PushFailed,
    /// Objects were erased before an inbox of their registry had them; subject is registry and inbox.
    PushMissed,
    /// A submission was set aside for a fault of ours; subject is the submission.
    Quarantined,
    /// A file has been read for so long that its reader must hang; subject is the submission.
    ReaderStuck,
    /// A sender's outbound directory takes no receipts; subject is the sender.
    ReceiptOwed,
    /// What a sender is expected to send has not come; subject is the sender.
    SenderOverdue,
    /// The sequence of a municipality's notifications has a break; subject is the sender.
    SequenceGap,
    /// A file came by a sender's account that none of the sender's keys has signed (IN-06); subject is
    /// the sender.
    SignatureRefused,
    /// A store, the audit log or the catalogue cannot be written; subject is `state`, or a
    /// submission that fails again and again.
    StoreDown,
    /// A file was swapped while it was claimed; subject is the sender.
    SwappedInode,
    /// A sweep would erase more at once than is configured; an operator must confirm.
    SweepTooLarge,
    /// A sender's files cannot be moved out of its inbound; subject is the sender.
    UnclaimableInbox,
    /// A sender's inbound cannot be listed; subject is the sender.
    UnlistableInbox,
}

impl AlarmCode {
    /// All of them, by code.
    pub const ALL: &[Self] = &[
        Self::ArchiveNoEntry,
        Self::ArchiveRefused,
        Self::ArchiveUnreachable,
        Self::AuditBroken,
        Self::CatalogueRestored,
        Self::CertificateExpired,
        Self::CertificateExpiring,
        Self::ClaimedOrphan,
        Self::ClockJump,
        Self::DispatchOwed,
        Self::EnrolmentHeld,
        Self::EnrolmentReview,
        Self::EnrolmentStale,
        Self::ErasureFailed,
        Self::ErasureOverdue,
        Self::Exdev,
        Self::HeaderKeyKept,
        Self::HeaderKeyMissing,
        Self::IdentityLeak,
        Self::ListenerDown,
        Self::LowDisk,
        Self::ObjectUnfetched,
        Self::PayloadMissing,
        Self::PoliceOverdue,
        Self::PoliceReplyUnmatched,
        Self::PoliceUndecided,
        Self::PushFailed,
        Self::PushMissed,
        Self::Quarantined,
        Self::ReaderStuck,
        Self::ReceiptOwed,
        Self::SenderOverdue,
        Self::SequenceGap,
        Self::SignatureRefused,
        Self::StoreDown,
        Self::SwappedInode,
        Self::SweepTooLarge,
        Self::UnclaimableInbox,
        Self::UnlistableInbox,
    ];

    /// The stable code: what `status`, the audit log and the guide call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ArchiveNoEntry => "archive-no-entry",
            Self::ArchiveRefused => "archive-refused",
            Self::ArchiveUnreachable => "archive-unreachable",
            Self::AuditBroken => "audit-broken",
            Self::CatalogueRestored => "catalogue-restored",
            Self::CertificateExpired => "certificate-expired",
            Self::CertificateExpiring => "certificate-expiring",
            Self::ClaimedOrphan => "claimed-orphan",
            Self::ClockJump => "clock-jump",
            Self::DispatchOwed => "dispatch-owed",
            Self::EnrolmentHeld => "enrolment-held",
            Self::EnrolmentReview => "enrolment-review",
            Self::EnrolmentStale => "enrolment-stale",
            Self::ErasureFailed => "erasure-failed",
            Self::ErasureOverdue => "erasure-overdue",
            Self::Exdev => "exdev",
            Self::HeaderKeyKept => "header-key-kept",
            Self::HeaderKeyMissing => "header-key-missing",
            Self::IdentityLeak => "identity-leak",
            Self::ListenerDown => "listener-down",
            Self::LowDisk => "low-disk",
            Self::ObjectUnfetched => "object-unfetched",
            Self::PayloadMissing => "payload-missing",
            Self::PoliceOverdue => "police-overdue",
            Self::PoliceReplyUnmatched => "police-reply-unmatched",
            Self::PoliceUndecided => "police-undecided",
            Self::PushFailed => "push-failed",
            Self::PushMissed => "push-missed",
            Self::Quarantined => "quarantined",
            Self::ReaderStuck => "reader-stuck",
            Self::ReceiptOwed => "receipt-owed",
            Self::SenderOverdue => "sender-overdue",
            Self::SequenceGap => "sequence-gap",
            Self::SignatureRefused => "signature-refused",
            Self::StoreDown => "store-down",
            Self::SwappedInode => "swapped-inode",
            Self::SweepTooLarge => "sweep-too-large",
            Self::UnclaimableInbox => "unclaimable-inbox",
            Self::UnlistableInbox => "unlistable-inbox",
        }
    }

    /// Whether its subject is a sender, perhaps with something of that sender's behind a slash.
    pub const fn is_about_sender(self) -> bool {
        matches!(
            self,
            Self::ClaimedOrphan
                | Self::DispatchOwed
                | Self::Exdev
                | Self::ReceiptOwed
                | Self::SenderOverdue
                | Self::SequenceGap
                | Self::SignatureRefused
                | Self::SwappedInode
                | Self::UnclaimableInbox
                | Self::UnlistableInbox
        )
    }

    /// The alarm of a code; `None` of one that this version does not know.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.as_str() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::AlarmCode;

    #[test]
    fn each_code_is_there_once_and_in_order() {
        assert!(
            AlarmCode::ALL.is_sorted_by(|one, next| one < next && one.as_str() < next.as_str())
        );
        for code in AlarmCode::ALL {
            assert_eq!(AlarmCode::parse(code.as_str()), Some(*code));
        }
    }
}
