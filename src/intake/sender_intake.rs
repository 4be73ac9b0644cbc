//! One sender's two inbound directories, and what keeps its files from being taken.

use std::{collections::VecDeque, io, sync::Arc, time::Duration};

use crate::{
    intake::{
        candidate::{Demands, Standing, Timing},
        directory::Seen,
        drop_root::DropRoot,
        inbound::{Inbound, Listed, Peek, Weighed},
        look::{Alarm, AlarmKind, Looked, Ready, Refusal},
        name::SenderFileName,
    },
    signature::PublicKey,
    types::{ids::SenderId, verdict::Evidence},
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

/// One sender.
#[derive(Debug)]
pub(super) struct SenderIntake {
    pub(super) id: SenderId,
    pub(super) inbounds: [Inbound; 2],
    unlisted: [Option<io::ErrorKind>; 2],
    stopped: Option<(AlarmKind, Option<Duration>)>,
}

impl SenderIntake {
    /// Indices of the two directories: live, rehearsal.
    pub(super) const SIDES: [usize; 2] = [0, 1];

    pub(super) fn new(inbox: SenderInbox) -> Self {
        let SenderInbox { id, min_evidence, max_bytes, owner_uid, signing_keys } = inbox;
        let demands = Demands { max_bytes, owner_uid };
        let signing_keys: Arc<[PublicKey]> = signing_keys.into();
        let inbounds = [false, true].map(|rehearsal| {
            Inbound::new(rehearsal, demands, min_evidence, Arc::clone(&signing_keys))
        });
        Self { id, inbounds, unlisted: [None; 2], stopped: None }
    }

    /// Takes over what was seen of this sender's files before.
    pub(super) fn carry_over(&mut self, before: &mut Self) {
        for (inbound, before) in self.inbounds.iter_mut().zip(&mut before.inbounds) {
            inbound.candidates = std::mem::take(&mut before.candidates);
            inbound.candidates.weigh_anew();
        }
    }

    pub(super) fn list(&mut self, now: Duration, drop_root: &DropRoot, timing: &Timing) {
        if let Some((_, Some(until))) = self.stopped
            && now >= until
        {
            self.stopped = None;
        }
        for (inbound, unlisted) in self.inbounds.iter_mut().zip(&mut self.unlisted) {
            let rehearsal = inbound.rehearsal;
            let listed = inbound.list(now, timing, || drop_root.inbound(&self.id, rehearsal));
            *unlisted = match listed {
                Ok(Listed::Nothing) => *unlisted,
                Ok(Listed::Page) => None,
                Err(err) => Some(err.kind()),
            };
        }
    }

    /// The names that may be ready or refused, oldest first; notes when the others may become so.
    pub(super) fn worth_weighing(
        &mut self,
        now: Duration,
        at: usize,
        timing: &Timing,
    ) -> VecDeque<SenderFileName> {
        let inbound = &mut self.inbounds[at];
        // Out of a directory that cannot be opened nothing can be taken.
        if self.stopped.is_some() || inbound.directory().is_none() {
            return VecDeque::new();
        }
        let mut earliest = now + timing.rescan;
        let mut worth = Vec::new();
        for (name, candidate) in inbound.candidates.iter().filter(|(_, known)| !known.told) {
            match inbound.standing(now, name, candidate, timing) {
                Standing::Until(time) => earliest = earliest.min(time),
                Standing::Settled if candidate.recheck > now => {
                    earliest = earliest.min(candidate.recheck);
                }
                Standing::Refuse(_) | Standing::Settled => {
                    // Files that were first seen together came in the order of their last change;
                    // of those of one tick of the clock, most file systems number the later one
                    // higher.
                    let Seen { ctime, ino, .. } = candidate.seen;
                    worth.push((candidate.since, ctime, ino, name));
                }
            }
        }
        worth.sort_unstable();
        let worth = worth.into_iter().map(|(.., name)| name.clone()).collect();
        inbound.pass_by(earliest);
        worth
    }

    pub(super) fn weigh(
        &mut self,
        now: Duration,
        at: usize,
        name: SenderFileName,
        timing: &Timing,
        peek: Peek<'_>,
        looked: &mut Looked,
    ) {
        let inbound = &mut self.inbounds[at];
        let (sender, rehearsal) = (self.id.clone(), inbound.rehearsal);
        let weighed = inbound.weigh(now, &name, timing, peek);
        let Some(candidate) = inbound.candidates.get_mut(&name) else { return };
        let seen = candidate.seen;
        match weighed {
            Weighed::Ready { evidence, manifest, signature } => {
                let size = seen.size;
                looked.ready.push(Ready {
                    sender,
                    rehearsal,
                    name,
                    size,
                    evidence,
                    manifest,
                    signature,
                    seen,
                });
            }
            Weighed::Refuse(why) => {
                let kind = seen.kind;
                looked.refused.push(Refusal { sender, rehearsal, name, kind, why, seen });
            }
            Weighed::Until(time) => inbound.pass_by(time),
        }
    }

    pub(super) fn alarms(&self) -> impl Iterator<Item = Alarm> {
        let listing = self.unlisted.iter().flatten().map(|kind| AlarmKind::CannotList(*kind));
        let stopped = self.stopped.map(|(what, _)| what);
        listing.chain(stopped).map(|what| Alarm { sender: self.id.clone(), what })
    }

    pub(super) fn stop(&mut self, what: AlarmKind, now: Duration, timing: &Timing) {
        let until = (what != AlarmKind::CrossDevice).then(|| now + timing.rescan);
        self.stopped = Some((what, until));
    }
}
