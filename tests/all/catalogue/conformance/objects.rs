//! Objects: their headers, their holds, their deadlines and their end.

use filsluse::{
    catalogue::{
        Catalogue,
        error::CatalogueError,
        records::objects::{Object, ObjectCount, ObjectFilter, ObjectState},
        savepoint_with, transact_with,
    },
    types::ids::{ObjectId, Part, RegistryId},
};

use super::{
    super::sample::{at, id, object, registry},
    ask, with_submissions, write,
};

pub(super) fn objects_live_and_die(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..3);
    let (whole, difference) = (object(1, Part::Whole), object(1, Part::Difference));
    // Lengths around the slots of an implementation that cuts headers up.
    let headers: [Vec<u8>; 2] = [vec![1; 170], (0..=255).cycle().take(1025).collect()];
    write(catalogue, |ledger| {
        ledger.add_object(&whole, &headers[0])?;
        ledger.add_object(&difference, &headers[1])
    });
    ask(catalogue, |view| {
        for (object, header) in [(&whole, &headers[0]), (&difference, &headers[1])] {
            assert_eq!(view.object(&object.id)?.as_ref(), Some(object));
            assert_eq!(view.header(&object.id)?.as_ref(), Some(header));
        }
        assert_eq!(view.header(&object(2, Part::Whole).id)?, None);
        Ok(())
    });
    let again = transact_with(catalogue, |ledger| ledger.add_object(&whole, b"other"));
    assert!(matches!(again, Err(CatalogueError::Exists { .. })), "{again:?}");
    let orphan = transact_with(catalogue, |ledger| ledger.add_object(&object(9, Part::Whole), b""));
    assert!(matches!(orphan, Err(CatalogueError::NotFound { .. })), "{orphan:?}");

    let early = transact_with(catalogue, |ledger| ledger.object_erased(&whole.id, at(50)));
    assert!(matches!(early, Err(CatalogueError::NotFound { .. })), "header first: {early:?}");
    write(catalogue, |ledger| {
        assert!(ledger.hold_object(&whole.id, "court order 7")?);
        Ok(())
    });
    let held = transact_with(catalogue, |ledger| ledger.erase_header(&whole.id, at(60)));
    assert!(matches!(held, Err(CatalogueError::Held)), "{held:?}");
    write(catalogue, |ledger| {
        let read = ledger.object(&whole.id)?.expect("added");
        assert_eq!(
            (read.state, read.hold_why.as_deref()),
            (ObjectState::Held, Some("court order 7"))
        );
        assert!(ledger.release_object(&whole.id)?);
        assert!(!ledger.release_object(&whole.id)?, "released already");
        ledger.set_due(&whole.id, Some(at(70)), "withdrawal-delivered + P30D")?;
        assert!(ledger.erase_header(&whole.id, at(61))?);
        assert!(!ledger.erase_header(&whole.id, at(62))?, "erased already");
        assert!(!ledger.hold_object(&whole.id, "too late")?);
        assert_eq!(ledger.header(&whole.id)?, None);
        Ok(())
    });
    catalogue.scrub().expect("nobody reads");
    write(catalogue, |ledger| {
        assert!(ledger.object_erased(&whole.id, at(63))?);
        assert!(!ledger.object_erased(&whole.id, at(64))?, "recorded already");
        let want = Object {
            due_at: Some(at(70)),
            due_rule: "withdrawal-delivered + P30D".into(),
            state: ObjectState::Erased,
            header_erased_at: Some(at(61)),
            erased_at: Some(at(63)),
            ..whole.clone()
        };
        assert_eq!(ledger.object(&whole.id)?, Some(want));
        assert_eq!(ledger.header(&difference.id)?.as_ref(), Some(&headers[1]), "untouched");
        // Whatever room the erased header left is used again.
        ledger.add_object(&object(2, Part::Whole), &[9; 300])?;
        assert_eq!(ledger.header(&object(2, Part::Whole).id)?, Some(vec![9; 300]));
        ledger.add_object(&object(2, Part::Identity), &[])?;
        assert_eq!(ledger.header(&object(2, Part::Identity).id)?, Some(Vec::new()));
        Ok(())
    });
    catalogue.compact().expect("nobody reads");
    let header = ask(catalogue, |view| view.header(&difference.id));
    assert_eq!(header.as_ref(), Some(&headers[1]));
    let missing = transact_with(catalogue, |ledger| {
        ledger.hold_object(&object(9, Part::Whole).id, "nothing to hold")
    });
    assert!(matches!(missing, Err(CatalogueError::NotFound { .. })), "{missing:?}");
}

pub(super) fn object_lists(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..4);
    let kpr = RegistryId::parse("kpr").expect("an id");
    let mut elsewhere = object(3, Part::Whole);
    elsewhere.id.registry = kpr.clone();
    let objects =
        [object(1, Part::Whole), object(1, Part::Difference), object(2, Part::Whole), elsewhere];
    write(catalogue, |ledger| {
        objects.iter().try_for_each(|object| ledger.add_object(object, b"header"))?;
        ledger.hold_object(&objects[2].id, "why").map(drop)
    });
    let all = ObjectFilter::default();
    let cases = [
        ("all, newest first", all.clone(), vec![3, 2, 1, 0]),
        ("limit", ObjectFilter { limit: Some(1), ..all.clone() }, vec![3]),
        ("registry", ObjectFilter { registry: Some(registry()), ..all.clone() }, vec![2, 1, 0]),
        ("submission", ObjectFilter { submission: Some(id(1)), ..all.clone() }, vec![1, 0]),
        ("state", ObjectFilter { state: Some(ObjectState::Held), ..all.clone() }, vec![2]),
        ("after", ObjectFilter { after: Some(objects[2].id.clone()), ..all.clone() }, vec![1, 0]),
        (
            "registry and state",
            ObjectFilter { registry: Some(kpr.clone()), state: Some(ObjectState::Held), ..all },
            vec![],
        ),
    ];
    for (name, filter, want) in cases {
        let listed = ask(catalogue, |view| view.objects(&filter));
        let listed: Vec<_> = listed.into_iter().map(|object| object.id).collect();
        let want: Vec<_> = want.into_iter().map(|index: usize| objects[index].id.clone()).collect();
        assert_eq!(listed, want, "case: {name}");
    }
    let count = |registry, state, objects| ObjectCount { registry, state, objects };
    assert_eq!(
        ask(catalogue, |view| view.object_counts()),
        [
            count(registry(), ObjectState::Held, 1),
            count(registry(), ObjectState::Stored, 2),
            count(kpr, ObjectState::Stored, 1),
        ]
    );
}

