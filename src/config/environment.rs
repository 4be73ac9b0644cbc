//! Whether the machine is as the configuration says: directories, modes, accounts, key files.
//!
//! Looks and changes nothing. Of a key it says that its file has the right size and mode, and that
//! no other holds the same bytes, which are wiped again.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs::{self, Metadata},
    io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{
    config::{
        Config,
        accounts::owner_uid,
        layout::{AUDIT_SIGNING_KEY, INBOUND_IDENTITY},
        load::is_part,
        peer::System,
        problem::Problem,
        sender::Sender,
        sender_directories,
    },
    types::national_id::Profile,
};

/// Everything that should be put right; empty when all is well. Run it as the daemon's own account.
/// `from_systemd` is `$CREDENTIALS_DIRECTORY`.
pub fn check_environment(config: &Config, from_systemd: Option<&OsStr>) -> Vec<Problem> {
    let mut problems = what_stops(config, from_systemd);
    problems.extend(what_ails_senders(config));
    problems.extend(what_ails_the_deliverer(config, from_systemd));
    problems.extend(what_ails_the_listener(config, from_systemd));
    problems
}

/// What must be put right before the daemon can run at all.
pub fn what_stops(config: &Config, from_systemd: Option<&OsStr>) -> Vec<Problem> {
    let mut look = Look { config, from_systemd: from_systemd.is_some(), problems: Vec::new() };
    look.own_directories();
    look.credentials(&config.credentials_dir(from_systemd));
    look.recipients();
    look.problems
}

/// What keeps single senders from being served. The others are served all the same: one sender's
/// missing directory must not stop a hospital's files.
pub fn what_ails_senders(config: &Config) -> Vec<Problem> {
    let mut look = Look { config, from_systemd: false, problems: Vec::new() };
    if config.intake.owner_check
        && let Some(what) = sender_directories::what_ails_root(&config.places.drop_root)
    {
        look.problem("drop-root", &config.places.drop_root, &what);
    }
    config.senders.values().for_each(|sender| look.sender(sender));
    look.problems
}

/// What keeps `filsluse deliver` from working. The daemon itself uses none of it.
fn what_ails_the_deliverer(config: &Config, from_systemd: Option<&OsStr>) -> Vec<Problem> {
    let mut look = Look { config, from_systemd: from_systemd.is_some(), problems: Vec::new() };
    for System { table, peer, .. } in config.systems() {
        let key = |key: &str| format!("{table}.{key}");
        look.pem_files([
            (&key("ca"), Some(&peer.ca)),
            (&key("crl"), peer.crl.as_ref()),
            (&key("client-cert"), peer.client.as_ref().map(|(file, _)| file)),
        ]);
    }
    let directory = config.credentials_dir(from_systemd);
    // Each service is shown its own keys alone.
    if !look.from_systemd {
        let of_clients =
            config.systems().filter_map(|system| Some(&system.peer.client.as_ref()?.1));
        let keys = config.archive.iter().map(|archive| &archive.credential).chain(of_clients);
        for key in keys.collect::<BTreeSet<_>>() {
            look.secret(&directory, key.as_str(), None, "put it there, mode 0600");
        }
    }
    look.problems
}

/// What keeps the admin listener from answering. The daemon does all else without it.
pub fn what_ails_the_listener(config: &Config, from_systemd: Option<&OsStr>) -> Vec<Problem> {
    let mut look = Look { config, from_systemd: from_systemd.is_some(), problems: Vec::new() };
    let Some(admin) = &config.admin else { return Vec::new() };
    look.pem_files([
        ("admin.tls-cert", Some(&admin.tls_cert)),
        ("admin.client-ca", Some(&admin.client_ca)),
        ("admin.crl", admin.crl.as_ref()),
    ]);
    let directory = config.credentials_dir(from_systemd);
    let cure = "put the certificate's key there, in PEM, mode 0600; under systemd, name it in the \
                unit too (docs/operator/admin.md)";
    look.secret(&directory, admin.tls_key.as_str(), None, cure);
    look.problems
}

/// Senders to whom an example's key would seal what nobody can open.
pub fn example_keys(config: &Config) -> impl Iterator<Item = &Sender> {
    config.senders.values().filter(|sender| {
        sender.recipient.as_ref().is_some_and(|key| key.to_string() == EXAMPLE_RECIPIENT)
    })
}

