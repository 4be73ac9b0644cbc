//! `demo`: the whole story on a throw-away installation.

use std::io;

use crate::{
    cli::{args::Demo, error::CliError},
    demo::{self, DemoError, Options},
};

pub(super) fn run(asked: &Demo) -> Result<u8, CliError> {
    match demo::run(&Options { dir: asked.dir.clone(), once: asked.once }) {
        Ok(()) => Ok(0),
        // Nobody reads on, which is no failure.
        Err(DemoError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            Err(CliError::Output(error))
        }
        Err(error) => Err(CliError::doing("end the demonstration as it should end", error)),
    }
}
