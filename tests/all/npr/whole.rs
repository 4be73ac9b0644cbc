//! Releases on the whole way: through the engine, the operator's verbs, and the built program with
//! stock `age` and a script that shares no code with it. Needs `age` and `python3`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use filsluse::{
    admin::{self, Fault, Request, shapes::retention::TaskEnded},
    audit::entry::Event,
    catalogue::{
        self,
        error::CatalogueError,
        records::{
            objects::{Object, ObjectFilter, ObjectState},
            submissions::{Submission, SubmissionFilter},
        },
    },
    config::layout::Places,
    daemon::{engine::Engine, open},
    pipeline::{house::House, upkeep::erase},
    retention::hold,
    types::{
        ids::{Part, RegistryId, SenderId},
        verdict::Verdict,
    },
};
use jiff::Timestamp;
use tempfile::TempDir;

use super::bench::Table;
use crate::support::{
    in_process::house_at,
    installation::{Installation, QUICK, configure, files, installation},
    wait::wait_for,
};

/// An installation with a daemon in this process, as NPR sees it, and a clock to move.
struct Station {
    _root: TempDir,
    places: Places,
    engine: Option<Engine>,
    clock: Arc<AtomicI64>,
    answered: usize,
}

impl Station {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let layout = installation(root.path());
        configure(&layout, &QUICK);
        let lines = [
            // What is erased here is erased because somebody asks for it.
            ("sweep-every = \"1h\"", "sweep-every = \"24h\""),
            // However full the machine is that tests.
            ("min-free-disk = \"5%\"", "min-free-disk = \"0.1%\""),
        ];
        configure(&layout, &lines);
        let config = open::load(&layout.main_file()).unwrap();
        let places = config.places.clone();
        // Seconds ahead of the system's clock: one that stands still would let nothing settle.
        let clock = Arc::new(AtomicI64::new(ahead("2026-11-22T10:00:00Z")));
        let (shown, system) = (Arc::clone(&clock), open::system_clock());
        let now = Arc::new(move || {
            system() + jiff::SignedDuration::from_secs(shown.load(Ordering::SeqCst))
        });
        let (lock, house) = house_at(config, now);
        let engine = Engine::start(house.in_simulated_time()).unwrap();
        std::mem::forget(lock);
        Self { _root: root, places, engine: Some(engine), clock, answered: 0 }
    }

    fn move_clock(&self, to: &str) {
        self.clock.store(ahead(to), Ordering::SeqCst);
    }

    fn house(&self) -> Arc<House> {
        self.engine.as_ref().unwrap().shared().house()
    }

    /// Sends a file; gives the receipt for people, the submission and its objects.
    fn send(&mut self, name: &str, bytes: &[u8]) -> (String, Submission, Vec<Object>) {
        let sender = SenderId::parse("npr").unwrap();
        fs::write(self.places.inbound(&sender).join(name), bytes).unwrap();
        self.answered += 2;
        let found = wait_for(&self.places.outbound(&sender), self.answered);
        let receipt = found.iter().find(|path| {
            let found = path.file_name().unwrap().to_string_lossy();
            found.starts_with(name) && found.ends_with(".txt")
        });
        let receipt = fs::read_to_string(receipt.unwrap()).unwrap();
        let house = self.house();
        let (row, objects) = catalogue::read_with(&mut **house.catalogue(), |view| {
            let row = view.submissions(&SubmissionFilter::default())?.remove(0);
            let filter = ObjectFilter { submission: Some(row.id), ..ObjectFilter::default() };
            Ok::<_, CatalogueError>((row, view.objects(&filter)?))
        })
        .unwrap();
        (receipt, row, objects)
    }

    fn object(&self, object: &Object) -> Object {
        let house = self.house();
        catalogue::read_with(&mut **house.catalogue(), |view| view.object(&object.id))
            .map_err(|error: CatalogueError| error)
            .unwrap()
            .unwrap()
    }

    fn alarms(&self) -> Vec<(String, String)> {
        let house = self.house();
        let alarms = catalogue::read_with(&mut **house.catalogue(), |view| view.alarms());
        let alarms = alarms.map_err(|error: CatalogueError| error).unwrap();
        alarms.into_iter().map(|alarm| (alarm.code, alarm.subject)).collect()
    }

    fn ask(&self, request: &Request) -> Result<serde_json::Value, Fault> {
        admin::answer(&self.house(), request, "root")
    }

    fn task_done(&self, operating_year: i16) -> Result<TaskEnded, Fault> {
        let by = Some("Kari".to_owned());
        let answer = self.ask(&Request::TaskDone { registry: registry(), operating_year, by })?;
        Ok(serde_json::from_value(answer).unwrap())
    }

    fn payloads(&self) -> Vec<PathBuf> {
        files(&self.places.store(&registry()))
    }

    fn audited(&self, event: Event) -> usize {
        let house = self.house();
        let log = house.log().unwrap();
        let entries = log.entries(0, usize::try_from(log.size()).unwrap()).unwrap();
        let parsed = entries.iter().map(|e| filsluse::audit::entry::Entry::parse(e).unwrap());
        parsed.filter(|entry| entry.event == event).count()
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        self.engine.take().unwrap().drain();
    }
}

