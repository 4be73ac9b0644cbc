//! What leaves for the police district: the form written anew, and only what the basis lets leave.

use filsluse::kinds::judgement::Note;
use jiff::civil::date;
use quick_xml::{Reader, XmlVersion, events::Event};

use super::{
    bench::Bench,
    document::{NUMBER, REQUEST_ID, anonymous, inquiry, notice, on_basis, oral, weighty},
};

/// Every name and value of a document, as another parser reads it.
fn said(text: &str) -> Vec<(String, String)> {
    let mut reader = Reader::from_str(text);
    let (mut said, mut open) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                let name = start.name().as_ref().to_owned();
                attributes(&name, &start, &mut said);
                open.push(name);
            }
            Event::Empty(start) => {
                let name = start.name().as_ref().to_owned();
                attributes(&name, &start, &mut said);
            }
            Event::End(_) => drop(open.pop()),
            Event::Text(text) => {
                let text = text.to_string();
                if !text.trim().is_empty() {
                    said.push((open.last().unwrap().clone(), text));
                }
            }
            Event::Eof => return said,
            _ => {}
        }
    }
}

fn attributes(
    name: &str,
    start: &quick_xml::events::BytesStart<'_>,
    said: &mut Vec<(String, String)>,
) {
    for attribute in start.attributes() {
        let attribute = attribute.unwrap();
        let key = attribute.key.as_ref().to_owned();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned();
        if key != "xmlns" {
            said.push((if name == "PoliceRequest" { key } else { format!("{name}.{key}") }, value));
        }
    }
}

#[test]
fn the_form_leaves_in_one_spelling() {
    let bench = Bench::new();
    let request = inquiry()
        .set("request_id", &format!("{{{}}}", REQUEST_ID.to_uppercase()))
        .set("person.national_id", "038515 98730")
        .set("needed_by", "28.11.2026")
        .set("purpose_code", "Risk_Assessment")
        .set("purpose", "Fare & <uro> \"nå\" ]]>");
    let outcome = bench.judge(&request.children());
    let mut said = said(&outcome.sent("politi-oslo"));
    said.sort();
    let mut want: Vec<_> = inquiry()
        .set("purpose", "Fare & <uro> \"nå\" ]]>")
        .0
        .into_iter()
        .filter(|(name, _)| name != "oral")
        .collect();
    want.sort();
    // The texts of one element may come in pieces from the other parser.
    let texts = |said: &[(String, String)]| -> Vec<String> {
        said.iter().filter(|(name, _)| name != "purpose").map(|(n, t)| format!("{n}={t}")).collect()
    };
    assert_eq!(texts(&said), texts(&want));
    let sent = outcome.sent("politi-oslo");
    assert!(sent.contains("<purpose>Fare &amp; &lt;uro&gt; \"nå\" ]]&gt;</purpose>"), "{sent}");
    // And reads back as what it was.
    assert_eq!(bench.judge(&sent).sent("politi-oslo"), sent);
    let notes = outcome.judgement.unwrap().notes;
    let (district, needed_by) = ("oslo".to_owned(), Some(date(2026, 11, 28)));
    assert_eq!(notes, [Note::AskedPolice { district, needed_by }]);
}

#[test]
fn only_what_the_basis_lets_leave() {
    let bench = Bench::new();
    let sent = bench.judge(&anonymous().xml()).sent("politi-oslo");
    for word in ["<person", "case_number", "26/00123", "consent", "patient_", NUMBER] {
        assert!(!sent.contains(word), "{word} in {sent}");
    }
    assert!(sent.contains("requester") && sent.contains("vaapen"));

    // A consent that the basis does not need stays here.
    let sent = bench.judge(&inquiry().set("legal_basis", "bistand").xml()).sent("politi-oslo");
    assert!(!sent.contains("consent") && sent.contains(NUMBER));

    let sent = bench.judge(&weighty().xml()).sent("politi-oslo");
    assert!(sent.contains("truet en ansatt"));
    let sent = bench
        .judge(&on_basis("kjent-pasientforhold").set("basis_details", "Hemmelig").xml())
        .sent("politi-oslo");
    assert!(!sent.contains("Hemmelig"));
}

#[test]
fn a_notice_leaves_at_once_and_nothing_of_what_was_told_orally() {
    let bench = Bench::new();
    let outcome = bench.judge(&notice().xml());
    assert!(outcome.sent("politi-oslo").contains("type=\"notice\""));
    let notes = outcome.judgement.unwrap().notes;
    assert_eq!(notes, [Note::ToldPolice { district: "oslo".to_owned() }]);
    for request in [oral(weighty()), oral(notice())] {
        let outcome = bench.judge(&request.xml());
        assert!(outcome.written.is_empty(), "{:?}", outcome.found());
        assert_eq!(outcome.judgement.unwrap().notes, [Note::OralRecorded]);
    }
}

/// A comment, an instruction, an attribute of another namespace: nothing of it gets out.
#[test]
fn nothing_beside_the_fields_leaves() {
    let bench = Bench::new();
    let text = anonymous().xml().replacen(
        "<requester",
        "<!-- Rigmor 03851598730 --><?note Rigmor?><requester",
        1,
    );
    let sent = bench.judge(&text).sent("politi-oslo");
    assert!(!sent.contains("Rigmor") && !sent.contains(NUMBER));
}