struct Look<'a> {
    config: &'a Config,
    /// Whether systemd made the key directory: who may read it is then its business, and what it
    /// grants by access list looks like group bits.
    from_systemd: bool,
    problems: Vec<Problem>,
}

impl Look<'_> {
    fn own_directories(&mut self) {
        let places = &self.config.places;
        self.directory("drop-root", &places.drop_root);
        self.private("drop-root", &places.claimed_root());
        // systemd makes it at the first start (`StateDirectory=`), as does the daemon by itself.
        if places.state_dir.exists() {
            self.private("state-dir", &places.state_dir);
        }
    }

    fn sender(&mut self, sender: &Sender) {
        let places = &self.config.places;
        let inbound = self.directory("sender.id", &places.inbound(&sender.id));
        self.directory("sender.id", &places.outbound(&sender.id));
        let claimed = fs::symlink_metadata(places.claimed_root()).ok();
        if let (Some(inbound), Some(claimed)) = (&inbound, &claimed)
            && inbound.dev() != claimed.dev()
        {
            // A claim is a rename, which cannot cross file systems.
            let message = "it is on another file system than .claimed; put drop-root on one";
            self.problem("drop-root", &places.inbound(&sender.id), message);
        }
        if self.config.intake.owner_check {
            self.owner(sender);
        }
    }

    fn owner(&mut self, sender: &Sender) {
        let message = match owner_uid(&sender.owner) {
            Ok(Some(uid)) => {
                self.directory("sender.id", &self.config.places.rehearsal(&sender.id));
                for (path, what) in sender_directories::what_ails(self.config, sender, uid) {
                    self.problem("sender.id", &path, &what);
                }
                return;
            }
            Ok(None) => format!("there is no such account; make it with add-sender {}", sender.id),
            Err(error) => format!("/etc/passwd cannot be read ({error}); let everybody read it"),
        };
        self.problem("sender.account", &self.config.places.chroot(&sender.id), &message);
    }

    fn credentials(&mut self, directory: &Path) {
        if self.from_systemd {
            self.directory("credentials-dir", directory);
        } else {
            self.private("credentials-dir", directory);
        }
        self.key(directory, AUDIT_SIGNING_KEY, Some(32));
        for registry in self.config.registries.values() {
            self.key(directory, &registry.key.file(1), Some(32));
        }
        if fs::symlink_metadata(directory.join(INBOUND_IDENTITY)).is_ok() {
            self.key(directory, INBOUND_IDENTITY, None);
        }
        self.same_keys(directory);
    }

    fn pem_files(&mut self, files: [(&str, Option<&PathBuf>); 3]) {
        for (key, file) in files.into_iter().filter_map(|(key, file)| Some((key, file?))) {
            if !file.is_file() {
                let message = "there is no such file that can be read; put the PEM file there";
                self.problem(key, file, message);
            }
        }
    }

    fn key(&mut self, directory: &Path, name: &str, size: Option<u64>) {
        let cure = "restore it from its backup, or make it with filsluse keys generate before the \
                    first submission comes";
        self.secret(directory, name, size, cure);
    }

    fn secret(&mut self, directory: &Path, name: &str, size: Option<u64>, cure: &str) {
        let file = directory.join(name);
        let meta = match fs::metadata(&file) {
            Ok(meta) => meta,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let message = format!("the key is missing; {cure}");
                return self.problem("credentials-dir", &file, &message);
            }
            Err(error) => return self.unseen("credentials-dir", &file, &error),
        };
        if !meta.is_file() || size.is_some_and(|size| size != meta.len()) {
            self.problem("credentials-dir", &file, "it is not a file of 32 bytes; restore it");
        }
        if !self.from_systemd && meta.permissions().mode() & 0o077 != 0 {
            self.problem("credentials-dir", &file, "others may read it; chmod 0600, or 0400");
        }
    }

    fn recipients(&mut self) {
        if self.config.profile == Profile::Test {
            return;
        }
        for (directory, key, message) in [
            (
                "registries.d",
                "registry.recipients",
                "it has the example's key, and nobody could ever open what is encrypted to it; \
                 write the registry's own",
            ),
            (
                "senders.d",
                "sender.recipient",
                "it has the example's key, and nobody could ever open what is encrypted to it; \
                 write the sender's own, or remove the sender",
            ),
        ] {
            self.example_lines(&self.config.directory().join(directory), key, message);
        }
    }

    /// Every line of a directory's files that the example's key stands in.
    fn example_lines(&mut self, directory: &Path, key: &str, message: &str) {
        let listed = fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
        let mut files: Vec<_> = listed.map(|entry| entry.path()).collect();
        files.retain(|file| is_part(file));
        files.sort();
        for file in files {
            let text = fs::read_to_string(&file).unwrap_or_default();
            for (line, words) in (1..).zip(text.lines()) {
                if words.contains(EXAMPLE_RECIPIENT) && !words.trim_start().starts_with('#') {
                    self.problem(key, &file, message);
                    if let Some(problem) = self.problems.last_mut() {
                        problem.line = Some(line);
                    }
                }
            }
        }
    }

    /// Two registries under one key could link their persons, whatever the key's two files are
    /// called; and of two epochs, the newer would be none.
    fn same_keys(&mut self, directory: &Path) {
        let mut names = vec![AUDIT_SIGNING_KEY.to_owned()];
        let listed = fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
        let listed: Vec<_> = listed.filter_map(|e| e.file_name().into_string().ok()).collect();
        for registry in self.config.registries.values() {
            let first = format!("{}.k", registry.key.as_str());
            let is_epoch = |name: &&String| {
                let epoch = name.strip_prefix(&first);
                epoch.is_some_and(|epoch| epoch.parse::<u32>().is_ok())
            };
            names.extend(listed.iter().filter(is_epoch).cloned());
        }
        names.sort();
        let mut seen: Vec<(String, Zeroizing<Vec<u8>>)> = Vec::new();
        for name in names {
            let file = directory.join(&name);
            let Ok(bytes) = fs::read(&file).map(Zeroizing::new) else { continue };
            if let Some((other, _)) = seen.iter().find(|(_, other)| same(other, &bytes)) {
                let message = format!(
                    "it holds the same key as {other}, and each needs its own: restore the right \
                     one from its backup; where nothing was stored under it yet, remove it and \
                     make another with filsluse keys generate"
                );
                self.problem("credentials-dir", &file, &message);
            }
            seen.push((name, bytes));
        }
    }

    fn directory(&mut self, key: &str, path: &Path) -> Option<Metadata> {
        match fs::symlink_metadata(path) {
            Ok(meta) if meta.is_dir() => return Some(meta),
            // A link could be turned to somewhere else between two looks.
            Ok(_) => self.problem(key, path, "it is no directory; put a directory there, no link"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.problem(
                    key,
                    path,
                    if key == "sender.id" {
                        "there is no such directory; make it with add-sender"
                    } else {
                        "there is no such directory; make it"
                    },
                );
            }
            Err(error) => self.unseen(key, path, &error),
        }
        None
    }

    /// A directory that is ours alone.
    fn private(&mut self, key: &str, path: &Path) {
        let Some(meta) = self.directory(key, path) else { return };
        if meta.permissions().mode() & 0o077 != 0 {
            self.problem(key, path, "others may look into it; chmod 0700");
        }
        // Root looks on the daemon's behalf, before there is anybody else to look.
        let us = rustix::process::geteuid();
        if !us.is_root() && meta.uid() != us.as_raw() {
            self.problem(key, path, "it belongs to another account; chown it to the daemon's");
        }
    }

    fn unseen(&mut self, key: &str, path: &Path, error: &io::Error) {
        let cure = match error.kind() {
            io::ErrorKind::PermissionDenied => "run as the daemon's account",
            _ => "look at its disk, and at `dmesg`",
        };
        let message = format!("it cannot be looked at ({error}); {cure}");
        self.problem(key, path, &message);
    }

    fn problem(&mut self, key: &str, path: &Path, message: &str) {
        let (file, key, message) = (path.to_owned(), key.to_owned(), message.to_owned());
        self.problems.push(Problem { file, line: None, key, message });
    }
}

/// Whether two keys are the same, in a time that does not tell how much of them is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// The key of `config/registries.d/fastlege.toml` and of other examples: made from a hash, so
/// nobody has its identity.
pub const EXAMPLE_RECIPIENT: &str =
    "age15vd3cf762h85v9gzwjv2g7yg5aexhq2uy4v4rf2qsr7amnjlq83sh3rznk";