/// Seconds from the system's clock to a time.
fn ahead(to: &str) -> i64 {
    let to: Timestamp = to.parse().unwrap();
    to.as_second() - open::system_clock()().as_second()
}

fn registry() -> RegistryId {
    RegistryId::parse("hdir-finansiering").unwrap()
}

fn example(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/npr").join(name)).unwrap()
}

fn of_year(year: &str) -> Vec<u8> {
    let mut table = Table::new();
    table.line("operating_year", year);
    for row in 0..table.rows.len() {
        table.set(row, "komNrHjem", "0301");
    }
    table.write().into_bytes()
}

/// The files of `examples/npr`, as their README tells.
#[test]
fn the_examples_do_what_their_readme_says() {
    let mut npr = Station::new();
    let (accepted, partly, rejected) = (Verdict::Accepted, Verdict::Partly, Verdict::Rejected);
    let parts = vec![Part::Content, Part::Report];
    for (name, verdict, counts, rules, stored) in [
        ("isf-2025.csv", accepted, (16, 0), vec!["NPR-04"], &parts),
        ("kmf-partly.csv", partly, (4, 2), vec!["NPR-04"; 3], &parts),
        ("utskrivningsklare.csv", rejected, (0, 0), vec!["NPR-02"], &vec![]),
        ("utredning.csv", rejected, (0, 0), vec!["NPR-03"], &vec![]),
        ("kmf-2011.csv", rejected, (0, 0), vec!["NPR-06"], &vec![]),
        ("navn.csv", rejected, (0, 0), vec!["NPR-04"], &vec![]),
    ] {
        let (receipt, row, objects) = npr.send(name, &example(name));
        let counted = (row.records.accepted, row.records.rejected);
        assert_eq!((row.verdict, counted), (Some(verdict), counts), "{name} {receipt}");
        let found: Vec<_> = row.findings.iter().map(|finding| finding.rule.code).collect();
        assert_eq!(found, rules, "{name} {receipt}");
        let mut found: Vec<_> = objects.iter().map(|object| object.id.part).collect();
        found.sort_unstable();
        assert_eq!(&found, stored, "{name} {receipt}");
        for object in objects {
            assert_eq!(object.operating_year, Some(2025));
            let limit = Some("2030-12-31T23:00:00Z".parse().unwrap());
            assert_eq!((object.due_at, object.statutory_limit), (limit, limit));
            assert_eq!(object.due_rule, "operating-year-end + P5Y");
        }
        if name == "isf-2025.csv" {
            let receipt = receipt.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(receipt.contains("31. desember 2030"), "{receipt}");
            assert!(receipt.contains("Grupper med færre enn 5"), "{receipt}");
            assert!(receipt.contains("bydel, utskrKlarDato"), "{receipt}");
            let report = row.report.unwrap();
            assert_eq!(report["groups"]["hdir-finansiering"]["small"], 3, "{report}");
        }
    }
    assert_eq!(npr.alarms(), []);
}

