//! One form in several clothes: attributes or children, names in any spelling; what is unknown is
//! refused, and everything else is told beside it.

use filsluse::{
    kinds::{self, says::Says},
    types::finding::Place,
};

use super::{
    bench::Bench,
    document::{inquiry, notice},
};

const NOTHING: [&str; 0] = [];

#[test]
fn recognised_by_the_namespace_alone() {
    for (namespace, root, want) in [
        ("urn:filsluse:police-request:1", "PoliceRequest", Some("police-request")),
        ("urn:filsluse:police-request:1", "forespoersel", Some("police-request")),
        ("urn:filsluse:police-reply:1", "PoliceReply", Some("police-reply")),
        ("urn:filsluse:police-reply:2", "PoliceReply", None),
        ("", "PoliceRequest", None),
    ] {
        let (namespace, root) = (namespace.to_owned(), root.to_owned());
        let says = Says::Xml { namespace, root, attributes: Vec::new() };
        assert_eq!(kinds::of_document(&says).map(kinds::Kind::name), want);
    }
}

#[test]
fn attributes_and_children_in_any_spelling_are_one() {
    let bench = Bench::new();
    let kebab = |name: &str| name.replace('_', "-");
    let camel = |name: &str| {
        let mut up = false;
        let letters = name.chars().filter_map(|c| {
            let was = std::mem::replace(&mut up, c == '_');
            (c != '_').then(|| if was { c.to_ascii_uppercase() } else { c })
        });
        letters.collect::<String>()
    };
    let want = bench.judge(&inquiry().xml()).sent("politi-oslo");
    for text in [
        inquiry().children(),
        inquiry().write("Foresporsel", kebab, false),
        inquiry().write("x", kebab, true),
        inquiry().write("PoliceRequest", camel, false),
        inquiry().write("PoliceRequest", camel, true),
    ] {
        let outcome = bench.judge(&text);
        assert_eq!(outcome.found(), NOTHING, "{text}");
        assert_eq!(outcome.sent("politi-oslo"), want, "{text}");
    }
    // Children without a namespace, as tools write that qualify the root alone.
    let prefixed = inquiry()
        .children()
        .replace("<PoliceRequest xmlns=", "<p:PoliceRequest xmlns:p=")
        .replace("</PoliceRequest>", "</p:PoliceRequest>");
    assert_eq!(bench.judge(&prefixed).found(), NOTHING);
}

#[test]
fn what_the_form_does_not_have_is_refused() {
    let bench = Bench::new();
    let whole = inquiry().xml();
    let within = |extra: &str| whole.replacen("<requester", &format!("{extra}<requester"), 1);
    for (text, want) in [
        (within("<diagnosis>x</diagnosis>"), vec!["IN-02 unknown-part -"]),
        (within("<a><b c='1'>x<d/></b></a>"), vec!["IN-02 unknown-part -"]),
        (within("<o:a xmlns:o='urn:other'>x</o:a>"), vec!["IN-02 unknown-part -"]),
        (within("tekst"), vec!["IN-02 text-unexpected -"]),
        (within("<purpose>x</purpose>"), vec!["IN-02 twice purpose"]),
        (within("<person/>"), vec!["IN-02 twice -"]),
        (whole.replacen("<requester", "<requester mood='x'", 1), vec!["IN-02 unknown-part -"]),
        (whole.replacen(" type=", " kind='x' type=", 1), vec!["IN-02 unknown-part -"]),
        (whole.replacen("inquiry", "question", 1), vec!["IN-02 type type"]),
        (inquiry().set("oral", "kanskje").xml(), vec!["IN-02 boolean oral"]),
        (inquiry().set("register", &"x".repeat(301)).xml(), vec!["IN-04 too-long register"]),
        (inquiry().set("register", &"ø".repeat(300)).xml(), vec![]),
    ] {
        assert_eq!(bench.judge(&text).found(), want, "{text}");
    }
    let stray = bench.judge(&within("\n\n\n  tekst\n"));
    let above = whole[..whole.find("<requester").unwrap()].lines().count() as u64;
    let place = stray.findings().as_slice()[0].place;
    assert!(matches!(place, Place::Line { line, column: 3 } if line == above + 3), "{place:?}");
    // Told beside everything else.
    let both = within("<diagnosis/>").replacen("Overlege", "", 1);
    let want = ["IN-02 unknown-part -", "POL-01 missing-requester requester.position"];
    assert_eq!(bench.judge(&both).found(), want);
    // What belongs to XML tools is nobody's business.
    let schema = whole.replacen(
        " type=",
        " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='a b' \
         xml:lang='nb' type=",
        1,
    );
    assert_eq!(bench.judge(&schema).found(), NOTHING);
}

#[test]
fn not_well_formed_is_refused_as_a_whole() {
    let bench = Bench::new();
    let whole = inquiry().xml();
    for cut in [10, whole.len() / 2, whole.len() - 3] {
        let cut = whole.floor_char_boundary(cut);
        let outcome = bench.judge(&whole[..cut]);
        assert!(outcome.refused.is_some(), "{cut}");
        assert!(outcome.found()[0].starts_with("IN-04"), "{:?}", outcome.found());
    }
    let other = whole.replace("police-request:1", "police-request:2");
    assert_eq!(bench.judge(&other).found(), ["IN-02 unknown-part -"]);
}

/// `police_district` may be left out where there is only one.
#[test]
fn the_district_that_is_asked() {
    let mut bench = Bench::new();
    let unsaid = inquiry().without("police_district");
    assert_eq!(bench.found(&unsaid), ["IN-02 district-missing police_district"]);
    let unknown = bench.found(&inquiry().set("police_district", "nord"));
    assert_eq!(unknown, ["IN-02 district-unknown police_district"]);
    let vest = bench.judge(&notice().set("police_district", "VEST").xml());
    assert!(vest.sent("politi-vest").contains("police_district=\"vest\""));
    bench.settings.districts.remove("vest");
    assert!(bench.judge(&unsaid.xml()).sent("politi-oslo").contains("police_district=\"oslo\""));
    bench.settings.districts.clear();
    assert_eq!(bench.found(&unsaid), ["IN-02 district-none police_district"]);
}

/// What stands around the request in a letter says nothing to us.
#[test]
fn a_request_in_a_letter_is_the_same_request() {
    let bench = Bench::new();
    let whole = inquiry().xml();
    let root = whole.split_once("?>").map_or(&*whole, |(_, root)| root);
    let letter = format!(
        "<MsgHead xmlns=\"http://www.kith.no/xmlstds/msghead/2006-05-24\"><MsgInfo><Type V=\"X\"/>\
         <MIGversion>v1.2 2006-05-24</MIGversion><GenDate>2026-11-20T00:00:00</GenDate>\
         <MsgId>0b5c7e0e-8a6f-4a55-9c7d-a03851598731</MsgId></MsgInfo><Document><RefDoc>\
         <MsgType V=\"XML\"/><Content>{root}</Content></RefDoc></Document></MsgHead>"
    );
    let (want, got) = (bench.judge(&whole), bench.judge(&letter));
    assert_eq!(got.found(), NOTHING);
    assert_eq!(got.sent("politi-oslo"), want.sent("politi-oslo"));
}
