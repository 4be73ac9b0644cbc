//! What holds for every release, whatever stands in it.

use std::collections::BTreeSet;

use filsluse::types::verdict::Verdict;
use proptest::prelude::*;

use super::bench::{Bench, Table};

/// Numbers of people who do not exist: the month is raised by 80.
const PEOPLE: [&str; 6] =
    ["03851598730", "41819077302", "63905842945", "16913930049", "01854929581", "19907736167"];

/// Numbers of the rule of 2032 count too.
fn bench() -> Bench {
    let mut bench = Bench::new();
    bench.ids.new_rule = true;
    bench
}

/// What people write into cells; `OWN` is the row's own identifier.
const VALUES: &[&str] = &[
    "",
    "OWN",
    "x OWN y",
    "OWN.",
    "0301",
    "2",
    "E702",
    "2025-02-30",
    "1,5",
    "999999",
    "Kari",
    "æøå",
    "03851598731",
    "9",
    "1",
    "P7",
    "+47 91 23 45 67",
    "kari@example.no",
    "-1",
    "\"quoted\"",
    "k1.x",
    "038515 98730",
    "20250101",
    "  E702  ",
];

fn table(rows: &[(usize, bool)], edits: &[(usize, usize, usize)]) -> Table {
    let mut table = Table::new();
    let model = table.rows.clone();
    table.rows.clear();
    for (n, (person, own)) in rows.iter().enumerate() {
        let mut row = model[n % model.len()].clone();
        let fid = PEOPLE[person % PEOPLE.len()];
        row[0] = format!("PAS-{person}");
        row[1] = if *own { String::new() } else { fid.to_owned() };
        row[2] = String::new();
        row[7] = format!("EPISODE-{n}");
        table.rows.push(row);
    }
    for (row, column, value) in edits {
        let row = row % table.rows.len();
        let column = column % table.headings.len();
        let own = PEOPLE[rows[row].0 % PEOPLE.len()];
        table.rows[row][column] = VALUES[value % VALUES.len()].replace("OWN", own);
    }
    table
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_identifier_leaves_and_every_row_is_counted(
        rows in proptest::collection::vec((0usize..6, any::<bool>()), 1..40),
        edits in proptest::collection::vec((0usize..40, 0usize..15, 0usize..24), 0..6),
    ) {
        let table = table(&rows, &edits);
        let outcome = bench().read(&table.write());
        let Some(judgement) = &outcome.judgement else {
            prop_assert!(outcome.written.is_empty());
            return Ok(());
        };
        let records = judgement.records;
        prop_assert_eq!(records.accepted + records.rejected, table.rows.len() as u64);
        if judgement.verdict == Verdict::Rejected {
            prop_assert!(judgement.effects.is_empty());
            return Ok(());
        }
        let text = outcome.text();
        for number in PEOPLE {
            prop_assert!(!text.contains(number), "{:?}", outcome.found());
        }
        for word in ["PAS-", "EPISODE-", "Kari", "example.no", "fid", "pasientNr"] {
            prop_assert!(!text.contains(word), "{word}: {:?}", outcome.found());
        }
        prop_assert_eq!(outcome.rows().len() as u64, records.accepted + 1);
    }

    #[test]
    fn one_person_is_one_pseudonym_and_two_are_two(
        rows in proptest::collection::vec((0usize..6, any::<bool>()), 1..40),
    ) {
        let outcome = bench().read(&table(&rows, &[]).write());
        let written = outcome.column("npr_pid");
        let pairs: BTreeSet<_> = rows.iter().zip(&written).collect();
        let persons: BTreeSet<_> = rows.iter().collect();
        let pseudonyms: BTreeSet<_> = written.iter().collect();
        prop_assert_eq!((pairs.len(), persons.len()), (persons.len(), pseudonyms.len()));
    }
}
