//! Notices and claims finished files: the only room that touches what senders can touch.
//!
//! The directory listing is the truth; the watcher only says "look now". Nothing here follows a
//! link, opens what is not a plain file, or names a sender's file in an error.
//!
//! A look lists ([`scan`]), remembers ([`candidate`]) and weighs ([`evidence`]); a claim moves what
//! is ready or refused out of the sender's reach ([`claim`]); a start asks [`recover`].

mod beside;
pub mod candidate;
pub mod claim;
mod companion;
pub mod directory;
pub mod drop_root;
pub mod evidence;
pub mod inbound;
pub mod lease;
pub mod name;
pub mod recover;
pub mod refusal;
pub mod scan;
mod sender_intake;
pub mod waiting;
pub mod watch;

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
    path::Path,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;

use crate::{
    intake::{
        candidate::Timing,
        claim::{Fate, Intent, Outcome, Taking, VoidReason, carry_out, still_as_seen},
        companion::Companion,
        directory::{EntryKind, Seen},
        drop_root::{DropRoot, Problem},
        inbound::{Inbound, Peek},
        name::SenderFileName,
        recover::Recovery,
        refusal::RefusalReason,
        sender_intake::SenderIntake,
        watch::Hints,
    },
    signature::{Detached, PublicKey},
    types::{
        alarm::AlarmCode,
        digest::Sha256,
        ids::{SenderId, SubmissionId},
        verdict::Evidence,
    },
};

/// One sender's inbound directory, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderInbox {
    /// The sender.
    pub id: SenderId,
    /// Least evidence of completeness that is accepted.
    pub min_evidence: Evidence,
    /// Largest file in bytes.
    pub max_bytes: u64,
    /// The account that must own its files; `None` accepts any.
    pub owner_uid: Option<u32>,
    /// The keys one of which must have signed each file; none where nothing need be signed.
    pub signing_keys: Vec<PublicKey>,
}

/// A file that may be claimed.
#[derive(Debug)]
pub struct Ready {
    /// Whose it is.
    pub sender: SenderId,
    /// Whether it lies in `inbound/test`.
    pub rehearsal: bool,
    /// The sender's name for it.
    pub name: SenderFileName,
    /// Bytes.
    pub size: u64,
    /// How sure we are that it is whole.
    pub evidence: Evidence,
    /// The digest that its manifest names.
    pub manifest: Option<Sha256>,
    /// The signature beside it, which says that it is by one of the sender's keys.
    pub signature: Option<Detached>,
    seen: Seen,
}

/// A thing that is to be refused, with a receipt.
#[derive(Debug)]
pub struct Refusal {
    /// Whose it is.
    pub sender: SenderId,
    /// Whether it lies in `inbound/test`.
    pub rehearsal: bool,
    /// The sender's name for it.
    pub name: SenderFileName,
    /// What it is.
    pub kind: EntryKind,
    /// Why.
    pub why: RefusalReason,
    seen: Seen,
}

impl Refusal {
    /// Its inode.
    pub fn inode(&self) -> u64 {
        self.seen.ino
    }

    /// When it was last changed in any way, by the system's clock; nanoseconds since 1970.
    pub fn changed_at(&self) -> i128 {
        self.seen.ctime
    }
}

/// What one look at all inbound directories found.
#[derive(Debug)]
pub struct Looked {
    /// What may be claimed, senders in turn, each sender's oldest first.
    pub ready: Vec<Ready>,
    /// What is to be refused.
    pub refused: Vec<Refusal>,
    /// What keeps senders' files from being taken, as of now.
    pub alarms: Vec<Alarm>,
    /// How many things were left for lack of budget. When it is not 0, look again as soon as there
    /// is budget.
    pub left: usize,
    /// When to look again if nothing is heard before; on the caller's monotonic clock.
    pub next_look: Duration,
}

/// Something that keeps a sender's files from being taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Whose.
    pub sender: SenderId,
    /// What.
    pub what: AlarmKind,
}

/// What keeps files from being taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlarmKind {
    /// A claim failed; tried again later.
    CannotClaim(io::ErrorKind),
    /// An inbound directory cannot be listed; tried again at each rescan.
    CannotList(io::ErrorKind),
    /// The claimed directory is on another file system: stopped until the next start.
    CrossDevice,
}

