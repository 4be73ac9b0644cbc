//! `validate`: what the daemon would answer to a file. Stores nothing, and needs no daemon.

use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    admin::shapes::submission::{Records, Validation},
    cli::{
        args::submissions::Validate,
        error::{CliError, FINDINGS},
        output::{self, Output},
        scratch::Scratch,
        station::Station,
    },
    daemon::open,
    kinds,
    pipeline::{
        answer::facts::Facts,
        dry_run::{self, DryRun, SignatureFile},
        house::House,
    },
    signature,
    types::{ids::SenderId, plain_file, verdict::Verdict},
};

pub(super) fn run(file: &Path, out: Output, asked: &Validate) -> Result<u8, CliError> {
    let Station { config } = Station::open(file)?;
    if !config.senders.contains_key(&asked.sender) {
        let known: Vec<&str> = config.senders.keys().map(SenderId::as_str).collect();
        let told = format!(
            "there is no sender {}; senders.d knows {}",
            asked.sender,
            if known.is_empty() { "none".to_owned() } else { known.join(", ") }
        );
        return Err(CliError::Usage(told));
    }
    if let Some(kind) = &asked.kind
        && kinds::by_name(kind.as_str()).is_none()
    {
        let known: Vec<&str> = kinds::all().iter().map(|kind| kind.name()).collect();
        let told = format!("there is no kind {kind}; this version knows {}", known.join(", "));
        return Err(CliError::Usage(told));
    }
    // The path is the caller's own word, but it may hold a name: it is not repeated.
    let submitted =
        plain_file::open(&asked.file).map_err(|error| CliError::doing("open the file", error))?;
    let random = open::system_random()?;
    let scratch = Scratch::new(&random)
        .map_err(|error| CliError::doing("make a temporary directory", error))?;
    let clock = open::system_clock();
    if !config.places.catalogue().exists() {
        output::word(
            "No daemon has run here yet, so the file is judged alone: whether it came before, whom it \
             would withdraw and what it follows on cannot be told.",
        );
    }
    let minimum = config.senders.get(&asked.sender).map(|sender| sender.completeness);
    let house = open::open_house_to_look(config, scratch.path(), clock, random)?;
    let at = match asked.date {
        Some(day) => dry_run::start_of(&house, day)
            .map_err(|error| CliError::doing("find the beginning of that day", error))?,
        None => house.now(),
    };
    let signature = signature_beside(&house, asked)?;
    let beside = SignatureFile::Found(signature.as_deref());
    let progress = Progress::watch(&submitted);
    let judged = dry_run::dry_run(&house, &submitted, &beside, &asked.sender, at);
    drop(progress);
    let DryRun { row, receipt } =
        judged.map_err(|error| CliError::doing("read the file", error))?;
    let validation = Validation {
        signed_by: Facts::of(&row).signed_by,
        verdict: row.verdict,
        kind: row.kind,
        evidence: row.evidence,
        records: Records { accepted: row.records.accepted, rejected: row.records.rejected },
        findings: row.findings,
        findings_beyond: row.findings_beyond,
    };
    out.result(&validation, |_| String::from_utf8_lossy(&receipt.txt).into_owned())?;
    if minimum > validation.evidence && validation.verdict != Some(Verdict::Rejected) {
        output::warning(
            "this sender's files must be proved whole by more than this (`completeness` in its \
             configuration): the daemon would wait a day for a manifest or a whole file, and then \
             refuse it",
        );
    }
    if let Some(wanted) = &asked.kind
        && validation.kind.as_ref() != Some(wanted)
    {
        let found = validation.kind.as_ref().map_or("nothing that is known", |kind| kind.as_str());
        output::warning(&format!("the file is {found}, and not {wanted}"));
        return Ok(FINDINGS);
    }
    let is_taken = matches!(validation.verdict, Some(Verdict::Accepted | Verdict::Duplicate));
    Ok(if is_taken { 0 } else { FINDINGS })
}

/// What lies beside the file as its signature, of a sender who must sign.
fn signature_beside(house: &House, asked: &Validate) -> Result<Option<Vec<u8>>, CliError> {
    let demanded = house.sender(&asked.sender).is_some_and(|one| !one.signing_keys.is_empty());
    if !demanded {
        return Ok(None);
    }
    let mut name = asked.file.clone().into_os_string();
    name.push(signature::SUFFIX);
    let mut bytes = Vec::new();
    let read = plain_file::open(Path::new(&name))
        .and_then(|file| file.take(signature::MOST_BYTES + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CliError::doing("open the signature beside the file (.sig)", error)),
    }
}

/// A bar on standard error that follows the reading of a large file.
struct Progress {
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Progress {
    fn watch(file: &File) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let length = file.metadata().map_or(0, |meta| meta.len());
        let thread = (length >= WORTH_A_BAR && io::stderr().is_terminal())
            .then(|| file.try_clone().ok())
            .flatten()
            .map(|file| {
                let stop = Arc::clone(&stop);
                thread::spawn(move || follow(&file, length, &stop))
            });
        Self { stop, thread }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A bar that panicked is no reason to lose the verdict.
            let _ = thread.join();
        }
    }
}

/// Both descriptors share one position, so the reader need not be asked.
fn follow(file: &File, length: u64, stop: &AtomicBool) {
    let bar = ProgressBar::new(length);
    let style = "{bar:40} {bytes} of {total_bytes}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    while !stop.load(Ordering::Relaxed) {
        if let Ok(position) = rustix::fs::tell(file) {
            bar.set_position(position);
        }
        thread::park_timeout(Duration::from_millis(100));
    }
    bar.finish_and_clear();
}

/// Bytes from which on reading takes long enough to be watched.
const WORTH_A_BAR: u64 = 8 << 20;
