//! New pins, certificates and lists take effect on SIGHUP; what cannot be used lets nobody in; and
//! whatever is wrong with the listener, files are taken.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt, process::Command};

use super::scene::House;
use crate::{engine::LIST, support::wait::until};

#[test]
fn new_pins_lists_and_certificates_count_without_a_restart() {
    let house = House::start("");
    assert_eq!(house.get("client", "/healthz").status, 200);
    assert_eq!(house.get("stranger", "/healthz").status, 403);
    house.configure(&format!("operators = [\"{}\"]", house.pin("stranger")));
    house.reload();
    assert_eq!(house.get("client", "/healthz").status, 403);
    assert_eq!(house.get("stranger", "/healthz").status, 200);

    house.put("crl", "crl.pem");
    let pins = format!("operators = [\"{}\"]", house.pin("client-revoked"));
    house.configure(&pins);
    house.reload();
    assert_eq!(house.get("client-revoked", "/healthz").status, 200, "no list yet");
    house.configure(&format!("{pins}\ncrl = \"{}\"", house.pem("crl").display()));
    house.reload();
    assert_eq!(house.get("client-revoked", "/healthz").status, 0);

    house.configure("");
    house.put("client-ca", "other-ca.pem");
    house.reload();
    assert_eq!(house.get("client", "/healthz").status, 0, "another authority");
    house.put("client-ca", "ca.pem");
    house.put("server", "server-elsewhere.pem");
    house.put_key("server-elsewhere.key");
    house.reload();
    let elsewhere = house.curl(Some("client"), "/healthz", &[]);
    assert!(elsewhere.output_error.contains("SSL"), "{elsewhere:?}");
    assert_eq!(house.curl(Some("client"), "/healthz", &["--insecure"]).status, 200);
}

/// A connection that was opened before is held against the new pins too.
#[test]
fn an_open_connection_does_not_outlive_its_pin() {
    let house = House::start("");
    let script = r#"
import http.client, ssl, sys
port, ca, cert, key = int(sys.argv[1]), *sys.argv[2:5]
context = ssl.create_default_context(cafile=ca)
context.load_cert_chain(cert, key)
connection = http.client.HTTPSConnection("localhost", port, context=context)
connection.auto_open = 0
connection.connect()
connection.request("GET", "/healthz")
print(connection.getresponse().read().decode(), end="", flush=True)
sys.stdin.readline()
try:
    connection.request("GET", "/healthz")
    print(connection.getresponse().status)
except (OSError, http.client.HTTPException):
    print("closed")
"#;
    let file = |name: &str| house.certificates.file(name);
    let mut client = Command::new("python3")
        .args(["-c", script, &house.port.to_string()])
        .args([file("ca.pem"), file("client.pem"), file("client.key")])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = std::io::BufReader::new(client.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut said, &mut line).unwrap();
    assert_eq!(line, "ok\n");
    house.configure(&format!("operators = [\"{}\"]", house.pin("stranger")));
    house.reload();
    drop(client.stdin.take());
    line.clear();
    std::io::BufRead::read_line(&mut said, &mut line).unwrap();
    assert!(["closed\n", "403\n"].contains(&line.as_str()), "{line}");
    client.wait().unwrap();
}

#[test]
fn what_cannot_be_used_lets_nobody_in_and_stops_nothing() {
    let house = House::start("");
    fs::write(house.pem("server"), "no certificate\n").unwrap();
    house.reload();
    assert_eq!(house.get("client", "/healthz").status, 0);
    assert!(house.log().contains("The admin listener takes nobody"), "{}", house.log());
    house.send("embassy-xex", "list.xml", LIST.as_bytes());
    house.put("server", "server.pem");
    house.reload();
    assert_eq!(house.get("client", "/healthz").status, 200);
}

#[test]
fn a_daemon_whose_listener_cannot_be_opened_takes_files_and_tries_again() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let mut house = House::new();
    house.configure(&format!("listen = \"{address}\""));
    house.run_alone();
    until("words", || house.log().contains("The admin listener cannot be opened"));
    assert!(house.log().contains("see what listens there already"), "{}", house.log());
    house.send("embassy-xex", "list.xml", LIST.as_bytes());
    drop(taken);
    house.port = address.port();
    until("listener", || house.get("client", "/healthz").status == 200);
    house.configure("listen = \"127.0.0.1:1\"");
    assert!(house.verb(&["config", "check"]).status.success(), "it may be written");
}

#[test]
fn config_check_tells_what_is_wrong_with_the_files() {
    let house = House::new();
    house.configure("");
    let checked = house.verb(&["config", "check"]);
    assert!(checked.status.success(), "{checked:?}");
    let told = || {
        let checked = house.verb(&["config", "check"]);
        assert_eq!(checked.status.code(), Some(1), "{checked:?}");
        [checked.stdout, checked.stderr].map(|text| String::from_utf8(text).unwrap()).concat()
    };
    house.put_key("client.key");
    let said = told();
    assert!(said.contains("admin.tls-cert") && said.contains("another key than"), "{said}");
    fs::set_permissions(house.key(), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(told().contains("others may read it"), "{}", told());
    house.put_key("server.pem");
    assert!(told().contains("is no private key in PEM"), "{}", told());
    fs::remove_file(house.key()).unwrap();
    assert!(told().contains("put the certificate's key there"), "{}", told());
    house.put_key("server.key");
    fs::remove_file(house.pem("client-ca")).unwrap();
    let said = told();
    assert!(said.contains("admin.client-ca") && said.contains("put the PEM file there"), "{said}");
    fs::write(house.pem("client-ca"), "").unwrap();
    assert!(told().contains("holds nothing of what it should"), "{}", told());
    house.put("client-ca", "ca.pem");
    let pins = format!("operators = [\"{}\"]", house.pin("client"));
    house.configure(&pins);
    house.pin_registry("kpr", "client");
    let checked = house.verb(&["config", "check"]);
    assert_eq!(checked.status.code(), Some(78), "{checked:?}");
    let said =
        [checked.stdout, checked.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert!(said.contains("kpr.toml:") && said.contains("an operator has the same pin"), "{said}");
}