impl AlarmKind {
    /// The codes of all of them.
    pub const CODES: [AlarmCode; 3] =
        [AlarmCode::Exdev, AlarmCode::UnclaimableInbox, AlarmCode::UnlistableInbox];

    /// What the operator is told.
    pub const fn code(self) -> AlarmCode {
        match self {
            Self::CannotClaim(_) => AlarmCode::UnclaimableInbox,
            Self::CannotList(_) => AlarmCode::UnlistableInbox,
            Self::CrossDevice => AlarmCode::Exdev,
        }
    }
}

/// Why intake stopped. Never names a sender's file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// The intents could not be written: nothing was moved.
    #[error("cannot write the intents of a batch of claims; nothing was moved")]
    Intents(#[source] io::Error),
    /// The claimed files could not be listed.
    #[error(
        "cannot list the claimed files of {sender}; give .claimed/{sender} to the daemon's account"
    )]
    Recover {
        /// Whose.
        sender: SenderId,
        /// The cause.
        source: io::Error,
    },
    /// The drop root could not be opened.
    #[error("cannot open the drop root; make it, or correct drop-root")]
    Root(#[source] io::Error),
}

/// All inbound directories and what is known of them. One thread owns it.
#[derive(Debug)]
pub struct Intake {
    drop_root: DropRoot,
    timing: Timing,
    inboxes: Vec<SenderIntake>,
    /// Whose turn it is to be first.
    turn: usize,
    /// See [`Self::count_from`].
    wall_at_zero: Option<i128>,
}

impl Intake {
    /// Opens the drop root. Directories of senders may still be missing: see
    /// [`Self::check_directories`].
    ///
    /// # Errors
    /// When the drop root cannot be opened.
    pub fn new(
        drop_root: &Path,
        senders: Vec<SenderInbox>,
        timing: Timing,
    ) -> Result<Self, IntakeError> {
        let drop_root = DropRoot::open(drop_root).map_err(IntakeError::Root)?;
        let inboxes = senders.into_iter().map(SenderIntake::new).collect();
        Ok(Self { drop_root, timing, inboxes, turn: 0, wall_at_zero: None })
    }

    /// Says what the wall clock shows when the clock of [`Self::look`] is at zero, before the first
    /// look: see [`Candidates::count_from`](candidate::Candidates::count_from).
    pub fn count_from(&mut self, wall: Timestamp) {
        self.set_wall(wall.as_nanosecond());
    }

    fn set_wall(&mut self, wall_at_zero: i128) {
        self.wall_at_zero = Some(wall_at_zero);
        for inbound in self.inboxes.iter_mut().flat_map(|inbox| &mut inbox.inbounds) {
            inbound.candidates.count_from(wall_at_zero);
        }
    }

    /// Takes over what `before` has seen of the files of senders that stay: since when each has not
    /// changed is the same under a new configuration. What follows from it is weighed anew.
    pub fn carry_over(&mut self, before: &mut Self) {
        if let Some(wall_at_zero) = before.wall_at_zero {
            self.set_wall(wall_at_zero);
        }
        for inbox in &mut self.inboxes {
            if let Some(known) = before.inboxes.iter_mut().find(|known| known.id == inbox.id) {
                inbox.carry_over(known);
            }
        }
    }

    /// The directories, for removals to be made durable.
    pub fn drop_root(&self) -> &DropRoot {
        &self.drop_root
    }

    /// Everything about the directories that would stop or endanger files.
    pub fn check_directories(&self) -> Vec<Problem> {
        self.inboxes.iter().flat_map(|inbox| self.drop_root.check(&inbox.id)).collect()
    }

    /// Takes in what the watcher heard.
    pub fn hear(&mut self, hints: Hints) {
        if hints.everywhere {
            self.inboxes.iter_mut().flat_map(|inbox| &mut inbox.inbounds).for_each(|inbound| {
                inbound.candidates.unhear();
                inbound.hint();
            });
        }
        for (sender, rehearsal) in hints.look {
            if let Some(inbound) = self.inbound_mut(&sender, rehearsal) {
                inbound.hint();
            }
        }
        for ((sender, rehearsal, name), closed) in &hints.closed {
            if let Some(inbound) = self.inbound_mut(sender, *rehearsal) {
                inbound.candidates.hear(name.clone(), *closed);
            }
        }
        for ((sender, rehearsal, name), _) in hints.closed.iter().filter(|(_, closed)| **closed) {
            if let Some(inbound) = self.inbound_mut(sender, *rehearsal) {
                inbound.candidates.hear_temporary(name);
            }
        }
    }

