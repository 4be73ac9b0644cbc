//! One attempt after the other, whatever the archive answers: in the end there is exactly one case
//! and one document.

use std::time::Duration;

use filsluse::catalogue::records::{archive::Attempt, outgoing::Trouble};
use serde_json::{Value, json};

use super::peer::{AUTH_KEY, Certificates, Sif, StubDaemon, entry, errand_for};

#[test]
fn a_request_is_entered_once_and_nothing_of_it_leaves() {
    let certificates = Certificates::make();
    let sif = Sif::start(&certificates);
    let desk = StubDaemon::new(&certificates, sif.port);
    let entry = entry(1);
    let reference = entry.reference.to_string();
    let first = desk.enter(&entry);
    assert_eq!(first, entered("26/00001", "26/00001-1"));
    assert_eq!(desk.enter(&entry), first, "looked for before it is made");
    assert_eq!(sif.counts(), (1, 1));

    let title = format!("Henvendelse til politiet, ref. {reference}");
    let state = sif.state();
    let case = &state["cases"][0];
    assert_eq!(case["ExternalId"], json!({ "Id": reference, "Type": "filsluse" }));
    assert_eq!(case["Title"], "Henvendelse til politiet");
    assert_eq!(case["UnofficialTitle"], "Henvendelse til politiet");
    let document = &state["documents"][0];
    assert_eq!(document["Title"], title.as_str());
    assert_eq!(document["UnofficialTitle"], title.as_str());
    let recipient = json!([{ "Role": "Mottaker", "ContactName": "Oslo politidistrikt" }]);
    assert_eq!(document["UnregisteredContacts"], recipient);
    for made in [case, document] {
        assert_eq!(made["AccessCode"], "UO");
        assert_eq!(made["ResponsibleEnterpriseRecno"], 200_100);
        assert_eq!(made["ADContextUser"], "filsluse");
    }

    let calls = sif.calls();
    let methods: Vec<&str> = calls.iter().map(method).collect();
    let look = ["CaseService/GetCases", "DocumentService/GetDocuments"];
    let want = [look[0], "CaseService/CreateCase", look[1], "DocumentService/CreateDocument"];
    assert_eq!(methods, [&want[..], &look[..]].concat());
    for call in &calls {
        assert_eq!(call["authorization"], format!("authkey {AUTH_KEY}"));
        assert_eq!(call["headers"]["authorization"], call["authorization"]);
        assert_eq!(call["tls"], "TLSv1.3");
        let body: Value = serde_json::from_str(call["body"].as_str().unwrap()).unwrap();
        assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["parameter"]);
        let mut elsewhere = call.clone();
        elsewhere["authorization"].take();
        elsewhere["headers"]["authorization"].take();
        assert!(!elsewhere.to_string().contains(AUTH_KEY), "the auth key stands in a header alone");
    }
}

#[test]
fn whatever_goes_wrong_the_next_attempt_leaves_exactly_one() {
    let certificates = Certificates::make();
    let sif = Sif::start(&certificates);
    let mut desk = StubDaemon::new(&certificates, sif.port);
    let all = [
        "CaseService/GetCases",
        "CaseService/CreateCase",
        "DocumentService/GetDocuments",
        "DocumentService/CreateDocument",
    ];
    let modes = [
        ("unsuccessful", Trouble::Unsuccessful),
        ("drop", Trouble::Unreachable),
        ("500", Trouble::ServerError),
        ("503", Trouble::Busy),
        ("429", Trouble::Busy),
        ("401", Trouble::NotAuthorised),
        ("403", Trouble::NotAuthorised),
        ("redirect", Trouble::Redirected),
        ("huge", Trouble::TooLarge),
        ("not-json", Trouble::StrangeAnswer),
        ("no-flag", Trouble::StrangeAnswer),
        ("flag-as-text", Trouble::StrangeAnswer),
    ];
    let mut number = 0;
    for of in all {
        for (mode, want) in modes {
            number += 1;
            sif.modes(&json!({ of: [mode] }));
            let entry = entry(number);
            assert_eq!(desk.enter(&entry), failed(want), "{of} {mode}");
            let again = desk.enter(&entry);
            assert!(matches!(again, Attempt::Entered { .. }), "{of} {mode}: {again:?}");
            let made = usize::from(number);
            assert_eq!(sif.counts(), (made, made), "{of} {mode}");
        }
    }
    assert!(sif.calls().iter().all(|call| call.get("plain").is_none()), "no redirect is followed");

    // What never answers, and what answers half or byte by byte, costs one time limit each.
    desk.archive.peer.timeout = Duration::from_millis(400);
    for of in all {
        for mode in ["hang", "half", "trickle"] {
            number += 1;
            sif.modes(&json!({ of: [mode] }));
            let entry = entry(number);
            assert_eq!(desk.enter(&entry), failed(Trouble::Timeout), "{of} {mode}");
            let again = desk.enter(&entry);
            assert!(matches!(again, Attempt::Entered { .. }), "{of} {mode}: {again:?}");
            let made = usize::from(number);
            assert_eq!(sif.counts(), (made, made), "{of} {mode}");
        }
    }
}

