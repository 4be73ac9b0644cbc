//! What ours is held against: programs that others wrote, each a process whose processor time the
//! kernel counts when it has ended.

use std::{
    env,
    ffi::OsString,
    fs::File,
    path::Path,
    process::{Command, Stdio},
};

use crate::large::{self, Cost};

/// What an agency would script: `xmllint --stream --noout`, with a schema or without, then `age
/// -e`.
pub(super) fn script(file: &Path, schema: Option<&Path>, sealed: &Path, recipient: &str) -> Cost {
    let mut xmllint = Command::new("xmllint");
    xmllint.args(["--stream", "--noout", "--huge"]);
    if let Some(schema) = schema {
        xmllint.arg("--schema").arg(schema).stderr(Stdio::null());
    }
    let run = |command: &mut Command| {
        assert!(command.stdout(Stdio::null()).status().unwrap().success());
    };
    large::children(|| {
        run(xmllint.arg(file));
        run(Command::new("age").args(["-e", "-r", recipient, "-o"]).arg(sealed).arg(file));
    })
}

/// A script that does about the same work, in Python, piped into `age -e`; `None` where Python has
/// no lxml.
pub(super) fn equal_work(file: &Path, sealed: &Path, recipient: &str) -> Option<Cost> {
    let python = env::var_os(PYTHON).unwrap_or_else(|| OsString::from("python3"));
    let has_lxml = Command::new(&python).args(["-c", "import lxml"]).stderr(Stdio::null()).status();
    if !has_lxml.is_ok_and(|status| status.success()) {
        return None;
    }
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/kpr/equal_work.py");
    Some(large::children(|| {
        let mut script =
            Command::new(python).arg(program).arg(file).stdout(Stdio::piped()).spawn().unwrap();
        let plain = script.stdout.take().unwrap();
        let to = File::create(sealed).unwrap();
        let mut age = Command::new("age");
        let age = age.args(["-e", "-r", recipient]).stdin(plain).stdout(to).status().unwrap();
        assert!(age.success() && script.wait().unwrap().success());
    }))
}

/// Names an interpreter that has lxml, where `python3` has not.
pub(super) const PYTHON: &str = "FILSLUSE_BENCH_PYTHON";