    /// Lists what is due, and hands out at most `budget` things to claim or refuse, senders in
    /// turn. What is handed out and not claimed is handed out again, unless it is
    /// [dismissed](Self::dismiss).
    pub fn look(&mut self, now: Duration, budget: usize, peek: Peek<'_>) -> Looked {
        let Self { drop_root, timing, inboxes, turn, .. } = self;
        for inbox in inboxes.iter_mut() {
            inbox.list(now, drop_root, timing);
        }
        let mut queues = Vec::new();
        let senders = inboxes.len().max(1);
        *turn = (*turn + 1) % senders;
        for at in (0..inboxes.len()).map(|n| (n + *turn) % senders) {
            for side in SenderIntake::SIDES {
                queues.push((at, side, inboxes[at].worth_weighing(now, side, timing)));
            }
        }
        let mut looked = Looked {
            ready: Vec::new(),
            refused: Vec::new(),
            alarms: Vec::new(),
            left: 0,
            next_look: now + timing.rescan,
        };
        let mut weighings = WEIGHINGS;
        while queues.iter().any(|(_, _, queue)| !queue.is_empty()) {
            for (at, side, queue) in &mut queues {
                let Some(name) = queue.pop_front() else { continue };
                if looked.ready.len() + looked.refused.len() >= budget || weighings == 0 {
                    looked.left += 1 + queue.len();
                    queue.clear();
                    continue;
                }
                weighings -= 1;
                inboxes[*at].weigh(now, *side, name, timing, peek, &mut looked);
            }
        }
        for inbox in inboxes.iter() {
            looked.alarms.extend(inbox.alarms());
            let due = inbox.inbounds.iter().map(|inbound| inbound.due(timing)).min();
            looked.next_look = looked.next_look.min(due.unwrap_or(looked.next_look)).max(now);
        }
        looked
    }

    /// Hands a refused thing out no more while it stays as it is: it was answered before.
    pub fn dismiss(&mut self, refusal: &Refusal) {
        if let Some(inbound) = self.inbound_mut(&refusal.sender, refusal.rehearsal)
            && let Some(candidate) = inbound.candidates.get_mut(&refusal.name)
        {
            candidate.told = true;
        }
    }

    /// Claims and sets aside a batch: writes all intents through `intents`, which must make them
    /// durable before it returns, then renames and verifies. Files that changed since the look get
    /// no intent and are looked at anew. Outcomes come in the order of the intents; the renames are
    /// the caller's to sync ([`claim::ClaimedFile::dir`]).
    ///
    /// # Errors
    /// When the intents could not be written: nothing was moved.
    pub fn claim(
        &mut self,
        now: Duration,
        ready: Vec<Ready>,
        refused: Vec<Refusal>,
        next_id: &mut dyn FnMut() -> SubmissionId,
        intents: &mut dyn FnMut(&[Intent]) -> io::Result<()>,
    ) -> Result<Vec<Outcome>, IntakeError> {
        let things = ready.into_iter().map(Thing::from).chain(refused.into_iter().map(Thing::from));
        let mut takings = Vec::new();
        let mut claimed_dirs = Vec::new();
        for thing in things {
            takings.extend(self.prepare(now, thing, &mut claimed_dirs, next_id));
        }
        if takings.is_empty() {
            return Ok(Vec::new());
        }
        let list: Vec<Intent> = takings.iter().map(|taking| taking.intent.clone()).collect();
        intents(&list).map_err(IntakeError::Intents)?;
        let outcomes = carry_out(takings);
        for (intent, outcome) in list.iter().zip(&outcomes) {
            self.settle_account(now, intent, outcome);
        }
        Ok(outcomes)
    }

    /// After a start: what became of the intents that are not final, and what else lies in the
    /// claimed directories.
    ///
    /// # Errors
    /// When a claimed directory cannot be listed.
    pub fn recover(&self, intents: Vec<Intent>) -> Result<Recovery, IntakeError> {
        let senders = self.inboxes.iter().map(|inbox| inbox.id.clone()).collect();
        recover::recover(&self.drop_root, senders, intents)
    }

