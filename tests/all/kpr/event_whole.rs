//! What is judged of an event message as a whole: who reports for which year, what is not
//! collected, how much may be struck, and what is counted.

use filsluse::types::{
    municipality::MunicipalityNumber,
    national_id::{IdPolicy, Profile},
    verdict::Verdict::{Accepted, Partly, Rejected},
};
use jiff::civil::date;

use super::{
    bench::Bench,
    document::message,
    event::{event, user},
};

#[test]
fn test_persons_are_never_reported() {
    let mut bench = Bench::new();
    bench.ids = IdPolicy { profile: Profile::Production, new_rule: true };
    // Local identifiers hold in either profile, so that the one test person decides.
    let mut root = message(&["--count", "10"]);
    for n in 0..10 {
        user(&mut root, n).set("typeID", "4").set("fid", "N1234567");
    }
    assert_eq!(bench.judge(&root).verdict(), Accepted);
    for id_type in ["1", "2", "3", "4", "5", "6", "7", "8", "12"] {
        user(&mut root, 9).set("typeID", id_type).set("fid", "03851598730");
        let found = bench.judge(&root).found();
        assert_eq!(found.last().unwrap(), "KPR-04 R test-person @10", "{id_type}");
    }
}

#[test]
fn kpr_01_the_sender_reports() {
    let root = message(&[]);
    let mut bench = Bench::new();
    bench.sender.municipality = None;
    assert_eq!(bench.judge(&root).found(), ["KPR-01 R not-reporter"]);
    let mut bench = Bench::new();
    bench.registries[0].reporting[0].years = "..2023".parse().unwrap();
    let found = bench.judge(&root).found();
    assert_eq!(found[0], "KPR-01 R not-reporter @1");
    assert_eq!(bench.judge(&root).verdict(), Rejected);
}

#[test]
fn kpr_02_the_number_was_in_use() {
    let mut bench = Bench::new();
    bench.sender.municipality = MunicipalityNumber::parse("3101").ok();
    let root = |number| message(&["--municipality", number, "--day", "2024-01-01"]);
    assert_eq!(bench.judge(&root("3101")).verdict(), Accepted);
    assert_eq!(bench.judge(&root("3001")).found(), ["KPR-02 R municipality-year"]);
    let before = message(&["--municipality", "3001", "--day", "2023-11-01"]);
    assert_eq!(bench.judge(&before).verdict(), Accepted, "the former number for its own time");
}

#[test]
fn kpr_02_the_number_was_in_use_in_every_year_that_the_message_tells_of() {
    // 1508 and 1580 took over from 1507 at the turn of the year.
    let mut bench = Bench::new();
    bench.sender.municipality = MunicipalityNumber::parse("1508").ok();
    let mut root = message(&["--municipality", "1508", "--day", "2024-01-02"]);
    assert_eq!(bench.judge(&root).verdict(), Accepted);
    event(&mut root, 3).set("hendelseDato", "2023-12-30");
    assert_eq!(bench.judge(&root).found(), ["KPR-02 R municipality-year"]);
    // The former number says nothing of the year after it either.
    let mut root = message(&["--municipality", "1507", "--day", "2023-11-01"]);
    assert_eq!(bench.judge(&root).verdict(), Accepted);
    event(&mut root, 3).set("hendelseDato", "2024-01-02");
    assert_eq!(bench.judge(&root).found(), ["KPR-02 R municipality-year"]);
}

#[test]
fn everything_that_strikes_the_message_is_told_at_once() {
    let mut root = message(&[]);
    user(&mut root, 2).unset("fid");
    user(&mut root, 5).unset("typeID");
    root.nth("Notifikasjon", 7).unset("notifikasjonGUID");
    event(&mut root, 9).set("tjenesteType", "999");
    let outcome = Bench::new().judge(&root);
    assert_eq!(
        outcome.found(),
        [
            "KPR-04 R id-missing @3",
            "KPR-04 R id-missing @6",
            "KPR-05 R attribute-missing @8",
            "KPR-06 r service-type @10",
        ]
    );
    assert_eq!(outcome.verdict(), Rejected);
}

