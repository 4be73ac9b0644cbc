//! What the generator plants, the kinds find: each sort of defect, in its record and on its line,
//! under its rule, as severe as expected, and nothing else. Generator and kinds share no code.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;

use clap::ValueEnum;
use filsluse::types::{
    finding::{Finding, Place},
    rule::Severity as Found,
};

use crate::{
    generator::messages::{
        Kind, Order,
        defects::{Defect, Ledger, Severity},
        document::Encoding,
        generate,
    },
    kpr::bench::{Bench, Outcome, registry},
};

/// Record, line, rule, severity and attribute.
type Breach = (Option<u64>, u64, &'static str, Found, Option<String>);

fn order(kind: Kind, sorts: Vec<Defect>, defects: usize) -> Order {
    Order {
        kind,
        bytes: 300_000,
        seed: 11,
        year: 2024,
        municipality: "0301".to_owned(),
        defects,
        sorts,
        encoding: Encoding::Utf8,
        msghead: false,
    }
}

fn judged(order: &Order) -> (Ledger, Outcome) {
    let mut bytes = Vec::new();
    let ledger = generate(order, &mut bytes).unwrap();
    let mut bench = Bench::new();
    bench.registries = vec![registry("kpr", &[1])];
    bench.today = jiff::civil::date(2025, 2, 1);
    (ledger, bench.read(&bytes))
}

fn planted(ledger: &Ledger, kind: Kind) -> BTreeSet<Breach> {
    let breach = |planted: &crate::generator::messages::defects::Planted| {
        let expected = planted.defect.expected(kind).unwrap();
        let severity = match expected.severity {
            Severity::Message => Found::RejectFile,
            Severity::Record => Found::RejectRecord,
            Severity::Told => Found::Warning,
        };
        (planted.record, planted.line, expected.rule, severity, expected.field.map(str::to_owned))
    };
    ledger.planted.iter().map(breach).collect()
}

/// Types of identifiers that nobody can check are told back whenever they come.
fn is_about_the_type(finding: &Finding) -> bool {
    finding.hint.as_ref().is_some_and(|hint| TYPES_TOLD.contains(&&*hint.key))
}

fn found(outcome: &Outcome) -> BTreeSet<Breach> {
    let all = outcome.findings().as_slice().iter().filter(|finding| !is_about_the_type(finding));
    all.map(|finding| {
        let field = finding.field.as_ref().map(ToString::to_string);
        let Place::Line { line, .. } = finding.place else { panic!("{finding:?}") };
        (finding.record, line, finding.rule.code, finding.severity, field)
    })
    .collect()
}

#[test]
fn each_sort_of_defect_is_found_where_it_was_planted() {
    let mut disagreements = Vec::new();
    let mut tried = 0;
    for kind in [Kind::KprEvent, Kind::IplosAnnual] {
        for defect in Defect::value_variants() {
            if defect.expected(kind).is_none() {
                continue;
            }
            tried += 1;
            // What strikes a message ends the reading of it, unless it is within a record.
            let strikes = defect.expected(kind).unwrap().severity == Severity::Message;
            let ends = strikes && !defect.is_in_record();
            let (ledger, outcome) = judged(&order(kind, vec![*defect], if ends { 1 } else { 3 }));
            assert_eq!(outcome.findings().beyond(), 0, "{kind:?} {defect:?}");
            assert!(!ledger.planted.is_empty(), "{kind:?} {defect:?}");
            let (planted, found) = (planted(&ledger, kind), found(&outcome));
            if planted != found {
                disagreements.push(format!(
                    "{kind:?} {defect:?}\n  planted {planted:?}\n  found   {:?}\n  {:?}",
                    found,
                    outcome.found()
                ));
            }
        }
    }
    assert!(tried > 50, "{tried}");
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}

const TYPES_TOLD: [&str; 2] = ["not-a-national-id", "other-id-type"];
