//! The regulation's own sentences, each held to what the kind does.

use filsluse::types::verdict::Verdict;
use jiff::civil::date;

use super::bench::{Bench, judge, judge_on};

/// § 3-3 first paragraph.
#[test]
fn opplysninger_nodvendige_for_drift_og_utvikling_av_etablerte_aktivitetsbaserte_finansieringsordninger_og_kommunal_medfinansiering_skal_utleveres()
 {
    for purpose in ["isf", "kmf"] {
        let outcome = judge(|table| {
            table.line("purpose", purpose);
        });
        assert_eq!((outcome.verdict(), outcome.records()), (Verdict::Accepted, (3, 0)));
    }
}

/// § 3-3 first paragraph.
#[test]
fn det_skal_ikke_utleveres_opplysninger_med_direkte_personidentifiserbare_kjennetegn() {
    let text = judge(|_| ()).text();
    for identifier in ["P1", "03851598730", "41819077302", "2015-05-03", "1990-01-01", ";E1;"] {
        assert!(!text.contains(identifier), "{identifier}");
    }
    for heading in ["pasientNr", "fid", "typeID", "fodselsdato"] {
        assert!(!text.contains(heading), "{heading}");
    }
    let named = judge(|table| {
        table.add_column("navn", "Kari Nordmann");
    });
    assert_eq!(named.verdict(), Verdict::Rejected);
}

/// § 3-3 second paragraph.
#[test]
fn opplysningene_skal_slettes_sa_snart_oppgavene_er_utfort() {
    let mut bench = Bench::new();
    assert_eq!(judge_on(&bench, |_| ()).verdict(), Verdict::Accepted);
    bench.history.releases.done.insert(2025);
    assert_eq!(judge_on(&bench, |_| ()).verdict(), Verdict::Rejected);
}

/// § 3-3 second paragraph.
#[test]
fn og_kan_ikke_oppbevares_lenger_enn_inntil_5_ar_etter_avsluttet_driftsar() {
    let mut bench = Bench::new();
    bench.today = date(2030, 12, 31);
    assert_eq!(judge_on(&bench, |_| ()).verdict(), Verdict::Accepted);
    bench.today = date(2031, 1, 1);
    assert_eq!(judge_on(&bench, |_| ()).verdict(), Verdict::Rejected);
}

/// § 3-3 third paragraph.
#[test]
fn opplysninger_til_utredninger_skal_bare_utleveres_i_henhold_til_paragraf_3_4_3_5_og_3_6() {
    for (basis, verdict) in [
        ("§ 3-3", Verdict::Rejected),
        ("§ 3-4", Verdict::Accepted),
        ("§ 3-5", Verdict::Accepted),
        ("§ 3-6", Verdict::Accepted),
    ] {
        let outcome = judge(|table| {
            table.line("purpose", "utredning").line("legal_basis", basis);
        });
        assert_eq!(outcome.verdict(), verdict, "{basis}");
    }
}

/// Section 3 of the royal resolution.
#[test]
fn for_kommunal_betaling_for_utskrivningsklare_pasienter_legges_det_opp_til_en_desentralisert_oppgjorsordning()
 {
    let outcome = judge(|table| {
        table.line("purpose", "utskrivningsklare pasienter");
    });
    assert_eq!(outcome.found(), ["NPR-02 R - purpose"]);
}

/// II.
#[test]
fn endringene_trer_i_kraft_1_januar_2012() {
    let mut bench = Bench::new();
    bench.today = date(2012, 2, 1);
    for (year, verdict) in [("2011", Verdict::Rejected), ("2012", Verdict::Accepted)] {
        let outcome = judge_on(&bench, |table| {
            table.line("purpose", "kmf").line("operating_year", year);
        });
        assert_eq!(outcome.verdict(), verdict, "{year}");
    }
}
