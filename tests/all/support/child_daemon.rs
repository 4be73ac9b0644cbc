//! A daemon in a process of its own, on a temporary installation, that tests may kill: this very
//! test binary, started again.
#![cfg_attr(
    not(feature = "fail-points"),
    allow(dead_code, reason = "the crash tests need more of it")
)]
#![allow(clippy::print_stderr, reason = "a test tells what it did")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use filsluse::{config::layout::Layout, daemon::service};
use rustix::process::{Pid, Signal, kill_process};

use super::{
    installation::Installation,
    wait::{SOON, until_seen_or_else},
};

impl Installation {
    /// Starts a daemon. `environment` names fail points and faults.
    pub(crate) fn start(&self, environment: &[(&str, &str)]) -> Daemon {
        self.start_under(&[], environment)
    }

    /// Starts a daemon under another program, such as one that injects faults.
    pub(crate) fn start_under(&self, program: &[&str], environment: &[(&str, &str)]) -> Daemon {
        let number = self.runs.get() + 1;
        self.runs.set(number);
        let [out, err] =
            ["stdout", "stderr"].map(|what| self.path().join(format!("{what}.{number}")));
        let this = env::current_exe().unwrap();
        let mut command = match program {
            [] => Command::new(this),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(this);
                command
            }
        };
        command.args(["--ignored", "--exact", "--nocapture", "support::child_daemon::child"]);
        command.env_remove("FILSLUSE_FAIL_POINT").env_remove("RUST_LOG");
        command.env(ROOT, self.path()).envs(environment.iter().copied());
        command.stdin(Stdio::null());
        command.stdout(fs::File::create(&out).unwrap()).stderr(fs::File::create(&err).unwrap());
        Daemon { child: command.spawn().unwrap(), out, err }
    }
}

/// A daemon in a process of its own.
pub(crate) struct Daemon {
    child: Child,
    pub(crate) out: PathBuf,
    pub(crate) err: PathBuf,
}

impl Daemon {
    /// Waits until something is so; `false` when the daemon ended before.
    pub(crate) fn until(&mut self, what: &str, mut so: impl FnMut() -> bool) -> bool {
        let look = |child: &mut Child| {
            if so() {
                return Some(true);
            }
            let ended = child.try_wait().unwrap().is_some();
            ended.then(&mut so)
        };
        self.wait(look, what)
    }

    /// Waits until it has recovered and works; `false` when it ended before.
    pub(crate) fn ready(&mut self) -> bool {
        let err = self.err.clone();
        self.until("readiness", || fs::read_to_string(&err).unwrap().contains(READY))
    }

    /// Whether it has not ended.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Lets it drain and end, as `systemctl stop` does.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.ended()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        // One that has ended already gets none.
        let _ = kill_process(id, signal);
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for its end, which something else brings about.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        self.wait(|child| child.try_wait().unwrap(), "end")
    }

    fn wait<T>(&mut self, mut look: impl FnMut(&mut Child) -> Option<T>, what: &str) -> T {
        let Self { child, out, err } = self;
        until_seen_or_else(
            SOON,
            || look(child),
            || format!("{what}; the daemon says:\n{}", words(out, err)),
        )
    }

    /// Kills it as a power switch would, but for the page cache.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Everything that it wrote.
    pub(crate) fn words(&self) -> String {
        words(&self.out, &self.err)
    }
}

fn words(out: &Path, err: &Path) -> String {
    [out, err].map(|path| fs::read_to_string(path).unwrap_or_default()).concat()
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // A test that failed leaves no process behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "the daemon of other tests, in a process of its own"]
fn child() {
    let layout = Layout::new(Path::new(&env::var(ROOT).expect("started by another test")));
    if let Err(error) = service::run(&layout.main_file()) {
        eprintln!("{}", filsluse::types::causes::chain(&error));
        std::process::exit(CANNOT);
    }
}

/// Exit code of a daemon that could not start, or not go on.
pub(crate) const CANNOT: i32 = 2;

const ROOT: &str = "FILSLUSE_TEST_ROOT";
const READY: &str = "Ready.";
