//! One list in three clothes: the same rows are judged the same, and what breaks the shape is
//! refused or remarked upon.

use filsluse::{
    kinds::refused::Refused,
    types::{finding::Place, verdict::Verdict},
};
use jiff::civil::date;

use super::{
    bench::Bench,
    document::{
        Cell, Document, List, Row, child, csv_text, diplomat, list, notice, sheet, spouse,
        withdrawal,
    },
};

const NOTHING: Vec<String> = Vec::new();

/// A household, one row with a fault, one remark.
fn household() -> Vec<Row> {
    let a = diplomat(1);
    let son = child(date(2019, 5, 17), &a);
    let expired = diplomat(2).set("accreditation_expires", "2026-10-31");
    let swapped = diplomat(3).set("birth_date", "1980-01-05");
    let wife = spouse(1, &a);
    vec![a, wife, son, expired, swapped]
}

#[test]
fn xml_csv_and_xlsx_are_judged_the_same() {
    let complete = list("complete", &household());
    let clothes = [
        ("XML", complete.xml()),
        ("CSV", complete.csv()),
        ("Norwegian CSV", complete.norwegian_csv()),
        ("xlsx of texts", complete.xlsx()),
        ("xlsx of numbers and dates", complete.typed_xlsx()),
    ];
    let want = Bench::new().judge(&clothes[0].1);
    assert_eq!(want.found(), ["EMB-06 expired @4", "EMB-09 birth-date-differs @5"]);
    assert_eq!((want.verdict(), want.records()), (Verdict::Partly, (4, 1)));
    for (name, document) in &clothes {
        let got = Bench::new().judge(document);
        assert_eq!(got.found(), want.found(), "{name}");
        assert_eq!(got.records(), want.records(), "{name}");
        assert_eq!(got.effects(), want.effects(), "{name}");
        assert_eq!(got.difference(), want.difference(), "{name}");
    }
}

/// The digest that notices a change must not see the clothes.
#[test]
fn another_format_of_the_same_list_confirms() {
    let complete = list("complete", &household());
    let mut bench = Bench::new();
    bench.send(&complete.xml());
    for (name, document) in [
        ("CSV", complete.csv()),
        ("Norwegian CSV", complete.norwegian_csv()),
        ("xlsx of texts", complete.xlsx()),
        ("xlsx of numbers and dates", complete.typed_xlsx()),
    ] {
        assert_eq!(bench.judge(&document).difference(), None, "{name}");
    }
    let mut silent = complete;
    for row in &mut silent.rows {
        row.0.remove("action");
    }
    assert_eq!(
        bench.judge(&silent.xml()).difference(),
        None,
        "a snapshot enrols without saying so"
    );
}

#[test]
fn norwegian_dates() {
    for (text, good) in [
        ("1.2.2029", true),
        ("01.02.2029", true),
        ("2029-02-01", true),
        ("2029-2-1", false),
        ("1.2.29", false),
        ("01/02/2029", false),
        ("30.02.2029", false),
        ("..", false),
        ("1.2.", false),
        ("2029-02-01T12:00:00", false),
    ] {
        let row = diplomat(1).set("accreditation_expires", text);
        let got = Bench::new().judge(&list("complete", &[row]).xml()).found();
        let want = if good { NOTHING } else { vec!["EMB-06 date @1".to_owned()] };
        assert_eq!(got, want, "{text}");
    }
}

#[test]
fn leading_zeroes_come_back_in_numbers_of_a_spreadsheet_only() {
    let row = diplomat(1).set("postal_code", "130").set("municipality_number", "301");
    let short = list("complete", &[row]);
    let want = ["EMB-07 postal-code @1", "EMB-07 municipality @1"];
    assert_eq!(Bench::new().judge(&short.csv()).found(), want);
    assert_eq!(Bench::new().judge(&short.xml()).found(), want);
    assert_eq!(Bench::new().judge(&short.xlsx()).found(), want, "text is as it was typed");
    let typed = Bench::new().judge(&short.typed_xlsx());
    assert_eq!(typed.found(), NOTHING);
    assert_eq!(typed.persons()[0].1["postal_code"], "0130");
    assert_eq!(typed.persons()[0].1["municipality_number"], "0301");
}

