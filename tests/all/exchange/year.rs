//! A whole year in simulated time: lists, annual submissions, releases, requests, replies and
//! decisions come and go, and a sweep runs every morning. What the plan foretold the evening before
//! is what the sweep did, and at every step what is past its deadline opens for nobody (I4), while
//! what is not opens still (I1).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read as _,
};

use filsluse::{
    admin::{self, Request, shapes::retention::Planned},
    audit::entry::{Entry, Event},
    catalogue::{
        error::CatalogueError,
        read_with,
        records::objects::{Object, ObjectFilter, ObjectState, TaskDone},
        sqlite::SqliteCatalogue,
        transact_with,
    },
    pipeline::{police::decide_reply, upkeep::erase},
    retention::{certificate::tally::Scope, hold, swept::Outcome},
    seal::identity::{Identity, open},
    types::{
        ids::{ObjectId, RegistryId, SubmissionId},
        rule::Language,
        verdict::Verdict,
    },
};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use super::scene::{HOSPITAL, OSLO, Scene, guid, inquiry, reply};
use crate::{
    engine::LIST,
    kpr::document::annual,
    npr::bench::Table,
    support::keyed::{copy_all, with_keys},
};

/// The day on which every scene begins.
const FIRST: Date = jiff::civil::date(2026, 11, 21);
const DAYS: i32 = 380;

#[test]
fn a_whole_year_in_simulated_time() {
    let mut year = Year::new();
    let mut swept = 0;
    for number in 0..DAYS {
        let day = FIRST.checked_add(number.days()).unwrap();
        let morning = moment(day, 3);
        let planned = year.plan(morning);
        year.scene.at(&morning.to_string());
        let did = year.sweep(morning);
        assert_eq!(did, planned, "what was foretold for {day} is what happened");
        swept += did.len();
        year.nothing_past_its_deadline_opens(morning);
        year.scene.at(&moment(day, 12).to_string());
        year.live(number, day);
        if number % 60 == 59 {
            year.keep_a_backup();
        }
    }
    assert!(swept > 20, "only {swept} were erased");
    year.no_backup_opens_what_was_erased();
    year.the_log_and_the_certificate_tell_it_all();
}

struct Year {
    scene: Scene,
    identities: Vec<Identity>,
    /// Requests that are answered in some days, by their number.
    replies_due: BTreeMap<i32, (u32, SubmissionId)>,
    /// Replies that are decided in some days; those that nobody decides on are not in here.
    decisions_due: BTreeMap<i32, (SubmissionId, bool)>,
    held: Vec<(i32, ObjectId)>,
    holds: u64,
    backups: Vec<tempfile::TempDir>,
    seen_open: BTreeSet<ObjectId>,
    erased: BTreeSet<ObjectId>,
}

impl Year {
    fn new() -> Self {
        let scene = Scene::new();
        let mut identities = Vec::new();
        let registries = fs::read_dir(&scene.layout.registry_keys).unwrap();
        let files = registries.map(|entry| entry.unwrap().path()).chain([scene.identity(OSLO)]);
        for file in files {
            let text = fs::read_to_string(file).unwrap();
            identities.extend(Identity::parse(&text).ok());
        }
        assert!(identities.len() >= 5, "{}", identities.len());
        Self {
            scene,
            identities,
            replies_due: BTreeMap::new(),
            decisions_due: BTreeMap::new(),
            held: Vec::new(),
            holds: 0,
            backups: Vec::new(),
            seen_open: BTreeSet::new(),
            erased: BTreeSet::new(),
        }
    }

    /// What `retention plan` says will be erased until then, but for what is held beyond it.
    fn plan(&self, until: Timestamp) -> BTreeSet<(String, Timestamp, String)> {
        let request = Request::RetentionPlan { until: Some(until), limit: None };
        let answer = admin::answer(&self.scene.house(), &request, "root").unwrap();
        let rows: Vec<Planned> = serde_json::from_value(answer).unwrap();
        let goes = |row: &Planned| !row.held || row.statutory_limit.is_some_and(|at| at <= until);
        rows.into_iter().filter(goes).map(|row| (row.object, row.due_at, row.rule)).collect()
    }

    fn sweep(&mut self, now: Timestamp) -> BTreeSet<(String, Timestamp, String)> {
        let swept = erase::run(&self.scene.house(), now, false).unwrap();
        assert!(swept.iter().all(|one| one.outcome == Outcome::Erased), "{swept:?}");
        let did = swept.into_iter().map(|one| one.planned);
        did.map(|did| (did.object.to_text(), did.due_at, did.rule)).collect()
    }

