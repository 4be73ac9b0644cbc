//! The clients that people use, as processes: OpenSSH's `sftp`, `lftp`, and programs on paramiko.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use super::server::Server;
use crate::support::wait::{SOON, until_seen, until_so};

/// One sender's way in.
pub(super) struct Client {
    /// Its chroot, as this test sees it.
    pub(super) chroot: PathBuf,
    user: String,
    port: u16,
    key: PathBuf,
    known_hosts: PathBuf,
}

impl Client {
    pub(super) fn new(user: &str, chroot: &Path, server: &Server, key: &Path) -> Self {
        Self {
            chroot: chroot.to_owned(),
            user: user.to_owned(),
            port: server.port,
            key: key.to_owned(),
            known_hosts: server.dir.join("known_hosts"),
        }
    }

    /// Runs a batch of `sftp` commands, all of which must succeed.
    pub(super) fn sftp(&self, batch: &str) {
        let output = self.try_sftp(batch);
        assert!(output.status.success(), "sftp: {}", said(&output));
    }

    /// Runs a batch of `sftp` commands; the first that fails ends it.
    pub(super) fn try_sftp(&self, batch: &str) -> Output {
        let mut process = self.sftp_command(&[]).stdout(Stdio::piped()).spawn().unwrap();
        process.stdin.take().unwrap().write_all(batch.as_bytes()).unwrap();
        process.wait_with_output().unwrap()
    }

    /// Begins a `put` at so many kilobits a second.
    pub(super) fn slow_put(&self, local: &Path, remote: &str, kilobits: u32) -> Upload {
        let limit = kilobits.to_string();
        let mut process = self.sftp_command(&["-l", &limit]).stdout(Stdio::null()).spawn().unwrap();
        let line = format!("put {} {remote}\n", local.display());
        process.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        Upload {
            process,
            remote: self.chroot.join(remote),
            whole: fs::metadata(local).unwrap().len(),
        }
    }

    /// Runs one `lftp` command.
    pub(super) fn lftp(&self, command: &str) {
        let ssh = format!("ssh -a -x {}", self.options().join(" "));
        let script = format!(
            "set cmd:fail-exit yes; set net:max-retries 2; set net:timeout 20; \
             set sftp:auto-confirm no; set sftp:connect-program \"{ssh}\"; \
             open -u {},none sftp://127.0.0.1:{}; {command}; bye",
            self.user, self.port
        );
        let output = Command::new("lftp")
            .args(["--norc", "-c", &script])
            .env("HOME", self.known_hosts.parent().unwrap())
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("lftp: {error}; install lftp"));
        assert!(output.status.success(), "lftp: {}", said(&output));
    }

    /// Runs Python in which `sftp` is paramiko's client in the sender's root.
    pub(super) fn paramiko(&self, act: &str) {
        let script = format!(
            "import os, sys, paramiko\n\
             user, port, key, hosts = sys.argv[1:]\n\
             ssh = paramiko.SSHClient()\n\
             ssh.load_host_keys(hosts)\n\
             ssh.connect('127.0.0.1', int(port), user, key_filename=key,\n\
                         look_for_keys=False, allow_agent=False)\n\
             sftp = ssh.open_sftp()\n\
             {act}\n\
             sftp.close()\n\
             ssh.close()\n"
        );
        // Debian's Python, for which Debian's paramiko is: another may stand first in PATH.
        let output = Command::new("/usr/bin/python3")
            .args(["-c", &script, &self.user, &self.port.to_string()])
            .args([&self.key, &self.known_hosts])
            .output()
            .unwrap_or_else(|error| panic!("python3: {error}; install python3-paramiko"));
        assert!(output.status.success(), "paramiko: {}", said(&output));
    }

    fn sftp_command(&self, more: &[&str]) -> Command {
        let mut command = Command::new("sftp");
        command
            .args(["-q", "-b", "-", "-P", &self.port.to_string()])
            .args(self.options())
            .args(more)
            .arg(format!("{}@127.0.0.1", self.user))
            .stdin(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn options(&self) -> Vec<String> {
        [
            "-F/dev/null".to_owned(),
            format!("-i{}", self.key.display()),
            "-oIdentitiesOnly=yes".to_owned(),
            "-oIdentityAgent=none".to_owned(),
            "-oBatchMode=yes".to_owned(),
            "-oStrictHostKeyChecking=yes".to_owned(),
            format!("-oUserKnownHostsFile={}", self.known_hosts.display()),
        ]
        .into()
    }
}

/// A slow upload under way.
pub(super) struct Upload {
    process: Child,
    remote: PathBuf,
    whole: u64,
}

impl Upload {
    /// Waits until half of it has arrived, and no more than nine tenths.
    pub(super) fn at_half(self) -> Self {
        let size = until_seen("half of the file", SOON, || {
            let size = fs::metadata(&self.remote).map_or(0, |meta| meta.len());
            (size >= self.whole / 2).then_some(size)
        });
        assert!(size < self.whole / 10 * 9, "too quick to be cut: {size} of {}", self.whole);
        self
    }

    /// Ctrl-C: the client is told, and closes what it had begun.
    pub(super) fn interrupt(self) {
        self.signal(Signal::INT);
        self.ended();
    }

    /// The client is gone from one moment to the next.
    pub(super) fn kill(self) {
        self.signal(Signal::KILL);
        self.ended();
    }

    /// Its end, whichever way.
    pub(super) fn ended(mut self) {
        until_so("the client's end", SOON, || self.process.try_wait().unwrap().is_some());
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.process.id().try_into().unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
}
