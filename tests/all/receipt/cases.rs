//! The receipts that the tests look at, each in both languages. Made up from end to end.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::municipal;
use filsluse::{
    kinds::police::hints,
    receipt::{
        Content, Decision, Earlier, Erasure, Inclusion, KindName, Note, Party, PoliceNote, Receipt,
    },
    signature::Wrong,
    types::{
        digest::Sha256,
        finding::{Finding, Place},
        ids::{KindId, ObjectId, Part, RegistryId, SubmissionId},
        key_fingerprint::KeyFingerprint,
        rule::{Hint, Language, Severity, Text},
        rules::{
            embassy::{EMB_02, EMB_05, EMB_09, EMB_13},
            intake::{IN_01, IN_04},
            police::{POL_01, POL_02, POL_05},
        },
        verdict::{Evidence, Verdict},
    },
};
use jiff::{Timestamp, civil::date, tz::TimeZone};

/// Calls `see` with every case, named `<case>.<language>`.
pub(crate) fn each(mut see: impl FnMut(&str, Receipt<'_>)) {
    for (language, tag) in [(Language::En, "en"), (Language::Nb, "nb")] {
        base(language, |base| {
            one_language(&base, &mut |name, receipt| see(&format!("{name}.{tag}"), receipt));
            days_and_duties(&base, &mut |name, receipt| see(&format!("{name}.{tag}"), receipt));
            police(&base, &mut |name, receipt| see(&format!("{name}.{tag}"), receipt));
            municipal::each(&base, &mut |name, receipt| see(&format!("{name}.{tag}"), receipt));
        });
    }
}

/// A partly accepted list with so many wrong cells.
pub(crate) fn with_many_findings(count: u64, beyond: u64, see: impl FnOnce(Receipt<'_>)) {
    let findings: Vec<_> =
        (1..=count).map(|n| cell(&EMB_02, n + 1, 6, "d_number").hint(&CHECK_DIGIT)).collect();
    base(Language::En, |base| {
        see(Receipt {
            verdict: Verdict::Partly,
            records_rejected: count + beyond,
            findings: &findings,
            findings_beyond: beyond,
            ..base
        });
    });
}

/// An accepted list from an embassy that does not exist.
pub(crate) fn base<T>(language: Language, see: impl FnOnce(Receipt<'_>) -> T) -> T {
    let kind = KindId::parse("embassy-list").unwrap();
    let registry = RegistryId::parse("fastlege").unwrap();
    let zone = TimeZone::get("Europe/Oslo").unwrap();
    let submission = id("2026-11-13T09:12:44Z", 1);
    let objects = [Part::Whole, Part::Difference].map(|part| ObjectId {
        submission,
        registry: registry.clone(),
        part,
        number: 1,
    });
    let proof = [Sha256::of(b"a neighbour"), Sha256::of(b"its parent's neighbour")];
    let notes = [
        Note::Difference { enrolled: 3, changed: 1, withdrawn: 2, confirmed: 38 },
        Note::EffectiveFrom(date(2026, 12, 1)),
    ];
    let erasures = [
        Erasure::Objects { registry: registry.clone(), on: date(2027, 2, 11) },
        Erasure::EnrolmentAfterWithdrawal { days: 30 },
    ];
    see(Receipt {
        submission,
        letter: None,
        number: 1,
        sender: Party { name: "Ruritanias ambassade", id: "ruritania", org_number: None },
        receiver: Party { name: "Filsluse, eksempel", id: "eksempel", org_number: None },
        contact: "support@sluice.example.no, +47 00 00 00 00",
        language,
        time_zone: &zone,
        kind: Some(KindName {
            id: &kind,
            title: Text { nb: "Ambassadeliste", en: "Embassy list" },
        }),
        rehearsal: false,
        verdict: Verdict::Accepted,
        received_at: at("2026-11-13T09:12:44Z"),
        written_at: at("2026-11-13T09:12:46Z"),
        content: Some(Content { sha256: Sha256::of(b"a made-up list"), bytes: 12_345 }),
        evidence: Some(Evidence::Manifest),
        records_accepted: 42,
        records_rejected: 0,
        findings: &[],
        findings_beyond: 0,
        objects: &objects,
        signed_by: None,
        duplicate_of: None,
        notes: &notes,
        erasures: &erasures,
        audit: Some(Inclusion { seq: 1233, size: 1240, checkpoint: CHECKPOINT, proof: &proof }),
    })
}

/// What waits for a decision, and what came of it.
fn held(base: &Receipt<'_>, see: &mut dyn FnMut(&str, Receipt<'_>)) {
    let held = [Finding::new(&EMB_13, Place::File {})];
    let notes = [
        Note::HeldWithdrawals { count: 12 },
        Note::EffectiveFrom(date(2026, 12, 1)),
        Note::AssumedEncoding,
        Note::CompletenessNotProved,
    ];
    see(
        "held",
        Receipt {
            verdict: Verdict::Held,
            findings: &held,
            notes: &notes,
            evidence: Some(Evidence::Quiet),
            ..*base
        },
    );
    see(
        "held-rehearsed",
        Receipt {
            verdict: Verdict::Held,
            rehearsal: true,
            findings: &held,
            notes: &notes[..2],
            ..*base
        },
    );
    for (name, verdict, decision) in [
        ("held-approved", Verdict::Accepted, Decision::Approved),
        ("held-refused", Verdict::Partly, Decision::Refused),
        (
            "held-superseded",
            Verdict::Accepted,
            Decision::Superseded { by: id("2026-11-05T09:00:00Z", 3) },
        ),
    ] {
        let notes = [Note::Decision(decision)];
        see(name, Receipt { number: 2, verdict, notes: &notes, ..*base });
    }
    let refused = [cell(&EMB_02, 12, 6, "d_number").record(11).hint(&CHECK_DIGIT)];
    let notes = [Note::Decision(Decision::Superseded { by: id("2026-11-05T09:00:00Z", 3) })];
    see(
        "held-superseded-partly",
        Receipt {
            number: 2,
            verdict: Verdict::Partly,
            records_rejected: 1,
            findings: &refused,
            notes: &notes,
            ..*base
        },
    );
}

fn one_language(base: &Receipt<'_>, see: &mut dyn FnMut(&str, Receipt<'_>)) {
    let municipality =
        Party { name: "Eksempel kommune", id: "eksempel-kommune", org_number: Some("000000000") };
    see("accepted", *base);
    see("accepted-org-number", Receipt { sender: municipality, ..*base });
    let letter = Some("0B5C7E0E-8A6F-4A55-9C7D-A0B1C2D3E4F5");
    see("accepted-letter", Receipt { letter, ..*base });

    let signed_by = Some(KeyFingerprint(Sha256::of(b"a made-up key")));
    see("accepted-signed", Receipt { signed_by, ..*base });

    let warning = [cell(&EMB_09, 14, 9, "birth_date").record(13)];
    see("accepted-with-warning", Receipt { findings: &warning, ..*base });

    let findings = [
        cell(&EMB_02, 12, 6, "d_number").record(11).hint(&CHECK_DIGIT),
        cell(&EMB_09, 14, 9, "birth_date").record(13),
        cell(&EMB_02, 30, 6, "d_number").record(29).hint(&CHECK_DIGIT),
        cell(&EMB_05, 31, 18, "consent_date").record(30),
        cell(&EMB_02, 33, 0, "d_number").record(32).hint(&MISSING),
    ];
    let partly = Receipt {
        verdict: Verdict::Partly,
        records_accepted: 38,
        records_rejected: 4,
        findings: &findings,
        evidence: Some(Evidence::Structure),
        ..*base
    };
    see("partly", partly);
    let unseen = Receipt { objects: &[], notes: &[], erasures: &[], ..partly };
    see("rehearsal", Receipt { rehearsal: true, ..unseen });

    held(base, see);

    let duplicate = |verdict| Receipt {
        verdict: Verdict::Duplicate,
        duplicate_of: Some(Earlier {
            submission: id("2026-11-02T12:00:00Z", 2),
            received_at: at("2026-11-02T12:00:00Z"),
            verdict,
        }),
        ..unseen
    };
    see("duplicate", Receipt { findings: &[], ..duplicate(Verdict::Accepted) });
    see("duplicate-of-partly", duplicate(Verdict::Partly));
    let by = id("2026-11-05T09:00:00Z", 3);
    let notes = [Note::Decision(Decision::Superseded { by })];
    let superseded = Receipt { findings: &[], notes: &notes, ..duplicate(Verdict::Accepted) };
    see("duplicate-of-superseded", superseded);

    let malformed =
        [Finding::new(&IN_04, Place::Line { line: 3, column: 17 }).hint(&NOT_WELL_FORMED)];
    let nothing = Receipt { records_accepted: 0, records_rejected: 0, ..unseen };
    see(
        "rejected",
        Receipt {
            verdict: Verdict::Rejected,
            kind: None,
            evidence: Some(Evidence::Closed),
            findings: &malformed,
            ..nothing
        },
    );
    for (name, wrong) in [
        ("signature-differs", Wrong::Differs),
        ("signature-missing", Wrong::Missing),
        ("signature-other-key", Wrong::OtherKey),
        ("signature-other-use", Wrong::OtherNamespace),
        ("signature-none", Wrong::NoSignature),
        ("signature-unreadable", Wrong::Unreadable),
    ] {
        let was_read = wrong == Wrong::Differs;
        see(
            name,
            Receipt {
                verdict: Verdict::Rejected,
                kind: None,
                content: nothing.content.filter(|_| was_read),
                evidence: Some(Evidence::Closed).filter(|_| was_read),
                findings: &[wrong.finding()],
                ..nothing
            },
        );
    }
    let unread = [Finding::new(&IN_01, Place::File {}).hint(&LINK)];
    see(
        "refused-unread",
        Receipt {
            verdict: Verdict::Rejected,
            kind: None,
            content: None,
            evidence: None,
            findings: &unread,
            audit: None,
            ..nothing
        },
    );
}

/// Several days of effect, and the one file of 2017 for a registry whose identities are split off.
fn days_and_duties(base: &Receipt<'_>, see: &mut dyn FnMut(&str, Receipt<'_>)) {
    let days = [
        Note::EffectiveFromFor { day: date(2026, 12, 1), persons: 2 },
        Note::EffectiveFromLater { day: date(2027, 4, 1), persons: 1 },
    ];
    see("accepted-days-of-effect", Receipt { notes: &days, ..*base });
    let split = [Part::Content, Part::Identity].map(|part| ObjectId {
        submission: base.submission,
        registry: RegistryId::parse("kpr").unwrap(),
        part,
        number: 1,
    });
    let annual = Receipt { objects: &split, erasures: &[], ..*base };
    see("annual-both", Receipt { notes: &[Note::BothDuties], ..annual });
    see("annual-both-as-sent", Receipt { notes: &[Note::BothDutiesAsSent], ..annual });
    see("annual-both-so-far", Receipt { notes: &[Note::BothDutiesSoFar], ..annual });
    see("annual-part", Receipt { notes: &[Note::PartOfYear], ..annual });
    let notes = [Note::BothDuties, Note::BothDutiesAsSent, Note::BothDutiesSoFar];
    see("annual-both-rehearsal", Receipt { notes: &notes, rehearsal: true, ..annual });
}

