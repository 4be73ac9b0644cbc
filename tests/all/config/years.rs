//! Configuration of the municipal kinds: deadlines, identity modes, and the tables by service year.

use filsluse::{config::Config, types::ids::SenderId};

use super::{KINDS, registry_key, shipped, shipped_sources};

/// The same for the municipal kinds: `oslo.toml`, `kpr.toml` and the tables by year.
#[test]
#[expect(clippy::too_many_lines, reason = "a table with a line for each problem")]
fn each_problem_of_the_municipal_kinds_names_its_cure() {
    let table = |rows: &str| format!("{rows}\n[log]");
    let cases: &[(&str, &str, &str, &str, &str)] = &[
        ("oslo", "municipality = \"0301\"", "", "sender.municipality", "municipality = \"0301\""),
        ("oslo", "\"01-15\"", "\"02-29\"", "sender.expect.yearly", "every year has"),
        ("oslo", "\"01-15\"", "\"1-15\"", "sender.expect.yearly", "\"01-15\""),
        ("oslo", "\"02-15\"", "\"01-14\"", "sender.expect.exception", "a later day"),
        ("kpr", "\"pseudonym\"", "\"identified\"", "registry.identity.mode", "\"split\""),
        (
            "kpr",
            "mode = \"pseudonym\"",
            "mode = \"split\"",
            "registry.identity.identity-recipients",
            "identity-recipients = [\"age1...\"]",
        ),
        (
            "kpr",
            "\nkey = ",
            &format!("\nidentity-recipients = [\"{}\"]\nkey = ", registry_key()),
            "registry.identity.identity-recipients",
            "only mode = \"split\"",
        ),
        (
            "kpr",
            "mode = \"pseudonym\"",
            &format!("mode = \"split\"\nidentity-recipients = [\"{}\"]", registry_key()),
            "registry.identity.identity-recipients",
            "both halves",
        ),
        ("kpr", "\"superseded\"", "\"withdrawn\"", "registry.retention.from", "\"superseded\""),
        (
            "kpr",
            "after = \"P30D\"",
            "after = \"P30D\"\nlists = \"P90D\"",
            "registry.retention.lists",
            "remove it",
        ),
        ("main", "\"5%\"\n# Service", "\"x\"\n# Service", "kpr.max-rejected", "%"),
        ("main", "[18, 19,", "[0, 19,", "kpr.expected-service-types", "from 1 to 999"),
        (
            "main",
            "[log]",
            &table("[[route]]\nkind = \"embassy-list\"\nyears = \"2017\"\nregistries = [\"kpr\"]"),
            "route.kind",
            "iplos-annual or kpr-event",
        ),
        (
            "main",
            "[log]",
            &table("[[route]]\nkind = \"kpr-event\"\nyears = \"2017\"\nregistries = [\"iplos\"]"),
            "route.registries",
            "does not let it",
        ),
        (
            "main",
            "[log]",
            &table("[[route]]\nkind = \"kpr-event\"\nyears = \"17\"\nregistries = [\"kpr\"]"),
            "route.years",
            "\"2018..\"",
        ),
        (
            "main",
            "[log]",
            &table("[[reporting]]\nregistry = \"krp\"\nyears = \"2018..\"\nreporters = \"all\""),
            "reporting.registry",
            "did you mean kpr?",
        ),
        (
            "main",
            "[log]",
            &table("[[reporting]]\nregistry = \"kpr\"\nyears = \"2018..\"\nreporters = [\"osl\"]"),
            "reporting.reporters",
            "did you mean oslo?",
        ),
        (
            "main",
            "[log]",
            &table("[[reporting]]\nregistry = \"kpr\"\nyears = \"2018..\"\nreporters = \"none\""),
            "reporting.reporters",
            "\"all\"",
        ),
        (
            "main",
            "[log]",
            &table("[[reporting]]\nregistry = \"kpr\"\nyears = \"2018..\"\nreporters = 3"),
            "reporting.reporters",
            "\"all\"",
        ),
        (
            "main",
            "[log]",
            &table(
                "[[reporting]]\nregistry = \"kpr\"\nyears = \"..2018\"\nreporters = \"all\"\n\
                 [[reporting]]\nregistry = \"kpr\"\nyears = \"2018..\"\nreporters = \"all\"",
            ),
            "reporting.years",
            "another row",
        ),
        (
            "main",
            "[log]",
            &table(
                "[[reporting]]\nregistry = \"kpr\"\nyears = \"2018..\"\nreporters = \"all\"\n\
                 not-decided = [\"a b\"]",
            ),
            "reporting.not-decided",
            "\"bydel\"",
        ),
        (
            "main",
            "[log]",
            &table(
                "[[reporting]]\nregistry = \"kpr\"\nyears = \"2018..\"\nreporters = \"all\"\n\
                 not-decided = [\"tjenesteorgnr\"]",
            ),
            "reporting.not-decided",
            "did you mean \"tjenesteOrgNr\"?",
        ),
        (
            "main",
            "[log]",
            &table(
                "[[reporting]]\nregistry = \"kpr\"\nyears = \"2018..\"\nreporters = \"all\"\n\
                 not-decided = [\"banana\"]",
            ),
            "reporting.not-decided",
            "no message has an attribute of this name",
        ),
        (
            "main",
            "[log]",
            &table(
                "[[reporting]]\nregistry = \"kpr\"\nyears = \"2018..\"\nreporters = \"all\"\n\
                 not-decided = [\"fid\"]",
            ),
            "reporting.not-decided",
            "the format demands \"fid\"",
        ),
        (
            "main",
            "[log]",
            &table(
                "[[reporting]]\nregistry = \"kpr\"\nyears = \"2018..\"\nreporters = \"all\"\n\
                 not-decided = [\"typeID\"]",
            ),
            "reporting.not-decided",
            "the format demands \"typeID\"",
        ),
        (
            "main",
            "[log]",
            &table(
                "[[reporting]]\nregistry = \"kpr\"\nyears = \"2018..\"\nreporters = \"all\"\n\
                 not-decided = [\"notifikasjonGUID\"]",
            ),
            "reporting.not-decided",
            "the format demands \"notifikasjonGUID\"",
        ),
        (
            "main",
            "[log]",
            &table(
                "[[reporting]]\nregistry = \"kpr\"\nyears = \"2018..\"\nreporters = \"all\"\n\
                 not-decided = [\"versjon\"]",
            ),
            "reporting.not-decided",
            "the format demands \"versjon\"",
        ),
        (
            "main",
            "[log]",
            &table(
                "[[reporting]]\nregistry = \"kpr\"\nyears = \"2018..\"\nreporters = \"all\"\n\
                 not-decided = [\"kommuneNr\"]",
            ),
            "reporting.not-decided",
            "the format demands \"kommuneNr\"",
        ),
    ];
    for (file, from, to, key, cure) in cases {
        let mut sources = shipped_sources();
        let source = match *file {
            "main" => &mut sources.main,
            "oslo" => &mut sources.senders[2],
            _ => &mut sources.registries[2],
        };
        assert!(source.text.contains(from), "case {from}");
        source.text = source.text.replacen(from, to, 1);
        let error = Config::check(&sources, &KINDS).expect_err(to);
        let [problem] = error.problems.as_slice() else { panic!("{to}: {error}") };
        assert_eq!(problem.key, *key, "{to}: {error}");
        assert!(problem.message.contains(cure), "{to}: {error}");
        assert!(problem.line.is_some(), "{to}: {error}");
    }
}