/// Typed columns refuse formula cells, text columns keep their bytes.
#[test]
fn formula_cells() {
    for (column, want) in [
        ("d_number", Some("EMB-02 formula @1")),
        ("category", Some("EMB-04 formula @1")),
        ("consent_by", Some("EMB-05 formula @1")),
        ("consent_date", Some("EMB-05 formula @1")),
        ("accreditation_type", Some("EMB-06 formula @1")),
        ("accreditation_expires", Some("EMB-06 formula @1")),
        ("postal_code", Some("EMB-07 formula @1")),
        ("municipality_number", Some("EMB-07 formula @1")),
        ("birth_date", Some("EMB-09 formula @1")),
        ("action", Some("IN-02 formula @1")),
        ("eea_mission", Some("IN-02 formula @1")),
        ("family_name", None),
        ("street_address", None),
        ("accreditation_number", None),
    ] {
        let list = list("complete", &[diplomat(1)]);
        for (what, error) in [("formula", false), ("error", true)] {
            let cells = list.table().remove(0).into_iter().zip(list.columns());
            let cells = cells.map(|(text, name)| match name == column {
                true if error => Cell::Error,
                true => Cell::Formula(text),
                false => Cell::Text(text),
            });
            let headings = list.columns().into_iter().map(|name| Cell::Text(name.to_owned()));
            let document = Document::Sheet(sheet(&[headings.collect(), cells.collect()]));
            let got = Bench::new().judge(&document).found();
            if let Some(want) = want {
                assert_eq!(got, [want], "{column}: {what}");
            } else {
                assert_eq!(got.is_empty(), !error, "{column}: {what}: {got:?}");
            }
        }
    }
    let text = diplomat(1).set("d_number", "=A1").set("family_name", "=HYPERLINK(A1)");
    let outcome = Bench::new().judge(&list("complete", &[text, diplomat(2)]).csv());
    assert_eq!(outcome.found(), ["EMB-02 formula @1"]);
}

#[test]
fn two_lists_in_one_file() {
    let mut list = list("complete", &[diplomat(1), diplomat(2)]);
    list.rows[1] = list.rows[1].clone().set("list_id", "2026-12");
    assert_eq!(Bench::new().refused(&list.csv()), ["IN-02 mixed-heads"]);
    list.rows[1] = list.rows[1].clone().set("list_id", "");
    assert_eq!(Bench::new().judge(&list.csv()).records(), (2, 0), "blank means as above");
    let list = super::document::list("complete", &[diplomat(1), diplomat(2)]);
    let Document::Text(text) = list.csv() else { unreachable!() };
    let text = format!("#list_id=2026-12\r\n{text}");
    assert_eq!(Bench::new().refused(&Document::Text(text)), ["IN-02 mixed-heads"]);
}

#[test]
fn the_head_may_stand_above_the_table() {
    let mut list = list("complete", &[diplomat(1)]);
    let head = std::mem::take(&mut list.head);
    let Document::Text(text) = list.csv() else { unreachable!() };
    let above: Vec<_> = head.iter().map(|(name, value)| format!("#{name}={value}\r\n")).collect();
    let above = above.concat();
    let outcome = Bench::new().judge(&Document::Text(format!("{above}{text}")));
    assert_eq!(outcome.records(), (1, 0));
    assert_eq!(Bench::new().refused(&Document::Text(text)), ["IN-02 list-id"]);
}

#[test]
fn what_the_head_must_say() {
    let good = list("complete", &[diplomat(1)]);
    for (column, value, want) in [
        ("list_id", "", "IN-02 list-id"),
        ("list_date", "", "IN-02 list-date"),
        ("list_date", "soon", "IN-02 list-date"),
        ("list_type", "", "IN-02 list-type"),
        ("list_type", "some", "IN-02 list-type"),
    ] {
        let list = good.clone().set(column, value);
        assert_eq!(Bench::new().refused(&list.xml()), [want], "{column}");
        assert_eq!(Bench::new().refused(&list.csv()), [want], "{column}");
        assert_eq!(Bench::new().refused(&list.xlsx()), [want], "{column}");
        let list = good.clone().without(column);
        let missing = want.replace("soon", "");
        assert_eq!(Bench::new().refused(&list.xml()), [missing], "{column}");
    }
}

