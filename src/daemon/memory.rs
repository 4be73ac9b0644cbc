//! Gives memory back to the system: large pieces as soon as they are free, and what of the program
//! itself is not needed just now.
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

/// [`tidy`], and gives back the pages of the program's own code and constants: of those that have
/// come together, most served the start, a question, or another step. What is needed is mapped again from the
/// system's cache. For the moments between two large pieces of work.
pub fn clear_up() {
    tidy();
    #[cfg(target_os = "linux")]
    for (start, length) in CODE.get_or_init(own_code) {
        let (start, length) = (std::ptr::with_exposed_provenance_mut(*start), *length);
        // SAFETY: what is mapped for execution from the program's file, or for reading from the
        // file's beginning, was never written to, so the kernel finds it in the file as it was.
        // (What the loader has written and then closed is mapped from further on.) One that
        // refuses leaves everything as it was.
        let _ = unsafe { libc::madvise(start, length, libc::MADV_DONTNEED) };
    }
}

#[cfg(target_os = "linux")]
static CODE: std::sync::OnceLock<Vec<(usize, usize)>> = std::sync::OnceLock::new();

/// Where the program's own code and constants are mapped: addresses and lengths in bytes. Nothing
/// where the system does not say.
#[cfg(target_os = "linux")]
fn own_code() -> Vec<(usize, usize)> {
    let (Ok(program), Ok(maps)) =
        (std::fs::read_link("/proc/self/exe"), std::fs::read_to_string("/proc/self/maps"))
    else {
        return Vec::new();
    };
    let code = maps.lines().filter_map(|line| {
        let (range, rest) = line.split_once(' ')?;
        let is_unwritten = ["r-xp ", "r--p 00000000 "].iter().any(|how| rest.starts_with(how));
        let is_own = is_unwritten && line.ends_with(program.to_str()?);
        let (start, end) = range.split_once('-').filter(|_| is_own)?;
        let address = |text| usize::from_str_radix(text, 16).ok();
        let start = address(start)?;
        Some((start, address(end)?.checked_sub(start)?))
    });
    code.collect()
}

/// Bytes of a large piece: more than any buffer of a small file.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 256 << 10;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::{clear_up, own_code};

    #[test]
    fn the_program_goes_on_without_its_pages() {
        let mapped = own_code();
        let holds =
            |at: usize| mapped.iter().any(|(start, length)| (*start..start + length).contains(&at));
        assert!(holds(own_code as *const () as usize), "code");
        assert!(holds("a constant".as_ptr() as usize), "constants");
        assert_eq!(mapped.len(), 2);
        clear_up();
        assert_eq!(own_code(), mapped);
    }
}
