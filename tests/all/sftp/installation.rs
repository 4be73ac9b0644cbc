//! One installation with its senders, laid out as `init` and `add-sender` do, and what can be seen
//! of it from outside.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use filsluse::{
    config::{
        init::options::Options,
        layout::Layout,
        names::MissionCode,
        sender::{Missions, Sender},
    },
    signature::PublicKey,
    types::{
        ids::{KindId, SenderId},
        rule::Language,
        verdict::Evidence,
    },
};
use tempfile::TempDir;

use super::{
    accounts::{Accounts, ids},
    clients::Client,
    daemon::Program,
    server::Server,
};
use crate::support::{
    installation::{QUICK, configure, lay_out, options},
    wait::{SOON, until_seen, until_so},
};

/// What is to be known of a sender; its mission is its role in capitals.
pub(super) struct Spec {
    /// The end of its id.
    pub(super) role: &'static str,
    /// The least evidence.
    pub(super) completeness: Evidence,
    /// What its receipts are encrypted to.
    pub(super) recipient: Option<age::x25519::Recipient>,
    /// The keys that its files must be signed with.
    pub(super) signing_keys: Vec<PublicKey>,
}

impl Spec {
    /// A sender whose receipts come in plain.
    pub(super) fn new(role: &'static str, completeness: Evidence) -> Self {
        Self { role, completeness, recipient: None, signing_keys: Vec::new() }
    }
}

/// Everything that one test needs; gone when it is dropped.
pub(super) struct Installation {
    // In the order in which they must go.
    /// The SSH server.
    pub(super) server: Server,
    /// How to run the daemon and its command line.
    pub(super) program: Program,
    /// Where everything lies.
    pub(super) layout: Layout,
    /// What senders encrypt to.
    pub(super) inbound_recipient: age::x25519::Recipient,
    senders: BTreeMap<&'static str, String>,
    root: TempDir,
    accounts: Accounts,
}

impl Installation {
    /// Makes it, without starting the daemon.
    pub(super) fn new(specs: &[Spec]) -> Self {
        let mut accounts = Accounts::new();
        let root = accounts.directory();
        let senders: BTreeMap<_, _> =
            specs.iter().map(|spec| (spec.role, accounts.sender(spec.role))).collect();
        let options = Options {
            owner_check: true,
            senders: specs.iter().map(|spec| sender(spec, &senders[spec.role])).collect(),
            ..options()
        };
        let (layout, report) = lay_out(root.path(), &options);
        let inbound_recipient = report.inbound_recipient;
        configure(&layout, &[("settle = \"1s\"", "settle = \"200ms\""), QUICK[1]]);

        let server = Server::start(root.path(), &layout.places.drop_root, &accounts);
        for spec in specs {
            let mut public = server.sender_key(spec.role).into_os_string();
            public.push(".pub");
            let keys = server.dir.join("keys");
            accounts.add_sender(spec.role, &layout.places.drop_root, &keys, Path::new(&public));
        }
        let (uid, gid) = ids(accounts.daemon());
        for own in [&layout.credentials, &layout.places.state_dir, &layout.places.claimed_root()] {
            give(own, uid, gid);
        }
        give(&layout.etc, 0, gid);
        let program = Program::install(root.path(), accounts.daemon());
        Self { server, program, layout, inbound_recipient, senders, root, accounts }
    }

    /// A sender's id.
    pub(super) fn id(&self, role: &str) -> &str {
        &self.senders[role]
    }

    /// A sender's account and directories, and the clients it may use.
    pub(super) fn client(&self, role: &str) -> Client {
        let chroot = self.layout.places.drop_root.join(self.id(role));
        Client::new(
            self.id(role),
            &chroot,
            &self.server,
            &self.server.dir.join(format!("client-{role}")),
        )
    }

    /// A new file outside everybody's directories, for a client to send.
    pub(super) fn local(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let dir = self.root.path().join("local");
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// A new directory of the same sort.
    pub(super) fn local_dir(&self, name: &str) -> PathBuf {
        let dir = self.root.path().join(name);
        fs::create_dir_all(&dir).unwrap();
        dir
    }

    /// The receipts that lie in a sender's `outbound/`, by the name of the file that they answer.
    pub(super) fn receipts(&self, role: &str) -> Vec<Receipt> {
        let outbound = self.layout.places.drop_root.join(self.id(role)).join("outbound");
        let mut receipts: Vec<_> = fs::read_dir(outbound)
            .unwrap()
            .filter_map(|entry| Receipt::at(&entry.unwrap().path()))
            .collect();
        receipts.sort_by(|a, b| (&a.of, &a.submission).cmp(&(&b.of, &b.submission)));
        receipts
    }

    /// How many receipts lie there, without opening them.
    pub(super) fn answered(&self, role: &str) -> usize {
        let outbound = self.layout.places.drop_root.join(self.id(role)).join("outbound");
        let names = fs::read_dir(outbound).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().contains(".receipt.txt")).count()
    }

    /// Waits for a first receipt for this file.
    pub(super) fn receipt(&self, role: &str, of: &str) -> Receipt {
        until_seen(&format!("a receipt for {of}"), SOON, || {
            self.receipts(role).into_iter().find(|receipt| receipt.of == of)
        })
    }

