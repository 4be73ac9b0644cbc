//! With a running daemon: the control socket, and what the verbs say and do through it.

use std::{
    fs::{self, File},
    io::{Read, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    process::{Child, Stdio},
};

use filsluse::daemon::lock::StateLock;
use rustix::process::{Pid, Signal, kill_process};

use super::{Installation, text, words};
use crate::{
    engine::LIST,
    support::wait::{SOON, until_seen_or_else, wait_for},
};

/// A daemon that is stopped when the test ends, however it ends.
pub(super) struct Daemon<'a> {
    installation: &'a Installation,
    process: Child,
}

impl<'a> Daemon<'a> {
    pub(super) fn start(installation: &'a Installation) -> Self {
        let log = File::create(installation.path("log")).unwrap();
        let process =
            installation.command().arg("run").stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut daemon = Self { installation, process };
        daemon.until(|daemon| daemon.connect().is_some());
        daemon
    }

    fn connect(&self) -> Option<UnixStream> {
        UnixStream::connect(self.installation.path("state/control.sock")).ok()
    }

    pub(super) fn until(&mut self, mut is_so: impl FnMut(&Self) -> bool) {
        let log = self.installation.path("log");
        let log = || fs::read_to_string(&log).unwrap();
        let look = || {
            if is_so(self) {
                return Some(());
            }
            assert!(self.process.try_wait().unwrap().is_none(), "it ended:\n{}", log());
            None
        };
        until_seen_or_else(SOON, look, log);
    }

