//! A daemon in a process of its own, on a temporary installation, that tests may kill: this very
//! test binary, started again. And what such a daemon left behind, to hold invariants against.
#![cfg_attr(
    not(feature = "fail-points"),
    allow(dead_code, reason = "the crash tests need more of it")
)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test tells what it did")]

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use filsluse::{
    catalogue::{
        self,
        error::CatalogueError,
        records::{
            enrolments::{Enrolment, EnrolmentFilter, HeldWithdrawal, Mission},
            objects::{Object, ObjectFilter},
            operations::Alarm,
            submissions::{Submission, SubmissionFilter},
        },
        sqlite::SqliteCatalogue,
    },
    config::{
        Config,
        init::{self, Options},
        layout::{Layout, Places},
    },
    daemon::{open, service},
    types::{
        ids::{RegistryId, SenderId},
        national_id::Profile,
    },
};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::keyed;

/// A temporary installation that daemons come and go on.
pub(crate) struct Installation {
    root: TempDir,
    pub(crate) layout: Layout,
    runs: std::cell::Cell<u32>,
}

impl Installation {
    /// A new one, in memory where there is some: a kill leaves the page cache whole, so a disk
    /// would add only time. Its keys are always the same, so that two of them can be compared.
    pub(crate) fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let root = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        Self::within(root.unwrap())
    }

    /// A new one in a directory.
    pub(crate) fn within(root: TempDir) -> Self {
        let layout = Layout::new(root.path());
        let mut options = Options::production();
        options.profile = Profile::Test;
        options.owner_check = false;
        let mut keys = 0;
        let mut same_keys = |buffer: &mut [u8]| {
            keys += 1;
            buffer.fill(keys);
        };
        init::write_installation(&layout, &options, &mut same_keys).unwrap();
        let installation = Self { root, layout, runs: std::cell::Cell::new(0) };
        installation.configure("settle = \"1s\"", "settle = \"100ms\"");
        installation.configure("rescan = \"30s\"", "rescan = \"1s\"");
        installation
    }

    /// Writes a line of the main configuration file differently.
    pub(crate) fn configure(&self, line: &str, instead: &str) {
        let text = fs::read_to_string(self.layout.main_file()).unwrap();
        assert!(text.contains(line), "no {line} in the configuration");
        fs::write(self.layout.main_file(), text.replacen(line, instead, 1)).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn config(&self) -> Config {
        open::load(&self.layout.main_file()).unwrap()
    }

    pub(crate) fn places(&self) -> &Places {
        &self.layout.places
    }

    pub(crate) fn inbound(&self, sender: &str) -> PathBuf {
        self.places().inbound(&SenderId::parse(sender).unwrap())
    }

    pub(crate) fn outbound(&self, sender: &str) -> PathBuf {
        self.places().outbound(&SenderId::parse(sender).unwrap())
    }

    /// Uploads as a careful sender does: whole before it has its name.
    pub(crate) fn upload(&self, sender: &str, name: &str, bytes: impl AsRef<[u8]>) {
        let inbound = self.inbound(sender);
        let beside = self.path().join("upload");
        fs::write(&beside, bytes).unwrap();
        let target = inbound.join(name);
        fs::hard_link(&beside, &target).unwrap();
        fs::remove_file(&beside).unwrap();
    }

    /// Starts a daemon. `environment` names fail points and faults.
    pub(crate) fn start(&self, environment: &[(&str, &str)]) -> Daemon {
        self.start_under(&[], environment)
    }

    /// Starts a daemon under another program, such as one that injects faults.
    pub(crate) fn start_under(&self, program: &[&str], environment: &[(&str, &str)]) -> Daemon {
        let number = self.runs.get() + 1;
        self.runs.set(number);
        let [out, err] =
            ["stdout", "stderr"].map(|what| self.path().join(format!("{what}.{number}")));
        let this = env::current_exe().unwrap();
        let mut command = match program {
            [] => Command::new(this),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(this);
                command
            }
        };
        command.args(["--ignored", "--exact", "--nocapture", "child_daemon::child"]);
        command.env_remove("FILSLUSE_FAIL_POINT").env_remove("RUST_LOG");
        command.env(ROOT, self.path()).envs(environment.iter().copied());
        command.stdin(Stdio::null());
        command.stdout(fs::File::create(&out).unwrap()).stderr(fs::File::create(&err).unwrap());
        Daemon { child: command.spawn().unwrap(), out, err }
    }

    /// What the catalogue says; `None` before it was made, or made whole.
    pub(crate) fn books_if_any(&self) -> Option<Books> {
        let there = SqliteCatalogue::open_read_only(&self.places().catalogue());
        match there {
            Ok(_) => Some(self.books()),
            Err(CatalogueError::NotACatalogue) => None,
            Err(error) if !self.places().catalogue().exists() => {
                drop(error);
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// What the catalogue says.
    pub(crate) fn books(&self) -> Books {
        // A key may be made or go between a look at the keys and one at the catalogue.
        (0..9)
            .find_map(|_| self.books_with_keys().ok())
            .unwrap_or_else(|| self.books_with_keys().unwrap_or_else(|error| panic!("{error:?}")))
    }

    fn books_with_keys(&self) -> Result<Books, CatalogueError> {
        // A daemon that ended before it had made its tables has left an empty file.
        let place = self.places().catalogue();
        let catalogue = SqliteCatalogue::open_read_only(&place)
            .or_else(|_| SqliteCatalogue::open(&place))
            .unwrap();
        let mut catalogue = keyed::with_keys(catalogue, &self.places().header_keys());
        catalogue::read_with(&mut catalogue, |view| {
            let mut headers = BTreeMap::new();
            let objects = view.objects(&ObjectFilter::default())?;
            for object in &objects {
                headers.insert(object.id.to_string(), view.header(&object.id)?);
            }
            Ok::<_, CatalogueError>(Books {
                submissions: view.submissions(&SubmissionFilter::default())?,
                objects,
                headers,
                enrolments: view.enrolments(&EnrolmentFilter::default())?,
                missions: view.missions()?,
                held: view.pending_withdrawals()?,
                alarms: view.alarms()?,
                owed_to_the_log: view.outbox(u32::MAX)?.len(),
            })
        })
    }

    /// The finished receipts of a sender: name and bytes.
    pub(crate) fn receipts(&self, sender: &str) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        for path in files(&self.outbound(sender)) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            // What is being written has a dot in front, and may be gone in this instant.
            if name.starts_with('.') {
                continue;
            }
            if let Ok(bytes) = fs::read(path) {
                found.insert(name, bytes);
            }
        }
        found
    }

    /// Everything in the store of the one registry: path and bytes.
    pub(crate) fn stored(&self) -> BTreeMap<String, Vec<u8>> {
        let store = self.places().store(&RegistryId::parse("fastlege").unwrap());
        files(&store)
            .into_iter()
            .map(|path| {
                let name = path.strip_prefix(&store).unwrap().to_string_lossy().into_owned();
                (name, fs::read(path).unwrap())
            })
            .collect()
    }
}

