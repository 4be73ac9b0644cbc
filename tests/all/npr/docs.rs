//! The tables in `docs/npr.md` and `docs/npr.nb.md` are those of the code, and their samples are
//! taken. `FILSLUSE_WRITE_DOCS=1 cargo nextest run npr::docs` writes the tables anew.

use std::path::Path;

use filsluse::{
    kinds::npr::guide,
    types::{rule::Language, verdict::Verdict},
};

use super::bench::Bench;

const PAGES: [(&str, Language); 2] =
    [("docs/npr.md", Language::En), ("docs/npr.nb.md", Language::Nb)];

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect(name)
}

#[test]
fn the_tables_are_those_of_the_code() {
    for (name, language) in PAGES {
        let before = page(name);
        let mut want = before.clone();
        for (mark, table) in
            [("columns", guide::columns(language)), ("forms", guide::forms(language))]
        {
            let (begin, end) =
                (format!("<!-- {mark}: begin -->\n"), format!("<!-- {mark}: end -->"));
            let (head, rest) = want.split_once(&begin).expect(mark);
            let (_, tail) = rest.split_once(&end).expect(mark);
            want = format!("{head}{begin}{table}{end}{tail}");
        }
        if std::env::var_os("FILSLUSE_WRITE_DOCS").is_some() {
            std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(name), &want).unwrap();
        } else {
            assert!(before == want, "{name} is stale: run FILSLUSE_WRITE_DOCS=1 … npr::docs");
        }
    }
}

/// What a page shows can be copied and sent.
#[test]
fn the_samples_are_taken() {
    for (name, _) in PAGES {
        let page = page(name);
        let samples: Vec<_> = page.split("```csv\n").skip(1).collect();
        assert!(!samples.is_empty(), "{name}");
        for sample in samples {
            let outcome = Bench::new().read(sample.split("```").next().unwrap());
            assert_eq!(
                (outcome.verdict(), outcome.found()),
                (Verdict::Accepted, Vec::<String>::new()),
                "{name}"
            );
        }
    }
}
