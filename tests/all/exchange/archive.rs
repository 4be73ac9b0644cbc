//! Requests wait for their entry in the case archive before they are sent (POL-05); notices do not.

use std::fs;

use filsluse::{
    admin::shapes::police::{Journal, Standing},
    catalogue::records::{
        archive::{Attempt, JobState},
        police::ExchangeState,
    },
    pipeline::{
        police::{archive, unsent},
        upkeep::erase,
    },
    types::{
        case_number::CaseNumber,
        ids::SubmissionId,
        verdict::{State, Verdict},
    },
};

use super::scene::{HOSPITAL, OSLO, Scene, inquiry, notice, reply, stock_age};
use crate::support::wait::until;

/// With an archive that nobody asks but the test.
fn scene(create_cases: bool) -> Scene {
    let mut scene = Scene::new();
    scene.stop();
    let file = scene.layout.main_file();
    let archive = format!(
        "\n[archive]\nurl = \"https://localhost:1/\"\nca = \"/nowhere/ca.pem\"\n\
         create-cases = {create_cases}\n"
    );
    fs::write(&file, fs::read_to_string(&file).unwrap() + &archive).unwrap();
    scene.start();
    scene
}

fn report(scene: &Scene, id: SubmissionId, came: &Attempt) -> JobState {
    let house = scene.house();
    let job = archive::next(&house).unwrap().expect("it is due at once");
    assert_eq!(job.reference, id);
    archive::report(&house, id, job.attempts, came).unwrap()
}

fn entered(case: &str) -> Attempt {
    let case = CaseNumber::parse(case).unwrap();
    Attempt::Entered { document: format!("{case}-1"), case }
}

#[test]
fn pol_05_a_request_is_sent_when_the_case_archive_has_it() {
    let mut scene = scene(false);
    let row = scene.send(HOSPITAL, inquiry(1));
    assert_eq!(row.verdict, Some(Verdict::Accepted), "{:?}", row.findings);
    assert_eq!(scene.exchange(row.id).state, ExchangeState::Waiting);
    assert!(scene.outbound(OSLO).is_empty());
    // What nobody has been asked, nobody can have answered (POL-07).
    let early = scene.send(OSLO, reply(2, 1, "oslo"));
    assert_ne!(early.verdict, Some(Verdict::Accepted));

    assert_eq!(report(&scene, row.id, &entered("26/1")), JobState::Done);
    until("the request", || scene.outbound(OSLO).len() == 1);
    assert_eq!(scene.exchange(row.id).state, ExchangeState::Open);
    let content = stock_age(&scene.outbound(OSLO)[0], &scene.identity(OSLO)).unwrap();
    assert!(String::from_utf8(content).unwrap().contains("risikovurdering"));
    let late = scene.send(OSLO, reply(3, 1, "oslo"));
    assert_eq!(late.verdict, Some(Verdict::Accepted), "{:?}", late.findings);
    assert!(scene.log().contains("\"archive-entered\""));
}

#[test]
fn pol_05_a_request_that_names_no_case_gets_one_where_the_archive_makes_them() {
    let nameless = inquiry(1).replace(" case_number=\"26/1\"", "");
    let mut without = scene(false);
    assert_eq!(without.send(HOSPITAL, &nameless).verdict, Some(Verdict::Rejected));
    let mut scene = scene(true);
    let row = scene.send(HOSPITAL, &nameless);
    assert_eq!(row.verdict, Some(Verdict::Accepted), "{:?}", row.findings);
    assert_eq!(scene.exchange(row.id).case, None);
    report(&scene, row.id, &entered("26/00099"));
    assert_eq!(scene.exchange(row.id).case.unwrap().as_str(), "26/00099");
    until("the request", || scene.outbound(OSLO).len() == 1);
}

#[test]
fn pol_05_a_request_whose_case_is_not_there_never_reaches_the_police() {
    let mut scene = scene(false);
    let row = scene.send(HOSPITAL, inquiry(1));
    assert_eq!(report(&scene, row.id, &Attempt::NoSuchCase {}), JobState::Refused);
    assert_eq!(scene.exchange(row.id).state, ExchangeState::Closed);
    assert!(scene.objects(row.id).iter().all(|object| object.erased_at.is_some()));
    let receipts = fs::read_dir(scene.outbound_directory(HOSPITAL)).unwrap();
    let names: Vec<String> =
        receipts.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.iter().filter(|name| name.contains(".receipt.")).count(), 4, "{names:?}");
    let found = scene.look(|view| view.submission(row.id)).unwrap();
    assert_eq!((found.verdict, found.state), (Some(Verdict::Rejected), State::Done));
    let code = |finding: &filsluse::types::finding::Finding| finding.rule.code;
    assert_eq!(found.findings.iter().map(code).collect::<Vec<_>>(), ["POL-05"]);
    assert!(scene.alarms().contains(&("archive-refused".to_owned(), row.id.to_string())));

    // A restart neither sends it nor tells anybody again; a new request with the right case passes.
    scene.stop();
    scene.start();
    let again = scene.send(HOSPITAL, inquiry(2));
    assert_eq!(again.verdict, Some(Verdict::Accepted), "{:?}", again.findings);
    report(&scene, again.id, &entered("26/2"));
    until("the request", || scene.outbound(OSLO).len() == 1);
    let file = scene.outbound(OSLO)[0].clone();
    assert!(file.to_string_lossy().contains(&again.id.to_string()));
}