#[test]
fn pol_05_a_case_in_the_case_archive_exists_for_the_request() {
    let certificates = Certificates::make();
    let mut sif = Sif::start(&certificates);
    sif.add_case(&certificates, "24/00123");
    let desk = StubDaemon::new(&certificates, sif.port);
    assert_eq!(desk.enter(&errand_for(1, "24/00123")), entered("24/00123", "24/00123-1"));
    assert_eq!(desk.enter(&errand_for(2, "24/00123")), entered("24/00123", "24/00123-2"));
    assert_eq!(desk.enter(&errand_for(1, "24/00123")), entered("24/00123", "24/00123-1"));
    assert_eq!(sif.counts(), (1, 2));
}

#[test]
fn pol_05_no_case_in_the_case_archive_exists_for_the_request() {
    let certificates = Certificates::make();
    let mut sif = Sif::start(&certificates);
    sif.add_case(&certificates, "24/00123");
    let desk = StubDaemon::new(&certificates, sif.port);
    assert_eq!(desk.enter(&errand_for(1, "24/00124")), Attempt::NoSuchCase {});
    sif.modes(&json!({ "CaseService/GetCases": ["empty-lists-null"] }));
    assert_eq!(desk.enter(&errand_for(1, "24/00124")), Attempt::NoSuchCase {});
    // An archive that answers something else says nothing about whether the case is there.
    for mode in ["other-case", "ignore-filter", "unsuccessful", "500"] {
        sif.modes(&json!({ "CaseService/GetCases": [mode] }));
        let came = desk.enter(&errand_for(1, "24/00124"));
        assert!(matches!(came, Attempt::Failed { .. }), "{mode}: {came:?}");
    }
    assert_eq!(sif.counts(), (1, 0), "nothing was made");
}

#[test]
fn an_archive_that_ignores_what_is_asked_for_gets_nothing() {
    let certificates = Certificates::make();
    let mut sif = Sif::start(&certificates);
    sif.add_case(&certificates, "24/00123");
    let desk = StubDaemon::new(&certificates, sif.port);
    sif.modes(&json!({ "CaseService/GetCases": ["ignore-filter"] }));
    assert_eq!(desk.enter(&entry(1)), failed(Trouble::StrangeAnswer));
    assert_eq!(sif.counts(), (1, 0), "it may have ours on another page");
    assert!(matches!(desk.enter(&entry(1)), Attempt::Entered { .. }));
    assert_eq!(sif.counts(), (2, 1));
}

fn entered(case: &str, document: &str) -> Attempt {
    let case = filsluse::types::case_number::CaseNumber::parse(case).unwrap();
    Attempt::Entered { case, document: document.to_owned() }
}

fn failed(trouble: Trouble) -> Attempt {
    Attempt::Failed { trouble }
}

fn method(call: &Value) -> &str {
    let prefix = "/Biz/v2/api/call/SI.Data.RPC/SI.Data.RPC/";
    call["path"].as_str().unwrap().strip_prefix(prefix).unwrap()
}
