//! How grave each alarm is, and what to do first.
//!
//! The long form for three in the morning stands in `docs/operator/alarms.md`; a test holds it to
//! the same codes.

use crate::types::alarm::AlarmCode;

/// What an operator is told of an alarm.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Whether the installation is unhealthy while it stands: data, the law or the log is at stake,
    /// or nothing is taken any more. The others wait for office hours.
    pub grave: bool,
    /// Whether it is about something that happened rather than something that lasts, so that it
    /// stands until somebody acknowledges it. The others end with their cause.
    pub needs_acknowledgement: bool,
    /// What it means, and what to do first.
    pub advice: &'static str,
}

/// Whether an alarm makes the installation unhealthy. One that this version does not know does.
pub fn is_grave(code: &str) -> bool {
    AlarmCode::parse(code).is_none_or(|code| known(code).grave)
}

/// Whether an alarm stands until somebody acknowledges it.
pub fn needs_acknowledgement(code: &str) -> bool {
    AlarmCode::parse(code).is_some_and(|code| known(code).needs_acknowledgement)
}

/// What to do first about an alarm.
pub fn advice(code: &str) -> &'static str {
    AlarmCode::parse(code)
        .map_or("see the journal: journalctl -u filsluse", |code| known(code).advice)
}

/// What an operator is told of an alarm.
#[expect(clippy::too_many_lines, reason = "a table with a row for each alarm")]
pub const fn known(code: AlarmCode) -> Known {
    match code {
        AlarmCode::ArchiveNoEntry => acknowledged(calm(
            "A notice or oral disclosure names a case that is not in the case archive. It reached the \
         police; only its entry is missing. Let somebody make the entry by hand.",
        )),
        AlarmCode::ArchiveRefused => acknowledged(grave(
            "A police request is not sent, since the case that it names is not in the case archive \
         (POL-05): ask the hospital to send it again with the right case number. never-sent: it could \
         not be laid out for the district before its deadline, and is erased; see that the hospital, \
         which gets a second receipt, knows.",
        )),
        AlarmCode::ArchiveUnreachable => grave(
            "Police requests wait for the case archive. See `archive` in `filsluse status` for why, and \
         `systemctl status filsluse-deliver`; they are tried again by themselves.",
        ),
        AlarmCode::AuditBroken => acknowledged(grave(
            "The audit log does not fit itself or the catalogue. Stop the daemon, copy the audit \
         directory as it is, and run `filsluse audit verify`.",
        )),
        AlarmCode::CatalogueRestored => acknowledged(grave(
            "The catalogue is older than the audit log: it was restored. Ask the senders that are named \
         for what is missing; what had been erased is erased again.",
        )),
        AlarmCode::CertificateExpired => grave(
            "A certificate or revocation list has run out: whoever needs it is refused. Put a new one \
         into the file, reload the daemon and restart filsluse-deliver.",
        ),
        AlarmCode::CertificateExpiring => calm(
            "A certificate or revocation list runs out soon. Put a new one into the file before that day, \
         reload the daemon and restart filsluse-deliver.",
        ),
        AlarmCode::ClaimedOrphan => acknowledged(calm(
            "A claimed file belongs to no submission. Leave it; see whether its sender got a receipt.",
        )),
        AlarmCode::ClockJump => grave(
            "The clock jumped and erasing has stopped. Check `timedatectl`; when the clock is right, \
         `filsluse retention run` confirms it.",
        ),
        AlarmCode::DispatchOwed => grave(
            "What is for a sender cannot be put into its outbound directory, or not be removed from it. \
         Run /usr/share/filsluse/add-sender again to set owner and mode right; it is tried again.",
        ),
        AlarmCode::EnrolmentHeld => calm(
            "What a complete list would withdraw waits for your decision; the words in brackets say why. \
         See `filsluse enrolment pending`, ask the mission, then approve or refuse.",
        ),
        AlarmCode::EnrolmentReview => acknowledged(calm(
            "A person's case is to be looked at: two missions have enrolled the person, a household was \
         left behind, or somebody who had left is on a list again. `filsluse enrolment list` marks \
         them; let Helfo look.",
        )),
        AlarmCode::EnrolmentStale => {
            calm("No list has confirmed an enrolment for long. Ask for a complete list.")
        }
        AlarmCode::ErasureFailed => grave(
            "An object could not be erased; it is tried again at every sweep. The word in brackets says \
         why: store-failed: look at the disk (full, read-only, errors?); registry-unknown: put the \
         registry's file back into registries.d; catalogue-busy, catalogue-failed: see `journalctl -u \
         filsluse`.",
        ),
        AlarmCode::ErasureOverdue => grave(
            "Something is past its deadline: a breach of law. Remove the cause, then run \
         `filsluse retention run`, and tell the data protection officer.",
        ),
        AlarmCode::Exdev => grave(
            "A sender's inbound is on another file system than .claimed, so nothing of it is taken. \
         Unmount what was mounted there.",
        ),
        AlarmCode::HeaderKeyKept => grave(
            "The key of what was erased could not be destroyed, so an older copy of the catalogue opens \
         it still. Look at header-keys in the state directory; it is tried again at every sweep.",
        ),
        AlarmCode::HeaderKeyMissing => grave(
            "Objects of a registry cannot be opened: their header keys are gone. Stop the daemon and \
         restore header-keys and the catalogue from the same hour.",
        ),
        AlarmCode::IdentityLeak => acknowledged(grave(
            "An identity was about to leave for a registry that takes none. Nothing was stored. Report \
         the submission's id; until it is understood, send nothing of its kind.",
        )),
        AlarmCode::ListenerDown => grave(
            "The admin listener lets nobody in: no page, no metrics, no objects for registries. The \
         journal says what it lacks; `filsluse config check` says what to put right. Then reload, or \
         restart where the socket is missing.",
        ),
        AlarmCode::LowDisk => grave(
            "Too little free disk, so nothing is taken. Free or add space; never delete by hand below \
         the state directory.",
        ),
        AlarmCode::ObjectUnfetched => calm(
            "Content of the registry is erased within a week, and nobody has got it. `filsluse object list` \
         shows which: let the registry fetch it, or say that it will not.",
        ),
        AlarmCode::PayloadMissing => acknowledged(grave(
            "The payload of a stored object is gone from its store, so that nobody can read it. Put it back \
         from a backup. If there is none, tell the registry, and ask its sender to send the same file \
         again: while this alarm stands, it is no duplicate. What the new one holds ends the alarm; \
         acknowledge what it does not.",
        )),
        AlarmCode::PoliceOverdue => calm(
            "The police have not answered in the time that was asked for. Write to the district's \
         contact; `filsluse police show` has the request.",
        ),
        AlarmCode::PoliceReplyUnmatched => acknowledged(calm(
            "A reply of the police answers no open request, and was set aside for its district alone. \
         Write to the district; the reply's id stands in its receipt.",
        )),
        AlarmCode::PoliceUndecided => calm(
            "Nobody has decided on a reply of the police. Ask the hospital's clinician, then \
         `filsluse police decide`; undecided it is erased.",
        ),
        AlarmCode::PushFailed => grave(
            "Objects wait for an inbox of their registry; `filsluse push list` says which and why, and see \
         `systemctl status filsluse-deliver`. They are tried again by themselves, at once after \
         `filsluse push now`; what must be gone goes whether delivered or not.",
        ),
        AlarmCode::PushMissed => acknowledged(grave(
            "Objects were erased by their deadline before an inbox of their registry had them. Ask the \
         registry what it lacks, and the senders to send that again.",
        )),
        AlarmCode::Quarantined => acknowledged(grave(
            "A submission was set aside, encrypted, for a fault of ours. Report it with its id.",
        )),
        AlarmCode::ReaderStuck => grave(
            "A file has been read for so long that its reader must hang; its sender has no answer. Look at \
         the disk, then restart the daemon: it reads the file again.",
        ),
        AlarmCode::ReceiptOwed => grave(
            "A sender's outbound directory takes no receipts, or its sender could not read them there. Run \
         /usr/share/filsluse/add-sender again to set owner and mode right; they are tried again.",
        ),
        AlarmCode::SenderOverdue => {
            calm("What stands in brackets has not come in time. Write to the sender's contact.")
        }
        AlarmCode::SequenceGap => acknowledged(calm(
            "The sequence of a municipality's notifications has a break: a delivery seems to be missing. \
         Write to the sender's contact, who has the place in the receipt.",
        )),
        AlarmCode::SignatureRefused => acknowledged(calm(
            "A file came by a sender's account without a valid signature of the sender's; nothing of it \
         was taken. Telephone the sender: if it did not send that file, remove its SSH key.",
        )),
        AlarmCode::StoreDown => grave(
            "A registry's store, the audit log or the catalogue cannot be written. Look at the file \
         system; submissions wait. With a submission's id: that one cannot be read or committed, again \
         and again, even if others are. Its original is kept and it is tried every minute; when the disk \
         is well, report it with its id.",
        ),
        AlarmCode::SwappedInode => acknowledged(grave(
            "A file was swapped while it was claimed. Once: a clumsy client. Again: remove the \
         sender's key.",
        )),
        AlarmCode::SweepTooLarge => calm(
            "More is due at once than retention.max-share, so only what is past a statutory limit was \
         erased. Look at `filsluse retention plan`; when it is right, `filsluse retention run` \
         confirms it.",
        ),
        AlarmCode::UnclaimableInbox => grave(
            "A sender's files cannot be moved out of its inbound. Run /usr/share/filsluse/add-sender again to set owner and \
         mode right.",
        ),
        AlarmCode::UnlistableInbox => grave(
            "A sender's inbound cannot be read. Run /usr/share/filsluse/add-sender again to set owner and mode right.",
        ),
    }
}

const fn grave(advice: &'static str) -> Known {
    Known { grave: true, needs_acknowledgement: false, advice }
}

const fn calm(advice: &'static str) -> Known {
    Known { grave: false, needs_acknowledgement: false, advice }
}

const fn acknowledged(alarm: Known) -> Known {
    Known { needs_acknowledgement: true, ..alarm }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{AlarmCode, is_grave};

    #[test]
    fn the_operators_guide_has_the_same_codes() {
        let guide = include_str!("../../docs/operator/alarms.md");
        let told: BTreeSet<&str> =
            guide.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        let known: BTreeSet<&str> = AlarmCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(known, told);
    }

    #[test]
    fn an_unknown_alarm_is_grave() {
        assert!(is_grave("from-a-newer-version") && is_grave("audit-broken"));
        assert!(!is_grave("enrolment-held"));
    }
}
