//! Where everything lies: the daemon's directories, and a whole installation in one directory.
//!
//! Names paths only; makes and reads nothing.

use std::path::{Path, PathBuf};

use crate::types::ids::{RegistryId, SenderId};

/// The senders' directories and the daemon's own (`docs/interface.md` section 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Parent of every sender's chroot.
    pub drop_root: PathBuf,
    /// The daemon's own directory.
    pub state_dir: PathBuf,
}

impl Places {
    /// A sender's chroot.
    pub fn chroot(&self, sender: &SenderId) -> PathBuf {
        self.drop_root.join(sender.as_str())
    }

    /// Where a sender writes.
    pub fn inbound(&self, sender: &SenderId) -> PathBuf {
        self.chroot(sender).join("inbound")
    }

    /// Where a sender rehearses.
    pub fn rehearsal(&self, sender: &SenderId) -> PathBuf {
        self.inbound(sender).join("test")
    }

    /// Where a sender finds its receipts.
    pub fn outbound(&self, sender: &SenderId) -> PathBuf {
        self.chroot(sender).join("outbound")
    }

    /// Parent of the claimed files' directories: beside the chroots, on their file system.
    pub fn claimed_root(&self) -> PathBuf {
        self.drop_root.join(".claimed")
    }

    /// A sender's claimed files.
    pub fn claimed(&self, sender: &SenderId) -> PathBuf {
        self.claimed_root().join(sender.as_str())
    }

    /// Objects in the making, cipher text only.
    pub fn work(&self) -> PathBuf {
        self.state_dir.join("work")
    }

    /// What was set aside, cipher text only.
    pub fn quarantine(&self) -> PathBuf {
        self.state_dir.join("quarantine")
    }

    /// Parent of the registries' stores.
    pub fn store_root(&self) -> PathBuf {
        self.state_dir.join("store")
    }

    /// A registry's store.
    pub fn store(&self, registry: &RegistryId) -> PathBuf {
        self.store_root().join(registry.as_str())
    }

    /// The catalogue's database.
    pub fn catalogue(&self) -> PathBuf {
        self.state_dir.join("catalogue.db")
    }

    /// Says since when the catalogue is being rewritten; nothing else has the name.
    pub fn compacting(&self) -> PathBuf {
        self.state_dir.join(Self::COMPACTING)
    }

    /// Name of [`Self::compacting`].
    pub const COMPACTING: &str = "compacting";

    /// The keys that seal the catalogue's age headers.
    pub fn header_keys(&self) -> PathBuf {
        self.state_dir.join("header-keys")
    }

    /// The audit log.
    pub fn audit(&self) -> PathBuf {
        self.state_dir.join("audit")
    }
}

/// What `init DIR` and `demo --dir DIR` lay out (`docs/interface.md` section 10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The configuration's directory.
    pub etc: PathBuf,
    /// The key files' directory.
    pub credentials: PathBuf,
    /// Registry identities made for want of a recipient; none in a real installation.
    pub registry_keys: PathBuf,
    /// The senders' directories and the daemon's own.
    pub places: Places,
}

impl Layout {
    /// Everything below one directory.
    pub fn new(directory: &Path) -> Self {
        Self {
            etc: directory.join("etc"),
            credentials: directory.join("credentials"),
            registry_keys: directory.join("registry-keys"),
            places: Places {
                drop_root: directory.join("drop"),
                state_dir: directory.join("state"),
            },
        }
    }

    /// The main file.
    pub fn main_file(&self) -> PathBuf {
        self.etc.join("filsluse.toml")
    }

    /// The senders' files.
    pub fn senders(&self) -> PathBuf {
        self.etc.join("senders.d")
    }

    /// The registries' files.
    pub fn registries(&self) -> PathBuf {
        self.etc.join("registries.d")
    }

    /// The key that signs the audit log's checkpoints.
    pub fn audit_key(&self) -> PathBuf {
        self.credentials.join(AUDIT_SIGNING_KEY)
    }

    /// A registry's pseudonym key of one epoch, where the key has its usual name.
    pub fn pseudonym_key(&self, registry: &RegistryId, epoch: u32) -> PathBuf {
        self.credentials.join(format!("pseudonym-{registry}.k{epoch}"))
    }

    /// The identity that opens what senders encrypted (IN-05).
    pub fn inbound_identity(&self) -> PathBuf {
        self.credentials.join(INBOUND_IDENTITY)
    }

    /// A registry's identity, where it was made here.
    pub fn registry_identity(&self, registry: &RegistryId) -> PathBuf {
        self.registry_keys.join(format!("{registry}.identity"))
    }
}

/// The audit log's signing key in the credentials directory: 32 raw bytes, an Ed25519 seed.
pub const AUDIT_SIGNING_KEY: &str = "audit-signing.key";

/// The daemon's age identity in the credentials directory.
pub const INBOUND_IDENTITY: &str = "inbound.identity";