/// All that the catalogue holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Books {
    pub(crate) submissions: Vec<Submission>,
    pub(crate) objects: Vec<Object>,
    pub(crate) headers: BTreeMap<String, Option<Vec<u8>>>,
    pub(crate) enrolments: Vec<Enrolment>,
    pub(crate) missions: Vec<Mission>,
    pub(crate) held: Vec<HeldWithdrawal>,
    pub(crate) alarms: Vec<Alarm>,
    pub(crate) owed_to_the_log: usize,
}

/// A daemon in a process of its own.
pub(crate) struct Daemon {
    child: Child,
    pub(crate) out: PathBuf,
    pub(crate) err: PathBuf,
}

impl Daemon {
    /// Waits until something is so; `false` when the daemon ended before.
    pub(crate) fn until(&mut self, what: &str, mut so: impl FnMut() -> bool) -> bool {
        let limit = Instant::now() + PATIENCE;
        loop {
            if so() {
                return true;
            }
            if self.child.try_wait().unwrap().is_some() {
                return so();
            }
            assert!(Instant::now() < limit, "no {what}; the daemon says:\n{}", self.words());
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Waits until it has recovered and works; `false` when it ended before.
    pub(crate) fn ready(&mut self) -> bool {
        let err = self.err.clone();
        self.until("readiness", || fs::read_to_string(&err).unwrap().contains(READY))
    }

    /// Whether it has not ended.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Lets it drain and end, as `systemctl stop` does.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.ended()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        // One that has ended already gets none.
        let _ = kill_process(id, signal);
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for its end, which something else brings about.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let limit = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < limit, "it does not end:\n{}", self.words());
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Kills it as a power switch would, but for the page cache.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Everything that it wrote.
    pub(crate) fn words(&self) -> String {
        [&self.out, &self.err].map(|path| fs::read_to_string(path).unwrap_or_default()).concat()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // A test that failed leaves no process behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "the daemon of other tests, in a process of its own"]
fn child() {
    let layout = Layout::new(Path::new(&env::var(ROOT).expect("started by another test")));
    if let Err(error) = service::run(&layout.main_file()) {
        eprintln!("{}", filsluse::types::causes::chain(&error));
        std::process::exit(CANNOT);
    }
}

/// Every file below a directory.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(dir) else { return found };
    // What is listed, and the directory itself, may be gone in this instant while a daemon works.
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&entry.path())),
            // A socket that was left holds nothing.
            Ok(kind) if std::os::unix::fs::FileTypeExt::is_socket(&kind) => {}
            Ok(_) => found.push(entry.path()),
            Err(_) => {}
        }
    }
    found.sort();
    found
}

/// Exit code of a daemon that could not start, or not go on.
pub(crate) const CANNOT: i32 = 2;

const ROOT: &str = "FILSLUSE_TEST_ROOT";
const READY: &str = "Ready.";
const PATIENCE: Duration = Duration::from_mins(1);