    /// Stops it as systemd does; gives its exit code.
    pub(super) fn stop(mut self) -> Option<i32> {
        let pid = Pid::from_child(&self.process);
        kill_process(pid, Signal::TERM).unwrap();
        self.process.wait().unwrap().code()
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn an_operators_day() {
    let installation = Installation::new();
    let mut daemon = Daemon::start(&installation);
    let socket = fs::metadata(installation.path("state/control.sock")).unwrap();
    assert_eq!(socket.permissions().mode() & 0o777, 0o660);
    let name = "liste 41819077302.xml";
    installation.write(&format!("drop/embassy-xex/inbound/{name}"), LIST);
    wait_for(&installation.path("drop/embassy-xex/outbound"), 2);
    daemon.until(|_| {
        let list = installation.json(&["submission", "list"]);
        list[0]["state"] == "done"
    });

    let row = &installation.json(&["submission", "list", "--sender", "embassy-xex"])[0];
    assert_eq!((&row["verdict"], &row["kind"]), (&"partly".into(), &"embassy-list".into()));
    assert_eq!(row["records"], serde_json::json!({"accepted": 1, "rejected": 1}));
    let id = row["id"].as_str().unwrap();
    assert_eq!(row["receipt"], format!("{id}.receipt.xml"));
    assert_eq!(row["findings"][0]["rule"], "EMB-02", "{row}");
    let shown = installation.json(&["submission", "show", id]);
    assert_eq!(shown["events"][0]["event"], "claimed");
    assert_eq!(
        installation.json(&["submission", "list", "--state", "held"]),
        serde_json::json!([])
    );

    let status = installation.json(&["status"]);
    assert_eq!((&status["running"], &status["healthy"]), (&true.into(), &true.into()));
    assert_eq!(status["senders"][0]["submissions"], 1);
    assert!(!status["audit"]["root"].is_null());
    let enrolled = installation.json(&["enrolment", "list", "--mission", "XEX"]);
    assert!(enrolled[0]["person"].as_str().unwrap().starts_with("k1."), "{enrolled}");

    objects(&installation, id);
    proofs(&installation, id);
    // Nothing that the operator sees names the file or a person.
    for verb in [&["submission", "list"][..], &["submission", "show", id], &["status"]] {
        let said = installation.run(verb);
        let all = text(&said) + &words(&said);
        assert!(!all.contains("41819077302") && !all.contains("liste"), "{all}");
        assert!(!all.contains("No daemon runs"), "{all}");
    }

    assert_eq!(daemon.stop(), Some(0));
    assert!(!installation.path("state/control.sock").exists());
    let without = installation.run(&["submission", "show", id]);
    assert_eq!(without.status.code(), Some(0));
    assert!(words(&without).contains("No daemon runs; reading"), "{}", words(&without));
    assert!(text(&without).contains("record not taken"), "{}", text(&without));
}

#[test]
fn an_alarm_whose_cause_went_away_while_the_daemon_was_down_ends() {
    let installation = Installation::new();
    let main = fs::read_to_string(installation.path("etc/filsluse.toml")).unwrap();
    installation.write("etc/filsluse.toml", &main.replace("rescan = \"30s\"", "rescan = \"1s\""));
    let inbound = installation.path("drop/ud/inbound");
    let mut daemon = Daemon::start(&installation);
    fs::remove_dir_all(&inbound).unwrap();
    let codes = |installation: &Installation| -> Vec<String> {
        let alarms = installation.json(&["alarm", "list"]);
        alarms.as_array().unwrap().iter().map(|a| a["code"].as_str().unwrap().to_owned()).collect()
    };
    daemon.until(|daemon| codes(daemon.installation) == ["unlistable-inbox"]);
    let status = installation.run(&["status"]);
    assert_eq!(status.status.code(), Some(1));
    assert!(
        text(&status).contains("Run /usr/share/filsluse/add-sender again"),
        "{}",
        text(&status)
    );
    daemon.process.kill().unwrap();
    daemon.process.wait().unwrap();
    assert_eq!(codes(&installation), ["unlistable-inbox"]);

    fs::create_dir_all(inbound.join("test")).unwrap();
    let mut daemon = Daemon::start(&installation);
    daemon.until(|daemon| codes(daemon.installation).is_empty());
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn an_alarm_about_what_happened_stands_until_somebody_has_seen_to_it() {
    let installation = Installation::new();
    installation.write("drop/.claimed/ud/nobodys", "of no submission");
    let mut daemon = Daemon::start(&installation);
    daemon.until(|daemon| {
        daemon.installation.json(&["alarm", "list"])[0]["code"] == "claimed-orphan"
    });
    let log = fs::read_to_string(installation.path("log")).unwrap();
    assert!(log.contains("Alarm. code=\"claimed-orphan\" subject=\"ud\""), "{log}");
    let told = installation.run(&["status"]);
    assert_eq!(told.status.code(), Some(0), "it can wait till morning");
    assert!(
        text(&told).contains("filsluse alarm acknowledge claimed-orphan ud"),
        "{}",
        text(&told)
    );

    for (code, subject) in [("low-disk", "disk"), ("no-such", "ud"), ("claimed-orphan", "helfo")] {
        let refused = installation.run(&["alarm", "acknowledge", code, subject]);
        assert_eq!(refused.status.code(), Some(2), "{code}");
    }
    let before = size(&installation);
    let ended = installation.json(&["alarm", "acknowledge", "claimed-orphan", "ud"]);
    assert_eq!(ended, serde_json::json!([{"code": "claimed-orphan", "subject": "ud"}]));
    assert_eq!(size(&installation), before + 1, "it is audited");
    assert_eq!(installation.json(&["alarm", "list"]), serde_json::json!([]));
    assert_eq!(daemon.stop(), Some(0));
}

/// Fetches, opens, holds and releases; each reading is logged.
fn objects(installation: &Installation, submission: &str) {
    let list = installation.json(&["object", "list", "--registry", "fastlege"]);
    assert_eq!(list.as_array().unwrap().len(), 2, "{list}");
    let id = format!("{submission}.fastlege.whole");
    let shown = installation.json(&["object", "show", &id]);
    assert_eq!((&shown["part"], &shown["state"]), (&"whole".into(), &"stored".into()));
    let before = size(installation);

    let file = installation.path("fetched.age");
    let to = file.to_str().unwrap();
    let fetched = installation.run(&["object", "get", &id, "-o", to]);
    assert_eq!(fetched.status.code(), Some(0), "{}", words(&fetched));
    assert!(fs::read(&file).unwrap().starts_with(b"age-encryption.org/v1\n"));
    let again = installation.run(&["object", "get", &id, "-o", to]);
    assert_eq!(again.status.code(), Some(64), "it replaces nothing");
    let identity = installation.path("registry-keys/fastlege.identity");
    let key = identity.to_str().unwrap();
    let plain = installation.run(&["object", "get", &id, "--decrypt", "-i", key]);
    assert_eq!(text(&plain), LIST);
    assert_eq!(size(installation), before + 2, "each get is audited, the refused one is none");

    let hold = ["retention", "hold", &id, "--why", "asked by the court"];
    assert_eq!(installation.json(&hold)["held"], true);
    let plan = installation.json(&["retention", "plan"]);
    let held: Vec<_> = plan.as_array().unwrap().iter().filter(|p| p["held"] == true).collect();
    assert_eq!(held.len(), 1, "{plan}");
    assert_eq!(held[0]["object"], id);
    assert_eq!(installation.json(&["retention", "release", &id])["held"], false);
    assert_eq!(installation.run(&["retention", "release", &id]).status.code(), Some(2));
    assert_eq!(installation.json(&["retention", "run"]), serde_json::json!([]));
    let early = installation.json(&["retention", "plan", "--at", "2020-01-01"]);
    assert_eq!(early, serde_json::json!([]));
    let absent = format!("{submission}.fastlege.identity");
    for verb in ["show", "get"] {
        let none = installation.run(&["object", verb, &absent]);
        assert_eq!(none.status.code(), Some(2), "{verb}");
        assert!(words(&none).contains("no such object"), "{}", words(&none));
    }
    let pending = installation.run(&["enrolment", "approve", submission]);
    assert_eq!(pending.status.code(), Some(2));
    assert!(words(&pending).contains("enrolment pending"), "{}", words(&pending));
}

fn size(installation: &Installation) -> u64 {
    installation.json(&["status"])["audit"]["size"].as_u64().unwrap()
}

fn proofs(installation: &Installation, submission: &str) {
    let proof = installation.json(&["audit", "prove", submission]);
    assert!(proof["proof"].as_str().unwrap().starts_with("c2sp.org/tlog-proof@v1\n"), "{proof}");
    assert!(proof["entry"].as_str().unwrap().contains(submission));
    let checkpoint = text(&installation.run(&["audit", "checkpoint"]));
    assert!(checkpoint.starts_with("filsluse/default\n"), "{checkpoint}");
    let older = installation.write("older", &checkpoint);
    let older = older.to_str().unwrap();
    let verified = installation.json(&["audit", "verify", "--older", older]);
    assert_eq!(verified["ok"], true);
    // A receipt or a proof file has a checkpoint in it: an auditor need not cut it out.
    let proof = installation.write("proof", proof["proof"].as_str().unwrap());
    let receipt = fs::read_dir(installation.path("drop/embassy-xex/outbound"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_str().unwrap().ends_with(".receipt.txt"))
        .unwrap();
    for kept in [proof, receipt] {
        let verified = installation.json(&["audit", "verify", "--older", kept.to_str().unwrap()]);
        assert_eq!(verified["ok"], true, "{}", kept.display());
    }
}

#[test]
fn a_silent_daemon_is_told_and_its_lock_is_heeded() {
    let installation = Installation::new();
    let _lock = StateLock::take(&installation.path("state")).unwrap();
    let refused = installation.run(&["retention", "run"]);
    assert_eq!(refused.status.code(), Some(2));
    let told = words(&refused);
    assert!(told.contains("nobody answers") && told.contains("systemctl status"), "{told}");
    let second = installation.run(&["run"]);
    assert_eq!(second.status.code(), Some(2), "{}", words(&second));
}

#[test]
fn a_dead_daemons_socket_is_replaced_and_strange_requests_are_refused() {
    let installation = Installation::new();
    let first = Daemon::start(&installation);
    drop(first);
    assert!(installation.path("state/control.sock").exists(), "it was killed");
    let daemon = Daemon::start(&installation);
    for (line, body, status) in [
        ("POST /v1/request", "{}", "400"),
        ("POST /v1/request", r#"{"do":"status","and":"more"}"#, "400"),
        ("GET /v1/object/nonsense", "", "404"),
        ("GET /etc/passwd", "", "404"),
        ("POST /v1/request", r#"{"do":"status"}"#, "200"),
    ] {
        let mut stream = daemon.connect().unwrap();
        let length = body.len();
        let request = format!(
            "{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{line} {body}: {answer}");
        if status == "200" {
            let (_, json) = answer.split_once("\r\n\r\n").unwrap();
            let json: serde_json::Value = serde_json::from_str(json).unwrap();
            assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
            assert_eq!(json["result"]["running"], true);
        }
    }
    assert_eq!(daemon.stop(), Some(0));
}
