//! Large municipal submissions: processor time, wall time and memory of the whole way through the
//! engine, beside what an agency would write. `xmllint --stream --schema`, then `age -e`; the same
//! without a schema; and a script that does about the same work, with lxml and hmac, piped into
//! `age -e`. The schema of the events is the published one, that of the annual submission stands
//! beside this file.
//!
//! `FILSLUSE_BENCH_BYTES=1G FILSLUSE_BENCH_DIR=/var/tmp cargo bench --bench kpr`. The contenders
//! take turns in one run, and only their ratios mean anything on another machine. Each of ours has
//! a process and an installation of its own, so that its peak of memory is its own. Synthetic
//! persons only.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for developers")]

#[path = "../../examples/generate/generator/mod.rs"]
#[expect(dead_code, reason = "the example uses all of it")]
mod generator;
#[path = "../large/mod.rs"]
mod large;
mod peers;
mod published;

use std::{
    env,
    fs::{self, File},
    hint::black_box,
    io::{BufWriter, Read},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use filsluse::{seal::identity::Identity, types::digest::Hasher};
use generator::{Kind, Order, document::Encoding};
use large::{Cost, Totals};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

fn main() {
    if large::alone() {
        return;
    }
    let bytes = large::size("FILSLUSE_BENCH_BYTES", 256 << 20);
    let rounds = u32::try_from(large::size("FILSLUSE_BENCH_ROUNDS", 2)).unwrap();
    let root = env::var_os("FILSLUSE_BENCH_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let dir = tempfile::Builder::new().prefix("kpr-").tempdir_in(root).unwrap();
    let annual = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/kpr/iplos-annual.xsd");
    let events = dir.path().join("kpr-event.xsd");
    fs::write(&events, published::schema()).unwrap();
    let contests = [
        ("iplos-annual, 2020, one registry", Kind::IplosAnnual, 2020, &annual),
        ("iplos-annual, 2017, two registries", Kind::IplosAnnual, 2017, &annual),
        ("kpr-event, 2024, one registry", Kind::KprEvent, 2024, &events),
    ];
    for (title, kind, year, schema) in contests {
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
    let mut totals = Totals::default();
    for round in 0..rounds {
        let mut costs = vec![
            (OURS, large::ours(dir, file, "oslo")),
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
            totals.add(name, &cost);
        }
    }
    let ours = totals.of(OURS);
    for (name, total) in &totals.0 {
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

/// What no program that does the work can do without: the bytes read, their digest, as many bytes
/// sealed as come in, and synced.
fn floor(file: &Path, sealed: &Path) -> Cost {
    let (start, before) = (Instant::now(), large::processor_time());
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
    let processor = large::processor_time().checked_sub(before).unwrap();
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

const OURS: &str = "ours";
