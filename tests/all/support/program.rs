//! The program as it is shipped, on an installation.

use std::{
    fs,
    process::{Child, Command, Output, Stdio},
};

use filsluse::config::layout::Layout;
use serde_json::Value;

use super::{installation::files, wait::until};

/// A verb with these arguments.
pub(crate) fn command(layout: &Layout, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_filsluse"));
    command.args(arguments).arg("--config").arg(layout.main_file());
    command.env_remove("RUST_LOG").env_remove("CREDENTIALS_DIRECTORY").stdin(Stdio::null());
    command
}

/// The same, to its end.
pub(crate) fn run(layout: &Layout, arguments: &[&str]) -> Output {
    command(layout, arguments).output().unwrap()
}

/// What it printed.
pub(crate) fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {output:?}"))
}

/// Starts a verb that stays; its words go to `<verb>.log` beside the configuration.
pub(crate) fn start(layout: &Layout, verb: &str) -> Process {
    let log = fs::File::create(layout.etc.join(format!("{verb}.log"))).unwrap();
    let mut command = command(layout, &[verb]);
    command.stdout(Stdio::null()).stderr(log);
    Process(command.spawn().unwrap())
}

/// Waits until the daemon answers.
pub(crate) fn until_it_answers(layout: &Layout) {
    until("answer of the daemon", || {
        let output = run(layout, &["status", "--json"]);
        output.status.code() != Some(2) && json_of(&output)["running"] == true
    });
}

/// The entries of the audit log that are wanted, of its first 256.
pub(crate) fn logged(layout: &Layout, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    let bundles = files(&layout.places.audit().join("tile/entries"));
    // The newest bundle holds all entries; each has its length before it.
    let newest = bundles.iter().max_by_key(|path| fs::metadata(path).unwrap().len()).unwrap();
    let mut bytes = &fs::read(newest).unwrap()[..];
    let mut found = Vec::new();
    while let [high, low, rest @ ..] = bytes {
        let (entry, rest) = rest.split_at(usize::from(u16::from_be_bytes([*high, *low])));
        let entry: Value = serde_json::from_slice(entry).unwrap();
        if wanted(&entry) {
            found.push(entry);
        }
        bytes = rest;
    }
    found
}

/// A process that does not outlive its test.
pub(crate) struct Process(Child);

impl std::ops::Deref for Process {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl std::ops::DerefMut for Process {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
