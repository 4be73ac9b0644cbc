//! The books that kinds conclude against, read from the catalogue.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, HashMap},
    io,
};

use jiff::civil::Date;

use crate::{
    catalogue::{
        error::CatalogueError,
        keys::{MissionCode, PersonKey},
        records::{
            enrolments::{Enrolment, EnrolmentState},
            police::{Exchange, ExchangeState},
            reports::{AnnualSubmission, Notification, ReportChain, TakeGuid},
        },
        view::View,
    },
    kinds::{
        Books, Effect, Reading,
        embassy::state::{Enrolled, EnrolmentBook},
        kpr::{
            sorter::Sorted,
            state::{Chain, Change, Known, NotificationStatus, ReportBook, Reported},
        },
        npr::state::ReleaseBook,
        police::{
            self,
            state::{ExchangeBook, Form},
        },
    },
    pipeline::{house::House, sent::Sent},
    types::{
        guid::Guid,
        ids::{RegistryId, SenderId, SubmissionId},
        municipality::MunicipalityNumber,
        pseudonym::Pseudonym,
    },
};

/// The catalogue as a kind sees it, for one registry.
pub struct CatalogueBooks<'a> {
    view: &'a dyn View,
    sender: &'a SenderId,
    registry: &'a RegistryId,
    overlay: Option<&'a Overlay>,
    sent: Sent,
}

impl<'a> CatalogueBooks<'a> {
    /// What this sender has reported, and the GP scheme of one registry.
    pub fn new(view: &'a dyn View, sender: &'a SenderId, registry: &'a RegistryId) -> Self {
        Self { view, sender, registry, overlay: None, sent: Sent::default() }
    }

    /// The same, as if what is in the overlay had been written.
    #[must_use]
    pub fn over(mut self, overlay: &'a Overlay) -> Self {
        self.overlay = Some(overlay);
        self
    }
}

/// What the first documents of an archive would have changed for the next one, where nothing is
/// written: a rehearsal, a dry run.
#[derive(Default)]
pub struct Overlay {
    chains: BTreeMap<MunicipalityNumber, Chain>,
    notifications: BTreeMap<Guid, Known>,
}

impl Overlay {
    /// Takes over what a document changes.
    ///
    /// # Errors
    /// When what it remembers cannot be read.
    pub fn take(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Report(Change::Chain { municipality, chain, .. }) => {
                    self.chains.insert(municipality, chain);
                }
                Effect::Report(Change::Notifications(taken)) => {
                    taken.walk(&mut |guid, known| {
                        self.notifications.insert(guid, known);
                        Ok(())
                    })?;
                }
                // These are not read again within one submission.
                Effect::Report(Change::Annual { .. } | Change::Persons { .. })
                | Effect::Police(_)
                | Effect::Released { .. }
                | Effect::Enrolment(_)
                | Effect::Hold(_)
                | Effect::ListSeen { .. } => {}
            }
        }
        Ok(())
    }
}

impl Books for CatalogueBooks<'_> {
    fn enrolments(&mut self) -> &mut dyn EnrolmentBook {
        self
    }

    fn reports(&mut self) -> &mut dyn ReportBook {
        self
    }

    fn exchanges(&mut self) -> &mut dyn ExchangeBook {
        self
    }

    fn releases(&mut self) -> &mut dyn ReleaseBook {
        self
    }
}

impl ReleaseBook for CatalogueBooks<'_> {
    fn task_done(&self, registry: &RegistryId, operating_year: i16) -> io::Result<bool> {
        let done = self.view.task_done(registry, operating_year).map_err(io::Error::other)?;
        Ok(done.is_some())
    }
}

impl ExchangeBook for CatalogueBooks<'_> {
    fn exchange(&self, id: &Guid) -> io::Result<Option<police::state::Known>> {
        let row = self.view.exchange(id).map_err(io::Error::other)?;
        row.map(exchanged).transpose()
    }

    fn reply(&self, id: &Guid) -> io::Result<Option<SubmissionId>> {
        let row = self.view.reply(id).map_err(io::Error::other)?;
        Ok(row.map(|row| row.submission))
    }
}

