//! No finding, note, effect or `Debug` holds anything of what a sender wrote.

use jiff::civil::date;

use super::{
    bench::Bench,
    document::{Document, List, Row, child, diplomat, list, notice, withdrawal},
};

/// Every column of every row, as a word that nothing of ours contains.
fn canaries() -> Vec<(Document, Vec<String>)> {
    let columns: Vec<_> = list(
        "complete",
        &[diplomat(1)
            .set("note", "x")
            .set("effective_from", "x")
            .set("locally_employed", "x")
            .set("principal_d_number", "x")],
    )
    .columns();
    let all = columns
        .into_iter()
        .filter(|column| !column.starts_with("list_") && *column != "mission_code");
    all.map(|column| {
        let canary = "Kanarifugl-4711".to_owned();
        let row = diplomat(1).set(column, &canary);
        let numbers = vec![diplomat(1).d_number().to_owned(), diplomat(2).d_number().to_owned()];
        let rows = [row, diplomat(2)];
        (
            list("complete", &rows).xml(),
            [numbers, vec![canary, "Ørstavik".to_owned(), "UD-0042".to_owned()]].concat(),
        )
    })
    .collect()
}

#[test]
fn nothing_that_was_written_is_shown() {
    for (document, words) in canaries() {
        let judgement = Bench::new().judge(&document).judgement.unwrap();
        let shown = format!(
            "{judgement:?} {}",
            serde_json::to_string(judgement.findings.as_slice()).unwrap()
        );
        for word in &words {
            assert!(!shown.contains(word.as_str()), "{word} in {shown}");
        }
    }
}

#[test]
fn nothing_of_a_refused_document_is_shown() {
    let bird = "Kanarifugl";
    let good = || list("complete", &[diplomat(1)]);
    let cases: [List; 5] = [
        good().set("mission_code", bird),
        good().set("list_date", bird),
        good().set("list_type", bird),
        List { rows: vec![diplomat(1).set("list_id", bird), diplomat(2)], ..good() },
        notice(&[(diplomat(1).d_number(), "2026-11-01")]).set("notice_date", bird),
    ];
    for list in cases {
        for document in [list.xml(), list.csv()] {
            let Err(refused) = Bench::new().read(&document) else { panic!("taken") };
            let shown = format!("{refused:?}");
            assert!(!shown.contains(bird) && !shown.contains(diplomat(1).d_number()), "{shown}");
        }
    }
    let extra = good().xml_with(&[], &[(bird, bird)]);
    let Err(refused) = Bench::new().read(&extra) else { panic!("taken") };
    assert!(!format!("{refused:?}").contains(bird));
}

/// A household that is taken, a withdrawal, a stranger: the number of nobody is shown.
#[test]
fn no_number_is_shown_of_whom_the_books_decide() {
    let a = diplomat(1);
    let mut bench = Bench::new();
    bench.send(&list("complete", &[a.clone(), child(date(2019, 5, 17), &a)]).xml());
    let rows: [Row; 3] = [withdrawal(&a), withdrawal(&diplomat(2)), diplomat(3)];
    let outcome = bench.judge(&list("changes", &rows).xml());
    let shown = format!("{:?}", outcome.judgement());
    let run = shown.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() >= 11);
    assert!(!run, "{shown}");
}