/// A request to the police with points missing, one that is sent, and the reply.
fn police(base: &Receipt<'_>, see: &mut dyn FnMut(&str, Receipt<'_>)) {
    let (request, reply) =
        (KindId::parse("police-request").unwrap(), KindId::parse("police-reply").unwrap());
    let title = Text { nb: "Henvendelse til politiet", en: "Request to the police" };
    let hospital = Party { name: "Sykehuset Eksempel", id: "sykehus-eksempel", org_number: None };
    let base = Receipt {
        sender: hospital,
        kind: Some(KindName { id: &request, title }),
        evidence: Some(Evidence::Structure),
        records_accepted: 1,
        records_rejected: 0,
        ..*base
    };
    let line = |rule, line, field, hint| {
        Finding::new(rule, Place::Line { line, column: 3 }).field(field).hint(hint)
    };
    let findings = [
        line(&POL_02, 12, "consent.competent", &hints::CONSENT_COMPETENT),
        line(&POL_01, 13, "person.national_id", &hints::POINT_1_ID),
        line(&POL_01, 3, "contact.phone", &hints::POINT_3),
        line(&POL_01, 3, "register", &hints::POINT_6),
        line(&POL_05, 3, "case_number", &hints::CASE_MISSING),
    ];
    see(
        "police-refused",
        Receipt {
            verdict: Verdict::Rejected,
            records_accepted: 0,
            records_rejected: 1,
            findings: &findings,
            objects: &[],
            notes: &[],
            erasures: &[],
            ..base
        },
    );
    let registry = RegistryId::parse("politisvar").unwrap();
    let erasures = [Erasure::Objects { registry: registry.clone(), on: date(2027, 2, 11) }];
    let object = |part| ObjectId {
        submission: base.submission,
        registry: registry.clone(),
        part,
        number: 1,
    };
    let (sent, kept) = ([object(Part::Whole), object(Part::Request)], [object(Part::Whole)]);
    let (district, needed_by) = ("oslo".to_owned(), Some(date(2026, 11, 28)));
    let notes = [
        Note::Police(PoliceNote::Asked { district: district.clone(), needed_by, waits: false }),
        Note::Police(PoliceNote::AwaitsCase),
    ];
    let asked_later =
        [Note::Police(PoliceNote::Asked { district: district.clone(), needed_by, waits: true })];
    let asked = Receipt { objects: &sent, notes: &notes, erasures: &erasures, ..base };
    see("police-asked", asked);
    see("police-asked-later", Receipt { notes: &asked_later, ..asked });
    let makes_case = [asked_later[0].clone(), Note::Police(PoliceNote::AwaitsCase)];
    see("police-asked-later-case", Receipt { notes: &makes_case, ..asked });
    let told = [Note::Police(PoliceNote::Told { district })];
    see("police-told", Receipt { notes: &told, ..asked });
    let oral = [Note::Police(PoliceNote::OralRecorded)];
    see("police-oral", Receipt { objects: &kept, notes: &oral, ..asked });
    let waits = [Note::Police(PoliceNote::AwaitsClinician)];
    let title = Text { nb: "Svar fra politiet", en: "Reply from the police" };
    see(
        "police-reply",
        Receipt {
            sender: Party { name: "Oslo politidistrikt", id: "politi-oslo", org_number: None },
            kind: Some(KindName { id: &reply, title }),
            objects: &kept,
            notes: &waits,
            ..asked
        },
    );
}