#[test]
fn an_identity_in_a_release_leaves_nothing_behind_and_raises_the_alarm() {
    let mut npr = Station::new();
    let mut large = Table::new();
    let rows = large.rows.clone();
    // Far behind what has been sealed by then.
    large.rows = rows.iter().cycle().take(9_000).cloned().collect();
    let last = large.rows.len() - 1;
    large.set(last, "institusjonID", "03851598730");
    for (name, bytes) in
        [("identitet.csv", example("identitet.csv")), ("stor.csv", large.write().into_bytes())]
    {
        let (receipt, row, objects) = npr.send(name, &bytes);
        assert_eq!(row.verdict, Some(Verdict::Rejected), "{receipt}");
        assert!(receipt.contains("NPR-04") && !receipt.contains("03851598730"), "{receipt}");
        assert!(objects.is_empty());
        assert_eq!(npr.payloads(), Vec::<PathBuf>::new());
        for directory in [npr.places.work(), npr.places.quarantine()] {
            assert_eq!(files(&directory), Vec::<PathBuf>::new());
        }
        assert!(npr.alarms().contains(&("identity-leak".to_owned(), row.id.to_string())));
    }
    let code = "identity-leak".to_owned();
    npr.ask(&Request::AlarmAcknowledge { code, subject: None }).unwrap();
    assert_eq!(npr.alarms(), []);
}

#[test]
fn npr_05_task_done_erases_the_year_and_takes_no_more_of_it_until_it_is_reopened() {
    let mut npr = Station::new();
    let (_, _, of_2024) = npr.send("a", &of_year("2024"));
    let (_, _, of_2025) = npr.send("b", &of_year("2025"));
    assert_eq!((of_2024.len(), of_2025.len()), (2, 2));
    // Neither a hold nor an unrelated arrear keeps it.
    {
        let house = npr.house();
        catalogue::transact_with(&mut **house.catalogue(), |ledger| {
            hold::hold(ledger, &of_2025[0].id, "a court order", house.now())
        })
        .unwrap();
    }
    let ended = npr.task_done(2025).unwrap();
    assert_eq!((ended.objects, ended.erased.len(), ended.waiting), (2, 2, 0), "{ended:?}");
    assert_eq!((ended.stopped, ended.task.done_by.as_str()), (None, "Kari (root)"));
    for object in &of_2025 {
        let object = npr.object(object);
        assert_eq!(
            (object.state, object.due_rule.as_str()),
            (ObjectState::Erased, "task-done + P0D")
        );
    }
    assert!(of_2024.iter().all(|object| npr.object(object).state == ObjectState::Stored));
    assert_eq!(npr.payloads().len(), 2);
    assert_eq!((npr.audited(Event::TaskDone), npr.audited(Event::ObjectErased)), (1, 2));

    let mut late = Table::new();
    late.set(0, "debitor", "2");
    let late = late.write().into_bytes();
    let (receipt, row, objects) = npr.send("c", &late);
    assert_eq!((row.verdict, objects.len()), (Some(Verdict::Rejected), 0), "{receipt}");
    assert_eq!(row.findings[0].rule.code, "NPR-05", "{receipt}");
    let again = npr.task_done(2025).unwrap();
    assert_eq!((again.objects, again.erased.len()), (0, 0), "a second time nothing is left");

    let listed = npr.ask(&Request::TaskList {}).unwrap();
    assert_eq!(listed[0]["operating_year"], 2025, "{listed}");
    let reopen = Request::TaskReopen { registry: registry(), operating_year: 2025, by: None };
    npr.ask(&reopen).unwrap();
    assert_eq!(npr.ask(&reopen).unwrap_err().code, "no-task");
    assert_eq!(npr.audited(Event::TaskReopened), 1);
    let (receipt, row, _) = npr.send("d", &late);
    assert_eq!(row.verdict, Some(Verdict::Accepted), "{receipt}");
}