#[test]
fn there_may_be_no_grace() {
    let mut sources = shipped_sources();
    let oslo = &mut sources.senders[2];
    oslo.text = oslo.text.replacen("grace = \"P10D\"", "grace = \"P0D\"", 1);
    let config = Config::check(&sources, &KINDS).unwrap();
    let oslo = &config.senders[&SenderId::parse("oslo").unwrap()];
    assert!(oslo.expect.unwrap().periodic.unwrap().grace.is_zero());
}

#[test]
fn years_have_the_shipped_routes_and_reporters_unless_the_tables_say_otherwise() {
    let shown = |config: &Config| {
        let mut rows: Vec<String> = Vec::new();
        for route in &config.routes {
            rows.push(format!("{} {} {:?}", route.kind, route.years, route.registries));
        }
        for row in &config.reporting {
            let fields: Vec<&str> = row.not_decided.iter().map(String::as_str).collect();
            rows.push(format!("{} {} {}", row.registry, row.years, fields.join(" ")));
        }
        rows.sort();
        rows
    };
    let config = shipped();
    let want = [
        "iplos ..2017 ",
        "iplos-annual ..2017 [RegistryId(iplos)]",
        "iplos-annual 2017.. [RegistryId(kpr)]",
        "kpr 2017.. ",
        "kpr-event 2018.. [RegistryId(kpr)]",
    ];
    assert_eq!(shown(&config), want);
    let oslo = &config.senders[&SenderId::parse("oslo").unwrap()];
    let yearly = oslo.expect.unwrap().yearly.unwrap();
    assert_eq!(yearly.deadline.to_string(), "01-15");
    assert_eq!(yearly.exception.unwrap().to_string(), "02-15");

    let mut sources = shipped_sources();
    sources.main.text += "[[route]]\nkind = \"kpr-event\"\nyears = \"2020..\"\nregistries = [\"kpr\"]\n\
        [[reporting]]\nregistry = \"kpr\"\nyears = \"2020..\"\nreporters = [\"oslo\"]\n\
        not-decided = [\"bydel\"]\n";
    let config = Config::check(&sources, &KINDS).unwrap();
    let want = [
        "iplos ..2017 ",
        "iplos-annual ..2017 [RegistryId(iplos)]",
        "iplos-annual 2017.. [RegistryId(kpr)]",
        "kpr 2020.. bydel",
        "kpr-event 2020.. [RegistryId(kpr)]",
    ];
    assert_eq!(shown(&config), want);
    let [oslo, ud] = ["oslo", "ud"].map(|id| SenderId::parse(id).unwrap());
    let only = &config.reporting[0].reporters;
    assert!(only.holds(&oslo) && !only.holds(&ud));
}

