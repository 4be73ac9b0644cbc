//! One large release from NPR: processor time, wall time and memory of the whole way through the
//! engine, beside the script that an analyst would write: pandas (or, where that is not installed,
//! Python's csv module) reads it in chunks, replaces the number by an HMAC, drops columns, writes
//! CSV into stock `age`.
//!
//! `FILSLUSE_BENCH_BYTES=1G FILSLUSE_BENCH_DIR=/var/tmp cargo bench --bench npr`.
//! `FILSLUSE_BENCH_PYTHON` names the interpreter, that of a virtual environment with pandas for
//! one. The contenders take turns in one run, and only their ratios mean anything on another
//! machine. Ours has a process and an installation of its own, so that its peak of memory is its
//! own. Synthetic persons only.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for developers")]

#[path = "large/mod.rs"]
mod large;

use std::{
    env,
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use filsluse::seal::identity::Identity;
use large::{Cost, Totals};

fn main() {
    if large::alone() {
        return;
    }
    let bytes = large::size("FILSLUSE_BENCH_BYTES", 256 << 20);
    let rounds = u32::try_from(large::size("FILSLUSE_BENCH_ROUNDS", 2)).unwrap();
    let python = env::var("FILSLUSE_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let root = env::var_os("FILSLUSE_BENCH_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let dir = tempfile::Builder::new().prefix("npr-").tempdir_in(root).unwrap();
    let file = dir.path().join("release.csv");
    let rows = make(&file, bytes);
    let recipient = Identity::generate().recipient();
    let mut totals = Totals::default();
    for _ in 0..rounds {
        let sealed = dir.path().join("sealed.age");
        let costs = [
            ("ours", large::ours(dir.path(), &file, "npr")),
            (SCRIPT, script(&python, &file, &sealed, &recipient)),
        ];
        for (name, cost) in costs {
            totals.add(name, &cost);
        }
    }
    println!("{bytes} bytes, {rows} rows, {rounds} rounds, script with {}", library(&python));
    let peer = totals.of(SCRIPT);
    for (name, total) in &totals.0 {
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

/// What an analyst would script. Checks nothing, and looks for nothing in what leaves.
fn script(python: &str, file: &Path, sealed: &Path, recipient: &str) -> Cost {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/npr_script.py");
    large::children(|| {
        let mut child =
            Command::new(python).arg(script).arg(file).stdout(Stdio::piped()).spawn().unwrap();
        let age = Command::new("age")
            .args(["-e", "-r", recipient, "-o"])
            .arg(sealed)
            .stdin(child.stdout.take().unwrap())
            .status()
            .unwrap();
        assert!(child.wait().unwrap().success() && age.success());
    })
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

const SCRIPT: &str = "script, then age";
