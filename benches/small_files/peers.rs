//! The two loops that the daemon is held against. They write the bytes durably and do nothing else.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};

use rustix::fs::{CWD, RenameFlags, renameat_with, syncfs};

use crate::lists::Prepared;

/// One thread: create, write, fsync, rename, fsync of the directory, for each file.
pub(crate) fn naive(dir: &Path, files: &[Prepared]) {
    fs::create_dir(dir).unwrap();
    let directory = File::open(dir).unwrap();
    for (number, file) in files.iter().enumerate() {
        let beside = dir.join(format!(".{number}"));
        let mut out = File::create_new(&beside).unwrap();
        out.write_all(&file.bytes).unwrap();
        out.sync_all().unwrap();
        rename(&beside, &dir.join(number.to_string()));
        directory.sync_all().unwrap();
    }
}

/// One thread: 64 files written, one syncfs, 64 renames, one fsync of the directory.
pub(crate) fn bare(dir: &Path, files: &[Prepared]) {
    fs::create_dir(dir).unwrap();
    let directory = File::open(dir).unwrap();
    for (group, files) in files.chunks(64).enumerate() {
        let name = |number: usize| format!("{group}-{number}");
        for (number, file) in files.iter().enumerate() {
            let beside = dir.join(format!(".{}", name(number)));
            File::create_new(beside).unwrap().write_all(&file.bytes).unwrap();
        }
        syncfs(&directory).unwrap();
        for number in 0..files.len() {
            rename(&dir.join(format!(".{}", name(number))), &dir.join(name(number)));
        }
        directory.sync_all().unwrap();
    }
}

pub(crate) fn rename(from: &Path, to: &Path) {
    renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE).unwrap();
}
