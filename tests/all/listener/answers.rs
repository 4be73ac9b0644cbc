//! What an operator reads: the same JSON as the command line writes, and nothing that changes
//! anything.

use super::scene::House;
use crate::engine::LIST;

#[test]
fn an_operator_reads_what_the_command_line_says() {
    let house = House::start("");
    house.send("embassy-xex", "list.xml", LIST.as_bytes());
    house.send("embassy-xex", "test.xml", b"<nothing/>");
    assert_eq!(house.get("client", "/healthz").text(), "ok\n");
    for (path, verb) in [
        ("/v1/submissions", &["submission", "list"][..]),
        ("/v1/submissions?limit=1", &["submission", "list", "--limit", "1"]),
        ("/v1/submissions?state=rejected", &["submission", "list", "--state", "rejected"]),
        ("/v1/submissions?sender=oslo", &["submission", "list", "--sender", "oslo"]),
        ("/v1/submissions?since=2026-01-01", &["submission", "list", "--since", "2026-01-01"]),
        ("/v1/deadlines", &["retention", "plan"]),
        ("/v1/deadlines?at=2026-01-01", &["retention", "plan", "--at", "2026-01-01"]),
        ("/v1/objects", &["object", "list"]),
        ("/v1/objects?registry=kpr", &["object", "list", "--registry", "kpr"]),
    ] {
        assert_eq!(house.json(path), house.verb_json(verb), "{path}");
    }
    assert_eq!(house.json("/v1/submissions").as_array().unwrap().len(), 2);
    let id = house.json("/v1/submissions?limit=1")[0]["id"].as_str().unwrap().to_owned();
    let one = house.json(&format!("/v1/submissions/{id}"));
    assert_eq!(one, house.verb_json(&["submission", "show", &id]));

    let (mut status, mut said) = (house.json("/v1/status"), house.verb_json(&["status"]));
    for status in [&mut status, &mut said] {
        assert!(status.as_object_mut().unwrap().remove("at").is_some());
    }
    assert_eq!(status, said);
    assert_eq!(house.json("/v1/senders"), status["senders"]);
    let registries = house.json("/v1/registries");
    let ids: Vec<_> = registries.as_array().unwrap().iter().map(|r| r["id"].clone()).collect();
    assert!(ids.contains(&"fastlege".into()) && ids.len() == 5, "{ids:?}");
    let fastlege = registries.as_array().unwrap().iter().find(|r| r["id"] == "fastlege").unwrap();
    let stored = house.json("/v1/objects?registry=fastlege").as_array().unwrap().len();
    assert_eq!(fastlege["objects"]["stored"], stored, "{fastlege}");
    assert!(stored > 0);
}

#[test]
fn what_cannot_be_answered_is_refused_with_words() {
    let house = House::start("");
    for (path, want) in [
        ("/nowhere", (404, "no-such-path")),
        ("/v1/submissions/00000000000000000000000000", (404, "no-such-submission")),
        ("/v1/submissions/x", (400, "bad-parameter")),
        ("/v1/submissions/%ff", (400, "bad-parameter")),
        ("/v1/submissions?state=lost", (400, "bad-parameter")),
        ("/v1/submissions?sort=size", (400, "bad-parameter")),
        ("/v1/submissions?limit=0", (400, "bad-parameter")),
        ("/v1/deadlines?at=tomorrow", (400, "bad-parameter")),
        ("/v1/status?x=1", (400, "bad-parameter")),
        ("/v1/objects/x", (403, "not-allowed")),
        ("/v1/%6Fbjects/x", (404, "no-such-path")),
    ] {
        let answer = house.get("client", path);
        assert_eq!(answer.refusal(), (want.0, want.1.to_owned()), "{path}: {answer:?}");
    }
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
        let answer = house.curl(Some("client"), "/v1/status", &["--request", method]);
        assert_eq!(answer.refusal(), (405, "only-reads".to_owned()), "{method}");
        assert_eq!(answer.header("allow"), Some("GET, HEAD"));
    }
    let body = ["--request", "GET", "--data", "x=1"];
    let answer = house.curl(Some("client"), "/v1/status", &body);
    assert_eq!(answer.refusal(), (413, "no-body".to_owned()), "{answer:?}");
    let long = format!("x-long: {}", "x".repeat(20_000));
    let answer = house.curl(Some("client"), "/healthz", &["--header", &long]);
    assert_eq!(answer.status, 431, "{answer:?}");
    let head = house.curl(Some("client"), "/v1/status", &["--head"]);
    assert_eq!((head.status, head.header("content-type")), (200, Some("application/json")));
}

#[test]
fn every_answer_has_the_headers_that_leave_a_browser_nothing() {
    let house = House::start("");
    for (who, path) in [
        ("client", "/healthz"),
        ("client", "/v1/status"),
        ("client", "/nowhere"),
        ("stranger", "/"),
    ] {
        let answer = house.get(who, path);
        for (name, want) in [
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ] {
            let value = answer.header(name).unwrap_or_else(|| panic!("{path}: no {name}"));
            assert!(value.starts_with(want), "{path}: {name}: {value}");
        }
    }
}

#[test]
fn readiness_follows_the_alarms() {
    let house = House::start("");
    let answer = house.get("client", "/readyz");
    assert_eq!((answer.status, answer.text().as_str()), (200, "{\"ready\":true,\"reasons\":[]}\n"));
    // A sender's inbound directory is gone, which is a grave alarm.
    house.lose_inbound("oslo");
    crate::support::wait::until("alarm", || house.get("client", "/readyz").status == 503);
    let answer = house.get("client", "/readyz");
    let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(told["ready"], false);
    let alarm = &house.json("/v1/status")["alarms"][0];
    assert_eq!(told["reasons"][0]["code"], alarm["code"]);
    assert_eq!(told["reasons"][0]["subject"], "oslo");
    assert_eq!(house.get("client", "/healthz").status, 200, "the process is alive");
}
