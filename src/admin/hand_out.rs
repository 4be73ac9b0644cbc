//! Handing an object out, as the one age file that every age tool opens: audited before the first
//! byte leaves, and refused for what had to be gone by now, whether or not a sweep has come by.

use std::{
    io::{self, Read},
    sync::Arc,
};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    admin::fault::Fault,
    audit::entry::Event,
    audited,
    catalogue::{error::CatalogueError, records::objects::Object, view::View},
    pipeline::{audit_queue, house::House},
    seal,
    types::{
        alarm::AlarmCode,
        causes::chain,
        digest::{Hasher, Sha256},
        ids::ObjectId,
    },
};

/// An object that is handed out.
pub struct Handed {
    /// How long the age file is.
    pub bytes: u64,
    /// The digest of its header, which no other file has.
    pub tag: Sha256,
    /// The file.
    pub file: Box<dyn Read + Send>,
}

/// The digest of an object as it is handed out, for whoever gets it to hold it against.
///
/// # Errors
/// When it is not there, or cannot be read.
pub fn digest_of(house: &House, id: &ObjectId) -> Result<Sha256, Fault> {
    let header = house.look(|view| view.header(id));
    let header =
        header.map_err(|error: CatalogueError| Fault::because(&error))?.ok_or_else(none)?;
    let store = house.store(&id.registry).map_err(|error| Fault::because(&error))?;
    let payload = store.open(id).map_err(|error| Fault::because(&error))?;
    digest(seal::join(header, payload))
}

/// Who gets an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// Whoever asks at the machine.
    Machine,
    /// The registry that fetches it, with a certificate of this pin.
    Registry(Sha256),
    /// An inbox whose address has this fingerprint; only its answer says that it has it.
    Inbox(Sha256),
}

/// Hands out an object; the reading, or that it was refused, is audited first. Whoever reads it to
/// its end has got it.
///
/// # Errors
/// When it is not there, is erased or had to be, or the reading cannot be recorded.
pub fn object(house: &Arc<House>, id: &ObjectId, to: To) -> Result<Handed, Fault> {
    let now = house.now();
    check(house, id)?;
    let asked = house
        .transact(|ledger| {
            let (Some(object), Some(header)) = (ledger.object(id)?, ledger.header(id)?) else {
                return Ok(Asked::Nothing);
            };
            let past = object.gone_by().filter(|gone_by| *gone_by <= now);
            let event = if past.is_some() { Event::ObjectWithheld } else { Event::ObjectRead };
            audited::record(ledger, now, event, |entry| {
                let entry = entry.object(id.clone());
                let entry = match to {
                    To::Machine => entry,
                    To::Registry(digest) | To::Inbox(digest) => entry.detail(digest),
                };
                past.map_or(entry.clone(), |gone_by| entry.due(gone_by))
            })?;
            if let Some(gone_by) = past {
                let waits = waits(&*ledger)?;
                return Ok(Asked::Past { object: Box::new(object), gone_by, waits });
            }
            Ok::<_, CatalogueError>(Asked::There { header, payload_bytes: object.payload_bytes })
        })
        .map_err(|error| Fault::because(&error))?;
    if !matches!(asked, Asked::Nothing) {
        audit_queue::flush(house).map_err(|error| Fault::because(&error))?;
    }
    let (header, payload_bytes) = match asked {
        Asked::There { header, payload_bytes } => (header, payload_bytes),
        Asked::Past { object, gone_by, waits } => {
            return Err(withheld(&object, gone_by, waits, &house.config.time_zone));
        }
        Asked::Nothing => return Err(none()),
    };
    let store = house.store(&id.registry).map_err(|error| Fault::because(&error))?;
    let payload = store.open(id).map_err(|error| Fault::because(&error))?;
    let bytes = header.len() as u64 + payload_bytes;
    let tag = Sha256::of(&header);
    let file = seal::join(header, payload);
    let file: Box<dyn Read + Send> = match to {
        To::Inbox(_) => Box::new(file),
        To::Machine | To::Registry(_) => {
            let (house, id) = (Arc::clone(house), id.clone());
            Box::new(ToItsEnd { file, left: bytes, got: Some(move || got(&house, &id)) })
        }
    };
    Ok(Handed { bytes, tag, file })
}

