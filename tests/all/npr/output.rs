//! What leaves: its columns, its pseudonyms, and what is the same from one release to the next.

use std::collections::BTreeSet;

use filsluse::types::verdict::Verdict;

use super::bench::{Bench, Table, judge, judge_on};

#[test]
fn a_release_as_the_registry_gets_it() {
    let outcome = judge(|table| {
        table.line("institution", "974760673").line("created", "2026-02-02");
    });
    assert_eq!((outcome.verdict(), outcome.records()), (Verdict::Accepted, (3, 0)));
    // Computed by tests/scripts/npr_release.py, which shares no code with this crate.
    let want = "\
#profile=urn:filsluse:npr-release:1
#purpose=isf
#legal_basis=§ 3-3
#operating_year=2025
#institution=974760673
#created=2026-02-02
npr_pid;fodselsar;kjonn;komNrHjem;institusjonID;episodeID;innDato;liggetid;tilstand_1;NCMP_1;drg;isf_poeng;debitor
";
    let text = outcome.text();
    assert!(text.starts_with(want), "{text}");
    assert!(text.ends_with("\n#rows=3\n"), "{text}");
    assert_eq!(outcome.column("fodselsar"), ["2015", "1990", "2015"]);
    assert_eq!(outcome.column("isf_poeng"), ["1,25", "0,5", ""]);
    let persons = outcome.column("npr_pid");
    assert!(persons.iter().all(|person| person.starts_with("k1.") && person.len() == 29));
    assert!(persons[0] == persons[2] && persons[0] != persons[1]);
    let episodes = outcome.column("episodeID");
    assert_eq!(episodes.iter().collect::<BTreeSet<_>>().len(), 3);
}

#[test]
fn the_same_person_and_episode_are_the_same_in_every_release() {
    let first = judge(|_| ());
    let second = judge(|table| {
        table.line("purpose", "kmf");
        table.rows.reverse();
    });
    let persons: BTreeSet<_> = first.column("npr_pid").into_iter().collect();
    assert_eq!(persons, second.column("npr_pid").into_iter().collect());
    let episodes: BTreeSet<_> = first.column("episodeID").into_iter().collect();
    assert_eq!(episodes, second.column("episodeID").into_iter().collect());
}

#[test]
fn a_birth_year_of_its_own_and_a_birth_date_beside_it() {
    let outcome = judge(|table| {
        table.add_column("fodselsar", "").set(0, "fodselsar", "2014");
    });
    assert_eq!(outcome.column("fodselsar"), ["2014", "1990", "2015"]);
    assert!(!outcome.text().contains("fodselsdato") && !outcome.text().contains("2015-05-03"));
    let alone = judge(|table| {
        table.remove_column("fodselsdato").add_column("fodselsar", "1950");
    });
    assert_eq!(alone.column("fodselsar"), ["1950", "1950", "1950"]);
}

#[test]
fn what_a_purpose_does_not_need_is_left_out_and_told() {
    use filsluse::kinds::judgement::Note;
    let with = |purpose: &str| {
        judge(|table| {
            table.line("purpose", purpose).line("legal_basis", "§ 3-3 og § 3-4");
            table.add_column("bydel", "030103").add_column("ukpdager", "7");
        })
    };
    for (purpose, left_out) in [
        ("isf", vec!["bydel", "ukpdager"]),
        ("kmf", vec!["ukpdager"]),
        ("utredning", vec!["bydel"]),
    ] {
        let outcome = with(purpose);
        let notes = &outcome.judgement.as_ref().unwrap().notes;
        let want: Vec<_> = left_out.iter().map(|name| Note::LeftOut(name)).collect();
        assert_eq!(*notes, want, "{purpose}");
        let headings = &outcome.rows()[0];
        assert!(left_out.iter().all(|name| !headings.iter().any(|heading| heading == name)));
    }
}

#[test]
fn a_configuration_narrows_what_leaves() {
    let mut bench = Bench::new();
    bench.settings.terms.lists[0].dropped.extend(["drg", "fodselsar", "tilstand_n"]);
    let outcome = judge_on(&bench, |_| ());
    let headings = outcome.rows()[0].join(";");
    let want =
        "npr_pid;kjonn;komNrHjem;institusjonID;episodeID;innDato;liggetid;NCMP_1;isf_poeng;debitor";
    assert_eq!(headings, want);
}

#[test]
fn rows_in_quotes_with_blanks_and_with_empty_cells() {
    let text = Table::new().write();
    let quoted = text.replace(";E702;", ";\" E702 \";").replace("P1;", "\"P1\";");
    let plain = Bench::new().read(&text).text();
    assert_eq!(Bench::new().read(&quoted).text(), plain);
}

#[test]
fn a_file_that_is_cut_off_is_no_release() {
    let text = Table::new().write();
    let cut = text.replace("#rows=3", "#rows=4");
    assert_eq!(Bench::new().read(&cut).found(), ["IN-01 R csv-declared-rows -"]);
    let cut = &text[..text.find("E3;").unwrap()];
    assert_eq!(Bench::new().read(cut).found(), ["IN-01 R csv-cut-off -"]);
}
