//! Whose turn it is to be committed: files of one sender go to the committer in the order in which
//! they were claimed, however many readers there are. A municipality that sends what has gathered
//! in one go must not be told that a delivery is missing because a later file was read faster.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::types::ids::{SenderId, SubmissionId};

/// The turns of all senders. `T` is what was read of a file.
#[derive(Debug)]
pub struct CommitOrder<T> {
    lanes: Mutex<Lanes<T>>,
}

type Lanes<T> = BTreeMap<SenderId, VecDeque<(SubmissionId, Option<T>)>>;

impl<T> CommitOrder<T> {
    /// A file gets its turn behind those that its sender has in flight. Not a large one: others would
    /// wait for it, and what waits keeps its descriptors open.
    pub fn enter(&self, sender: &SenderId, id: SubmissionId, size: u64) {
        if size <= LARGEST {
            self.lanes().entry(sender.clone()).or_default().push_back((id, None));
        }
    }

    /// A file was read: it goes on when those before it have gone, and right away where it has no
    /// turn. `go_on` is called for each that goes, in order, and must not wait.
    pub fn arrive(&self, sender: &SenderId, id: SubmissionId, read: T, go_on: &mut dyn FnMut(T)) {
        let mut lanes = self.lanes();
        let lane = lanes.get_mut(sender);
        let own = lane.and_then(|lane| lane.iter_mut().find(|(entered, _)| *entered == id));
        match own {
            Some((_, waiting)) => *waiting = Some(read),
            None => return go_on(read),
        }
        advance(&mut lanes, sender, go_on);
    }

    /// A file gives up its turn: it is read again later, and nobody waits for it.
    pub fn leave(&self, sender: &SenderId, id: SubmissionId, go_on: &mut dyn FnMut(T)) {
        let mut lanes = self.lanes();
        if let Some(lane) = lanes.get_mut(sender) {
            lane.retain(|(entered, _)| *entered != id);
        }
        advance(&mut lanes, sender, go_on);
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes<T>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for CommitOrder<T> {
    fn default() -> Self {
        Self { lanes: Mutex::default() }
    }
}

fn advance<T>(lanes: &mut Lanes<T>, sender: &SenderId, go_on: &mut dyn FnMut(T)) {
    let Some(lane) = lanes.get_mut(sender) else { return };
    while let Some((id, waiting)) = lane.pop_front() {
        let Some(read) = waiting else {
            lane.push_front((id, None));
            return;
        };
        go_on(read);
    }
    lanes.remove(sender);
}

/// Bytes of a file that others wait for: a tenth of a second of reading at most.
const LARGEST: u64 = 8 << 20;

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{CommitOrder, LARGEST};
    use crate::types::ids::{SenderId, SubmissionId};

    #[test]
    fn each_sender_keeps_its_order() {
        let [oslo, moss] = ["oslo", "moss"].map(|id| SenderId::parse(id).unwrap());
        let id = |n| SubmissionId::new(Timestamp::UNIX_EPOCH, [n; 10]);
        let turns = CommitOrder::default();
        for n in 1..=4 {
            turns.enter(&oslo, id(n), 1);
        }
        turns.enter(&moss, id(9), 1);
        turns.enter(&oslo, id(5), LARGEST + 1);
        let mut gone = Vec::new();
        turns.arrive(&oslo, id(2), 2, &mut |n| gone.push(n));
        assert!(gone.is_empty(), "the first is being read");
        turns.arrive(&moss, id(9), 9, &mut |n| gone.push(n));
        turns.arrive(&oslo, id(5), 5, &mut |n| gone.push(n));
        assert_eq!(gone, [9, 5], "another's, and a large one");
        turns.arrive(&oslo, id(1), 1, &mut |n| gone.push(n));
        assert_eq!(gone, [9, 5, 1, 2]);
        turns.arrive(&oslo, id(4), 4, &mut |n| gone.push(n));
        turns.leave(&oslo, id(3), &mut |n| gone.push(n));
        turns.arrive(&oslo, id(3), 3, &mut |n| gone.push(n));
        assert_eq!(gone, [9, 5, 1, 2, 4, 3], "what is read again has lost its turn");
    }
}
