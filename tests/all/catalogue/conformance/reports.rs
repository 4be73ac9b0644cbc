//! What municipalities report: sequences, notifications, annual submissions, persons.

use filsluse::{
    catalogue::{
        Catalogue,
        error::CatalogueError,
        records::{
            objects::Object,
            operations::History,
            reports::{AnnualSubmission, Notification, PersonList, ReportChain, TakePersons},
            submissions::Submission,
        },
    },
    types::{
        guid::Guid,
        ids::{ObjectId, Part},
        municipality::MunicipalityNumber,
        verdict::Verdict,
    },
};

use super::{
    super::sample::{
        annual, answered, at, chain, id, notification, object, oslo, registry, sender,
    },
    ask, with_submissions, write,
};

pub(super) fn chains_and_notifications(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..3);
    ask(catalogue, |view| {
        assert_eq!(view.report_chain(oslo())?, None);
        assert!(!view.has_notifications(&sender())?);
        Ok(())
    });
    let changed = Notification { status: 'C', ..notification(1) };
    write(catalogue, |ledger| {
        ledger.put_report_chain(&chain(1, 7))?;
        ledger.put_report_chain(&chain(2, 9))?;
        ledger.add_notifications(&sender(), id(1), &vec![notification(1), notification(2)])?;
        ledger.add_notifications(&sender(), id(2), &vec![changed])
    });
    let other = filsluse::types::ids::SenderId::parse("other").expect("an id");
    ask(catalogue, |view| {
        assert_eq!(view.report_chain(oslo())?, Some(chain(2, 9)));
        assert_eq!(view.report_chain(MunicipalityNumber::parse("4601").expect("a number"))?, None);
        assert!(view.has_notifications(&sender())? && !view.has_notifications(&other)?);
        assert_eq!(view.notification(&sender(), &Guid([1; 16]))?, Some(changed));
        assert_eq!(view.notification(&sender(), &Guid([2; 16]))?, Some(notification(2)));
        assert_eq!(view.notification(&sender(), &Guid([3; 16]))?, None);
        assert_eq!(view.notification(&other, &Guid([1; 16]))?, None, "another sender's");
        Ok(())
    });
    let full = ReportChain { last_number: u64::from(u32::MAX) * 1000, ..chain(2, 0) };
    write(catalogue, |ledger| ledger.put_report_chain(&full));
    ask(catalogue, |view| {
        assert_eq!(view.report_chain(oslo())?, Some(full.clone()));
        Ok(())
    });
}

pub(super) fn annual_submissions(catalogue: &mut dyn Catalogue) {
    for number in 1..4 {
        let taken = Submission { verdict: Some(Verdict::Accepted), ..answered(number) };
        write(catalogue, |ledger| ledger.add_submission(&taken));
    }
    write(catalogue, |ledger| {
        ledger.add_annual(&annual(1, 2016))?;
        ledger.add_annual(&annual(1, 2017))?;
        ledger.add_annual(&annual(2, 2017))?;
        assert!(ledger.supersede(&annual(1, 2017), id(2), at(50))?);
        assert!(!ledger.supersede(&annual(1, 2017), id(2), at(51))?, "once only");
        // Two documents of one archive about the same year.
        ledger.add_annual(&annual(3, 2014))?;
        ledger.add_annual(&AnnualSubmission { document: 2, ..annual(3, 2014) })?;
        assert!(ledger.supersede(&annual(3, 2014), id(3), at(52))?);
        Ok(())
    });
    // Who was waited for before the first file came was late with it.
    let since = answered(1).received_at - jiff::SignedDuration::from_hours(9);
    write(catalogue, |ledger| {
        let first = |ledger: &mut dyn filsluse::catalogue::ledger::Ledger| {
            Ok::<_, CatalogueError>(ledger.sender_history(&sender())?.map(|history| history.first))
        };
        assert_eq!(first(ledger)?, Some(answered(1).received_at));
        ledger.sender_awaited(&sender(), since)?;
        assert_eq!(first(ledger)?, Some(since));
        Ok(())
    });
    let rehearsal = Submission { rehearsal: true, ..answered(9) };
    let rejected = Submission { verdict: Some(Verdict::Rejected), ..answered(8) };
    let repeated = Submission { verdict: Some(Verdict::Duplicate), ..answered(7) };
    write(catalogue, |ledger| {
        for other in [&rehearsal, &rejected, &repeated] {
            ledger.add_submission(other)?;
        }
        Ok(())
    });
    ask(catalogue, |view| {
        let gone = AnnualSubmission { superseded: Some((id(2), at(50))), ..annual(1, 2017) };
        assert_eq!(view.annual_submissions(oslo(), 2017)?, [annual(2, 2017), gone.clone()]);
        assert_eq!(view.annual_submissions(oslo(), 2016)?, [annual(1, 2016)]);
        assert_eq!(view.annual_submissions(oslo(), 2015)?, []);
        assert_eq!(view.annual_documents(id(1))?, [annual(1, 2016), gone]);
        let first = AnnualSubmission { superseded: Some((id(3), at(52))), ..annual(3, 2014) };
        let second = AnnualSubmission { document: 2, ..annual(3, 2014) };
        assert_eq!(view.annual_submissions(oslo(), 2014)?, [second, first]);
        assert!(view.is_superseded(id(1))? && !view.is_superseded(id(2))?);
        assert!(!view.is_superseded(id(3))?, "the archive is what its last document came to");
        let history = view.sender_history(&sender())?;
        // A rejected file is no answer to who is waited for; one that came again is.
        let (first, last) = (since, answered(7).received_at);
        let years = vec![(2014, true), (2016, true), (2017, true)];
        assert_eq!(history, Some(History { first, last, years }));
        // The samples' bytes differ; the first one's may come again, the second one's are taken.
        let bytes = |number| answered(number).sha256.expect("a digest");
        assert_eq!(view.first_accepted_with(&sender(), bytes(1))?, None);
        assert_eq!(view.first_accepted_with(&sender(), bytes(2))?, Some(id(2)));
        Ok(())
    });
}

