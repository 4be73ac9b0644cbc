//! Who gets in at all: nobody without a good certificate, and of those only who is pinned.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use super::scene::House;

#[test]
fn a_client_without_a_good_certificate_never_gets_to_ask() {
    let house = House::new();
    house.put("crl", "crl.pem");
    let crl = format!("crl = \"{}\"", house.pem("crl").display());
    // All of them are pinned: it is not the pin that keeps them out.
    let pins: Vec<_> = ["client", "client-expired", "client-revoked", "client-elsewhere"]
        .map(|who| format!("\"{}\"", house.pin(who)))
        .into();
    let mut house = house;
    house.configure(&format!("{crl}\noperators = [{}]", pins.join(", ")));
    house.run();
    assert_eq!(house.get("client", "/healthz").text(), "ok\n");
    for who in [None, Some("client-expired"), Some("client-revoked"), Some("client-elsewhere")] {
        let answer = house.curl(who, "/healthz", &[]);
        assert_eq!((answer.status, answer.body.len()), (0, 0), "{who:?}: {answer:?}");
        assert!(!answer.is_whole);
    }
    assert!(house.log().contains("A client of the admin listener was refused"), "{}", house.log());
    assert_eq!(house.get("client", "/healthz").status, 200, "others are served all the same");
}

#[test]
fn an_expired_list_refuses_everybody() {
    let mut house = House::new();
    house.put("crl", "crl-expired.pem");
    house.configure(&format!("crl = \"{}\"", house.pem("crl").display()));
    house.run();
    assert_eq!(house.get("client", "/healthz").status, 0);
    // A good one takes effect without a restart.
    house.put("crl", "crl.pem");
    house.reload();
    assert_eq!(house.get("client", "/healthz").status, 200);
}

#[test]
fn tls_1_2_is_refused_and_plain_http_too() {
    let house = House::start("");
    let answer = house.curl(Some("client"), "/healthz", &["--tls-max", "1.2"]);
    assert_eq!(answer.status, 0, "{answer:?}");
    let connect = format!("127.0.0.1:{}", house.port);
    for (version, good) in [("-tls1_2", false), ("-tls1_3", true)] {
        let shaken = Command::new("openssl")
            .args([
                "s_client",
                "-connect",
                &connect,
                version,
                "-verify_return_error",
                "-brief",
                "-cert",
            ])
            .arg(house.certificates.file("client.pem"))
            .arg("-key")
            .arg(house.certificates.file("client.key"))
            .arg("-CAfile")
            .arg(house.certificates.file("ca.pem"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(shaken.status.success(), good, "{version}: {shaken:?}");
    }
    let plain = Command::new("curl")
        .args(["--silent", "--max-time", "20", &format!("http://{connect}/healthz")])
        .output()
        .unwrap();
    // A TLS alert at most.
    assert!(!String::from_utf8_lossy(&plain.stdout).contains("ok"), "{plain:?}");
}

/// A session that is taken up again is not held against revocation lists, so there is none.
#[test]
fn no_session_can_be_taken_up_again() {
    let house = House::start("");
    let script = r#"
import socket, ssl, sys
port, ca, cert, key = int(sys.argv[1]), *sys.argv[2:5]
context = ssl.create_default_context(cafile=ca)
context.load_cert_chain(cert, key)
session = None
for _ in range(2):
    with socket.create_connection(("127.0.0.1", port)) as raw:
        with context.wrap_socket(raw, server_hostname="localhost", session=session) as tls:
            tls.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = b""
            while piece := tls.recv(4096):
                answer += piece
            assert answer.startswith(b"HTTP/1.1 200"), answer
            assert not tls.session_reused
            assert tls.version() == "TLSv1.3"
            session = tls.session
print("done")
"#;
    let file = |name: &str| house.certificates.file(name);
    let asked = Command::new("python3")
        .args(["-c", script, &house.port.to_string()])
        .args([file("ca.pem"), file("client.pem"), file("client.key")])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&asked.stdout), "done\n", "{asked:?}");
}

#[test]
fn whoever_is_not_pinned_gets_403_for_everything() {
    let house = House::start("");
    for path in [
        "/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/v1/status",
        "/v1/submissions",
        "/v1/senders",
        "/v1/registries",
        "/v1/deadlines",
        "/v1/objects",
        "/v1/openapi.json",
        "/nowhere",
    ] {
        let answer = house.get("stranger", path);
        assert_eq!(answer.refusal(), (403, "not-pinned".to_owned()), "{path}: {answer:?}");
        assert!(answer.text().contains(&house.pin("stranger")), "it says which pin: {answer:?}");
        assert_eq!(answer.header("connection"), Some("close"), "no place is kept: {answer:?}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let answer = house.curl(Some("stranger"), "/v1/status", &["--request", method]);
        assert_eq!(answer.status, 403, "{method}");
    }
    let told = house.log().matches("is not pinned was refused").count();
    assert!((1..12).contains(&told), "some of them, {told}, are told of");
}

/// Neither one that shows no certificate nor one that asks for nothing keeps its place, and nobody
/// waits for them.
#[test]
fn silent_clients_are_let_go() {
    let house = House::start("");
    let script = r#"
import socket, ssl, sys, threading
port, ca, cert, key = int(sys.argv[1]), *sys.argv[2:5]
context = ssl.create_default_context(cafile=ca)
context.load_cert_chain(cert, key)
ended = []
def silent(shake):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as raw:
        if shake:
            raw = context.wrap_socket(raw, server_hostname="localhost")
            raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: loc")
        try:
            while raw.recv(4096):
                pass
        except ConnectionError:
            pass
        ended.append(shake)
threads = [threading.Thread(target=silent, args=(n % 2 == 0,)) for n in range(40)]
for thread in threads: thread.start()
print("begun", flush=True)
for thread in threads: thread.join()
print(len(ended))
"#;
    let file = |name: &str| house.certificates.file(name);
    let mut clients = Command::new("python3")
        .args(["-c", script, &house.port.to_string()])
        .args([file("ca.pem"), file("stranger.pem"), file("stranger.key")])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(clients.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "begun\n");
    assert_eq!(house.get("client", "/healthz").status, 200, "others are answered meanwhile");
    line.clear();
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "40\n");
    clients.wait().unwrap();
}