/// Somebody has got it. Where that cannot be recorded, an alarm says too much, not too little.
fn got(house: &House, id: &ObjectId) {
    if let Err(error) = house.transact(|ledger| ledger.object_handed(id, house.now())) {
        let error = chain(&error);
        tracing::warn!(object = %id, %error, "It is not on record that somebody has got it.");
    }
}

/// Tells when all of a file has been read, before the last piece is given away.
struct ToItsEnd<R, F> {
    file: R,
    left: u64,
    got: Option<F>,
}

impl<R: Read, F: FnOnce()> Read for ToItsEnd<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.left = self.left.saturating_sub(count as u64);
        if self.left == 0
            && let Some(got) = self.got.take()
        {
            got();
        }
        Ok(count)
    }
}

/// Holds what lies in the store against the digest that was taken when it was put there; of what is
/// long none was, and whoever decrypts it finds out. Before the reading is recorded: nobody reads
/// what is not handed out.
fn check(house: &House, id: &ObjectId) -> Result<(), Fault> {
    let object = house.look(|view| view.object(id));
    let object = object.map_err(|error: CatalogueError| Fault::because(&error))?;
    let Some(object) = object.filter(|object| object.header_erased_at.is_none()) else {
        return Ok(());
    };
    let Some(want) = object.payload_sha256 else { return Ok(()) };
    let store = house.store(&id.registry).map_err(|error| Fault::because(&error))?;
    let payload = store.open(id).map_err(|error| Fault::because(&error))?;
    if digest(payload)? == want {
        return Ok(());
    }
    Err(Fault::cannot(
        "object-damaged",
        "what lies in the store is not what was put there, and nobody could decrypt it: look at the \
         disk, and put the file back from a copy of the store (docs/operator/backup.md)",
    ))
}

/// The digest of what is read.
fn digest(mut file: impl Read) -> Result<Sha256, Fault> {
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        match file.read(&mut buffer).map_err(|error| Fault::because(&error))? {
            0 => return Ok(hasher.finish()),
            count => hasher.update(&buffer[..count]),
        }
    }
}

fn none() -> Fault {
    let message = "there is no such object, or it is erased; `filsluse object show` tells";
    Fault::cannot("no-such-object", message)
}

/// What the catalogue says to whoever asks for an object.
enum Asked {
    /// It is not there, or erased.
    Nothing,
    /// Its time is over.
    Past { object: Box<Object>, gone_by: Timestamp, waits: bool },
    /// It may be read.
    There { header: Vec<u8>, payload_bytes: u64 },
}

/// Whether the sweep that should take it waits for an operator.
fn waits(view: &dyn View) -> Result<bool, CatalogueError> {
    let waits_for = [AlarmCode::ClockJump, AlarmCode::SweepTooLarge];
    Ok(view.alarms()?.iter().any(|alarm| waits_for.iter().any(|code| alarm.is(*code))))
}

fn withheld(object: &Object, gone_by: Timestamp, waits: bool, zone: &TimeZone) -> Fault {
    let rule = if object.statutory_limit == Some(gone_by) {
        "by statute".to_owned()
    } else {
        format!("by its deadline, {}", object.due_rule)
    };
    let sweep = if waits {
        "erasing has stopped and waits for `filsluse retention run`; see `filsluse status`"
    } else {
        "the daemon's next sweep erases it, within a minute while it runs"
    };
    let at = gone_by.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M");
    Fault::cannot(
        "object-past-due",
        format!(
            "the object had to be gone at {at} {rule}, and is not handed out any more; {sweep}"
        ),
    )
}

const CHUNK: usize = 64 << 10;
