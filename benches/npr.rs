//! One large release from NPR: processor time, wall time and memory of the whole way through the
//! engine, beside the script that an analyst would write: pandas (or, where that is not installed,
//! Python's csv module) reads it in chunks, replaces the number by an HMAC, drops columns, writes CSV
//! into stock `age`.
//!
//! `FILSLUSE_BENCH_BYTES=1G FILSLUSE_BENCH_DIR=/var/tmp cargo bench --bench npr`. `FILSLUSE_BENCH_PYTHON`
//! names the interpreter, that of a virtual environment with pandas for one. The contenders take turns
//! in one run, and only their ratios mean anything on another machine. Ours has a process and an
//! installation of its own, so that its peak of memory is its own. Synthetic persons only.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for developers")]

use std::{
    env,
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
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
    types::ids::SenderId,
};
use rustix::{
    fs::{CWD, RenameFlags, renameat_with},
    time::{ClockId, clock_gettime},
};

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let [_, word, root, file] = arguments.as_slice()
        && word == ALONE
    {
        return alone(Path::new(root), Path::new(file));
    }
    let bytes = env::var("FILSLUSE_BENCH_BYTES").map_or(256 << 20, |text| size(&text));
    let rounds = env::var("FILSLUSE_BENCH_ROUNDS").map_or(2, |text| text.parse().unwrap());
    let python = env::var("FILSLUSE_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let root = env::var_os("FILSLUSE_BENCH_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let dir = tempfile::Builder::new().prefix("npr-").tempdir_in(root).unwrap();
    let file = dir.path().join("release.csv");
    let rows = make(&file, bytes);
    let recipient = Identity::generate().recipient();
    let mut totals: Vec<(&str, Cost)> = Vec::new();
    for _ in 0..rounds {
        let sealed = dir.path().join("sealed.age");
        let costs = [
            ("ours", ours(dir.path(), &file)),
            (SCRIPT, script(&python, &file, &sealed, &recipient)),
        ];
        for (name, cost) in costs {
            match totals.iter_mut().find(|(known, _)| *known == name) {
                Some((_, total)) => total.add(&cost),
                None => totals.push((name, cost)),
            }
        }
    }
    println!("{bytes} bytes, {rows} rows, {rounds} rounds, script with {}", library(&python));
    let peer = totals.iter().find(|(name, _)| *name == SCRIPT).unwrap().1;
    for (name, total) in &totals {
        let each = |time: Duration| time.as_secs_f64() / f64::from(rounds);
        println!(
            "{name:>20}: {:6.2} CPU-s, {:6.2} s wall; the script takes {:5.2} times the CPU, \
             {:5.2} times the wall time; peak {} KiB",
            each(total.processor),
            each(total.wall),
            peer.processor.as_secs_f64() / total.processor.as_secs_f64(),
            peer.wall.as_secs_f64() / total.wall.as_secs_f64(),
            total.peak_kib,
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

/// The process of [`ours`].
fn alone(root: &Path, file: &Path) {
    let layout = Layout::new(root);
    let mut options = Options::production();
    options.profile = Profile::Test;
    options.owner_check = false;
    let random = open::system_random().unwrap();
    init::write_installation(&layout, &options, &mut |buffer| random(buffer)).unwrap();
    let main = fs::read_to_string(layout.main_file()).unwrap();
    let main = main.replace("settle = \"1s\"", "settle = \"100ms\"");
    fs::write(
        layout.main_file(),
        main.replace("min-free-disk = \"5%\"", "min-free-disk = \"0.1%\""),
    )
    .unwrap();
    let config = open::load(&layout.main_file()).unwrap();
    let places = config.places.clone();
    let lock = StateLock::take(&places.state_dir).unwrap();
    let house = open::open_house(&lock, config, open::system_clock(), random).unwrap();
    let engine = Engine::start(house).unwrap();
    let sender = SenderId::parse("npr").unwrap();
    let (inbound, outbound) = (places.inbound(&sender), places.outbound(&sender));
    let beside = places.state_dir.join("beside.csv");
    // A link would be a file with two names, which intake does not take.
    fs::copy(file, &beside).unwrap();
    File::open(&beside).unwrap().sync_all().unwrap();

    let (start, before) = (Instant::now(), processor_time());
    let name = inbound.join("release.csv");
    renameat_with(CWD, &beside, CWD, &name, RenameFlags::NOREPLACE).unwrap();
    let receipts = || fs::read_dir(&outbound).unwrap().count();
    while receipts() < 2 || !is_done(&engine) {
        thread::sleep(Duration::from_millis(2));
    }
    let (wall, processor) = (start.elapsed(), processor_time().checked_sub(before).unwrap());
    let receipt = fs::read_dir(&outbound).unwrap().map(|entry| entry.unwrap().path());
    let receipt = receipt.into_iter().find(|path| path.to_string_lossy().ends_with(".txt"));
    let receipt = fs::read_to_string(receipt.unwrap()).unwrap();
    assert!(receipt.starts_with("GODTATT"), "{receipt}");
    println!("{} {} {}", processor.as_micros(), wall.as_micros(), peak_kib());
    engine.drain();
}

fn is_done(engine: &Engine) -> bool {
    if engine.shared().in_flight() > 0 {
        return false;
    }
    let house = engine.shared().house();
    let queue = catalogue::read_with(&mut **house.catalogue(), |view| view.queue()).unwrap();
    queue.claimed + queue.sealed + queue.stored + queue.answered == 0
}

/// What an analyst would script. Checks nothing, and looks for nothing in what leaves.
fn script(python: &str, file: &Path, sealed: &Path, recipient: &str) -> Cost {
    let (start, before) = (Instant::now(), childrens_time());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/npr_script.py");
    let mut child =
        Command::new(python).arg(script).arg(file).stdout(Stdio::piped()).spawn().unwrap();
    let age = Command::new("age")
        .args(["-e", "-r", recipient, "-o"])
        .arg(sealed)
        .stdin(child.stdout.take().unwrap())
        .status()
        .unwrap();
    assert!(child.wait().unwrap().success() && age.success());
    let processor = childrens_time().checked_sub(before).unwrap();
    Cost { processor, wall: start.elapsed(), peak_kib: 0 }
}

/// What the script does it with.
fn library(python: &str) -> String {
    let ask = "import pandas; print('pandas', pandas.__version__)";
    let told = Command::new(python).args(["-c", ask]).stderr(Stdio::null()).output().unwrap();
    match String::from_utf8(told.stdout) {
        Ok(version) if told.status.success() => version.trim().to_owned(),
        _ => "Python's csv module".to_owned(),
    }
}

/// Rows of 2025, each about one of some 200,000 persons, in no order. Gives how many.
fn make(file: &Path, bytes: u64) -> u64 {
    let people: Vec<String> = (0..200_000_u64).filter_map(person).collect();
    let mut to = BufWriter::with_capacity(1 << 20, File::create(file).unwrap());
    let head = "#purpose=isf\n#legal_basis=§ 3-3\n#operating_year=2025\n#created=2026-02-02\n\
        pasientNr;fid;typeID;fodselsdato;kjonn;komNrHjem;bydel;institusjonID;episodeID;innDato;utDato;\
        liggetid;omsorgsniva;innmateHast;debitor;utskrKlarDato;ukpdager;tilstand_1;tilstand_2;tilstand_3;\
        NCMP_1;NCMP_2;NCSP_1;drg;HDG;drg_type;isf_poeng;korrvekt\n";
    to.write_all(head.as_bytes()).unwrap();
    let (mut written, mut rows) = (head.len() as u64, 0_u64);
    let mut dice = 0x9E37_79B9_7F4A_7C15_u64;
    while written + 240 < bytes {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let pick = |shift: u32, of: u64| (dice >> shift) % of;
        let who = usize::try_from(pick(3, people.len() as u64)).unwrap();
        let (month, day) = (1 + pick(11, 12), 1 + pick(17, 28));
        let homes = ["0301", "1103", "4601", "5001", "3201", "3301", "4204", "5501"];
        let home = homes[usize::try_from(pick(23, 8)).unwrap()];
        let line = format!(
            "P{who};{};1;{}-{:02}-{:02};{};{home};;{};E{rows:09};2025-{month:02}-{day:02};\
             2025-{month:02}-{day:02};{};{};{};1;;;{}{:02}{};{};;WBGC{:02};;NCA{:02};{}{};{};M;{},{:03};{},{:03}\n",
            people[who],
            1930 + who % 90,
            1 + who % 12,
            1 + who % 28,
            1 + who % 2,
            974_760_673 - pick(29, 60),
            pick(31, 20),
            1 + pick(33, 3),
            1 + pick(35, 4),
            char::from(b'A' + u8::try_from(pick(37, 20)).unwrap()),
            pick(41, 99),
            pick(43, 9),
            if pick(45, 3) == 0 { "I10" } else { "" },
            pick(47, 99),
            pick(49, 99),
            1 + pick(51, 470),
            if pick(53, 2) == 0 { "A" } else { "" },
            1 + pick(55, 23),
            pick(57, 9),
            pick(13, 999),
            pick(57, 9),
            pick(13, 999),
        );
        to.write_all(line.as_bytes()).unwrap();
        written += line.len() as u64;
        rows += 1;
    }
    writeln!(to, "#rows={rows}").unwrap();
    to.into_inner().unwrap().sync_all().unwrap();
    rows
}

/// A number that holds by the rule of 1964, the month raised by 80; none where a digit would be 10.
fn person(n: u64) -> Option<String> {
    let (day, month, year) = (1 + n % 28, 81 + n / 28 % 12, n / 336 % 100);
    let individual = n / 33_600 * 7 % 500;
    let text = format!("{day:02}{month:02}{year:02}{individual:03}");
    let digits: Vec<u64> = text.bytes().map(|c| u64::from(c - b'0')).collect();
    let rest = |digits: &[u64], weights: &[u64]| {
        (11 - digits.iter().zip(weights).map(|(a, b)| a * b).sum::<u64>() % 11) % 11
    };
    let first = rest(&digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2]);
    let second = rest(&[&digits[..], &[first]].concat(), &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    (first < 10 && second < 10).then(|| format!("{text}{first}{second}"))
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
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

fn size(text: &str) -> u64 {
    let units = [("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30)];
    let unit = units.into_iter().find_map(|(unit, size)| Some((text.strip_suffix(unit)?, size)));
    let (number, unit) = unit.unwrap_or((text, 1));
    number.parse::<u64>().unwrap() * unit
}

const SCRIPT: &str = "script, then age";

/// The argument of a process that is one contender.
const ALONE: &str = "--alone";
/// Of the kernel's clock in a second, on every Linux that we know (`getconf CLK_TCK`).
const TICKS: u64 = 100;
