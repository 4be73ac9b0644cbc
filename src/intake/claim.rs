//! Takes a finished file out of a sender's reach: durable intent, rename, look again.
//!
//! Never opens what is not a plain file, never processes another inode than the one that was
//! judged, never overwrites. The rename keeps the sender's own inode, so a descriptor that the
//! sender kept still writes to it: [`ClaimedFile::unchanged`] around the one pass over the bytes is
//! the guarantee.

use std::{
    fs::File,
    io,
    os::fd::{AsFd, OwnedFd},
    sync::Arc,
};

use rustix::io::Errno;

pub use crate::intake::claimed_dir::Remains;
pub(crate) use crate::intake::claimed_dir::{Place, ours};
use crate::{
    durable::fail_point,
    intake::{
        claimed_dir::refused_name,
        companion::Companion,
        directory::{EntryKind, Seen, open_file},
        lease::{Writer, writer_of},
        name::SenderFileName,
        refusal::RefusalReason,
    },
    signature::Detached,
    types::{
        digest::Sha256,
        ids::{SenderId, SubmissionId},
        verdict::Evidence,
    },
};

/// What is about to be done with one entry; durable in the catalogue before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Its id from now on.
    pub id: SubmissionId,
    /// Whose it is.
    pub sender: SenderId,
    /// Whether it lay in `inbound/test`.
    pub rehearsal: bool,
    /// The sender's name for it: to be sealed before it is stored.
    pub name: SenderFileName,
    /// The file system, as long as the machine is up.
    pub dev: u64,
    /// The inode.
    pub ino: u64,
    /// Bytes.
    pub size: u64,
    /// What it is taken for.
    pub fate: Fate,
}

/// What an entry is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// To be refused with a receipt and removed.
    Refuse(RefusalReason),
    /// To be processed.
    Take {
        /// How sure we are that it is whole.
        evidence: Evidence,
        /// The digest that its manifest names.
        manifest: Option<Sha256>,
        /// The signature that lay beside it.
        signature: Option<Detached>,
    },
}

/// How an intent ended.
#[derive(Debug)]
pub enum Outcome {
    /// Ours; durably so once the file system of [`ClaimedFile::dir`] was synced.
    Claimed(ClaimedFile),
    /// Out of the way (or staying, when it is a directory), to be answered and removed.
    Refused(SetAside),
    /// Nothing was moved: the intent's row can be dropped. From recovery it also means that nothing
    /// is there any more: a submission that was answered before is done then.
    Void {
        /// The intent's id.
        id: SubmissionId,
        /// Whose it was.
        sender: SenderId,
        /// Why.
        why: VoidReason,
    },
}

/// Why an intent came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoidReason {
    /// Something else has its name now; the next look judges that.
    Changed,
    /// The claimed directory is on another file system: the sender is stopped.
    CrossDevice,
    /// The rename failed: the sender is stopped for a while.
    Failed(io::ErrorKind),
    /// The sender was stopped by a file before this one.
    Stopped,
    /// The sender took it back.
    Vanished,
}

impl From<Errno> for VoidReason {
    /// Of a rename that failed.
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::NOENT => Self::Vanished,
            Errno::XDEV => Self::CrossDevice,
            other => Self::Failed(io::Error::from(other).kind()),
        }
    }
}

/// A file that belongs to the daemon.
#[derive(Debug)]
pub struct ClaimedFile {
    /// Its id, and its name in `.claimed/<sender>`.
    pub id: SubmissionId,
    /// Whose it is.
    pub sender: SenderId,
    /// Whether it is only to be validated and answered.
    pub rehearsal: bool,
    /// The sender's name for it.
    pub name: SenderFileName,
    /// Bytes at the time of the claim. Cap what is read at `size` + 1: the sender may still append.
    pub size: u64,
    /// How sure we are that it is whole.
    pub evidence: Evidence,
    /// The digest that its manifest names, to be compared with that of the bytes read.
    pub manifest: Option<Sha256>,
    /// The signature that lay beside it, to be held against the bytes read.
    pub signature: Option<Detached>,
    fingerprint: Seen,
    place: Place,
}

impl ClaimedFile {
    /// Its file system and inode.
    pub fn inode(&self) -> (u64, u64) {
        (self.fingerprint.dev, self.fingerprint.ino)
    }

    /// The directory that it lies in. Its file system, which is the sender's too, must be synced
    /// before anything is recorded that does not hold when a power cut undoes the claim: until then
    /// the file is found again where its sender put it, and nothing has happened.
    pub fn dir(&self) -> &OwnedFd {
        &self.place.dir
    }

