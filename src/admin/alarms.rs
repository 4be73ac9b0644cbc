//! Every alarm that the house can raise: its code, how grave it is, and what to do first.
//!
//! The long form for three in the morning stands in `docs/operator.md`; a test holds the two to
//! the same codes.

/// One alarm.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Its stable code.
    pub code: &'static str,
    /// Whether the installation is unhealthy while it stands: data, the law or the log is at stake,
    /// or nothing is taken any more. The others wait for office hours.
    pub grave: bool,
    /// Whether it is about something that happened rather than something that lasts, so that it
    /// stands until somebody acknowledges it. The others end with their cause.
    pub needs_acknowledgement: bool,
    /// What it means, and what to do first.
    pub advice: &'static str,
}

/// The alarm of a code.
pub fn known(code: &str) -> Option<&'static Known> {
    ALL.iter().find(|alarm| alarm.code == code)
}

/// Whether an alarm makes the installation unhealthy. One that this version does not know does.
pub fn is_grave(code: &str) -> bool {
    known(code).is_none_or(|alarm| alarm.grave)
}

/// What to do first about an alarm.
pub fn advice(code: &str) -> &'static str {
    known(code).map_or("see the journal: journalctl -u filsluse", |alarm| alarm.advice)
}

const fn grave(code: &'static str, advice: &'static str) -> Known {
    Known { code, grave: true, needs_acknowledgement: false, advice }
}

const fn calm(code: &'static str, advice: &'static str) -> Known {
    Known { code, grave: false, needs_acknowledgement: false, advice }
}

const fn needs_acknowledgement(alarm: Known) -> Known {
    Known { needs_acknowledgement: true, ..alarm }
}

