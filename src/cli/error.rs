//! What a verb ends with when it cannot do what was asked.

use std::{error::Error, io};

use crate::{
    admin::Fault,
    config::problem::ConfigError,
    daemon::{lock::LockError, open::OpenError, service::RunError},
    deliver::service::DeliverError,
};

/// Why a verb ends; `main` prints it with its causes.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A step failed.
    #[error("cannot {doing}")]
    Doing { doing: String, source: Box<dyn Error + Send + Sync> },
    /// What was asked cannot be answered.
    #[error("{}", .0.message)]
    Fault(Fault),
    /// Standard output cannot be written.
    #[error("cannot write the result")]
    Output(#[source] io::Error),
    /// Nothing can be entered in the case archive.
    #[error(transparent)]
    Deliver(#[from] DeliverError),
    /// The daemon does not start.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The state directory cannot be had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The installation cannot be opened.
    #[error("the installation cannot be opened")]
    Open(#[from] OpenError),
    /// The daemon has what is needed, and does not run.
    #[error(
        "the daemon does not run, and its keys cannot be had without it: start it first, `systemctl \
         start filsluse`, and ask again"
    )]
    Stopped(#[source] OpenError),
    /// Options do not go together.
    #[error("{0}")]
    Usage(String),
}

impl CliError {
    /// A step that failed: `doing` is an infinitive.
    pub(super) fn doing(
        doing: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Doing { doing: doing.into(), source: source.into() }
    }

    /// Whether nobody reads the result any more, which is no failure.
    pub(super) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The exit code.
    pub(super) fn exit(&self) -> u8 {
        match self {
            Self::Config(_)
            | Self::Deliver(DeliverError::Config(_) | DeliverError::Nothing)
            | Self::Run(RunError::Config(_) | RunError::Environment(_)) => CONFIGURATION,
            Self::Fault(fault) => fault.exit,
            Self::Usage(_) => USAGE,
            _ => CANNOT,
        }
    }
}

impl From<Fault> for CliError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Something was found.
pub(super) const FINDINGS: u8 = 1;
/// It cannot be done.
pub(super) const CANNOT: u8 = 2;
/// The command line was not understood.
pub(super) const USAGE: u8 = 64;
/// The configuration is wrong.
pub(super) const CONFIGURATION: u8 = 78;