    /// I4 and I1, for everything that there ever was.
    fn nothing_past_its_deadline_opens(&mut self, now: Timestamp) {
        for object in self.scene.look(|view| view.objects(&ObjectFilter::default())) {
            let limited = object.statutory_limit.is_some_and(|limit| limit <= now);
            let due = object.due_at.is_some_and(|due| due <= now);
            let past = limited || (due && object.state != ObjectState::Held);
            if past || object.state == ObjectState::Erased {
                assert!(!self.opens(&object), "{} is past its deadline", object.id);
                self.erased.insert(object.id);
            } else if self.seen_open.insert(object.id.clone()) || now.as_second() % 7 == 0 {
                assert!(self.opens(&object), "{} opens for nobody", object.id);
            }
        }
    }

    /// Whether anybody who has an identity gets it open.
    fn opens(&self, object: &Object) -> bool {
        let house = self.scene.house();
        let header = read_with(&mut **house.catalogue(), |view| view.header(&object.id)).unwrap();
        let payload = house.store(&object.id.registry).unwrap().open(&object.id);
        let (Some(header), Ok(mut payload)) = (header, payload) else { return false };
        let mut bytes = Vec::new();
        payload.read_to_end(&mut bytes).unwrap();
        self.identities.iter().any(|identity| {
            let opened = open(header.clone(), bytes.as_slice(), identity);
            opened.is_ok_and(|mut plain| plain.read_to_end(&mut Vec::new()).is_ok())
        })
    }

    /// What comes and is decided on a day. The same every time.
    fn live(&mut self, number: i32, day: Date) {
        if number % 40 == 5 {
            let list = LIST
                .replace("list_id=\"1\"", &format!("list_id=\"{number}\""))
                .replace("2026-11-02", &day.to_string());
            let row = self.scene.send("embassy-xex", list);
            assert_eq!(row.verdict, Some(Verdict::Partly), "{:?}", row.findings);
        }
        if number % 120 == 10 {
            // The same year again takes the place of the one before, a year of its own does not.
            let document = format!("{}<!-- {number} -->\n", annual(2017, "0301").write());
            let row = self.scene.send("oslo", document);
            assert_eq!(row.verdict, Some(Verdict::Accepted), "{:?}", row.findings);
        }
        if number % 100 == 15 {
            let mut table = Table::new();
            // 2021's five years end within this one; 2025's task is done in its course.
            let year = if number < 100 { "2021" } else { "2025" };
            table.line("operating_year", year).set(0, "liggetid", &(number / 100 + 1).to_string());
            let rows = table.rows.len();
            for row in 0..rows {
                let month = 3 + row;
                table.set(row, "innDato", &format!("{year}-{month:02}-01"));
            }
            let row = self.scene.send("npr", table.write());
            // "Nothing more is taken for the year" once its task is done (NPR-05).
            let refused = row.verdict == Some(Verdict::Rejected);
            assert_eq!(refused, number > 300, "{:?}", row.findings);
        }
        if number == 300 {
            self.task_done(2025, moment(day, 12));
        }
        self.police(number, day);
        self.hold(number, moment(day, 12));
    }

    fn police(&mut self, number: i32, day: Date) {
        let count = u32::try_from(number).unwrap();
        if number % 55 == 20 {
            let text = inquiry(count)
                .replace("2026-11-28", &day.checked_add(7.days()).unwrap().to_string())
                .replace("2026-11-20", &day.yesterday().unwrap().to_string());
            let row = self.scene.send(HOSPITAL, text);
            assert_eq!(row.verdict, Some(Verdict::Accepted), "{:?}", row.findings);
            self.replies_due.insert(number + 4, (count, row.id));
        }
        if let Some((asked, _)) = self.replies_due.remove(&number) {
            let text = reply(count, asked, "oslo").replace("2026-11-21", &day.to_string());
            let row = self.scene.send(OSLO, text);
            assert_eq!(row.verdict, Some(Verdict::Accepted), "{:?} {}", row.findings, guid(asked));
            // Each third waits until it expires.
            if asked % 3 != 0 {
                self.decisions_due.insert(number + 6, (row.id, asked % 3 == 1));
            }
        }
        if let Some((reply, relevant)) = self.decisions_due.remove(&number) {
            let done = decide_reply::decide(&self.scene.house(), reply, relevant, "Overlege Ås");
            assert!(done.unwrap().erased);
        }
    }

