//! Gives memory back to the system: large pieces as soon as they are free, and what the start alone
//! has needed of the program itself.
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

/// Gives back the pages of the program's own code: half of them were needed to read the
/// configuration and to open the catalogue, and never again. What is needed is mapped again from
/// the system's cache.
pub fn leave_start_up() {
    #[cfg(target_os = "linux")]
    for (start, length) in own_code() {
        let start = std::ptr::with_exposed_provenance_mut(start);
        // SAFETY: what is mapped for execution from the program's file was never written to, so the
        // kernel finds it in the file as it was. One that refuses leaves everything as it was.
        let _ = unsafe { libc::madvise(start, length, libc::MADV_DONTNEED) };
    }
}

/// Where the program's own code is mapped: addresses and lengths in bytes. Nothing where the system
/// does not say.
#[cfg(target_os = "linux")]
fn own_code() -> Vec<(usize, usize)> {
    let (Ok(program), Ok(maps)) =
        (std::fs::read_link("/proc/self/exe"), std::fs::read_to_string("/proc/self/maps"))
    else {
        return Vec::new();
    };
    let code = maps.lines().filter_map(|line| {
        let (range, rest) = line.split_once(' ')?;
        let is_own = rest.starts_with("r-xp ") && line.ends_with(program.to_str()?);
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
    use super::{leave_start_up, own_code};

    #[test]
    fn the_program_goes_on_without_the_pages_of_its_start() {
        let [(start, length)] = own_code()[..] else { panic!("one piece of code") };
        let here = own_code as *const () as usize;
        assert!((start..start + length).contains(&here));
        leave_start_up();
        assert_eq!(own_code(), [(start, length)]);
    }
}
