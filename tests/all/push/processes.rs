//! Daemon, deliverer and inbox as three processes, each of which may fail at any point.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, process::Command};

use filsluse::{
    config::layout::Layout,
    types::{digest::Sha256, ids::SenderId},
};
use serde_json::{Value, json};

use super::inbox::Inbox;
use crate::{
    archive::peer::Certificates,
    engine::{LIST, large_list},
    support::{
        installation::{QUICK, configure, installation},
        program::{self, Process, json_of},
        wait::{until, wait_for},
    },
};

#[test]
fn what_a_registry_gets_lies_in_its_inbox_as_an_age_file_and_the_log_tells() {
    let house = House::new();
    let inbox = Inbox::start(&house.certificates, "server");
    house.deliver_to("fastlege", inbox.port, "");
    let (_daemon, _deliverer) = house.start();
    house.send("embassy-xex", "list.xml");
    let ids = house.objects();
    until("deliveries", || inbox.objects().len() == ids.len());
    let names: BTreeSet<String> = inbox
        .objects()
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into())
        .collect();
    assert_eq!(names, ids);

    // Stock age opens it, and no header tells of anybody.
    let identity = house.layout.registry_keys.join("fastlege.identity");
    let mut found = Vec::new();
    for path in inbox.objects() {
        let opened = Command::new("age").arg("-d").arg("-i").arg(&identity).arg(path).output();
        let opened = opened.unwrap();
        assert!(opened.status.success(), "{opened:?}");
        found.extend(opened.stdout);
    }
    assert!(String::from_utf8_lossy(&found).contains("41819077302"));
    for call in inbox.calls() {
        assert_eq!(call["status"], 201);
        assert_eq!(call["client"], json!(["example client"]));
        assert_eq!(call["headers"]["content-type"], "application/octet-stream");
        let path = call["path"].as_str().unwrap();
        assert!(ids.contains(path.strip_prefix("/in/box/").unwrap()), "{path}");
        assert!(!call.to_string().contains("list.xml"));
    }

    let url = format!("https://localhost:{}/in/box", inbox.port);
    until("word of it", || house.waiting() == 0);
    for id in &ids {
        let shown = json_of(&house.verb(&["object", "show", id, "--json"]));
        let push = &shown["pushes"][0];
        assert_eq!((&push["url"], &push["state"]), (&json!(url), &json!("done")), "{shown}");
        let pushed = house.entries(id, "object-pushed");
        assert_eq!(pushed.len(), 1);
        assert_eq!(pushed[0]["detail_sha256"], Sha256::of(url.as_bytes()).to_string());
        assert_eq!(
            house.entries(id, "object-read")[0]["detail_sha256"],
            Sha256::of(url.as_bytes()).to_string()
        );
    }
    let words = house.verb(&["object", "show", ids.first().unwrap()]);
    assert!(String::from_utf8_lossy(&words.stdout).contains("(1 attempt)"), "{words:?}");
    let words = String::from_utf8_lossy(&house.verb(&["status"]).stdout).into_owned();
    assert!(words.contains("Inboxes of registries") && words.contains(&url), "{words}");
    assert!(house.verb(&["audit", "verify"]).status.success());
}

#[test]
fn an_inbox_that_fails_in_every_way_has_each_object_once_in_the_end() {
    let house = House::new();
    let inbox = Inbox::start(&house.certificates, "server");
    house.deliver_to("fastlege", inbox.port, "");
    inbox.modes(&["503", "500", "stall", "hang", "409", "413", "401", "301", "drop", "503"]);
    let (_daemon, _deliverer) = house.start();
    house.send("embassy-xex", "list.xml");
    let ids = house.objects();
    until("deliveries", || house.waiting() == 0 && inbox.objects().len() == ids.len());
    let calls = inbox.calls();
    assert!(calls.len() > 10, "{calls:?}");
    assert!(calls.iter().any(|call| call["status"] == 204), "what was dropped came again");
    assert!(calls.iter().all(|call| call["status"] != 409 || call["mode"] == "409"));
    for id in ids {
        assert_eq!(house.entries(&id, "object-pushed").len(), 1);
    }
    assert_eq!(house.alarm("push-failed"), None, "it ends by itself");
}