/// All of them, by code.
pub const ALL: &[Known] = &[
    needs_acknowledgement(calm(
        "archive-no-entry",
        "A notice or oral disclosure names a case that is not in the case archive. It reached the \
         police; only its entry is missing. Let somebody make the entry by hand.",
    )),
    needs_acknowledgement(grave(
        "archive-refused",
        "The case that a police request names is not in the case archive, so the request is not \
         sent (POL-05). Ask the hospital to send it again with the right case number.",
    )),
    grave(
        "archive-unreachable",
        "Police requests wait for the case archive. See `archive` in `filsluse status` for why, and \
         `systemctl status filsluse-deliver`; they are tried again by themselves.",
    ),
    needs_acknowledgement(grave(
        "audit-broken",
        "The audit log does not fit itself or the catalogue. Stop the daemon, copy the audit \
         directory as it is, and run `filsluse audit verify`.",
    )),
    needs_acknowledgement(grave(
        "catalogue-restored",
        "The catalogue is older than the audit log: it was restored. Ask the senders that are named \
         for what is missing; what had been erased is erased again.",
    )),
    needs_acknowledgement(calm(
        "claimed-orphan",
        "A claimed file belongs to no submission. Leave it; see whether its sender got a receipt.",
    )),
    grave(
        "clock-jump",
        "The clock jumped and erasing has stopped. Check `timedatectl`; when the clock is right, \
         `filsluse retention run` confirms it.",
    ),
    grave(
        "dispatch-owed",
        "What is for a sender cannot be put into its outbound directory, or not be removed from it. \
         Run /usr/share/filsluse/add-sender again to set owner and mode right; it is tried again.",
    ),
    calm(
        "enrolment-held",
        "What a complete list would withdraw waits for your decision; the words in brackets say why. \
         See `filsluse enrolment pending`, ask the mission, then approve or refuse.",
    ),
    needs_acknowledgement(calm(
        "enrolment-review",
        "A person's case is to be looked at: two missions have enrolled the person, a household was \
         left behind, or somebody who had left is on a list again. `filsluse enrolment list` marks \
         them; let Helfo look.",
    )),
    calm(
        "enrolment-stale",
        "No list has confirmed an enrolment for long. Ask for a complete list.",
    ),
    grave(
        "erasure-failed",
        "An object could not be erased; it is tried again at every sweep. The word in brackets says \
         why: store-failed: look at the disk (full, read-only, errors?); registry-unknown: put the \
         registry's file back into registries.d; catalogue-busy, catalogue-failed: see `journalctl -u \
         filsluse`.",
    ),
    grave(
        "erasure-overdue",
        "Something is past its deadline: a breach of law. Remove the cause, then run \
         `filsluse retention run`, and tell the data protection officer.",
    ),
    grave(
        "exdev",
        "A sender's inbound is on another file system than .claimed, so nothing of it is taken. \
         Unmount what was mounted there.",
    ),
    grave(
        "header-key-kept",
        "The key of what was erased could not be destroyed, so an older copy of the catalogue opens \
         it still. Look at header-keys in the state directory; it is tried again at every sweep.",
    ),
    grave(
        "header-key-missing",
        "Objects of a registry cannot be opened: their header keys are gone. Stop the daemon and \
         restore header-keys and the catalogue from the same hour.",
    ),
    needs_acknowledgement(grave(
        "identity-leak",
        "An identity was about to leave for a registry that takes none. Nothing was stored. Report \
         the submission's id; until it is understood, send nothing of its kind.",
    )),
    grave(
        "low-disk",
        "Too little free disk, so nothing is taken. Free or add space; never delete by hand below \
         the state directory.",
    ),
    needs_acknowledgement(grave(
        "payload-missing",
        "The payload of a stored object is gone from its store, so that nobody can read it. Put it back \
         from a backup; if there is none, ask its sender to send it again, tell the registry, then \
         acknowledge.",
    )),
    calm(
        "police-overdue",
        "The police have not answered in the time that was asked for. Write to the district's \
         contact; `filsluse police show` has the request.",
    ),
    needs_acknowledgement(calm(
        "police-reply-unmatched",
        "A reply of the police answers no open request, and was set aside for its district alone. \
         Write to the district; the reply's id stands in its receipt.",
    )),
    calm(
        "police-undecided",
        "Nobody has decided on a reply of the police. Ask the hospital's clinician, then \
         `filsluse police decide`; undecided it is erased.",
    ),
    needs_acknowledgement(grave(
        "quarantined",
        "A submission was set aside, encrypted, for a fault of ours. Report it with its id.",
    )),
    grave(
        "reader-stuck",
        "A file has been read for so long that its reader must hang; its sender has no answer. Look at \
         the disk, then restart the daemon: it reads the file again.",
    ),
    grave(
        "receipt-owed",
        "A sender's outbound directory takes no receipts. Run /usr/share/filsluse/add-sender again to set owner and mode \
         right; they are tried again.",
    ),
    calm(
        "sender-overdue",
        "What stands in brackets has not come in time. Write to the sender's contact.",
    ),
    needs_acknowledgement(calm(
        "sequence-gap",
        "The sequence of a municipality's notifications has a break: a delivery seems to be missing. \
         Write to the sender's contact, who has the place in the receipt.",
    )),
    grave(
        "store-down",
        "A registry's store, the audit log or the catalogue cannot be written. Look at the file \
         system; submissions wait.",
    ),
    needs_acknowledgement(grave(
        "swapped-inode",
        "A file was swapped while it was claimed. Once: a clumsy client. Again: remove the \
         sender's key.",
    )),
    calm(
        "sweep-too-large",
        "More is due at once than retention.max-share, so only what is past a statutory limit was \
         erased. Look at `filsluse retention plan`; when it is right, `filsluse retention run` \
         confirms it.",
    ),
    grave(
        "unclaimable-inbox",
        "A sender's files cannot be moved out of its inbound. Run /usr/share/filsluse/add-sender again to set owner and \
         mode right.",
    ),
    grave(
        "unlistable-inbox",
        "A sender's inbound cannot be read. Run /usr/share/filsluse/add-sender again to set owner and mode right.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ALL, is_grave};

    #[test]
    fn the_operators_guide_has_the_same_codes() {
        let guide = include_str!("../../docs/operator.md");
        let (_, section) = guide.split_once("## 8. Alarms").unwrap();
        let told: BTreeSet<&str> = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .collect();
        let known: BTreeSet<&str> = ALL.iter().map(|alarm| alarm.code).collect();
        assert_eq!(known, told);
        assert!(ALL.is_sorted_by_key(|alarm| alarm.code));
    }

    #[test]
    fn an_unknown_alarm_is_grave() {
        assert!(is_grave("from-a-newer-version") && is_grave("audit-broken"));
        assert!(!is_grave("enrolment-held"));
    }
}
