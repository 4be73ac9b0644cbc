//! A catalogue of every schema version that was ever released is kept for ever, and opens.
//!
//! A new version needs its fixture: `FILSLUSE_WRITE_FIXTURE=1 cargo test kept_catalogues` writes
//! the one of the version that this program makes. It never touches an older one.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use filsluse::{
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        read_with,
        records::{
            objects::{Object, ObjectFilter, ObjectState},
            operations::{Alarm, Installation, SenderSeen},
            reports::{AnnualSubmission, Notification},
            submissions::{Submission, SubmissionFilter},
        },
        sqlite::SqliteCatalogue,
        transact_with,
        view::View,
    },
    types::{guid::Guid, ids::Part, verdict::State},
};

use rusqlite::Connection;

use super::sample::{
    annual, answered, at, chain, claimed, enrolment, event, held, id, last_list, mission,
    notification, object, oslo, person, registry, sender, withdrawn,
};

#[test]
fn kept_catalogues_open_and_read() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let fresh = dir.path().join("fresh.db");
    let mut catalogue = SqliteCatalogue::open(&fresh).expect("a fresh catalogue");
    let newest = read_with(&mut catalogue, |view| view.schema_version()).expect("a version");
    transact_with(&mut catalogue, fill).expect("filled");
    read_with(&mut catalogue, |view| check(view, newest)).expect("what was filled reads back");
    drop(catalogue);
    if env::var_os("FILSLUSE_WRITE_FIXTURE").is_some() && !kept(newest).exists() {
        fs::copy(&fresh, kept(newest)).expect("a fixture");
    }
    for version in 1..=newest {
        assert!(kept(version).exists(), "the fixture of version {version} is missing");
        let copy = dir.path().join(format!("v{version}.db"));
        fs::copy(kept(version), &copy).expect("copied");
        let mut catalogue = SqliteCatalogue::open(&copy).expect("an old catalogue opens");
        read_with(&mut catalogue, |view| check(view, version)).expect("an old catalogue reads");
        let now = read_with(&mut catalogue, |view| view.schema_version()).expect("a version");
        assert_eq!(now, newest, "version {version} was migrated");
        drop(catalogue);
        SqliteCatalogue::open_read_only(&copy).expect("the migrated one can be looked at");
        // Also fails when somebody edits a migration that has been released.
        assert_eq!(schema(&copy), schema(&fresh), "version {version} ends in the newest schema");
    }
}

/// Before version 7 each sender had a sequence of its own for a municipality.
#[test]
fn of_several_senders_sequences_the_one_with_the_highest_number_goes_on() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let copy = dir.path().join("v6.db");
    fs::copy(kept(6), &copy).expect("copied");
    let plain = Connection::open(&copy).expect("opened");
    for (other, number) in [("higher", 30), ("lower", 2)] {
        let sql = "INSERT INTO report_chains SELECT ?1, municipality, ?2, last_guid, submission \
                   FROM report_chains WHERE last_number = 7";
        plain.execute(sql, rusqlite::params![other, number]).expect("a sequence more");
    }
    drop(plain);
    let mut catalogue = SqliteCatalogue::open(&copy).expect("an old catalogue opens");
    let kept = read_with(&mut catalogue, |view| view.report_chain(oslo())).expect("a sequence");
    assert_eq!(
        kept,
        Some(filsluse::catalogue::records::reports::ReportChain { last_number: 30, ..chain(1, 7) })
    );
}

fn schema(path: &Path) -> Vec<(String, Option<String>)> {
    let plain = Connection::open(path).expect("opened");
    let mut tables =
        plain.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").expect("prepared");
    let rows = tables.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("asked");
    rows.map(|row| row.expect("a row")).collect()
}

fn kept(version: u32) -> PathBuf {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/catalogue");
    dir.join(format!("v{version}.db"))
}

/// At least one row of everything.
fn fill(ledger: &mut dyn Ledger) -> Result<(), CatalogueError> {
    ledger.set_installation(&Installation { id: "utopia-1".into(), created_at: at(0) })?;
    ledger.add_submission(&reported(2))?;
    ledger.add_submission(&Submission { duplicate_of: Some(id(1)), ..claimed(2) })?;
    ledger.add_event(&event(1, 2, "claimed"))?;
    ledger.add_object(&object(1, Part::Whole), &[7; 600])?;
    ledger.add_object(&object(1, Part::Difference), &[8; 100])?;
    ledger.erase_header(&object(1, Part::Difference).id, at(60))?;
    ledger.object_erased(&object(1, Part::Difference).id, at(61))?;
    ledger.put_enrolment(&enrolment("UT", 1, 1))?;
    ledger.put_enrolment(&withdrawn("UT", 2, 1))?;
    ledger.put_mission(&last_list("UT", 1))?;
    ledger.hold_withdrawals(&held("UT", 1))?;
    ledger.queue_audit(&mut |_| b"written".to_vec())?;
    ledger.outbox_written(0)?;
    ledger.queue_audit(&mut |_| b"waiting".to_vec())?;
    ledger.raise_alarm("overdue", "fastlege", at(5), Some("detail"))?;
    ledger.sender_seen(&sender(), at(1))?;
    ledger.put_report_chain(&chain(1, 7))?;
    ledger.add_notifications(&sender(), id(1), &vec![notification(1)])?;
    ledger.add_notifications(&sender(), id(2), &many())?;
    ledger.add_annual(&annual(1, 2017))?;
    ledger.add_annual(&annual(2, 2017))?;
    ledger.supersede(&annual(1, 2017), id(2), at(50))?;
    ledger.add_persons(&registry(), 2016, id(1), 1, &vec![ADA])
}

