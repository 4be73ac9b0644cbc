//! An installation with a hospital, two police districts and a clock that tests move.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex},
};

use age::secrecy::ExposeSecret;
use filsluse::{
    admin::{self, Request, shapes::status::Status},
    catalogue::{
        error::CatalogueError,
        records::{
            objects::{Object, ObjectFilter},
            operations::Alarm,
            page::Page,
            police::Exchange,
            submissions::{Submission, SubmissionFilter},
        },
        view::View,
    },
    config::layout::Layout,
    daemon::{engine::Engine, lock::StateLock, open},
    pipeline::{audit_queue, house::House},
    types::ids::{SenderId, SubmissionId},
};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};

use crate::support::{
    in_process::house_at,
    installation::{QUICK, configure, in_memory, installation},
    wait::until,
};

/// Ids of the senders.
pub(super) const HOSPITAL: &str = "sykehus-eksempel";
pub(super) const OSLO: &str = "politi-oslo";
pub(super) const VEST: &str = "politi-vest";

/// When every scene begins.
pub(super) const BEGIN: &str = "2026-11-21T11:00:00Z";

/// The installation, and its daemon in this process.
pub(super) struct Scene {
    root: tempfile::TempDir,
    pub(super) layout: Layout,
    clock: Arc<Mutex<Timestamp>>,
    leaps: bool,
    engine: Option<(Engine, StateLock)>,
    uploads: usize,
    known: RefCell<BTreeSet<SubmissionId>>,
}

/// Lays an installation out: both districts have keys of their own, whose identities lie beside it.
pub(super) fn lay_out(layout: &Layout, root: &Path) {
    let senders = layout.senders();
    let text = fs::read_to_string(senders.join("politi-oslo.toml")).unwrap();
    for (id, code) in [(OSLO, "oslo"), (VEST, "vest")] {
        let identity = age::x25519::Identity::generate();
        fs::write(root.join(id), identity.to_string().expose_secret()).unwrap();
        let lines = text.lines().map(|line| match line.split_once(" = ") {
            Some(("id", _)) => format!("id = \"{id}\""),
            Some(("police-district", _)) => format!("police-district = \"{code}\""),
            Some(("recipient", _)) => format!("recipient = \"{}\"", identity.to_public()),
            _ => line.to_owned(),
        });
        let mut lines: Vec<String> = lines.collect();
        lines.push(format!("contact = \"vakt@{code}.example\""));
        fs::write(senders.join(format!("{id}.toml")), lines.join("\n") + "\n").unwrap();
        let sender = SenderId::parse(id).unwrap();
        for directory in [
            layout.places.rehearsal(&sender),
            layout.places.outbound(&sender),
            layout.places.claimed(&sender),
        ] {
            fs::create_dir_all(directory).unwrap();
        }
    }
}

impl Scene {
    pub(super) fn new() -> Self {
        let root = in_memory();
        let layout = installation(root.path());
        configure(&layout, &QUICK);
        lay_out(&layout, root.path());
        let clock = Arc::new(Mutex::new(BEGIN.parse().unwrap()));
        let mut scene = Self {
            root,
            layout,
            clock,
            leaps: false,
            engine: None,
            uploads: 0,
            known: RefCell::default(),
        };
        scene.start();
        scene
    }

    pub(super) fn start(&mut self) {
        let config = open::load(&self.layout.main_file()).unwrap();
        let clock = Arc::clone(&self.clock);
        let (lock, house) = house_at(config, Arc::new(move || *clock.lock().unwrap()));
        let house = if self.leaps { house } else { house.in_simulated_time() };
        self.engine = Some((Engine::start(house).unwrap(), lock));
    }

    /// From here on moving the clock is a leap, after which nothing is swept.
    pub(super) fn with_leaps(mut self) -> Self {
        self.stop();
        self.leaps = true;
        self.start();
        self
    }

    /// Ends the daemon; verbs then work on the state directory.
    pub(super) fn stop(&mut self) {
        if let Some((engine, _lock)) = self.engine.take() {
            engine.drain();
        }
    }

    pub(super) fn house(&self) -> Arc<House> {
        self.engine.as_ref().unwrap().0.shared().house()
    }

    /// Moves the clock.
    pub(super) fn at(&self, time: &str) {
        *self.clock.lock().unwrap() = time.parse().unwrap();
    }

    pub(super) fn look<T>(&self, ask: impl FnOnce(&dyn View) -> Result<T, CatalogueError>) -> T {
        self.house().look(ask).unwrap()
    }

