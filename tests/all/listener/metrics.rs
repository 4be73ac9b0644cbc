//! Metrics, as Prometheus' own parser reads them.
//!
//! Needs `python3-prometheus-client` (Debian's).

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::scene::House;
use crate::engine::LIST;

#[test]
fn prometheus_reads_what_the_catalogue_says() {
    let house = House::start("");
    house.send("embassy-xex", "list.xml", LIST.as_bytes());
    house.send("embassy-xex", "none.xml", b"<nothing/>");
    let metrics = Metrics::of(&house);
    let verdicts = metrics.all("filsluse_submissions");
    let of = |kind: &str, verdict: &str| {
        let found = verdicts.iter().find(|sample| {
            sample["labels"]["kind"] == kind && sample["labels"]["verdict"] == verdict
        });
        found.map(|sample| sample["value"].as_u64().unwrap())
    };
    assert_eq!(of("embassy-list", "partly"), Some(1), "{verdicts:?}");
    assert_eq!(verdicts.len(), 2, "{verdicts:?}");
    let status = house.json("/v1/status");
    assert_eq!(metrics.one("filsluse_healthy", &[]), 1);
    assert_eq!(metrics.one("filsluse_build_info", &[("version", env!("CARGO_PKG_VERSION"))]), 1);
    assert!(
        metrics.one("filsluse_audit_entries_total", &[])
            <= status["audit"]["size"].as_u64().unwrap()
    );
    assert!(metrics.one("filsluse_audit_checkpoint_timestamp_seconds", &[]) > 1_700_000_000);
    assert!(metrics.one("filsluse_last_sweep_timestamp_seconds", &[]) > 1_700_000_000);
    assert!(metrics.one("process_resident_memory_bytes", &[]) > 1_000_000);
    let bytes = metrics.one("filsluse_submission_bytes", &[("kind", "embassy-list")]);
    assert!(bytes >= LIST.len() as u64, "{bytes}");
    let records = |outcome| {
        metrics.one("filsluse_records", &[("kind", "embassy-list"), ("outcome", outcome)])
    };
    assert_eq!((records("accepted"), records("rejected")), (1, 1));
    let objects = house.json("/v1/objects?registry=fastlege").as_array().unwrap().len();
    let stored = metrics.one("filsluse_objects", &[("registry", "fastlege"), ("state", "stored")]);
    assert_eq!(stored, objects as u64);
    assert_eq!(metrics.one("filsluse_objects", &[("registry", "kpr"), ("state", "erased")]), 0);
    let senders = status["senders"].as_array().unwrap();
    assert_eq!(metrics.all("filsluse_sender_overdue").len(), senders.len());
    assert_eq!(metrics.all("filsluse_files_waiting").len(), senders.len());
    assert_eq!(metrics.one("filsluse_alarms", &[("code", "store-down"), ("grave", "true")]), 0);
    // Every label is one of a closed set, or an id of the configuration.
    for sample in metrics.0.iter().flat_map(|family| family["samples"].as_array().unwrap()) {
        for (label, value) in sample["labels"].as_object().unwrap() {
            let known = [
                "code",
                "grave",
                "kind",
                "outcome",
                "registry",
                "rehearsal",
                "sender",
                "state",
                "verdict",
                "version",
            ];
            assert!(known.contains(&label.as_str()), "{sample}");
            assert!(value.as_str().unwrap().len() < 64, "{sample}");
        }
    }
}

/// A second question counts on from the first.
#[test]
fn what_comes_between_two_questions_is_counted_once() {
    let mut house = House::start("");
    let accepted = |house: &House| -> u64 {
        let samples = Metrics::of(house).all("filsluse_submissions");
        samples.iter().map(|sample| sample["value"].as_u64().unwrap()).sum()
    };
    assert_eq!(accepted(&house), 0);
    house.send("embassy-xex", "one.xml", LIST.as_bytes());
    assert_eq!(accepted(&house), 1);
    house.send("embassy-xex", "two.xml", LIST.as_bytes());
    assert_eq!(accepted(&house), 2);
    assert_eq!(accepted(&house), 2);
    // What is older than a day is counted apart.
    house.run_at("+3d");
    assert_eq!(accepted(&house), 2);
    assert_eq!(accepted(&house), 2);
}

/// What answers nothing is set aside, in a store that no file configures, and has a deadline too.
#[test]
fn what_was_set_aside_is_counted() {
    let house = House::start("");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/politi-oslo/unmatched.xml");
    house.send("politi-oslo", "reply.xml", &fs::read(example).unwrap());
    let metrics = Metrics::of(&house);
    let aside = [("registry", "quarantine"), ("state", "stored")];
    assert_eq!(metrics.one("filsluse_objects", &aside), 1);
    assert_eq!(metrics.one("filsluse_deadlines_passed", &aside[..1]), 0);
}

#[test]
fn alarms_and_passed_time_show() {
    let house = House::start("");
    house.lose_inbound("oslo");
    let labels = [("code", "unlistable-inbox"), ("grave", "true")];
    crate::support::wait::until("alarm", || {
        Metrics::of(&house).one("filsluse_alarms", &labels) > 0
    });
    assert_eq!(Metrics::of(&house).one("filsluse_healthy", &[]), 0);
}

struct Metrics(Vec<Value>);

impl Metrics {
    fn of(house: &House) -> Self {
        let answer = house.get("client", "/metrics");
        assert_eq!(answer.status, 200, "{answer:?}");
        let media_type = answer.header("content-type").unwrap();
        assert_eq!(media_type, "text/plain; version=0.0.4; charset=utf-8");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/check_metrics.py");
        // Debian's Python, for which Debian's parser is: another may stand first in PATH.
        let mut parser = Command::new("/usr/bin/python3")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("python3 is installed");
        parser.stdin.take().unwrap().write_all(&answer.body).unwrap();
        let read = parser.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&read.stderr);
        assert!(
            read.status.success(),
            "{said}; install python3-prometheus-client\n{}",
            answer.text()
        );
        Self(serde_json::from_slice(&read.stdout).unwrap())
    }

    fn all(&self, name: &str) -> Vec<Value> {
        let samples = self.0.iter().flat_map(|family| family["samples"].as_array().unwrap());
        samples.filter(|sample| sample["name"] == name).cloned().collect()
    }

    fn one(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        let all = self.all(name);
        let mut found = all.iter().filter(|sample| {
            sample["labels"].as_object().unwrap().len() == labels.len()
                && labels.iter().all(|(label, value)| sample["labels"][label] == *value)
        });
        let sample = found.next().unwrap_or_else(|| panic!("no {name} {labels:?} in {all:?}"));
        sample["value"].as_u64().unwrap()
    }
}
