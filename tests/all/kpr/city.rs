//! A municipality with an installation of its own, a daemon in a process of its own, and what its
//! registries get: opened with stock `age`, and computed again by a script that shares no code.

use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use filsluse::{
    catalogue::records::{objects::Object, submissions::Submission},
    types::ids::{Part, RegistryId},
};

use crate::{
    generator::messages::{
        Kind, Order,
        defects::{Defect, Ledger, Severity},
        document::Encoding,
        generate,
    },
    support::{
        child_daemon::Daemon,
        installation::{Books, Installation},
    },
};

/// Oslo, and everything it sends to.
pub struct City {
    pub installation: Installation,
}

impl City {
    pub fn new() -> Self {
        Self { installation: Installation::new() }
    }

    /// Sends a file as a careful sender does, without another copy of it.
    pub fn send(&self, file: &Path, name: &str) {
        fs::hard_link(file, self.installation.inbound("oslo").join(name)).unwrap();
        fs::remove_file(file).unwrap();
    }

    /// Waits until so many submissions of Oslo are answered. Large files take their time, each.
    pub fn answered(&self, daemon: &mut Daemon, count: usize) {
        let (mut limit, mut before) = (Instant::now() + PATIENCE, 0);
        loop {
            let there = self.installation.receipts("oslo").len();
            if there >= 2 * count {
                break;
            }
            if there > before {
                (limit, before) = (Instant::now() + PATIENCE, there);
            }
            assert!(Instant::now() < limit, "no receipt:\n{}", daemon.words());
            assert!(!daemon.has_ended(), "it has ended:\n{}", daemon.words());
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// What an object holds, as a file beside: fetched by the command line, opened with stock
    /// `age`.
    pub fn open(&self, object: &Object, identity: &Path) -> Result<PathBuf, String> {
        let plain = self.beside("plain");
        let sealed = self.fetch(&object.id.to_string())?;
        let opened = Command::new("age")
            .args(["--decrypt", "--identity"])
            .arg(identity)
            .arg("--output")
            .arg(&plain)
            .arg(&sealed)
            .output()
            .expect("age is installed");
        fs::remove_file(sealed).unwrap();
        let said = String::from_utf8_lossy(&opened.stderr).into_owned();
        if opened.status.success() { Ok(plain) } else { Err(said) }
    }

    /// An object as the registry fetches it, or what the command says.
    pub fn fetch(&self, id: &str) -> Result<PathBuf, String> {
        let sealed = self.beside("age");
        let got = Command::new(env!("CARGO_BIN_EXE_filsluse"))
            .arg("--config")
            .arg(self.installation.layout.main_file())
            .args(["object", "get", id, "-o"])
            .arg(&sealed)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&got.stderr).into_owned();
        if got.status.success() { Ok(sealed) } else { Err(said) }
    }

    /// What the script says must leave for a registry.
    pub fn computed(&self, registry: &str, message: &Path, struck: &Path) -> PathBuf {
        let expected = self.beside("expected");
        let key = self.installation.layout.pseudonym_key(&id(registry), 1);
        let status = Command::new("python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts/kpr_output.py"))
            .args([registry, "1"])
            .args([&key, struck])
            .stdin(File::open(message).unwrap())
            .stdout(File::create(&expected).unwrap())
            .stderr(Stdio::inherit())
            .status()
            .expect("python3 is installed");
        assert!(status.success());
        expected
    }

    pub fn identity(&self, registry: &str) -> PathBuf {
        self.installation.layout.registry_identity(&id(registry))
    }

    /// A name for a new file beside the installation's own.
    pub fn beside(&self, what: &str) -> PathBuf {
        let free = |number: &u32| {
            let path = self.installation.path().join(format!("{what}.{number}"));
            (!path.exists()).then_some(path)
        };
        (0..).find_map(|number| free(&number)).unwrap()
    }
}

