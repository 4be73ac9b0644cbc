//! Receipts of municipal reports, which come again in ways of their own, and what the first
//! sentences say of each kind and of the worst that was found.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use filsluse::{
    kinds::{self, kpr::hints},
    pipeline,
    receipt::{Kept, KindName, Note, Receipt},
    types::{
        finding::{Finding, Place},
        ids::{KindId, RegistryId, SubmissionId},
        rule::{Language, Severity, Text},
        rules::{
            intake::{IN_01, IN_02, IN_04},
            kpr::{KPR_04, KPR_06},
            npr::NPR_02,
            police::POL_04,
        },
        verdict::Verdict,
    },
};
use jiff::Timestamp;

use super::cases;

const TITLE: Text = Text { nb: "Kommunal rapport", en: "Municipal report" };

fn line(line: u64) -> Place {
    Place::Line { line, column: 3 }
}

/// Calls `see` with every case.
pub(super) fn each(base: &Receipt<'_>, see: &mut dyn FnMut(&str, Receipt<'_>)) {
    let (annual, events) =
        (KindId::parse("iplos-annual").unwrap(), KindId::parse("kpr-event").unwrap());
    let [iplos, kpr] = ["iplos", "kpr"].map(|id| RegistryId::parse(id).unwrap());
    let earlier = SubmissionId::new(Timestamp::UNIX_EPOCH, [4; 10]);
    let struck = [
        Finding::new(&KPR_04, line(7)).record(3).field("fid").hint(&hints::CHECK_DIGIT),
        Finding::new(&KPR_06, line(9))
            .severity(Severity::Warning)
            .record(4)
            .field("tjenesteOrgNr")
            .hint(&hints::ORG_NUMBER_DROPPED),
    ];
    let kept = vec![
        Kept { registry: iplos.clone(), months: 0, days: 1 },
        Kept { registry: kpr.clone(), months: 12, days: 0 },
    ];
    let notes = [
        Note::BothDutiesButStruck,
        Note::Replaces { submission: earlier, kept },
        Note::Dropped { registry: Some(iplos), fields: vec!["bydel".to_owned()] },
        Note::Dropped { registry: Some(kpr), fields: vec!["timerPerUke".to_owned()] },
    ];
    let partly = Receipt {
        verdict: Verdict::Partly,
        kind: Some(KindName { id: &annual, title: TITLE }),
        records_accepted: 24,
        records_rejected: 1,
        findings: &struck,
        notes: &notes,
        objects: &[],
        erasures: &[],
        ..*base
    };
    see("annual-partly", partly);
    let gap = Finding::new(&KPR_06, line(4))
        .severity(Severity::Warning)
        .record(1)
        .field("notifikasjonForrigeGUID")
        .hint(&hints::SEQUENCE_GAP);
    let key = Finding::new(&KPR_04, line(7))
        .record(3)
        .field("tjenesteID")
        .hint(&hints::IDENTITY_INSIDE_KEY);
    let found = [key, gap];
    let notes = [Note::Gap { missing: 959 }];
    let kind = Some(KindName { id: &events, title: TITLE });
    see("events-partly", Receipt { kind, findings: &found, notes: &notes, ..partly });
    let unread =
        [Finding::new(&IN_04, line(2)).entry(2), Finding::new(&IN_02, Place::File {}).entry(3)];
    let archive = Receipt { kind, records_rejected: 0, findings: &unread, notes: &[], ..partly };
    see("archive-partly", archive);
    let fault = [Finding::new(&IN_01, Place::File {}).hint(&pipeline::pass::hints::FAULT)];
    let refused =
        Receipt { verdict: Verdict::Rejected, records_accepted: 0, findings: &fault, ..archive };
    see("rejected-fault", refused);
}

fn words(receipt: &Receipt<'_>) -> String {
    let text = String::from_utf8(receipt.write().txt).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Who sends one corrected person with komplett="true" replaces the whole year by that person, and
/// who sends an event file again has every event of it twice.
#[test]
fn what_was_struck_comes_again_as_its_kind_says() {
    let record = [Finding::new(&KPR_06, line(3)).record(1)];
    for (kind, want, not) in [
        ("iplos-annual", "komplett=\"false\"", "own file"),
        ("kpr-event", "a new notification at the end of the chain, in a later file", "own file"),
        ("npr-release", "in your own file and send it again", "komplett"),
    ] {
        assert!(kinds::by_name(kind).is_some(), "{kind}");
        let id = KindId::parse(kind).unwrap();
        cases::base(Language::En, |base| {
            let kind = Some(KindName { id: &id, title: TITLE });
            let partly = Receipt {
                verdict: Verdict::Partly,
                records_rejected: 1,
                findings: &record,
                kind,
                ..base
            };
            let text = words(&partly);
            assert!(text.contains(want) && !text.contains(not), "{text}");
            assert!(!text.contains("send the record again"), "{text}");
        });
    }
}

/// The first sentence never tells to send what a finding below tells not to send.
#[test]
fn the_worst_finding_decides_whether_a_file_comes_again() {
    let file = |rule| Finding::new(rule, Place::File {}).severity(Severity::RejectFile);
    let again = "send the whole file again";
    for (finding, sends) in [
        (file(&IN_01), true),
        (file(&IN_01).hint(&pipeline::pass::hints::FAULT), false),
        (file(&IN_01).hint(&pipeline::pass::hints::FAULT_NOT_KEPT), false),
        (file(&IN_02).hint(&pipeline::pass::hints::KIND_NOT_ALLOWED), false),
        (file(&NPR_02), false),
        (file(&POL_04), false),
    ] {
        let findings = [finding];
        cases::base(Language::En, |base| {
            let receipt = Receipt { verdict: Verdict::Rejected, findings: &findings, ..base };
            let text = words(&receipt);
            assert_eq!(text.contains(again), sends, "{text}");
            assert_ne!(text.contains("What to do stands below."), sends, "{text}");
        });
    }
    // A fault of ours has one cure: not that of the rule.
    let findings = [file(&IN_01).hint(&pipeline::pass::hints::FAULT)];
    cases::base(Language::Nb, |base| {
        let receipt = Receipt { verdict: Verdict::Rejected, findings: &findings, ..base };
        let text = words(&receipt);
        assert_eq!(text.matches("Hva du gjør").count(), 2, "the heading's and one: {text}");
        assert!(!text.contains("Last opp filen på nytt"), "{text}");
        let xml = String::from_utf8(receipt.write().xml).unwrap();
        assert!(xml.contains("Ikke send filen på nytt før du hører fra oss."), "{xml}");
    });
}
