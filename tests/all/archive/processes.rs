//! Daemon and deliverer as two processes: the queue outlives either, killed at any point.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Output};

use filsluse::{
    catalogue::{
        self, Catalogue as _,
        error::CatalogueError,
        records::{
            archive::JobState,
            outgoing::{Trouble, Waiting},
        },
        sqlite::SqliteCatalogue,
    },
    config::layout::Layout,
    types::guid::Guid,
};
use serde_json::{Value, json};

use super::{
    peer::{AUTH_KEY, Certificates, Sif},
    queue::exchange,
};
use crate::support::{
    installation::installation,
    program::{self, Process, json_of},
    wait::until,
};

#[test]
fn a_killed_deliverer_is_followed_by_another_and_nothing_is_made_twice() {
    let house = House::new();
    let sif = Sif::start(&house.certificates);
    house.configure(sif.port);
    house.share(1);
    let _daemon = house.start("run");
    house.until_it_answers();
    // It hangs after the case is made, and after the document is made.
    sif.modes(&json!({
        "DocumentService/GetDocuments": ["hang"],
        "DocumentService/CreateDocument": ["half"],
    }));
    for made in [(1, 0), (1, 1)] {
        let mut deliverer = house.start("deliver");
        until("call that hangs", || sif.counts() == made && sif.calls().len() >= 3);
        deliverer.kill().unwrap();
        deliverer.wait().unwrap();
    }
    let _deliverer = house.start("deliver");
    until("entry", || house.state(1) == JobState::Done);
    assert_eq!(sif.counts(), (1, 1));
}

#[test]
fn a_killed_daemon_remembers_what_waits_and_takes_what_was_entered_meanwhile() {
    let house = House::new();
    let mut sif = Sif::start(&house.certificates);
    house.configure(sif.port);
    house.share(1);
    let mut daemon = house.start("run");
    house.until_it_answers();
    let _deliverer = house.start("deliver");
    sif.modes(&json!({ "*": ["always:500"] }));
    until("failure", || house.waiting().last_error == Some(Trouble::ServerError));
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    sif.restart(&house.certificates, "server", &[]);
    sif.modes(&json!({}));
    assert_eq!(house.waiting().count, 1);
    let _daemon = house.start("run");
    until("entry", || house.state(1) == JobState::Done);
    assert_eq!(sif.counts(), (1, 1));
}

#[test]
fn once_enters_what_is_due_and_says_what_came_of_it() {
    let house = House::new();
    let mut sif = Sif::start_with(&house.certificates, "server-expired", &[]);
    house.configure(sif.port);
    house.share(1);
    house.share(2);
    let without = house.once();
    assert_eq!(without.status.code(), Some(2), "{without:?}");
    assert!(String::from_utf8_lossy(&without.stderr).contains("the daemon does not run"));

    let _daemon = house.start("run");
    house.until_it_answers();
    let refused = house.once();
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert_eq!(
        json_of(&refused),
        json!({ "entered": 0, "refused": 0, "delivered": 0, "failed": { "tls": 1 } })
    );
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("xpired"), "the operator is told what is wrong: {said}");
    assert_eq!(sif.calls().len(), 0);
    let status = house.run(&["status", "--json"]);
    assert_eq!(status.status.code(), Some(1), "an alarm stands");
    let status = json_of(&status);
    assert_eq!(status["archive"]["waiting"], 2);
    assert_eq!(status["archive"]["last_error"], "tls");
    let alarm = alarm_of(&status).expect("an alarm");
    assert_eq!(alarm["detail"], "tls");

    sif.restart(&house.certificates, "server", &[]);
    let mut entered = 0;
    until("entries", || {
        let done = house.once();
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        entered += json_of(&done)["entered"].as_u64().unwrap();
        entered == 2
    });
    assert_eq!(sif.counts(), (2, 2));
    assert_eq!(alarm_of(&json_of(&house.run(&["status", "--json"]))), None);
    let text = house.run(&["status"]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("Nothing waits for it."));
    for output in [&refused, &without] {
        let all = [&output.stdout[..], &output.stderr[..]].concat();
        assert!(!String::from_utf8_lossy(&all).contains(AUTH_KEY));
    }
}

