//! Downloads that break off and go on, that a lost pin ends, and that leave room for others.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    net::TcpStream,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::scene::House;
use crate::{
    engine::{LIST, large_list},
    support::{program::json_of, wait::until},
};

/// A registry's object, by its path.
fn stored(house: &mut House, sender: &str, registry: &str, bytes: &[u8]) -> String {
    house.configure("");
    house.pin_registry(registry, "registry");
    house.run();
    house.send(sender, "sent.xml", bytes);
    let listed = house.json("/v1/objects");
    let ids = listed.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap());
    let largest = ids.max_by_key(|id| {
        let row = listed.as_array().unwrap().iter().find(|row| row["id"] == **id).unwrap();
        row["payload_bytes"].as_u64().unwrap()
    });
    format!("/v1/objects/{}", largest.unwrap())
}

#[test]
fn what_broke_off_goes_on_from_there() {
    let mut house = House::new();
    let path = stored(&mut house, "embassy-xex", "fastlege", LIST.as_bytes());
    let whole = house.get("registry", &path);
    let length = whole.body.len();
    assert_eq!(whole.header("content-length"), Some(length.to_string().as_str()));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let tag = whole.header("etag").expect("a tag").to_owned();

    let with = |headers: &[&str]| {
        let options: Vec<&str> = headers.iter().flat_map(|header| ["--header", header]).collect();
        house.curl(Some("registry"), &path, &options)
    };
    let rest = with(&["Range: bytes=100-", &format!("If-Range: {tag}")]);
    assert_eq!((rest.status, &rest.body[..]), (206, &whole.body[100..]));
    let part = format!("bytes 100-{}/{length}", length - 1);
    assert_eq!(rest.header("content-range"), Some(part.as_str()));
    assert_eq!(rest.header("etag"), Some(tag.as_str()));
    let other = with(&["Range: bytes=100-", "If-Range: \"another\""]);
    assert_eq!((other.status, &other.body), (200, &whole.body));
    for beyond in [length, usize::MAX] {
        let refused = with(&[&format!("Range: bytes={beyond}-")]);
        assert_eq!(refused.refusal(), (416, "beyond-end".to_owned()));
        assert_eq!(refused.header("content-range"), Some(format!("bytes */{length}").as_str()));
    }
    assert_eq!(with(&["Range: bytes=-5"]).body, whole.body, "only the rest is served");

    // As a registry would: stock curl takes up what it has half of.
    let half = house.layout.etc.join("half.age");
    fs::write(&half, &whole.body[..length / 2]).unwrap();
    let taken_up =
        house.curl(Some("registry"), &path, &["--continue-at", "-", "-o", half.to_str().unwrap()]);
    assert!(taken_up.is_whole, "{taken_up:?}");
    assert_eq!(fs::read(&half).unwrap(), whole.body);
}

/// A client that takes its first bytes and then nothing until it is told to.
const SLOW: &str = r#"
import socket, ssl, sys
port, ca, cert, key, path, count = int(sys.argv[1]), *sys.argv[2:6], int(sys.argv[6])
context = ssl.create_default_context(cafile=ca)
context.load_cert_chain(cert, key)
taken = []
for _ in range(count):
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.connect(("localhost", port))
    connection = context.wrap_socket(plain, server_hostname="localhost")
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    taken.append(connection)
first = [len(connection.recv(1)) for connection in taken[:4]]
print("begun", sum(first), flush=True)
sys.stdin.readline()
total = 0
try:
    while piece := taken[0].recv(1 << 16):
        total += len(piece)
except OSError:
    pass
print(total, flush=True)
"#;

struct Slow {
    child: std::process::Child,
    said: BufReader<std::process::ChildStdout>,
}

impl Slow {
    fn start(house: &House, who: &str, path: &str, count: usize) -> Self {
        let file = |name: &str| house.certificates.file(name);
        let mut child = Command::new("python3")
            .args(["-c", SLOW, &house.port.to_string()])
            .args([file("ca.pem"), file(&format!("{who}.pem")), file(&format!("{who}.key"))])
            .args([path, &count.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Self { child, said }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_download_ends_with_the_pin_of_its_registry() {
    let mut house = House::new();
    let path = stored(&mut house, "embassy-xex", "fastlege", large_list(12).as_bytes());
    let id = path.strip_prefix("/v1/objects/").unwrap();
    let shown = || json_of(&house.verb(&["object", "show", id, "--json"]));
    let beyond = house.curl(Some("registry"), &path, &["--header", "Range: bytes=99999999999-"]);
    assert_eq!(beyond.refusal(), (416, "beyond-end".to_owned()));
    let mut slow = Slow::start(&house, "registry", &path, 1);
    assert_eq!(slow.line(), "begun 1");
    assert_eq!(shown()["handed_at"], Value::Null, "a part of it is not it");
    let length = house.get("registry", &path).body.len();
    assert!(length > 10 << 20, "{length}");
    assert!(shown()["handed_at"].is_string());
    let file = house.layout.registries().join("fastlege.toml");
    let text = fs::read_to_string(&file).unwrap();
    let pinned = text.lines().find(|line| line.starts_with("client-pins")).unwrap();
    fs::write(&file, text.replace(pinned, "")).unwrap();
    house.reload();
    drop(slow.child.stdin.take());
    let got: usize = slow.line().parse().unwrap();
    assert!(got < length, "{got} of {length} bytes went out");
}

#[test]
fn one_client_keeps_no_other_out() {
    let mut house = House::new();
    let path = stored(&mut house, "embassy-xex", "fastlege", large_list(12).as_bytes());
    // More than one client may have, of either.
    let mut slow = Slow::start(&house, "registry", &path, 40);
    assert_eq!(slow.line(), "begun 4");
    until("the refusal of too many connections", || house.log().contains("too many connections"));
    for path in ["/healthz", "/v1/status", "/v1/objects", "/v1/submissions"] {
        assert_eq!(house.get("client", path).status, 200, "{path}");
    }
}

/// Peers that connect and say nothing make room for whoever comes after them.
#[test]
fn who_shakes_no_hands_keeps_nobody_out() {
    let house = House::start("");
    // As many as may shake hands at a time.
    let silent = |_| TcpStream::connect(("localhost", house.port)).unwrap();
    let held: Vec<TcpStream> = (0..64).map(silent).collect();
    assert_eq!(house.get("client", "/healthz").status, 200);
    // It was not for their time being over.
    let newest = held.last().unwrap();
    newest.set_nonblocking(true).unwrap();
    let still = newest.peek(&mut [0]).unwrap_err();
    assert_eq!(still.kind(), std::io::ErrorKind::WouldBlock, "the newest one is let be");
    let mut oldest = held.first().unwrap();
    assert_eq!(oldest.read(&mut [0]).unwrap_or(0), 0, "the oldest one has made room");
}

#[test]
fn what_watches_reads_metrics_and_health_and_nothing_else() {
    let house = House::start("");
    house.configure(&format!("monitors = [\"{}\"]", house.pin("stranger")));
    house.reload();
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(house.get("stranger", path).status, 200, "{path}");
    }
    for path in ["/", "/v1/status", "/v1/senders", "/v1/objects", "/v1/openapi.json", "/v1/none"] {
        let refused = house.get("stranger", path).refusal();
        assert_eq!(refused, (403, "not-allowed".to_owned()), "{path}");
    }
    // One pin, one role.
    house.configure(&format!("monitors = [\"{}\"]", house.pin("client")));
    let checked = house.verb(&["config", "check"]);
    assert_eq!(checked.status.code(), Some(78));
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(said.contains("admin.monitors"), "{said}");
}
