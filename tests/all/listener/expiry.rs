//! What runs out is told before and after, and what lets nobody in stands as an alarm.

use std::{fs, process::Command};

use serde_json::Value;

use super::scene::House;
use crate::support::wait::until;

#[test]
fn what_has_run_out_or_is_of_others_is_told_by_the_check_and_by_an_alarm() {
    let mut house = House::new();
    house.put("crl", "crl-expired.pem");
    let list = format!("crl = \"{}\"", house.pem("crl").display());
    house.configure(&list);
    house.put("server", "server-expired.pem");
    house.put_key("server-expired.key");
    let checked = said(&house.verb(&["config", "check"]));
    assert_eq!(checked.matches("has run out at 2020-02-01").count(), 2, "{checked}");
    house.run();
    let expired = |house: &House| alarms(house, "certificate-expired");
    assert_eq!(expired(&house).len(), 2);
    assert_eq!(expired(&house)[0]["detail"], "2020-02-01 01:00");

    house.put("crl", "crl.pem");
    house.put("server", "server.pem");
    house.put_key("server.key");
    house.reload();
    assert_eq!(expired(&house), Vec::<Value>::new());
    assert!(house.verb(&["config", "check"]).status.success());
    house.put("client-ca", "other-ca.pem");
    let checked = said(&house.verb(&["config", "check"]));
    assert!(checked.contains("it has no list of an authority in client-ca"), "{checked}");
}

/// One for a year, of which a fortnight is left.
#[test]
fn what_runs_out_soon_is_told_in_time() {
    let mut house = House::new();
    house.configure("");
    let (cert, key) = (house.pem("server"), house.key());
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-subj", "/CN=localhost", "-days", "380", "-keyout"])
        .args([&key, std::path::Path::new("-out"), &cert])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    house.run();
    assert_eq!(alarms(&house, "certificate-expiring"), Vec::<Value>::new());
    house.run_at("+366d");
    // The certificates of the others are good for thirty days.
    assert_eq!(alarms(&house, "certificate-expired").len(), 1);
    let soon = alarms(&house, "certificate-expiring");
    assert_eq!(soon.len(), 1, "{soon:?}");
    assert_eq!(soon[0]["subject"], cert.display().to_string());
    assert_eq!(soon[0]["grave"], false);
}

#[test]
fn a_listener_that_lets_nobody_in_is_an_alarm_until_it_does() {
    let house = House::start("");
    assert_eq!(alarms(&house, "listener-down"), Vec::<Value>::new());
    fs::write(house.pem("server"), "nothing").unwrap();
    house.reload();
    let down = alarms(&house, "listener-down");
    assert_eq!((down.len(), &down[0]["subject"]), (1, &Value::from("tls")), "{down:?}");
    house.put("server", "server.pem");
    house.reload();
    assert_eq!(alarms(&house, "listener-down"), Vec::<Value>::new());
    drop(house);

    // systemd hands no socket over.
    let mut house = House::new();
    house.configure("");
    house.run_alone();
    until("an alarm", || !alarms(&house, "listener-down").is_empty());
    assert_eq!(alarms(&house, "listener-down")[0]["subject"], "socket");
}

fn alarms(house: &House, code: &str) -> Vec<Value> {
    let shown = house.verb(&["status", "--json"]);
    let status: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let all = status["alarms"].as_array().unwrap().iter();
    all.filter(|alarm| alarm["code"] == code).cloned().collect()
}

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}
