//! A house on a temp directory, opened as the daemon opens it, and things to be erased in it.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use filsluse::{
    audit::{
        entry::{Entry, Event},
        log::Log,
        verify::verify,
    },
    catalogue::{
        self, Catalogue,
        error::CatalogueError,
        keys::{MissionCode, PersonKey},
        ledger::Ledger,
        records::{
            enrolments::{Enrolment, EnrolmentState},
            objects::{Object, ObjectState},
            submissions::{Inode, Submission},
        },
        sqlite::SqliteCatalogue,
        view::View,
    },
    config::{Config, init::options::Options, layout::Layout},
    pipeline::house::{House, HouseParts},
    protect::keys::{Credentials, Origin},
    retention::{profile::Erasable, schedule::EventTimes},
    seal::{
        Recipients, Sealer,
        identity::{Identity, open},
    },
    store::{Mark, Upload},
    types::{
        crockford,
        digest::Sha256,
        ids::{ObjectId, Part, RegistryId, SenderId, SubmissionId},
    },
    vault::Vault,
};
use jiff::{Timestamp, civil::date, tz::TimeZone};
use tempfile::TempDir;

use crate::support::installation::{lay_out, options};

/// The house; dropped and opened again as after a stop.
pub(super) struct Premises {
    pub(super) house: House,
    pub(super) layout: Layout,
    pub(super) identity: Identity,
    dir: TempDir,
}

pub(super) fn premises() -> Premises {
    let dir = TempDir::new().expect("a temp dir");
    let identity = Identity::generate();
    let recipient = identity.recipient().parse().expect("a recipient");
    let recipients = BTreeMap::from([(registry(), recipient)]);
    let (layout, _) = lay_out(dir.path(), &Options { recipients, ..options() });
    let house = open_house(&layout, Box::new(catalogue(&layout)));
    Premises { house, layout, identity, dir }
}

/// The catalogue with the keys of its headers, as the daemon opens it.
pub(super) fn catalogue(layout: &Layout) -> SqliteCatalogue {
    let vault = Vault::open(&layout.places.header_keys(), oslo(), drawn()).expect("a vault");
    let sqlite = SqliteCatalogue::open(&layout.places.catalogue()).expect("a catalogue");
    sqlite.sealing(Arc::new(vault))
}

/// No two keys are the same, as in earnest.
fn drawn() -> filsluse::types::clock_and_random::Random {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    Arc::new(|buffer: &mut [u8]| {
        for part in buffer.chunks_mut(8) {
            let number = DRAWN.fetch_add(1, Ordering::Relaxed);
            part.copy_from_slice(&Sha256::of(&number.to_be_bytes()).0[..part.len()]);
        }
    })
}

pub(super) fn oslo() -> TimeZone {
    TimeZone::get("Europe/Oslo").expect("the bundled time zones")
}

pub(super) fn open_house(layout: &Layout, catalogue: Box<dyn Catalogue>) -> House {
    let config = Config::load(&layout.main_file(), &crate::config::KINDS).expect("valid");
    let credentials =
        Credentials::open(&layout.credentials, Origin::KeyDirectory).expect("credentials");
    let seed = credentials.secret32(filsluse::config::layout::AUDIT_SIGNING_KEY).expect("a seed");
    let log = Log::open(&layout.places.audit(), &config.audit_origin(), &seed, None).expect("log");
    let furnishing = HouseParts {
        catalogue,
        log: Some(log),
        clock: Arc::new(|| at("2026-01-01T00:00Z")),
        random: Arc::new(|buffer| buffer.fill(3)),
    };
    House::open(config, &credentials, furnishing).expect("a house")
}

/// An object that lies in the store, and what opened it.
pub(super) struct Laid {
    pub(super) id: ObjectId,
    pub(super) header: Vec<u8>,
    /// The header as the catalogue has it.
    pub(super) sealed: Vec<u8>,
    pub(super) payload: Vec<u8>,
}

impl Premises {
    /// Stops and starts again.
    pub(super) fn reopened(self) -> Self {
        self.while_closed(|_| ()).0
    }

    /// Stops, lets something happen to the installation, and starts again.
    pub(super) fn while_closed<T>(self, happens: impl FnOnce(&Layout) -> T) -> (Self, T) {
        let Self { house, layout, identity, dir } = self;
        drop(house);
        let result = happens(&layout);
        let house = open_house(&layout, Box::new(catalogue(&layout)));
        (Self { house, layout, identity, dir }, result)
    }

    /// Seals an object, publishes it and records it, due at `due`.
    pub(super) fn lay(&self, number: u32, due: Timestamp) -> Laid {
        self.lay_with(number, due, None)
    }

