//! The operator's page, as a browser and a screen reader find it; and nothing of anybody on it.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use super::scene::{Answer, House};
use crate::{engine::LIST, support::uploads};

#[test]
fn the_page_tells_the_day_and_nothing_of_anybody() {
    let mut house = House::new();
    house.configure("");
    let registry = house.layout.registries().join("fastlege.toml");
    let text = std::fs::read_to_string(&registry).unwrap();
    std::fs::write(&registry, text.replace("lists = \"P90D\"", "lists = \"P9D\"")).unwrap();
    house.run();
    house.send("embassy-xex", "Kari Kanarifugl.xml", LIST.as_bytes());
    let list =
        uploads::complete("XEX", "7", &uploads::PERSONS).replace("family_name", "familyname");
    house.send("embassy-xex", "Papegøye.xml", list.as_bytes());
    house.send("embassy-xex", "Burliste <b>.xml", b"<nothing/>");
    house.lose_inbound("oslo");
    crate::support::wait::until("alarm", || house.get("client", "/readyz").status == 503);

    let page = house.get("client", "/");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    check(&page, "en");
    let text = page.text();
    let audit = &house.json("/v1/status")["audit"];
    for shown in [
        "Something is wrong",
        "unlistable-inbox",
        "<code>embassy-list</code>",
        "partly accepted",
        "The newest of today",
        "Erasures ahead",
        "processed + P9D",
        "<code>EMB-02</code>",
        audit["root"].as_str().unwrap(),
        "seconds ago",
    ] {
        assert!(text.contains(shown), "no {shown} in\n{text}");
    }
    let nb =
        house.curl(Some("client"), "/", &["--header", "Accept-Language: nb-NO,nb;q=0.9,en;q=0.8"]);
    check(&nb, "nb");
    for shown in [
        "Noe er galt",
        "delvis godtatt",
        "Slettinger framover",
        "En avsenders inbound kan ikke leses",
        "gyldig d-nummer",
    ] {
        assert!(nb.text().contains(shown), "no {shown} in\n{}", nb.text());
    }
    let chosen = house.curl(Some("client"), "/?lang=en", &["--header", "Accept-Language: nb"]);
    check(&chosen, "en");
    assert_eq!(house.get("client", "/?lang=de").status, 400);

    let metrics = house.get("client", "/metrics");
    let submissions = house.get("client", "/v1/submissions");
    let status = house.get("client", "/v1/status");
    for (what, answer) in [
        ("page", &page),
        ("nb", &nb),
        ("metrics", &metrics),
        ("list", &submissions),
        ("status", &status),
    ] {
        let text = answer.text();
        let named = ["Kanarifugl", "Papegøye", "Burliste", "Per", "Pål", "Gata 1", "Ås<", "X1"];
        let numbers = uploads::PERSONS.iter().flat_map(|(number, born)| [*number, *born]);
        for canary in named.into_iter().chain(numbers).chain(["41819077303"]) {
            assert!(!text.contains(canary), "{canary} on the {what}:\n{text}");
        }
    }
}

#[test]
fn the_configured_language_counts_and_an_empty_day_is_told() {
    let house = House::start("language = \"nb\"");
    let page = house.curl(Some("client"), "/", &["--header", "Accept-Language: en"]);
    check(&page, "nb");
    for shown in ["Alt er i orden.", "Ingenting er kommet inn i dag.", "Ingen alarm er aktiv."] {
        assert!(page.text().contains(shown), "no {shown} in\n{}", page.text());
    }
}

fn check(page: &Answer, language: &str) {
    assert_eq!(page.status, 200, "{page:?}");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/check_page.py");
    let mut checker = Command::new("python3")
        .arg(script)
        .args([language, page.header("content-security-policy").unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3 is installed");
    checker.stdin.take().unwrap().write_all(&page.body).unwrap();
    let output = checker.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stderr),
        page.text()
    );
}
