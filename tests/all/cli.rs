//! The built program from outside: exit codes, JSON shapes, words, and the running daemon.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod daemon;
mod erasure;
mod manual;
mod plain;
mod restore;

use std::{
    ffi::OsStr,
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

/// A temporary installation made by `init`.
struct Installation {
    root: tempfile::TempDir,
}

impl Installation {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let made = program()
            .args(["init", "--profile", "test", "--no-owner-check"])
            .arg(root.path())
            .output()
            .unwrap();
        assert_eq!(made.status.code(), Some(0), "{}", words(&made));
        Self { root }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    /// The program with this installation's configuration.
    fn command(&self) -> Command {
        let mut command = program();
        command.arg("--config").arg(self.path("etc/filsluse.toml"));
        command
    }

    fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// The JSON of a verb that ends well.
    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", words(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn write(&self, below: &str, text: &str) -> PathBuf {
        let path = self.path(below);
        fs::write(&path, text).unwrap();
        path
    }
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_filsluse"));
    command.stdin(Stdio::null());
    // Neither the tester's taste nor systemd's credentials may change what is seen.
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "CREDENTIALS_DIRECTORY", "RUST_LOG"] {
        command.env_remove(name);
    }
    command
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The good one of the two rows of the engine's list.
fn good_list() -> String {
    let (good, _) = crate::engine::LIST.rsplit_once("  <Person").unwrap();
    format!("{good}</EmbassyList>")
}