#[test]
fn what_is_missing_is_told_before_anything_is_asked() {
    let house = House::new();
    let told = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let none = house.once();
    assert_eq!(none.status.code(), Some(78));
    assert!(
        told(&none).contains("neither a case archive nor a registry's inbox is configured"),
        "{}",
        told(&none)
    );
    house.configure(1);
    let key = house.layout.credentials.join("archive-authkey");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let open = house.once();
    assert_eq!(open.status.code(), Some(2));
    assert!(told(&open).contains("chmod"), "{}", told(&open));
    let checked = house.run(&["config", "check"]);
    assert_eq!(checked.status.code(), Some(1));
    fs::write(&key, "two words\n").unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let bad = house.once();
    assert!(told(&bad).contains("one line without spaces"), "{}", told(&bad));
    assert!(!told(&bad).contains("two words"));
    fs::remove_file(&key).unwrap();
    assert_eq!(house.once().status.code(), Some(2));
    let checked = house.run(&["config", "check"]);
    let words = [&checked.stdout[..], &checked.stderr[..]].concat();
    assert!(String::from_utf8_lossy(&words).contains("archive-authkey"), "{checked:?}");
}

/// An installation whose program runs as it is shipped.
struct House {
    layout: Layout,
    certificates: Certificates,
    _root: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let layout = installation(root.path());
        Self { layout, certificates: Certificates::make(), _root: root }
    }

    fn configure(&self, port: u16) {
        let ca = self.certificates.file("ca.pem");
        let ca = ca.display();
        let text = fs::read_to_string(self.layout.main_file()).unwrap()
            + &format!(
                "\n[archive]\n\
                 url = \"https://localhost:{port}/Biz/v2/api/call/SI.Data.RPC/SI.Data.RPC\"\n\
                 ca = \"{ca}\"\ncreate-cases = true\ntimeout = \"500ms\"\n\
                 retry-after = \"20ms\"\n"
            );
        fs::write(self.layout.main_file(), text).unwrap();
        let key = self.layout.credentials.join("archive-authkey");
        fs::write(&key, format!("{AUTH_KEY}\n")).unwrap();
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Queues an entry, while no daemon runs.
    fn share(&self, number: u8) {
        let mut catalogue = SqliteCatalogue::open(&self.catalogue()).unwrap();
        let exchange = exchange(number, None, None);
        catalogue::transact_with(&mut catalogue, |ledger| {
            ledger.put_exchange(&exchange)?;
            ledger.queue_archive(&exchange.id, None, exchange.at)
        })
        .unwrap();
        catalogue.scrub().unwrap();
    }

    fn state(&self, number: u8) -> JobState {
        self.read(|view| view.archive_job(&Guid([number; 16]))).unwrap().state
    }

    fn waiting(&self) -> Waiting {
        self.read(|view| view.archive_waiting())
    }

    fn read<T>(
        &self,
        work: impl FnOnce(&dyn catalogue::view::View) -> Result<T, CatalogueError>,
    ) -> T {
        let mut catalogue = SqliteCatalogue::open_read_only(&self.catalogue()).unwrap();
        catalogue::read_with(&mut catalogue, work).unwrap()
    }

    fn catalogue(&self) -> PathBuf {
        self.layout.places.catalogue()
    }

    fn start(&self, verb: &str) -> Process {
        program::start(&self.layout, verb)
    }

    fn until_it_answers(&self) {
        program::until_it_answers(&self.layout);
    }

    fn once(&self) -> Output {
        self.run(&["deliver", "--once", "--json"])
    }

    fn run(&self, arguments: &[&str]) -> Output {
        program::run(&self.layout, arguments)
    }
}

/// The archive's alarm; the machine may have others.
fn alarm_of(status: &Value) -> Option<&Value> {
    let alarms = status["alarms"].as_array().unwrap();
    alarms.iter().find(|alarm| alarm["code"] == "archive-unreachable")
}
