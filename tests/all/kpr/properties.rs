//! What holds for every message, whatever is wrong with it.

use std::{collections::BTreeSet, sync::LazyLock};

use filsluse::types::{ids::Part, verdict::Verdict};
use proptest::prelude::*;

use super::{
    bench::Bench,
    document::{Node, annual, message},
};

static WHOLE: LazyLock<Node> = LazyLock::new(|| message(&["--count", "60", "--seed", "5"]));
static ANNUAL: LazyLock<Node> = LazyLock::new(|| annual(2017, "0301"));

/// A change somewhere: which element of which record, which attribute, what to write.
fn edits() -> impl Strategy<Value = Vec<(usize, u8, usize, usize)>> {
    proptest::collection::vec((0usize..60, 0u8..3, 0usize..8, 0usize..VALUES.len()), 0..12)
}

/// `OWN` stands for the person's own identifier, cut or padded in ways that people do.
const VALUES: &[&str] = &[
    "OWN",
    "x OWN y",
    "OWN.",
    "00000000-0000-0000-0000-aOWN",
    "038515 98730",
    "03.85.15 98730",
    "",
    "T",
    "999",
    "2024-02-30",
    "æøå <&\">",
    "-1",
    "0b5c7e0e-8a6f-4a55-9c7d-003851598730",
    "03851598731",
    "9",
    "4",
    "11",
    "M",
];

fn apply(root: &mut Node, record: &str, edits: &[(usize, u8, usize, usize)]) {
    for (n, level, attribute, value) in edits {
        let count = root.children.iter().filter(|child| child.name == record).count();
        let it = root.nth(record, n % count);
        let own = it.all("Bruker")[0].get("fid").unwrap_or("").to_owned();
        let mut node = it;
        for _ in 0..*level {
            if !node.children.is_empty() {
                node = &mut node.children[0];
            }
        }
        let at = attribute % node.attributes.len();
        node.attributes[at].1 = VALUES[*value].replace("OWN", &own);
    }
}

/// Identifiers of the document that tell one person from all others.
fn telling(root: &Node) -> BTreeSet<String> {
    let users = root.all("Bruker");
    let fids = users.iter().filter(|user| matches!(user.get("typeID"), Some("1" | "2" | "10")));
    let fids = fids.filter_map(|user| user.get("fid"));
    let fids = fids.filter(|fid| fid.len() >= 11 && !VALUES.contains(fid));
    let guids = users.iter().filter_map(|user| user.get("pasientGUID"));
    let whole =
        |text: &&str| text.len() == 36 && !VALUES.contains(text) && !text.contains("-000000000000");
    fids.chain(guids.filter(whole)).map(str::to_owned).collect()
}

fn check(bench: &Bench, root: &Node, record: &str) -> Result<(), TestCaseError> {
    let outcome = bench.judge(root);
    let Some(judgement) = &outcome.judgement else { return Ok(()) };
    let records = judgement.records;
    let there = root.children.iter().filter(|child| child.name == record).count() as u64;
    prop_assert_eq!(records.accepted + records.rejected, there);
    if judgement.verdict == Verdict::Rejected {
        prop_assert!(judgement.effects.is_empty());
        return Ok(());
    }
    // A person whose record was struck may stand as somebody's text; only what is taken counts.
    let identifiers = telling(root);
    for ((_, part, _), bytes) in &outcome.written {
        prop_assert_eq!(*part, Part::Content);
        let text = std::str::from_utf8(bytes).unwrap();
        for identifier in &identifiers {
            prop_assert!(
                !text.contains(identifier.as_str()),
                "{} {:?}",
                identifier,
                outcome.found()
            );
        }
    }
    Ok(())
}

/// What stands around the records is not struck with one of them: it is refused, emptied, or
/// harmless. The documents are long, so that their beginning leaves before their end is known.
#[test]
fn no_identifier_leaves_beside_the_records() {
    let long = |root: &Node, record: &str| {
        let mut root = root.clone();
        let at = root.children.iter().position(|child| child.name == record).unwrap();
        let one = root.children[at].clone();
        let copies = std::iter::repeat_n(one, if record == "Bruker" { 500 } else { 0 });
        root.children.splice(at..at, copies);
        root
    };
    let events = message(&["--count", "400", "--seed", "5"]);
    for (whole, record, bench) in
        [(long(&ANNUAL, "Bruker"), "Bruker", Bench::both()), (events, "Notifikasjon", Bench::new())]
    {
        let around: Vec<usize> =
            (0..whole.children.len()).filter(|n| whole.children[*n].name != record).collect();
        for number in [None].into_iter().chain(around.into_iter().map(Some)) {
            let count = number.map_or(&whole, |n| &whole.children[n]).attributes.len();
            for (attribute, value) in
                (0..count).flat_map(|at| NUMBERS.iter().map(move |value| (at, *value)))
            {
                let mut root = whole.clone();
                let node = match number {
                    None => &mut root,
                    Some(n) => &mut root.children[n],
                };
                if node.attributes[attribute].0 == "xmlns" {
                    continue;
                }
                node.attributes[attribute].1 = value.to_owned();
                // Panics where the last scan finds it: that would be a fault of ours.
                let outcome = bench.judge(&root);
                if outcome.verdict() == Verdict::Rejected {
                    continue;
                }
                for bytes in outcome.written.values() {
                    let found = memchr::memmem::find(bytes, value.as_bytes());
                    assert!(found.is_none(), "attribute {attribute} of {number:?}: {value}");
                }
            }
        }
    }
}

