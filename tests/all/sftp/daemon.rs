//! The built daemon as a process under its own account, and the command line beside it.

use std::{
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use super::accounts::ids;
use crate::support::wait::{SOON, until_seen, until_so};

/// How to run the program in one installation.
#[derive(Clone)]
pub(super) struct Program {
    /// A copy that the daemon's account can reach, wherever the checkout lies.
    binary: PathBuf,
    config: PathBuf,
    log: PathBuf,
    control: PathBuf,
    uid: u32,
    gid: u32,
}

impl Program {
    /// Puts the program into the installation.
    pub(super) fn install(root: &Path, account: &str) -> Self {
        let binary = root.join("filsluse");
        let built = Path::new(env!("CARGO_BIN_EXE_filsluse"));
        if fs::hard_link(built, &binary).is_err() {
            fs::copy(built, &binary).unwrap();
        }
        let (uid, gid) = ids(account);
        Self {
            binary,
            config: root.join("etc/filsluse.toml"),
            log: root.join("daemon.log"),
            control: root.join("state/control.sock"),
            uid,
            gid,
        }
    }

    /// Starts the daemon and waits until it answers.
    pub(super) fn start(&self) -> Daemon {
        let log = OpenOptions::new().create(true).append(true).open(&self.log).unwrap();
        let process = self
            .command(&["--pdeathsig", "KILL"])
            .arg("run")
            .arg("--config")
            .arg(&self.config)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut daemon = Daemon { process, log: self.log.clone() };
        until_so("the daemon answers", SOON, || {
            assert!(daemon.process.try_wait().unwrap().is_none(), "it ended:\n{}", self.log());
            self.control.exists() && self.said(&["status", "--json"]).status.code() != Some(2)
        });
        daemon
    }

    /// What a verb with `--json` says.
    pub(super) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.said(&[arguments, &["--json"]].concat());
        let text = String::from_utf8_lossy(&output.stdout);
        let words = String::from_utf8_lossy(&output.stderr);
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {text}{words}"))
    }

    /// Runs a verb as the daemon's account.
    pub(super) fn said(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(&[]);
        command.args(arguments).arg("--config").arg(&self.config).output().unwrap()
    }

    /// Everything that the daemon has logged so far.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid", &self.uid.to_string(), "--regid", &self.gid.to_string()])
            .args(["--clear-groups", "--no-new-privs", "--bounding-set", "-all"])
            .args(more)
            .arg(&self.binary)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .current_dir("/");
        command
    }
}

/// The running daemon; killed on drop.
pub(super) struct Daemon {
    process: Child,
    log: PathBuf,
}

impl Daemon {
    /// SIGTERM: ends what it has begun, and goes.
    pub(super) fn stop(mut self) {
        self.signal(Signal::TERM);
        let status = self.ended();
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        assert!(status.success(), "{status}\n{log}");
    }

    /// SIGKILL: a crash.
    pub(super) fn kill(mut self) {
        self.signal(Signal::KILL);
        self.ended();
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.process.id().try_into().unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    fn ended(&mut self) -> ExitStatus {
        until_seen("the daemon's end", SOON, || self.process.try_wait().unwrap())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