    /// Opens the bytes through the new name, at their start. Done by whoever reads and not by the
    /// claim: more files may wait than a process may have open.
    ///
    /// # Errors
    /// When this machine cannot open it now: nothing is known of the file, and it is tried again.
    pub fn open(&self) -> io::Result<File> {
        open_file(self.place.dir.as_fd(), self.place.name.expose_bytes())
    }

    /// Whether what was opened is what was claimed, and nobody wrote to it, linked to it or changed
    /// its times since. To be asked after the pass over its bytes; `false` means that the pass may
    /// have read a mixture.
    ///
    /// # Errors
    /// When the open file cannot be looked at.
    pub fn unchanged(&self, opened: &File) -> io::Result<bool> {
        Ok(Seen::of_file(opened)?.same(&self.fingerprint))
    }

    /// Lets go of the bytes, and keeps what it takes to remove it.
    pub fn remains(self) -> Remains {
        Remains { place: self.place, kind: EntryKind::Plain }
    }
}

/// A refused thing, under a name of ours unless it is a directory.
#[derive(Debug)]
pub struct SetAside {
    /// Its id.
    pub id: SubmissionId,
    /// Whose it is.
    pub sender: SenderId,
    /// Whether it lay in `inbound/test`.
    pub rehearsal: bool,
    /// The sender's name for it.
    pub name: SenderFileName,
    /// What it is.
    pub kind: EntryKind,
    /// Why it is refused.
    pub why: RefusalReason,
    pub(crate) place: Place,
}

impl SetAside {
    /// As [`ClaimedFile::dir`].
    pub fn dir(&self) -> &OwnedFd {
        &self.place.dir
    }

    /// What it takes to remove it.
    pub fn remains(self) -> Remains {
        Remains { place: self.place, kind: self.kind }
    }
}

/// An intent with what it takes to carry it out.
#[derive(Debug)]
pub(crate) struct Taking {
    pub(crate) intent: Intent,
    pub(crate) seen: Seen,
    pub(crate) from: Arc<OwnedFd>,
    pub(crate) to: Arc<OwnedFd>,
    /// What lies beside it to speak for it, as it was when the file was judged.
    pub(crate) companions: Vec<(Companion, Seen)>,
}

/// Carries out intents that are durable, in order. The renames are not: see [`ClaimedFile::dir`].
pub(crate) fn carry_out(takings: Vec<Taking>) -> Vec<Outcome> {
    let mut stopped: Vec<SenderId> = Vec::new();
    let mut outcomes = Vec::with_capacity(takings.len());
    for taking in takings {
        let (id, sender) = (taking.intent.id, taking.intent.sender.clone());
        if stopped.contains(&sender) {
            outcomes.push(Outcome::Void { id, sender, why: VoidReason::Stopped });
            continue;
        }
        let outcome = match taking.intent.fate {
            Fate::Refuse(why) => set_aside(taking, why),
            Fate::Take { .. } => take(taking),
        };
        if let Outcome::Void { why: VoidReason::CrossDevice | VoidReason::Failed(_), .. } = outcome
        {
            stopped.push(sender);
        }
        outcomes.push(outcome);
    }
    outcomes
}

fn take(taking: Taking) -> Outcome {
    let Taking { intent, seen, from, to, companions } = taking;
    let place = Place { dir: to, name: ours(intent.id.to_string()) };
    if let Err(errno) = place.move_in(&from, &intent.name) {
        return void(intent, errno.into());
    }
    fail_point("claim-renamed");
    let outcome = reopen(intent, place, &seen);
    if let Outcome::Claimed(claimed) = &outcome {
        drop_companions(&from, &claimed.place, &claimed.name, &companions);
    }
    outcome
}

/// Looks at a renamed file through its new name: only the inode that was judged goes on.
pub(crate) fn reopen(intent: Intent, place: Place, seen: &Seen) -> Outcome {
    let Fate::Take { evidence, manifest, signature } = intent.fate else {
        return refused(intent, place, seen.kind, RefusalReason::Swapped);
    };
    let Ok(now) = Seen::of_entry(place.dir.as_fd(), place.name.expose_bytes()) else {
        // It was moved, so its row must stay; a disk that cannot say more gets no file processed.
        return refused(intent, place, EntryKind::Plain, RefusalReason::Unreadable);
    };
    let why = if !now.same_inode(seen) || !now.single {
        RefusalReason::Swapped
    } else if now.same_content(seen) {
        let Intent { id, sender, rehearsal, name, .. } = intent;
        let size = now.size;
        return Outcome::Claimed(ClaimedFile {
            id,
            sender,
            rehearsal,
            name,
            size,
            evidence,
            manifest,
            signature,
            fingerprint: now,
            place,
        });
    } else {
        RefusalReason::Changed
    };
    refused(intent, place, now.kind, why)
}

