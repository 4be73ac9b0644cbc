//! `audit verify`, `audit checkpoint` and `audit prove`. None of them needs a key.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde::Serialize;

use crate::{
    admin::{
        Fault, Request,
        shapes::audit::{Checkpoint, Proof},
    },
    audit::{
        CHECKPOINT, VERIFIER_KEY, proof,
        report::{Problem, Report},
        verify,
    },
    catalogue::{read_with, sqlite::SqliteCatalogue},
    cli::{
        args::oversight::AuditVerb,
        error::{CliError, FINDINGS},
        output::{self, BOLD, DIM, GREEN, Output, RED, count},
        station::Station,
    },
    daemon::open,
    receipt::plain,
    types::{digest::Sha256, ids::SubmissionId, plain_file},
};

pub(super) fn run(file: &Path, out: Output, verb: &AuditVerb) -> Result<u8, CliError> {
    match verb {
        AuditVerb::Verify { from, key, older } => {
            let (key, older) = (key.as_deref(), older.as_deref());
            let Some(dir) = from else {
                let places = Station::open(file)?.config.places;
                // Asked first: the log may grow meanwhile, and never shrinks.
                let catalogue = places.catalogue();
                let written = written(&catalogue).map(|written| (written, catalogue));
                return verify_log(out, &places.audit(), key, older, written);
            };
            verify_log(out, dir, key, older, None)
        }
        AuditVerb::Checkpoint => {
            let found: Checkpoint = Station::open(file)?.ask(&Request::AuditCheckpoint {})?;
            out.result(&found, |found| found.note.clone())?;
            Ok(0)
        }
        AuditVerb::Prove { submission, output } => {
            prove(&Station::open(file)?, out, *submission, output.as_deref())
        }
    }
}

fn verify_log(
    out: Output,
    dir: &Path,
    key: Option<&Path>,
    older: Option<&Path>,
    written: Option<(u64, PathBuf)>,
) -> Result<u8, CliError> {
    // One that was written and is gone does not verify; where none ever was, there is nothing to
    // judge.
    let is_awaited = written.as_ref().is_some_and(|(entries, _)| *entries > 0);
    if !is_awaited && !verify::is_log(dir) {
        let told = format!(
            "there is no audit log in {}; name the directory that holds `{CHECKPOINT}` and `tile`",
            dir.display()
        );
        return Err(CliError::Fault(Fault::cannot("no-log", told)));
    }
    let beside = dir.join(VERIFIER_KEY);
    if key.is_none() {
        output::word(&format!(
            "Verifying with the key that lies in the directory itself. Whoever can change the log \
             can change {}: name a copy that was kept elsewhere with --key FILE.",
            beside.display()
        ));
    }
    let key = read(key.unwrap_or(&beside))?;
    let older = older.map(read).transpose()?;
    let older = older.as_deref().map(checkpoint_in);
    let report = verify::verify(dir, key.trim_end(), older)
        .map_err(|error| CliError::doing(format!("verify {}", dir.display()), error))?;
    let report = match written {
        Some((written, place)) => report.against(written, &place.display().to_string()),
        None => report,
    };
    let exit = if report.ok { 0 } else { FINDINGS };
    out.result(&Verified::from(report), |verified| words(dir, verified))?;
    Ok(exit)
}

/// How many entries the catalogue beside the log saw written; `None` where there is none to read.
fn written(catalogue: &Path) -> Option<u64> {
    if !catalogue.is_file() {
        return None;
    }
    let mut catalogue = SqliteCatalogue::open_read_only(catalogue).ok()?;
    read_with(&mut catalogue, |view| open::audit_entries_written(view)).ok()
}

/// `audit verify --json`.
#[derive(Serialize)]
struct Verified {
    ok: bool,
    size: u64,
    root: Sha256,
    first_bad: Option<u64>,
    problems: Vec<Problem>,
}

impl From<Report> for Verified {
    fn from(report: Report) -> Self {
        let Report { ok, size, root, first_bad, problems } = report;
        Self { ok, size, root, first_bad, problems }
    }
}

fn words(dir: &Path, verified: &Verified) -> String {
    let entries = count(verified.size, "entry", "entries");
    let dir = dir.display();
    let mut text = if verified.ok {
        format!(
            "{GREEN}The log is whole:{GREEN:#} {entries}, unchanged, under a signed checkpoint.\n"
        )
    } else {
        let first = verified.first_bad.map_or_else(
            || "no single entry can be named".to_owned(),
            |seq| format!("the first bad entry is {seq}"),
        );
        format!("{RED}The log does not verify:{RED:#} {first}.\n")
    };
    for problem in verified.problems.iter().take(SHOWN) {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  {problem}");
    }
    if let Some(more @ 1..) = verified.problems.len().checked_sub(SHOWN) {
        let _ = writeln!(text, "  and {more} more, which follow from these; --json has them all");
    }
    // Without a checkpoint that can be believed there is no root to speak of.
    if verified.ok || verified.size > 0 {
        let _ = writeln!(text, "{DIM}{dir}, root {}{DIM:#}", verified.root);
    }
    if !verified.ok {
        let _ = writeln!(
            text,
            "{BOLD}Change nothing.{BOLD:#} Copy the directory as it is and tell the auditor."
        );
    }
    text
}

fn prove(
    station: &Station,
    out: Output,
    submission: SubmissionId,
    to: Option<&Path>,
) -> Result<u8, CliError> {
    let found: Proof = station.ask(&Request::AuditProve { submission })?;
    let Some(path) = to else {
        out.result(&found, |found| found.proof.clone())?;
        return Ok(0);
    };
    let failed = |path: PathBuf| {
        move |error| CliError::doing(format!("write {}; name a new file", path.display()), error)
    };
    write_new(path, &found.proof).map_err(failed(path.to_owned()))?;
    let entry = PathBuf::from(format!("{}.entry", path.display()));
    write_new(&entry, &found.entry).map_err(failed(entry.clone()))?;
    output::word(&format!(
        "Wrote the proof of entry {} to {}, and the entry itself to {}.",
        found.seq,
        path.display(),
        entry.display()
    ));
    Ok(0)
}

/// The signed checkpoint in what somebody kept: the note itself, a proof file, or a whole receipt.
fn checkpoint_in(kept: &str) -> &str {
    let inner = match kept.split_once(plain::PROOF_BEGIN) {
        Some((_, rest)) => rest.split_once(plain::PROOF_END).map_or(rest, |(proof, _)| proof),
        None => kept,
    };
    if inner.trim_start().starts_with(proof::FIRST_LINE) {
        inner.split_once("\n\n").map_or(inner, |(_, note)| note)
    } else {
        inner
    }
}

/// Writes a file that must not be there yet.
pub(super) fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

fn read(path: &Path) -> Result<String, CliError> {
    plain_file::read_to_string(path)
        .map_err(|error| CliError::doing(format!("read {}", path.display()), error))
}

/// Problems that a person reads; the rest follows from them.
const SHOWN: usize = 8;
