//! `kill -9` at every step between a request's receipt and the erasure of its reply: after a
//! restart each file lies there once, each thing is on record once, and what was decided is erased.

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::process::ExitStatusExt,
};

use filsluse::{
    catalogue::{
        self,
        records::{
            objects::ObjectFilter,
            police::{Exchange, ExchangeFilter, ExchangeState, PoliceReply},
        },
        sqlite::SqliteCatalogue,
    },
    daemon::open,
    types::{ids::Part, verdict::State},
};
use jiff::{civil::Date, tz::TimeZone};

use super::scene::{HOSPITAL, OSLO, inquiry_on, lay_out, reply_on, run, stock_age};
use crate::{
    resilience::invariants::{audit_holds, entries},
    support::{child_daemon::Daemon, in_process::house, installation::Installation},
};

#[test]
fn killed_while_it_lays_out_and_decides() {
    for point in ["dispatch-published", "dispatch-recorded"] {
        for passage in [1, 2] {
            assert!(
                life(&format!("{point}:{passage}"), true),
                "{point}:{passage} was never passed"
            );
        }
    }
    for point in
        ["reply-decided", "erase-header", "erase-scrubbed", "erase-payload", "erase-recorded"]
    {
        assert!(life(point, true), "{point} was never passed");
    }
}

#[test]
fn killed_while_it_erases_what_is_not_relevant() {
    for point in
        ["reply-decided", "erase-header", "erase-scrubbed", "erase-payload", "erase-recorded"]
    {
        assert!(life(point, false), "{point} was never passed");
    }
}

/// A request whose deadline has come: its copy in the outbound directory is removed.
#[test]
fn killed_while_it_removes_a_copy() {
    for point in ["erase-header", "erase-recorded", "dispatch-removed"] {
        let installation = installation();
        let mut daemon = installation.start(&[]);
        assert!(daemon.ready(), "{}", daemon.words());
        installation.upload(HOSPITAL, "a.xml", inquiry_on(1, today()));
        let laid_out = || outbound(&installation, OSLO).len() == 1 && settled(&installation, 1);
        assert!(daemon.until("the request", laid_out));
        assert!(daemon.stop().success());
        due_now(&installation);

        let mut daemon = installation.start(&[("FILSLUSE_FAIL_POINT", point)]);
        assert_eq!(daemon.ended().signal(), Some(9), "{point} was never passed");
        let mut daemon = installation.start(&[]);
        assert!(daemon.ready());
        daemon.until("the removal", || outbound(&installation, OSLO).is_empty());
        let closed = || story(&installation).0.unwrap().state == ExchangeState::Closed;
        daemon.until("the end", closed);
        assert!(daemon.stop().success());
        let log = entries(&installation);
        assert_eq!(log.matches("\"dispatch-removed\"").count(), 1, "{point}");
        assert_eq!(log.matches("\"exchange-closed\"").count(), 1, "{point}");
        audit_holds(point, &installation, &BTreeSet::new());
    }
}

/// Lets the deadline of what was sent come, as if ninety days had passed.
fn due_now(installation: &Installation) {
    let (_lock, house) = house(installation.config());
    let now = house.now();
    let mut catalogue = house.catalogue();
    catalogue::transact_with(&mut **catalogue, |ledger| {
        let objects = ledger.objects(&ObjectFilter::default())?;
        let sent = objects.iter().find(|object| object.id.part == Part::Request).unwrap();
        ledger.set_due(&sent.id, Some(now), "received + P90D")?;
        Ok::<_, catalogue::error::CatalogueError>(())
    })
    .unwrap();
}

fn today() -> Date {
    open::system_clock()().to_zoned(TimeZone::get("Europe/Oslo").unwrap()).date()
}

fn installation() -> Installation {
    let installation = Installation::new();
    lay_out(&installation.layout, installation.path());
    installation
}

