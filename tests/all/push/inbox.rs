//! The registry's inbox.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::archive::peer::{Certificates, serve};

/// A running inbox.
pub(super) struct Inbox {
    child: Child,
    dir: TempDir,
    pub(super) port: u16,
}

impl Inbox {
    /// One with this certificate.
    pub(super) fn start(certificates: &Certificates, name: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (child, port) = spawn(dir.path(), certificates, name, &[]);
        Self { child, dir, port }
    }

    /// Stops it and starts it again, on the same port and with what it had.
    pub(super) fn restart(&mut self, certificates: &Certificates, name: &str) {
        self.stop();
        let port = self.port.to_string();
        let (child, port) = spawn(self.dir.path(), certificates, name, &["--port", &port]);
        (self.child, self.port) = (child, port);
    }

    pub(super) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What goes wrong next.
    pub(super) fn modes(&self, modes: &[&str]) {
        let beside = self.dir.path().join("modes.json.test");
        fs::write(&beside, json!(modes).to_string()).unwrap();
        // The server must never read half of it.
        Command::new("mv").args([&beside, &self.dir.path().join("modes.json")]).status().unwrap();
    }

    /// The objects that it keeps, by name.
    pub(super) fn objects(&self) -> Vec<PathBuf> {
        let listed = fs::read_dir(self.dir.path().join("objects")).unwrap();
        let mut paths: Vec<PathBuf> = listed.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_none_or(|ending| ending != "new"));
        paths.sort();
        paths
    }

    /// Every call that came through, in order.
    pub(super) fn calls(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.dir.path().join("calls.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn(dir: &Path, certificates: &Certificates, name: &str, options: &[&str]) -> (Child, u16) {
    let clients = certificates.file("ca.pem");
    let options = [&["--client-ca", clients.to_str().unwrap()], options].concat();
    serve("inbox_server.py", dir, certificates, name, &options)
}