impl EnrolmentBook for CatalogueBooks<'_> {
    fn of_mission(&self, mission: &str) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
        let mission = mission_code(mission)?;
        let rows = self.view.enrolled(self.registry, &mission).map_err(io::Error::other)?;
        rows.iter().map(enrolled).collect()
    }

    fn newest_complete(&self, mission: &str) -> io::Result<Option<Date>> {
        let mission = mission_code(mission)?;
        let row = self.view.mission(self.registry, &mission).map_err(io::Error::other)?;
        Ok(row.and_then(|row| row.last_list_date))
    }

    fn enrolled(&self, mission: &str, person: &Pseudonym) -> io::Result<Option<Enrolled>> {
        let (mission, person) = (mission_code(mission)?, PersonKey::of(person));
        let row =
            self.view.enrolment(self.registry, &mission, &person).map_err(io::Error::other)?;
        let in_force = row.filter(|row| row.state == EnrolmentState::Enrolled);
        Ok(in_force.as_ref().map(enrolled).transpose()?.map(|(_, enrolled)| enrolled))
    }

    fn household(
        &self,
        mission: &str,
        principal: &Pseudonym,
    ) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
        let (mission, principal) = (mission_code(mission)?, PersonKey::of(principal));
        let rows =
            self.view.household(self.registry, &mission, &principal).map_err(io::Error::other)?;
        rows.iter().map(enrolled).collect()
    }

    fn missions_of(&self, person: &Pseudonym) -> io::Result<Vec<String>> {
        let person = PersonKey::of(person);
        let rows = self.view.enrolments_of(self.registry, &person).map_err(io::Error::other)?;
        let now = rows.into_iter().filter(|row| row.state == EnrolmentState::Enrolled);
        Ok(now.map(|row| row.mission.as_str().to_owned()).collect())
    }
}

impl ReportBook for CatalogueBooks<'_> {
    fn chain(&self, municipality: MunicipalityNumber) -> io::Result<Option<Chain>> {
        if let Some(chain) = self.overlay.and_then(|overlay| overlay.chains.get(&municipality)) {
            return Ok(Some(*chain));
        }
        let row = self.view.report_chain(self.sender, municipality).map_err(io::Error::other)?;
        Ok(row.as_ref().map(self::chain))
    }

    fn notification(&self, guid: &Guid) -> io::Result<Option<Known>> {
        if let Some(known) = self.overlay.and_then(|overlay| overlay.notifications.get(guid)) {
            return Ok(Some(*known));
        }
        let walk = |take: TakeGuid<'_>| {
            self.view.each_notification(self.sender, take).map_err(io::Error::other)
        };
        if !self.sent.may_hold(guid, walk)? {
            return Ok(None);
        }
        let row = self.view.notification(self.sender, guid).map_err(io::Error::other)?;
        row.map(known).transpose()
    }

    fn annual(
        &self,
        municipality: MunicipalityNumber,
        year: i16,
    ) -> io::Result<Option<SubmissionId>> {
        let rows = self.view.annual_submissions(self.sender, municipality, year);
        rows.map(in_force).map_err(io::Error::other)
    }

    fn linked(&self, persons: &Reported, before: i16) -> io::Result<u64> {
        linked(self.view, persons, before)
    }
}

/// What a sender had reported when reading began. Looks beside the writer, so that a long file keeps
/// nobody waiting.
pub struct Past<'a> {
    house: &'a House,
    sender: &'a SenderId,
    /// Asked once, and only by kinds that ask at all.
    has_notifications: OnceCell<bool>,
    /// As it was when it was first needed: what is taken later comes out at the conclusion.
    sent: Sent,
    beside: &'a Beside,
}

/// The notifications of the documents of an archive that were read so far, as far as they are not too
/// many: what is beyond comes out at the conclusion.
#[derive(Default)]
pub struct Beside(HashMap<Guid, Known>);

impl Beside {
    /// Takes over those of a document that was read.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn take(&mut self, reading: &dyn Reading) -> io::Result<()> {
        let Some(notifications) = reading.notifications() else { return Ok(()) };
        notifications.walk(&mut |guid, known| {
            if self.0.len() < MOST_BESIDE {
                self.0.insert(guid, known);
            }
            Ok(())
        })
    }
}

impl<'a> Past<'a> {
    /// The past of one sender, and what was read `beside`.
    pub fn new(house: &'a House, sender: &'a SenderId, beside: &'a Beside) -> Self {
        let (has_notifications, sent) = (OnceCell::new(), Sent::default());
        Self { house, sender, has_notifications, sent, beside }
    }

    fn ask<T>(
        &self,
        question: impl FnOnce(&dyn View) -> Result<T, CatalogueError>,
    ) -> io::Result<T> {
        self.house.look(question).map_err(io::Error::other)
    }
}

