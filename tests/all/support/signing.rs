//! Signs as senders do, with OpenSSH's own `ssh-keygen`.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use filsluse::signature::PublicKey;
use tempfile::TempDir;

/// A key of a sender's.
pub(crate) struct Signer(TempDir);

impl Signer {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = dir.path().join("key");
        let key = key.to_str().unwrap();
        ssh_keygen(&["-q", "-t", "ed25519", "-N", "", "-C", "kari@laptop", "-f", key]);
        Self(dir)
    }

    /// The line of its `.pub` file, comment and all.
    pub(crate) fn line(&self) -> String {
        fs::read_to_string(self.key().with_extension("pub")).unwrap().trim_end().to_owned()
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::parse(&self.line()).unwrap()
    }

    pub(crate) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.sign_for("filsluse", bytes)
    }

    pub(crate) fn sign_for(&self, namespace: &str, bytes: &[u8]) -> Vec<u8> {
        let file = self.0.path().join("file");
        let signature = self.0.path().join("file.sig");
        let _ = fs::remove_file(&signature);
        fs::write(&file, bytes).unwrap();
        let (key, file) = (self.key(), file.to_str().unwrap());
        ssh_keygen(&["-Y", "sign", "-n", namespace, "-f", key.to_str().unwrap(), file]);
        fs::read(signature).unwrap()
    }

    fn key(&self) -> PathBuf {
        Path::join(self.0.path(), "key")
    }
}

fn ssh_keygen(args: &[&str]) {
    let ended = Command::new("ssh-keygen").args(args).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}
