//! Notices and claims finished files: the only room that touches what senders can touch.
//!
//! The directory listing is the truth; the watcher only says "look now". Nothing here follows a
//! link, opens what is not a plain file, or names a sender's file in an error.
//!
//! A look lists ([`scan`]), remembers ([`candidate`]) and weighs ([`evidence`]), and gives what
//! `look` says; a claim takes a `batch` of it, and moves what is ready or refused out of the
//! sender's reach ([`claim`]); a start asks [`recover`].

mod batch;
mod beside;
pub mod candidate;
pub mod claim;
mod claimed_dir;
mod companion;
pub mod directory;
pub mod drop_root;
mod error;
pub mod evidence;
pub mod inbound;
pub mod lease;
mod look;
pub mod name;
pub mod recover;
pub mod refusal;
pub mod scan;
mod sender_intake;
pub mod waiting;
pub mod watch;

use std::{path::Path, time::Duration};

use jiff::Timestamp;

pub use self::{
    error::IntakeError,
    look::{Alarm, AlarmKind, Looked, Ready, Refusal},
    sender_intake::SenderInbox,
};
use crate::{
    intake::{
        candidate::Timing,
        claim::Intent,
        drop_root::{DropRoot, Problem},
        inbound::{Inbound, Peek},
        recover::Recovery,
        sender_intake::SenderIntake,
        watch::Hints,
    },
    types::ids::SenderId,
};

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

    /// After a start: what became of the intents that are not final, and what else lies in the
    /// claimed directories.
    ///
    /// # Errors
    /// When a claimed directory cannot be listed.
    pub fn recover(&self, intents: Vec<Intent>) -> Result<Recovery, IntakeError> {
        let senders = self.inboxes.iter().map(|inbox| inbox.id.clone()).collect();
        recover::recover(&self.drop_root, senders, intents)
    }

    fn inbound_mut(&mut self, sender: &SenderId, rehearsal: bool) -> Option<&mut Inbound> {
        let inbox = self.inboxes.iter_mut().find(|inbox| inbox.id == *sender)?;
        Some(&mut inbox.inbounds[usize::from(rehearsal)])
    }
}

/// Most candidates whose evidence is looked at in one look.
const WEIGHINGS: usize = 4096;