pub(super) fn persons_known_from_earlier_years(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..4);
    let [ada, bo, cy, di, eli] = [1, 2, 3, 4, 5];
    // More than are looked at together.
    let crowd: Vec<u64> = (1000..60_000).map(|n| n * 3).collect();
    write(catalogue, |ledger| {
        ledger.add_persons(&registry(), 2016, id(1), 1, &vec![ada, bo, cy])?;
        ledger.add_persons(&registry(), 2017, id(2), 1, &vec![bo, di])?;
        ledger.add_persons(&registry(), 2014, id(3), 1, &InTwo(&crowd))
    });
    let other = filsluse::types::ids::RegistryId::parse("other").expect("an id");
    ask(catalogue, |view| {
        let linked = |persons: &[u64], before| view.linked_persons(&registry(), 1, persons, before);
        let everybody = [ada, bo, cy, di, eli];
        assert_eq!(linked(&everybody, 2016)?, 0, "the same year is not an earlier one");
        assert_eq!(linked(&everybody, 2017)?, 3);
        assert_eq!(linked(&everybody, 2018)?, 4, "who is in two years counts once");
        assert_eq!(view.linked_persons(&registry(), 2, &[ada], 2018)?, 0, "another key");
        assert_eq!(linked(&[], 2018)?, 0);
        assert_eq!(view.linked_persons(&other, 1, &everybody, 2018)?, 0);
        assert_eq!(linked(&crowd, 2015)?, crowd.len() as u64);
        assert_eq!(linked(&crowd[40_000..40_010], 2015)?, 10);
        let beside: Vec<u64> = (0..70_000).map(|n| n * 3 + 1).collect();
        assert_eq!(linked(&beside, 2015)?, 0);
        let some: Vec<u64> = (0..100_000).map(|n| n * 2).collect();
        let want = crowd.iter().filter(|n| **n % 2 == 0 && **n < 200_000).count();
        assert_eq!(linked(&some, 2015)?, want as u64);
        Ok(())
    });
}

/// A list that is handed over in two pieces.
struct InTwo<'a>(&'a [u64]);

impl PersonList for InTwo<'_> {
    fn count(&self) -> u64 {
        self.0.len() as u64
    }

    fn in_pieces(&self, take: TakePersons<'_>) -> Result<(), CatalogueError> {
        let (first, second) = self.0.split_at(self.0.len() / 3);
        take(first)?;
        take(second)
    }
}

/// Of an archive one year is erased and the other is not.
pub(super) fn forgotten_year_by_year(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..2);
    let first = object(1, Part::Content);
    let second = Object { id: ObjectId { number: 2, ..first.id.clone() }, ..first.clone() };
    let (ada, bo) = (1, 2);
    write(catalogue, |ledger| {
        ledger.add_object(&first, &[7; 100])?;
        ledger.add_object(&second, &[8; 100])?;
        ledger.add_annual(&annual(1, 2016))?;
        ledger.add_annual(&AnnualSubmission { document: 2, ..annual(1, 2017) })?;
        ledger.add_persons(&registry(), 2016, id(1), 1, &vec![ada])?;
        ledger.add_persons(&registry(), 2017, id(1), 1, &vec![bo])
    });
    let known = |catalogue: &mut dyn Catalogue| {
        ask(catalogue, |view| {
            let linked = |person| view.linked_persons(&registry(), 1, &[person], 2018);
            Ok((linked(ada)?, linked(bo)?))
        })
    };
    assert_eq!(known(catalogue), (1, 1));
    write(catalogue, |ledger| ledger.erase_header(&first.id, at(60)));
    assert_eq!(known(catalogue), (0, 1), "the other year is there still");
    write(catalogue, |ledger| ledger.erase_header(&second.id, at(61)));
    assert_eq!(known(catalogue), (0, 0));
}

pub(super) fn forgotten_with_their_content(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..2);
    let ada = 1;
    let [content, report] = [Part::Content, Part::Report].map(|part| object(1, part));
    write(catalogue, |ledger| {
        ledger.add_object(&content, &[7; 100])?;
        ledger.add_object(&report, &[8; 100])?;
        ledger.put_report_chain(&chain(1, 7))?;
        ledger.add_notifications(&sender(), id(1), &vec![notification(1)])?;
        ledger.add_persons(&content.id.registry, 2017, id(1), 1, &vec![ada])
    });
    let known = |catalogue: &mut dyn Catalogue| {
        ask(catalogue, |view| {
            let persons = view.linked_persons(&content.id.registry, 1, &[ada], 2018)?;
            Ok((persons, view.notification(&sender(), &Guid([1; 16]))?.is_some()))
        })
    };
    write(catalogue, |ledger| ledger.erase_header(&report.id, at(60)));
    assert_eq!(known(catalogue), (1, true), "the content is there still");
    write(catalogue, |ledger| ledger.erase_header(&content.id, at(61)));
    assert_eq!(known(catalogue), (0, false));
    ask(catalogue, |view| {
        assert_eq!(view.report_chain(oslo())?, Some(chain(1, 7)), "about no person");
        Ok(())
    });
}