    /// [`Self::lay`], with a statutory limit.
    pub(super) fn lay_with(&self, number: u32, due: Timestamp, limit: Option<Timestamp>) -> Laid {
        let recipients = Recipients::parse([self.identity.recipient().as_str()]).expect("a key");
        let mut writer = Sealer::new(&recipients, Vec::new()).expect("a sealer");
        std::io::Write::write_all(&mut writer, content(number).as_bytes()).expect("sealed");
        let sealed = writer.finish().expect("sealed");
        let row = object(number, due, limit);
        let row = Object {
            payload_bytes: sealed.payload_bytes,
            payload_sha256: sealed.payload_sha256,
            plain_bytes: sealed.plain_bytes,
            plain_sha256: sealed.plain_sha256,
            ..row
        };
        let work = self.layout.places.work().join(row.id.to_string());
        fs::write(&work, &sealed.out).expect("a work file");
        let upload = Upload {
            object: row.id.clone(),
            work,
            payload_bytes: sealed.payload_bytes,
            mark: Mark::Nonce(sealed.nonce),
        };
        self.house.store(&registry()).expect("a store").publish(&[upload]).expect("published");
        self.transact(|ledger| {
            ledger.add_submission(&submission(number))?;
            ledger.add_object(&row, &sealed.header)
        });
        let lies = lies(&self.layout, &row.id);
        Laid { id: row.id, header: sealed.header, sealed: lies, payload: sealed.out }
    }

    /// Records a person who was withdrawn, and whose record is due at `due`.
    pub(super) fn withdraw(&self, number: u32, due: Timestamp) -> Enrolment {
        let row = Enrolment {
            state: EnrolmentState::Withdrawn,
            withdrawn_on: Some(date(2026, 1, 10)),
            withdrawal_delivered_at: Some(at("2026-01-10T12:00Z")),
            erase_at: Some(due),
            ..enrolled(number, "UT")
        };
        self.transact(|ledger| {
            ledger.add_submission(&submission(1_000_000 + number))?;
            ledger.put_enrolment(&row)
        });
        row
    }

    pub(super) fn transact<T>(
        &self,
        work: impl FnOnce(&mut dyn Ledger) -> Result<T, CatalogueError>,
    ) -> T {
        catalogue::transact_with(&mut **self.house.catalogue(), work).expect("committed")
    }

    pub(super) fn read<T>(&self, work: impl FnOnce(&dyn View) -> Result<T, CatalogueError>) -> T {
        catalogue::read_with(&mut **self.house.catalogue(), work).expect("read")
    }

    pub(super) fn object(&self, id: &ObjectId) -> Object {
        self.read(|view| view.object(id)).expect("an object")
    }

    /// Code and subject of every alarm that stands.
    pub(super) fn alarms(&self) -> Vec<(String, String)> {
        let alarms = self.read(|view| view.alarms());
        alarms.into_iter().map(|alarm| (alarm.code, alarm.subject)).collect()
    }

    /// What the audit log says; checked to be whole.
    pub(super) fn audit(&self) -> Vec<Entry> {
        let dir = self.layout.places.audit();
        let key = fs::read_to_string(dir.join("audit.vkey")).expect("a key");
        assert!(verify(&dir, key.trim(), None).expect("a log").ok);
        let log = self.house.log().expect("a log");
        let count = usize::try_from(log.size()).expect("few");
        let entries = log.entries(0, count).expect("entries");
        entries.iter().map(|bytes| Entry::parse(bytes).expect("an entry")).collect()
    }

    /// How often the audit log tells of an event.
    pub(super) fn audited(&self, event: Event) -> usize {
        self.audit().iter().filter(|entry| entry.event == event).count()
    }

    /// Where the payload of an object lies.
    pub(super) fn payload(&self, id: &ObjectId) -> PathBuf {
        let submission = id.submission.to_string();
        let shard = &submission[submission.len() - 2..];
        self.layout.places.store(&id.registry).join(shard).join(id.to_string())
    }

    /// Whether the bytes are in any file below the state directory.
    pub(super) fn state_holds(&self, needle: &[u8]) -> bool {
        holds(&self.layout.places.state_dir, needle)
    }

    /// Whether an object is whole: its header and its payload open to what it was.
    pub(super) fn opens(&self, laid: &Laid, number: u32) -> bool {
        let Some(header) = self.read(|view| view.header(&laid.id)) else { return false };
        let Ok(payload) = self.house.store(&registry()).expect("a store").open(&laid.id) else {
            return false;
        };
        let mut plain = String::new();
        let opened = open(header, payload, &self.identity);
        opened.is_ok_and(|mut text| text.read_to_string(&mut plain).is_ok())
            && plain == content(number)
    }

