//! `retention certificate`: has a certificate of erasure made, or checks one.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, value_parser};
use jiff::civil::Date;

use crate::{
    admin::{Request, shapes},
    audit::{log::VERIFIER_KEY, note::VerifierKey},
    cli::{
        args::values::day,
        audit,
        error::{CliError, FINDINGS},
        output::{self, GREEN, Output, count},
        station::Station,
    },
    retention::certificate::{self, Scope, Verified},
    types::{ids::RegistryId, plain_file, rule::Language},
};

/// `retention certificate`.
#[derive(Debug, Args)]
pub struct Certificate {
    /// Of this registry alone
    #[arg(long, value_name = "REGISTRY", value_parser = RegistryId::parse)]
    pub registry: Option<RegistryId>,
    /// What was erased on this day or later
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub from: Option<Date>,
    /// What was erased on this day or earlier
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub to: Option<Date>,
    /// Releases of this operating year alone
    #[arg(long, value_name = "YYYY", value_parser = value_parser!(i16).range(1..=9999))]
    pub operating_year: Option<i16>,
    /// Language of the certificate
    #[arg(long, value_enum, default_value_t = LanguageName::Nb)]
    pub language: LanguageName,
    /// A new file for it, instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Check a certificate instead; needs neither daemon nor configuration with --key
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["registry", "from", "to", "operating_year", "language", "output"]
    )]
    pub verify: Option<PathBuf>,
    /// The key to check it with: your own copy of audit.vkey
    #[arg(long, value_name = "FILE", requires = "verify")]
    pub key: Option<PathBuf>,
}

/// Languages, as the command line names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LanguageName {
    /// English
    En,
    /// Norwegian bokmål
    Nb,
}

impl From<LanguageName> for Language {
    fn from(name: LanguageName) -> Self {
        match name {
            LanguageName::En => Self::En,
            LanguageName::Nb => Self::Nb,
        }
    }
}

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
