//! The SIF server and the certificates, and what an entry is made with.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use filsluse::{
    admin::shapes::archive::ArchiveEntry,
    catalogue::records::archive::Attempt,
    config::{
        archive::{Archive, ArchiveForm},
        names::KeyName,
        peer::{HttpsUrl, Peer},
    },
    deliver::{https::HttpsRpc, sif, tls},
    protect::keys::{Credentials, Origin},
    types::{case_number::CaseNumber, ids::SubmissionId},
};
use jiff::civil::date;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The archive's auth key, which must show nowhere else.
pub(super) const AUTH_KEY: &str = "b0c0ffee-5eed-4a11-8a7e-0123456789ab";

/// Certificates and keys, as the operator's script makes them.
pub(crate) struct Certificates(TempDir);

impl Certificates {
    pub(crate) fn make() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("certs-example/make");
        let made = Command::new(script).arg(dir.path().join("made")).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Self(dir)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        let path = self.0.path().join("made").join(name);
        assert!(path.is_file(), "{name}");
        path
    }
}

/// A running SIF server.
pub(super) struct Sif {
    child: Child,
    dir: TempDir,
    pub(super) port: u16,
}

impl Sif {
    /// One with a good certificate.
    pub(super) fn start(certificates: &Certificates) -> Self {
        Self::start_with(certificates, "server", &[])
    }

    /// One with this certificate and these options.
    pub(super) fn start_with(certificates: &Certificates, name: &str, options: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (child, port) = spawn(dir.path(), certificates, name, options);
        Self { child, dir, port }
    }

    /// Stops it and starts it again, on the same port and with what it had.
    pub(super) fn restart(&mut self, certificates: &Certificates, name: &str, options: &[&str]) {
        self.stop();
        let port = self.port.to_string();
        let options = [options, &["--port", &port]].concat();
        let (child, port) = spawn(self.dir.path(), certificates, name, &options);
        (self.child, self.port) = (child, port);
    }

    pub(super) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What goes wrong next.
    pub(super) fn modes(&self, modes: &Value) {
        let beside = self.dir.path().join("modes.json.test");
        fs::write(&beside, modes.to_string()).unwrap();
        // The server must never read half of it.
        Command::new("mv").args([&beside, &self.dir.path().join("modes.json")]).status().unwrap();
    }

    /// Makes a case, as somebody at the archive does. Only while nothing is under way.
    pub(super) fn add_case(&mut self, certificates: &Certificates, number: &str) {
        self.stop();
        let mut state = self.state();
        let case = json!({ "Recno": 1, "CaseNumber": number, "Title": "En sak" });
        state["cases"].as_array_mut().unwrap().push(case);
        fs::write(self.dir.path().join("archive.json"), state.to_string()).unwrap();
        self.restart(certificates, "server", &[]);
    }

    /// What it holds.
    pub(super) fn state(&self) -> Value {
        let text = fs::read_to_string(self.dir.path().join("archive.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// How many cases and documents it holds.
    pub(super) fn counts(&self) -> (usize, usize) {
        let state = self.state();
        let count = |key: &str| state[key].as_array().unwrap().len();
        (count("cases"), count("documents"))
    }

    /// Every call that came through, in order.
    pub(super) fn calls(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.dir.path().join("calls.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Sif {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn(dir: &Path, certificates: &Certificates, name: &str, options: &[&str]) -> (Child, u16) {
    let options = [&["--auth-key", AUTH_KEY], options].concat();
    serve("sif_server.py", dir, certificates, name, &options)
}

/// Starts a server of `tests/scripts` with this certificate, and waits until it listens.
pub(crate) fn serve(
    script: &str,
    dir: &Path,
    certificates: &Certificates,
    name: &str,
    options: &[&str],
) -> (Child, u16) {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let mut child = Command::new("python3")
        .arg(scripts.join(script))
        .arg(dir)
        .arg("--cert")
        .arg(certificates.file(&format!("{name}.pem")))
        .arg("--key")
        .arg(certificates.file(&format!("{name}.key")))
        .args(options)
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is installed");
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.trim().strip_prefix("port ").and_then(|port| port.parse().ok());
    (child, port.unwrap_or_else(|| panic!("{script} said {line:?}")))
}

/// How entries are made in a test.
pub(super) struct StubDaemon {
    pub(super) archive: Archive,
    keys: TempDir,
}

impl StubDaemon {
    /// For a server, trusting the example authority.
    pub(super) fn new(certificates: &Certificates, port: u16) -> Self {
        let keys = tempfile::tempdir().unwrap();
        fs::set_permissions(keys.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let desk = Self { archive: archive(certificates, port), keys };
        desk.put_key("archive-client-key", &certificates.file("client.key"));
        desk
    }

    /// Puts a file among the credentials.
    pub(super) fn put_key(&self, name: &str, from: &Path) {
        let to = self.keys.path().join(name);
        fs::copy(from, &to).unwrap();
        fs::set_permissions(to, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Makes one attempt.
    pub(super) fn enter(&self, entry: &ArchiveEntry) -> Attempt {
        let credentials = Credentials::open(self.keys.path(), Origin::KeyDirectory).unwrap();
        let tls = tls::client_config(&self.archive.peer, &credentials).unwrap();
        let key = zeroize::Zeroizing::new(AUTH_KEY.to_owned());
        let rpc = HttpsRpc::new(&self.archive.peer, tls, &key);
        sif::enter(&mut rpc.unwrap(), &self.archive.form, entry)
    }
}

fn archive(certificates: &Certificates, port: u16) -> Archive {
    let url = format!("https://localhost:{port}/Biz/v2/api/call/SI.Data.RPC/SI.Data.RPC");
    Archive {
        peer: Peer {
            url: HttpsUrl::parse(&url, "an address").unwrap(),
            ca: certificates.file("ca.pem"),
            crl: None,
            client: None,
            timeout: Duration::from_secs(10),
            retry_after: Duration::from_mins(1),
            alarm_after: Duration::from_hours(1),
        },
        credential: KeyName::parse("archive-authkey").unwrap(),
        create_cases: true,
        form: ArchiveForm {
            title: "Henvendelse til politiet".to_owned(),
            access_code: Some("UO".to_owned()),
            paragraph: Some("offl. § 13".to_owned()),
            access_group: None,
            sub_archive: None,
            responsible_enterprise_recno: Some(200_100),
            responsible_person_recno: None,
            context_user: Some("filsluse".to_owned()),
            document_category: "111".to_owned(),
            document_status: "J".to_owned(),
            recipient_role: "Mottaker".to_owned(),
        },
    }
}

/// An entry without a case of its own.
pub(super) fn entry(number: u8) -> ArchiveEntry {
    ArchiveEntry {
        reference: SubmissionId::from_bytes([number; 16]),
        attempt: 1,
        case: None,
        date: date(2026, 11, 21),
        district: "Oslo politidistrikt".to_owned(),
    }
}

/// The same for a case that must exist.
pub(super) fn errand_for(number: u8, case: &str) -> ArchiveEntry {
    ArchiveEntry { case: Some(CaseNumber::parse(case).unwrap()), ..entry(number) }
}
