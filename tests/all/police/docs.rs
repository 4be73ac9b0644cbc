//! The tables in `docs/police.md` and `docs/politi.md` are those of the code, their samples are
//! taken, and the files of `examples/` do what their README says. `FILSLUSE_WRITE_DOCS=1 cargo
//! nextest run police::docs` writes the tables anew.

use std::path::{Path, PathBuf};

use filsluse::{
    kinds::police::{guide, reply::MEDIA_TYPES, state::Form},
    types::{rule::Language, verdict::Verdict},
};

use super::{
    bench::{Bench, district},
    document::inquiry,
};

const PAGES: [(&str, Language); 2] =
    [("docs/police.md", Language::En), ("docs/politi.md", Language::Nb)];

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn page(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_tables_are_those_of_the_code() {
    for (name, language) in PAGES {
        let before = page(name);
        let mut want = before.clone();
        for (mark, table) in [
            ("fields", guide::fields(language)),
            ("bases", guide::bases(language)),
            ("purposes", guide::purposes(language)),
            ("registers", guide::registers()),
        ] {
            let (begin, end) =
                (format!("<!-- {mark}: begin -->\n"), format!("<!-- {mark}: end -->"));
            let (head, rest) = want.split_once(&begin).unwrap();
            let (_, tail) = rest.split_once(&end).unwrap();
            want = format!("{head}{begin}{table}{end}{tail}");
        }
        if std::env::var_os("FILSLUSE_WRITE_DOCS").is_some() {
            std::fs::write(path(name), &want).unwrap();
        } else {
            assert!(
                before == want,
                "{name} is stale: run FILSLUSE_WRITE_DOCS=1 cargo nextest run police::docs"
            );
        }
        for (media_type, _) in MEDIA_TYPES {
            assert!(want.contains(&format!("`{media_type}`")), "{name}: {media_type}");
        }
    }
}

/// What a page shows can be copied and sent.
#[test]
fn the_samples_are_taken() {
    for (name, _) in PAGES {
        let page = page(name);
        let samples: Vec<_> =
            page.split("```xml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        assert_eq!(samples.len(), 2, "{name}");
        for sample in samples {
            let bench = if sample.contains("PoliceReply") {
                Bench::answering("oslo")
            } else {
                Bench::new()
            };
            let outcome = bench.judge(sample);
            assert_eq!(outcome.found(), Vec::<String>::new(), "{name}: {sample}");
        }
    }
}

#[test]
fn the_examples_do_what_their_readme_says() {
    let example = |name: &str| page(&format!("examples/{name}"));
    let mut bench = Bench::new();
    let missing = bench.send(&example("sykehus-eksempel/points-missing.xml"));
    assert_eq!(
        missing.found(),
        [
            "POL-02 consent-competent consent.competent",
            "POL-01 missing-national-id person.national_id",
            "POL-01 missing-contact contact.phone",
            "POL-01 missing-register register",
            "POL-01 missing-needed-by needed_by",
            "POL-05 case-missing case_number",
        ]
    );
    for (name, form, leaves) in [
        ("inquiry", Form::Inquiry, true),
        ("anonymous", Form::Inquiry, true),
        ("notice", Form::Notice, true),
        ("oral", Form::Oral, false),
    ] {
        let outcome = bench.send(&example(&format!("sykehus-eksempel/{name}.xml")));
        assert_eq!(outcome.found(), Vec::<String>::new(), "{name}");
        assert_eq!((outcome.exchange().form, !outcome.written.is_empty()), (form, leaves));
    }
    bench.sender = district("oslo");
    let reply = bench.send(&example("politi-oslo/reply.xml"));
    assert_eq!((reply.found(), reply.verdict()), (vec![], Verdict::Accepted));
    // Without the request it is set aside.
    let mut bench = Bench::new();
    bench.send(&inquiry().xml());
    bench.sender = district("oslo");
    let astray = bench.judge(&example("politi-oslo/reply.xml"));
    assert_eq!(astray.found(), ["POL-07 reply-unknown in_reply_to"]);
}
