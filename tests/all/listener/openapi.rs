//! What `/v1/openapi.json` describes is what is answered, and all of it.
//!
//! Needs `python3-jsonschema` (Debian's).

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};

use super::scene::House;
use crate::engine::LIST;

#[test]
fn every_answer_is_as_the_document_says() {
    let mut house = House::new();
    house.configure("");
    house.pin_registry("fastlege", "registry");
    house.run();
    house.send("embassy-xex", "list.xml", LIST.as_bytes());
    house.send("embassy-xex", "again.xml", LIST.as_bytes());
    house.send("oslo", "none.xml", b"<nothing/>");
    let document = house.json("/v1/openapi.json");
    let registrys = house.get("registry", "/v1/openapi.json");
    assert_eq!(serde_json::from_slice::<Value>(&registrys.body).unwrap(), document);
    let submission = house.json("/v1/submissions")[0]["id"].as_str().unwrap().to_owned();
    let object = house.json("/v1/objects")[0]["id"].as_str().unwrap().to_owned();
    let mut asked: Vec<(&str, String)> = [
        "/",
        "/?lang=nb",
        "/healthz",
        "/readyz",
        "/metrics",
        "/v1/openapi.json",
        "/v1/status",
        "/v1/senders",
        "/v1/registries",
        "/v1/submissions",
        "/v1/submissions?limit=x",
        "/v1/submissions/00000000000000000000000000",
        "/v1/deadlines",
        "/v1/objects",
    ]
    .map(|path| ("client", path.to_owned()))
    .into();
    asked.push(("client", format!("/v1/submissions/{submission}")));
    asked.push(("client", format!("/v1/objects/{object}")));
    asked.push(("registry", format!("/v1/objects/{object}")));
    asked.push(("stranger", "/healthz".to_owned()));
    let answers: Vec<Value> = asked
        .iter()
        .map(|(who, path)| {
            let answer = house.get(who, path);
            let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            let of_type = answer.header("content-type").unwrap();
            json!({ "path": path, "status": answer.status, "type": of_type, "body": body })
        })
        .collect();
    let files = ["document", "answers"].map(|name| house.layout.etc.join(name));
    fs::write(&files[0], document.to_string()).unwrap();
    fs::write(&files[1], json!(answers).to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/check_openapi.py");
    // Debian's Python, for which Debian's jsonschema is: another may stand first in PATH.
    let checked = Command::new("/usr/bin/python3").arg(script).args(&files).output().unwrap();
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{said}; install python3-jsonschema");
    assert_eq!(String::from_utf8_lossy(&checked.stdout), "[]\n", "paths that nobody asked for");
}