#[test]
fn kpr_07_holds_for_what_belongs_to_no_event_by_the_day_on_which_it_comes() {
    let mut bench = Bench::new();
    let decided = bench.registries[0].reporting[0].clone();
    let fields = ["lokalident", "meldTelefon", "meldEpost2"];
    let mut now = decided.clone();
    now.years = "2024..".parse().unwrap();
    now.not_decided = fields.map(str::to_owned).into();
    let mut before = decided;
    before.years = "..2023".parse().unwrap();
    bench.registries[0].reporting = vec![before, now];
    let mut root = message(&["--day", "2023-11-01"]);
    root.set("lokalident", "L-1");
    root.nth("Kontaktperson", 1).set("meldTelefon", "22000000").set("meldEpost2", "b@e.no");
    let outcome = bench.judge(&root);
    assert_eq!(outcome.verdict(), Accepted);
    let found = outcome.found();
    assert_eq!(found.iter().filter(|found| found.starts_with("KPR-07 W")).count(), 3, "{found:?}");
    let text = outcome.text("kpr", filsluse::types::ids::Part::Content);
    assert!(fields.iter().all(|field| !text.contains(field)), "{text}");
    assert!(text.contains("navnEPJ=") && text.contains("kontPerson="));
    assert_eq!(outcome.content("kpr").children.last().unwrap().name, "Kommune");
    bench.today = date(2023, 12, 1);
    let outcome = bench.judge(&root);
    assert_eq!(outcome.found(), Vec::<String>::new());
    let text = outcome.text("kpr", filsluse::types::ids::Part::Content);
    assert!(fields.iter().all(|field| text.contains(field)));
}

/// The sender is told in which key the number stands, and not to look in the population register.
#[test]
fn a_number_in_a_key_names_the_key() {
    let mut root = message(&[]);
    user(&mut root, 0).set("typeID", "4").set("fid", "X1234567");
    event(&mut root, 0).set("tjenesteID", "T-X1234567-1");
    user(&mut root, 1).set("fid", "03851598730");
    event(&mut root, 1).set("hendelseGUID", "00000000-0000-0000-0000-a03851598730");
    let outcome = Bench::new().judge(&root);
    let found = outcome.findings().as_slice().iter().filter_map(|finding| {
        let hint = finding.hint.as_ref().filter(|hint| hint.key == "identity-inside-key")?;
        Some((finding.field.as_deref().unwrap(), hint.cure.is_some()))
    });
    assert_eq!(found.collect::<Vec<_>>(), [("tjenesteID", true), ("hendelseGUID", true)]);
}

#[test]
fn kpr_07_what_was_not_decided_is_dropped() {
    let mut bench = Bench::new();
    let decided = bench.registries[0].reporting[0].clone();
    let mut later = decided.clone();
    later.years = "2024..".parse().unwrap();
    later.not_decided = ["bydel".to_owned(), "tjenesteOrgNr".to_owned()].into();
    bench.registries[0].reporting = vec![later];
    let mut root = message(&[]);
    user(&mut root, 0).set("bydel", "030101");
    event(&mut root, 0).set("tjenesteOrgNr", "958935420");
    let outcome = bench.judge(&root);
    assert_eq!(outcome.found(), ["KPR-07 W not-decided @1", "KPR-07 W not-decided @1"]);
    let text = outcome.text("kpr", filsluse::types::ids::Part::Content);
    assert!(!text.contains("bydel"));
    // One sort of event is none without it.
    let moves = text.matches("<TjenesteutforerEndret ").count();
    assert_eq!(text.matches("tjenesteOrgNr=").count(), moves);
    assert_eq!(text.matches("tjenesteOrgNr=\"-1\"").count(), moves);
    let notes = format!("{:?}", outcome.judgement.unwrap().notes);
    let want = "[Dropped { registry: RegistryId(kpr), fields: [\"bydel\", \"tjenesteOrgNr\"] }]";
    assert_eq!(notes, want);
}

