//! A file that asks much about the ones before it, through the daemon: it gets a way of its own
//! into the catalogue, and the answers are the same.

use filsluse::types::verdict::Verdict;

use super::{
    city::City,
    document::{Node, message},
};

#[test]
fn many_corrections_and_repetitions_find_what_was_sent() {
    let whole = message(&["--count", "400"]);
    let part = |keep: std::ops::Range<usize>| {
        let mut part = whole.clone();
        part.children = [&whole.children[keep], &whole.children[400..]].concat();
        part
    };
    let (first, mut corrections) = (part(0..200), part(200..300));
    for (n, it) in corrections.children.iter_mut().take(100).enumerate() {
        let original = first.children[n].get("notifikasjonGUID").unwrap();
        it.set("statusNotifikasjon", "M").set("notifikasjonRef", original);
    }
    // Of these nobody has heard.
    let unknown = ["0b5c7e0e-8a6f-4a55-9c7d-000000000001", "0b5c7e0e-8a6f-4a55-9c7d-000000000002"];
    for (n, guid) in [60, 90].into_iter().zip(unknown) {
        corrections.nth("Notifikasjon", n).set("notifikasjonRef", guid);
    }
    let mut again = part(300..400);
    again.children.splice(0..0, first.children[0..150].to_vec());
    let different = |node: &mut Node| {
        node.children[0].set("tjenesteID", "annet");
    };
    different(&mut again.children[100]);

    let city = City::new();
    let mut daemon = city.installation.start(&[]);
    daemon.ready();
    for (n, message) in (1..).zip([&first, &corrections, &again]) {
        city.installation.upload("oslo", &format!("{n}.xml"), message.write());
        city.answered(&mut daemon, n);
    }
    assert!(daemon.stop().success());
    let mut rows = city.installation.books().submissions;
    rows.reverse();
    let counts: Vec<_> = rows.iter().map(|row| (row.verdict, row.records)).collect();
    let counts: Vec<_> =
        counts.iter().map(|(verdict, r)| (verdict.unwrap(), r.accepted, r.rejected)).collect();
    assert_eq!(
        counts,
        [(Verdict::Accepted, 200, 0), (Verdict::Partly, 98, 2), (Verdict::Partly, 249, 1)]
    );
    let hints = |n: usize, key: &str| {
        let all = rows[n].findings.iter().filter_map(|finding| finding.hint.as_ref());
        all.filter(|hint| hint.key == key).count()
    };
    assert_eq!(hints(1, "reference-unknown"), 2);
    assert_eq!((hints(2, "duplicate-same"), hints(2, "duplicate-differs")), (149, 1));
}
