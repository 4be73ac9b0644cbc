//! POL-01, POL-05, POL-06, POL-09, POL-10, POL-11: what a request must say.

use filsluse::{
    kinds::{
        judgement::Note,
        police::state::{Form, Informed},
    },
    types::{
        national_id::{IdPolicy, Profile},
        verdict::Verdict,
    },
};
use jiff::civil::date;

use super::{
    bench::Bench,
    document::{anonymous, inquiry, notice, on_basis, oral, weighty},
};

const NOTHING: [&str; 0] = [];

/// "Forespørselen (muntlig eller skriftlig) må være så spesifikk som mulig": eight points, and the
/// receipt says which of them is missing.
#[test]
fn pol_01_forespoerselen_maa_vaere_saa_spesifikk_som_mulig() {
    let bench = Bench::new();
    assert_eq!(bench.found(&inquiry()), NOTHING);
    for (field, want) in [
        // "Hvem forespørselen gjelder (navn og personnummer)"
        ("person.name", vec!["POL-01 missing-person person.name"]),
        ("person.national_id", vec!["POL-01 missing-national-id person.national_id"]),
        // "Hvem som ber om innsyn (navn, stilling og avdeling)"
        ("requester.name", vec!["POL-01 missing-requester requester.name"]),
        ("requester.position", vec!["POL-01 missing-requester requester.position"]),
        ("requester.department", vec!["POL-01 missing-requester requester.department"]),
        // "Kontaktinformasjon til den som ber om innsyn": one of the two is enough.
        ("contact.phone", vec![]),
        ("contact.email", vec![]),
        // "Formålet med begjæringen"
        ("purpose", vec!["POL-01 missing-purpose purpose", "POL-11 purpose-untold purpose"]),
        ("purpose_code", vec!["POL-01 purpose-code purpose_code"]),
        // "Ev. henvisning til helseregelverket"
        ("health_reference", vec![]),
        // "Hvilket register ber man om innsyn i"
        ("register", vec!["POL-01 missing-register register"]),
        // "Hvilket tidsrom ber man om innsyn"
        ("period.from", vec!["POL-01 missing-period period.from"]),
        ("period.to", vec!["POL-01 missing-period period.to"]),
        // "Hvor raskt det er behov for at politiet skal svare ut henvendelsen"
        ("needed_by", vec!["POL-01 missing-needed-by needed_by"]),
    ] {
        assert_eq!(bench.found(&inquiry().without(field)), want, "{field}");
        // Blank is missing.
        assert_eq!(bench.found(&inquiry().set(field, "  ")), want, "{field} blank");
        // So is what people write where they have nothing.
        let is_text = !field.starts_with("period") && field != "purpose_code";
        for text in ["-", "?", "x", "ukjent", "N/A", "unknown"] {
            let is_number = field == "person.national_id";
            if is_text && !is_number && !want.is_empty() {
                assert_eq!(bench.found(&inquiry().set(field, text)), want, "{field} {text}");
            }
        }
    }
    for (phone, email, reached) in [
        ("-", "-", false),
        ("ring meg", "?", false),
        ("-", "a@b.example", true),
        ("113", "-", true),
    ] {
        let request = inquiry().set("contact.phone", phone).set("contact.email", email);
        let want: &[&str] = if reached { &[] } else { &["POL-01 missing-contact contact.phone"] };
        assert_eq!(bench.found(&request), want, "{phone} {email}");
    }
    let acronym = inquiry().set("register", "SIS").set("requester.department", "A2");
    assert_eq!(bench.found(&acronym), NOTHING);
    let unreachable = inquiry().without_group("contact");
    assert_eq!(bench.found(&unreachable), ["POL-01 missing-contact contact.phone"]);
}

#[test]
fn pol_01_tells_all_that_is_missing_at_once() {
    let mut request = inquiry();
    for group in ["person", "requester", "contact", "period"] {
        request = request.without_group(group);
    }
    for field in ["purpose", "register", "needed_by"] {
        request = request.without(field);
    }
    let outcome = Bench::new().judge(&request.xml());
    for point in [1, 2, 3, 4, 6, 7, 8] {
        let told = outcome.findings().as_slice().iter().any(|finding| {
            let words = finding.hint.as_ref().unwrap();
            let nb = words.nb.starts_with(&format!("Punkt {point} av 8 mangler"));
            nb && words.en.starts_with(&format!("Point {point} of 8 is missing"))
        });
        assert!(told, "{point}: {:?}", outcome.found());
    }
}

