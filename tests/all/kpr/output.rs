//! What leaves: in the message's own format, with every character as it came, and with pseudonyms
//! that an independent script computes alike.

use std::{
    collections::BTreeMap,
    io::Write as _,
    process::{Command, Stdio},
};

use filsluse::types::{
    identity_mode::IdentityMode, ids::Part, municipality::MunicipalityNumber, verdict::Verdict,
};

use super::{
    bench::{Bench, registry},
    document::{Node, annual, message, scripted},
};

/// What the script says should stand in each user's `fid`, `brukerNr` and `pasientGUID`.
fn recomputed(registry: &str, epoch: &str, message: &[u8]) -> Vec<String> {
    script(&[registry, epoch], message)
}

/// The lines of what the script says of an input.
fn script(arguments: &[&str], input: &[u8]) -> Vec<String> {
    let mut script = Command::new("python3")
        .arg(format!("{}/tests/scripts/pseudonym.py", env!("CARGO_MANIFEST_DIR")))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is installed");
    script.stdin.take().unwrap().write_all(input).unwrap();
    let output = script.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn users(content: &Node) -> Vec<String> {
    let shown = |user: &&Node| {
        let get = |name| user.get(name).unwrap_or("-");
        format!("{} {} {}", get("fid"), get("brukerNr"), get("pasientGUID"))
    };
    content.all("Bruker").iter().map(shown).collect()
}

#[test]
fn whom_only_one_municipality_can_tell_is_told_apart_by_municipality() {
    let users_of = |number: &str, id_type: &str, fid: &str| {
        let mut root = message(&["--count", "1", "--municipality", number, "--day", "2024-01-02"]);
        let user = root.nth("Notifikasjon", 0).children[0].nth("Bruker", 0);
        user.set("typeID", id_type).set("fid", fid).set("brukerNr", "X1");
        let mut bench = Bench::new();
        bench.sender.municipality = MunicipalityNumber::parse(number).ok();
        let outcome = bench.judge(&root);
        assert!(outcome.part("kpr", Part::Content).is_some());
        outcome.content("kpr").all("Bruker")[0].get("fid").unwrap().to_owned()
    };
    // A birth date, and a help number that one institution gave; a passport is somebody's anywhere.
    for (id_type, fid, differs) in
        [("9", "050350", true), ("3", "N-17", true), ("4", "N123", false)]
    {
        assert_eq!(users_of("4204", id_type, fid), users_of("4204", id_type, fid));
        assert_eq!(users_of("4204", id_type, fid) != users_of("5001", id_type, fid), differs);
    }
}

#[test]
fn an_independent_script_computes_the_same_pseudonyms() {
    let mut root = message(&["--count", "3000"]);
    for (n, (id_type, fid)) in [("4", "N1234567"), ("9", "010150"), ("3", "X-1")].iter().enumerate()
    {
        let event = &mut root.nth("Notifikasjon", n).children[0];
        event.nth("Bruker", 0).set("typeID", id_type).set("fid", fid);
    }
    let bytes = root.write().into_bytes();
    let mut bench = Bench::new();
    bench.registries = vec![registry("kpr", &[7])];
    let content = bench.read(&bytes).content("kpr");
    assert_eq!(users(&content), recomputed("kpr", "7", &bytes));
    assert!(content.all("Bruker").iter().all(|user| user.get("typeID") == Some("99")));

    let bytes = annual(2017, "0301").write().into_bytes();
    let outcome = Bench::both().read(&bytes);
    assert_eq!(users(&outcome.content("iplos")), recomputed("iplos", "3", &bytes));
    assert_eq!(users(&outcome.content("kpr")), recomputed("kpr", "1", &bytes));
}

#[test]
fn everything_but_the_identifiers_comes_out_as_it_went_in() {
    // Long enough for a dozen buffers: a record must not break at the end of one.
    let root = message(&["--count", "3000"]);
    let mut content = Bench::new().judge(&root).content("kpr");
    let originals: Vec<_> = root.all("Bruker").into_iter().cloned().collect();
    let mut at = 0;
    restore(&mut content, &originals, &mut at);
    // One GUID in some thousands holds a number by chance.
    let guids: Vec<_> = GUIDS.iter().flat_map(|name| values(&root, name)).collect();
    let left = script(&["kpr"], guids.join("\n").as_bytes());
    let back: BTreeMap<_, _> =
        left.into_iter().zip(guids).filter(|(to, from)| to != from).collect();
    for name in GUIDS {
        put_back(&mut content, name, &back);
    }
    assert_eq!(at, 3000);
    let sorted = |node: &Node| {
        let mut text: Vec<_> = node.write().lines().map(sorted_attributes).collect();
        text.retain(|line| !line.is_empty());
        text
    };
    assert_eq!(sorted(&content), sorted(&root));
}

/// Attributes that are GUIDs and leave as they came, as long as nobody's number is in them.
const GUIDS: [&str; 4] =
    ["notifikasjonGUID", "notifikasjonForrigeGUID", "notifikasjonRef", "hendelseGUID"];

fn values(node: &Node, name: &str) -> Vec<String> {
    let own = node.get(name).map(str::to_owned);
    own.into_iter().chain(node.children.iter().flat_map(|child| values(child, name))).collect()
}

fn put_back(node: &mut Node, name: &str, back: &BTreeMap<String, String>) {
    if let Some(guid) = node.get(name).and_then(|guid| back.get(guid)) {
        node.set(name, guid);
    }
    node.children.iter_mut().for_each(|child| put_back(child, name, back));
}

/// Puts the identifiers back.
fn restore(node: &mut Node, originals: &[Node], at: &mut usize) {
    if node.name == "Bruker" {
        for name in ["fid", "brukerNr", "pasientGUID", "typeID"] {
            node.set(name, originals[*at].get(name).unwrap());
        }
        *at += 1;
    }
    node.children.iter_mut().for_each(|child| restore(child, originals, at));
}

fn sorted_attributes(line: &str) -> String {
    let mut parts: Vec<_> =
        line.trim_end_matches("/>").trim_end_matches('>').split("\" ").collect();
    parts.sort_unstable();
    parts.join("\" ")
}

#[test]
fn every_encoding_gives_the_same() {
    let bench = Bench::new();
    let utf8 = bench.read(&scripted(&[])).text("kpr", Part::Content);
    assert!(utf8.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Melding xmlns="));
    for word in ["Blåbær", "Ærlig Østnes", "Åse &amp; Sønn", "a &quot;b&quot; &lt;c>"] {
        assert!(utf8.contains(word), "{word}");
    }
    for options in [&["--bom"][..], &["--encoding", "ISO-8859-1"], &["--encoding", "windows-1252"]]
    {
        let bytes = scripted(options);
        assert_eq!(bytes.contains(&0xE5), options[0] == "--encoding", "{options:?}");
        assert_eq!(bench.read(&bytes).text("kpr", Part::Content), utf8, "{options:?}");
    }
}

#[test]
fn a_message_in_a_letter_gives_the_same() {
    let root = message(&[]);
    let bare = Bench::new().judge(&root).text("kpr", Part::Content);
    let value = |name: &str, value: &str| Node::new(name, &[("V", value)]);
    let text = |name: &str, text: &str| format!("<{name}>{text}</{name}>");
    let info = [
        value("Type", "XPR_IPL").write(),
        text("MIGversion", "v1.2 2006-05-24"),
        text("GenDate", "2024-03-01T00:00:00"),
        text("MsgId", "0b5c7e0e-8a6f-4a55-9c7d-a03851598731"),
    ]
    .concat();
    let letter = format!(
        "<MsgHead xmlns=\"http://www.kith.no/xmlstds/msghead/2006-05-24\"><MsgInfo>{info}</MsgInfo>\
         <Document><RefDoc>{}<Content>{}</Content></RefDoc></Document></MsgHead>",
        value("MsgType", "XML").write(),
        root.write(),
    );
    let outcome = Bench::new().read(letter.as_bytes());
    assert_eq!(outcome.verdict(), Verdict::Accepted);
    assert_eq!(outcome.text("kpr", Part::Content), bare);
    let cut = letter.replace("</Document></MsgHead>", "");
    assert_eq!(Bench::new().read(cut.as_bytes()).found(), ["IN-04 R xml-unexpected-end"]);
}

#[test]
fn one_person_is_one_in_all_files_of_a_registry_and_no_other() {
    let first = Bench::new().judge(&message(&["--count", "60"])).content("kpr");
    let again = ["--count", "60", "--start", "61", "--day", "2024-04-01"];
    let later = Bench::new().judge(&message(&again)).content("kpr");
    let persons = |node: &Node| -> std::collections::BTreeSet<String> {
        node.all("Bruker").iter().map(|user| user.get("fid").unwrap().to_owned()).collect()
    };
    assert_eq!(persons(&first), persons(&later));
    let mut bench = Bench::new();
    bench.registries = vec![registry("iplos", &[1])];
    let other = bench.judge(&message(&["--count", "60"])).content("iplos");
    assert!(persons(&first).is_disjoint(&persons(&other)));
}

#[test]
fn split_mode_gives_the_map_apart() {
    let mut bench = Bench::new();
    bench.registries[0].mode = IdentityMode::Split;
    let mut root = message(&["--count", "60"]);
    // One that is held back and struck stands in neither part.
    let guid = "0b5c7e0e-8a6f-4a55-9c7d-000000000001";
    root.nth("Notifikasjon", 3).set("statusNotifikasjon", "M").set("notifikasjonRef", guid);
    let stranger = root.nth("Notifikasjon", 3).children[0].nth("Bruker", 0);
    stranger.set("typeID", "1").set("fid", "03851598730");
    let outcome = bench.judge(&root);
    assert_eq!(outcome.records(), (59, 1));
    let map = Node::parse(&outcome.text("kpr", Part::Identity));
    assert_eq!((map.name.as_str(), map.get("registry")), ("IdentityMap", Some("kpr")));
    let pairs: std::collections::BTreeMap<_, _> = map
        .all("Person")
        .iter()
        .map(|p| (p.get("pseudonym").unwrap().to_owned(), p.get("fid").unwrap().to_owned()))
        .collect();
    assert_eq!(pairs.len(), map.children.len(), "each person once");
    let content = outcome.content("kpr");
    let kept = root.all("Bruker").into_iter().filter(|b| b.get("fid") != Some("03851598730"));
    for (user, original) in content.all("Bruker").iter().zip(kept) {
        assert_eq!(pairs[user.get("fid").unwrap()], original.get("fid").unwrap());
    }
    assert!(!pairs.values().any(|fid| fid == "03851598730"));
    assert!(pairs.values().all(|fid| !outcome.text("kpr", Part::Content).contains(fid)));
}

#[test]
fn identified_mode_changes_nothing() {
    let mut bench = Bench::new();
    bench.registries[0].mode = IdentityMode::Identified;
    let root = message(&["--count", "60"]);
    let content = bench.judge(&root).content("kpr");
    for (user, original) in content.all("Bruker").iter().zip(root.all("Bruker")) {
        assert_eq!(*user, original);
    }
}