fn cell(
    rule: &'static filsluse::types::rule::Rule,
    row: u64,
    column: u32,
    field: &'static str,
) -> Finding {
    let finding = Finding::new(rule, Place::Cell { sheet: 1, row, column }).field(field);
    match rule.severity {
        Severity::RejectFile => finding.severity(Severity::RejectRecord),
        _ => finding,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn id(time: &str, random: u8) -> SubmissionId {
    SubmissionId::new(at(time), [random; 10])
}

static CHECK_DIGIT: Hint = Hint {
    key: "check-digit",
    text: Text {
        nb: "Kontrollsifrene stemmer ikke: ett eller flere av de elleve sifrene er feil.",
        en: "The check digits do not agree: one or more of the eleven digits is wrong.",
    },
    apprec: Some("E31"),
    cure: None,
};
static MISSING: Hint = Hint {
    key: "missing",
    text: Text { nb: "Feltet er tomt.", en: "The field is empty." },
    apprec: Some("E30"),
    cure: None,
};
static NOT_WELL_FORMED: Hint = Hint {
    key: "not-well-formed",
    text: Text {
        nb: "Et element er ikke lukket; filen er kanskje avkortet.",
        en: "An element is not closed; the file may have been cut short.",
    },
    apprec: None,
    cure: None,
};
static LINK: Hint = Hint {
    key: "link",
    text: Text {
        nb: "Det som lå i katalogen, var en lenke og ikke en fil.",
        en: "What lay in the directory was a link and not a file.",
    },
    apprec: None,
    cure: None,
};
const CHECKPOINT: &str = "filsluse/eksempel\n1240\nZXhhbXBsZSByb290IGhhc2gsIG1hZGUgdXAsIDMyIGI=\n\n\
                          — filsluse/eksempel ZXhhbXBsZSBzaWduYXR1cmUsIG1hZGUgdXAsIG5vdCB2YWxpZA==\n";
