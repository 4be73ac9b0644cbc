//! The intake thread: looks, claims in batches behind durable intents, and hands on.

use std::{
    collections::BTreeSet,
    fs::File,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::SignedDuration;
use rustix::process::{Resource, getrlimit};

use crate::{
    config::{Config, accounts},
    daemon::{
        alarms,
        engine::{commit_order::LARGE, low_disk::LowDisk, shared::Shared},
    },
    format::structure,
    intake::{
        self, Intake, Looked, Ready, SenderInbox, candidate::Timing, claim::Outcome, watch::Watch,
    },
    pipeline::{
        claim,
        house::{House, waiting_files::Waiting},
        recover,
    },
    seal::identity::Identity,
    types::{alarm::AlarmCode, causes, ids::SenderId},
};

/// Intake as the configuration describes it.
///
/// # Errors
/// When the drop root cannot be opened.
pub fn open_intake(config: &Config) -> io::Result<Intake> {
    let timing =
        Timing { settle: config.intake.settle, rescan: config.intake.rescan, ..Timing::default() };
    let senders = config.senders.values().map(|sender| SenderInbox {
        id: sender.id.clone(),
        min_evidence: sender.completeness,
        max_bytes: config.intake.max_file_size,
        owner_uid: owner(config, sender),
        signing_keys: sender.signing_keys.clone(),
    });
    Intake::new(&config.places.drop_root, senders.collect(), timing).map_err(io::Error::other)
}

/// Whose files are taken. An account that does not exist cannot own anything; the check of the
/// environment has said so, and refusing every file would help nobody.
fn owner(config: &Config, sender: &crate::config::sender::Sender) -> Option<u32> {
    if !config.intake.owner_check {
        return None;
    }
    accounts::owner_uid(&sender.owner).ok().flatten()
}

/// Runs until the engine stops. `house` is the one whose configuration `intake` was opened with.
pub fn run(shared: &Arc<Shared>, intake: Intake, house: Arc<House>) {
    let start = Instant::now();
    let mut intake = intake;
    // Where the clock is moved by hand, the kernel's times are those of another.
    if !house.is_in_simulated_time() {
        intake.count_from(house.now());
    }
    let watch = watch(&house.config, shared);
    let mut reception = Reception { intake, watch, house, refused: None };
    let mut rewatched = Instant::now();
    let mut disk = LowDisk::default();
    let mut told_waiting = None;
    let most = most_in_flight();
    while !shared.is_stopping() {
        reception.follow(shared);
        let Reception { intake, watch, house, .. } = &mut reception;
        if let Some(watch) = watch {
            if rewatched.elapsed() >= house.config.intake.rescan {
                rewatched = Instant::now();
                watch.rewatch();
            }
            intake.hear(watch.take());
        }
        disk.look(house);
        let room = if disk.is_low() { 0 } else { most.saturating_sub(shared.in_flight()) };
        let identity = house.inbound.clone();
        let peek =
            |file: &File| structure::structure(file, identity.as_deref().map(Identity::as_age));
        let looked = intake.look(start.elapsed(), room.min(BATCH), &peek);
        let Looked { mut ready, mut refused, alarms: standing, left, next_look } = looked;
        let held_back = hold_back(&mut ready, |sender| shared.is_held_back(sender));
        // Where the catalogue cannot say, it is told again: better twice than never.
        if let Ok(unanswered) = claim::unanswered(house, &refused) {
            let mut unanswered = unanswered.into_iter();
            refused.retain(|refusal| {
                let is_new = unanswered.next().unwrap_or(true);
                if !is_new {
                    intake.dismiss(refusal);
                }
                is_new
            });
        }
        heed(shared, house, &standing);
        let found = !ready.is_empty() || !refused.is_empty();
        if found {
            let mut next = || house.next_submission();
            let mut write = |intents: &[_]| claim::write_intents(house, intents);
            match intake.claim(start.elapsed(), ready, refused, &mut next, &mut write) {
                Ok(outcomes) => hand_on(shared, house, outcomes),
                Err(error) => {
                    tracing::error!(error = %causes::chain(&error), "Cannot claim; trying again.");
                    shared.wakeup.wait(Duration::from_secs(1));
                }
            }
        }
        shared.beat_intake();
        if told_waiting.is_none_or(|told: Instant| told.elapsed() >= WAITING_TOLD) {
            told_waiting = Some(Instant::now());
            tell_waiting(house, intake, start.elapsed());
        }
        if found && left > 0 && room > 0 {
            continue;
        }
        let pause = next_look.saturating_sub(start.elapsed());
        let shortest = if held_back { HELD_BACK } else { Duration::from_millis(1) };
        shared.wakeup.wait(pause.clamp(shortest, LONGEST_PAUSE));
    }
}

/// Intake and the watch that it listens to, under one configuration.
struct Reception {
    intake: Intake,
    watch: Option<Watch>,
    house: Arc<House>,
    /// A newer house whose drop root could not be opened, and when that was.
    refused: Option<(Arc<House>, Instant)>,
}

impl Reception {
    /// Takes over the configuration that the daemon has now. What cannot be taken over now is tried
    /// again at each rescan: its senders write into their directories all the while.
    fn follow(&mut self, shared: &Arc<Shared>) {
        let current = shared.house();
        if Arc::ptr_eq(&self.house, &current) {
            return;
        }
        let pause = self.house.config.intake.rescan;
        let refused = self.refused.as_ref();
        if refused.is_some_and(|(it, at)| Arc::ptr_eq(it, &current) && at.elapsed() < pause) {
            return;
        }
        let mut fresh = match open_intake(&current.config) {
            Ok(fresh) => fresh,
            Err(error) => {
                tracing::error!(error = %causes::chain(&error), "Intake cannot take the new configuration: the old senders stay, and it is tried again. See that the drop root is there and open to the daemon.");
                self.refused = Some((current, Instant::now()));
                return;
            }
        };
        let watch = watch(&current.config, shared);
        // What the old watch has heard is heard before the files are handed over.
        if let Some(old) = &self.watch {
            self.intake.hear(old.take());
        }
        fresh.carry_over(&mut self.intake);
        *self = Self { intake: fresh, watch, house: current, refused: None };
    }
}

/// Shows what has lain untouched for so long that somebody may ask for it.
fn tell_waiting(house: &House, looked_in: &Intake, now: Duration) {
    let wall = house.now();
    let now = SignedDuration::try_from(now).unwrap_or(SignedDuration::MAX);
    let since = |since: SignedDuration| {
        let ago = now.saturating_sub(since);
        wall.saturating_sub(ago).unwrap_or(wall)
    };
    let waiting = looked_in.waiting(WAITING_FOR).into_iter();
    let shown = |(sender, known): (SenderId, intake::waiting::Waiting)| {
        (sender, Waiting { count: known.count, since: since(known.since) })
    };
    house.waiting.put(waiting.map(shown).collect());
}

/// Leaves what a sender sent behind a large file where it lies until that is committed: it may
/// refer to it. Says whether anything was left.
fn hold_back(ready: &mut Vec<Ready>, is_held_back: impl Fn(&SenderId) -> bool) -> bool {
    let before = ready.len();
    let mut behind = BTreeSet::new();
    ready.retain(|file| {
        let goes = !behind.contains(&file.sender) && !is_held_back(&file.sender);
        if goes && file.size > LARGE {
            behind.insert(file.sender.clone());
        }
        goes
    });
    ready.len() < before
}

/// Hands claimed files to the readers and refused things to the committer.
pub fn hand_on(shared: &Shared, house: &House, outcomes: Vec<Outcome>) {
    let mut void = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Claimed(file) => {
                shared.enqueue(file);
            }
            Outcome::Refused(aside) => shared.hand_to_committer(recover::refusal(aside)),
            Outcome::Void { id, .. } => void.push(id),
        }
    }
    if let Err(error) = claim::void(house, &void) {
        tracing::error!(%error, "Cannot drop claims that came to nothing; the next start does.");
    }
}

