//! Throw-away system accounts: one for the daemon, one for each sender. Removed on drop; those of a
//! test that was killed are removed by the next one.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{self, Command},
    sync::{Mutex, MutexGuard, PoisonError},
};

use rustix::process::{Pid, geteuid, test_kill_process};
use tempfile::TempDir;

/// Whether the tests may go on. Without root they fail, unless they were told to be skipped.
pub(super) fn may_run() -> bool {
    if geteuid().is_root() {
        return true;
    }
    assert!(
        env::var_os("FILSLUSE_SKIP_ROOT_TESTS").is_some_and(|value| value == "1"),
        "this test makes accounts and needs root: run scripts/test, or set FILSLUSE_SKIP_ROOT_TESTS=1"
    );
    println!("skipped: needs root");
    false
}

/// One test's accounts, all called `<prefix>` or `<prefix>-...`.
pub(super) struct Accounts {
    prefix: String,
    users: Vec<String>,
    groups: Vec<String>,
    _turn: MutexGuard<'static, ()>,
}

/// useradd locks its files and does not wait; and two such tests at once are a test of the machine.
static TURN: Mutex<()> = Mutex::new(());

impl Accounts {
    /// The daemon's account and the senders' group.
    pub(super) fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        remove_left_overs();
        let prefix = format!("{PREFIX}{}", process::id());
        let mut accounts = Self { prefix, users: Vec::new(), groups: Vec::new(), _turn: turn };
        let (daemon, group) = (accounts.daemon().to_owned(), accounts.senders_group());
        run(
            "useradd",
            &["--system", "--user-group", "--no-create-home", "--shell", NOLOGIN, &daemon],
        );
        accounts.users.push(daemon);
        run("groupadd", &["--system", &group]);
        accounts.groups.push(group);
        accounts
    }

    /// A new directory for an installation.
    pub(super) fn directory(&self) -> TempDir {
        let prefix = format!("{}-", self.prefix);
        let directory = tempfile::Builder::new().prefix(&prefix).tempdir_in(PLACE).unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        directory
    }

    /// The daemon's account, and its group.
    pub(super) fn daemon(&self) -> &str {
        &self.prefix
    }

    /// The group that sshd's drop-in knows senders by.
    pub(super) fn senders_group(&self) -> String {
        format!("{}-senders", self.prefix)
    }

    /// A sender's id, which is its account's name.
    pub(super) fn sender(&self, role: &str) -> String {
        format!("{}-{role}", self.prefix)
    }

    /// Makes a sender with the operator's own script, in which only the names are others.
    pub(super) fn add_sender(
        &mut self,
        role: &str,
        drop_root: &Path,
        keys: &Path,
        key: &Path,
    ) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/add-sender");
        let (daemon, group) = (self.daemon(), self.senders_group());
        let script = fs::read_to_string(script)
            .unwrap()
            .replace("filsluse-senders", &group)
            .replace("for group in filsluse ", &format!("for group in {daemon} "))
            .replace("-g filsluse", &format!("-g {daemon}"))
            .replace("-o filsluse", &format!("-o {daemon}"));
        assert!(
            script.contains(&format!("install -d -m 0700 -o {daemon} -g {daemon}")),
            "{script}"
        );
        let id = self.sender(role);
        // Before it runs: it may make the account and fail afterwards.
        self.users.push(id.clone());
        let made = Command::new("sh")
            .args(["-c", &script, "add-sender", &id, key.to_str().unwrap()])
            .env("FILSLUSE_DROP_ROOT", drop_root)
            .env("FILSLUSE_SSH_KEYS", keys)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        id
    }
}

impl Drop for Accounts {
    fn drop(&mut self) {
        for user in self.users.iter().rev() {
            // By force: a session's last process may still be on its way out.
            quietly("userdel", &["--force", user]);
        }
        for group in &self.groups {
            quietly("groupdel", &[group]);
        }
    }
}

/// A user's and its group's number.
pub(super) fn ids(account: &str) -> (u32, u32) {
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let line = passwd.lines().find(|line| line.split(':').next() == Some(account)).unwrap();
    let numbers: Vec<u32> = line.split(':').filter_map(|field| field.parse().ok()).collect();
    (numbers[0], numbers[1])
}

/// What tests left that were killed: their accounts, and their directories in [`PLACE`].
fn remove_left_overs() {
    let is_gone = |rest: &str| {
        let number = rest.split('-').next().and_then(|number| number.parse().ok());
        number.and_then(Pid::from_raw).is_some_and(|pid| test_kill_process(pid).is_err())
    };
    for (list, remove) in [("/etc/passwd", "userdel"), ("/etc/group", "groupdel")] {
        let text = fs::read_to_string(list).unwrap();
        for name in text.lines().filter_map(|line| line.split(':').next()) {
            if name.strip_prefix(PREFIX).is_some_and(is_gone) {
                quietly(remove, &[name]);
            }
        }
    }
    fs::create_dir_all(PLACE).unwrap();
    for entry in fs::read_dir(PLACE).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap_or_default();
        if name.strip_prefix(PREFIX).is_some_and(is_gone) {
            drop(fs::remove_dir_all(&path));
        }
    }
}

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}; install passwd"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

fn quietly(program: &str, arguments: &[&str]) {
    drop(Command::new(program).args(arguments).output());
}

/// Nobody else's accounts and directories begin so.
const PREFIX: &str = "fstest";

const NOLOGIN: &str = "/usr/sbin/nologin";

/// Where installations are made. Not in `/tmp`: sshd takes no chroot below a directory that others
/// may write to.
const PLACE: &str = "/srv";