    /// Whether nothing of an object is left but its row.
    pub(super) fn is_gone(&self, laid: &Laid) -> bool {
        let row = self.object(&laid.id);
        row.state == ObjectState::Erased
            && row.erased_at.is_some()
            && self.read(|view| view.header(&laid.id)).is_none()
            && !self.payload(&laid.id).exists()
            && !self.state_holds(secret_of(laid))
    }
}

/// A part of a header as it lies in the catalogue, that no other header has.
pub(super) fn secret_of(laid: &Laid) -> &[u8] {
    &laid.sealed[20..63]
}

/// The bytes of a header as they lie in the catalogue, read past the program.
pub(super) fn lies(layout: &Layout, id: &ObjectId) -> Vec<u8> {
    let file = rusqlite::Connection::open(layout.places.catalogue()).expect("a database");
    let sql = "SELECT substr(header_slots.bytes, 1, headers.bytes) FROM headers \
        JOIN header_slots USING (slot) JOIN objects ON objects.key = headers.object \
        WHERE submission = ?1 AND part = ?2 ORDER BY piece";
    let key = (id.submission.to_string(), id.part.as_str());
    let mut asked = file.prepare(sql).expect("a question");
    let pieces = asked.query_map(key, |row| row.get::<_, Vec<u8>>(0)).expect("pieces");
    pieces.flat_map(|piece| piece.expect("a piece")).collect()
}

/// Whether the bytes are in any file below a directory.
pub(super) fn holds(dir: &Path, needle: &[u8]) -> bool {
    files(dir).iter().any(|file| {
        let bytes = fs::read(file).expect("a readable file");
        memchr::memmem::find(&bytes, needle).is_some()
    })
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn content(number: u32) -> String {
    format!("what the embassy sent, number {number}")
}

/// A row of an object that is not laid out in the store.
pub(super) fn object(number: u32, due: Timestamp, limit: Option<Timestamp>) -> Object {
    let id = ObjectId {
        submission: submission_id(number),
        registry: registry(),
        part: Part::Whole,
        number: 1,
    };
    Object {
        id,
        created_at: at("2026-01-10T12:00Z"),
        payload_bytes: 1,
        payload_sha256: Some(Sha256([1; 32])),
        plain_bytes: 1,
        plain_sha256: Some(Sha256([2; 32])),
        recipients: Vec::new(),
        due_at: Some(due),
        due_rule: "processed + P90D".into(),
        statutory_limit: limit,
        state: ObjectState::Stored,
        hold_why: None,
        handed_at: None,
        header_erased_at: None,
        erased_at: None,
        operating_year: None,
    }
}

pub(super) fn enrolled(number: u32, mission: &str) -> Enrolment {
    Enrolment {
        registry: registry(),
        mission: MissionCode::parse(mission).expect("a code"),
        person: person(number),
        principal: None,
        content: [9; 16],
        state: EnrolmentState::Enrolled,
        enrolled_since: date(2026, 1, 1),
        effective_from: date(2026, 2, 1),
        confirmed_at: at("2026-01-01T12:00Z"),
        withdrawn_on: None,
        withdrawal_delivered_at: None,
        erase_at: None,
        review: false,
        submission: submission_id(1_000_000 + number),
    }
}

pub(super) fn submission(number: u32) -> Submission {
    let sender = SenderId::parse("embassy-xex").expect("an id");
    let claim = Inode { dev: 1, inode: number.into() };
    Submission::claimed(submission_id(number), sender, at("2026-01-10T12:00Z"), claim)
}

pub(super) fn submission_id(number: u32) -> SubmissionId {
    let mut random = [5; 10];
    random[6..].copy_from_slice(&number.to_be_bytes());
    SubmissionId::new(at("2026-01-10T12:00Z"), random)
}

pub(super) fn person(number: u32) -> PersonKey {
    let text = crockford::encode(&(u128::from(number) << 64 | 0xabcd_ef00).to_be_bytes());
    PersonKey::parse(&format!("k1.{text}")).expect("a pseudonym")
}

pub(super) fn registry() -> RegistryId {
    RegistryId::parse("fastlege").expect("an id")
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// When something of the registry is due by its own schedule.
pub(super) fn due(house: &House, subject: Erasable, events: &EventTimes) -> Timestamp {
    let zone = oslo();
    let schedule = &house.registries.get(&registry()).expect("the registry").schedule;
    schedule.erasure(subject, events, &zone).expect("in range").expect("a deadline").at
}