/// An archive that is not reached for as long as a request is kept.
#[test]
fn a_request_that_was_never_sent_is_told_of_and_entered_nowhere() {
    let mut scene = scene(false);
    let row = scene.send(HOSPITAL, inquiry(1));
    never_sent(&mut scene, row.id, "2027-02-19T23:00:00Z");
    // Somebody who had been handed it before, and one who asks now.
    let house = scene.house();
    assert_eq!(archive::report(&house, row.id, 1, &entered("26/1")).unwrap(), JobState::Refused);
    assert_eq!(archive::next(&house).unwrap(), None);
    assert!(scene.outbound(OSLO).is_empty());
    assert!(!scene.log().contains("\"archive-entered\""));
}

/// A directory that is not there for as long.
#[test]
fn what_could_not_be_laid_out_for_the_police_is_told_of() {
    for (form, content) in [("request", inquiry(1)), ("notice", notice(1))] {
        let mut scene = Scene::new();
        let outbound = scene.outbound_directory(OSLO);
        let aside = outbound.with_extension("aside");
        fs::rename(&outbound, &aside).unwrap();
        let id = scene.send_without_waiting(HOSPITAL, content);
        never_sent(&mut scene, id, "2027-02-19T23:00:00Z");
        fs::rename(&aside, &outbound).unwrap();
        assert!(scene.outbound(OSLO).is_empty(), "{form}");
    }
}

fn never_sent(scene: &mut Scene, id: SubmissionId, deadline: &str) {
    scene.at(deadline);
    let house = scene.house();
    // Its directory takes no receipt yet either.
    let outbound = scene.outbound_directory(HOSPITAL);
    let aside = outbound.with_extension("aside");
    fs::rename(&outbound, &aside).unwrap();
    erase::run(&house, house.now(), true).unwrap();
    assert!(scene.objects(id).iter().all(|object| object.erased_at.is_some()));
    assert_eq!(scene.exchange(id).state, ExchangeState::Closed);
    unsent::tell(&house).unwrap();
    let alarm = ("archive-refused".to_owned(), id.to_string());
    assert!(scene.alarms().contains(&alarm), "{:?}", scene.alarms());
    fs::rename(&aside, &outbound).unwrap();
    for _ in 0..2 {
        unsent::tell(&house).unwrap();
        let names = fs::read_dir(&outbound).unwrap().map(|it| it.unwrap().file_name());
        let receipts = names.filter(|name| name.to_string_lossy().contains(".receipt."));
        assert_eq!(receipts.count(), 4);
    }
    assert!(scene.alarms().contains(&alarm), "it is for somebody to acknowledge");
    let found = scene.look(|view| view.submission(id)).unwrap();
    assert_eq!((found.verdict, found.state), (Some(Verdict::Rejected), State::Done));
    let hint = found.findings[0].hint.as_ref().unwrap();
    assert_eq!(hint.key, "never-sent");
}

/// The hospital whose directory takes nothing waits alone, and somebody is told.
#[test]
fn a_hospital_that_cannot_be_told_keeps_no_other_waiting() {
    const OTHER: &str = "sykehus-annet";
    let mut scene = scene(false);
    scene.stop();
    let senders = scene.layout.senders();
    let text = fs::read_to_string(senders.join(format!("{HOSPITAL}.toml"))).unwrap();
    fs::write(senders.join(format!("{OTHER}.toml")), text.replace(HOSPITAL, OTHER)).unwrap();
    fs::create_dir_all(scene.outbound_directory(OTHER).with_file_name("inbound")).unwrap();
    fs::create_dir_all(scene.outbound_directory(OTHER)).unwrap();
    scene.start();
    let first = scene.send(HOSPITAL, inquiry(1));
    let second = scene.send(OTHER, inquiry(2));
    let closed = scene.outbound_directory(HOSPITAL);
    let aside = closed.with_extension("aside");
    fs::rename(&closed, &aside).unwrap();
    for row in [&first, &second] {
        assert_eq!(report(&scene, row.id, &Attempt::NoSuchCase {}), JobState::Refused);
    }
    let receipts = |dir| fs::read_dir(dir).unwrap().count();
    assert_eq!(receipts(scene.outbound_directory(OTHER)), 4);
    let owed = ("receipt-owed".to_owned(), HOSPITAL.to_owned());
    assert!(scene.alarms().contains(&owed), "{:?}", scene.alarms());

    fs::rename(&aside, &closed).unwrap();
    archive::round(&scene.house()).unwrap();
    assert_eq!(receipts(closed), 4);
    assert!(!scene.alarms().contains(&owed), "{:?}", scene.alarms());
}

