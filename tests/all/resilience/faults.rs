//! Disks that fail, fill up or lose power: the daemon stops or waits, and afterwards all is as if
//! nothing had happened.
//!
//! Injects errors with strace, and mounts small file systems as root; where that is not possible a
//! test says so and shows nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test tells what it did")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use filsluse::types::verdict::State;

use crate::{
    resilience::invariants::{
        all_answered, all_settled, checkpoint, end_well, in_one_place, no_plain_text, uploads,
    },
    support::{
        child_daemon::{CANNOT, Daemon},
        installation::Installation,
        uploads::{PERSONS, changes},
    },
};

#[test]
fn a_sync_that_fails_ends_the_daemon() {
    for (call, passages) in [("syncfs", [1, 2, 3]), ("fsync", [12, 15, 18])] {
        for passage in passages {
            inject(call, "EIO", passage);
        }
    }
}

#[test]
fn a_catalogue_that_cannot_be_written() {
    for (call, error) in [("pwrite64", "EIO"), ("pwrite64", "ENOSPC"), ("fdatasync", "EIO")] {
        for passage in [3, 15, 30, 45, 60] {
            inject(call, error, passage);
        }
    }
}

#[test]
fn a_rename_that_fails() {
    for error in ["EIO", "ENOSPC"] {
        for passage in [1, 3, 9, 11, 20, 30] {
            inject("renameat2", error, passage);
        }
    }
}

#[test]
fn a_file_that_cannot_be_made_or_removed() {
    for (call, error) in [("mkdir", "ENOSPC"), ("unlink", "EIO"), ("unlinkat", "EIO")] {
        for passage in [1, 3, 6] {
            inject(call, error, passage);
        }
    }
}

#[test]
fn a_write_that_fails() {
    for error in ["EIO", "ENOSPC"] {
        for passage in [40, 50, 60, 70, 80, 100] {
            inject("write", error, passage);
        }
    }
}

/// One daemon one of whose calls fails once. It goes on or ends; in the end all is well.
fn inject(call: &str, error: &str, passage: u32) {
    let case = format!("{call} {error} {passage}");
    let installation = Installation::new();
    let uploads = uploads(&installation);
    let told = installation.path().join("strace");
    let fault = format!("inject={call}:error={error}:when={passage}");
    let trace = format!("trace={call}");
    let strace =
        ["strace", "-D", "-f", "-qq", "-o", told.to_str().unwrap(), "-e", &trace, "-e", &fault];
    if !works(&strace[..1]) {
        eprintln!("skipped: strace is not here; scripts/test installs it");
        return;
    }
    let mut daemon = installation.start_under(&strace, &[]);
    daemon.ready();
    daemon.until("receipts or the end", || all_answered(&installation, &uploads));
    let went_on = all_answered(&installation, &uploads);
    let words = daemon.words();
    let status = daemon.stop();
    // It ends by its own decision or goes on, and never by a panic or an abort.
    assert!(status.success() || status.code() == Some(CANNOT), "{case}: {status} {words}");
    assert!(!words.contains("thread-panicked"), "{case}: {words}");
    eprintln!("{case}: {}", if went_on { "went on" } else { "ended" });
    in_one_place(&case, &installation, &uploads);
    no_plain_text(&case, &installation);
    let checkpoints = checkpoint(&installation).into_iter().collect();
    end_well(&case, &installation, &uploads, checkpoints);
}

#[test]
fn a_full_disk_keeps_files_in_the_inbound_directory() {
    let installation = Installation::new();
    let Some(mount) = Mount::tmpfs(&installation.places().state_dir, "8m") else { return };
    // Its directories and an empty catalogue are there before it fills up.
    let mut daemon = installation.start(&[]);
    daemon.ready();
    assert!(daemon.stop().success());
    let filler = mount.0.join("filler");
    fill(&filler, 350_000);
    let uploads = uploads(&installation);
    let mut daemon = installation.start(&[]);
    daemon.ready();
    daemon.until("the alarm", || daemon_says(&installation, "low-disk"));
    assert!(installation.receipts("embassy-xex").is_empty());
    assert!(installation.books().submissions.is_empty(), "claimed on a full disk");
    fs::remove_file(&filler).unwrap();
    daemon.until("all receipts", || all_settled(&installation, &uploads));
    daemon.until("the end of the alarm", || !daemon_says(&installation, "low-disk"));
    let words = daemon.words();
    assert!(daemon.stop().success(), "{words}");
    end_well("a full disk", &installation, &uploads, BTreeSet::new());
}

