//! Whose turn it is to be committed: files of one sender go to the committer in the order in which
//! they were claimed, however many readers there are. A municipality that sends what has gathered
//! in one go must not be told that a delivery is missing because a later file was read faster.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard},
};

use crate::types::{
    ids::{SenderId, SubmissionId},
    sync::lock,
};

/// The turns of all senders. `T` is what was read of a file.
#[derive(Debug)]
pub struct CommitOrder<T> {
    lanes: Mutex<Lanes<T>>,
}

type Lanes<T> = BTreeMap<SenderId, VecDeque<Turn<T>>>;

#[derive(Debug)]
struct Turn<T> {
    id: SubmissionId,
    is_large: bool,
    read: Option<T>,
}

impl<T> CommitOrder<T> {
    /// A file of so many bytes gets its turn behind those that its sender has in flight.
    pub fn enter(&self, sender: &SenderId, id: SubmissionId, size: u64) {
        let turn = Turn { id, is_large: size > LARGE, read: None };
        self.lanes().entry(sender.clone()).or_default().push_back(turn);
    }

    /// Whether a large file of this sender is in flight. What was read behind it would wait for it
    /// with its descriptors open, and take the room of other senders' files: so nothing more of
    /// this sender is claimed meanwhile.
    pub fn has_large(&self, sender: &SenderId) -> bool {
        self.lanes().get(sender).is_some_and(|lane| lane.iter().any(|turn| turn.is_large))
    }

    /// A file turns out to hold much: it counts as a large one.
    pub fn grow(&self, sender: &SenderId, id: SubmissionId) {
        let mut lanes = self.lanes();
        let turns = lanes.get_mut(sender).into_iter().flatten();
        turns.filter(|turn| turn.id == id).for_each(|turn| turn.is_large = true);
    }

    /// A file was read: it goes on when those before it have gone, and right away where it has no
    /// turn. `go_on` is called for each that goes, in order, and must not wait.
    pub fn arrive(&self, sender: &SenderId, id: SubmissionId, read: T, go_on: &mut dyn FnMut(T)) {
        let mut lanes = self.lanes();
        let lane = lanes.get_mut(sender);
        match lane.and_then(|lane| lane.iter_mut().find(|turn| turn.id == id)) {
            Some(turn) => turn.read = Some(read),
            None => return go_on(read),
        }
        advance(&mut lanes, sender, go_on);
    }

    /// Files that had gone on come back: they get their turns again, in the order given, before all
    /// others of their senders. `files` is called while nothing goes on.
    pub fn take_back(&self, files: impl FnOnce() -> Vec<(SenderId, SubmissionId, u64)>) {
        let mut lanes = self.lanes();
        for (sender, id, size) in files().into_iter().rev() {
            let turn = Turn { id, is_large: size > LARGE, read: None };
            lanes.entry(sender).or_default().push_front(turn);
        }
    }

    /// A file gives up its turn: nobody waits for it any more.
    pub fn leave(&self, sender: &SenderId, id: SubmissionId, go_on: &mut dyn FnMut(T)) {
        let mut lanes = self.lanes();
        if let Some(lane) = lanes.get_mut(sender) {
            lane.retain(|turn| turn.id != id);
        }
        advance(&mut lanes, sender, go_on);
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes<T>> {
        lock(&self.lanes)
    }
}

impl<T> Default for CommitOrder<T> {
    fn default() -> Self {
        Self { lanes: Mutex::default() }
    }
}

fn advance<T>(lanes: &mut Lanes<T>, sender: &SenderId, go_on: &mut dyn FnMut(T)) {
    let Some(lane) = lanes.get_mut(sender) else { return };
    while let Some(read) = lane.front_mut().map(|turn| turn.read.take()) {
        let Some(read) = read else { return };
        lane.pop_front();
        go_on(read);
    }
    lanes.remove(sender);
}

/// Bytes of a file that is read in a tenth of a second; what is above it is large.
pub(super) const LARGE: u64 = 8 << 20;

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{CommitOrder, LARGE};
    use crate::types::ids::{SenderId, SubmissionId};

    #[test]
    fn each_sender_keeps_its_order() {
        let [oslo, moss] = ["oslo", "moss"].map(|id| SenderId::parse(id).unwrap());
        let id = |n| SubmissionId::new(Timestamp::UNIX_EPOCH, [n; 10]);
        let order = CommitOrder::default();
        for n in 1..=4 {
            order.enter(&oslo, id(n), 1);
        }
        order.enter(&moss, id(9), 1);
        let mut gone = Vec::new();
        order.arrive(&oslo, id(2), 2, &mut |n| gone.push(n));
        assert!(gone.is_empty(), "the first is being read");
        order.arrive(&moss, id(9), 9, &mut |n| gone.push(n));
        assert_eq!(gone, [9], "another's");
        order.arrive(&oslo, id(1), 1, &mut |n| gone.push(n));
        assert_eq!(gone, [9, 1, 2]);
        order.arrive(&oslo, id(4), 4, &mut |n| gone.push(n));
        order.leave(&oslo, id(3), &mut |n| gone.push(n));
        order.arrive(&oslo, id(3), 3, &mut |n| gone.push(n));
        assert_eq!(gone, [9, 1, 2, 4, 3], "what has left has lost its turn");
    }

    #[test]
    fn what_comes_back_goes_before_what_came_later() {
        let oslo = SenderId::parse("oslo").unwrap();
        let id = |n| SubmissionId::new(Timestamp::UNIX_EPOCH, [n; 10]);
        let order = CommitOrder::default();
        let mut gone = Vec::new();
        (1..=3).for_each(|n| order.enter(&oslo, id(n), 1));
        (1..=2).for_each(|n| order.arrive(&oslo, id(n), n, &mut |n| gone.push(n)));
        order.take_back(|| (1..=2).map(|n| (oslo.clone(), id(n), 1)).collect());
        order.arrive(&oslo, id(3), 3, &mut |n| gone.push(n));
        order.arrive(&oslo, id(2), 2, &mut |n| gone.push(n));
        assert_eq!(gone, [1, 2]);
        order.arrive(&oslo, id(1), 1, &mut |n| gone.push(n));
        assert_eq!(gone, [1, 2, 1, 2, 3]);
    }

    #[test]
    fn a_large_file_is_waited_for_and_holds_its_sender_back() {
        let [oslo, moss] = ["oslo", "moss"].map(|id| SenderId::parse(id).unwrap());
        let id = |n| SubmissionId::new(Timestamp::UNIX_EPOCH, [n; 10]);
        let order = CommitOrder::default();
        order.enter(&oslo, id(1), LARGE);
        assert!(!order.has_large(&oslo));
        order.enter(&oslo, id(2), LARGE + 1);
        order.enter(&oslo, id(3), 1);
        assert!(order.has_large(&oslo) && !order.has_large(&moss));
        let mut gone = Vec::new();
        order.arrive(&oslo, id(3), 3, &mut |n| gone.push(n));
        order.arrive(&oslo, id(1), 1, &mut |n| gone.push(n));
        assert_eq!(gone, [1], "the third refers to what the second brings");
        order.arrive(&oslo, id(2), 2, &mut |n| gone.push(n));
        assert_eq!(gone, [1, 2, 3]);
        assert!(!order.has_large(&oslo));
    }
}
