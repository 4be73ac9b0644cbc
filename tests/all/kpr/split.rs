//! A registry in mode `split`, from end to end: the content for one key, the map from pseudonym to
//! person for another, each opened with stock `age`.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use filsluse::types::{ids::Part, verdict::Verdict};

use super::{
    super::generator::messages::Kind,
    city::{City, object, planted},
    document::Node,
};

#[test]
fn content_and_map_open_with_a_key_of_their_own_each() {
    let city = City::new();
    let other = split(&city);
    let planted = planted(&city, Kind::KprEvent, 2024, 1 << 18, 3);
    let message = fs::read(&planted.file).unwrap();
    let original = Node::parse(&message.iter().copied().map(char::from).collect::<String>());
    let struck = fs::read_to_string(&planted.list).unwrap();
    let struck: Vec<usize> = struck.lines().map(|line| line.parse().unwrap()).collect();
    let mut daemon = city.installation.start(&[]);
    daemon.ready();
    city.send(&planted.file, "hendelser.xml");
    city.answered(&mut daemon, 1);

    let books = city.installation.books();
    let row = &books.submissions[0];
    assert_eq!(row.verdict, Some(Verdict::Partly));
    let [content, map] =
        [Part::Content, Part::Identity].map(|part| object(&books, row, "kpr", part));
    let kpr = city.identity("kpr");
    for (object, wrong) in [(content, &other), (map, &kpr)] {
        let said = city.open(object, wrong).unwrap_err();
        assert!(said.contains("no identity matched"), "{}: {said}", object.id);
    }
    let read = |file: std::path::PathBuf| fs::read_to_string(file).unwrap();
    let content = read(city.open(content, &kpr).unwrap());
    let map = Node::parse(&read(city.open(map, &other).unwrap()));

    let pairs: BTreeMap<&str, (&str, &str)> = map
        .all("Person")
        .into_iter()
        .map(|person| {
            let get = |name| person.get(name).unwrap();
            (get("pseudonym"), (get("fid"), get("typeID")))
        })
        .collect();
    let mut guids = std::collections::BTreeSet::new();
    let kept: Vec<&Node> = original
        .children
        .iter()
        .filter(|child| child.name == "Notifikasjon")
        .zip(1..)
        .filter(|(it, n)| !struck.contains(n) && guids.insert(it.get("notifikasjonGUID")))
        .map(|(it, _)| it)
        .collect();
    let written = Node::parse(&content);
    let written = written.all("Notifikasjon");
    assert_eq!(written.len(), kept.len());
    for (written, kept) in written.iter().zip(&kept) {
        let [written, kept] = [written, kept].map(|it| it.all("Bruker")[0]);
        let person = (kept.get("fid").unwrap(), kept.get("typeID").unwrap());
        assert_eq!(pairs[written.get("fid").unwrap()], person);
        // Birth dates and the like stand in other values by chance.
        if person.0.len() >= 11 {
            assert!(!content.contains(person.0), "an identifier is in the content");
        }
    }
    let used: std::collections::BTreeSet<_> =
        written.iter().map(|it| it.all("Bruker")[0].get("fid").unwrap()).collect();
    assert!(pairs.keys().all(|pseudonym| used.contains(pseudonym)), "nobody is in the map alone");
    assert!(daemon.stop().success());
}

/// What a fault of ours has stopped lies for those who may open it, and not for ever: the registry
/// itself keeps what it takes without a deadline.
#[test]
#[cfg(feature = "fail-points")]
fn what_a_fault_has_stopped_is_kept_for_ninety_days() {
    let city = City::new();
    split(&city);
    let planted = planted(&city, Kind::KprEvent, 2024, 1 << 18, 3);
    let mut daemon = city.installation.start(&[("FILSLUSE_PANIC_ON", "conclude")]);
    daemon.ready();
    city.send(&planted.file, "hendelser.xml");
    city.answered(&mut daemon, 1);
    let books = city.installation.books();
    let row = &books.submissions[0];
    let kept = object(&books, row, "kpr", Part::Whole);
    assert_eq!(kept.due_rule, "received + P90D");
    let days = kept.due_at.unwrap().duration_since(row.received_at).as_hours() / 24;
    assert!((90..=91).contains(&days), "{days}");
    assert!(daemon.stop().success());
}

/// Lets the registry `kpr` have the map, for a key of its own.
fn split(city: &City) -> std::path::PathBuf {
    let other = city.installation.path().join("identities.identity");
    let public = keygen(&other);
    let page = city.installation.layout.registries().join("kpr.toml");
    let text = fs::read_to_string(&page).unwrap();
    let split = format!("mode = \"split\"\nidentity-recipients = [\"{public}\"]");
    assert!(text.contains("mode = \"pseudonym\""));
    fs::write(&page, text.replace("mode = \"pseudonym\"", &split)).unwrap();
    other
}

/// A key pair by stock `age`; gives the public half.
fn keygen(file: &Path) -> String {
    let made = Command::new("age-keygen").arg("-o").arg(file).output().expect("age is installed");
    assert!(made.status.success());
    let public = Command::new("age-keygen").arg("-y").arg(file).output().unwrap();
    String::from_utf8(public.stdout).unwrap().trim().to_owned()
}
