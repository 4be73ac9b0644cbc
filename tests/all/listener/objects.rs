//! A registry fetches what is its own, and nobody fetches anything else.

use std::{fs, process::Command};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::scene::{Answer, House};
use crate::{
    engine::LIST,
    support::{installation::files, program::logged},
};

#[test]
fn a_registry_gets_its_own_objects_as_age_files_and_the_log_tells_to_whom() {
    let mut house = House::new();
    house.configure("");
    house.pin_registry("fastlege", "registry");
    house.pin_registry("kpr", "other-registry");
    house.run();
    house.send("embassy-xex", "list.xml", LIST.as_bytes());
    let listed = house.json("/v1/objects");
    let id = listed[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/objects/{id}");
    let own: Answer = house.get("registry", "/v1/objects");
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&own.body).unwrap(), listed);
    let others = house.get("other-registry", "/v1/objects");
    assert_eq!((others.status, others.text().as_str()), (200, "[]\n"));

    for (who, path, want) in [
        ("client", path.as_str(), "not-allowed"),
        ("other-registry", &path, "not-allowed"),
        ("stranger", &path, "not-pinned"),
        ("other-registry", "/v1/objects?registry=fastlege", "not-allowed"),
        ("registry", "/v1/status", "not-allowed"),
        ("registry", "/v1/submissions", "not-allowed"),
        ("registry", "/metrics", "not-allowed"),
        ("registry", "/", "not-allowed"),
    ] {
        assert_eq!(house.get(who, path).refusal(), (403, want.to_owned()), "{who} {path}");
    }
    let head = house.curl(Some("registry"), &path, &["--head"]);
    assert_eq!((head.status, head.header("allow")), (405, Some("GET")), "{head:?}");
    assert_eq!(
        read_entries(&house, &id, "object-read"),
        Vec::<serde_json::Value>::new(),
        "nothing was handed out"
    );

    let fetched = house.get("registry", &path);
    assert_eq!((fetched.status, fetched.is_whole), (200, true));
    assert_eq!(fetched.header("content-type"), Some("application/octet-stream"));
    let file = house.layout.etc.join("fetched.age");
    fs::write(&file, &fetched.body).unwrap();
    let identity = house.layout.registry_keys.join("fastlege.identity");
    let opened =
        Command::new("age").arg("-d").arg("-i").arg(&identity).arg(&file).output().unwrap();
    assert!(opened.status.success(), "{opened:?}");
    assert!(String::from_utf8_lossy(&opened.stdout).contains("41819077302"));

    assert_eq!(listed[0]["handed_at"], serde_json::Value::Null);
    assert!(house.json("/v1/objects")[0]["handed_at"].is_string());
    let entries = read_entries(&house, &id, "object-read");
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!(entries[0]["registry"], "fastlege");
    // The pin is the digest that the log has, in base64.
    let digest = entries[0]["detail_sha256"].as_str().unwrap();
    let bytes: Vec<u8> =
        (0..32).map(|n| u8::from_str_radix(&digest[2 * n..2 * n + 2], 16).unwrap()).collect();
    let pin = format!("sha256:{}", STANDARD.encode(bytes));
    assert_eq!(pin, house.pin("registry"));
    assert!(house.verb(&["audit", "verify"]).status.success());

    let gone = path.replace(&id[..26], "00000000000000000000000000");
    assert_eq!(house.get("registry", &gone).refusal(), (404, "no-such-object".to_owned()));
    assert_eq!(house.get("registry", "/v1/objects/x").refusal(), (400, "bad-parameter".to_owned()));
    // What lies in the store is damaged: it is told, and no half of it leaves.
    for stored in files(&house.layout.places.store_root()) {
        let mut bytes = fs::read(&stored).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&stored, bytes).unwrap();
    }
    assert_eq!(house.get("registry", &path).refusal(), (500, "object-damaged".to_owned()));
}

/// The clock has leapt over the deadline, so that nothing is erased until an operator has looked.
#[test]
fn what_is_past_its_deadline_is_refused_as_the_command_line_refuses_it() {
    let mut house = House::new();
    house.configure("");
    house.pin_registry("fastlege", "registry");
    let registry = house.layout.registries().join("fastlege.toml");
    let text = fs::read_to_string(&registry).unwrap();
    fs::write(&registry, text.replace("lists = \"P90D\"", "lists = \"P9D\"")).unwrap();
    house.run();
    house.send("embassy-xex", "list.xml", LIST.as_bytes());
    let plan = house.json("/v1/deadlines");
    let object = plan.as_array().unwrap().iter().find(|row| row["rule"] == "processed + P9D");
    let id = object.unwrap()["object"].as_str().unwrap().to_owned();
    let path = format!("/v1/objects/{id}");
    assert_eq!(house.get("registry", &path).status, 200);
    house.run_at("+12d");
    let refused = house.get("registry", &path);
    assert_eq!(refused.refusal(), (410, "object-past-due".to_owned()), "{refused:?}");
    let got = house.verb(&["object", "get", &id]);
    let said = String::from_utf8_lossy(&got.stderr).into_owned();
    let body: serde_json::Value = serde_json::from_slice(&refused.body).unwrap();
    assert!(said.contains(body["error"]["message"].as_str().unwrap()), "{said}\n{body}");
    let page = house.get("client", "/").text();
    assert!(page.contains("clock-jump") && page.contains("past its deadline"), "{page}");
    assert_eq!(read_entries(&house, &id, "object-withheld").len(), 2, "each is recorded");
}

/// The entries of the log of one event that are about an object.
fn read_entries(house: &House, id: &str, event: &str) -> Vec<serde_json::Value> {
    logged(&house.layout, |entry| entry["event"] == event && entry["object"] == id)
}
