//! `run`: the daemon.

use std::path::Path;

use crate::{cli::error::CliError, daemon::service};

pub(super) fn run(file: &Path) -> Result<u8, CliError> {
    service::run(file)?;
    Ok(0)
}
