//! The directories below the drop root: where senders write and where claimed files lie.
//!
//! Makes `.claimed/<sender>` when it is missing; never makes or changes what a sender can touch.

use std::{
    fmt, io,
    os::fd::{AsFd, OwnedFd},
    path::Path,
    sync::Arc,
};

use rustix::{
    fs::{Mode, fstat, fsync, mkdirat},
    process::geteuid,
};

use crate::{
    intake::directory::{open_directory, open_root},
    types::ids::SenderId,
};

/// The drop root, held open. Cheap to clone.
#[derive(Debug, Clone)]
pub struct DropRoot {
    root: Arc<OwnedFd>,
}

impl DropRoot {
    /// Opens the drop root.
    ///
    /// # Errors
    /// When it is missing, no directory, or closed to us.
    pub fn open(drop_root: &Path) -> io::Result<Self> {
        Ok(Self { root: Arc::new(open_root(drop_root)?) })
    }

    /// Opens `<sender>/inbound`, or `<sender>/inbound/test` for rehearsals. Anew at each call,
    /// since a sender may replace `test`; never through a link.
    ///
    /// # Errors
    /// When one of the directories is missing, a link, or closed to us.
    pub fn inbound(&self, sender: &SenderId, rehearsal: bool) -> io::Result<OwnedFd> {
        let own = open_directory(self.root.as_fd(), sender.as_str())?;
        let inbound = open_directory(own, INBOUND)?;
        if rehearsal { open_directory(inbound, TEST) } else { Ok(inbound) }
    }

    /// Opens `.claimed/<sender>`, made with mode 0700 when it is missing.
    ///
    /// # Errors
    /// When it cannot be opened or made.
    pub fn claimed(&self, sender: &SenderId) -> io::Result<OwnedFd> {
        let claimed = open_or_make(self.root.as_fd(), CLAIMED)?;
        open_or_make(claimed.as_fd(), sender.as_str())
    }

    /// Everything about one sender's directories that would stop or endanger its files.
    pub fn check(&self, sender: &SenderId) -> Vec<Problem> {
        let mut found = Vec::new();
        let mut report = |what| found.push(Problem { sender: sender.clone(), what });
        let inbound = self.inbound(sender, false).ok();
        let claimed = self.claimed(sender).ok();
        let looked = |dir: &Option<OwnedFd>| dir.as_ref().and_then(|dir| fstat(dir).ok());
        let (inbound, claimed) = (looked(&inbound), looked(&claimed));
        match &inbound {
            None => report(Wrong::InboundMissing),
            Some(stat) if Mode::from_raw_mode(stat.st_mode).contains(Mode::WOTH) => {
                report(Wrong::InboundWorldWritable);
            }
            Some(_) => {}
        }
        match &claimed {
            None => report(Wrong::ClaimedMissing),
            Some(stat) => {
                let open = Mode::RWXG | Mode::RWXO;
                if Mode::from_raw_mode(stat.st_mode).intersects(open)
                    || stat.st_uid != geteuid().as_raw()
                {
                    report(Wrong::ClaimedOpen);
                }
            }
        }
        if let (Some(inbound), Some(claimed)) = (inbound, claimed)
            && inbound.st_dev != claimed.st_dev
        {
            report(Wrong::OtherFileSystem);
        }
        found
    }
}

/// Something wrong with a sender's directories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whose.
    pub sender: SenderId,
    /// What.
    pub what: Wrong,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sender, what } = self;
        match what {
            Wrong::ClaimedMissing => write!(
                f,
                ".claimed/{sender} cannot be opened or made; let the daemon's account own .claimed with mode 0700"
            ),
            Wrong::ClaimedOpen => write!(
                f,
                ".claimed/{sender} is not the daemon's alone; give it to the daemon's account with mode 0700"
            ),
            Wrong::InboundMissing => write!(
                f,
                "{sender}/inbound cannot be opened; make it as {sender}:filsluse with mode 2770"
            ),
            Wrong::InboundWorldWritable => {
                write!(f, "{sender}/inbound can be written by every account; set its mode to 2770")
            }
            Wrong::OtherFileSystem => write!(
                f,
                "{sender}/inbound and .claimed/{sender} lie on different file systems, so no file of this sender can be claimed; mount both below one file system"
            ),
        }
    }
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// `.claimed/<sender>` cannot be opened or made.
    ClaimedMissing,
    /// `.claimed/<sender>` is not the daemon's alone.
    ClaimedOpen,
    /// `inbound` cannot be opened.
    InboundMissing,
    /// `inbound` is writable by everybody.
    InboundWorldWritable,
    /// The two are not on the same file system.
    OtherFileSystem,
}

fn open_or_make(dir: impl AsFd, name: &str) -> io::Result<OwnedFd> {
    match open_directory(dir.as_fd(), name) {
        Err(err) if err.kind() == io::ErrorKind::NotFound => {
            match mkdirat(dir.as_fd(), name, Mode::RWXU) {
                Ok(()) => fsync(dir.as_fd())?,
                // Another thread made it in this instant.
                Err(rustix::io::Errno::EXIST) => {}
                Err(err) => return Err(err.into()),
            }
            open_directory(dir, name)
        }
        opened => opened,
    }
}

/// The directory that a sender writes to.
pub(crate) const INBOUND: &str = "inbound";
/// The directory inside it for rehearsals.
pub(crate) const TEST: &str = "test";
const CLAIMED: &str = ".claimed";