const NUMBERS: [&str; 5] = [
    "03851598730",
    "038515 98730",
    "ring 03851598730 i dag",
    "1.03851598730",
    "00000000-0000-0000-0000-a03851598730",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_identifier_leaves_and_every_notification_is_counted(edits in edits()) {
        let mut root = WHOLE.clone();
        apply(&mut root, "Notifikasjon", &edits);
        let mut bench = Bench::new();
        bench.settings.max_rejected_basis_points = 10_000;
        check(&bench, &root, "Notifikasjon")?;
    }

    #[test]
    fn no_identifier_leaves_and_every_person_is_counted(edits in edits()) {
        let mut root = ANNUAL.clone();
        apply(&mut root, "Bruker", &edits);
        let mut bench = Bench::both();
        bench.settings.max_rejected_basis_points = 10_000;
        check(&bench, &root, "Bruker")?;
    }

    #[test]
    fn a_submission_cut_between_persons_gives_the_same_persons(
        mut cuts in proptest::collection::vec(0usize..=25, 0..4),
        edits in edits(),
    ) {
        let mut whole = ANNUAL.clone();
        apply(&mut whole, "Bruker", &edits);
        whole.unset("antallBrukere");
        let mut bench = Bench::both();
        bench.settings.max_rejected_basis_points = 10_000;
        cuts.extend([0, 25]);
        cuts.sort_unstable();
        cuts.dedup();
        let all = bench.judge(&whole);
        let pieces: Vec<_> = cuts.windows(2).map(|cut| {
            let mut piece = whole.clone();
            piece.children = whole.children[cut[0]..cut[1]].to_vec();
            bench.judge(&piece)
        }).collect();
        prop_assume!(all.judgement.is_some() && pieces.iter().all(|o| o.judgement.is_some()));
        prop_assert_eq!(
            all.records(),
            pieces.iter().map(super::bench::Outcome::records).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
        );
        for registry in ["iplos", "kpr"] {
            let persons = |outcome: &super::bench::Outcome| {
                let taken = outcome.verdict() != Verdict::Rejected;
                let content = taken.then(|| outcome.content(registry));
                let users = content.map(|root| root.children).unwrap_or_default();
                users.iter().map(Node::write).collect::<Vec<_>>()
            };
            let got: Vec<String> = pieces.iter().flat_map(persons).collect();
            prop_assert_eq!(got, persons(&all));
        }
    }

    #[test]
    fn a_message_cut_at_record_borders_gives_the_same_records(
        mut cuts in proptest::collection::vec(0usize..=60, 0..5),
        edits in edits(),
    ) {
        let mut whole = WHOLE.clone();
        apply(&mut whole, "Notifikasjon", &edits);
        let mut bench = Bench::new();
        bench.settings.max_rejected_basis_points = 10_000;
        cuts.extend([0, 60]);
        cuts.sort_unstable();
        let pieces: Vec<_> = cuts.windows(2).map(|cut| {
            let mut piece = whole.clone();
            piece.children.drain(cut[1]..60);
            piece.children.drain(..cut[0]);
            piece
        }).collect();
        let all = bench.judge(&whole);
        let outcomes: Vec<_> = pieces.iter().map(|piece| bench.send(piece)).collect();
        // A message that is struck in one piece only is no longer the same message.
        prop_assume!(all.judgement.is_some() && outcomes.iter().all(|o| o.judgement.is_some()));
        let records = |outcome: &super::bench::Outcome| {
            let taken = outcome.verdict() != Verdict::Rejected;
            let content = taken.then(|| outcome.content("kpr"));
            content.map_or(Vec::new(), |c| c.all("Notifikasjon").into_iter().cloned().collect::<Vec<_>>())
        };
        prop_assume!(outcomes.iter().all(|o| o.verdict() != Verdict::Rejected));
        let mut want: Vec<_> = records(&all).iter().map(Node::write).collect();
        let mut got: Vec<_> = outcomes.iter().flat_map(records).map(|n| n.write()).collect();
        want.sort_unstable();
        got.sort_unstable();
        prop_assert_eq!(got, want);
    }
}