#[test]
fn a_disk_that_fills_up_in_the_midst_loses_nothing() {
    for left in [20_000, 60_000, 150_000, 300_000] {
        let case = format!("{left} bytes left");
        let installation = Installation::new();
        installation.configure("min-free-disk = \"5%\"", "min-free-disk = \"0%\"");
        let Some(mount) = Mount::tmpfs(&installation.places().state_dir, "8m") else { return };
        // Its directories and an empty catalogue are there before it fills up.
        let mut daemon = installation.start(&[]);
        daemon.ready();
        let uploads = uploads(&installation);
        let filler = mount.0.join("filler");
        fill(&filler, left);
        let settled = || all_settled(&installation, &uploads);
        let err = daemon.err.clone();
        daemon.until("a complaint or receipts", || {
            let complains = fs::read_to_string(&err).is_ok_and(|text| text.contains("ERROR"));
            settled() || complains
        });
        in_one_place(&case, &installation, &uploads);
        fs::remove_file(&filler).unwrap();
        daemon.until("all receipts", settled);
        let status = daemon.stop();
        assert!(status.success() || status.code() == Some(CANNOT), "{case}: {status}");
        end_well(&case, &installation, &uploads, BTreeSet::new());
    }
}

/// A burst larger than the daemon may have files open is no fault of the sender's.
#[test]
fn more_files_than_descriptors_are_all_taken() {
    let limit = ["prlimit", "--nofile=128:128", "--"];
    if !works(&["prlimit", "--version"]) {
        eprintln!("SKIPPED: there is no prlimit");
        return;
    }
    let installation = Installation::new();
    let count = 600;
    for number in 0..count {
        let list = changes("XEX", &number.to_string(), &PERSONS[..1]);
        installation.upload("embassy-xex", &format!("{number}.xml"), list);
    }
    let mut daemon = installation.start_under(&limit, &[]);
    daemon.until("all receipts", || installation.receipts("embassy-xex").len() == 2 * count);
    assert!(daemon.stop().success());
    let books = installation.books();
    assert_eq!(books.submissions.len(), count);
    assert!(books.submissions.iter().all(|row| row.state == State::Done), "not all are taken");
}

/// The power goes at some moment of the work.
#[test]
fn a_power_cut_loses_nothing_that_was_acknowledged() {
    for cut in [120, 160, 200, 240, 280, 320, 400, 500] {
        let case = format!("the power cut after {cut} ms");
        let there = power_cut(&case, &[], |daemon| {
            let begin = Instant::now();
            daemon.until("the moment", || begin.elapsed() >= Duration::from_millis(cut));
        });
        if !there {
            return;
        }
    }
}

/// The power goes right after each step: what the step had to make durable before is on the disk.
#[test]
#[cfg(feature = "fail-points")]
fn a_power_cut_at_any_step_loses_nothing_that_was_acknowledged() {
    for point in crate::resilience::crash::POINTS {
        for passage in [1, 2] {
            let place = format!("{point}:{passage}");
            let case = format!("the power cut at {place}");
            let there = power_cut(&case, &[("FILSLUSE_FAIL_POINT", &place)], |daemon| {
                // Not every step comes twice.
                let patience = Instant::now() + Duration::from_secs(2);
                daemon.until("the step", || Instant::now() >= patience);
            });
            if !there {
                return;
            }
        }
    }
}