    /// Uploads, and waits until it is answered and what it sends lies where it belongs.
    pub(super) fn send(&mut self, sender: &str, bytes: impl AsRef<[u8]>) -> Submission {
        let id = SenderId::parse(sender).unwrap();
        self.upload(&self.layout.places.inbound(&id), bytes.as_ref());
        let answered = self.answered();
        until("what is to be laid out", || {
            self.look(|view| view.dispatches_to_do(Page::first(1))).is_empty()
        });
        answered
    }

    /// The same as a rehearsal.
    pub(super) fn rehearse(&mut self, sender: &str, bytes: impl AsRef<[u8]>) -> Submission {
        let id = SenderId::parse(sender).unwrap();
        self.upload(&self.layout.places.rehearsal(&id), bytes.as_ref());
        self.answered()
    }

    /// Uploads, and waits for no more than the answer.
    pub(super) fn send_without_waiting(
        &mut self,
        sender: &str,
        bytes: impl AsRef<[u8]>,
    ) -> SubmissionId {
        let id = SenderId::parse(sender).unwrap();
        self.upload(&self.layout.places.inbound(&id), bytes.as_ref());
        self.answered().id
    }

    /// Uploads many, and waits until all are answered.
    pub(super) fn send_many(&mut self, sender: &str, files: impl Iterator<Item = String>) {
        let inbound = self.layout.places.inbound(&SenderId::parse(sender).unwrap());
        let before = self.uploads;
        files.for_each(|text| self.upload(&inbound, text.as_bytes()));
        let wanted = self.known.borrow().len() + self.uploads - before;
        until("all answers", || {
            let rows = self.look(|view| view.submissions(&SubmissionFilter::default()));
            let ended = rows.iter().filter(|row| row.state.is_final()).map(|row| row.id);
            self.known.borrow_mut().extend(ended);
            self.known.borrow().len() == wanted
        });
    }

    fn upload(&mut self, inbound: &Path, bytes: &[u8]) {
        self.uploads += 1;
        let beside = self.root.path().join("upload");
        fs::write(&beside, bytes).unwrap();
        fs::rename(&beside, inbound.join(format!("{}.xml", self.uploads))).unwrap();
    }

    fn answered(&self) -> Submission {
        let mut newest = None;
        until("an answer", || {
            let mut rows = self.look(|view| view.submissions(&SubmissionFilter::default()));
            // The clock stands, so that the newest cannot be told by its time.
            rows.retain(|row| !self.known.borrow().contains(&row.id));
            newest = rows.first().cloned();
            newest.as_ref().is_some_and(|row| row.state.is_final())
        });
        let newest = newest.unwrap();
        self.known.borrow_mut().insert(newest.id);
        newest
    }

    pub(super) fn outbound_directory(&self, sender: &str) -> PathBuf {
        self.layout.places.outbound(&SenderId::parse(sender).unwrap())
    }

    pub(super) fn state_directory(&self) -> PathBuf {
        self.layout.places.state_dir.clone()
    }

    /// Runs the program on this installation, without a daemon; `input` goes to its standard input.
    pub(super) fn run(&self, arguments: &[&str], input: &str) -> Output {
        assert!(self.engine.is_none(), "stop the daemon first: nobody serves its socket");
        run(&self.layout, arguments, input)
    }

    /// What `status` says.
    pub(super) fn status(&self) -> Status {
        let answer = admin::answer(&self.house(), &Request::Status {}, "root").unwrap();
        serde_json::from_value(answer).unwrap()
    }

