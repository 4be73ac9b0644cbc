//! Oral disclosures that are recorded at the terminal (POL-06), and the gates that they pass.

use filsluse::{
    catalogue::records::police::ExchangeState,
    kinds::police::{basis::LegalBasis, state::Informed, words::Purpose},
    pipeline::police::disclose::{self, DiscloseError, Disclosure},
    types::{case_number::CaseNumber, ids::SenderId},
};

use super::scene::{BEGIN, HOSPITAL, OSLO, Scene};

fn told() -> Disclosure {
    Disclosure {
        case: CaseNumber::parse("26/7").unwrap(),
        basis: LegalBasis::KnownPatient,
        purpose: Purpose::parse("risikovurdering").unwrap(),
        hospital: Some(SenderId::parse(HOSPITAL).unwrap()),
        district: SenderId::parse(OSLO).unwrap(),
        at: "2026-11-20T21:15:00Z".parse().unwrap(),
        informed: Informed::Later,
        documented: false,
        beyond_known: false,
    }
}

#[test]
fn what_was_told_is_recorded_with_whom_when_and_on_which_basis() {
    let scene = Scene::new();
    let id = disclose::disclose(&scene.house(), &told(), "Åse (root)").unwrap();
    let row = scene.exchange(id);
    assert_eq!(row.reference(), id);
    assert_eq!((row.form.as_str(), row.basis.as_str()), ("oral", "kjent-pasientforhold"));
    assert_eq!((row.at, row.closed_at), (told().at, Some(BEGIN.parse().unwrap())));
    assert_eq!(row.recorded_by.as_deref(), Some("Åse (root)"));
    assert_eq!((row.state, row.informed.as_str()), (ExchangeState::Closed, "later"));
    let log = scene.log();
    let line = log.lines().find(|line| line.contains("disclosed")).unwrap();
    for part in [&*id.to_string(), HOSPITAL, OSLO, "kjent-pasientforhold"] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert!(!line.contains("Åse"), "{line}");
}

#[test]
fn what_no_basis_allows_is_refused_by_its_rule() {
    let scene = Scene::new();
    let purpose = |code| Purpose::parse(code).unwrap();
    let weighty = Disclosure { basis: LegalBasis::WeightyInterests, documented: true, ..told() };
    let avert = Disclosure { basis: LegalBasis::AvertHarm, ..told() };
    let consent = Disclosure { basis: LegalBasis::Consent, ..told() };
    for (rule, refused, allowed) in [
        ("POL-02", Disclosure { documented: false, ..weighty.clone() }, weighty.clone()),
        (
            "POL-02",
            Disclosure { purpose: purpose("rutine"), ..weighty.clone() },
            Disclosure { purpose: purpose("rutine"), ..told() },
        ),
        ("POL-02", consent.clone(), Disclosure { documented: true, ..consent }),
        (
            "POL-04",
            Disclosure { purpose: purpose("etterforskning"), ..weighty },
            Disclosure { purpose: purpose("etterforskning"), ..told() },
        ),
        (
            "POL-04",
            Disclosure { purpose: purpose("etterforskning"), ..avert.clone() },
            avert.clone(),
        ),
        (
            "POL-12",
            Disclosure { beyond_known: true, ..told() },
            Disclosure { beyond_known: true, ..avert },
        ),
    ] {
        let house = scene.house();
        let because = disclose::disclose(&house, &refused, "Åse").unwrap_err();
        let broken = matches!(because, DiscloseError::Breach { rule: found, .. } if found == rule);
        assert!(broken, "{rule}: {because}");
        assert!(disclose::disclose(&house, &allowed, "Åse").is_ok(), "{rule}");
    }
    assert_eq!(scene.log().matches(r#""event":"disclosed""#).count(), 6, "only what was allowed");
}

#[test]
fn what_cannot_be_is_refused() {
    let scene = Scene::new();
    let other = |id| SenderId::parse(id).unwrap();
    let later = "2026-11-21T11:00:01Z".parse().unwrap();
    for told in [
        Disclosure { district: other(HOSPITAL), ..told() },
        Disclosure { district: other("politi-mars"), ..told() },
        Disclosure { hospital: Some(other("nobody")), ..told() },
        Disclosure { at: later, ..told() },
    ] {
        assert!(disclose::disclose(&scene.house(), &told, "Åse").is_err(), "{told:?}");
    }
}
