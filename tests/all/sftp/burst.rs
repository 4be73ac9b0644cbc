//! Many files at once, and a daemon that is stopped or killed while they come: nothing is lost and
//! nothing is taken twice.

use std::{collections::BTreeSet, thread};

use filsluse::types::verdict::Evidence;

use super::{
    accounts::may_run,
    installation::{Installation, Spec},
    lists,
};
use crate::support::wait::{SOON, until_so};

#[test]
fn twenty_thousand_files_in_one_burst() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[Spec::new("xex", Evidence::Structure)]);
    let daemon = site.program.start();
    put_while(&site, 20_000, || {});
    all_taken_once(&site, 20_000);
    daemon.stop();
    site.silent_about(&[".xml"]);
}

#[test]
fn a_stop_in_the_middle_drains_and_the_next_start_takes_the_rest() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[Spec::new("xex", Evidence::Structure)]);
    let mut daemon = Some(site.program.start());
    put_while(&site, 1500, || {
        for receipts in [50, 400, 800] {
            until_so("some receipts", SOON, || site.answered("xex") >= receipts);
            daemon.take().unwrap().stop();
            // What it had begun it has ended: every text has its AppRec (looked at in `receipts`),
            // and nothing of a receipt in the making is left.
            let answered = site.receipts("xex").len();
            assert!(answered >= receipts);
            daemon = Some(site.program.start());
        }
    });
    all_taken_once(&site, 1500);
    daemon.take().unwrap().stop();
}

#[test]
fn a_crash_in_the_middle_loses_nothing_and_repeats_nothing() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[Spec::new("xex", Evidence::Structure)]);
    let mut daemon = Some(site.program.start());
    put_while(&site, 1500, || {
        for receipts in [20, 300, 600, 900] {
            until_so("some receipts", SOON, || site.answered("xex") >= receipts);
            daemon.take().unwrap().kill();
            daemon = Some(site.program.start());
        }
    });
    all_taken_once(&site, 1500);
    daemon.take().unwrap().stop();
}

/// As many as a large mission has; each list is about one of them in turn.
const PEOPLE: u32 = 250;

/// Puts so many different lists by one `sftp` session, and does something meanwhile.
fn put_while(site: &Installation, count: u32, meanwhile: impl FnOnce()) {
    for n in 0..count {
        site.local(&format!("{n:05}.xml"), lists::xml("XEX", &format!("b{n}"), n % PEOPLE, 1));
    }
    let client = site.client("xex");
    let from = site.local_dir("local");
    thread::scope(|scope| {
        let putting =
            scope.spawn(|| client.sftp(&format!("put {}/*.xml inbound/\n", from.display())));
        meanwhile();
        putting.join().unwrap();
    });
}

/// One receipt, one submission and one object for each file, each about another file.
fn all_taken_once(site: &Installation, count: u32) {
    let count = count as usize;
    let receipts = site.exactly("xex", count);
    for receipt in &receipts {
        assert_eq!(receipt.headline(), "ACCEPTED", "{}", receipt.text);
    }
    let distinct = |of: fn(&super::installation::Receipt) -> &String| {
        receipts.iter().map(of).collect::<BTreeSet<_>>().len()
    };
    assert_eq!(distinct(|receipt| &receipt.of), count);
    assert_eq!(distinct(|receipt| &receipt.submission), count);
    assert_eq!(site.left("xex"), [""; 0]);

    let submissions = site.submissions();
    assert_eq!(submissions.len(), count);
    let mut objects = BTreeSet::new();
    for submission in &submissions {
        assert_eq!(submission["state"], "done", "{submission}");
        for object in submission["objects"].as_array().unwrap() {
            assert!(objects.insert(object.as_str().unwrap().to_owned()), "{object} twice");
        }
    }
    assert_eq!(objects.len(), site.stored(), "every object is somebody's");
    let enrolled = site.program.json(&["enrolment", "list"]);
    assert_eq!(enrolled.as_array().unwrap().len(), count.min(PEOPLE as usize));
    let verified = site.program.json(&["audit", "verify"]);
    assert_eq!(verified["ok"], true, "{verified}");
}
