//! What goes to a police district.

use std::{fs, os::unix::fs::PermissionsExt};

use filsluse::{
    catalogue::records::{objects::ObjectState, police::ExchangeState},
    pipeline::{police::dispatch, upkeep::erase},
    types::{ids::Part, verdict::Verdict},
};

use super::scene::{HOSPITAL, OSLO, Scene, VEST, inquiry, notice, stock_age};
use crate::support::wait::until;

#[test]
fn a_request_lies_in_the_districts_directory_and_opens_with_its_key_alone() {
    let mut scene = Scene::new();
    let row = scene.send(HOSPITAL, inquiry(1));
    assert_eq!(row.verdict, Some(Verdict::Accepted), "{:?}", row.findings);
    let files = scene.outbound(OSLO);
    let [file] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(file.file_name().unwrap().to_str(), Some(&*format!("{}.request.age", row.id)));
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o640);
    let opened = stock_age(file, &scene.identity(OSLO)).expect("the district opens it");
    let text = String::from_utf8(opened).unwrap();
    assert!(text.contains("Rigmor Prøvesen") && text.contains("26/1"), "{text}");
    assert!(stock_age(file, &scene.identity(VEST)).is_none(), "another district does not");
    assert!(stock_age(file, &scene.journal_identity()).is_none(), "nor does the journal");
    assert!(scene.outbound(VEST).is_empty() && scene.outbound(HOSPITAL).is_empty());

    let exchange = scene.exchange(row.id);
    assert_eq!(exchange.state, ExchangeState::Open);
    assert!(exchange.sent_at.is_some());
    assert_eq!((exchange.form.as_str(), exchange.basis.as_str()), ("inquiry", "samtykke"));
    let log = scene.log();
    let sent = r#""event":"inquired","submission":"#;
    assert!(log.contains(sent) && log.contains(r#""addressee":"politi-oslo""#), "{log}");
    assert!(log.contains("dispatch-published"), "{log}");
    // The journal's own copy of the request, as it was sent.
    let parts: Vec<Part> = scene.objects(row.id).iter().map(|object| object.id.part).collect();
    assert!(parts.contains(&Part::Whole) && parts.contains(&Part::Request), "{parts:?}");
}

#[test]
fn the_copy_goes_with_its_object_and_an_unanswered_request_is_closed() {
    let mut scene = Scene::new();
    let row = scene.send(HOSPITAL, inquiry(1));
    let house = scene.house();
    // Received on 21 November: the last of the 90 days is 19 February.
    scene.at("2027-02-19T22:59:00Z");
    erase::run(&house, house.now(), true).unwrap();
    assert_eq!(scene.outbound(OSLO).len(), 1, "not before its deadline");
    scene.at("2027-02-19T23:00:00Z");
    let swept = erase::run(&house, house.now(), true).unwrap();
    assert_eq!(swept.len(), 2, "{swept:?}");
    assert!(scene.outbound(OSLO).is_empty(), "nothing past its deadline can be opened");
    assert!(scene.objects(row.id).iter().all(|object| object.state == ObjectState::Erased));
    assert_eq!(scene.exchange(row.id).state, ExchangeState::Closed);
    let log = scene.log();
    assert_eq!(log.matches("dispatch-removed").count(), 1, "{log}");
    assert_eq!(log.matches("exchange-closed").count(), 1, "{log}");
}

/// A catalogue of before it was laid out, beside a log that knows that it was.
#[test]
fn a_restored_catalogue_does_not_lay_it_out_again() {
    let mut scene = Scene::new();
    let outbound = scene.outbound_directory(OSLO);
    fs::remove_dir(&outbound).unwrap();
    let id = scene.send_without_waiting(HOSPITAL, inquiry(1));
    scene.stop();
    let state = scene.state_directory();
    // SQLite keeps what it has not brought into the first yet in the second.
    let catalogue = ["catalogue.db", "catalogue.db-wal"].map(|name| {
        let (file, copy) = (state.join(name), state.join(format!("{name}.copy")));
        let _ = fs::copy(&file, &copy);
        (file, copy)
    });
    fs::create_dir(&outbound).unwrap();
    scene.start();
    until("it lies there", || scene.outbound(OSLO).len() == 1);
    until("it is on record", || scene.log().contains("dispatch-published"));
    fs::remove_file(&scene.outbound(OSLO)[0]).unwrap();
    scene.stop();
    for (file, copy) in catalogue {
        let _ = fs::remove_file(&file);
        let _ = fs::copy(copy, file);
    }
    scene.start();
    dispatch::round(&scene.house()).unwrap();
    assert!(scene.outbound(OSLO).is_empty(), "the district has it");
    assert!(scene.exchange(id).sent_at.is_some());
    assert_eq!(scene.log().matches("dispatch-published").count(), 1);
}

#[test]
fn what_the_addressee_took_away_is_not_laid_out_again() {
    let mut scene = Scene::new();
    scene.send(HOSPITAL, inquiry(1));
    let files = scene.outbound(OSLO);
    fs::remove_file(&files[0]).unwrap();
    dispatch::round(&scene.house()).unwrap();
    assert!(scene.outbound(OSLO).is_empty());
    scene.at("2027-03-01T00:00:00Z");
    let house = scene.house();
    erase::run(&house, house.now(), true).unwrap();
    assert!(scene.alarms().is_empty(), "{:?}", scene.alarms());
}

#[test]
fn a_notice_goes_at_once_and_expects_no_reply() {
    let mut scene = Scene::new();
    let row = scene.send(HOSPITAL, notice(1));
    assert_eq!(row.verdict, Some(Verdict::Accepted), "{:?}", row.findings);
    assert_eq!(scene.outbound(OSLO).len(), 1);
    let exchange = scene.exchange(row.id);
    assert_eq!((exchange.form.as_str(), exchange.state), ("notice", ExchangeState::Closed));
    assert!(exchange.sent_at.is_some() && exchange.needed_by.is_none());
    assert!(scene.log().contains(r#""event":"notified""#));
}

#[test]
fn a_directory_that_refuses_has_an_alarm_and_gets_its_file_later() {
    let mut scene = Scene::new();
    let outbound = scene.outbound_directory(OSLO);
    let aside = outbound.with_extension("aside");
    fs::rename(&outbound, &aside).unwrap();
    let row = scene.send_without_waiting(HOSPITAL, inquiry(1));
    until("an alarm", || scene.alarms().contains(&("dispatch-owed".into(), OSLO.into())));
    assert_eq!(scene.exchange(row).sent_at, None);
    fs::rename(&aside, &outbound).unwrap();
    dispatch::round(&scene.house()).unwrap();
    assert_eq!(scene.outbound(OSLO).len(), 1);
    assert!(scene.alarms().is_empty(), "{:?}", scene.alarms());
}

/// However many wait for a directory that refuses them, another district gets its own.
#[test]
fn many_that_one_directory_refuses_keep_nobody_elses_waiting() {
    let mut scene = Scene::new();
    let outbound = scene.outbound_directory(OSLO);
    let aside = outbound.with_extension("aside");
    fs::rename(&outbound, &aside).unwrap();
    // One more than are read at once, and they are the oldest.
    let many = 501;
    scene.send_many(HOSPITAL, (1..=many).map(inquiry));
    let to_vest = inquiry(many + 1).replace("police_district=\"oslo\"", "police_district=\"vest\"");
    scene.send_without_waiting(HOSPITAL, to_vest);
    until("the other district's", || scene.outbound(VEST).len() == 1);
    fs::rename(&aside, &outbound).unwrap();
    dispatch::round(&scene.house()).unwrap();
    assert_eq!(scene.outbound(OSLO).len(), 501);
    // The same when they are taken away: what cannot be is a directory in a file's place.
    for file in scene.outbound(OSLO) {
        fs::remove_file(&file).unwrap();
        fs::create_dir(file).unwrap();
    }
    scene.at("2027-02-19T23:00:00Z");
    let house = scene.house();
    erase::run(&house, house.now(), true).unwrap();
    dispatch::round(&house).unwrap();
    assert!(scene.outbound(VEST).is_empty(), "it can be read past its deadline");
    assert_eq!(scene.outbound(OSLO).len(), 501);
}
