//! The arguments of `retention certificate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, value_parser};
use jiff::civil::Date;

use crate::{
    cli::args::values::day,
    types::{ids::RegistryId, rule::Language},
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