/// A message holds events of several years: rows that send them to different registries would have
/// every such message refused (KPR-03). Years that are routed nowhere harm nobody.
#[test]
fn all_rows_of_the_events_name_the_same_registries() {
    let row = |kind: &str, years: &str, registries: &str| {
        format!("[[route]]\nkind = \"{kind}\"\nyears = \"{years}\"\nregistries = [{registries}]\n")
    };
    let both = "\"kpr-ny\", \"kpr\"";
    for (rows, is_refused) in [
        ([("kpr-event", "2018..2019", "\"kpr\""), ("kpr-event", "2020..", both)], true),
        ([("kpr-event", "2018..2019", "\"kpr\""), ("kpr-event", "2021..", "\"kpr\"")], false),
        ([("kpr-event", "2018..", both), ("kpr-event", "2021..", "\"kpr\", \"kpr-ny\"")], false),
        ([("iplos-annual", "2018..2019", "\"kpr\""), ("iplos-annual", "2020..", both)], false),
    ] {
        let mut sources = shipped_sources();
        let mut second = sources.registries[3].clone();
        second.text = second.text.replace("\"kpr\"", "\"kpr-ny\"").replace("pseudonym-kpr", "ny");
        second.text = second.text.replace("legal-profile = \"kpr-ny\"", "legal-profile = \"kpr\"");
        second.path.set_file_name("kpr-ny.toml");
        sources.registries.push(second);
        for (kind, years, registries) in rows {
            sources.main.text += &row(kind, years, registries);
        }
        let checked = Config::check(&sources, &KINDS);
        assert_eq!(checked.is_err(), is_refused, "{rows:?} {:?}", checked.err());
        if let Err(error) = checked {
            let [problem] = error.problems.as_slice() else { panic!("{error}") };
            assert_eq!(problem.key, "route.registries", "{error}");
            assert!(problem.line.is_some(), "{error}");
            assert!(problem.message.contains("write registries = [\"kpr\"]"), "{error}");
        }
    }
}