#[test]
fn unknown_columns_are_remarked_upon() {
    let good = list("complete", &[diplomat(1)]);
    for extra in ["Nr.", "departure_date", "Meldingsnummer"] {
        let mut headings: Vec<_> = good.columns().into_iter().map(str::to_owned).collect();
        headings.push(extra.to_owned());
        let mut rows = good.table();
        rows[0].push("7".to_owned());
        let outcome = Bench::new().judge(&csv_text(&headings, &rows));
        assert_eq!(outcome.found(), ["IN-02 unknown-column"], "{extra}");
        assert_eq!(outcome.verdict(), Verdict::Accepted, "{extra}");
        let own = Bench::new().judge(&good.csv());
        assert_eq!(outcome.effects(), own.effects(), "{extra} was read");
    }
    let twice =
        good.columns().into_iter().chain(["D-nummer"]).map(str::to_owned).collect::<Vec<_>>();
    let mut rows = good.table();
    rows[0].push(diplomat(1).d_number().to_owned());
    assert_eq!(Bench::new().refused(&csv_text(&twice, &rows)), ["IN-02 column-twice"]);
}

#[test]
fn unknown_attributes_and_elements_are_refused() {
    let good = list("complete", &[diplomat(1)]);
    for (name, root, row) in [
        ("on the root", vec![("colour", "red")], vec![]),
        ("on a record", vec![], vec![("colour", "red")]),
        ("a record's on the root", vec![("d_number", "1")], vec![]),
        ("the head's on a record", vec![], vec![("list_id", "1")]),
        ("a departure's on a record", vec![], vec![("departure_date", "2026-01-01")]),
        ("a notice's on the root", vec![("notice_id", "1")], vec![]),
        ("a count that is none", vec![("rows", "one")], vec![]),
    ] {
        assert_eq!(
            Bench::new().refused(&good.xml_with(&root, &row)),
            ["IN-02 unknown-part"],
            "{name}"
        );
    }
    let Document::Xml(text) = good.xml() else { unreachable!() };
    for (name, from, to) in [
        ("text", "<Person", "text<Person"),
        ("another element", "</EmbassyList>", "<Note/></EmbassyList>"),
        ("a list in a list", "</EmbassyList>", "<EmbassyList/></EmbassyList>"),
        ("another namespace", "</EmbassyList>", "<Person xmlns=\"urn:other\"/></EmbassyList>"),
    ] {
        let text = text.replacen(from, to, 1);
        assert_eq!(Bench::new().refused(&Document::Xml(text)), ["IN-02 unknown-part"], "{name}");
    }
}

#[test]
fn declared_rows() {
    let two = list("complete", &[diplomat(1), diplomat(2)]);
    let good = Bench::new().judge(&two.xml_with(&[("rows", "2")], &[]));
    assert_eq!(good.records(), (2, 0));
    for rows in ["1", "3"] {
        let document = two.xml_with(&[("rows", rows)], &[]);
        assert_eq!(Bench::new().refused(&document), ["IN-01 row-count"], "{rows}");
        let Document::Text(text) = two.csv() else { unreachable!() };
        let document = Document::Text(format!("{text}#rows={rows}\r\n"));
        let refused = Bench::new().refused(&document);
        assert!(refused.len() == 1 && refused[0].starts_with("IN-01"), "{rows}: {refused:?}");
    }
}

#[test]
fn empty_lists() {
    let nobody = list("complete", &[]);
    let outcome = Bench::new().judge(&nobody.xml());
    assert_eq!((outcome.verdict(), outcome.records()), (Verdict::Accepted, (0, 0)));
    assert_eq!(Bench::new().refused(&list("changes", &[]).xml()), ["IN-02 empty"]);
    assert_eq!(Bench::new().refused(&notice(&[]).xml()), ["IN-02 empty"]);
}

/// Whoever only withdraws has no column for consent.
#[test]
fn a_table_of_withdrawals_is_recognised() {
    let mut bench = Bench::new();
    bench.send(&list("complete", &[diplomat(1), diplomat(2)]).xml());
    let outcome = bench.judge(&list("changes", &[withdrawal(&diplomat(1))]).norwegian_csv());
    assert_eq!((outcome.found(), outcome.changes().len()), (NOTHING, 1));
}

#[test]
fn a_row_that_does_not_say_what_to_do() {
    let silent = diplomat(1).without("action");
    let changes = Bench::new().judge(&list("changes", &[silent.clone(), diplomat(2)]).xml());
    assert_eq!(changes.found(), ["IN-02 action @1"]);
    let complete = Bench::new().judge(&list("complete", &[silent]).xml());
    assert_eq!(complete.found(), NOTHING, "a snapshot names who is there");
    let odd = list("complete", &[diplomat(1).set("action", "keep")]);
    assert_eq!(Bench::new().judge(&odd.xml()).found(), ["IN-02 action @1"]);
    let maybe = list("complete", &[diplomat(1).set("eea_mission", "maybe"), diplomat(2)]);
    assert_eq!(Bench::new().judge(&maybe.xml()).found(), ["IN-02 yes-no @1"]);
}

