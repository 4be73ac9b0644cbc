//! What a sender had reported when reading began, and what was read beside it since.

use std::{
    cell::OnceCell,
    collections::{BTreeSet, HashMap},
    io,
};

use crate::{
    catalogue::{error::CatalogueError, records::reports::TakeGuid, view::View},
    kinds::{
        Reading,
        kpr::state::{Chain, Former, Known, ReportHistory, Reported},
    },
    pipeline::{house::House, pass::sent::Sent},
    types::{
        guid::Guid,
        ids::{SenderId, SubmissionId},
        municipality::MunicipalityNumber,
    },
};

use super::{chain, formers, known, linked, reporter::Reporter};

/// What a sender had reported when reading began. Looks beside the writer, so that a long file
/// keeps nobody waiting.
pub struct Past<'a> {
    house: &'a House,
    sender: &'a SenderId,
    /// Asked once, and only by kinds that ask at all.
    has_notifications: OnceCell<bool>,
    /// As it was when it was first needed: what is taken later comes out at the conclusion.
    sent: Sent,
    beside: &'a Beside,
    /// Submissions of which something is lost.
    lost: OnceCell<BTreeSet<SubmissionId>>,
}

impl<'a> Past<'a> {
    /// The past of one sender, and what was read `beside`.
    pub fn new(house: &'a House, sender: &'a SenderId, beside: &'a Beside) -> Self {
        let (has_notifications, sent) = (OnceCell::new(), Sent::default());
        Self { house, sender, has_notifications, sent, beside, lost: OnceCell::new() }
    }

    fn ask<T>(
        &self,
        question: impl FnOnce(&dyn View) -> Result<T, CatalogueError>,
    ) -> io::Result<T> {
        self.house.look(question).map_err(io::Error::other)
    }
}

impl ReportHistory for Past<'_> {
    fn chain(&self, municipality: MunicipalityNumber) -> io::Result<Option<Chain>> {
        self.ask(|view| view.report_chain(municipality)).map(|row| row.as_ref().map(chain))
    }

    fn concluded(&self) -> io::Result<u64> {
        self.ask(|view| view.concluded_count(self.sender))
    }

    fn notification(&self, guid: &Guid) -> io::Result<Option<Known>> {
        let any = if let Some(any) = self.has_notifications.get() {
            *any
        } else {
            let any = self.ask(|view| view.has_notifications(self.sender))?;
            *self.has_notifications.get_or_init(|| any)
        };
        let walk = |take: TakeGuid<'_>| self.ask(|view| view.each_notification(self.sender, take));
        if !any || !self.sent.may_hold(guid, walk)? {
            return Ok(None);
        }
        self.ask(|view| view.notification(self.sender, guid))?.map(known).transpose()
    }

    fn is_lost(&self, guid: &Guid) -> io::Result<bool> {
        let lost = if let Some(lost) = self.lost.get() {
            lost
        } else {
            let lost = self.ask(super::lost)?;
            self.lost.get_or_init(|| lost)
        };
        if lost.is_empty() {
            return Ok(false);
        }
        let by = self.ask(|view| view.notification_brought_by(self.sender, guid))?;
        Ok(by.is_some_and(|submission| lost.contains(&submission)))
    }

    fn beside(&self, guid: &Guid) -> Option<Known> {
        self.beside.known.get(guid).copied()
    }

    fn held_beside(&self) -> usize {
        self.beside.held_bytes
    }

    fn annual(&self, municipality: MunicipalityNumber, year: i16) -> io::Result<Vec<Former>> {
        let reporter = Reporter::of(self.house, self.sender);
        let rows = self.ask(|view| reporter.in_force(view, municipality, year))?;
        Ok(formers(&rows, None))
    }

    fn linked(&self, persons: &Reported, before: i16) -> io::Result<u64> {
        let mut count = Ok(0);
        self.ask(|view| {
            count = linked(view, persons, before);
            Ok(())
        })?;
        count
    }
}

/// The notifications of the documents of an archive that were read so far, as far as they are not
/// too many: what is beyond comes out at the conclusion.
#[derive(Default)]
pub struct Beside {
    known: HashMap<Guid, Known>,
    /// What the documents hold back.
    held_bytes: usize,
}

impl Beside {
    /// Takes over those of a document that was read.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn take(&mut self, reading: &dyn Reading) -> io::Result<()> {
        self.held_bytes += reading.held_bytes();
        let Some(notifications) = reading.notifications() else { return Ok(()) };
        notifications.walk(&mut |guid, known| {
            if self.known.len() < MOST_BESIDE {
                self.known.insert(guid, known);
            }
            Ok(())
        })
    }
}

/// As many as a table of 65,536 places takes before it doubles: less than two mebibytes.
const MOST_BESIDE: usize = 7 << 13;
