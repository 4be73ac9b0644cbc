//! An SSH server on loopback whose configuration is the shipped drop-in, with this test's paths.

use std::{
    fs,
    io::Read,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use super::accounts::Accounts;
use crate::support::wait::{SOON, until_seen, until_so};

/// A running server. Its sessions end with their clients, itself on drop.
pub(super) struct Server {
    /// Where it listens on 127.0.0.1.
    pub(super) port: u16,
    /// Host key, senders' keys, log.
    pub(super) dir: PathBuf,
    process: Child,
}

impl Server {
    /// Starts it below `root`, which every component of must be root's (sshd demands it).
    pub(super) fn start(root: &Path, drop_root: &Path, accounts: &Accounts) -> Self {
        let dir = root.join("ssh");
        fs::create_dir_all(dir.join("keys")).unwrap();
        new_key(&dir.join("host"));
        // sshd's own directory, which a boot makes.
        fs::create_dir_all("/run/sshd").unwrap();
        fs::set_permissions("/run/sshd", fs::Permissions::from_mode(0o755)).unwrap();
        let shipped =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("config/sshd_config.d/filsluse.conf");
        let drop_in = fs::read_to_string(shipped)
            .unwrap()
            .replace("filsluse-senders", &accounts.senders_group())
            .replace("/srv/filsluse", drop_root.to_str().unwrap())
            .replace("/etc/ssh/filsluse-keys", dir.join("keys").to_str().unwrap());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {}\nPidFile none\nUsePAM no\n\
             PermitRootLogin no\nPasswordAuthentication no\nLogLevel VERBOSE\n\
             Subsystem sftp internal-sftp\n{drop_in}\nMaxStartups 100:30:200\n",
            dir.join("host").display()
        );
        let file = dir.join("sshd_config");
        fs::write(&file, config).unwrap();
        let log = fs::File::create(dir.join("sshd.log")).unwrap();
        // It goes when this test goes, however that may be.
        let process = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "/usr/sbin/sshd", "-D", "-e", "-f"])
            .arg(&file)
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("setpriv: {error}; install util-linux"));
        let server = Self { port, dir, process };
        until_so("the SSH server", SOON, || server.greets());
        let host = fs::read_to_string(server.dir.join("host.pub")).unwrap();
        fs::write(server.dir.join("known_hosts"), format!("[127.0.0.1]:{port} {host}")).unwrap();
        server
    }

    /// A new key pair for a sender: its secret half.
    pub(super) fn sender_key(&self, role: &str) -> PathBuf {
        let key = self.dir.join(format!("client-{role}"));
        new_key(&key);
        key
    }

    /// Cuts every connection that there is, as a broken line would: no goodbye.
    pub(super) fn cut_sessions(&self) {
        let sessions = until_seen("a session", SOON, || {
            let sessions = descendants(self.process.id());
            (!sessions.is_empty()).then_some(sessions)
        });
        // The monitor and the process that holds the connection: each would go on alone.
        for pid in sessions {
            let pid = Pid::from_raw(pid.try_into().unwrap()).unwrap();
            // One that ended by itself meanwhile is as good as cut.
            let _ = kill_process(pid, Signal::KILL);
        }
    }

    /// What it has to say, for a test that fails.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.dir.join("sshd.log")).unwrap_or_default()
    }

    fn greets(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut greeting = [0; 4];
        stream.read_exact(&mut greeting).is_ok() && &greeting == b"SSH-"
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// A process's children and theirs.
fn descendants(pid: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    let children = children.unwrap_or_default();
    let children = children.split_whitespace().map(|child| child.parse::<u32>().unwrap());
    children.flat_map(|child| [vec![child], descendants(child)].concat()).collect()
}

fn new_key(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path)
        .status()
        .unwrap_or_else(|error| panic!("ssh-keygen: {error}; install openssh-client"));
    assert!(made.success());
}