#[test]
fn what_needs_somebody_is_told_at_once_and_nothing_is_read_for_it() {
    let house = House::new();
    let mut inbox = Inbox::start(&house.certificates, "server-expired");
    house.deliver_to("fastlege", inbox.port, "");
    let _daemon = house.start_daemon();
    house.send("embassy-xex", "list.xml");
    let ids = house.objects();
    let once = house.verb(&["deliver", "--once", "--json"]);
    assert_eq!(once.status.code(), Some(1), "{once:?}");
    assert_eq!(json_of(&once)["failed"], json!({ "tls": 1 }));
    let alarm = house.alarm("push-failed").expect("an alarm");
    assert_eq!(alarm["detail"], "tls");
    let status = json_of(&house.verb(&["status", "--json"]));
    assert_eq!(status["pushes"][0]["registry"], "fastlege");
    assert_eq!(status["pushes"][0]["last_error"], "tls");
    for id in &ids {
        assert_eq!(house.entries(id, "object-read").len(), 0);
    }
    inbox.restart(&house.certificates, "server");
    until("deliveries", || {
        house.verb(&["deliver", "--once"]);
        inbox.objects().len() == ids.len()
    });
    assert_eq!(house.alarm("push-failed"), None);
}

#[test]
fn what_an_inbox_will_not_take_is_given_up_by_an_operator() {
    let house = House::new();
    let inbox = Inbox::start(&house.certificates, "server");
    house.deliver_to("fastlege", inbox.port, "retry-after = \"1h\"");
    inbox.modes(&["always:413"]);
    let _daemon = house.start_daemon();
    house.send("embassy-xex", "list.xml");
    let once = || json_of(&house.verb(&["deliver", "--once", "--json"]))["failed"].clone();
    assert_eq!(once(), json!({ "refused": 2 }), "one keeps the other from nothing");
    assert_eq!(once(), json!({}));
    let listed = json_of(&house.verb(&["push", "list", "--json"]));
    let ids: Vec<&str> =
        listed.as_array().unwrap().iter().map(|row| row["object"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    assert!(listed.as_array().unwrap().iter().all(|row| row["last_error"] == "refused"));
    let words = house.verb(&["push", "list"]);
    assert!(String::from_utf8_lossy(&words.stdout).contains("refused"), "{words:?}");

    // Once the inbox takes more, nobody waits for an hour.
    let tried = house.verb(&["push", "now", "--registry", "fastlege", "--json"]);
    assert_eq!(json_of(&tried)[0]["objects"], 2);
    inbox.modes(&["413"]);
    let came = json_of(&house.verb(&["deliver", "--once", "--json"]));
    assert_eq!((&came["failed"], &came["delivered"]), (&json!({ "refused": 1 }), &json!(1)));
    assert_eq!(house.alarm("push-failed").expect("an alarm")["detail"], "refused");

    let refused = json_of(&house.verb(&["push", "list", "--json"]))[0]["object"].clone();
    let refused = refused.as_str().unwrap();
    let dropped = house.verb(&["push", "drop", refused]);
    assert!(dropped.status.success(), "{dropped:?}");
    assert_eq!(house.alarm("push-failed"), None);
    assert_eq!(house.entries(refused, "push-dropped").len(), 1);
    let shown = json_of(&house.verb(&["object", "show", refused, "--json"]));
    assert_eq!(
        (&shown["pushes"][0]["state"], &shown["state"]),
        (&json!("dropped"), &json!("stored"))
    );
    let again = house.verb(&["push", "drop", refused]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(house.waiting(), 0);
}

#[test]
fn whether_an_inbox_is_there_is_told_without_sending_anything() {
    let house = House::new();
    let mut inbox = Inbox::start(&house.certificates, "server");
    house.deliver_to("fastlege", inbox.port, "");
    let check = |house: &House| {
        let checked = house.verb(&["deliver", "--check", "--json"]);
        let row = json_of(&checked)[0].clone();
        (checked.status.code(), row["trouble"].clone(), row["status"].clone())
    };
    // Python's server knows no OPTIONS.
    assert_eq!(check(&house), (Some(0), Value::Null, json!(501)));
    assert_eq!(inbox.calls().len(), 0);
    inbox.restart(&house.certificates, "server-expired");
    assert_eq!(check(&house), (Some(1), json!("tls"), Value::Null));
    inbox.restart(&house.certificates, "server");
    let key = house.layout.credentials.join("deliver-client-key");
    let file = house.layout.registries().join("fastlege.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("/client.pem", "/client-expired.pem")).unwrap();
    fs::copy(house.certificates.file("client-expired.key"), key).unwrap();
    let (code, trouble, _) = check(&house);
    // Its alert may be overtaken by the end of the connection.
    assert!(code == Some(1) && (trouble == "tls" || trouble == "unreachable"), "{trouble}");
    inbox.stop();
    assert_eq!(check(&house), (Some(1), json!("unreachable"), Value::Null));
}

#[test]
fn daemon_and_deliverer_may_be_killed_and_an_inbox_may_come_later() {
    let house = House::new();
    let inbox = Inbox::start(&house.certificates, "server");
    let daemon = house.start_daemon();
    house.send("embassy-xex", "list.xml");
    drop(daemon);
    // It lay there before anybody wanted it delivered.
    house.deliver_to("fastlege", inbox.port, "");
    inbox.modes(&["hang", "drop"]);
    let _daemon = house.start_daemon();
    let ids = house.objects();
    let deliverer = program::start(&house.layout, "deliver");
    until("call that hangs", || inbox.calls().len() == 1);
    drop(deliverer);
    let _deliverer = program::start(&house.layout, "deliver");
    until("deliveries", || house.waiting() == 0 && inbox.objects().len() == ids.len());
    // Not again to one that has it.
    let before = inbox.calls().len();
    house.deliver_to("kpr", inbox.port, "");
    house.send("embassy-xex", "again.xml");
    assert_eq!(inbox.calls().len(), before);
}

#[test]
fn a_large_object_goes_through_in_pieces() {
    let house = House::new();
    let inbox = Inbox::start(&house.certificates, "server");
    house.deliver_to("fastlege", inbox.port, "");
    // That it has what was not sent is no answer.
    inbox.modes(&["early"]);
    let (_daemon, deliverer) = house.start();
    fs::write(house.inbound("embassy-xex").join("list.xml"), large_list(48)).unwrap();
    wait_for(&house.outbound("embassy-xex"), 2);
    let ids = house.objects();
    assert_eq!(ids.len(), 2);
    // The inbox notes a call when it has kept the object.
    until("deliveries", || house.waiting() == 0 && inbox.objects().len() == ids.len());
    let most: u64 = inbox.calls().iter().filter_map(|call| call["bytes"].as_u64()).max().unwrap();
    let peak = fs::read_to_string(format!("/proc/{}/status", deliverer.id())).unwrap();
    let peak = peak.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(most > 40 << 20 && peak * 1024 < most * 3 / 4, "{peak} kB for {most} bytes");
}

/// An installation whose program runs as it is shipped.
struct House {
    layout: Layout,
    certificates: Certificates,
    _root: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let layout = installation(root.path());
        configure(&layout, &QUICK);
        let house = Self { layout, certificates: Certificates::make(), _root: root };
        let key = house.layout.credentials.join("deliver-client-key");
        fs::copy(house.certificates.file("client.key"), &key).unwrap();
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
        house
    }

    fn deliver_to(&self, registry: &str, port: u16, more: &str) {
        let more = if more.is_empty() { "retry-after = \"20ms\"\n" } else { more };
        let file = self.layout.registries().join(format!("{registry}.toml"));
        let (ca, client) = (self.certificates.file("ca.pem"), self.certificates.file("client.pem"));
        let text = fs::read_to_string(&file).unwrap()
            + &format!(
                "\n[[registry.deliver]]\nurl = \"https://localhost:{port}/in/box/\"\n\
                 client-cert = \"{}\"\nca = \"{}\"\ntimeout = \"500ms\"\n{more}",
                client.display(),
                ca.display()
            );
        fs::write(file, text).unwrap();
    }

    fn start(&self) -> (Process, Process) {
        let daemon = self.start_daemon();
        (daemon, program::start(&self.layout, "deliver"))
    }

    fn start_daemon(&self) -> Process {
        let daemon = program::start(&self.layout, "run");
        program::until_it_answers(&self.layout);
        daemon
    }

    fn inbound(&self, sender: &str) -> std::path::PathBuf {
        self.layout.places.inbound(&SenderId::parse(sender).unwrap())
    }

    fn outbound(&self, sender: &str) -> std::path::PathBuf {
        self.layout.places.outbound(&SenderId::parse(sender).unwrap())
    }

    /// Sends a list and waits for its answer.
    fn send(&self, sender: &str, name: &str) {
        let outbound = self.outbound(sender);
        let had = fs::read_dir(&outbound).unwrap().count();
        fs::write(self.inbound(sender).join(name), LIST).unwrap();
        wait_for(&outbound, had + 2);
    }

    fn verb(&self, arguments: &[&str]) -> std::process::Output {
        program::run(&self.layout, arguments)
    }

    /// The ids of all objects.
    fn objects(&self) -> BTreeSet<String> {
        let listed = json_of(&self.verb(&["object", "list", "--json"]));
        let ids = listed.as_array().unwrap().iter();
        ids.map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }

    fn waiting(&self) -> u64 {
        let status = json_of(&self.verb(&["status", "--json"]));
        let pushes = status["pushes"].as_array().cloned().unwrap_or_default();
        pushes.iter().map(|push| push["waiting"].as_u64().unwrap()).sum()
    }

    fn alarm(&self, code: &str) -> Option<Value> {
        let status = json_of(&self.verb(&["status", "--json"]));
        let alarms = status["alarms"].as_array().unwrap();
        alarms.iter().find(|alarm| alarm["code"] == code).cloned()
    }

    /// The log's entries of one event about an object.
    fn entries(&self, object: &str, event: &str) -> Vec<Value> {
        program::logged(&self.layout, |entry| entry["event"] == event && entry["object"] == object)
    }
}