#[test]
fn pol_01_a_number_a_period_and_a_code_that_cannot_be() {
    let mut bench = Bench::new();
    for (field, text, want) in [
        ("person.national_id", "03851598731", "POL-01 national-id person.national_id"),
        ("person.national_id", "ukjent", "POL-01 national-id person.national_id"),
        ("period.from", "2024-02-30", "POL-01 period-date period.from"),
        ("period.to", "i fjor", "POL-01 period-date period.to"),
        ("period.to", "2023-12-31", "POL-01 period-order period.to"),
        ("purpose_code", "", "POL-01 purpose-code purpose_code"),
    ] {
        assert_eq!(bench.found(&inquiry().set(field, text)), [want], "{text}");
    }
    assert_eq!(bench.found(&inquiry().set("person.national_id", "038515 98730")), NOTHING);
    assert_eq!(bench.found(&inquiry().set("period.to", "01.01.2024")), NOTHING);
    bench.ids = IdPolicy { profile: Profile::Production, new_rule: false };
    assert_eq!(bench.found(&inquiry()), ["POL-01 national-id person.national_id"]);
    // A help number means something in one institution alone. Month + 40, put together here so that
    // no file holds such a number in one piece.
    for number in [["014170", "12083"].concat(), d_help_number()] {
        for request in [inquiry(), notice()] {
            let found = bench.found(&request.set("person.national_id", &number));
            assert_eq!(found, ["POL-01 help-number person.national_id"]);
        }
    }
}

/// A D-number that one institution has made its own.
fn d_help_number() -> String {
    use filsluse::types::national_id::check_digit::holds_1964;
    let holds = |text: &String| {
        let digits: [u8; 11] = text.as_bytes().try_into().unwrap();
        holds_1964(&digits.map(|digit| digit - b'0'))
    };
    (0..1000).map(|end| format!("41417012{end:03}")).find(holds).unwrap()
}

/// The purpose stands in words; its code decides under §§ 23 nr. 4 and 31 alone (POL-02, POL-04).
#[test]
fn pol_01_an_unknown_code_stops_only_where_the_code_decides() {
    let bench = Bench::new();
    let unknown = bench.judge(&inquiry().set("purpose_code", "nysgjerrighet").xml());
    assert_eq!(unknown.found(), ["POL-01 other-purpose purpose_code W"]);
    assert_eq!(unknown.verdict(), Verdict::Accepted);
    assert_eq!(unknown.exchange().purpose_code, "annet", "no word of the sender's is recorded");
    for request in [weighty(), notice()] {
        let found = bench.found(&request.set("purpose_code", "nysgjerrighet"));
        assert_eq!(found, ["POL-01 purpose-code purpose_code"]);
    }
}

/// A notice goes out at once: register, period and how soon are questions, and a number that is not
/// at hand does not stop it. What was told orally needs nobody to be called back.
#[test]
fn pol_01_a_notice_and_an_oral_disclosure_need_less() {
    let bench = Bench::new();
    assert_eq!(bench.found(&notice()), NOTHING);
    let numberless = bench.judge(&notice().without("person.national_id").xml());
    assert_eq!(numberless.found(), ["POL-01 missing-number person.national_id W"]);
    assert_eq!(numberless.verdict(), Verdict::Accepted);
    let nameless = bench.found(&notice().without("person.name"));
    assert_eq!(nameless, ["POL-01 missing-person person.name"]);
    assert_eq!(bench.found(&oral(weighty())), NOTHING);
    for (field, want) in [
        ("person.national_id", "POL-01 missing-national-id person.national_id"),
        ("requester.position", "POL-01 missing-requester requester.position"),
    ] {
        assert_eq!(bench.found(&oral(weighty()).without(field)), [want], "{field}");
    }
    assert_eq!(bench.found(&anonymous()), NOTHING);
}

/// "Det må opprettes pasientsak i saksarkivet."
#[test]
fn pol_05_det_maa_opprettes_pasientsak_i_saksarkivet() {
    let mut bench = Bench::new();
    let exchange = bench.judge(&inquiry().xml()).exchange();
    assert_eq!(exchange.case.unwrap().as_str(), "26/00123");
    let missing = inquiry().without("case_number");
    assert_eq!(bench.found(&missing), ["POL-05 case-missing case_number"]);
    let misshapen = inquiry().set("case_number", "123");
    assert_eq!(bench.found(&misshapen), ["POL-05 case-shape case_number"]);
    // An archive that makes the case itself.
    bench.settings.archive_makes_cases = true;
    let outcome = bench.judge(&missing.xml());
    assert_eq!((outcome.found().len(), outcome.exchange().case), (0, None));
    assert!(outcome.judgement.unwrap().notes.contains(&Note::AwaitsCase));
    assert_eq!(bench.found(&misshapen), ["POL-05 case-shape case_number"]);
}