/// From the request to the end of its reply, with a daemon that kills itself at `place` and one
/// that takes up what it left. Says whether the first one was killed.
fn life(place: &str, relevant: bool) -> bool {
    let case = format!("{place}, relevant: {relevant}");
    let installation = installation();
    let mut killed = false;
    let mut daemon = installation.start(&[("FILSLUSE_FAIL_POINT", place)]);
    assert!(daemon.ready(), "{case}");
    let mut step = |daemon: &mut Daemon, what: &str, done: &dyn Fn() -> bool| {
        if !daemon.until(what, done) || !alive(daemon) {
            assert_eq!(daemon.ended().signal(), Some(9), "{case}: {}", daemon.words());
            killed = true;
            *daemon = installation.start(&[]);
            assert!(daemon.ready(), "{case}: {}", daemon.words());
            assert!(daemon.until(what, done), "{case}: {}", daemon.words());
        }
    };
    installation.upload(HOSPITAL, "a.xml", inquiry_on(1, today()));
    step(&mut daemon, "the request", &|| {
        settled(&installation, 1) && story(&installation).0.is_some_and(|row| row.sent_at.is_some())
    });
    installation.upload(OSLO, "b.xml", reply_on(2, 1, "oslo", today()));
    step(&mut daemon, "the reply", &|| settled(&installation, 2));
    let word = if relevant { "--relevant" } else { "--not-relevant" };
    let id = story(&installation).1.unwrap().submission.to_string();
    run(&installation.layout, &["police", "decide", &id, word, "--by", "Ås"], "");
    step(&mut daemon, "the end", &|| {
        let (exchange, reply) = story(&installation);
        let gone = installation
            .books()
            .objects
            .iter()
            .all(|object| object.id.submission.to_string() != id || object.erased_at.is_some());
        let delivered = reply.is_some_and(|reply| reply.delivered_at.is_some() == relevant);
        gone && delivered && exchange.is_some_and(|row| row.state == ExchangeState::Closed)
    });
    daemon.until("a written log", || installation.books().owed_to_the_log == 0);
    let words = daemon.words();
    assert!(daemon.stop().success(), "{case}: {words}");

    let sent = outbound(&installation, OSLO);
    assert_eq!(sent.len(), 1, "{case}: {:?}", sent.keys());
    let (name, _) = sent.first_key_value().unwrap();
    let file = installation.outbound(OSLO).join(name);
    assert!(stock_age(&file, &installation.path().join(OSLO)).is_some(), "{case}");
    assert_eq!(outbound(&installation, HOSPITAL).len(), usize::from(relevant), "{case}");
    let log = entries(&installation);
    for (event, count) in [
        ("decided", 1),
        ("inquired", 1),
        ("reply-received", 1),
        ("dispatch-published", 1 + usize::from(relevant)),
        ("object-erased", 1),
    ] {
        let found = log.matches(&format!("\"event\":\"{event}\"")).count();
        assert_eq!(found, count, "{case}: {event}");
    }
    audit_holds(&case, &installation, &BTreeSet::new());
    let before = still(&installation);
    let mut daemon = installation.start(&[]);
    assert!(daemon.ready());
    assert!(daemon.stop().success());
    assert_eq!(before, still(&installation), "{case}: a second restart changed something");
    killed
}

/// A daemon that kills itself right after what was waited for may not have ended in that instant.
fn alive(daemon: &mut Daemon) -> bool {
    let begin = std::time::Instant::now();
    let moment = std::time::Duration::from_millis(300);
    daemon.until("a moment", || begin.elapsed() >= moment);
    daemon.is_running()
}

/// Whether so many submissions have come to their end.
fn settled(installation: &Installation, count: usize) -> bool {
    let rows = installation.books().submissions;
    rows.len() == count && rows.iter().all(|row| row.state == State::Done)
}

/// The one request, and its reply.
fn story(installation: &Installation) -> (Option<Exchange>, Option<PoliceReply>) {
    let mut catalogue =
        SqliteCatalogue::open_read_only(&installation.places().catalogue()).unwrap();
    catalogue::read_with(&mut catalogue, |view| {
        let exchange = view.exchanges(&ExchangeFilter::default())?.pop();
        let reply = match &exchange {
            Some(exchange) => view.replies_to(&exchange.id)?.pop(),
            None => None,
        };
        Ok::<_, catalogue::error::CatalogueError>((exchange, reply))
    })
    .unwrap()
}

/// What lies in an outbound directory beside the receipts.
fn outbound(installation: &Installation, sender: &str) -> BTreeMap<String, Vec<u8>> {
    let mut found = installation.receipts(sender);
    found.retain(|name, _| !name.contains(".receipt."));
    found
}

type Still = (crate::support::installation::Books, [BTreeMap<String, Vec<u8>>; 2], String);

fn still(installation: &Installation) -> Still {
    let outbound = [HOSPITAL, OSLO].map(|sender| installation.receipts(sender));
    (installation.books(), outbound, format!("{:?}", story(installation)))
}
