//! Owners, groups and modes of senders' directories (`docs/interface.md` section 3), where each
//! sender has an account of its own. A sender is told of none of them: it finds its file or its
//! receipt closed, and whoever it calls must be able to see why.

use std::{
    fs::{self, Metadata},
    io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use crate::config::{Config, accounts, sender::Sender};

/// Mode of what is laid into an outbound directory: readable by the sender's group, writable by
/// nobody else.
pub const OUTBOUND_FILE: u32 = 0o640;

/// A directory, and what is to be put right about it.
pub type Ailment = (PathBuf, String);

/// What ails the directories of a sender whose account is `uid`. Those that are not there, or
/// cannot be looked at, are told of by others.
pub fn what_ails(config: &Config, sender: &Sender, uid: u32) -> Vec<Ailment> {
    let places = &config.places;
    let daemon = fs::symlink_metadata(places.claimed_root()).ok().map(|meta| Access::of(&meta));
    let groups = accounts::own_groups(&sender.owner).unwrap_or_default();
    let cure = format!("run add-sender {} again, which sets owner and mode right", sender.id);
    let mut ailments = Vec::new();
    let mut tell = |path: PathBuf, judge: &dyn Fn(Access) -> Vec<&'static str>| {
        let found = fs::symlink_metadata(&path).ok().filter(Metadata::is_dir);
        for what in found.map(|meta| judge(Access::of(&meta))).unwrap_or_default() {
            ailments.push((path.clone(), format!("{what}; {cure}")));
        }
    };
    tell(places.chroot(&sender.id), &chroot);
    for inbound in [places.inbound(&sender.id), places.rehearsal(&sender.id)] {
        tell(inbound, &|access| self::inbound(access, uid, daemon));
    }
    tell(places.outbound(&sender.id), &|access| outbound(access, &groups, daemon));
    ailments
}

/// What ails the directory above all chroots.
pub fn what_ails_root(drop_root: &Path) -> Option<String> {
    let meta = fs::symlink_metadata(drop_root).ok()?;
    let what = chroot(Access::of(&meta)).first().copied()?;
    Some(format!("{what}; chown it to root and chmod 0755"))
}

/// Holds a sender's outbound directory against its account, before a receipt is laid where its
/// sender could not read it and somebody else perhaps could. One that cannot be looked at says so
/// itself.
///
/// # Errors
/// When it has another group than the sender's, or hands its group on to nothing.
pub fn hold_outbound(config: &Config, sender: &Sender) -> io::Result<()> {
    if !config.intake.owner_check {
        return Ok(());
    }
    let access = Access::of(&fs::symlink_metadata(config.places.outbound(&sender.id))?);
    // Without an account there is nobody to read it yet.
    let groups = accounts::own_groups(&sender.owner)?;
    match reach(access, &groups) {
        None => Ok(()),
        Some(what) => Err(io::Error::new(io::ErrorKind::PermissionDenied, what)),
    }
}

/// Who may do what with a directory.
#[derive(Debug, Clone, Copy)]
struct Access {
    uid: u32,
    gid: u32,
    mode: u32,
}

impl Access {
    fn of(meta: &Metadata) -> Self {
        let mode = meta.permissions().mode() & 0o7777;
        Self { uid: meta.uid(), gid: meta.gid(), mode }
    }
}

fn chroot(access: Access) -> Vec<&'static str> {
    let only_roots = access.uid == 0 && access.mode & 0o022 == 0;
    let what = "others than root may write to it, and sshd then lets nobody log in";
    if only_roots { Vec::new() } else { vec![what] }
}

fn inbound(access: Access, uid: u32, daemon: Option<Access>) -> Vec<&'static str> {
    let mut ailments = Vec::new();
    if access.uid != uid {
        ailments.push("it belongs to another account than the sender's");
    }
    if daemon.is_some_and(|daemon| daemon.gid != access.gid) {
        ailments.push("its group is not the daemon's, which cannot take files out of it");
    }
    if access.mode & SETGID == 0 {
        ailments.push(
            "it has no set-group-id, so that what comes in is not the daemon's group's to read",
        );
    }
    if access.mode & 0o007 != 0 {
        ailments.push("every account of this machine may look or write into it");
    }
    if access.mode & 0o770 != 0o770 {
        ailments.push("its owner and its group may not do all that they must");
    }
    ailments
}

fn outbound(access: Access, groups: &[u32], daemon: Option<Access>) -> Vec<&'static str> {
    let mut ailments: Vec<_> = reach(access, groups).into_iter().collect();
    if daemon.is_some_and(|daemon| daemon.uid != access.uid) {
        ailments.push("it belongs to another account than the daemon's");
    }
    if access.mode & 0o007 != 0 {
        ailments.push("every account of this machine may look or write into it");
    }
    if access.mode & 0o020 != 0 {
        ailments.push("its sender may write to it, and change its receipts");
    }
    if access.mode & 0o750 != 0o750 {
        ailments.push("its owner and its group may not do all that they must");
    }
    ailments
}

/// Why what is laid there does not reach its sender.
fn reach(access: Access, groups: &[u32]) -> Option<&'static str> {
    if !groups.is_empty() && !groups.contains(&access.gid) {
        return Some("it has another group than its sender's, who cannot read its receipts");
    }
    (access.mode & SETGID == 0)
        .then_some("it has no set-group-id, so that its sender cannot read its receipts")
}

const SETGID: u32 = 0o2000;

#[cfg(test)]
mod tests {
    use super::{Access, chroot, inbound, outbound};

    const DAEMON: Access = Access { uid: 900, gid: 901, mode: 0o700 };
    const SENDER: u32 = 2001;
    const GROUP: u32 = 2002;

    #[test]
    fn each_ailment_is_told_and_a_right_directory_has_none() {
        let access = |uid, gid, mode| Access { uid, gid, mode };
        for (mode, uid, gid, want) in [
            (0o2770, SENDER, 901, 0),
            (0o2770, 5, 901, 1),
            (0o2770, SENDER, 5, 1),
            (0o770, SENDER, 901, 1),
            (0o2777, SENDER, 901, 1),
            (0o2771, SENDER, 901, 1),
            (0o2750, SENDER, 901, 1),
            (0o755, 0, 0, 5),
        ] {
            let found = inbound(access(uid, gid, mode), SENDER, Some(DAEMON));
            assert_eq!(found.len(), want, "inbound {uid}:{gid} {mode:o}: {found:?}");
        }
        for (mode, uid, gid, want) in [
            (0o2750, 900, GROUP, 0),
            (0o2750, 900, 5, 1),
            (0o2750, 5, GROUP, 1),
            (0o750, 900, GROUP, 1),
            (0o2755, 900, GROUP, 1),
            (0o2770, 900, GROUP, 1),
            (0o2700, 900, GROUP, 1),
        ] {
            let found = outbound(access(uid, gid, mode), &[GROUP], Some(DAEMON));
            assert_eq!(found.len(), want, "outbound {uid}:{gid} {mode:o}: {found:?}");
        }
        // Of an account that only other services know, nobody can say which group is its own.
        assert!(outbound(access(900, 5, 0o2750), &[], None).is_empty());
        for (mode, uid, want) in [(0o755, 0, 0), (0o755, SENDER, 1), (0o775, 0, 1), (0o757, 0, 1)] {
            let found = chroot(access(uid, 0, mode));
            assert_eq!(found.len(), want, "chroot {uid} {mode:o}");
        }
    }
}
