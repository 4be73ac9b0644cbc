//! What every kind of submission can do: recognise its documents, read one, conclude what was read.

use std::io::{self, Read};

use crate::{
    kinds::{
        context::Context,
        embassy::state as embassy,
        judgement::Judgement,
        kpr::{spill::notifications::KeptNotifications, state as kpr},
        npr::state as npr,
        police::state as police,
        refused::Refused,
        says::Says,
        sinks::Sinks,
    },
    types::{
        ids::{KindId, Part, RegistryId},
        rule::Text,
    },
};

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
    fn notifications(&self) -> Option<KeptNotifications> {
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

/// What earlier submissions left, a part for each world.
pub trait History {
    /// The GP scheme: who is enrolled by which mission.
    fn enrolments(&mut self) -> &mut dyn embassy::EnrolmentHistory;

    /// What this sender has reported: notifications, annual submissions, persons.
    fn reports(&mut self) -> &mut dyn kpr::ReportHistory;

    /// What was shared with the police, and what they answered.
    fn exchanges(&mut self) -> &mut dyn police::ExchangeHistory;

    /// Which operating years' tasks are done.
    fn releases(&mut self) -> &mut dyn npr::ReleaseHistory;
}