/// Of a request that was not sent, nothing was shared: no journal may say so (POL-06).
#[test]
fn pol_06_the_journal_tells_what_was_sent_from_what_was_not() {
    let mut scene = scene(false);
    let request = scene.send(HOSPITAL, inquiry(1));
    let told = scene.send(HOSPITAL, notice(3));
    let receipt = receipt(&scene, request.id, "1");
    assert!(receipt.contains("venter på saksarkivet"), "{receipt}");
    assert!(!receipt.contains("er registrert for"), "nothing is shared yet: {receipt}");
    let standing = |scene: &mut Scene| {
        scene.stop();
        let said = scene.run(&["journal", "export", "--json"], "");
        let journal: Journal = serde_json::from_slice(&said.stdout).unwrap();
        let pages = ["nb", "en"].map(|language| {
            let page = ["journal", "export", "--html", "--language", language];
            String::from_utf8(scene.run(&page, "").stdout).unwrap()
        });
        let text = String::from_utf8(scene.run(&["journal", "export"], "").stdout).unwrap();
        let shown = scene.run(&["police", "show", &request.id.to_string()], "").stdout;
        let shown = String::from_utf8(shown).unwrap();
        scene.start();
        assert!(!shown.contains("  shared"), "{shown}");
        let [first, second] = &journal.entries[..] else { panic!("{journal:?}") };
        assert_eq!(second.id, told.id);
        assert_eq!(second.standing, Some(Standing::Sent));
        (first.standing.unwrap(), [&text, &shown].map(Clone::clone), pages)
    };
    let (waits, terminal, pages) = standing(&mut scene);
    assert_eq!(waits, Standing::WaitsForArchive);
    assert!(
        terminal.iter().all(|text| text.contains("waits for the case archive")),
        "{terminal:?}"
    );
    assert!(
        pages[0].contains("ikke sendt: venter på saksarkivet")
            && pages[1].contains("not sent: waits")
    );

    report(&scene, request.id, &Attempt::NoSuchCase {});
    let (refused, terminal, pages) = standing(&mut scene);
    assert_eq!(refused, Standing::NotSent);
    assert!(terminal.iter().all(|text| text.contains("NOT SENT")), "{terminal:?}");
    assert!(
        pages[0].contains("<strong>ikke sendt</strong>")
            && pages[1].contains("<strong>not sent</strong>")
    );
    let [one, two] = &scene.objects(request.id)[..] else { panic!("whole and request") };
    for object in [one, two] {
        let told = (object.due_rule.as_str(), object.due_at);
        assert_eq!(told, ("archive-refused + P0D", object.erased_at), "the archive ended it");
    }
    assert!(scene.log().contains("\"archive-refused + P0D\""));

    report(&scene, told.id, &Attempt::NoSuchCase {});
    let about_notice = ("archive-no-entry".to_owned(), told.id.to_string());
    assert!(scene.alarms().contains(&about_notice), "{:?}", scene.alarms());
}

fn receipt(scene: &Scene, id: SubmissionId, number: &str) -> String {
    let files = fs::read_dir(scene.outbound_directory(HOSPITAL)).unwrap();
    let mut names = files.map(|file| file.unwrap().path());
    let (second, id) = (format!("{id}.{number}.receipt.txt"), format!("{id}.receipt.txt"));
    let wanted = if number == "1" { id } else { second };
    let found = names.find(|name| name.to_string_lossy().ends_with(&wanted)).unwrap();
    fs::read_to_string(found).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn pol_13_a_notice_goes_out_at_once_and_is_entered_all_the_same() {
    let mut scene = scene(false);
    let row = scene.send(HOSPITAL, notice(1));
    assert_eq!(row.verdict, Some(Verdict::Accepted), "{:?}", row.findings);
    assert_eq!(scene.outbound(OSLO).len(), 1, "before anybody has asked the archive");
    assert_eq!(report(&scene, row.id, &entered("26/1")), JobState::Done);
    assert_eq!(scene.exchange(row.id).state, ExchangeState::Closed);
}
