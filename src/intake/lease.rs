//! Asks the kernel whether anybody still has a file open for writing.
//!
//! A read lease can be had only while no writer and no shared writable mapping is open, even one
//! opened under another name. The lease is given back at once: it is a question, not a lock.
#![allow(unsafe_code)]

use std::{
    fs::File,
    io,
    os::fd::{AsRawFd, RawFd},
};

/// What the kernel said about writers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// Nobody has it open for writing.
    Gone,
    /// Somebody has: it is not finished.
    Present,
    /// We may not ask (neither owner nor `CAP_LEASE`), or the file system has no leases.
    Unknown,
}

/// Asks for and gives back a read lease. Never blocks.
pub fn writer_of(file: &File) -> Writer {
    let fd = file.as_raw_fd();
    // A writer that opens in the instant between the two calls makes the kernel signal us. Its
    // default choice, SIGIO, would end the process; SIGURG is ignored by default.
    if fcntl(fd, F_SETSIG, libc::SIGURG).is_err() {
        return Writer::Unknown;
    }
    match fcntl(fd, libc::F_SETLEASE, libc::F_RDLCK) {
        Ok(()) => {
            // Closing the descriptor gives the lease back too, so a failure here loses nothing.
            let _ = fcntl(fd, libc::F_SETLEASE, libc::F_UNLCK);
            Writer::Gone
        }
        Err(err) if err.raw_os_error() == Some(libc::EAGAIN) => Writer::Present,
        Err(_) => Writer::Unknown,
    }
}

fn fcntl(fd: RawFd, command: libc::c_int, argument: libc::c_int) -> io::Result<()> {
    // SAFETY: `fd` is open for the whole call, since its owner is borrowed by the only caller, and
    // the commands used take an int and touch no memory of ours.
    match unsafe { libc::fcntl(fd, command, argument) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Linux's number for it on every architecture; the libc crate leaves it out.
const F_SETSIG: libc::c_int = 10;
