//! What the benches of one large file share: the whole way through the engine in a process of its
//! own, from the rename into `inbound` until the submission is done, and what each contender took.

use std::{
    env,
    fs::{self, File},
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use filsluse::{
    catalogue,
    config::{
        init::{self, options::Options},
        layout::Layout,
    },
    daemon::{engine::Engine, lock::StateLock, open},
    types::{ids::SenderId, national_id::Profile},
};
use rustix::{
    fs::{CWD, RenameFlags, renameat_with},
    time::{ClockId, clock_gettime},
};

/// What one contender took.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    /// Of all its threads and processes.
    pub(super) processor: Duration,
    pub(super) wall: Duration,
    /// 0 where nobody looked.
    pub(super) peak_kib: u64,
}

impl Cost {
    fn add(&mut self, other: &Self) {
        self.processor += other.processor;
        self.wall += other.wall;
        self.peak_kib = self.peak_kib.max(other.peak_kib);
    }
}

/// What each contender took in all rounds, in the order in which they came first.
#[derive(Default)]
pub(super) struct Totals(pub(super) Vec<(&'static str, Cost)>);

impl Totals {
    /// One more round of a contender.
    pub(super) fn add(&mut self, name: &'static str, cost: &Cost) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, total)) => total.add(cost),
            None => self.0.push((name, *cost)),
        }
    }

    /// What a contender took that took part.
    pub(super) fn of(&self, name: &str) -> Cost {
        self.0.iter().find(|(known, _)| *known == name).unwrap().1
    }
}

/// From the rename into place to the receipt, in a process of its own, which is this program again:
/// call
/// [`alone`] first thing in `main`.
pub(super) fn ours(dir: &Path, file: &Path, sender: &str) -> Cost {
    let root = tempfile::tempdir_in(dir).unwrap();
    let program = env::current_exe().unwrap();
    let mut command = Command::new(program);
    let told = command.arg(ALONE).arg(root.path()).arg(sender).arg(file).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told = String::from_utf8(told.stdout).unwrap();
    let numbers: Vec<u64> = told.split_whitespace().map(|n| n.parse().unwrap()).collect();
    let [processor, wall, peak_kib] = numbers[..] else { panic!("{told}") };
    let (processor, wall) = (Duration::from_micros(processor), Duration::from_micros(wall));
    Cost { processor, wall, peak_kib }
}

/// Whether this is the process of [`ours`]; then all has been done. By hand it takes several files,
/// each of which comes when the one before it is done: `--alone DIRECTORY SENDER FILE…`.
pub(super) fn alone() -> bool {
    let arguments: Vec<String> = env::args().collect();
    let [_, word, root, sender, files @ ..] = arguments.as_slice() else { return false };
    if word != ALONE {
        return false;
    }
    run(Path::new(root), sender, files);
    true
}

fn run(root: &Path, sender: &str, files: &[String]) {
    let layout = Layout::new(root);
    let mut options = Options::production();
    options.profile = Profile::Test;
    options.owner_check = false;
    let random = open::system_random().unwrap();
    init::write_installation(&layout, &options, &mut |buffer| random(buffer)).unwrap();
    let main = fs::read_to_string(layout.main_file()).unwrap();
    let main = main.replace("settle = \"1s\"", "settle = \"100ms\"");
    let main = main.replace("min-free-disk = \"5%\"", "min-free-disk = \"0.1%\"");
    fs::write(layout.main_file(), main).unwrap();
    let config = open::load(&layout.main_file()).unwrap();
    let places = config.places.clone();
    let lock = StateLock::take(&places.state_dir).unwrap();
    let house = open::open_house(&lock, config, open::system_clock(), random).unwrap();
    let engine = Engine::start(house).unwrap();
    let sender = SenderId::parse(sender).unwrap();
    let (inbound, outbound) = (places.inbound(&sender), places.outbound(&sender));
    for (number, file) in files.iter().enumerate() {
        send(&engine, Path::new(file), number, [&places.state_dir, &inbound, &outbound]);
    }
    engine.drain();
}

/// Has one file taken, and says what that came to.
fn send(engine: &Engine, file: &Path, number: usize, places: [&Path; 3]) {
    let [state_dir, inbound, outbound] = places;
    let beside = state_dir.join("beside");
    // A link would be a file with two names, which intake does not take.
    fs::copy(file, &beside).unwrap();
    File::open(&beside).unwrap().sync_all().unwrap();

    let (start, before) = (Instant::now(), processor_time());
    let name = inbound.join(format!("large-{number}"));
    renameat_with(CWD, &beside, CWD, &name, RenameFlags::NOREPLACE).unwrap();
    let receipts = || fs::read_dir(outbound).unwrap().count();
    while receipts() < 2 * (number + 1) || !is_done(engine) {
        thread::sleep(Duration::from_millis(2));
    }
    let (wall, processor) = (start.elapsed(), processor_time().checked_sub(before).unwrap());
    for path in fs::read_dir(outbound).unwrap().map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|extension| extension == "txt") {
            let receipt = fs::read_to_string(path).unwrap();
            assert!(receipt.starts_with("GODTATT") || receipt.starts_with("ACCEPTED"), "{receipt}");
        }
    }
    say(format_args!("{} {} {}", processor.as_micros(), wall.as_micros(), peak_kib()));
}

fn is_done(engine: &Engine) -> bool {
    if engine.shared().in_flight() > 0 {
        return false;
    }
    let house = engine.shared().house();
    let queue = catalogue::read_with(&mut **house.catalogue(), |view| view.queue()).unwrap();
    queue.claimed + queue.sealed + queue.stored + queue.answered == 0
}

/// Of this process so far.
pub(super) fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

/// What processes took that others wrote: run by `work`, ended and waited for.
pub(super) fn children(work: impl FnOnce()) -> Cost {
    let (start, before) = (Instant::now(), childrens_time());
    work();
    let processor = childrens_time().checked_sub(before).unwrap();
    Cost { processor, wall: start.elapsed(), peak_kib: 0 }
}

/// Of the processes that have ended and were waited for, in hundredths of a second.
fn childrens_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let behind_name = stat.rsplit_once(')').unwrap().1;
    let ticks = behind_name.split_whitespace().skip(13).take(2);
    let ticks: u64 = ticks.map(|number| number.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 1000 / TICKS)
}

fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The number that an environment variable says, with K, M or G behind it or not.
pub(super) fn size(variable: &str, otherwise: u64) -> u64 {
    let Ok(text) = env::var(variable) else { return otherwise };
    let units = [("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30)];
    let unit = units.into_iter().find_map(|(unit, size)| Some((text.strip_suffix(unit)?, size)));
    let (number, unit) = unit.unwrap_or((&text, 1));
    number.parse::<u64>().unwrap() * unit
}

#[expect(clippy::print_stdout, reason = "the parent process reads it")]
fn say(what: std::fmt::Arguments<'_>) {
    println!("{what}");
}

/// The first argument of a process that is one contender.
const ALONE: &str = "--alone";

/// Of the kernel's clock in a second, on every Linux that we know (`getconf CLK_TCK`).
const TICKS: u64 = 100;