/// Gives a thing in the claimed directory its refused name, so that a restart knows it, and why:
/// the intent says only that it was to be taken.
fn refused(intent: Intent, place: Place, kind: EntryKind, why: RefusalReason) -> Outcome {
    let name =
        ours([refused_name(&intent.id).expose_bytes(), b"-", why.code().as_bytes()].concat());
    let aside = Place { dir: Arc::clone(&place.dir), name };
    let place = match aside.move_in(&place.dir, &place.name) {
        Ok(()) => aside,
        Err(_) => place,
    };
    let Intent { id, sender, rehearsal, name, .. } = intent;
    Outcome::Refused(SetAside { id, sender, rehearsal, name, kind, why, place })
}

fn set_aside(taking: Taking, why: RefusalReason) -> Outcome {
    let Taking { intent, seen, from, to, companions } = taking;
    let kind = seen.kind;
    let make = |intent: Intent, place| {
        let Intent { id, sender, rehearsal, name, .. } = intent;
        Outcome::Refused(SetAside { id, sender, rehearsal, name, kind, why, place })
    };
    if kind == EntryKind::Directory {
        // Moved out of the sender's root, a directory would take whoever stands in it along.
        let place = Place { dir: from, name: intent.name.clone() };
        return make(intent, place);
    }
    let place = Place { dir: to, name: refused_name(&intent.id) };
    if let Err(errno) = place.move_in(&from, &intent.name) {
        return void(intent, errno.into());
    }
    fail_point("claim-renamed");
    drop_companions(&from, &place, &intent.name, &companions);
    match Seen::of_entry(place.dir.as_fd(), place.name.expose_bytes()) {
        Ok(now) if now.same_inode(&seen) => make(intent, place),
        // Something else took the name, perhaps a good file: it goes back to be judged itself.
        _ => match place.move_back(&from, &intent.name) {
            Ok(()) => void(intent, VoidReason::Changed),
            Err(_) => make(intent, place),
        },
    }
}

/// Looks at a settled file once more, in the instant before its intent is written.
pub(crate) fn still_as_seen(dir: impl AsFd, name: &SenderFileName, seen: &Seen) -> bool {
    let opened = open_file(dir, name.expose_bytes());
    opened.is_ok_and(|file| {
        Seen::of_file(&file).is_ok_and(|now| now.same(seen) && !now.holed)
            && writer_of(&file) != Writer::Present
    })
}

fn drop_companions(
    from: &Arc<OwnedFd>,
    claimed: &Place,
    of: &SenderFileName,
    judged: &[(Companion, Seen)],
) {
    for (which, judged) in judged {
        fail_point("companion-left");
        drop_companion(from, claimed, of, *which, judged);
    }
}

/// Removes what spoke for a claimed file. What it says is in the durable intent, so a failure only
/// leaves a manifest or a signature without a file, which is refused in its own time. `judged`: what
/// the file was judged by; a sender may have put that of its next version there since.
pub(crate) fn drop_companion(
    from: &Arc<OwnedFd>,
    claimed: &Place,
    of: &SenderFileName,
    which: Companion,
    judged: &Seen,
) {
    let name = of.companion(which);
    let aside = Place {
        dir: Arc::clone(&claimed.dir),
        name: ours([claimed.name.expose_bytes(), which.claimed_suffix()].concat()),
    };
    if aside.move_in(from, &name).is_err() {
        return;
    }
    let is_judged = |seen: Seen| {
        seen.kind == EntryKind::Plain
            && (which == Companion::Signature || seen.size <= which.most_bytes())
            && seen.same_inode(judged)
            && seen.same_content(judged)
    };
    if Seen::of_entry(aside.dir.as_fd(), aside.name.expose_bytes()).is_ok_and(is_judged) {
        let _ = aside.remove(EntryKind::Plain);
    } else {
        // Something else by now: it goes back to be judged itself.
        let _ = aside.move_back(from, &name);
    }
}

fn void(intent: Intent, why: VoidReason) -> Outcome {
    Outcome::Void { id: intent.id, sender: intent.sender, why }
}