#[test]
fn kpr_08_too_many_rejected() {
    let bench = Bench::new();
    for (struck, verdict) in [(2, Partly), (3, Rejected)] {
        let mut root = message(&[]);
        (0..struck).for_each(|n| {
            event(&mut root, n).set("tjenesteType", "999");
        });
        let outcome = bench.judge(&root);
        assert_eq!(outcome.verdict(), verdict, "{struck} of 40");
        assert_eq!(outcome.found().contains(&"KPR-08 R threshold".to_owned()), verdict == Rejected);
        assert_eq!(outcome.effects().is_empty(), verdict == Rejected);
        let report = outcome.judgement.unwrap().report.unwrap().quality().unwrap().clone();
        assert_eq!(report.findings["KPR-06"], struck as u64);
    }
}

#[test]
fn kpr_08_repetitions_do_not_make_a_message_better() {
    let mut root = message(&["--count", "10"]);
    let again = root.nth("Notifikasjon", 0).clone();
    (0..30).for_each(|_| root.children.insert(1, again.clone()));
    assert_eq!(Bench::new().judge(&root).verdict(), Accepted);
    event(&mut root, 35).set("tjenesteType", "999");
    let outcome = Bench::new().judge(&root);
    assert_eq!(outcome.verdict(), Rejected, "one of ten, and thirty of no account");
    assert!(outcome.found().contains(&"KPR-08 R threshold".to_owned()));
}

#[test]
fn text_between_elements_is_refused() {
    let text = message(&[]).write().replace("<Kommune ", "hei<Kommune ");
    assert_eq!(Bench::new().read(text.as_bytes()).found(), ["KPR-05 R text-unexpected"]);
}

#[test]
fn counts_for_the_registers_quality_work() {
    let mut bench = Bench::new();
    let outcome = bench.send(&message(&["--count", "60"]));
    let report = outcome.judgement.unwrap().report.unwrap().quality().unwrap().clone();
    let ids = report.identifiers;
    assert_eq!(ids.fnr + ids.d_number + ids.duf, 60);
    assert!(ids.fnr > 0 && ids.duf > 0);
    let first = report.persons.values().next().unwrap();
    assert!(first.linked == 0 && first.unlinked > 5 && first.unlinked <= 20);
    // The same persons a year later, in the same registry.
    bench.today = date(2025, 6, 1);
    bench.history.reports.notifications.clear();
    let later = bench.send(&message(&["--count", "60", "--day", "2025-02-01"]));
    let later = later.judgement.unwrap().report.unwrap().quality().unwrap().clone();
    let again = later.persons.values().next().unwrap();
    assert_eq!((again.linked, again.unlinked), (first.unlinked, 0));
}

/// Somebody with events in two years of one message is one person, and the register hears of one.
#[test]
fn a_person_counts_once_in_a_message_of_several_years() {
    let mut all = message(&["--count", "40", "--day", "2021-02-01"]);
    for n in 0..20 {
        let first = user(&mut all, n).clone();
        *user(&mut all, n + 20) = first;
        event(&mut all, n + 20).set("hendelseDato", "2022-02-01");
    }
    let mut first_year = all.clone();
    first_year.children.drain(20..40);
    let persons = |message| {
        let report = Bench::new().judge(message).judgement.unwrap().report.unwrap();
        let known = report.quality().unwrap().persons.values().next().copied().unwrap();
        (report.quality().unwrap().years.len(), known.linked, known.unlinked)
    };
    let (years, known, new) = persons(&first_year);
    assert!(years == 1 && known == 0 && new > 5);
    assert_eq!(persons(&all), (2, 0, new), "the second year adds nobody");
}
