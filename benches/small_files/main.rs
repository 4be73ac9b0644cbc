//! Many small files: how many a second are taken, stored, audited and receipted durably, beside
//! what the same file system gives a plain loop.
//!
//! `FILSLUSE_BENCH_DIR=/mnt/journaled cargo bench --bench small_files`; `benches/loop-ext4.sh`
//! makes such a file system. `FILSLUSE_BENCH_BESIDE=1073741824` has one file of that many bytes
//! under way, while others wait for their receipts. `FILSLUSE_BENCH_KIND=kpr-event` sends municipal
//! events instead of embassy lists. `FILSLUSE_BENCH_COUNTER=FIFO` measures ours alone, and has a
//! `perf` with `--delay=-1 --control=fifo:FIFO` count that and nothing else. Else ours and the two
//! loops take turns in one run, and only their ratios mean anything on another machine. Writes
//! below that directory alone, and synthetic persons only.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for developers")]

#[path = "../../examples/generate/generator/mod.rs"]
#[expect(dead_code, reason = "the example uses all of it")]
mod generator;
mod house;
mod lists;
mod peers;

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::{
    fs::syncfs,
    time::{ClockId, clock_gettime},
};

use crate::{house::Bench, lists::Prepared};

fn main() {
    let number = |name: &str, or: usize| env::var(name).map_or(or, |text| text.parse().unwrap());
    let files = number("FILSLUSE_BENCH_FILES", 10_000);
    let rounds = number("FILSLUSE_BENCH_ROUNDS", 2);
    let lone = number("FILSLUSE_BENCH_LONE", 100);
    let root = env::var_os("FILSLUSE_BENCH_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let dir = tempfile::Builder::new().prefix("small-files-").tempdir_in(root).unwrap();

    let sets = match env::var_os("FILSLUSE_BENCH_PREPARED") {
        Some(given) => lists::read(Path::new(&given)),
        None if env::var("FILSLUSE_BENCH_KIND").is_ok_and(|kind| kind == "kpr-event") => {
            lists::kpr(SENDERS, files + 2 * lone)
        }
        None => lists::embassy(SENDERS, files + 2 * lone),
    };
    let bench = Bench::open(dir.path(), &sets);
    let mut all: Vec<Prepared> = sets.files;
    let beside = all.split_off(all.len().saturating_sub(lone));
    let singles = all.split_off(all.len().saturating_sub(lone));
    let size = all.iter().map(|file| file.bytes.len()).sum::<usize>() / all.len().max(1);
    println!("{} files of {size} bytes on average from {} senders", all.len(), sets.senders.len());

    let mut ours = Total::default();
    let [mut naive, mut bare] = [Total::default(), Total::default()];
    let counter = env::var_os("FILSLUSE_BENCH_COUNTER").map(PathBuf::from);
    for (round, part) in all.chunks(all.len().div_ceil(rounds)).enumerate() {
        if counter.is_none() {
            let few = &part[..part.len().min(NAIVE_A_ROUND)];
            naive.add(few.len(), || peers::naive(&dir.path().join(format!("naive-{round}")), few));
            bare.add(part.len(), || peers::bare(&dir.path().join(format!("bare-{round}")), part));
        }
        let staged = bench.stage(part);
        syncfs(fs::File::open(dir.path()).unwrap()).unwrap();
        say(counter.as_deref(), "enable");
        ours.add(part.len(), || bench.take(staged));
        say(counter.as_deref(), "disable");
    }
    if counter.is_some() {
        println!("{:?} of processor time each", ours.each());
        return bench.close();
    }
    for (name, total) in [("naive loop", &naive), ("bare group commit", &bare), ("ours", &ours)] {
        let (rate, each) = (total.rate(), total.each());
        println!("{name:>18}: {rate:8.0} files/s, {each:?} of processor time each");
    }
    println!("ours to naive loop:        {:.2}", ours.rate() / naive.rate());
    println!("ours to bare group commit: {:.2}", ours.rate() / bare.rate());

    let mut waits: Vec<Duration> = singles.iter().map(|file| bench.answer_one(file)).collect();
    let operation = naive.wall / u32::try_from(naive.files).unwrap();
    println!("one operation of the naive loop: {operation:?}");
    report("rename to receipt, beyond settle", &mut waits);
    if let Ok(bytes) = env::var("FILSLUSE_BENCH_BESIDE") {
        let large = dir.path().join("large.xml");
        lists::large(&large, bytes.parse().unwrap());
        let waits = &mut bench.answer_beside(&large, &beside);
        report("the same beside a large file of another sender", waits);
    }
    report("close to handler", &mut house::close_to_handler(dir.path(), lone * 10));
    bench.close();
}

/// What one contender came to over all rounds.
#[derive(Default)]
struct Total {
    files: usize,
    wall: Duration,
    processor: Duration,
}

impl Total {
    fn add(&mut self, files: usize, work: impl FnOnce()) {
        let (start, before) = (Instant::now(), processor_time());
        work();
        self.files += files;
        self.wall += start.elapsed();
        self.processor += processor_time().checked_sub(before).unwrap();
    }

    fn each(&self) -> Duration {
        self.processor / u32::try_from(self.files).unwrap()
    }

    #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
    fn rate(&self) -> f64 {
        self.files as f64 / self.wall.as_secs_f64()
    }
}

/// Has `perf` count, or stop to: `--control fifo:PATH` with this path.
fn say(counter: Option<&Path>, what: &str) {
    if let Some(counter) = counter {
        fs::write(counter, what).unwrap();
    }
}

fn report(name: &str, waits: &mut [Duration]) {
    waits.sort_unstable();
    let at = |percent: usize| waits.get(waits.len() * percent / 100).copied().unwrap_or_default();
    println!("{name}: p50 {:?}, p99 {:?} of {}", at(50), at(99), waits.len());
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

const SENDERS: usize = 50;
/// The naive loop is slow: a part of the files shows its rate as well as all of them.
const NAIVE_A_ROUND: usize = 1000;