#[test]
fn a_list_is_read_once_for_all_its_faults() {
    let row = Row(std::collections::BTreeMap::new()).set("action", "enrol").set("note", "x");
    let List { .. } = list("complete", &[]);
    let found = Bench::new().judge(&list("complete", &[row]).xml()).found();
    for rule in ["EMB-02", "EMB-04", "EMB-05", "EMB-06", "EMB-07"] {
        assert!(found.iter().any(|line| line.starts_with(rule)), "{rule}: {found:?}");
    }
}

/// A spreadsheet that was never computed keeps a formula without a value.
#[test]
fn a_formula_without_a_value_is_told_like_one_with() {
    for (column, want) in [
        ("d_number", Some("EMB-02 formula @1")),
        ("family_name", Some("EMB-07 formula @1")),
        ("accreditation_number", Some("EMB-06 formula @1")),
        ("consent_date", Some("EMB-05 formula @1")),
        ("eea_mission", None),
        ("note", None),
    ] {
        let list = list("complete", &[diplomat(1).set("note", "x")]);
        let cells = list.table().remove(0).into_iter().zip(list.columns());
        let at = list.columns().iter().position(|name| *name == column).unwrap();
        let cells =
            cells.map(
                |(text, name)| {
                    if name == column { Cell::Formula(String::new()) } else { Cell::Text(text) }
                },
            );
        let headings = list.columns().into_iter().map(|name| Cell::Text(name.to_owned()));
        let document = Document::Sheet(sheet(&[headings.collect(), cells.collect()]));
        let outcome = Bench::new().judge(&document);
        assert_eq!(outcome.found(), want.into_iter().collect::<Vec<_>>(), "{column}");
        if want.is_some() {
            let place = outcome.judgement().findings.as_slice()[0].place;
            let cell = Place::Cell { sheet: 1, row: 2, column: u32::try_from(at + 1).unwrap() };
            assert_eq!(place, cell, "{column}");
        }
    }
}

/// What stands around the list in a letter says nothing to us.
#[test]
fn a_list_in_a_letter_is_the_same_list() {
    let whole = list("complete", &household()).xml();
    let Document::Xml(text) = &whole else { panic!("XML") };
    let (_, root) = text.split_once("?>").unwrap();
    let letter = |content: &str| {
        Document::Xml(format!(
            "<MsgHead xmlns=\"http://www.kith.no/xmlstds/msghead/2006-05-24\"><MsgInfo><Type V=\"X\"/>\
             <MIGversion>v1.2 2006-05-24</MIGversion><GenDate>2026-11-20T00:00:00</GenDate>\
             <MsgId>0b5c7e0e-8a6f-4a55-9c7d-a03851598731</MsgId></MsgInfo><Document><RefDoc>\
             <MsgType V=\"XML\"/><Content>{content}</Content></RefDoc></Document></MsgHead>"
        ))
    };
    let (want, got) = (Bench::new().judge(&whole), Bench::new().judge(&letter(root)));
    assert_eq!(got.found(), want.found());
    assert_eq!(got.effects(), want.effects());
    assert_eq!(got.difference(), want.difference());
    let two = format!("{root}{root}");
    assert_eq!(Bench::new().refused(&letter(&two)).len(), 1, "one list in one letter");
}

#[test]
fn stray_text_is_told_where_it_stands() {
    let Document::Xml(text) = list("complete", &[diplomat(1)]).xml() else { unreachable!() };
    let lines = text.lines().count() as u64;
    let text = text.replacen("</EmbassyList>", "\n\n\n  stray\n</EmbassyList>", 1);
    let at = text.lines().position(|line| line.contains("stray")).unwrap() as u64 + 1;
    assert!(at > lines);
    let Err(Refused::Document(refusal)) = Bench::new().read(&Document::Xml(text)) else {
        panic!("taken")
    };
    let places: Vec<_> = refusal.findings.as_slice().iter().map(|finding| finding.place).collect();
    assert_eq!(places, [Place::Line { line: at, column: 3 }]);
}
