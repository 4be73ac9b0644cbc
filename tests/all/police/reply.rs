//! POL-07 and POL-08: a reply finds its request, or is set aside; what a reply must look like.

use filsluse::{
    kinds::{
        judgement::{Effect, Note},
        police::state::{Change, Shared},
    },
    types::verdict::Verdict,
};

use super::{
    bench::{Bench, district},
    document::{document, inquiry, notice, oral, reply, weighty},
};

const NOTHING: [&str; 0] = [];

/// A reply names a request that this installation sent, that is still open, and comes from the
/// police district that it was sent to.
#[test]
fn pol_07_a_reply_finds_the_open_request_of_its_own_district() {
    let bench = Bench::answering("oslo");
    let outcome = bench.judge(&reply().xml());
    assert_eq!((outcome.found(), outcome.verdict()), (vec![], Verdict::Accepted));
    let judgement = outcome.judgement.unwrap();
    let [Effect::Police(Change::Answered(answered))] = judgement.effects.as_slice() else {
        panic!("{:?}", judgement.effects)
    };
    assert_eq!((answered.shared, answered.documents), (Shared::Full, 1));
    assert_eq!(answered.district.as_str(), "politi-oslo");
    assert!(outcome.written.is_empty(), "nothing but the reply as it came is kept");

    let unknown = reply().set("in_reply_to", "6f9619ff-8b86-4d01-b42d-00cf4fc964fe");
    assert_eq!(bench.judge(&unknown.xml()).found(), ["POL-07 reply-unknown in_reply_to"]);
    for text in ["", "26/00123", "00000000-0000-0000-0000-000000000000"] {
        let found = bench.judge(&reply().set("in_reply_to", text).xml()).found();
        assert_eq!(found, ["POL-07 reply-to in_reply_to"], "{text}");
    }
}

/// The request went to Oslo. Another district learns nothing, not even that it exists.
#[test]
fn pol_07_another_district_cannot_answer() {
    let other = Bench::answering("vest").judge(&reply().set("police_district", "vest").xml());
    assert_eq!(other.found(), ["POL-07 reply-unknown in_reply_to"]);
    let pretends = Bench::answering("vest").judge(&reply().xml());
    assert_eq!(pretends.found(), ["POL-07 reply-district police_district"]);
    for text in ["", "vest"] {
        let found = Bench::answering("oslo").judge(&reply().set("police_district", text).xml());
        assert_eq!(found.found(), ["POL-07 reply-district police_district"], "{text}");
        assert_eq!(found.verdict(), Verdict::Rejected);
    }
    // A hospital that could send replies is no district.
    let mut bench = Bench::answering("oslo");
    bench.sender.police_district = None;
    assert_eq!(bench.judge(&reply().xml()).found(), ["POL-07 reply-district police_district"]);
}

#[test]
fn pol_07_a_closed_request_a_notice_and_a_second_reply() {
    let mut bench = Bench::answering("oslo");
    for known in bench.history.exchanges.shared.values_mut() {
        known.open = false;
    }
    assert_eq!(bench.judge(&reply().xml()).found(), ["POL-07 reply-closed in_reply_to"]);

    for request in [notice(), oral(weighty())] {
        let mut bench = Bench::new();
        bench.send(&request.xml()).exchange();
        bench.sender = district("oslo");
        assert_eq!(bench.judge(&reply().xml()).found(), ["POL-07 reply-not-asked in_reply_to"]);
    }

    let mut bench = Bench::answering("oslo");
    bench.send(&reply().xml());
    let again = bench.judge(&reply().set("shared", "partial").xml());
    assert_eq!(again.found(), ["POL-07 reply-twice reply_id"]);
    // As long as the request is open, there may be more to answer.
    let more = reply().set("reply_id", "0b5c7e0e-8a6f-4a55-9c7d-a0385159873b");
    assert_eq!(bench.judge(&more.xml()).found(), NOTHING);
}

/// "Opplysninger eller dokumenter som mottas fra politiet og som er relevant og nødvendig for
/// helsehjelpen, skal inntas i pasientjournalen": somebody decides on that.
#[test]
fn pol_08_a_reply_waits_for_the_clinician() {
    let judgement = Bench::answering("oslo").judge(&reply().xml()).judgement.unwrap();
    assert_eq!(judgement.notes, [Note::AwaitsClinician]);
    let refused = Bench::answering("vest").judge(&reply().xml()).judgement.unwrap();
    assert_eq!(refused.notes, []);
}