/// A message with planted defects, none of which strikes it as a whole: the file, which records
/// must be struck, as a file too, and the list.
pub fn planted(city: &City, kind: Kind, year: i32, bytes: u64, seed: u64) -> Planted {
    // The script does not know the code list of contact types.
    let sorts = Defect::usual(kind, year);
    let sorts = sorts.into_iter().filter(|defect| *defect != Defect::ContactType).collect();
    let order = Order {
        kind,
        bytes,
        seed,
        year,
        municipality: "0301".to_owned(),
        // Fewer than 5 % of the records, or the message would be rejected for them (KPR-08).
        defects: usize::try_from(bytes / 60_000).unwrap().min(100),
        sorts,
        // Real ones are, and their characters must come out as they went in.
        encoding: if kind == Kind::KprEvent { Encoding::Latin1 } else { Encoding::Utf8 },
        msghead: false,
    };
    let file = city.beside("message");
    let mut sink = BufWriter::new(File::create(&file).unwrap());
    let ledger = generate(&order, &mut sink).unwrap();
    sink.flush().unwrap();
    let struck = ledger.planted.iter().filter(|planted| {
        planted.defect.expected(kind).is_some_and(|it| it.severity == Severity::Record)
    });
    let numbers: Vec<String> =
        struck.filter_map(|planted| Some(planted.record?.to_string())).collect();
    let list = city.beside("struck");
    fs::write(&list, numbers.join("\n")).unwrap();
    Planted { file, struck: numbers.len() as u64, list, ledger }
}

/// See [`planted`].
pub struct Planted {
    pub file: PathBuf,
    pub struck: u64,
    pub list: PathBuf,
    pub ledger: Ledger,
}

/// The first difference of two files, if there is any.
pub fn difference(left: &Path, right: &Path) -> Option<String> {
    let open = |path| BufReader::with_capacity(1 << 20, File::open(path).unwrap());
    let (mut left, mut right) = (open(left), open(right));
    let (mut a, mut b) = (vec![0; 1 << 20], vec![0; 1 << 20]);
    let mut at = 0;
    loop {
        let read = |file: &mut BufReader<File>, buffer: &mut [u8]| {
            let mut filled = 0;
            while filled < buffer.len() {
                match file.read(&mut buffer[filled..]).unwrap() {
                    0 => break,
                    count => filled += count,
                }
            }
            filled
        };
        let (m, n) = (read(&mut left, &mut a), read(&mut right, &mut b));
        let same = a[..m].iter().zip(&b[..n]).position(|(x, y)| x != y);
        if let Some(first) = same.or((m != n).then_some(m.min(n))) {
            let around = |text: &[u8], end: usize| {
                let piece = &text[first.saturating_sub(200)..(first + 100).min(end)];
                String::from_utf8_lossy(piece).into_owned()
            };
            let [ours, theirs] = [around(&a, m), around(&b, n)];
            return Some(format!("from byte {}:\n{ours}\n---\n{theirs}", at + first));
        }
        if m == 0 {
            return None;
        }
        at += m;
    }
}

/// A submission's object for a registry.
pub fn object<'b>(books: &'b Books, row: &Submission, registry: &str, part: Part) -> &'b Object {
    let is = |object: &&Object| {
        let id = &object.id;
        id.submission == row.id && id.registry.as_str() == registry && id.part == part
    };
    books.objects.iter().find(is).unwrap_or_else(|| panic!("no {part:?} for {registry}"))
}

pub fn id(registry: &str) -> RegistryId {
    RegistryId::parse(registry).unwrap()
}

/// How large the large files of a test are: small ones by default, and as many bytes as
/// `FILSLUSE_KPR_BYTES` says.
pub fn bytes(by_default: u64) -> u64 {
    std::env::var("FILSLUSE_KPR_BYTES").map_or(by_default, |text| text.parse().unwrap())
}

const PATIENCE: Duration = Duration::from_mins(5);