    /// Holds something a while past its deadline.
    fn hold(&mut self, number: i32, now: Timestamp) {
        let house = self.scene.house();
        if number % 90 == 50 {
            let newest = self.scene.look(|view| view.objects(&ObjectFilter::default()));
            let lives = newest.into_iter().find(|one| one.state == ObjectState::Stored);
            let Some(object) = lives else { return };
            transact_with(&mut **house.catalogue(), |ledger| {
                hold::hold(ledger, &object.id, "inquiry", now)
            })
            .unwrap();
            self.held.push((number + 100, object.id));
            self.holds += 1;
        }
        while let Some(at) = self.held.iter().position(|(until, _)| *until == number) {
            let (_, id) = self.held.remove(at);
            let freed =
                transact_with(&mut **house.catalogue(), |ledger| hold::release(ledger, &id, now));
            // What a statute let nobody hold is gone.
            assert!(freed.is_ok() || self.erased.contains(&id), "{freed:?}");
        }
    }

    fn task_done(&self, operating_year: i16, now: Timestamp) {
        let house = self.scene.house();
        let registry = RegistryId::parse("hdir-finansiering").unwrap();
        let done = TaskDone {
            registry,
            operating_year,
            done_at: now,
            done_by: "Helsedirektoratet".into(),
        };
        transact_with(&mut **house.catalogue(), |ledger| {
            ledger.end_task(&done, now, "task-done + P0D").map(drop)
        })
        .unwrap_or_else(|error: CatalogueError| panic!("{error}"));
    }

    fn keep_a_backup(&mut self) {
        let copy = tempfile::tempdir().unwrap();
        let state = &self.scene.layout.places.state_dir;
        copy_all(&state.join("store"), &copy.path().join("store"));
        for name in ["catalogue.db", "catalogue.db-wal"] {
            drop(fs::copy(state.join(name), copy.path().join(name)));
        }
        self.backups.push(copy);
    }

    /// Whatever day's backup is restored: with the keys of today nothing that was erased since has
    /// a header.
    fn no_backup_opens_what_was_erased(&self) {
        let keys = self.scene.layout.places.header_keys();
        let mut tried = 0;
        for backup in &self.backups {
            let catalogue = SqliteCatalogue::open(&backup.path().join("catalogue.db")).unwrap();
            let mut catalogue = with_keys(catalogue, &keys);
            for id in &self.erased {
                let had = read_with(&mut catalogue, |view| view.object(id)).unwrap();
                if had.is_none_or(|object| object.header_erased_at.is_some()) {
                    continue;
                }
                let header = read_with(&mut catalogue, |view| view.header(id));
                assert!(matches!(header, Err(CatalogueError::HeaderKey(_))), "{id}: {header:?}");
                tried += 1;
            }
        }
        assert!(tried > 10, "only {tried} headers were in a backup");
    }

    fn the_log_and_the_certificate_tell_it_all(&self) {
        let house = self.scene.house();
        let scope = Scope::default();
        let made = admin::certify::certificate(&house, &scope, Language::En).unwrap();
        let certified: u64 = made
            .erased
            .iter()
            .filter(|line| !line.rule.starts_with("withdrawal"))
            .map(|line| line.number)
            .sum();
        assert_eq!(certified, self.erased.len() as u64);
        // Nothing but what somebody held went late.
        let late: u64 = made.erased.iter().map(|line| line.late).sum();
        assert!((1..=self.holds).contains(&late), "{:?}", made.erased);
        let entries = self.scene.log();
        let entries = entries.lines().filter_map(|line| Entry::parse(line.as_bytes()));
        let keys = entries.filter(|entry| entry.event == Event::MonthKeyDestroyed).count();
        assert_eq!(made.keys.len(), keys);
        let year = Scope { operating_year: Some(2025), ..Scope::default() };
        let made = admin::certify::certificate(&house, &year, Language::Nb).unwrap();
        assert!(made.erased.iter().all(|line| line.rule == "task-done + P0D"), "{:?}", made.erased);
        assert!(!made.erased.is_empty() && !made.keys.is_empty());
        assert!(made.note.contains("§ 3-3"), "{}", made.note);
    }
}

fn moment(day: Date, hour: i8) -> Timestamp {
    let zone = TimeZone::get("Europe/Oslo").unwrap();
    day.at(hour, 0, 0, 0).to_zoned(zone).unwrap().timestamp()
}