    /// What lies finished in a sender's outbound directory and is no receipt.
    pub(super) fn outbound(&self, sender: &str) -> Vec<PathBuf> {
        let outbound = self.layout.places.outbound(&SenderId::parse(sender).unwrap());
        let mut found: Vec<PathBuf> = fs::read_dir(outbound)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                !name.starts_with('.') && !name.contains(".receipt.")
            })
            .collect();
        found.sort();
        found
    }

    pub(super) fn objects(&self, submission: SubmissionId) -> Vec<Object> {
        let filter = ObjectFilter { submission: Some(submission), ..ObjectFilter::default() };
        self.look(|view| view.objects(&filter))
    }

    pub(super) fn exchange(&self, reference: SubmissionId) -> Exchange {
        self.look(|view| view.exchange_called(reference)).unwrap()
    }

    /// The alarms that stand, by code and subject.
    pub(super) fn alarms(&self) -> Vec<(String, String)> {
        let alarms = self.look(|view| view.alarms()).into_iter();
        alarms.map(|Alarm { code, subject, .. }| (code, subject)).collect()
    }

    /// The identity that opens what a district gets.
    pub(super) fn identity(&self, district: &str) -> PathBuf {
        self.root.path().join(district)
    }

    /// The identity that opens what the patient journal gets.
    pub(super) fn journal_identity(&self) -> PathBuf {
        let registry = filsluse::types::ids::RegistryId::parse("politisvar").unwrap();
        self.layout.registry_identity(&registry)
    }

    /// Every event of the audit log, a line each.
    pub(super) fn log(&self) -> String {
        let house = self.house();
        audit_queue::flush(&house).unwrap();
        let log = house.log().unwrap();
        let lines = log.entries(0, usize::try_from(log.size()).unwrap()).unwrap().into_iter();
        lines.map(|line| String::from_utf8(line).unwrap() + "\n").collect()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Runs the program on an installation.
pub(super) fn run(layout: &Layout, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_filsluse"))
        .arg("--config")
        .arg(layout.main_file())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that does not read it may have ended.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// What the stock program makes of an age file; `None` when this identity does not open it.
pub(super) fn stock_age(file: &Path, identity: &Path) -> Option<Vec<u8>> {
    let said = Command::new("age")
        .args(["-d", "-i"])
        .args([identity, file])
        .stderr(Stdio::null())
        .output()
        .expect("age is installed");
    said.status.success().then_some(said.stdout)
}

/// The same for bytes.
pub(super) fn stock_age_bytes(bytes: &[u8], identity: &Path) -> Option<Vec<u8>> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    stock_age(file.path(), identity)
}

/// A number as a GUID.
pub(super) fn guid(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// A request with consent, to Oslo, of the scene's first day: needed by 28 November.
pub(super) fn inquiry(number: u32) -> String {
    inquiry_on(number, date(2026, 11, 21))
}

/// The same of another day, needed a week later.
pub(super) fn inquiry_on(number: u32, today: Date) -> String {
    let (before, needed) = (today - 1.day(), today + 7.days());
    format!(
        r#"<PoliceRequest xmlns="urn:filsluse:police-request:1" type="inquiry"
    request_id="{}" case_number="26/{number}" police_district="oslo" legal_basis="samtykke"
    patient_relationship="Innlagt til frivillig behandling" purpose="Vurdere risiko for vold"
    purpose_code="risikovurdering" register="politiopplysningsregisteret" needed_by="{needed}"
    patient_informed="yes">
  <consent given_by="Pasienten selv" date="{before}" informed="true" voluntary="true"
      competent="true"/>
  <person name="Rigmor Prøvesen" national_id="03851598730"/>
  <requester name="Åse Behandler" position="Overlege" department="Akuttpsykiatrisk avdeling"/>
  <contact phone="22 00 00 00"/>
  <period from="2024-01-01" to="{before}"/>
</PoliceRequest>"#,
        guid(number)
    )
}

/// A notice to Oslo on health personnel's own initiative.
pub(super) fn notice(number: u32) -> String {
    format!(
        r#"<PoliceRequest xmlns="urn:filsluse:police-request:1" type="notice"
    request_id="{}" case_number="26/{number}" police_district="oslo" legal_basis="avverge-skade"
    basis_details="Truer med å skade en navngitt nabo i kveld" purpose="Avverge vold"
    purpose_code="avverge-skade" patient_informed="later">
  <person name="Rigmor Prøvesen" national_id="03851598730"/>
  <requester name="Åse Behandler" position="Overlege" department="Akuttpsykiatrisk avdeling"/>
  <contact phone="22 00 00 00"/>
</PoliceRequest>"#,
        guid(number)
    )
}

/// A reply with one document, from a district, of the scene's first day.
pub(super) fn reply(number: u32, to: u32, district: &str) -> String {
    reply_on(number, to, district, date(2026, 11, 21))
}

/// The same of another day.
pub(super) fn reply_on(number: u32, to: u32, district: &str, today: Date) -> String {
    format!(
        r#"<PoliceReply xmlns="urn:filsluse:police-reply:1" reply_id="{}" in_reply_to="{}"
    police_district="{district}" date="{today}" shared="partial">
  <document><name>anmeldelse.txt</name><media_type>text/plain</media_type>
    <base64>S2FuYXJpZnVnbA==</base64></document>
</PoliceReply>"#,
        guid(number),
        guid(to)
    )
}
