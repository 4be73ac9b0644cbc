//! What holds for every list: nothing is lost in the count, the order of rows means nothing, and
//! the same list again changes nothing.

use filsluse::{
    kinds::{embassy::state::What, judgement::Effect},
    types::verdict::Verdict,
};
use jiff::{ToSpan, civil::date};
use proptest::prelude::*;

use super::{
    bench::Bench,
    document::{Row, child, diplomat, list, spouse, withdrawal},
};

/// Rows of a small corps, some of them broken, some twice.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (0_u8..10, 1_u16..8, 1_u16..8).prop_map(|(what, n, m)| match what {
        0..=3 => diplomat(n),
        4 => spouse(n, &diplomat(m)),
        5 => child(date(2015, 1, 1) + i64::from(n).days(), &diplomat(m)),
        6 => diplomat(n).set("accreditation_expires", "2026-01-01"),
        7 => diplomat(n).set("d_number", "1"),
        8 => diplomat(n)
            .set("category", "private-servant")
            .set("principal_d_number", diplomat(m).d_number()),
        _ => withdrawal(&diplomat(n)),
    });
    proptest::collection::vec(row, 1..12)
}

/// The same without two rows of one person, whose order means something.
fn each_once(rows: Vec<Row>) -> Vec<Row> {
    let mut seen = std::collections::BTreeSet::new();
    rows.into_iter().filter(|row| seen.insert(row.d_number().to_owned())).collect()
}

fn any_type() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("complete"), Just("changes")]
}

/// A bench with a few enrolled.
fn bench(before: &[Row]) -> Bench {
    let mut bench = Bench::new();
    bench.send(&list("complete", before).xml());
    bench
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_row_is_counted_once(before in rows(), rows in rows(), list_type in any_type()) {
        let outcome = bench(&before).judge(&list(list_type, &rows).xml());
        let (accepted, rejected) = outcome.records();
        prop_assert_eq!(accepted + rejected, rows.len() as u64);
        let verdict = outcome.verdict();
        prop_assert_eq!(verdict == Verdict::Rejected, accepted == 0);
        prop_assert!(rejected == 0 || verdict != Verdict::Accepted);
        if verdict == Verdict::Rejected {
            prop_assert!(outcome.effects().is_empty() && outcome.difference().is_none());
        }
    }

    #[test]
    fn the_same_list_again_only_confirms(before in rows(), rows in rows()) {
        let mut bench = bench(&before);
        let rows: Vec<_> = rows.into_iter().filter(|row| row.0.len() > 2).collect();
        prop_assume!(!rows.is_empty());
        let complete = list("complete", &rows);
        let first = bench.send(&complete.xml());
        prop_assume!(first.verdict() != Verdict::Rejected);
        let kept = bench.history.enrolments.clone();
        let again = bench.send(&complete.csv());
        prop_assert_eq!(&again.difference(), &None, "{:?}", first.difference());
        prop_assert_eq!(bench.history.enrolments, kept);
        prop_assert_eq!(again.verdict(), first.verdict());
        for effect in again.effects() {
            if let Effect::Enrolment(change) = effect {
                prop_assert_eq!(&change.what, &What::Confirm);
            }
        }
    }

    #[test]
    fn the_order_of_rows_means_nothing(
        before in rows(),
        (rows, shuffled) in rows().prop_map(each_once).prop_flat_map(|r| (Just(r.clone()), Just(r).prop_shuffle())),
        list_type in any_type(),
    ) {
        let bench = bench(&before);
        let one = bench.judge(&list(list_type, &rows).xml());
        let other = bench.judge(&list(list_type, &shuffled).xml());
        prop_assert_eq!(one.records(), other.records());
        prop_assert_eq!(one.verdict(), other.verdict());
        prop_assert_eq!(one.changes(), other.changes());
        let (mut a, mut b) = (bench.history.enrolments.clone(), bench.history.enrolments.clone());
        a.apply(one.effects());
        b.apply(other.effects());
        prop_assert_eq!(a, b);
    }

    #[test]
    fn any_text_anywhere_is_judged_without_a_panic(column in 0_usize..22, text in "\\PC{0,20}") {
        let names = list("complete", &[diplomat(1)]).columns();
        let name = names[column.min(names.len() - 1)];
        let row = diplomat(1);
        let row = if row.0.contains_key(name) { row.set(name, &text) } else { row };
        let _ = Bench::new().read(&list("complete", &[row, diplomat(2)]).xml());
    }
}
