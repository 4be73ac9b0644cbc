//! POL-02, POL-03, POL-04, POL-12, POL-13: what each legal basis lets be shared.

use filsluse::{kinds::police::basis::LegalBasis, types::verdict::Verdict};

use super::{
    bench::Bench,
    document::{ASSESSMENT, NUMBER, anonymous, inquiry, notice, on_basis, oral, weighty},
};

const NOTHING: [&str; 0] = [];

#[test]
fn pol_02_exactly_one_legal_basis() {
    let bench = Bench::new();
    for (text, want) in [
        ("", "POL-02 basis-missing legal_basis"),
        ("noe-annet", "POL-02 basis-unknown legal_basis"),
        ("samtykke, bistand", "POL-02 basis-one legal_basis"),
        ("samtykke bistand", "POL-02 basis-one legal_basis"),
    ] {
        assert_eq!(bench.found(&on_basis(text)), [want], "{text}");
    }
    // Two elements say the same as a list.
    let twice = inquiry().children().replacen(
        "<legal_basis>",
        "<legal_basis>bistand</legal_basis><legal_basis>",
        1,
    );
    let found = bench.judge(&twice).found();
    assert_eq!(found, ["POL-02 basis-one legal_basis"]);
    for basis in LegalBasis::ALL {
        let request = match basis {
            LegalBasis::Anonymised => anonymous(),
            LegalBasis::Consent => inquiry(),
            _ => on_basis(basis.code()).set("basis_details", ASSESSMENT),
        };
        let outcome = bench.judge(&request.xml());
        assert_eq!(outcome.found(), NOTHING, "{basis:?}");
        assert_eq!(outcome.exchange().basis, basis);
    }
}

/// "For at samtykket skal være gyldig, må pasienten ha beslutningskompetanse. Samtykket må være
/// informert, og gitt frivillig."
#[test]
fn pol_02_samtykket_maa_vaere_informert_og_gitt_frivillig() {
    let bench = Bench::new();
    for (field, wrong, hint) in [
        ("consent.given_by", "", "consent-by"),
        ("consent.informed", "false", "consent-informed"),
        ("consent.voluntary", "nei", "consent-voluntary"),
        ("consent.competent", "vet ikke", "consent-competent"),
        ("consent.date", "i går", "consent-date"),
    ] {
        let want = [format!("POL-02 {hint} {field}")];
        assert_eq!(bench.found(&inquiry().set(field, wrong)), want);
        assert_eq!(bench.found(&inquiry().without(field)), want);
    }
    let later = bench.found(&inquiry().set("consent.date", "2026-11-22"));
    assert_eq!(later, ["POL-02 consent-later consent.date"]);
    let in_norwegian = inquiry().set("consent.informed", "ja").set("consent.voluntary", "1");
    assert_eq!(bench.found(&in_norwegian), NOTHING);
    assert_eq!(bench.found(&inquiry().without_group("consent")).len(), 5);
}

/// "Man kan ikke benytte hpl. § 23 nr. 4 for å innhente opplysninger rutinemessig da det alltid må
/// gjøres en konkret vurdering."
#[test]
fn pol_02_det_maa_alltid_gjoeres_en_konkret_vurdering() {
    let bench = Bench::new();
    assert_eq!(bench.found(&weighty()), NOTHING);
    for text in
        ["", "-", "Ja", "Tungtveiende offentlige interesser foreligger", "fare fare fare fare fare"]
    {
        let found = bench.found(&weighty().set("basis_details", text));
        assert_eq!(found, ["POL-02 assessment basis_details"], "{text}");
    }
    for code in ["rutine", "routine", "Rutinemessig"] {
        let found = bench.found(&weighty().set("purpose_code", code));
        assert_eq!(found, ["POL-02 routine purpose_code"], "{code}");
    }
    // With consent the patient decides.
    assert_eq!(bench.found(&inquiry().set("purpose_code", "rutine")), NOTHING);
}

/// "Helsepersonellet må sørge for tilstrekkelig anonymisering."
#[test]
fn pol_03_helsepersonellet_maa_soerge_for_tilstrekkelig_anonymisering() {
    let bench = Bench::new();
    assert_eq!(bench.found(&anonymous()), NOTHING);
    for (field, text, want) in [
        ("person.name", "Rigmor Prøvesen", "POL-03 anonymous-person person.name"),
        ("consent.given_by", "Rigmor", "POL-03 anonymous-consent consent.given_by"),
        ("purpose", "Bor i Storgata 5", "POL-03 anonymous-address purpose"),
        ("purpose", "Bor i Storgt. 12", "POL-03 anonymous-address purpose"),
        ("purpose", "Pasienten heter Kari Prøvesen", "POL-03 anonymous-name purpose"),
        ("purpose", "navn: Kari Prøvesen", "POL-03 anonymous-name purpose"),
        ("purpose", "Født 03.85.2015, personnr 98730", "POL-03 anonymous-number purpose"),
        ("purpose", "Bor hos venner, 7030 Trondheim", "POL-03 anonymous-address purpose"),
        ("register", "spør a.b@example.org", "POL-03 anonymous-email register"),
        ("purpose", &format!("Gjelder {NUMBER}."), "POL-03 anonymous-number purpose"),
        ("basis_details", "nr. 038515 98730", "POL-03 anonymous-number basis_details"),
        ("requester.position", NUMBER, "POL-03 anonymous-number requester.position"),
        ("contact.phone", NUMBER, "POL-03 anonymous-number contact.phone"),
    ] {
        let outcome = bench.judge(&anonymous().set(field, text).xml());
        assert_eq!(outcome.found(), [want], "{text}");
        assert_eq!(outcome.verdict(), Verdict::Rejected);
    }
    let named = anonymous()
        .set("person.name", "Rigmor Prøvesen")
        .set("purpose", "Rigmor har kanskje våpen hjemme");
    let found = bench.found(&named);
    let want = ["POL-03 anonymous-person person.name", "POL-03 anonymous-name purpose"];
    assert_eq!(found, want);
    // A person without anything in it still asks who it is.
    let blank = anonymous().xml().replacen("<requester", "<person/><requester", 1);
    assert_eq!(bench.judge(&blank).found(), ["POL-03 anonymous-person person.name"]);
}