#[test]
fn a_reply_says_what_was_shared() {
    let bench = Bench::answering("oslo");
    for (change, want) in [
        (reply().without("reply_id"), "IN-02 reply-id reply_id"),
        (reply().set("reply_id", "1"), "IN-02 reply-id reply_id"),
        (reply().without("date"), "IN-02 date date"),
        (reply().set("date", "2026-11-22"), "IN-02 date-later date"),
        (reply().set("shared", "litt"), "IN-02 shared shared"),
        (reply().set("shared", "refused"), "IN-02 refusal-basis refusal_basis"),
        (reply().documents(vec![]), "IN-02 documents-missing shared"),
    ] {
        assert_eq!(bench.judge(&change.xml()).found(), [want]);
    }
    let refusal = reply()
        .documents(vec![])
        .set("shared", "avslag")
        .set("refusal_basis", "politiregisterloven § 30");
    let outcome = bench.judge(&refusal.xml());
    assert_eq!(outcome.found(), NOTHING);
}

/// Documents pass as they come: whole base64 of a type that no program runs.
#[test]
fn documents_are_whole_and_of_a_type_that_is_taken() {
    let bench = Bench::answering("oslo");
    let pdf = |base64: &str| ["a.pdf".to_owned(), "application/pdf".to_owned(), base64.to_owned()];
    let cases = [
        (document("", "application/pdf", b"%PDF-"), "IN-02 document-name document.name"),
        (
            document("a.exe", "application/x-msdownload", b"MZ"),
            "IN-02 document-type document.media_type",
        ),
        (
            document("a.pdf", "application/pdf", b"MZ....."),
            "IN-02 document-type-differs document.media_type",
        ),
        (pdf(""), "IN-02 document-content document.base64"),
        (pdf("JVBERi0"), "IN-02 document-content document.base64"),
        (pdf("JVBERi0*"), "IN-02 document-content document.base64"),
    ];
    for (one, want) in cases {
        assert_eq!(bench.judge(&reply().documents(vec![one]).xml()).found(), [want]);
    }
    let all = vec![
        document("a.pdf", "application/PDF", b"%PDF-1.7"),
        document("b.jpg", "image/jpeg", b"\xFF\xD8\xFF\xE0"),
        document("c.png", "image/png", b"\x89PNG\r\n\x1A\n"),
        document("d.tif", "image/tiff", b"II*\0"),
        document("e.txt", "text/plain", "blåbær".as_bytes()),
    ];
    let outcome = bench.judge(&reply().documents(all).xml());
    assert_eq!(outcome.found(), NOTHING);
    let Some(Effect::Police(Change::Answered(answered))) =
        outcome.judgement.unwrap().effects.into_iter().next()
    else {
        panic!()
    };
    assert_eq!(answered.documents, 5);
    let many = vec![document("a.txt", "text/plain", b"x"); 1001];
    let found = bench.judge(&reply().documents(many).xml()).found();
    assert_eq!(found, ["IN-02 documents-too-many document"]);
}

/// A document of many megabytes in one text, and in lines as MIME wraps them, in a group of its
/// own.
#[test]
fn a_large_document_passes_in_pieces() {
    let bench = Bench::answering("oslo");
    let mut bytes = b"%PDF-1.7 ".to_vec();
    bytes.resize(3 << 20, 0xA5);
    let large = reply().documents(vec![document("a.pdf", "application/pdf", &bytes)]);
    assert_eq!(bench.judge(&large.xml()).found(), NOTHING);
    let [_, _, base64] = &large.documents[0];
    let lines = base64.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap());
    let lines = lines.collect::<Vec<_>>().join("\r\n");
    let wrapped = large.xml().replacen(base64.as_str(), &lines, 1);
    let wrapped = wrapped.replacen("<document ", "<documents><document ", 1).replacen(
        "</document>",
        "</document></documents>",
        1,
    );
    assert_eq!(bench.judge(&wrapped).found(), NOTHING);
    let cut = wrapped.replacen("</base64>", "A</base64>", 1);
    assert_eq!(bench.judge(&cut).found(), ["IN-02 document-content document.base64"]);
}

#[test]
fn a_request_is_no_reply() {
    // By its namespace: the root's name alone means nothing.
    let bench = Bench::answering("oslo");
    let other = inquiry().xml().replace("police-request", "police-reply");
    let found = bench.judge(&other).found();
    assert!(found.contains(&"IN-02 unknown-part -".to_owned()), "{found:?}");
}
