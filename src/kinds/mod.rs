//! One folder per kind of submission: its record, its rules, what leaves for which registry.
//!
//! A kind drives its own pass record by record in two steps. [`Kind::read`] sees the bytes and
//! nothing of the past, so that many files are read side by side. [`Reading::conclude`] sees what
//! was kept from earlier submissions and says what changes; it runs one at a time, in the order of
//! commit. Neither touches a file, a clock or a database.
//!
//! What all kinds share ([`context`], [`judgement`], [`History`]) has a part for each of them, so it
//! names them as they name it: the one circle that is meant.

pub mod context;
pub mod embassy;
pub mod judgement;
pub mod kpr;
pub mod leak;
pub mod npr;
pub mod police;
pub mod refused;
pub mod says;
pub mod scratch;
pub mod written_date;

use std::io::{self, Read, Write};

use crate::{
    kinds::{
        context::Context, judgement::Judgement, refused::Refused, says::Says, scratch::Scratch,
    },
    types::{
        ids::{KindId, Part, RegistryId, SenderId},
        rule::Text,
    },
};

/// All kinds that this version knows. A new kind is its folder and its line here.
pub fn all() -> &'static [&'static dyn Kind] {
    &[
        &embassy::EmbassyList,
        &embassy::Departures,
        &kpr::event::KprEvent,
        &kpr::annual::IplosAnnual,
        &npr::NprRelease,
        &police::PoliceRequest,
        &police::PoliceReply,
    ]
}

/// The kind whose name this is.
pub fn by_name(name: &str) -> Option<&'static dyn Kind> {
    all().iter().copied().find(|kind| kind.name() == name)
}

/// The kind that a document says it is (IN-02).
pub fn of_document(says: &Says) -> Option<&'static dyn Kind> {
    all().iter().copied().find(|kind| kind.recognises(says))
}

/// One kind of submission.
pub trait Kind: Send + Sync {
    /// As configuration, catalogue and JSON spell it.
    fn name(&self) -> &'static str;

    /// What people call it, as a heading.
    fn title(&self) -> Text;

    /// The name as an id.
    fn id(&self) -> KindId {
        let Ok(id) = KindId::parse(self.name()) else {
            unreachable!("the name of a kind is a short name; a test walks all of them")
        };
        id
    }

    /// Whether a document says that it is of this kind.
    fn recognises(&self, says: &Says) -> bool;

    /// Most bytes of one document, after decompression.
    fn max_bytes(&self) -> u64;

    /// The service year that the whole document is about, where its root element says so. It
    /// decides where the document goes.
    fn service_year(&self, _says: &Says) -> Option<i16> {
        None
    }

    /// Whether several documents in one archive may be one submission. Each is read and judged by
    /// itself, in the order of the archive; what one changes, the next one sees.
    fn takes_several(&self) -> bool {
        false
    }

    /// Reads and judges a whole document, as far as that needs nothing but the document.
    fn read(
        &self,
        body: Body<'_>,
        context: &Context<'_>,
        sinks: &mut dyn Sinks,
    ) -> Result<Box<dyn Reading>, Refused>;
}

/// A document that was read, and waits for its turn to be held against the past.
pub trait Reading: Send {
    /// The parts that the conclusion may write: they are made ready beside the reading, because
    /// drawing and wrapping a key takes longer than the rest of a small conclusion.
    fn writes_later(&self) -> Vec<(RegistryId, Part)> {
        Vec::new()
    }

    /// The notifications that it will have taken whatever the history say, for the documents behind
    /// it in the same archive.
    fn notifications(&self) -> Option<kpr::spill::notifications::KeptNotifications> {
        None
    }

    /// Others of the same archive are read before it is concluded: lets go of what it need not hold
    /// in memory. `most_findings`: how many findings may stay. Gives how many did.
    ///
    /// # Errors
    /// When what it lets go cannot be written.
    fn rest(&mut self, most_findings: usize, sinks: &mut dyn Sinks) -> io::Result<usize> {
        let _ = (most_findings, sinks);
        Ok(0)
    }

    /// Bytes of what waits for the conclusion and has to stay in memory.
    fn held_bytes(&self) -> usize {
        0
    }

    /// Decides, given what earlier submissions left, and writes what follows from it to the sinks.
    fn conclude(
        self: Box<Self>,
        history: &mut dyn History,
        sinks: &mut dyn Sinks,
    ) -> Result<Judgement, io::Error>;
}

/// The content of a document.
pub enum Body<'a> {
    /// UTF-8 text: XML or CSV. XML brings its own declaration; CSV was transcoded on the way.
    Text(&'a mut dyn Read),
    /// A guarded workbook, as its bytes.
    Workbook(&'a [u8]),
}

/// Where a kind writes what leaves. Everything written is sealed on its way.
pub trait Sinks {
    /// The writer for one part of the submission; the same one at each call.
    fn sink(&mut self, registry: &RegistryId, part: Part) -> io::Result<&mut dyn Write>;

    /// The same for a part that goes to another sender's outbound directory, sealed to that sender.
    ///
    /// # Errors
    /// When that sender has no key.
    fn addressed(
        &mut self,
        registry: &RegistryId,
        part: Part,
        to: &SenderId,
    ) -> io::Result<&mut dyn Write> {
        let _ = (registry, part, to);
        Err(io::Error::new(io::ErrorKind::Unsupported, "these sinks know no other senders"))
    }

    /// Room for what a kind remembers of a document that is too large to be remembered in memory.
    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(Vec::new()))
    }
}

/// What earlier submissions left, a part for each world.
pub trait History {
    /// The GP scheme: who is enrolled by which mission.
    fn enrolments(&mut self) -> &mut dyn embassy::state::EnrolmentHistory;

    /// What this sender has reported: notifications, annual submissions, persons.
    fn reports(&mut self) -> &mut dyn kpr::state::ReportHistory;

    /// What was shared with the police, and what they answered.
    fn exchanges(&mut self) -> &mut dyn police::state::ExchangeHistory;

    /// Which operating years' tasks are done.
    fn releases(&mut self) -> &mut dyn npr::state::ReleaseHistory;
}