/// Cuts the power when `moment` returns; `false` where that cannot be tried. What had a receipt is
/// there afterwards.
fn power_cut(case: &str, environment: &[(&str, &str)], moment: impl Fn(&mut Daemon)) -> bool {
    let Some(disk) = Disk::new() else { return false };
    let installation = Installation::within(disk.directory());
    let uploads = uploads(&installation);
    assert!(works(&["sync"]));
    let mut daemon = installation.start(environment);
    daemon.ready();
    moment(&mut daemon);
    let seen = ["embassy-xex", "helfo"].map(|sender| installation.receipts(sender));
    disk.cut_power();
    daemon.kill();
    disk.restore();
    in_one_place(case, &installation, &uploads);
    // A sender may have fetched what it saw, even where the disk has forgotten the receipt.
    let rows = installation.books_if_any().map(|books| books.submissions).unwrap_or_default();
    for name in seen.iter().flat_map(|receipts| receipts.keys()) {
        let row = rows.iter().find(|row| name.contains(&row.id.to_string()));
        let state = row.unwrap_or_else(|| panic!("{case}: {name} without a row")).state;
        let recorded = state.is_final() || matches!(state, State::Stored | State::Answered);
        assert!(recorded, "{case}: {name} is {state:?}");
    }
    eprintln!("{case}: {} receipts seen", seen.iter().map(BTreeMap::len).sum::<usize>());
    let checkpoints = checkpoint(&installation).into_iter().collect();
    end_well(case, &installation, &uploads, checkpoints);
    true
}

fn daemon_says(installation: &Installation, alarm: &str) -> bool {
    let books = installation.books_if_any();
    books.is_some_and(|books| books.alarms.iter().any(|it| it.code == alarm))
}

/// Takes all room of a file system but so many bytes.
fn fill(filler: &Path, left: u64) {
    let stat = rustix::fs::statvfs(filler.parent().unwrap()).unwrap();
    let size = (stat.f_bavail * stat.f_frsize).saturating_sub(left);
    fs::write(filler, vec![0; usize::try_from(size).unwrap()]).unwrap();
}

/// A file system mounted for a test.
struct Mount(PathBuf);

impl Mount {
    fn tmpfs(at: &Path, size: &str) -> Option<Self> {
        let options = format!("size={size},mode=0700");
        let at_text = at.to_str().unwrap();
        if works(&["mount", "-t", "tmpfs", "-o", &options, "filsluse-test", at_text]) {
            Some(Self(at.to_owned()))
        } else {
            eprintln!("skipped: mounting a file system takes root");
            None
        }
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        works(&["umount", "-l", self.0.to_str().unwrap()]);
    }
}

/// A journaling file system on a file, whose power can be cut.
struct Disk {
    image: PathBuf,
    at: PathBuf,
    _scratch: tempfile::TempDir,
}

impl Disk {
    fn new() -> Option<Self> {
        let scratch = tempfile::tempdir().unwrap();
        let (image, at) = (scratch.path().join("image"), scratch.path().join("disk"));
        fs::File::create(&image).unwrap().set_len(64 << 20).unwrap();
        fs::create_dir(&at).unwrap();
        let disk = Self { image, at, _scratch: scratch };
        let made = works(&["mkfs.ext4", "-q", disk.image.to_str().unwrap()]) && disk.mount();
        if !made {
            eprintln!("skipped: mounting a file system takes root and a loop device");
        }
        made.then_some(disk)
    }

    /// A directory on it, which goes with the disk.
    fn directory(&self) -> tempfile::TempDir {
        tempfile::TempDir::new_in(&self.at).unwrap()
    }

    fn mount(&self) -> bool {
        let (image, at) = (self.image.to_str().unwrap(), self.at.to_str().unwrap());
        // Seldom written back, so that a cut finds much that is not on the disk.
        works(&["mount", "-o", "loop,commit=60", image, at])
    }

    /// `EXT4_IOC_SHUTDOWN` without flushing the journal: from here on nothing reaches the image.
    fn cut_power(&self) {
        let script = "import fcntl, os, struct, sys\n\
                      disk = os.open(sys.argv[1], os.O_RDONLY)\n\
                      fcntl.ioctl(disk, 0x8004587d, struct.pack('I', 2))\n";
        assert!(works(&["python3", "-c", script, self.at.to_str().unwrap()]));
    }

    fn restore(&self) {
        assert!(works(&["umount", self.at.to_str().unwrap()]));
        assert!(self.mount());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        works(&["umount", "-l", self.at.to_str().unwrap()]);
    }
}

/// Whether a program is here and does not fail; `strace` alone only has to be here.
fn works(command: &[&str]) -> bool {
    let mut program = Command::new(command[0]);
    program.args(&command[1..]);
    if command == ["strace"] {
        program.arg("-V");
    }
    let quiet = program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}
