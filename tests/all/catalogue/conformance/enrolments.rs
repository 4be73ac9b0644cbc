//! Enrolments, missions, and withdrawals that wait for an operator.

use filsluse::catalogue::{
    Catalogue,
    error::CatalogueError,
    records::enrolments::{Decision, DecisionOutcome, Enrolment, EnrolmentFilter, EnrolmentState},
    savepoint_with,
};

use super::{
    super::sample::{at, enrolment, held, id, last_list, mission, person, registry, withdrawn},
    ask, with_submissions, write,
};

pub(super) fn enrolments(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..4);
    let member = |number, principal| Enrolment {
        principal: Some(person(principal)),
        ..enrolment("UT", number, 2)
    };
    let rows = [
        enrolment("UT", 1, 1),
        member(2, 1),
        member(3, 1),
        withdrawn("UT", 4, 1),
        enrolment("XX", 1, 3),
    ];
    write(catalogue, |ledger| rows.iter().try_for_each(|row| ledger.put_enrolment(row)));
    let (ut, xx) = (mission("UT"), mission("XX"));
    ask(catalogue, |view| {
        assert_eq!(view.enrolment(&registry(), &ut, &person(4))?.as_ref(), Some(&rows[3]));
        assert_eq!(view.enrolment(&registry(), &xx, &person(4))?, None);
        assert_eq!(view.enrolled(&registry(), &ut)?, rows[..3]);
        assert_eq!(view.enrolled_count(&registry(), &ut)?, 3);
        assert_eq!(
            view.enrolments_of(&registry(), &person(1))?,
            [rows[0].clone(), rows[4].clone()]
        );
        assert_eq!(view.household(&registry(), &ut, &person(1))?, rows[1..3]);
        assert_eq!(view.household(&registry(), &ut, &person(5))?, [], "withdrawn");
        assert_eq!(view.stale_enrolments(at(2), 9)?, rows[..1]);
        assert_eq!(view.stale_enrolments(at(4), 2)?.len(), 2);
        assert_eq!(view.due_enrolments(at(30), 9)?, []);
        assert_eq!(view.due_enrolments(at(31), 9)?, rows[3..4]);
        assert_eq!(view.enrolment_deadlines(None, at(30), 9)?, []);
        assert_eq!(view.enrolment_deadlines(None, at(31), 9)?, rows[3..4]);
        let Some(row) = rows.get(3) else { unreachable!("there are five") };
        let (registry_of, of, who) = (&row.registry, &row.mission, &row.person);
        let behind = Some((at(31), Some((registry_of, of, who))));
        assert_eq!(view.enrolment_deadlines(behind, at(99), 9)?, []);
        assert_eq!(view.enrolment_deadlines(Some((at(31), None)), at(99), 9)?, []);
        assert_eq!(view.enrolment_deadlines(Some((at(30), None)), at(99), 9)?, rows[3..4]);
        let counts = view.enrolment_deadline_counts(at(31))?;
        assert_eq!(counts.iter().map(|one| (one.at, one.count)).collect::<Vec<_>>(), [(at(31), 1)]);
        let filter = EnrolmentFilter { review: Some(true), ..EnrolmentFilter::default() };
        assert_eq!(view.enrolments(&filter)?, rows[3..4]);
        let filter = EnrolmentFilter {
            registry: Some(registry()),
            mission: Some(ut.clone()),
            state: Some(EnrolmentState::Enrolled),
            review: Some(false),
            limit: Some(2),
        };
        assert_eq!(view.enrolments(&filter)?, rows[..2]);
        assert_eq!(view.enrolments(&EnrolmentFilter::default())?, rows);
        Ok(())
    });
    write(catalogue, |ledger| {
        ledger.put_enrolment(&withdrawn("UT", 1, 3))?;
        assert_eq!(ledger.enrolment(&registry(), &ut, &person(1))?, Some(withdrawn("UT", 1, 3)));
        assert!(ledger.erase_enrolment(&registry(), &ut, &person(1))?);
        assert!(!ledger.erase_enrolment(&registry(), &ut, &person(1))?);
        assert_eq!(ledger.enrolments_of(&registry(), &person(1))?, rows[4..]);
        Ok(())
    });
}

pub(super) fn missions_and_held_withdrawals(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..4);
    let (ut, xx) = (mission("UT"), mission("XX"));
    write(catalogue, |ledger| {
        ledger.put_mission(&last_list("XX", 1))?;
        ledger.put_mission(&last_list("UT", 1))?;
        ledger.put_mission(&last_list("UT", 2))?;
        ledger.hold_withdrawals(&held("UT", 3))?;
        ledger.hold_withdrawals(&held("XX", 2))
    });
    ask(catalogue, |view| {
        assert_eq!(view.mission(&registry(), &ut)?, Some(last_list("UT", 2)));
        assert_eq!(view.mission(&registry(), &mission("YY"))?, None);
        assert_eq!(view.missions()?, [last_list("UT", 2), last_list("XX", 1)]);
        assert_eq!(view.pending_withdrawals()?, [held("XX", 2), held("UT", 3)], "oldest first");
        assert_eq!(view.held_withdrawals_of(id(3))?, [held("UT", 3)]);
        Ok(())
    });
    let decision =
        Decision { outcome: DecisionOutcome::Approved, by: "operator".into(), at: at(77) };
    let other = Decision { outcome: DecisionOutcome::Refused, ..decision.clone() };
    write(catalogue, |ledger| {
        assert!(ledger.decide_withdrawals(id(3), &registry(), &ut, &decision)?);
        assert!(!ledger.decide_withdrawals(id(3), &registry(), &ut, &other)?, "once only");
        let missing = savepoint_with(ledger, |inner| {
            inner.decide_withdrawals(id(3), &registry(), &xx, &decision)
        });
        assert!(matches!(missing, Err(CatalogueError::NotFound { .. })), "{missing:?}");
        assert_eq!(ledger.pending_withdrawals()?, [held("XX", 2)]);
        let mut decided = held("UT", 3);
        decided.persons.clear();
        decided.decision = Some(decision.clone());
        assert_eq!(ledger.held_withdrawals_of(id(3))?, [decided], "who they were is forgotten");
        Ok(())
    });
}
