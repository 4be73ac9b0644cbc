//! Writes a new installation: configuration, keys and directories. Never overwrites anything.
//!
//! The texts are the shipped, commented files of `config/` with their values set, so what `init`
//! writes is explained line by line. Key bytes are wiped and never shown.

pub mod options;
mod text;

use std::{
    collections::BTreeMap,
    error::Error,
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use age::secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::{
    config::{
        Build, Config, environment, init::options::Options, layout::Layout,
        legal_profile::LegalProfile, load::Source,
    },
    types::{
        ids::{RegistryId, SenderId},
        national_id::Profile,
    },
};

/// What was written.
#[derive(Debug, Clone)]
pub struct Report {
    /// Every file, in the order written.
    pub files: Vec<PathBuf>,
    /// Registry identities that were made here for want of a recipient. They must leave this
    /// machine: whoever holds them reads everything.
    pub registry_identities: Vec<(RegistryId, PathBuf)>,
    /// Senders that have an example's key, with which the daemon does not start.
    pub example_keys: Vec<SenderId>,
    /// What senders who encrypt their files encrypt them to (IN-05).
    pub inbound_recipient: age::x25519::Recipient,
}

impl Report {
    /// What must be said loudly, a paragraph for each; empty when every registry brought its key.
    pub fn warnings(&self) -> Vec<String> {
        let say = |(registry, path): &(RegistryId, PathBuf)| {
            format!(
                "The registry {registry} gave no public key, so a pair was made here. Its secret \
                 half, {}, opens everything that is ever stored for {registry}: move it to the \
                 registry now, by a safe way, and delete it here.",
                path.display()
            )
        };
        let example = |sender: &SenderId| {
            format!(
                "The sender {sender} is an example with a key that nobody has the identity of: \
                 write its own into senders.d/{sender}.toml, or remove that file. The daemon does \
                 not start with it."
            )
        };
        let identities = self.registry_identities.iter().map(say);
        identities.chain(self.example_keys.iter().map(example)).collect()
    }
}

/// Writes an installation; `randomness` fills a buffer with secret random bytes.
///
/// # Errors
/// When something is there already, or cannot be written. What was written so far stays, and says
/// by its presence that it is not whole: a second attempt refuses.
pub fn write_installation(
    layout: &Layout,
    options: &Options,
    randomness: &mut dyn FnMut(&mut [u8]),
) -> Result<Report, InitError> {
    refuse_to_overwrite(layout)?;
    let registries = registries(layout, options)?;
    let mut made = BTreeMap::new();
    let mut recipients = options.recipients.clone();
    for id in &registries {
        recipients.entry(id.clone()).or_insert_with(|| {
            let pair = made.entry(id.clone()).or_insert_with(Pair::generate);
            pair.recipient.clone()
        });
    }
    let texts = text::all(layout, options, &recipients);
    // Before anything is written: an odd directory name or a sender twice is told, not laid out.
    let kinds: Vec<&str> =
        LegalProfile::ALL.into_iter().flat_map(LegalProfile::kinds).copied().collect();
    // What it writes decides nothing on what is collected.
    let build = Build { kinds: &kinds, fields: &[], indispensable: &[] };
    let config = Config::check(&texts, &build).map_err(|error| {
        InitError::new("write a configuration that loads to", &layout.etc, error)
    })?;
    let example_keys = if options.profile == Profile::Production {
        environment::example_keys(&config).map(|sender| sender.id.clone()).collect()
    } else {
        Vec::new()
    };

    let mut hand = Hand { files: Vec::new() };
    directories(layout, options, &registries)?;
    let keys = registries.iter().map(|registry| layout.pseudonym_key(registry, 1));
    for path in std::iter::once(layout.audit_key()).chain(keys) {
        let mut key = Zeroizing::new([0; 32]);
        randomness(key.as_mut_slice());
        hand.file(&path, 0o600, key.as_slice())?;
    }
    let inbound = Pair::generate();
    hand.file(&layout.inbound_identity(), 0o600, inbound.identity_file().as_bytes())?;
    let mut registry_identities = Vec::new();
    for (registry, pair) in made {
        let path = layout.registry_identity(&registry);
        directory(&layout.registry_keys, 0o700)?;
        hand.file(&path, 0o600, pair.identity_file().as_bytes())?;
        registry_identities.push((registry, path));
    }
    for Source { path, text } in texts.registries.iter().chain(&texts.senders) {
        hand.file(path, 0o640, text.as_bytes())?;
    }
    // Last, so that an installation that was cut off half-way has no main file.
    hand.file(&texts.main.path, 0o640, texts.main.text.as_bytes())?;
    let (files, inbound_recipient) = (hand.files, inbound.recipient);
    Ok(Report { files, registry_identities, example_keys, inbound_recipient })
}

/// A step of `init` that failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}", path.display())]
pub struct InitError {
    doing: &'static str,
    path: PathBuf,
    source: Box<dyn Error + Send + Sync>,
}

impl InitError {
    fn new(
        doing: &'static str,
        path: &Path,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self { doing, path: path.to_owned(), source: source.into() }
    }
}

fn refuse_to_overwrite(layout: &Layout) -> Result<(), InitError> {
    let Layout { etc, credentials, registry_keys, places } = layout;
    // The directory itself too: it may hold what belongs to somebody else.
    let around = etc.parent().into_iter();
    let own = [etc, credentials, registry_keys, &places.drop_root, &places.state_dir];
    for path in around.chain(own.map(PathBuf::as_path)) {
        let empty = match fs::read_dir(path) {
            // A file system of its own begins with that.
            Ok(mut entries) => {
                entries.all(|entry| entry.is_ok_and(|entry| entry.file_name() == "lost+found"))
            }
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        if !empty {
            let why = "something is there already; name an empty or new directory";
            let source = io::Error::new(io::ErrorKind::AlreadyExists, why);
            return Err(InitError::new("make a new installation over", path, source));
        }
    }
    Ok(())
}

/// The registries of this version; a recipient for another is refused.
fn registries(layout: &Layout, options: &Options) -> Result<Vec<RegistryId>, InitError> {
    let fail = |why: String| {
        let source = io::Error::new(io::ErrorKind::InvalidInput, why);
        InitError::new("write the registries into", &layout.registries(), source)
    };
    let known: Vec<RegistryId> = text::registries()
        .map(RegistryId::parse)
        .collect::<Result<_, _>>()
        .map_err(|error| fail(error.to_string()))?;
    match options.recipients.keys().find(|id| !known.contains(id)) {
        Some(other) => {
            let names: Vec<&str> = known.iter().map(RegistryId::as_str).collect();
            let names = names.join(", ");
            Err(fail(format!(
                "there is no registry {other}; write one of {names}, as in kpr=age1..."
            )))
        }
        None => Ok(known),
    }
}

fn directories(
    layout: &Layout,
    options: &Options,
    registries: &[RegistryId],
) -> Result<(), InitError> {
    let places = &layout.places;
    directory(&layout.etc, 0o750)?;
    directory(&layout.senders(), 0o750)?;
    directory(&layout.registries(), 0o750)?;
    directory(&layout.credentials, 0o700)?;
    // Chroots and what lies above them may be written by their owner alone (sshd demands it).
    directory(&places.drop_root, 0o755)?;
    directory(&places.claimed_root(), 0o700)?;
    for (id, _) in text::senders(options) {
        let chroot = places.drop_root.join(&id);
        directory(&chroot, 0o755)?;
        directory(&chroot.join("inbound"), 0o2770)?;
        directory(&chroot.join("inbound/test"), 0o2770)?;
        directory(&chroot.join("outbound"), 0o2750)?;
        directory(&places.claimed_root().join(&id), 0o700)?;
    }
    for own in [
        places.state_dir.clone(),
        places.work(),
        places.quarantine(),
        places.audit(),
        places.store_root(),
    ] {
        directory(&own, 0o700)?;
    }
    for registry in registries {
        directory(&places.store(registry), 0o700)?;
    }
    Ok(())
}

fn directory(path: &Path, mode: u32) -> Result<(), InitError> {
    let fail = |error: io::Error| InitError::new("make the directory", path, error);
    DirBuilder::new().recursive(true).mode(mode & 0o777).create(path).map_err(fail)?;
    // Again in full: the process's mask took bits away, and mkdir knows no set-group-id.
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(fail)
}

/// An age identity and its public half.
struct Pair {
    identity: age::x25519::Identity,
    recipient: age::x25519::Recipient,
}

impl Pair {
    /// A new one, from the system's randomness.
    fn generate() -> Self {
        let identity = age::x25519::Identity::generate();
        let recipient = identity.to_public();
        Self { identity, recipient }
    }

    /// In the form that `age-keygen` writes.
    fn identity_file(&self) -> Zeroizing<String> {
        let secret = self.identity.to_string();
        let public = &self.recipient;
        Zeroizing::new(format!("# public key: {public}\n{}\n", secret.expose_secret()))
    }
}

/// Writes new files, and remembers which.
struct Hand {
    files: Vec<PathBuf>,
}

impl Hand {
    fn file(&mut self, path: &Path, mode: u32, content: &[u8]) -> Result<(), InitError> {
        let fail = |error: io::Error| InitError::new("write", path, error);
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(fail)?;
        file.write_all(content).map_err(fail)?;
        file.set_permissions(Permissions::from_mode(mode)).map_err(fail)?;
        file.sync_all().map_err(fail)?;
        // A key that a power cut takes away takes everything with it.
        let directory = path.parent().unwrap_or(Path::new("/"));
        File::open(directory).and_then(|directory| directory.sync_all()).map_err(fail)?;
        self.files.push(path.to_owned());
        Ok(())
    }
}
