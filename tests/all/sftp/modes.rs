//! Owners and modes that somebody has changed by hand: the check tells of each, and no receipt is
//! laid where its sender could not read it.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::Path,
};

use filsluse::types::verdict::Evidence;

use super::{
    accounts::{ids, may_run},
    installation::{Installation, Spec, access},
    lists,
};
use crate::support::wait::{SOON, until_so};

/// A directory, the mode, owner and group that somebody gives it, and words that it is told in.
type Case<'a> = (&'a Path, u32, Option<u32>, Option<u32>, &'a str);

#[test]
fn the_check_tells_of_every_owner_and_mode_that_is_wrong() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[
        Spec::new("xex", Evidence::Structure),
        Spec::new("xot", Evidence::Structure),
    ]);
    let chroot = site.layout.places.drop_root.join(site.id("xex"));
    let (inbound, outbound) = (chroot.join("inbound"), chroot.join("outbound"));
    let (other_uid, other_gid) = ids(site.id("xot"));
    let told = || {
        let output = site.program.said(&["config", "check"]);
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    };
    assert!(!told().contains("add-sender"), "{}", told());
    let rights = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let cases: [Case<'_>; 8] = [
        (&inbound, 0o2777, None, None, "every account"),
        (&inbound, 0o770, None, None, "no set-group-id"),
        (&inbound, 0o2770, Some(other_uid), None, "another account than the sender's"),
        (&outbound, 0o2755, None, None, "every account"),
        (&outbound, 0o2770, None, None, "may write to it"),
        (&outbound, 0o2750, None, Some(other_gid), "another group"),
        (&chroot, 0o755, Some(other_uid), None, "others than root"),
        (&chroot, 0o775, None, None, "others than root"),
    ];
    for (path, mode, uid, gid, words) in cases {
        let before = access(path);
        chown(path, uid, gid).unwrap();
        rights(path, mode);
        let said = told();
        let named = said.lines().any(|l| l.contains(path.to_str().unwrap()) && l.contains(words));
        assert!(named, "{} {mode:o}: {said}", path.display());
        assert_eq!(said.matches("add-sender").count(), 1, "{said}");
        chown(path, Some(before.0), Some(before.1)).unwrap();
        rights(path, before.2);
    }
    fs::remove_dir(inbound.join("test")).unwrap();
    assert!(told().contains("inbound/test"), "{}", told());
}

#[test]
fn a_receipt_waits_until_its_sender_can_read_it() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[
        Spec::new("xex", Evidence::Structure),
        Spec::new("xot", Evidence::Structure),
    ]);
    let outbound = site.layout.places.drop_root.join(site.id("xex")).join("outbound");
    let (_, own) = ids(site.id("xex"));
    chown(&outbound, None, Some(ids(site.id("xot")).1)).unwrap();
    let daemon = site.program.start();
    let file = site.local("list.xml", lists::xml("XEX", "1", 0, 3));
    site.client("xex").sftp(&format!("put {} inbound/list.xml\n", file.display()));
    until_so("an alarm", SOON, || {
        let alarms = site.program.json(&["alarm", "list"]);
        let mut alarms = alarms.as_array().unwrap().iter();
        alarms.any(|alarm| alarm["code"] == "receipt-owed" && alarm["subject"] == site.id("xex"))
    });
    assert_eq!(site.answered("xex"), 0);
    chown(&outbound, None, Some(own)).unwrap();
    let receipt = site.receipt("xex", "list.xml");
    assert_eq!(access(&receipt.files[0]).1, own);
    daemon.stop();
}