pub(super) fn what_is_due(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..9);
    let due = |number, due_at, statutory_limit| Object {
        due_at,
        statutory_limit,
        ..object(number, Part::Whole)
    };
    let (early, late) = (Some(at(100)), Some(at(900)));
    write(catalogue, |ledger| {
        for object in [
            due(1, Some(at(300)), None),
            due(2, Some(at(200)), None),
            due(3, None, None),
            due(4, late, early), // never past the statute
            due(5, None, Some(at(150))),
            due(6, early, None),          // held
            due(7, early, Some(at(250))), // held, until the statute's limit
            due(8, Some(at(120)), None),  // erased
        ] {
            ledger.add_object(&object, b"header")?;
        }
        for number in [6, 7] {
            assert!(ledger.hold_object(&object(number, Part::Whole).id, "why")?);
        }
        assert!(ledger.erase_header(&object(8, Part::Whole).id, at(0))?);
        ledger.object_erased(&object(8, Part::Whole).id, at(0)).map(drop)
    });
    let numbers = |objects: Vec<Object>| -> Vec<u32> {
        let number = |object: &Object| (1..9).find(|number| id(*number) == object.id.submission);
        objects.iter().filter_map(number).collect()
    };
    let cases: [(u32, u32, &[u32]); 7] = [
        (99, 9, &[]),
        (100, 9, &[4]),
        (199, 9, &[4, 5]),
        (200, 9, &[4, 5, 2]),
        (250, 9, &[4, 5, 2, 7]),
        (1000, 9, &[4, 5, 2, 7, 1]),
        (1000, 2, &[4, 5]),
    ];
    for (second, limit, want) in cases {
        let got = ask(catalogue, |view| view.due_objects(at(second), limit));
        assert_eq!(numbers(got), want, "at {second}, at most {limit}");
    }
    // (at, past a limit, due and not past one): what is held is due by its limit alone.
    let parted: [(u32, &[u32], u64); 6] = [
        (99, &[], 0),
        (100, &[4], 0),
        (200, &[4, 5], 1),
        (250, &[4, 5, 7], 1),
        (300, &[4, 5, 7], 2),
        (1000, &[4, 5, 7], 2),
    ];
    for (second, want, rest) in parted {
        let got = ask(catalogue, |view| view.due_by_limit(at(second), 9));
        assert_eq!(numbers(got), want, "past a limit at {second}");
        let got = ask(catalogue, |view| view.count_due_within_limit(at(second), 9));
        assert_eq!(got, rest, "others at {second}");
    }
    assert_eq!(ask(catalogue, |view| view.count_due_within_limit(at(300), 1)), 1, "no further");
    let ahead = |catalogue: &mut dyn Catalogue, after: Option<(u32, Option<u32>)>, until, limit| {
        let object_id = |number| object(number, Part::Whole).id;
        let behind = after.map(|(second, number)| (at(second), number.map(object_id)));
        let behind = behind.as_ref().map(|(time, id)| (*time, id.as_ref()));
        let found = ask(catalogue, |view| view.deadlines(behind, at(until), limit));
        let number = |id: &ObjectId| (1..9).find(|number| self::id(*number) == id.submission);
        found.iter().filter_map(|one| number(&one.id)).collect::<Vec<u32>>()
    };
    assert_eq!(ahead(catalogue, None, 300, 9), [4, 6, 7, 5, 2, 1], "held ones too");
    assert_eq!(ahead(catalogue, None, 299, 9), [4, 6, 7, 5, 2], "the end is included");
    assert_eq!(ahead(catalogue, None, 2000, 3), [4, 6, 7]);
    assert_eq!(ahead(catalogue, Some((100, Some(6))), 2000, 2), [7, 5], "the next page");
    assert_eq!(ahead(catalogue, Some((100, None)), 2000, 2), [4, 6], "all of that time");
    assert_eq!(ahead(catalogue, Some((300, Some(1))), 2000, 9), [0; 0]);
    let counts = ask(catalogue, |view| view.deadline_counts(at(299)));
    let mut counts: Vec<_> = counts.into_iter().map(|one| (one.at, one.count)).collect();
    counts.sort_unstable();
    assert_eq!(counts, [(at(100), 3), (at(150), 1), (at(200), 1)]);
    write(catalogue, |ledger| {
        let id = object(7, Part::Whole).id;
        let early = savepoint_with(ledger, |inner| inner.erase_header(&id, at(249)));
        assert!(matches!(early, Err(CatalogueError::Held)), "{early:?}");
        assert!(ledger.erase_header(&id, at(250))?, "no hold passes a statutory limit");
        Ok(())
    });
}
