//! Claims what a look has found, a batch at a time: one write of intents for all of it.

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
    sync::Arc,
    time::Duration,
};

#[cfg(doc)]
use crate::intake::claim::ClaimedFile;
use crate::{
    intake::{
        AlarmKind, Intake, IntakeError, Ready, Refusal,
        claim::{Fate, Intent, Outcome, Taking, VoidReason, carry_out, still_as_seen},
        companion::Companion,
        directory::{EntryKind, Seen},
        name::SenderFileName,
    },
    types::ids::{SenderId, SubmissionId},
};

impl Intake {
    /// Claims and sets aside a batch: writes all intents through `intents`, which must make them
    /// durable before it returns, then renames and verifies. Files that changed since the look get
    /// no intent and are looked at anew. Outcomes come in the order of the intents; the renames are
    /// the caller's to sync ([`ClaimedFile::dir`]).
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
        let companions = inbound.around().companions_of(&name);
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
