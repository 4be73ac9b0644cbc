//! What lies in `outbound/` and in the store: who may read it, who may not change it, and that
//! stock tools open it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use age::secrecy::ExposeSecret;
use filsluse::types::{digest::Sha256, verdict::Evidence};

use super::{
    accounts::{ids, may_run},
    installation::{Installation, Spec, access},
    lists,
};

#[test]
fn a_sender_reads_its_receipts_and_cannot_touch_them() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[
        Spec::new("xex", Evidence::Structure),
        Spec::new("xot", Evidence::Structure),
    ]);
    let daemon = site.program.start();
    let client = site.client("xex");
    let file = site.local("list.xml", lists::xml("XEX", "1", 0, 3));
    client.sftp(&format!("put {} inbound/list.xml\n", file.display()));
    let receipt = site.receipt("xex", "list.xml");
    let (daemon_uid, _) = ids(site.id("xex").split('-').next().unwrap());
    let (_, sender_gid) = ids(site.id("xex"));
    for path in &receipt.files {
        assert_eq!(access(path), (daemon_uid, sender_gid, 0o640));
        let name = path.file_name().unwrap().to_str().unwrap();
        let copy = site.local_dir("copies").join(name);
        client.sftp(&format!("get outbound/{name} {}\n", copy.display()));
        assert_eq!(fs::read(&copy).unwrap(), fs::read(path).unwrap());
        for attack in [
            format!("rm outbound/{name}"),
            format!("rename outbound/{name} outbound/gone"),
            format!("rename outbound/{name} inbound/gone"),
            format!("put {} outbound/{name}", file.display()),
            format!("put {} outbound/new", file.display()),
            format!("chmod 666 outbound/{name}"),
            format!("ln outbound/{name} inbound/link.xml"),
            format!("symlink /outbound/{name} inbound/link.xml"),
            "rmdir outbound".to_owned(),
            "rename outbound inbound/outbound".to_owned(),
            format!("get ../{}/outbound/x {}", site.id("xot"), copy.display()),
            "ls /etc".to_owned(),
        ] {
            let output = client.try_sftp(&format!("{attack}\n"));
            assert!(!output.status.success(), "{attack}");
        }
        assert_eq!(access(path), (daemon_uid, sender_gid, 0o640));
        assert_eq!(fs::read(&copy).unwrap(), fs::read(path).unwrap());
    }
    let shell = client.try_sftp("!true\ncd outbound\nls\n");
    assert!(shell.status.success());
    assert_eq!(site.left("xex"), [""; 0]);
    daemon.stop();
}

#[test]
fn receipts_are_encrypted_to_a_sender_that_gave_a_key() {
    if !may_run() {
        return;
    }
    let identity = age::x25519::Identity::generate();
    let spec = Spec { recipient: Some(identity.to_public()), ..Spec::new("xex", Evidence::Closed) };
    let site = Installation::new(&[spec]);
    let daemon = site.program.start();
    let file = site.local("list.xml", lists::xml("XEX", "1", 0, 3));
    site.client("xex").sftp(&format!("put {} inbound/list.xml\n", file.display()));
    let receipt = site.receipt("xex", "list.xml");
    assert_eq!(receipt.text, "", "not in plain");
    let key = site.local("identity", identity.to_string().expose_secret());
    let [text, xml] = receipt.files.map(|path| {
        assert!(path.extension().is_some_and(|extension| extension == "age"));
        String::from_utf8(opened(&key, &path)).unwrap()
    });
    assert!(text.starts_with("ACCEPTED\n"), "{text}");
    assert!(xml.contains("<AppRec "), "{xml}");
    daemon.stop();
}

#[test]
fn stock_age_opens_what_is_stored_and_what_it_made_is_taken() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[Spec::new("xex", Evidence::Structure)]);
    let daemon = site.program.start();
    let list = lists::xml("XEX", "1", 0, 3);
    let plain = site.local("list.xml", &list);
    let sealed = sealed(&plain, &site.inbound_recipient);
    site.client("xex").sftp(&format!("put {} inbound/list.xml.age\n", sealed.display()));
    let receipt = site.receipt("xex", "list.xml.age");
    assert_eq!(receipt.headline(), "ACCEPTED", "{}", receipt.text);

    let submission = site.submissions().remove(0);
    // The receipt is about what came, which is the cipher text.
    let came = Sha256::of(&fs::read(&sealed).unwrap()).to_string();
    assert_eq!(submission["sha256"], came.as_str());
    assert!(receipt.text.contains(&came), "{}", receipt.text);

    let registry = filsluse::types::ids::RegistryId::parse("fastlege").unwrap();
    let identity = site.layout.registry_identity(&registry);
    let objects: Vec<_> = submission["objects"].as_array().unwrap().clone();
    let mut whole = 0;
    for object in &objects {
        let object = object.as_str().unwrap();
        let file = site.layout.places.state_dir.join("got.age");
        drop(fs::remove_file(&file));
        let got = site.program.said(&["object", "get", object, "-o", file.to_str().unwrap()]);
        assert!(got.status.success(), "{}", String::from_utf8_lossy(&got.stderr));
        let content = opened(&identity, &file);
        if object.contains("whole") {
            whole += 1;
            assert_eq!(Sha256::of(&content), Sha256::of(list.as_bytes()), "as it was received");
        } else {
            assert!(String::from_utf8(content).unwrap().contains(&lists::d_number(0)));
        }
    }
    assert_eq!((whole, objects.len()), (1, 2));
    daemon.stop();
}

#[test]
fn what_was_encrypted_to_somebody_else_is_refused() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[Spec::new("xex", Evidence::Closed)]);
    let daemon = site.program.start();
    let plain = site.local("list.xml", lists::xml("XEX", "1", 0, 3));
    let foreign = age::x25519::Identity::generate().to_public();
    let sealed = sealed(&plain, &foreign);
    site.client("xex").sftp(&format!("put {} inbound/list.xml.age\n", sealed.display()));
    let receipt = site.receipt("xex", "list.xml.age");
    assert_eq!(receipt.headline(), "REJECTED", "{}", receipt.text);
    assert!(receipt.text.contains("IN-05"), "{}", receipt.text);
    assert_eq!(site.stored(), 0);
    daemon.stop();
}

/// What stock age makes of a plain file, beside it.
fn sealed(plain: &Path, to: &age::x25519::Recipient) -> PathBuf {
    let sealed = plain.with_extension("xml.age");
    let made = Command::new("age")
        .args(["-r", &to.to_string(), "-o"])
        .args([&sealed, plain])
        .status()
        .unwrap_or_else(|error| panic!("age: {error}; install age"));
    assert!(made.success());
    sealed
}

/// What stock age makes of a file.
fn opened(identity: &Path, file: &Path) -> Vec<u8> {
    let output = Command::new("age")
        .args(["-d", "-i"])
        .args([identity, file])
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("age: {error}; install age"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