fn watch(config: &Config, shared: &Arc<Shared>) -> Option<Watch> {
    let senders: Vec<SenderId> = config.senders.keys().cloned().collect();
    let wakeup = Arc::clone(&shared.wakeup);
    let watch = Watch::new(&config.places.drop_root, &senders, move || wakeup.wake());
    watch
        .inspect_err(
            |error| tracing::warn!(%error, "Cannot watch; the scans find everything later."),
        )
        .ok()
}

/// Raises what keeps files from being taken, and clears what does not any more.
fn heed(shared: &Shared, house: &House, standing: &[crate::intake::Alarm]) {
    let mut known = shared.intake_alarms();
    let now: BTreeSet<(SenderId, AlarmCode)> =
        standing.iter().map(|alarm| (alarm.sender.clone(), alarm.what.code())).collect();
    for (sender, code) in now.difference(&known) {
        alarms::raise(house, *code, sender.as_str());
    }
    for (sender, code) in known.difference(&now) {
        alarms::clear(house, *code, sender.as_str());
    }
    *known = now;
}

/// How many files may be in flight under the limit of descriptors: a file that cannot be opened for
/// want of one would be refused, and its sender has done nothing wrong.
fn most_in_flight() -> usize {
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let room = limit.saturating_sub(OTHERS) / DESCRIPTORS;
    usize::try_from(room).unwrap_or(usize::MAX).clamp(1, MOST_IN_FLIGHT)
}

/// How long a file lies unchanged before it is shown as waiting: most are taken within seconds.
const WAITING_FOR: Duration = Duration::from_mins(1);
/// How often what waits is counted.
const WAITING_TOLD: Duration = Duration::from_secs(5);
/// Claims made in one transaction.
const BATCH: usize = 256;
/// Claimed and not yet answered, so that intents, readers, committer and answers each have a batch.
const MOST_IN_FLIGHT: usize = 1024;
/// Descriptors of a file in flight: itself, and what is sealed of it, which for two registries is a
/// content, a map and a report each.
const DESCRIPTORS: u64 = 8;
/// Descriptors of everything else.
const OTHERS: u64 = 128;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long what is held back is not looked at, unless the wakeup is woken.
const HELD_BACK: Duration = Duration::from_millis(50);
