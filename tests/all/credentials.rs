//! Secrets against a real file system.
#![expect(clippy::expect_used, reason = "a test may stop at the first surprise")]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use filsluse::{
    protect::{
        keys::{Credentials, Origin, error::CredentialError, new_key::generate},
        pseudonym::PseudonymKey,
    },
    types::ids::RegistryId,
};

/// A key directory with modes as they should be.
fn key_directory() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temp dir");
    set_mode(dir.path(), 0o700);
    dir
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a new mode");
}

fn write(dir: &Path, name: &str, bytes: &[u8], mode: u32) {
    let path = dir.join(name);
    fs::write(&path, bytes).expect("written");
    set_mode(&path, mode);
}

#[test]
fn a_generated_key_is_read_back_and_never_replaced() {
    let dir = key_directory();
    let name = "pseudonym-kpr.k1";
    generate(dir.path(), name, &mut |bytes| bytes.fill(7)).expect("made");
    let mode = fs::metadata(dir.path().join(name)).expect("there").permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);

    let again = generate(dir.path(), name, &mut |bytes| bytes.fill(8));
    assert!(matches!(again, Err(CredentialError::Exists { .. })), "{again:?}");
    let credentials = Credentials::open(dir.path(), Origin::KeyDirectory).expect("private");
    assert_eq!(credentials.secret32(name).expect("read").expose_bytes(), &[7; 32]);
}

#[test]
fn a_silent_source_of_randomness_makes_no_key() {
    let dir = key_directory();
    let got = generate(dir.path(), "pseudonym-kpr.k1", &mut |_| {});
    assert!(matches!(got, Err(CredentialError::NoRandomness)), "{got:?}");
    assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 0);
}

#[test]
fn what_others_can_open_is_refused_with_the_command_that_mends_it() {
    let dir = key_directory();
    write(dir.path(), "token", b"x", 0o640);
    let credentials = Credentials::open(dir.path(), Origin::KeyDirectory).expect("private");
    let refused = credentials.text("token").expect_err("open to the group");
    assert!(refused.to_string().contains("chmod 600 "), "{refused}");
    for mode in [0o400, 0o600] {
        set_mode(&dir.path().join("token"), mode);
        assert_eq!(credentials.text("token").expect("private now").as_str(), "x");
    }

    set_mode(dir.path(), 0o750);
    let refused = Credentials::open(dir.path(), Origin::KeyDirectory).expect_err("open");
    assert!(refused.to_string().contains("chmod 700 "), "{refused}");
    // systemd grants access by group bits and access lists, and never to everybody.
    assert!(Credentials::open(dir.path(), Origin::Systemd).is_ok());
    set_mode(dir.path(), 0o755);
    assert!(Credentials::open(dir.path(), Origin::Systemd).is_err());
}

#[test]
fn secrets_are_whole_plain_and_named_plainly() {
    let dir = key_directory();
    write(dir.path(), "short", &[7; 31], 0o600);
    write(dir.path(), "long", &[7; 33], 0o600);
    write(dir.path(), "latin1", &[0xe6], 0o600);
    write(dir.path(), "huge", &vec![b'x'; 64 * 1024 + 1], 0o600);
    write(dir.path(), "lines", b"one\ntwo\r\n", 0o600);
    symlink("lines", dir.path().join("link")).expect("linked");
    fs::create_dir(dir.path().join("directory")).expect("made");
    let credentials = Credentials::open(dir.path(), Origin::KeyDirectory).expect("private");

    let secret = |name| credentials.secret32(name).map(drop).expect_err(name);
    let text = |name| credentials.text(name).map(drop).expect_err(name);
    assert!(matches!(secret("short"), CredentialError::NotThirtyTwoBytes { .. }));
    assert!(matches!(secret("long"), CredentialError::NotThirtyTwoBytes { .. }));
    assert!(matches!(secret("absent"), CredentialError::Missing { .. }));
    assert!(matches!(secret("link"), CredentialError::Io { .. }));
    assert!(matches!(text("latin1"), CredentialError::NotText { .. }));
    assert!(matches!(text("huge"), CredentialError::TooLong { .. }));
    assert!(matches!(
        text("directory"),
        CredentialError::NotAFile { .. } | CredentialError::Open { .. }
    ));
    for name in ["", ".", "..", "../lines", "/etc/hostname", ".hidden", "a\nb"] {
        assert!(matches!(text(name), CredentialError::Name { .. }), "{name:?}");
    }
    assert_eq!(credentials.text("lines").expect("read").as_str(), "one\ntwo");
}

#[test]
fn a_ring_holds_every_epoch_of_its_registry_and_no_other() {
    let dir = key_directory();
    for (name, byte) in [
        ("pseudonym-kpr.k1", 1),
        ("pseudonym-kpr.k10", 10),
        ("pseudonym-kpr.k2", 2),
        ("pseudonym-kpr-old.k3", 3),
        ("pseudonym-kpr.k04", 4),
        ("pseudonym-kpr.k5.bak", 5),
        ("audit-signing.key", 6),
    ] {
        write(dir.path(), name, &[byte; 32], 0o400);
    }
    let credentials = Credentials::open(dir.path(), Origin::KeyDirectory).expect("private");
    let kpr = RegistryId::parse("kpr").expect("a name");
    let ring = credentials.key_ring(&kpr, "pseudonym-kpr").expect("a ring");
    assert_eq!(ring.all().map(PseudonymKey::epoch).collect::<Vec<_>>(), [10, 2, 1]);
    assert_eq!(ring.registry(), &kpr);

    let npr = RegistryId::parse("npr").expect("a name");
    assert!(matches!(
        credentials.key_ring(&npr, "pseudonym-npr"),
        Err(CredentialError::KeyRing { .. })
    ));
    // One key that cannot be read spoils the ring: its people would become strangers.
    write(dir.path(), "pseudonym-kpr.k3", &[3; 5], 0o600);
    assert!(credentials.key_ring(&kpr, "pseudonym-kpr").is_err());
}