    fn prepare(
        &mut self,
        now: Duration,
        thing: Thing,
        claimed_dirs: &mut Vec<(SenderId, Arc<OwnedFd>)>,
        next_id: &mut dyn FnMut() -> SubmissionId,
    ) -> Option<Taking> {
        let Thing { sender, rehearsal, name, seen, fate } = thing;
        let drop_root = self.drop_root.clone();
        let inbox = self.inboxes.iter_mut().find(|inbox| inbox.id == sender)?;
        let inbound = &mut inbox.inbounds[usize::from(rehearsal)];
        let from = Arc::clone(inbound.directory()?);
        let same = match fate {
            Fate::Take { .. } => still_as_seen(&from, &name, &seen),
            Fate::Refuse(_) => Seen::of_entry(from.as_fd(), name.expose_bytes())
                .is_ok_and(|current| current.same_inode(&seen)),
        };
        if !same {
            inbound.candidates.forget(&name);
            inbound.hint();
            return None;
        }
        let known = claimed_dirs.iter().find(|(owner, _)| *owner == sender);
        let to = if let Some((_, dir)) = known {
            Arc::clone(dir)
        } else {
            match drop_root.claimed(&sender).map(Arc::new) {
                Ok(dir) => {
                    claimed_dirs.push((sender.clone(), Arc::clone(&dir)));
                    dir
                }
                Err(err) => {
                    inbox.stop(AlarmKind::CannotClaim(err.kind()), now, &self.timing);
                    return None;
                }
            }
        };
        let companions = inbound.companions_of(&name);
        let Seen { dev, ino, size, .. } = seen;
        let id = next_id();
        let intent = Intent { id, sender, rehearsal, name, dev, ino, size, fate };
        Some(Taking { intent, seen, from, to, companions })
    }

    /// Brings the memory of candidates up to date with what was done.
    fn settle_account(&mut self, now: Duration, intent: &Intent, outcome: &Outcome) {
        let timing = self.timing;
        let Some(inbox) = self.inboxes.iter_mut().find(|inbox| inbox.id == intent.sender) else {
            return;
        };
        if let Outcome::Void { why, .. } = outcome {
            match why {
                VoidReason::CrossDevice => inbox.stop(AlarmKind::CrossDevice, now, &timing),
                VoidReason::Failed(kind) => {
                    inbox.stop(AlarmKind::CannotClaim(*kind), now, &timing);
                }
                VoidReason::Changed | VoidReason::Stopped | VoidReason::Vanished => {}
            }
        }
        let inbound = &mut inbox.inbounds[usize::from(intent.rehearsal)];
        match outcome {
            // It stays where it is, and is not told again.
            Outcome::Refused(aside) if aside.kind == EntryKind::Directory => {
                if let Some(candidate) = inbound.candidates.get_mut(&intent.name) {
                    candidate.told = true;
                }
            }
            Outcome::Claimed(_) | Outcome::Refused(_) => {
                inbound.candidates.forget(&intent.name);
                for which in Companion::ALL {
                    inbound.candidates.forget(&intent.name.companion(which));
                }
            }
            Outcome::Void { .. } => {
                inbound.candidates.forget(&intent.name);
                inbound.hint();
            }
        }
    }

    fn inbound_mut(&mut self, sender: &SenderId, rehearsal: bool) -> Option<&mut Inbound> {
        let inbox = self.inboxes.iter_mut().find(|inbox| inbox.id == *sender)?;
        Some(&mut inbox.inbounds[usize::from(rehearsal)])
    }
}

/// A ready file or a refused thing on its way to an intent.
struct Thing {
    sender: SenderId,
    rehearsal: bool,
    name: SenderFileName,
    seen: Seen,
    fate: Fate,
}

impl From<Ready> for Thing {
    fn from(ready: Ready) -> Self {
        let Ready { sender, rehearsal, name, evidence, manifest, signature, seen, .. } = ready;
        let fate = Fate::Take { evidence, manifest, signature };
        Self { sender, rehearsal, name, seen, fate }
    }
}

impl From<Refusal> for Thing {
    fn from(refusal: Refusal) -> Self {
        let Refusal { sender, rehearsal, name, why, seen, .. } = refusal;
        Self { sender, rehearsal, name, seen, fate: Fate::Refuse(why) }
    }
}

/// Most candidates whose evidence is looked at in one look.
const WEIGHINGS: usize = 4096;
