//! A throw-away installation with the real engine in it.

use std::{
    cell::Cell,
    ffi::CStr,
    fs::{self, File},
    mem::MaybeUninit,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use filsluse::{
    catalogue,
    config::{
        init::{self, options::Options},
        layout::{Layout, Places},
    },
    daemon::{
        engine::{Engine, wakeup::Wakeup},
        lock::StateLock,
        open,
    },
    intake::watch::Watch,
    types::{ids::SenderId, national_id::Profile},
};
use rustix::fs::inotify;

use crate::{
    lists::{self, Prepared, Set},
    peers::rename,
};

/// The installation and its engine.
pub(crate) struct Bench {
    places: Places,
    staging: PathBuf,
    settle: Duration,
    engine: Engine,
    senders: Vec<SenderId>,
    _lock: StateLock,
    staged: Cell<usize>,
    answered: Cell<usize>,
}

/// Files that lie on the file system under names that the engine does not see.
pub(crate) struct Staged(Vec<(PathBuf, PathBuf)>);

impl Bench {
    pub(crate) fn open(root: &Path, set: &Set) -> Self {
        let layout = Layout::new(&root.join("installation"));
        let mut options = Options::production();
        options.profile = Profile::Test;
        options.owner_check = false;
        options.senders.clone_from(&set.senders);
        options.senders.push(lists::large_sender());
        let random = open::system_random().unwrap();
        init::write_installation(&layout, &options, &mut |buffer| random(buffer)).unwrap();
        let main = fs::read_to_string(layout.main_file()).unwrap();
        fs::write(layout.main_file(), main.replace("settle = \"1s\"", "settle = \"100ms\""))
            .unwrap();
        let config = open::load(&layout.main_file()).unwrap();
        let (places, settle) = (config.places.clone(), config.intake.settle);
        let lock = StateLock::take(&places.state_dir).unwrap();
        let house = open::open_house(&lock, config, open::system_clock(), random).unwrap();
        let engine = Engine::start(house).unwrap();
        let staging = root.join("staging");
        fs::create_dir(&staging).unwrap();
        Self {
            places,
            staging,
            settle,
            engine,
            senders: options.senders.iter().map(|sender| sender.id.clone()).collect(),
            _lock: lock,
            staged: Cell::new(0),
            answered: Cell::new(0),
        }
    }

    /// Writes files as their senders would have, under names that nobody looks at.
    pub(crate) fn stage(&self, files: &[Prepared]) -> Staged {
        Staged(files.iter().map(|file| self.stage_one(file)).collect())
    }

    fn stage_one(&self, file: &Prepared) -> (PathBuf, PathBuf) {
        let number = self.staged.replace(self.staged.get() + 1);
        let name = format!("list-{number}.{}", file.extension);
        let beside = self.staging.join(&name);
        fs::write(&beside, &file.bytes).unwrap();
        (beside, self.places.inbound(&file.sender).join(name))
    }

    /// Renames staged files into place and waits until all are receipted and done.
    pub(crate) fn take(&self, staged: Staged) {
        let count = staged.0.len();
        for (from, to) in staged.0 {
            rename(&from, &to);
        }
        self.answered.set(self.answered.get() + count);
        while !self.is_done() {
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// How long one lone file waits for its receipt, beyond the time to settle.
    pub(crate) fn answer_one(&self, file: &Prepared) -> Duration {
        let waited = self.receipt_of_one(file);
        while !self.is_done() {
            thread::sleep(Duration::from_millis(1));
        }
        waited
    }

    /// How long files wait, one after the other, while a large one of another sender is under way.
    /// The large one lies on the file system already.
    pub(crate) fn answer_beside(&self, large: &Path, files: &[Prepared]) -> Vec<Duration> {
        let sender = lists::large_sender().id;
        rename(large, &self.places.inbound(&sender).join("large.xml"));
        while self.engine.shared().in_flight() == 0 {
            thread::sleep(Duration::from_millis(1));
        }
        let mut waits = Vec::new();
        for file in files {
            let waited = self.receipt_of_one(file);
            if fs::read_dir(self.places.outbound(&sender)).unwrap().count() > 0 {
                break;
            }
            waits.push(waited);
        }
        self.answered.set(self.answered.get() + 1);
        while !self.is_done() {
            thread::sleep(Duration::from_millis(10));
        }
        waits
    }

    fn receipt_of_one(&self, file: &Prepared) -> Duration {
        let outbound = self.places.outbound(&file.sender);
        let (from, to) = self.stage_one(file);
        File::open(&from).unwrap().sync_all().unwrap();
        let watch = inotify::init(inotify::CreateFlags::CLOEXEC).unwrap();
        inotify::add_watch(&watch, outbound, inotify::WatchFlags::MOVED_TO).unwrap();
        let start = Instant::now();
        rename(&from, &to);
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut events = inotify::Reader::new(&watch, &mut buffer);
        let ends_well = |name: &CStr| name.to_bytes().ends_with(b".receipt.txt");
        while !events.next().unwrap().file_name().is_some_and(ends_well) {}
        let waited = start.elapsed().saturating_sub(self.settle);
        self.answered.set(self.answered.get() + 1);
        waited
    }

    fn is_done(&self) -> bool {
        if self.engine.shared().in_flight() > 0 {
            return false;
        }
        let receipts = |sender| fs::read_dir(self.places.outbound(sender)).unwrap().count();
        if self.senders.iter().map(receipts).sum::<usize>() < 2 * self.answered.get() {
            return false;
        }
        let house = self.engine.shared().house();
        let queue = catalogue::read_with(&mut **house.catalogue(), |view| view.queue()).unwrap();
        queue.claimed + queue.sealed + queue.stored + queue.answered == 0
    }

    /// Ends the engine, after a look at what it made of the files.
    pub(crate) fn close(self) {
        let house = self.engine.shared().house();
        let seen = catalogue::read_with(&mut **house.catalogue(), |view| {
            let counts = view.object_counts()?;
            let rejected =
                view.submissions(&filsluse::catalogue::records::submissions::SubmissionFilter {
                    state: Some(filsluse::types::verdict::State::Rejected),
                    ..Default::default()
                })?;
            Ok::<_, catalogue::error::CatalogueError>((counts, rejected.len()))
        });
        let (counts, rejected) = seen.unwrap();
        let objects: u64 = counts.iter().map(|count| count.objects).sum();
        println!("{} receipts, {objects} objects, {rejected} rejected", 2 * self.answered.get());
        self.engine.drain();
    }
}

/// How long from a sender's close to the intake thread being awake, with the daemon's own watch
/// and what wakes.
pub(crate) fn close_to_handler(root: &Path, times: usize) -> Vec<Duration> {
    let sender = SenderId::parse("watched").unwrap();
    let inbound = root.join("watch").join(sender.as_str()).join("inbound");
    fs::create_dir_all(&inbound).unwrap();
    let wakeup = Arc::new(Wakeup::default());
    let woken = Arc::clone(&wakeup);
    let watch = Watch::new(&root.join("watch"), &[sender], move || woken.wake()).unwrap();
    let watch = Arc::new(Mutex::new(watch));
    let (awake, woken) = mpsc::channel();
    let heard = Arc::clone(&watch);
    thread::spawn(move || {
        loop {
            wakeup.wait(Duration::from_secs(1));
            let now = Instant::now();
            let hints = heard.lock().unwrap().take();
            if hints.closed.values().any(|closed| *closed) && awake.send(now).is_err() {
                return;
            }
        }
    });
    thread::sleep(Duration::from_millis(200));
    let mut waits = Vec::new();
    for number in 0..times {
        let file = File::create_new(inbound.join(number.to_string())).unwrap();
        // The creation is news too; it shall be over before the close is.
        thread::sleep(Duration::from_millis(2));
        let start = Instant::now();
        drop(file);
        waits.push(woken.recv().unwrap() - start);
    }
    waits
}