/// So many that they are packed.
fn many() -> Vec<Notification> {
    let one = |n: u128| Notification { guid: Guid((n << 100).to_be_bytes()), ..notification(1) };
    (1..2200).map(one).collect()
}

/// What came with version 4.
fn check_packed(view: &dyn View) -> Result<(), CatalogueError> {
    for notification in many().into_iter().step_by(100) {
        assert_eq!(view.notification(&sender(), &notification.guid)?, Some(notification));
    }
    Ok(())
}

/// What came with version 2.
fn check_reports(view: &dyn View, version: u32) -> Result<(), CatalogueError> {
    assert_eq!(view.report_chain(oslo())?, Some(chain(1, 7)));
    assert_eq!(view.notification(&sender(), &Guid([1; 16]))?, Some(notification(1)));
    let gone = AnnualSubmission { superseded: Some((id(2), at(50))), ..annual(1, 2017) };
    // Before version 6 nobody kept which document it was; the objects of the first one tell.
    let document = u32::from(version >= 6);
    let second = AnnualSubmission { document, ..annual(2, 2017) };
    assert_eq!(view.annual_submissions(oslo(), 2017)?, [second, gone]);
    assert_eq!(view.linked_persons(&registry(), 1, &[ADA], 2017)?, 1);
    Ok(())
}

/// The first submission as a version keeps it.
fn reported(version: u32) -> Submission {
    let report = (version > 1).then(|| serde_json::json!({"identifiers": {"fnr": 12}}));
    Submission { report, ..answered(1) }
}

/// The first 64 bits of her pseudonym.
const ADA: u64 = 0x0505_0505_0505_0505;

fn check(view: &dyn View, version: u32) -> Result<(), CatalogueError> {
    if version > 1 {
        check_reports(view, version)?;
    }
    if version > 3 {
        check_packed(view)?;
    }

    let ours = Installation { id: "utopia-1".into(), created_at: at(0) };
    assert_eq!(view.installation()?, Some(ours));
    let second = Submission { duplicate_of: Some(id(1)), ..claimed(2) };
    assert_eq!(
        view.submissions(&SubmissionFilter::default())?,
        [second.clone(), reported(version)]
    );
    assert_eq!(view.unfinished()?, [reported(version), second]);
    assert_eq!(answered(1).state, State::Answered);
    assert_eq!(view.events(id(1))?, [event(1, 2, "claimed")]);
    let erased = Object {
        state: ObjectState::Erased,
        header_erased_at: Some(at(60)),
        erased_at: Some(at(61)),
        ..object(1, Part::Difference)
    };
    assert_eq!(view.objects(&ObjectFilter::default())?, [erased, object(1, Part::Whole)]);
    assert_eq!(view.header(&object(1, Part::Whole).id)?, Some(vec![7; 600]));
    assert_eq!(view.header(&object(1, Part::Difference).id)?, None);
    assert_eq!(view.enrolled(&registry(), &mission("UT"))?, [enrolment("UT", 1, 1)]);
    assert_eq!(view.enrolments_of(&registry(), &person(2))?, [withdrawn("UT", 2, 1)]);
    assert_eq!(view.missions()?, [last_list("UT", 1)]);
    assert_eq!(view.pending_withdrawals()?, [held("UT", 1)]);
    let waiting = view.outbox(9)?;
    assert_eq!(waiting.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1]);
    assert_eq!((waiting[0].bytes.as_slice(), view.next_audit_seq()?), (b"waiting".as_slice(), 2));
    let alarm = Alarm {
        code: "overdue".into(),
        subject: "fastlege".into(),
        since: at(5),
        detail: Some("detail".into()),
    };
    assert_eq!(view.alarms()?, [alarm]);
    let seen = SenderSeen { sender: sender(), last_received_at: at(1), count: 1 };
    assert_eq!(view.senders_seen()?, [seen]);
    Ok(())
}
