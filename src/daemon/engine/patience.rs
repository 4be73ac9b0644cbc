//! How long whoever is owed receipts waits for the next try: the longer a directory has refused,
//! the longer, so that what cannot be answered costs little and what can be is answered soon.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crate::{
    pipeline::claim::claimed::Claimed,
    types::ids::{SenderId, SubmissionId},
};

/// Whom something is owed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Creditor {
    /// A sender: all of its receipts go to one directory.
    Sender(SenderId),
    /// Whoever sent this; its file is gone, and its row would have to be read to know.
    OfSubmission(SubmissionId),
}

impl Creditor {
    /// Whom the answer to this is owed.
    pub fn of(subject: &Claimed) -> Self {
        match subject {
            Claimed::Aside(aside) => Self::Sender(aside.sender.clone()),
            Claimed::File(file) => Self::Sender(file.sender.clone()),
            Claimed::Gone(id) | Claimed::Left(id, _) => Self::OfSubmission(*id),
        }
    }
}

/// Who has refused lately, and when each is tried again.
#[derive(Debug, Default)]
pub struct Patience {
    refused: BTreeMap<Creditor, Pause>,
}

#[derive(Debug, Clone, Copy)]
struct Pause {
    length: Duration,
    until: Instant,
}

impl Patience {
    /// Whether it is this one's time.
    pub fn is_due(&self, who: &Creditor, now: Instant) -> bool {
        self.refused.get(who).is_none_or(|pause| pause.until <= now)
    }

    /// Its directory refused once more.
    pub fn refused(&mut self, who: Creditor, now: Instant) {
        let length = self.refused.get(&who).map_or(SHORTEST, |pause| pause.length * 2);
        let length = length.min(LONGEST);
        self.refused.insert(who, Pause { length, until: now + length });
    }

    /// Its directory took something.
    pub fn took(&mut self, who: &Creditor) {
        self.refused.remove(who);
    }
}

/// After the first refusal.
const SHORTEST: Duration = Duration::from_secs(2);
/// However often it was refused: somebody who has put the directory right wants to see it work.
const LONGEST: Duration = Duration::from_mins(1);

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Creditor, LONGEST, Patience, SHORTEST};
    use crate::types::ids::SenderId;

    #[test]
    fn whoever_refuses_waits_longer_and_nobody_longer_than_a_minute() {
        let [oslo, moss] =
            ["oslo", "moss"].map(|id| Creditor::Sender(SenderId::parse(id).unwrap()));
        let mut patience = Patience::default();
        let mut now = Instant::now();
        assert!(patience.is_due(&oslo, now), "nobody has refused yet");
        let mut waited = Vec::new();
        for _ in 0..8 {
            patience.refused(oslo.clone(), now);
            assert!(patience.is_due(&moss, now), "another's directory is none of its business");
            let begin = now;
            while !patience.is_due(&oslo, now) {
                now += Duration::from_secs(1);
            }
            waited.push((now - begin).as_secs());
        }
        assert_eq!(waited, [2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!((SHORTEST.as_secs(), LONGEST.as_secs()), (waited[0], waited[7]));
        patience.refused(oslo.clone(), now);
        patience.took(&oslo);
        assert!(patience.is_due(&oslo, now), "what it took ends its wait");
    }
}
