//! The Unix socket below the control interface: long paths, and who may ask.
//!
//! An address holds 107 bytes of path; longer ones are reached through the directory's descriptor.

use std::{
    fs, io,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Mode, OFlags, open},
    process::{getegid, geteuid},
};

/// Connects to a socket.
///
/// # Errors
/// The system's reasons.
pub fn connect(path: &Path) -> io::Result<UnixStream> {
    let (path, _directory) = address(path)?;
    UnixStream::connect(path)
}

/// Binds a new socket.
///
/// # Errors
/// The system's reasons.
pub fn bind(path: &Path) -> io::Result<UnixListener> {
    let (path, _directory) = address(path)?;
    UnixListener::bind(path)
}

/// Whether an account may ask: root, ours, or a member of our group.
pub fn may_ask(uid: u32, gid: u32) -> bool {
    let (us, ours) = (geteuid().as_raw(), getegid().as_raw());
    uid == 0
        || uid == us
        || gid == ours
        || fs::read_to_string("/etc/group")
            .is_ok_and(|group| is_member(&group, ours, &account(uid)))
}

/// The name of an account, or `uid <number>` where there is none.
pub fn account(uid: u32) -> String {
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_in(&passwd, uid).unwrap_or_else(|| format!("uid {uid}"))
}

/// The account that this process runs as.
pub fn own_account() -> String {
    account(geteuid().as_raw())
}

/// A path that fits into an address, and the directory that keeps it valid.
fn address(path: &Path) -> io::Result<(PathBuf, Option<OwnedFd>)> {
    if path.as_os_str().len() <= LONGEST {
        return Ok((path.to_owned(), None));
    }
    let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidFilename, "the socket has no name"));
    };
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = open(directory, flags, Mode::empty())?;
    let through = PathBuf::from(format!("/proc/self/fd/{}", directory.as_raw_fd())).join(name);
    Ok((through, Some(directory)))
}

fn name_in(passwd: &str, uid: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

fn is_member(group: &str, gid: u32, account: &str) -> bool {
    group.lines().any(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [_, _, number, members] = fields[..] else { return false };
        number.parse() == Ok(gid) && members.split(',').any(|member| member == account)
    })
}

/// Bytes of path that an address holds, without the zero at its end.
const LONGEST: usize = 107;

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use rustix::process::{getegid, geteuid};

    use super::{bind, connect, is_member, may_ask, name_in};

    #[test]
    fn root_and_we_may_ask_and_strangers_may_not() {
        let (us, ours) = (geteuid().as_raw(), getegid().as_raw());
        let stranger = 4_000_000_001;
        for (uid, gid, want) in [
            (0, stranger, true),
            (us, stranger, true),
            (stranger, ours, true),
            (stranger, stranger, false),
        ] {
            assert_eq!(may_ask(uid, gid), want, "{uid} {gid}");
        }
    }

    #[test]
    fn a_long_path_is_reached_through_its_directory() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("d".repeat(100));
        std::fs::create_dir(&deep).unwrap();
        for path in [dir.path().join("short"), deep.join("control.sock")] {
            let listener = bind(&path).unwrap();
            let mut client = connect(&path).unwrap();
            client.write_all(b"x").unwrap();
            let mut byte = [0];
            listener.accept().unwrap().0.read_exact(&mut byte).unwrap();
            assert_eq!(byte, *b"x");
            assert!(path.exists());
        }
    }

    #[test]
    fn accounts_and_members() {
        let passwd = "root:x:0:0::/root:/bin/sh\nkari:x:1000:1000::/home/kari:/bin/sh\nbroken\n";
        for (uid, want) in [(0, Some("root")), (1000, Some("kari")), (7, None)] {
            assert_eq!(name_in(passwd, uid).as_deref(), want, "{uid}");
        }
        let group = "root:x:0:\nfilsluse:x:990:kari,ola\nother:x:991:per\n";
        for (gid, account, want) in [
            (990, "kari", true),
            (990, "ola", true),
            (990, "per", false),
            (990, "", false),
            (0, "kari", false),
        ] {
            assert_eq!(is_member(group, gid, account), want, "{gid} {account}");
        }
    }
}
