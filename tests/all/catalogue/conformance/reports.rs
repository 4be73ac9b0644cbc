//! What municipalities report: sequences, notifications, annual submissions, persons.

use filsluse::{
    catalogue::{
        Catalogue,
        records::{
            operations::History,
            reports::{AnnualSubmission, Notification, ReportChain},
            submissions::Submission,
        },
    },
    types::{guid::Guid, ids::Part, pseudonym::Pseudonym, verdict::Verdict},
};

use super::{
    super::sample::{
        annual, answered, at, chain, id, notification, object, oslo, registry, sender,
    },
    ask, with_submissions, write,
};

fn pseudonym(epoch: u32, first: u8, last: u8) -> Pseudonym {
    let mut bytes = [first; 16];
    bytes[15] = last;
    Pseudonym { epoch, bytes }
}

pub(super) fn chains_and_notifications(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..3);
    ask(catalogue, |view| {
        assert_eq!(view.report_chain(&sender(), oslo())?, None);
        assert!(!view.has_notifications(&sender())?);
        Ok(())
    });
    let changed = Notification { status: 'C', ..notification(1) };
    write(catalogue, |ledger| {
        ledger.put_report_chain(&chain(1, 7))?;
        ledger.put_report_chain(&chain(2, 9))?;
        ledger.add_notifications(&sender(), id(1), &[notification(1), notification(2)])?;
        ledger.add_notifications(&sender(), id(2), &[changed])
    });
    let other = filsluse::types::ids::SenderId::parse("other").expect("an id");
    ask(catalogue, |view| {
        assert_eq!(view.report_chain(&sender(), oslo())?, Some(chain(2, 9)));
        assert_eq!(view.report_chain(&other, oslo())?, None);
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
        assert_eq!(view.report_chain(&sender(), oslo())?, Some(full.clone()));
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
        assert_eq!(ledger.supersede(&annual(2, 2017), at(50))?, [id(1)]);
        assert_eq!(ledger.supersede(&annual(2, 2017), at(51))?, [], "once only");
        Ok(())
    });
    ask(catalogue, |view| {
        let gone = AnnualSubmission { superseded: Some((id(2), at(50))), ..annual(1, 2017) };
        assert_eq!(view.annual_submissions(&sender(), oslo(), 2017)?, [annual(2, 2017), gone]);
        assert_eq!(view.annual_submissions(&sender(), oslo(), 2016)?, [annual(1, 2016)]);
        assert_eq!(view.annual_submissions(&sender(), oslo(), 2015)?, []);
        assert!(view.is_superseded(id(1))? && !view.is_superseded(id(2))?);
        let history = view.sender_history(&sender())?;
        let (first, last) = (answered(1).received_at, answered(3).received_at);
        assert_eq!(history, Some(History { first, last, last_annual_year: Some(2017) }));
        // The samples' bytes differ; the first one's may come again, the second one's are taken.
        let bytes = |number| answered(number).sha256.expect("a digest");
        assert_eq!(view.first_accepted_with(&sender(), bytes(1))?, None);
        assert_eq!(view.first_accepted_with(&sender(), bytes(2))?, Some(id(2)));
        Ok(())
    });
}

pub(super) fn persons_known_from_earlier_years(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..4);
    let [ada, bo, cy] = [1, 2, 3].map(|n| pseudonym(1, n, 0));
    write(catalogue, |ledger| {
        ledger.add_persons(&registry(), 2016, id(1), &[ada, bo])?;
        // A second document of the same submission.
        ledger.add_persons(&registry(), 2016, id(1), &[bo, cy])?;
        ledger.add_persons(&registry(), 2017, id(2), &[bo, pseudonym(1, 4, 0)])
    });
    let other = filsluse::types::ids::RegistryId::parse("other").expect("an id");
    ask(catalogue, |view| {
        let linked =
            |persons: &[Pseudonym], before| view.linked_persons(&registry(), persons, before);
        let everybody = [ada, bo, cy, pseudonym(1, 4, 0), pseudonym(1, 5, 0)];
        assert_eq!(linked(&everybody, 2016)?, 0, "the same year is not an earlier one");
        assert_eq!(linked(&everybody, 2017)?, 3);
        assert_eq!(linked(&everybody, 2018)?, 4, "who is in two years counts once");
        assert_eq!(linked(&[pseudonym(2, 1, 0)], 2018)?, 0, "another key");
        assert_eq!(linked(&[], 2018)?, 0);
        assert_eq!(view.linked_persons(&other, &everybody, 2018)?, 0);
        Ok(())
    });
}

pub(super) fn forgotten_with_their_content(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..2);
    let ada = pseudonym(1, 1, 0);
    let [content, report] = [Part::Content, Part::Report].map(|part| object(1, part));
    write(catalogue, |ledger| {
        ledger.add_object(&content, &[7; 100])?;
        ledger.add_object(&report, &[8; 100])?;
        ledger.put_report_chain(&chain(1, 7))?;
        ledger.add_notifications(&sender(), id(1), &[notification(1)])?;
        ledger.add_persons(&content.id.registry, 2017, id(1), &[ada])
    });
    let known = |catalogue: &mut dyn Catalogue| {
        ask(catalogue, |view| {
            let persons = view.linked_persons(&content.id.registry, &[ada], 2018)?;
            Ok((persons, view.notification(&sender(), &Guid([1; 16]))?.is_some()))
        })
    };
    write(catalogue, |ledger| ledger.erase_header(&report.id, at(60)));
    assert_eq!(known(catalogue), (1, true), "the content is there still");
    write(catalogue, |ledger| ledger.erase_header(&content.id, at(61)));
    assert_eq!(known(catalogue), (0, false));
    ask(catalogue, |view| {
        assert_eq!(view.report_chain(&sender(), oslo())?, Some(chain(1, 7)), "about no person");
        Ok(())
    });
}
