//! No finding, note, effect, receipt or `Debug` holds anything of what a sender wrote.

use std::fmt::Write as _;

use filsluse::{
    kinds,
    receipt::{Content, KindName, Note as ReceiptNote, Party, Receipt},
    types::{
        digest::Sha256,
        ids::SubmissionId,
        rule::Language,
        verdict::{Evidence, Verdict},
    },
};
use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

use super::{
    bench::{Bench, Outcome},
    document::{NUMBER, Request, anonymous, inquiry, notice, oral, reply, weighty},
};

/// Everything that anybody but the journal and the district sees of a document.
fn shown(outcome: &Outcome) -> String {
    let findings = outcome.findings();
    let mut shown = serde_json::to_string(findings.as_slice()).unwrap();
    let zone = TimeZone::get("Europe/Oslo").unwrap();
    let kind = kinds::by_name("police-request").unwrap();
    let id = kind.id();
    let mut notes: Vec<ReceiptNote> = Vec::new();
    if let Some(judgement) = &outcome.judgement {
        let _ = write!(shown, "{judgement:?}");
        notes.extend(judgement.notes.iter().filter_map(filsluse::pipeline::answer::receipts::note));
    }
    for language in [Language::En, Language::Nb] {
        let receipt = Receipt {
            submission: SubmissionId::new(Timestamp::UNIX_EPOCH, [0; 10]),
            letter: None,
            number: 1,
            sender: Party { name: "Hospital", id: "hospital", org_number: None },
            receiver: Party { name: "Sluice", id: "sluice", org_number: None },
            contact: "",
            language,
            time_zone: &zone,
            kind: Some(KindName { id: &id, title: kind.title() }),
            rehearsal: false,
            verdict: outcome.verdict(),
            received_at: Timestamp::UNIX_EPOCH,
            written_at: Timestamp::UNIX_EPOCH,
            content: Some(Content { sha256: Sha256::of(b""), bytes: 0 }),
            evidence: Some(Evidence::Structure),
            records_accepted: 0,
            records_rejected: 0,
            findings: findings.as_slice(),
            findings_beyond: 0,
            objects: &[],
            signed_by: None,
            duplicate_of: None,
            notes: &notes,
            erasures: &[],
            audit: None,
        };
        let written = receipt.write();
        shown += &String::from_utf8_lossy(&written.xml);
        shown += &String::from_utf8_lossy(&written.txt);
    }
    shown
}

/// Fields whose value is a word of a closed list, a date, or configured: these may be shown.
const TOLD: [&str; 4] = ["case_number", "police_district", "purpose_code", "needed_by"];

fn requests() -> [Request; 5] {
    [inquiry(), weighty(), anonymous(), notice(), oral(weighty())]
}

#[test]
fn nothing_that_was_written_is_shown() {
    let bird = "Kanarifugl-4711";
    for request in requests() {
        for field in request.0.clone().into_keys() {
            let outcome = Bench::new().judge(&request.clone().set(&field, bird).xml());
            let shown = shown(&outcome);
            assert!(!shown.contains("Kanarifugl") && !shown.contains("4711"), "{field}: {shown}");
            assert!(!shown.contains(NUMBER), "{field}");
        }
    }
    let text = inquiry().xml().replacen("<person", &format!("<{bird} {bird}='{bird}'/><person"), 1);
    assert!(!shown(&Bench::new().judge(&text)).contains("Kanarifugl"));
}

#[test]
fn nothing_of_a_reply_is_shown() {
    let bird = "Kanarifugl-4711";
    let bench = Bench::answering("oslo");
    for field in ["reply_id", "in_reply_to", "police_district", "date", "shared", "refusal_basis"] {
        let outcome = bench.judge(&reply().set(field, bird).xml());
        assert!(!shown(&outcome).contains("Kanarifugl"), "{field}");
    }
    for index in 0..3 {
        let mut reply = reply();
        bird.clone_into(&mut reply.documents[0][index]);
        assert!(!shown(&bench.judge(&reply.xml())).contains("Kanarifugl"), "{index}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Any text anywhere: judged without a panic, and never shown.
    #[test]
    fn no_value_appears_in_receipt_or_findings(
        which in 0_usize..5,
        at in any::<prop::sample::Index>(),
        // Not a word of ours, whatever surrounds it.
        text in "[ -~æøå0-9]{0,8}Qx[a-zæøå]{6}zQ[ -~]{0,8}",
        children in any::<bool>(),
    ) {
        let request = requests()[which].clone();
        let fields: Vec<_> = request.0.keys().cloned().collect();
        let field = at.get(&fields);
        prop_assume!(!TOLD.contains(&field.as_str()) || field == "needed_by");
        let request = request.set(field, &text);
        let outcome = Bench::new().judge(&if children { request.children() } else { request.xml() });
        let shown = shown(&outcome);
        let start = text.find("Qx").unwrap();
        let core = &text[start..];
        let core = &core[..core.find("zQ").unwrap() + 2];
        prop_assert!(!shown.contains(core), "{}", field);
        if outcome.verdict() == Verdict::Rejected {
            prop_assert!(outcome.written.is_empty());
        }
    }
}
