//! `retention certificate`: has a certificate of erasure made, or checks one.

use std::path::Path;

use crate::{
    admin::{Request, shapes},
    audit::{VERIFIER_KEY, note::VerifierKey},
    cli::{
        args::certificate::Certificate,
        audit,
        error::{CliError, FINDINGS},
        output::{self, GREEN, Output, count},
        station::Station,
    },
    retention::certificate::{self, Verified, tally::Scope},
    types::plain_file,
};

pub(super) fn run(file: &Path, out: Output, asked: &Certificate) -> Result<u8, CliError> {
    match &asked.verify {
        Some(certificate) => verify(file, out, certificate, asked.key.as_deref()),
        None => issue(file, out, asked),
    }
}

fn issue(file: &Path, out: Output, asked: &Certificate) -> Result<u8, CliError> {
    if asked.from.zip(asked.to).is_some_and(|(from, to)| from > to) {
        return Err(CliError::Usage("--from lies after --to; exchange them".to_owned()));
    }
    let Certificate { registry, from, to, operating_year, language, output, .. } = asked;
    let (from, to, operating_year) = (*from, *to, *operating_year);
    let scope = Scope { registry: registry.clone(), from, to, operating_year };
    let request = Request::RetentionCertificate { scope, language: (*language).into() };
    let made: shapes::retention::Certificate = Station::open(file)?.ask(&request)?;
    let Some(path) = output else {
        out.result(&made, |made| made.note.clone())?;
        return Ok(0);
    };
    audit::write_new(path, &made.note).map_err(|error| {
        CliError::doing(format!("write {}; name a new file", path.display()), error)
    })?;
    if out.is_json() {
        out.result(&made, |made| made.note.clone())?;
    }
    output::word(&format!("Wrote the certificate to {}.", path.display()));
    Ok(0)
}

fn verify(
    file: &Path,
    out: Output,
    certificate: &Path,
    key: Option<&Path>,
) -> Result<u8, CliError> {
    let key = match key {
        Some(key) => key.to_owned(),
        None => Station::open(file)?.config.places.audit().join(VERIFIER_KEY),
    };
    let parsed = VerifierKey::parse(&read(&key)?);
    let parsed = parsed
        .map_err(|error| CliError::doing(format!("use the key in {}", key.display()), error))?;
    match certificate::verify(&read(certificate)?, &parsed) {
        Ok(verified) => {
            out.result(&verified, words)?;
            Ok(0)
        }
        Err(error) => {
            output::warning(&crate::types::causes::chain(&error));
            Ok(FINDINGS)
        }
    }
}

fn words(verified: &Verified) -> String {
    let Verified { origin, entry, size } = verified;
    let entries = count(*size, "entry", "entries");
    let rests = match entry {
        Some(seq) => {
            format!("The log of {entries} holds the last one that it counts, number {seq}")
        }
        None => format!("It rests on the checkpoint of a log of {entries}"),
    };
    format!("{GREEN}The certificate is genuine:{GREEN:#} signed by {origin}.\n{rests}.\n")
}

fn read(path: &Path) -> Result<String, CliError> {
    plain_file::read_to_string(path)
        .map_err(|error| CliError::doing(format!("read {}", path.display()), error))
}
