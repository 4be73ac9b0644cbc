//! Large municipal submissions: processor time, wall time and memory of the whole way through the
//! engine, beside what an agency would write. `xmllint --stream --schema`, then `age -e`; the same
//! without a schema; and a script that does about the same work, with lxml and hmac, piped into
//! `age -e`. The schema of the events is the published one, that of the annual submission stands beside
//! this file.
//!
//! `FILSLUSE_BENCH_BYTES=1G FILSLUSE_BENCH_DIR=/var/tmp cargo bench --bench kpr`. The contenders take
//! turns in one run, and only their ratios mean anything on another machine. Each of ours has a
//! process and an installation of its own, so that its peak of memory is its own. Synthetic persons
//! only.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for developers")]

#[path = "../../examples/generate/generator/mod.rs"]
#[expect(dead_code, reason = "the example uses all of it")]
mod generator;
mod peers;
mod published;

use std::{
    env,
    fs::{self, File},
    hint::black_box,
    io::{BufWriter, Read},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use filsluse::{
    catalogue,
    config::{
        init::{self, Options},
        layout::Layout,
        words::Profile,
    },
    daemon::{engine::Engine, lock::StateLock, open},
    seal::identity::Identity,
    types::{digest::Hasher, ids::SenderId},
};
use generator::{Kind, Order, document::Encoding};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use rustix::{
    fs::{CWD, RenameFlags, renameat_with},
    time::{ClockId, clock_gettime},
};

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let [_, word, root, files @ ..] = arguments.as_slice()
        && word == ALONE
    {
        return alone(Path::new(root), files);
    }
    let bytes = env::var("FILSLUSE_BENCH_BYTES").map_or(256 << 20, |text| size(&text));
    let rounds = env::var("FILSLUSE_BENCH_ROUNDS").map_or(2, |text| text.parse().unwrap());
    let root = env::var_os("FILSLUSE_BENCH_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let dir = tempfile::Builder::new().prefix("kpr-").tempdir_in(root).unwrap();
    let annual = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/kpr/iplos-annual.xsd");
    let events = dir.path().join("kpr-event.xsd");
    fs::write(&events, published::schema()).unwrap();
    let contests = [
        ("iplos-annual, 2020, one registry", Kind::IplosAnnual, 2020, bytes, &annual),
        ("iplos-annual, 2017, two registries", Kind::IplosAnnual, 2017, bytes, &annual),
        ("kpr-event, 2024, one registry", Kind::KprEvent, 2024, bytes, &events),
    ];
    for (title, kind, year, bytes, schema) in contests {
        let file = dir.path().join("document.xml");
        make(&file, kind, bytes, year);
        println!("{title}: {bytes} bytes, {rounds} rounds");
        contest(dir.path(), &file, schema, rounds);
    }
}

/// Lets the contenders take turns on one file.
fn contest(dir: &Path, file: &Path, schema: &Path, rounds: u32) {
    let recipient = Identity::generate().recipient();
    let sealed = dir.join("sealed.age");
    let mut totals: Vec<(&str, Cost)> = Vec::new();
    for round in 0..rounds {
        let mut costs = vec![
            (OURS, ours(dir, file)),
            ("xmllint with schema, age", peers::script(file, Some(schema), &sealed, &recipient)),
            ("xmllint, age", peers::script(file, None, &sealed, &recipient)),
            ("read, hash, seal, sync", floor(file, &sealed)),
        ];
        match peers::equal_work(file, &sealed, &recipient) {
            Some(cost) => costs.push(("lxml, hmac, age", cost)),
            None if round == 0 => {
                println!("  no lxml: {} names a Python that has it", peers::PYTHON);
            }
            None => {}
        }
        for (name, cost) in costs {
            match totals.iter_mut().find(|(known, _)| *known == name) {
                Some((_, total)) => total.add(&cost),
                None => totals.push((name, cost)),
            }
        }
    }
    let ours = totals[0].1;
    for (name, total) in &totals {
        let each = |time: Duration| time.as_secs_f64() / f64::from(rounds);
        let ratio = |theirs: Duration, ours: Duration| theirs.as_secs_f64() / ours.as_secs_f64();
        println!(
            "  {name:>24}: {:6.2} CPU-s, {:6.2} s wall; {:6.2} of our CPU time, {:6.2} of our wall \
             time{}",
            each(total.processor),
            each(total.wall),
            ratio(total.processor, ours.processor),
            ratio(total.wall, ours.wall),
            if total.peak_kib > 0 {
                format!("; peak {} KiB", total.peak_kib)
            } else {
                String::new()
            },
        );
    }
}

/// What one contender took.
#[derive(Clone, Copy)]
struct Cost {
    processor: Duration,
    wall: Duration,
    /// 0 where nobody looked.
    peak_kib: u64,
}

impl Cost {
    fn add(&mut self, other: &Self) {
        self.processor += other.processor;
        self.wall += other.wall;
        self.peak_kib = self.peak_kib.max(other.peak_kib);
    }
}

/// From the rename into place to the receipt, in a process of its own.
fn ours(dir: &Path, file: &Path) -> Cost {
    let root = tempfile::tempdir_in(dir).unwrap();
    let program = env::current_exe().unwrap();
    let told = Command::new(program).arg(ALONE).arg(root.path()).arg(file).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told = String::from_utf8(told.stdout).unwrap();
    let numbers: Vec<u64> = told.split_whitespace().map(|n| n.parse().unwrap()).collect();
    let [processor, wall, peak_kib] = numbers[..] else { panic!("{told}") };
    let (processor, wall) = (Duration::from_micros(processor), Duration::from_micros(wall));
    Cost { processor, wall, peak_kib }
}

/// The process of [`ours`]. Of several files each comes when the one before it is done.
fn alone(root: &Path, files: &[String]) {
    let layout = Layout::new(root);
    let mut options = Options::production();
    options.profile = Profile::Test;
    options.owner_check = false;
    let random = open::system_random().unwrap();
    init::write_installation(&layout, &options, &mut |buffer| random(buffer)).unwrap();
    let main = fs::read_to_string(layout.main_file()).unwrap();
    fs::write(layout.main_file(), main.replace("settle = \"1s\"", "settle = \"100ms\"")).unwrap();
    let config = open::load(&layout.main_file()).unwrap();
    let places = config.places.clone();
    let lock = StateLock::take(&places.state_dir).unwrap();
    let house = open::open_house(&lock, config, open::system_clock(), random).unwrap();
    let engine = Engine::start(house).unwrap();
    let sender = SenderId::parse("oslo").unwrap();
    let (inbound, outbound) = (places.inbound(&sender), places.outbound(&sender));
    for (number, file) in files.iter().enumerate() {
        send(&engine, Path::new(file), number, [&places.state_dir, &inbound, &outbound]);
    }
    engine.drain();
}

/// Has one file taken, and prints what that came to.
fn send(engine: &Engine, file: &Path, number: usize, places: [&Path; 3]) {
    let [state_dir, inbound, outbound] = places;
    let beside = state_dir.join("beside.xml");
    // A link would be a file with two names, which intake does not take.
    fs::copy(file, &beside).unwrap();
    File::open(&beside).unwrap().sync_all().unwrap();

    let (start, before) = (Instant::now(), processor_time());
    let name = inbound.join(format!("year-{number}.xml"));
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
    println!("{} {} {}", processor.as_micros(), wall.as_micros(), peak_kib());
}

fn is_done(engine: &Engine) -> bool {
    if engine.shared().in_flight() > 0 {
        return false;
    }
    let house = engine.shared().house();
    let queue = catalogue::read_with(&mut **house.catalogue(), |view| view.queue()).unwrap();
    queue.claimed + queue.sealed + queue.stored + queue.answered == 0
}

/// What no program that does the work can do without: the bytes read, their digest, as many bytes
/// sealed as come in, and synced.
fn floor(file: &Path, sealed: &Path) -> Cost {
    let (start, before) = (Instant::now(), processor_time());
    let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &[7; 32]).unwrap());
    let (mut from, mut to) = (File::open(file).unwrap(), File::create(sealed).unwrap());
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; 64 << 10];
    let mut number = 0_u64;
    loop {
        let count = from.read(&mut buffer).unwrap();
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&number.to_le_bytes());
        number += 1;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let (aad, sealed) = (Aad::empty(), &mut buffer[..count]);
        let tag = key.seal_in_place_separate_tag(nonce, aad, sealed).unwrap();
        std::io::Write::write_all(&mut to, sealed).unwrap();
        std::io::Write::write_all(&mut to, tag.as_ref()).unwrap();
    }
    black_box(hasher.finish());
    to.sync_all().unwrap();
    let processor = processor_time().checked_sub(before).unwrap();
    Cost { processor, wall: start.elapsed(), peak_kib: 0 }
}

fn make(file: &Path, kind: Kind, bytes: u64, year: i32) {
    let order = Order {
        kind,
        bytes,
        seed: 7,
        year,
        municipality: "0301".to_owned(),
        defects: 0,
        sorts: Vec::new(),
        encoding: Encoding::Utf8,
        msghead: false,
    };
    let mut to = BufWriter::new(File::create(file).unwrap());
    generator::generate(&order, &mut to).unwrap();
    to.into_inner().unwrap().sync_all().unwrap();
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn size(text: &str) -> u64 {
    let units = [("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30)];
    let unit = units.into_iter().find_map(|(unit, size)| Some((text.strip_suffix(unit)?, size)));
    let (number, unit) = unit.unwrap_or((text, 1));
    number.parse::<u64>().unwrap() * unit
}

const OURS: &str = "ours";

/// The argument of a process that is one contender.
const ALONE: &str = "--alone";