#[test]
fn npr_05_what_cannot_be_a_task_is_told() {
    let npr = Station::new();
    let of = |registry: &str, operating_year| {
        let registry = RegistryId::parse(registry).unwrap();
        let request = Request::TaskDone { registry, operating_year, by: None };
        npr.ask(&request).map(drop).map_err(|fault| fault.code)
    };
    assert_eq!(of("hdir-finansiering", 2025), Ok(()), "nothing was kept, and nothing will be");
    assert_eq!(of("hdir-finansiering", 2027), Err("no-task".to_owned()));
    assert_eq!(of("kpr", 2025), Err("no-task".to_owned()));
    assert_eq!(of("nobody", 2025), Err("failed".to_owned()));
}

/// More at once than any share allows: the statute's end and the end of a task wait for no word.
#[test]
fn npr_05_waits_for_no_word() {
    let mut npr = Station::new();
    let mut laid = Vec::new();
    for number in 0..12 {
        let mut table = Table::new();
        let year = if number == 11 { "2025" } else { "2021" };
        table.line("operating_year", year).line("created", &format!("2026-01-{:02}", number + 1));
        let (receipt, row, objects) = npr.send(&format!("f{number:02}"), table.write().as_bytes());
        assert_eq!(row.verdict, Some(Verdict::Accepted), "{receipt}");
        laid.push(objects);
    }
    npr.move_clock("2027-01-01T10:00:00Z");
    let ended = npr.task_done(2025).unwrap();
    assert_eq!((ended.waiting, ended.stopped.as_deref()), (0, None), "{ended:?}");
    let gone =
        |objects: &[Object]| objects.iter().all(|o| npr.object(o).state == ObjectState::Erased);
    assert!(gone(&laid[11]));
    let house = npr.house();
    erase::run(&house, house.now(), false).unwrap();
    assert!(laid.iter().all(|objects| gone(objects)));
    let alarms = npr.alarms();
    assert!(!alarms.iter().any(|(code, _)| code == "sweep-too-large"), "{alarms:?}");
}

#[test]
fn the_built_program_gives_the_registry_what_the_script_says() {
    let installation = Installation::new();
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_filsluse"));
        command.arg("--config").arg(installation.layout.main_file()).stdin(Stdio::null());
        command.env_remove("CREDENTIALS_DIRECTORY");
        command
    };
    let mut daemon =
        program().arg("run").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    installation.upload("npr", "isf.csv", example("isf-2025.csv"));
    wait_for(&installation.outbound("npr"), 2);
    let listed = program()
        .args(["--json", "object", "list", "--registry", "hdir-finansiering"])
        .output()
        .unwrap();
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let ids: Vec<&str> =
        listed.as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap()).collect();
    let content = ids.iter().find(|id| id.ends_with(".content")).unwrap();
    let sealed = installation.path().join("content.age");
    assert!(
        program().args(["object", "get", content, "-o"]).arg(&sealed).status().unwrap().success()
    );
    let identity = installation.layout.registry_identity(&registry());
    let opened =
        Command::new("age").arg("-d").arg("-i").arg(identity).arg(&sealed).output().unwrap();
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    let ended = program()
        .args(["--json", "task", "done", "--registry", "hdir-finansiering"])
        .args(["--operating-year", "2025"])
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    let ended: serde_json::Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!((&ended["objects"], &ended["waiting"]), (&2.into(), &0.into()), "{ended}");
    daemon.kill().unwrap();
    daemon.wait().unwrap();

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/npr_release.py");
    let computed = Command::new("python3")
        .arg(script)
        .args(["hdir-finansiering", "1"])
        .arg(installation.layout.pseudonym_key(&registry(), 1))
        .stdin(
            fs::File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/npr/isf-2025.csv"))
                .unwrap(),
        )
        .output()
        .unwrap();
    assert!(computed.status.success(), "{}", String::from_utf8_lossy(&computed.stderr));
    let [ours, theirs] =
        [opened.stdout, computed.stdout].map(|text| String::from_utf8(text).unwrap());
    assert_eq!(ours, theirs);
    assert!(ours.contains("npr_pid;fodselsar;kjonn;komNrHjem;institusjonID;episodeID;"));
}