impl ReportBook for Past<'_> {
    fn chain(&self, municipality: MunicipalityNumber) -> io::Result<Option<Chain>> {
        self.ask(|view| view.report_chain(self.sender, municipality))
            .map(|row| row.as_ref().map(chain))
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

    fn beside(&self, guid: &Guid) -> Option<Known> {
        self.beside.0.get(guid).copied()
    }

    fn annual(
        &self,
        municipality: MunicipalityNumber,
        year: i16,
    ) -> io::Result<Option<SubmissionId>> {
        self.ask(|view| view.annual_submissions(self.sender, municipality, year)).map(in_force)
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

/// In pieces: they are in order and disjoint, so what is found in each adds up.
fn linked(view: &dyn View, persons: &Reported, before: i16) -> io::Result<u64> {
    let Reported { registry, epoch, persons } = persons;
    let mut count = 0;
    in_pieces(persons, &mut |piece| {
        count += view.linked_persons(registry, *epoch, piece, before).map_err(io::Error::other)?;
        Ok(())
    })?;
    Ok(count)
}

/// Hands over persons in order, many at a time.
///
/// # Errors
/// When they cannot be read, or whoever takes them errs.
pub fn in_pieces(
    persons: &Sorted<8>,
    take: &mut dyn FnMut(&[u64]) -> io::Result<()>,
) -> io::Result<()> {
    let mut piece = Vec::new();
    persons.walk(&mut |person| {
        piece.push(u64::from_be_bytes(*person));
        if piece.len() == PIECE {
            take(&piece)?;
            piece.clear();
        }
        Ok(())
    })?;
    if piece.is_empty() { Ok(()) } else { take(&piece) }
}

/// Some four mebibytes.
const MOST_BESIDE: usize = 1 << 16;

/// Persons in one piece: 128 KiB.
const PIECE: usize = 1 << 14;

fn chain(row: &ReportChain) -> Chain {
    Chain { last_number: row.last_number, last_guid: row.last_guid }
}

fn known(row: Notification) -> io::Result<Known> {
    let unreadable = CatalogueError::Unreadable { what: "notification status" };
    let mut letter = [0; 4];
    let status = NotificationStatus::parse(row.status.encode_utf8(&mut letter));
    let status = status.ok_or_else(|| io::Error::other(unreadable))?;
    Ok(Known { status, digest: row.digest })
}

fn exchanged(row: Exchange) -> io::Result<police::state::Known> {
    let unreadable = CatalogueError::Unreadable { what: "form of an exchange" };
    let form = Form::parse(&row.form).ok_or_else(|| io::Error::other(unreadable))?;
    let open = row.state == ExchangeState::Open;
    Ok(police::state::Known { form, district: row.district, open })
}

/// The newest of those that nothing has replaced.
fn in_force(rows: Vec<AnnualSubmission>) -> Option<SubmissionId> {
    let in_force = rows.into_iter().filter(|row| row.superseded.is_none());
    in_force.map(|row| row.submission).max()
}

/// Books in which nothing stands yet: a dry run on a machine without a catalogue.
pub struct EmptyBooks;

impl ReleaseBook for EmptyBooks {
    fn task_done(&self, _: &RegistryId, _: i16) -> io::Result<bool> {
        Ok(false)
    }
}

impl Books for EmptyBooks {
    fn enrolments(&mut self) -> &mut dyn EnrolmentBook {
        self
    }

    fn reports(&mut self) -> &mut dyn ReportBook {
        self
    }

    fn exchanges(&mut self) -> &mut dyn ExchangeBook {
        self
    }

    fn releases(&mut self) -> &mut dyn ReleaseBook {
        self
    }
}

impl ExchangeBook for EmptyBooks {
    fn exchange(&self, _: &Guid) -> io::Result<Option<police::state::Known>> {
        Ok(None)
    }

    fn reply(&self, _: &Guid) -> io::Result<Option<SubmissionId>> {
        Ok(None)
    }
}

impl EnrolmentBook for EmptyBooks {
    fn of_mission(&self, _mission: &str) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
        Ok(BTreeMap::new())
    }

    fn newest_complete(&self, _mission: &str) -> io::Result<Option<Date>> {
        Ok(None)
    }

    fn missions_of(&self, _person: &Pseudonym) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }
}

impl ReportBook for EmptyBooks {
    fn chain(&self, _: MunicipalityNumber) -> io::Result<Option<Chain>> {
        Ok(None)
    }

    fn notification(&self, _: &Guid) -> io::Result<Option<Known>> {
        Ok(None)
    }

    fn annual(&self, _: MunicipalityNumber, _: i16) -> io::Result<Option<SubmissionId>> {
        Ok(None)
    }

    fn linked(&self, _: &Reported, _: i16) -> io::Result<u64> {
        Ok(0)
    }
}

/// A mission's code as the catalogue keeps it.
pub fn mission_code(code: &str) -> io::Result<MissionCode> {
    MissionCode::parse(code).map_err(io::Error::other)
}

/// A pseudonym that the catalogue kept.
pub fn pseudonym(person: &PersonKey) -> io::Result<Pseudonym> {
    let unreadable = CatalogueError::Unreadable { what: "pseudonym" };
    Pseudonym::parse(person.as_str()).map_err(|_| io::Error::other(unreadable))
}

fn enrolled(row: &Enrolment) -> io::Result<(Pseudonym, Enrolled)> {
    let enrolled = Enrolled {
        principal: row.principal.as_ref().map(pseudonym).transpose()?,
        content: row.content,
        effective_from: row.effective_from,
    };
    Ok((pseudonym(&row.person)?, enrolled))
}