/// "Helse og politi kan i anonym form drøfte konkrete problemstillinger, for eksempel knyttet til
/// våpen eller ulovlige rusmidler": what is no identity does not stop it.
#[test]
fn pol_03_i_anonym_form_droefte_konkrete_problemstillinger() {
    let bench = Bench::new();
    for text in [
        "En person på vei 3 dager etter utskrivning truet med kniv kl. 1530 Politiet kom",
        "I 2024 Oslo, spørsmål om § 3-3 og sak 1234, to våpen og 12 gram",
        "Referanse 2026-11-21, beløp 12345678901234",
    ] {
        assert_eq!(bench.found(&anonymous().set("purpose", text)), NOTHING, "{text}");
    }
    let sent = bench.judge(&anonymous().xml());
    assert!(!sent.sent("politi-oslo").contains("<person"));
}

/// "Unntakene i hpl. §§ 23 nr. 4 og 31 gir ikke hjemmel til å videreformidle informasjon som er
/// nødvendig for politiets etterforskning av straffbare forhold."
#[test]
fn pol_04_gir_ikke_hjemmel_for_politiets_etterforskning() {
    let bench = Bench::new();
    let want = ["POL-04 investigation purpose_code"];
    for request in [weighty(), on_basis("avverge-skade"), notice(), oral(weighty())] {
        assert_eq!(bench.found(&request), NOTHING);
        assert_eq!(bench.found(&request.clone().set("purpose_code", "etterforskning")), want);
        assert_eq!(bench.found(&request.set("purpose_code", "Investigation")), want);
    }
    // The patient may consent to what these two paragraphs give no authority for.
    assert_eq!(bench.found(&inquiry().set("purpose_code", "etterforskning")), NOTHING);
}

/// "Taushetsplikten vil fortsatt gjelde for andre opplysninger og informasjon om pasienten som ikke
/// er kjent."
#[test]
fn pol_12_taushetsplikten_gjelder_fortsatt_for_det_som_ikke_er_kjent() {
    let bench = Bench::new();
    let told = oral(on_basis("kjent-pasientforhold").without("health_reference"));
    assert_eq!(bench.found(&told), NOTHING);
    for field in ["basis_details", "health_reference"] {
        let found = bench.found(&told.clone().set(field, "Diagnose og medisiner"));
        assert_eq!(found, [format!("POL-12 known-patient-content {field}")]);
    }
    // A written inquiry may be reasoned here; the reason does not leave.
    let asked = on_basis("kjent-pasientforhold").set("basis_details", "Bisto ved innleggelsen");
    let outcome = bench.judge(&asked.xml());
    assert_eq!(outcome.found(), NOTHING);
    let sent = outcome.sent("politi-oslo");
    assert!(!sent.contains("Bisto ved") && sent.contains("psykisk helsevernloven"), "{sent}");
    // Under other bases such content may be disclosed.
    assert_eq!(bench.found(&oral(weighty())), NOTHING);
}

/// "Helsepersonell skal på eget initiativ, varsle politi og brannvesen dersom det er nødvendig for
/// å avverge alvorlig skade på person eller eiendom."
#[test]
fn pol_13_varsle_for_aa_avverge_alvorlig_skade() {
    let bench = Bench::new();
    let weighty_notice =
        notice().set("legal_basis", "tungtveiende-interesser").set("basis_details", ASSESSMENT);
    for request in [notice(), weighty_notice, oral(notice())] {
        let outcome = bench.judge(&request.xml());
        assert_eq!(outcome.found(), NOTHING);
        assert_eq!(outcome.exchange().needed_by, None, "no reply is expected");
    }
    for basis in ["samtykke", "bistand", "begjaering-tvang"] {
        let found = bench.found(&notice().set("legal_basis", basis)).join(" ");
        assert!(found.contains("POL-13 notice-basis legal_basis"), "{basis}: {found}");
    }
    // "I tilfeller hvor en pasient vurderes å være til alvorlig fare for konkrete person(er)",
    // "eksempelvis mot et miljø eller en bestemt gruppe".
    for text in
        ["", "-", "ja", "se journal", "naboen", "alvorlig fare", "Truer noen", "Fare! Fare!"]
    {
        let found = bench.found(&notice().set("basis_details", text));
        assert_eq!(found, ["POL-13 notice-threat basis_details"], "{text}");
    }
    for text in ["Truer naboen", "Truer sin søster", "Vil skade alle i et bestemt miljø"] {
        assert_eq!(bench.found(&notice().set("basis_details", text)), NOTHING, "{text}");
    }
}
