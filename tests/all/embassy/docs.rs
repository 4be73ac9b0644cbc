//! The tables in `docs/embassy-list.md` and `docs/ambassadeliste.md` are those of the code, and
//! their samples are taken. `FILSLUSE_WRITE_DOCS=1 cargo nextest run embassy::docs` writes the
//! tables anew.

use std::{collections::BTreeSet, path::Path};

use filsluse::{kinds::embassy::guide, types::rule::Language};

use super::{
    bench::{Bench, mission},
    document::Document,
};

const PAGES: [(&str, Language); 2] =
    [("docs/embassy-list.md", Language::En), ("docs/ambassadeliste.md", Language::Nb)];

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect(name)
}

#[test]
fn the_tables_are_those_of_the_code() {
    for (name, language) in PAGES {
        let before = page(name);
        let mut want = before.clone();
        for (mark, table) in [
            ("columns", guide::list_columns(language)),
            ("words", guide::words(language)),
            ("notice", guide::notice_columns(language)),
        ] {
            let (begin, end) =
                (format!("<!-- {mark}: begin -->\n"), format!("<!-- {mark}: end -->"));
            let (head, rest) = want.split_once(&begin).expect(mark);
            let (_, tail) = rest.split_once(&end).expect(mark);
            want = format!("{head}{begin}{table}{end}{tail}");
        }
        if std::env::var_os("FILSLUSE_WRITE_DOCS").is_some() {
            std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(name), &want).unwrap();
        } else {
            assert!(
                before == want,
                "{name} is stale: run FILSLUSE_WRITE_DOCS=1 cargo nextest run embassy::docs"
            );
        }
    }
}

/// What a page shows can be copied and sent.
#[test]
fn the_samples_are_taken() {
    for (name, _) in PAGES {
        let page = page(name);
        let mut taken = 0;
        for (fence, is_xml) in [("```xml\n", true), ("```csv\n", false)] {
            for sample in page.split(fence).skip(1) {
                let text = sample.split("```").next().unwrap().to_owned();
                if text.contains("Departure") || text.contains("Utreisedato") {
                    continue;
                }
                let document = if is_xml { Document::Xml(text) } else { Document::Text(text) };
                let mut bench = Bench::new();
                bench.sender = mission("a", "XEX");
                let outcome = bench.judge(&document);
                assert_eq!(outcome.found(), Vec::<String>::new(), "{name}");
                taken += 1;
            }
        }
        assert!(taken >= 2, "{name} has {taken} samples");
    }
}

/// The page for the registry names what the difference holds: every attribute of a rich one.
#[test]
fn the_difference_is_described() {
    use super::document::{child, diplomat, list, withdrawal};
    let page = page("docs/enrolment-difference.md");
    let a = diplomat(1).set("note", "x");
    let mut bench = Bench::new();
    let rows = [a.clone(), child(jiff::civil::date(2019, 5, 17), &a), diplomat(2)];
    bench.send(&list("complete", &rows).xml());
    let rows =
        [a.set("post_town", "Bergen"), rows[1].clone(), withdrawal(&diplomat(2)), diplomat(3)];
    let mut names = BTreeSet::new();
    bench.sender = mission("b", "XEY");
    let takeover = bench.judge(&list("complete", &[diplomat(1)]).set("mission_code", "XEY").xml());
    bench.sender = mission("a", "XEX");
    for outcome in [bench.judge(&list("complete", &rows).xml()), takeover] {
        for (element, attributes) in outcome.persons() {
            names.insert(element);
            names.extend(attributes.into_keys());
        }
    }
    assert!(names.len() > 24, "{names:?}");
    for name in names.iter().map(String::as_str).chain(["registry", "date", "EnrolmentDifference"])
    {
        assert!(page.contains(&format!("`{name}`")), "{name} is not described");
    }
    for reason in ["departed", "household", "missing", "other-mission", "stated"] {
        assert!(page.contains(&format!("`{reason}`")), "{reason}");
    }
}