/// "I alle tilfeller skal det journalføres hvilke opplysninger som er delt med politiet, og på
/// hvilket rettslig grunnlag."
#[test]
fn pol_06_det_skal_journalfoeres_hva_som_er_delt_og_paa_hvilket_grunnlag() {
    let mut bench = Bench::new();
    for (request, form, basis) in [
        (inquiry(), Form::Inquiry, "helsepersonelloven § 22"),
        (notice().set("request_id", &guid(2)), Form::Notice, "helsepersonelloven § 31"),
        (oral(weighty()).set("request_id", &guid(3)), Form::Oral, "helsepersonelloven § 23 nr. 4"),
    ] {
        let exchange = bench.send(&request.xml()).exchange();
        assert_eq!((exchange.form, exchange.basis.provision()), (form, basis));
        assert_eq!(exchange.district.as_str(), "politi-oslo");
        assert_eq!(exchange.informed, Informed::Yes);
        let needed = (form == Form::Inquiry).then_some(date(2026, 11, 28));
        assert_eq!(exchange.needed_by, needed);
    }
    assert_eq!(bench.history.exchanges.shared.len(), 3);
    // Each under an id of its own.
    for bad in ["", "1", "00000000-0000-0000-0000-000000000000"] {
        let request = inquiry().set("request_id", bad);
        assert_eq!(bench.found(&request), ["POL-06 request-id request_id"], "{bad}");
    }
    let used = bench.found(&inquiry().set("purpose", "Noe annet"));
    assert_eq!(used, ["POL-06 request-id-used request_id"]);
}

/// E30 is "Pasientens fødselsnummer mangler", and nothing else that is missing.
#[test]
fn e30_is_the_patients_number_alone() {
    let bench = Bench::new();
    for (field, want) in [
        ("person.national_id", "E30"),
        ("person.name", "X99"),
        ("case_number", "X99"),
        ("request_id", "X99"),
    ] {
        let outcome = bench.judge(&inquiry().without(field).xml());
        let [finding] = outcome.findings().as_slice() else { panic!("{:?}", outcome.found()) };
        let hint = finding.hint.as_ref().unwrap();
        assert_eq!(hint.apprec.as_deref().unwrap_or(finding.rule.apprec), want, "{field}");
    }
}

/// "Hvor raskt det er behov for at politiet skal svare ut henvendelsen."
#[test]
fn pol_09_hvor_raskt_det_er_behov_for_svar() {
    let bench = Bench::new();
    for (text, want) in [
        ("2026-11-21", None),
        ("28.11.2026", None),
        ("2026-11-20", Some("POL-09 needed-by-past needed_by W")),
        ("2026-11-31", Some("POL-09 needed-by-date needed_by W")),
        ("straks", Some("POL-09 needed-by-date needed_by W")),
    ] {
        let found = bench.found(&inquiry().set("needed_by", text));
        assert_eq!(found, want.into_iter().collect::<Vec<_>>(), "{text}");
        // Nothing is refused because of it.
        let outcome = bench.judge(&inquiry().set("needed_by", text).xml());
        assert_eq!(outcome.verdict(), Verdict::Accepted, "{text}");
        if want.is_some_and(|want| want.contains("needed-by-date")) {
            // The police read how soon in the words that were written.
            assert!(outcome.sent("politi-oslo").contains(&format!("needed_by=\"{text}\"")));
            assert_eq!(outcome.exchange().needed_by, None, "{text}");
        }
    }
}

/// "De bør så langt forholdene tilsier det informere pasienten om at opplysninger er gitt": whether
/// it was done is recorded.
#[test]
fn pol_10_om_pasienten_er_informert() {
    let bench = Bench::new();
    for (text, want) in [
        ("yes", Informed::Yes),
        ("Ja", Informed::Yes),
        ("no", Informed::No),
        ("nei", Informed::No),
        ("later", Informed::Later),
        ("senere", Informed::Later),
    ] {
        let exchange = bench.judge(&inquiry().set("patient_informed", text).xml()).exchange();
        assert_eq!(exchange.informed, want, "{text}");
    }
    for request in [inquiry(), notice(), anonymous(), oral(weighty())] {
        let found = bench.found(&request.clone().without("patient_informed"));
        assert_eq!(found, ["POL-10 informed-missing patient_informed"]);
        let found = bench.found(&request.set("patient_informed", "kanskje"));
        assert_eq!(found, ["POL-10 informed-word patient_informed"]);
    }
}

/// "Helsepersonell må ved innhenting av opplysninger opplyse politiet om pasientforholdet og
/// formålet med innhentingen."
#[test]
fn pol_11_opplyse_politiet_om_pasientforholdet_og_formaalet() {
    let bench = Bench::new();
    for request in [inquiry(), weighty(), on_basis("bistand"), oral(weighty())] {
        assert_eq!(bench.found(&request), NOTHING);
        let found = bench.found(&request.clone().without("patient_relationship"));
        assert_eq!(found, ["POL-11 relationship patient_relationship"]);
        let found = bench.found(&request.without("purpose")).join(" ");
        assert!(found.contains("POL-11 purpose-untold purpose"), "{found}");
    }
    // Nobody is asked, or nobody is named.
    for request in [notice(), anonymous()] {
        assert_eq!(bench.found(&request.without("patient_relationship")), NOTHING);
    }
}

fn guid(n: u8) -> String {
    format!("6f9619ff-8b86-4d01-b42d-00cf4fc964{n:02x}")
}
