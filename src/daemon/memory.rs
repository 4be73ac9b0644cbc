//! Lets the allocator give large pieces of memory back to the system as soon as they are free.
//!
//! Left to itself, glibc raises the size from which it does so with the first large piece that is
//! freed; what large documents need then stays with the process, in holes that the next one's does
//! not fit into.
#![allow(unsafe_code)]

/// Fixes that size. To be called before there are other threads.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: sets a number of the allocator's, and touches no memory of ours. One that it does not
    // take leaves everything as it was, which costs memory and nothing else.
    let _ = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE) };
}

/// Gives back what is free in pieces of any size. Small pieces that threads have freed lie between
/// others, and are no use to the thread that reads the next large document.
pub fn tidy() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: gives whole pages back that the allocator knows to be free, under its own locks.
    let _ = unsafe { libc::malloc_trim(0) };
}

/// Bytes of a large piece: more than any buffer of a small file.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 256 << 10;
