//! A daemon with the listener, and the clients that ask it.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use filsluse::{config::layout::Layout, types::ids::SenderId};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{
    archive::peer::Certificates,
    support::{installation::installation, wait::until},
};

/// An installation with a listener.
pub(super) struct House {
    pub(super) layout: Layout,
    pub(super) certificates: Certificates,
    pub(super) port: u16,
    daemon: Option<Child>,
    root: tempfile::TempDir,
}

impl House {
    /// One whose daemon runs, with these lines in `[admin]` besides the usual ones.
    pub(super) fn start(more: &str) -> Self {
        let mut house = Self::new();
        house.configure(more);
        house.run();
        house
    }

    /// One without `[admin]`, whose daemon does not run.
    pub(super) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let layout = installation(root.path());
        let house =
            Self { layout, certificates: Certificates::make(), port: 0, daemon: None, root };
        house.rewrite("settle = \"1s\"", "settle = \"100ms\"");
        house.rewrite("rescan = \"30s\"", "rescan = \"1s\"");
        for (name, from) in [("server", "server.pem"), ("client-ca", "ca.pem")] {
            house.put(name, from);
        }
        house.put_key("server.key");
        house
    }

    /// Writes `[admin]` anew.
    pub(super) fn configure(&self, more: &str) {
        let file = self.layout.main_file();
        let text = fs::read_to_string(&file).unwrap();
        let text = text.split("\n[admin]\n").next().unwrap();
        let operators = if more.contains("operators") {
            String::new()
        } else {
            format!("operators = [\"{}\"]\n", self.pin("client"))
        };
        let listen = if more.contains("listen") { "" } else { "listen = \"systemd\"\n" };
        let (cert, ca) = (self.pem("server"), self.pem("client-ca"));
        let table = format!(
            "{text}\n[admin]\n{listen}tls-cert = \"{}\"\nclient-ca = \"{}\"\n{operators}{more}\n",
            cert.display(),
            ca.display()
        );
        fs::write(file, table).unwrap();
    }

    /// Lets a registry fetch its objects with a certificate.
    pub(super) fn pin_registry(&self, registry: &str, certificate: &str) {
        let file = self.layout.registries().join(format!("{registry}.toml"));
        let text = fs::read_to_string(&file).unwrap();
        let pins = format!("[registry]\nclient-pins = [\"{}\"]\n", self.pin(certificate));
        fs::write(file, text.replacen("[registry]\n", &pins, 1)).unwrap();
    }

    /// Starts the daemon with a socket that was opened for it.
    pub(super) fn run(&mut self) {
        self.run_under(&[]);
    }

    /// Stops it, and starts it with a clock that is off by so much.
    pub(super) fn run_at(&mut self, off: &str) {
        let mut before = self.daemon.take().unwrap();
        let id = Pid::from_raw(before.id().try_into().unwrap()).unwrap();
        kill_process(id, Signal::TERM).unwrap();
        before.wait().unwrap();
        // Not by `faketime` itself, which starts a child: the socket is for this very process.
        let libraries = fs::read_dir("/usr/lib").unwrap().map(|entry| entry.unwrap().path());
        let library = libraries.map(|dir| dir.join("faketime/libfaketime.so.1"));
        let library = library.into_iter().find(|file| file.is_file()).expect("install faketime");
        let (preload, time) =
            (format!("LD_PRELOAD={}", library.display()), format!("FAKETIME={off}"));
        let steady = ["FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1"];
        self.run_under(&["/usr/bin/env", &preload, &time, steady[0], steady[1]]);
    }

    fn run_under(&mut self, program: &[&str]) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/hand_over.py");
        let mut command = Command::new("python3");
        command.arg(script).args(program).arg(env!("CARGO_BIN_EXE_filsluse"));
        let mut child = self.spawn(command);
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().strip_prefix("port ").and_then(|port| port.parse().ok());
        self.port = port.unwrap_or_else(|| panic!("no port but {line:?}"));
        self.daemon = Some(child);
        self.until_ready();
    }

    /// Starts the daemon as it is.
    pub(super) fn run_alone(&mut self) {
        self.daemon = Some(self.spawn(Command::new(env!("CARGO_BIN_EXE_filsluse"))));
        self.until_ready();
    }

    fn spawn(&self, mut command: Command) -> Child {
        let log = fs::File::create(self.log_file()).unwrap();
        command.arg("run").arg("--config").arg(self.layout.main_file());
        command.env_remove("RUST_LOG").env_remove("CREDENTIALS_DIRECTORY");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        command.spawn().expect("python3 is installed")
    }

    fn until_ready(&self) {
        until("readiness", || self.log().contains("Ready."));
    }

    /// Everything that the daemon said.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap()
    }

    fn log_file(&self) -> PathBuf {
        self.root.path().join("daemon.log")
    }

    /// Lets the daemon take its configuration anew, and waits until it has.
    pub(super) fn reload(&self) {
        let took = || self.log().matches("Took the new configuration").count();
        let before = took();
        let id = self.daemon.as_ref().unwrap().id();
        kill_process(Pid::from_raw(id.try_into().unwrap()).unwrap(), Signal::HUP).unwrap();
        until("reload", || took() > before);
    }

    /// Puts a file of the certificates where the configuration has it.
    pub(super) fn put(&self, name: &str, from: &str) {
        fs::copy(self.certificates.file(from), self.pem(name)).unwrap();
    }

    pub(super) fn put_key(&self, from: &str) {
        let key = self.key();
        fs::copy(self.certificates.file(from), &key).unwrap();
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(super) fn key(&self) -> PathBuf {
        self.layout.credentials.join("admin-tls-key")
    }

    pub(super) fn pem(&self, name: &str) -> PathBuf {
        self.layout.etc.join(format!("{name}.pem"))
    }

    fn rewrite(&self, line: &str, instead: &str) {
        let text = fs::read_to_string(self.layout.main_file()).unwrap();
        assert!(text.contains(line), "{line}");
        fs::write(self.layout.main_file(), text.replacen(line, instead, 1)).unwrap();
    }

    /// The pin of a certificate, by the command of the operator's guide.
    pub(super) fn pin(&self, certificate: &str) -> String {
        let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operator/admin.md");
        let guide = fs::read_to_string(guide).unwrap();
        let command =
            guide.lines().find(|line| line.trim_start().starts_with("openssl x509 -in cert.pem"));
        let file = self.certificates.file(&format!("{certificate}.pem"));
        let command = command.unwrap().replace("cert.pem", file.to_str().unwrap());
        let made = Command::new("sh").args(["-c", &command]).output().unwrap();
        let digest = String::from_utf8(made.stdout).unwrap();
        assert_eq!(digest.trim().len(), 44, "{command}: {digest}");
        format!("sha256:{}", digest.trim())
    }

    /// Uploads a file, and waits until its receipts are there.
    pub(super) fn send(&self, sender: &str, name: &str, bytes: &[u8]) {
        let sender = SenderId::parse(sender).unwrap();
        let outbound = self.layout.places.outbound(&sender);
        let count = || fs::read_dir(&outbound).unwrap().count();
        let before = count();
        fs::write(self.layout.places.inbound(&sender).join(name), bytes).unwrap();
        until("receipt", || count() >= before + 2);
    }

    /// Takes a sender's inbound directory away, which is a grave alarm.
    pub(super) fn lose_inbound(&self, sender: &str) {
        let chroot = self.layout.places.chroot(&SenderId::parse(sender).unwrap());
        let moved = Command::new("mv").args([chroot.join("inbound"), chroot.join("gone")]).status();
        assert!(moved.unwrap().success());
    }

    /// Runs one of the program's verbs.
    pub(super) fn verb(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_filsluse"));
        command.args(arguments).arg("--config").arg(self.layout.main_file());
        command.env_remove("RUST_LOG").env_remove("CREDENTIALS_DIRECTORY");
        command.output().unwrap()
    }

    /// The JSON that a verb writes.
    pub(super) fn verb_json(&self, arguments: &[&str]) -> Value {
        let output = self.verb(&[arguments, &["--json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    }

    /// Asks as somebody with this certificate.
    pub(super) fn get(&self, who: &str, path: &str) -> Answer {
        self.curl(Some(who), path, &[])
    }

    /// An operator's look at something that is there.
    pub(super) fn json(&self, path: &str) -> Value {
        let answer = self.get("client", path);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some("application/json")),
            "{path}: {}",
            answer.text()
        );
        serde_json::from_slice(&answer.body).unwrap()
    }

    pub(super) fn curl(&self, who: Option<&str>, path: &str, options: &[&str]) -> Answer {
        let headers = tempfile::NamedTempFile::new().unwrap();
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--max-time", "60", "--dump-header"]);
        command.arg(headers.path()).arg("--cacert").arg(self.certificates.file("ca.pem"));
        if let Some(who) = who {
            command.arg("--cert").arg(self.certificates.file(&format!("{who}.pem")));
            command.arg("--key").arg(self.certificates.file(&format!("{who}.key")));
        }
        let url = format!("https://127.0.0.1:{}{path}", self.port);
        let output = command.args(options).arg(url).output().expect("curl is installed");
        let head = fs::read_to_string(headers.path()).unwrap();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Answer {
            status,
            head,
            body: output.stdout,
            output_error: String::from_utf8_lossy(&output.stderr).into_owned(),
            is_whole: output.status.success(),
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    /// 0 where nothing came.
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
    pub(super) output_error: String,
    /// Whether curl found it whole.
    pub(super) is_whole: bool,
}

impl Answer {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The code of a refusal.
    pub(super) fn refusal(&self) -> (u16, String) {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        (self.status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
    }
}
