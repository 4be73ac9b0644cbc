//! What ours is held against: programs that others wrote, each a process whose processor time the
//! kernel counts when it has ended.

use std::{
    env,
    ffi::OsString,
    fs::File,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::Cost;

/// What an agency would script: `xmllint --stream --noout`, with a schema or without, then `age -e`.
pub(super) fn script(file: &Path, schema: Option<&Path>, sealed: &Path, recipient: &str) -> Cost {
    let (start, before) = (Instant::now(), childrens_time());
    let mut xmllint = Command::new("xmllint");
    xmllint.args(["--stream", "--noout", "--huge"]);
    if let Some(schema) = schema {
        xmllint.arg("--schema").arg(schema).stderr(Stdio::null());
    }
    let run = |command: &mut Command| {
        assert!(command.stdout(Stdio::null()).status().unwrap().success());
    };
    run(xmllint.arg(file));
    run(Command::new("age").args(["-e", "-r", recipient, "-o"]).arg(sealed).arg(file));
    since(start, before)
}

/// A script that does about the same work, in Python, piped into `age -e`; `None` where Python has no
/// lxml.
pub(super) fn equal_work(file: &Path, sealed: &Path, recipient: &str) -> Option<Cost> {
    let python = env::var_os(PYTHON).unwrap_or_else(|| OsString::from("python3"));
    let has_lxml = Command::new(&python).args(["-c", "import lxml"]).stderr(Stdio::null()).status();
    if !has_lxml.is_ok_and(|status| status.success()) {
        return None;
    }
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/kpr/equal_work.py");
    let (start, before) = (Instant::now(), childrens_time());
    let mut script =
        Command::new(python).arg(program).arg(file).stdout(Stdio::piped()).spawn().unwrap();
    let plain = script.stdout.take().unwrap();
    let to = File::create(sealed).unwrap();
    let mut age = Command::new("age");
    let age = age.args(["-e", "-r", recipient]).stdin(plain).stdout(to).status().unwrap();
    assert!(age.success() && script.wait().unwrap().success());
    Some(since(start, before))
}

fn since(start: Instant, before: Duration) -> Cost {
    let processor = childrens_time().checked_sub(before).unwrap();
    Cost { processor, wall: start.elapsed(), peak_kib: 0 }
}

/// Of the processes that have ended and were waited for, in hundredths of a second.
fn childrens_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let behind_name = stat.rsplit_once(')').unwrap().1;
    let ticks = behind_name.split_whitespace().skip(13).take(2);
    let ticks: u64 = ticks.map(|number| number.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 1000 / TICKS)
}

/// Names an interpreter that has lxml, where `python3` has not.
pub(super) const PYTHON: &str = "FILSLUSE_BENCH_PYTHON";

/// Of the kernel's clock in a second, on every Linux that we know (`getconf CLK_TCK`).
const TICKS: u64 = 100;
