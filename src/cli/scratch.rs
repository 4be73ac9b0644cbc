//! A directory of our own for as long as a verb runs: for looking at a house without touching it.

use std::{
    env,
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use crate::types::{clock_and_random::Random, crockford};

/// Mode 0700; gone when dropped. Nothing of anybody's content is ever put into it.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn new(random: &Random) -> io::Result<Self> {
        let mut name = [0; 16];
        random(&mut name);
        let path = env::temp_dir().join(format!("filsluse-{}", crockford::encode(&name)));
        DirBuilder::new().mode(crate::durable::PRIVATE_DIR).create(&path)?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is an empty catalogue; the system clears its temporary directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}
