//! Temporary installations, laid out as `init` does, and what lies in them afterwards.
#![cfg_attr(
    not(feature = "fail-points"),
    allow(dead_code, reason = "the crash tests need more of it")
)]

use std::{
    cell::Cell,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
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
        init::{Report, options::Options, write_installation},
        layout::{Layout, Places},
    },
    daemon::open,
    types::{
        ids::{RegistryId, SenderId},
        national_id::Profile,
    },
};
use tempfile::TempDir;

use crate::support::keyed;

/// A new installation for synthetic persons, with the senders that `init` makes up.
pub(crate) fn installation(root: &Path) -> Layout {
    let (layout, _) = lay_out(root, &options());
    layout
}

/// For synthetic persons, whoever owns senders' files.
pub(crate) fn options() -> Options {
    Options { profile: Profile::Test, owner_check: false, ..Options::production() }
}

/// Lays an installation out. Its keys are always the same, so that two of them can be compared.
pub(crate) fn lay_out(root: &Path, options: &Options) -> (Layout, Report) {
    let layout = Layout::new(root);
    let mut keys = 0;
    let mut same_keys = |buffer: &mut [u8]| {
        keys += 1;
        buffer.fill(keys);
    };
    let report = write_installation(&layout, options, &mut same_keys).unwrap();
    (layout, report)
}

/// Writes lines of the main configuration file differently.
pub(crate) fn configure(layout: &Layout, lines: &[(&str, &str)]) {
    let mut text = fs::read_to_string(layout.main_file()).unwrap();
    for (line, instead) in lines {
        assert!(text.contains(line), "no {line} in the configuration");
        text = text.replacen(line, instead, 1);
    }
    fs::write(layout.main_file(), text).unwrap();
}

/// As an operator might have set it, so that tests need not wait for the defaults.
pub(crate) const QUICK: [(&str, &str); 2] =
    [("settle = \"1s\"", "settle = \"100ms\""), ("rescan = \"30s\"", "rescan = \"1s\"")];

/// A directory in memory where there is some: a kill leaves the page cache whole, so a disk would
/// add only time, and a full one would stop intake.
pub(crate) fn in_memory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let root = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    root.unwrap()
}

/// A temporary installation that daemons come and go on.
pub(crate) struct Installation {
    root: TempDir,
    pub(crate) layout: Layout,
    /// How many daemons have come.
    pub(super) runs: Cell<u32>,
}

impl Installation {
    /// A new one, [`in_memory`].
    pub(crate) fn new() -> Self {
        Self::within(in_memory())
    }

    /// A new one in a directory.
    pub(crate) fn within(root: TempDir) -> Self {
        let layout = installation(root.path());
        configure(&layout, &QUICK);
        Self { root, layout, runs: Cell::new(0) }
    }

    /// Writes a line of the main configuration file differently.
    pub(crate) fn configure(&self, line: &str, instead: &str) {
        configure(&self.layout, &[(line, instead)]);
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
