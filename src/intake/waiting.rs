//! What lies in inbound directories and is not taken yet: a temporary name that waits for its
//! rename, a file whose evidence is too weak or that is not signed yet, a digest or a signature
//! without its file. It may be so for a day before it is refused, and an operator who is asked for a
//! file must be able to see it.

use std::{collections::BTreeMap, time::Duration};

use jiff::SignedDuration;

use crate::{
    intake::{Intake, name::SenderFileName},
    types::ids::SenderId,
};

/// What waits of one sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How many files.
    pub count: u64,
    /// Since when the first of them has not changed, on the clock of [`Intake::look`]; below zero
    /// for what lay there before a start.
    pub since: SignedDuration,
}

impl Intake {
    /// What has lain there unchanged for so long. A digest or a signature beside its file counts
    /// with it.
    pub fn waiting(&self, longer_than: Duration) -> BTreeMap<SenderId, Waiting> {
        let mut waiting = BTreeMap::new();
        for inbox in &self.inboxes {
            let known = inbox.inbounds.iter().flat_map(|inbound| {
                let of = |name: &SenderFileName| inbound.candidates.get(name).is_some();
                inbound.candidates.iter().filter(move |(name, candidate)| {
                    let beside = inbound
                        .around()
                        .speaks_for(name, candidate)
                        .is_some_and(|(_, file)| of(&file));
                    let lain = candidate.lain.saturating_add(candidate.quiet_for());
                    !candidate.told && !beside && lain >= longer_than
                })
            });
            for (_, candidate) in known {
                let signed = |span| SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
                let since = signed(candidate.since).saturating_sub(signed(candidate.lain));
                waiting
                    .entry(inbox.id.clone())
                    .and_modify(|known: &mut Waiting| {
                        known.count += 1;
                        known.since = known.since.min(since);
                    })
                    .or_insert(Waiting { count: 1, since });
            }
        }
        waiting
    }
}