    /// Waits until so many receipts are there, and makes sure that no more come.
    pub(super) fn exactly(&self, role: &str, count: usize) -> Vec<Receipt> {
        let limit = SOON + Duration::from_millis(20) * u32::try_from(count).unwrap();
        until_so(&format!("{count} receipts"), limit, || self.answered(role) >= count);
        until_so("an idle daemon", SOON, || {
            let queue = &self.program.json(&["status"])["queue"];
            ["claimed", "sealed", "stored", "answered"].iter().all(|state| queue[state] == 0)
        });
        let receipts = self.receipts(role);
        assert_eq!(receipts.len(), count, "{receipts:?}");
        receipts
    }

    /// What is left in a sender's `inbound/`, the directory `test/` apart.
    pub(super) fn left(&self, role: &str) -> Vec<String> {
        let inbound = self.layout.places.drop_root.join(self.id(role)).join("inbound");
        let names = fs::read_dir(inbound).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.retain(|name| name != "test");
        names.sort();
        names
    }

    /// Objects in the store, by their files.
    pub(super) fn stored(&self) -> usize {
        files_below(&self.layout.places.store_root())
    }

    /// Every submission, as `submission list` tells.
    pub(super) fn submissions(&self) -> Vec<serde_json::Value> {
        let list = self.program.json(&["submission", "list", "--limit", "100000"]);
        list.as_array().unwrap().clone()
    }

    /// That the daemon said nothing of these words, which only senders may see.
    pub(super) fn silent_about(&self, words: &[&str]) {
        let log = self.program.log();
        for word in words {
            assert!(!log.contains(word), "the log holds what it must not");
        }
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if thread::panicking() {
            let tail = |text: String| text.lines().rev().take(40).collect::<Vec<_>>().join("\n");
            println!("daemon, newest first:\n{}\n", tail(self.program.log()));
            println!("sshd, newest first:\n{}\n", tail(self.server.log()));
        }
        // Silences "never read": it is kept so that it goes last.
        let _ = &self.accounts;
    }
}

/// A receipt as it lies in `outbound/`.
#[derive(Debug)]
pub(super) struct Receipt {
    /// The file that it answers.
    pub(super) of: String,
    /// The submission's id.
    pub(super) submission: String,
    /// The plain words; empty when they are encrypted.
    pub(super) text: String,
    /// The text's file, and the AppRec's.
    pub(super) files: [PathBuf; 2],
}

impl Receipt {
    fn at(path: &Path) -> Option<Self> {
        let name = path.file_name().unwrap().to_str().unwrap();
        let (plain, age) = name.strip_suffix(".age").map_or((name, ""), |plain| (plain, ".age"));
        let stem = plain.strip_suffix(".receipt.txt")?;
        // A second answer is numbered: `<file>.<submission>.2`.
        let (before, last) = stem.rsplit_once('.')?;
        let numbered = last.len() < 26 && last.bytes().all(|byte| byte.is_ascii_digit());
        let id_at_end = if numbered { before } else { stem };
        // `<file>.<submission>`: an id is 26 characters.
        let (of, submission) = id_at_end.split_at_checked(id_at_end.len().checked_sub(27)?)?;
        let text = if age.is_empty() { fs::read_to_string(path).unwrap() } else { String::new() };
        let xml = path.with_file_name(format!("{stem}.receipt.xml{age}"));
        assert!(xml.is_file(), "a text without its AppRec");
        Some(Self {
            of: of.to_owned(),
            submission: submission.trim_start_matches('.').to_owned(),
            text,
            files: [path.to_owned(), xml],
        })
    }

    /// The first line: what came of it.
    pub(super) fn headline(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }
}

fn sender(spec: &Spec, id: &str) -> Sender {
    let mission = MissionCode::parse(&spec.role.to_uppercase()).unwrap();
    let kinds = vec![KindId::parse("embassy-list").unwrap()];
    let id = SenderId::parse(id).unwrap();
    let sender = Sender::new(id, "Embassy of Exampleland", kinds, Missions::Own(mission));
    Sender {
        language: Language::En,
        recipient: spec.recipient.clone(),
        completeness: spec.completeness,
        signing_keys: spec.signing_keys.clone(),
        ..sender.unwrap()
    }
}

fn give(path: &Path, uid: u32, gid: u32) {
    chown(path, Some(uid), Some(gid)).unwrap();
    if fs::symlink_metadata(path).unwrap().is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give(&entry.unwrap().path(), uid, gid);
        }
    }
}

fn files_below(path: &Path) -> usize {
    let count = |entry: fs::DirEntry| {
        if entry.file_type().unwrap().is_dir() { files_below(&entry.path()) } else { 1 }
    };
    fs::read_dir(path).unwrap().map(|entry| count(entry.unwrap())).sum()
}

/// Owner, group and permission bits.
pub(super) fn access(path: &Path) -> (u32, u32, u32) {
    let meta = fs::symlink_metadata(path).unwrap();
    (meta.uid(), meta.gid(), meta.mode() & 0o7777)
}
