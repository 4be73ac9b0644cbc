//! Second receipts, of what was decided after the first: one sender's directory that takes none is
//! an alarm about that sender, and nobody else waits for it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a directory is moved aside, as an operator would")]

use std::{fs, path::PathBuf};

use filsluse::{
    pipeline::{house::House, withdrawals::decide},
    types::{ids::SubmissionId, verdict::State},
};

use crate::{
    engine::reloads::add_sender,
    support::{
        in_process::Running,
        installation::Installation,
        uploads::{PERSONS, complete},
        wait::until,
    },
};

#[test]
fn a_mission_whose_directory_is_closed_keeps_no_other_from_its_second_receipt() {
    let installation = Installation::new();
    add_sender(&installation);
    let running = Running::start(&installation);
    // Decisions are answered newest first: the one that cannot be stands before the other.
    let other = hold(&installation, &running, "embassy-new", "XNE");
    let closed = hold(&installation, &running, "embassy-xex", "XEX");
    let gone = ["embassy-new", "embassy-xex"].map(|sender| Closed::new(&installation, sender));
    let house = running.engine().shared().house();
    for id in [other, closed] {
        decide::decide(&house, id, false, "the test").unwrap();
    }
    let [of_other, of_closed] = gone;
    until("an alarm", || running.has_alarm("receipt-owed", "embassy-xex"));
    of_other.open();
    until("the other's second receipt", || installation.receipts("embassy-new").len() == 6);
    until("the end of its alarm", || !running.has_alarm("receipt-owed", "embassy-new"));
    until("its end on record", || state(&house, other) == State::Done);
    assert!(running.has_alarm("receipt-owed", "embassy-xex"), "nobody has opened that one");
    assert_eq!(state(&house, closed), State::Held, "its second receipt is not out");
    of_closed.open();
    until("the second receipt", || installation.receipts("embassy-xex").len() == 6);
    until("the end", || state(&house, closed) == State::Done);
    until("the end of the alarm", || !running.has_alarm("receipt-owed", "embassy-xex"));
}

/// A list that holds the withdrawal of four of five; gives its id.
fn hold(
    installation: &Installation,
    running: &Running,
    sender: &str,
    mission: &str,
) -> SubmissionId {
    for (name, persons) in [("1", &PERSONS[..]), ("2", &PERSONS[..1])] {
        let count = installation.receipts(sender).len();
        installation.upload(sender, &format!("{name}.xml"), complete(mission, name, persons));
        until("its receipts", || installation.receipts(sender).len() == count + 2);
    }
    let house = running.engine().shared().house();
    let mut held = None;
    until("the hold", || {
        let pending = house.look(|view| view.pending_withdrawals()).unwrap();
        let of_it = pending.into_iter().find(|held| held.mission.as_str() == mission);
        held = of_it.map(|held| held.submission);
        held.is_some_and(|id| state(&house, id) == State::Held)
    });
    held.unwrap()
}

fn state(house: &House, id: SubmissionId) -> State {
    house.look(|view| view.submission(id)).unwrap().unwrap().state
}

/// An outbound directory that is away.
struct Closed {
    path: PathBuf,
    aside: PathBuf,
}

impl Closed {
    fn new(installation: &Installation, sender: &str) -> Self {
        let path = installation.outbound(sender);
        let aside = path.with_extension("aside");
        fs::rename(&path, &aside).unwrap();
        Self { path, aside }
    }

    fn open(self) {
        fs::rename(self.aside, self.path).unwrap();
    }
}
