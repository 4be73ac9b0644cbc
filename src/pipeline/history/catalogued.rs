//! The history as they stand in the catalogue, for one sender and one registry.

use std::{collections::BTreeMap, io};

use jiff::civil::Date;

use crate::{
    catalogue::{
        error::CatalogueError,
        keys::PersonKey,
        records::{
            enrolments::{Enrolment, EnrolmentState},
            police::{Exchange, ExchangeState},
            reports::TakeGuid,
        },
        view::View,
    },
    kinds::{
        History, Kind,
        embassy::{
            Departures,
            state::{Enrolled, EnrolmentHistory, Last, Told},
        },
        judgement::Effect,
        kpr::state::{Chain, Change, Former, Known, ReportHistory, Reported},
        npr::state::ReleaseHistory,
        police::{
            self,
            state::{ExchangeHistory, Form},
        },
    },
    pipeline::{answer::facts::Facts, pass::sent::Sent},
    types::{
        guid::Guid,
        ids::{RegistryId, SenderId, SubmissionId},
        municipality::MunicipalityNumber,
        pseudonym::Pseudonym,
    },
};

use super::{known, linked, mission_code, pseudonym, reporter::Reporter};

/// The catalogue as a kind sees it, for one registry.
pub struct CatalogueHistory<'a> {
    view: &'a dyn View,
    reporter: Reporter<'a>,
    /// The submission that is being concluded, where it is on record.
    own: Option<SubmissionId>,
    /// How many documents of it came before.
    before: u64,
    registry: &'a RegistryId,
    overlay: Option<&'a Overlay>,
    sent: Sent,
}

impl<'a> CatalogueHistory<'a> {
    /// What this sender has reported, and the GP scheme of one registry.
    pub fn new(view: &'a dyn View, sender: &'a SenderId, registry: &'a RegistryId) -> Self {
        let (reporter, sent) = (Reporter::nobody(sender), Sent::default());
        Self { view, reporter, own: None, before: 0, registry, overlay: None, sent }
    }

    /// The same with what its municipality has reported.
    #[must_use]
    pub fn reporting(mut self, reporter: Reporter<'a>) -> Self {
        self.reporter = reporter;
        self
    }

    /// The same for a submission of which something may be written already.
    #[must_use]
    pub fn concluding(mut self, own: SubmissionId) -> Self {
        self.own = Some(own);
        self
    }

    /// The same for a document behind so many others of the same archive.
    #[must_use]
    pub fn behind(mut self, documents: u64) -> Self {
        self.before = documents;
        self
    }

    fn sender(&self) -> &'a SenderId {
        self.reporter.sender()
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
    /// Whether one of them was complete, and so took the place of what is on record.
    annual: BTreeMap<(MunicipalityNumber, i16), bool>,
}

impl Overlay {
    /// Takes over what a document changes.
    ///
    /// # Errors
    /// When what it remembers cannot be read.
    pub fn take(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Report(Change::Chain { municipality, chain }) => {
                    self.chains.insert(municipality, chain);
                }
                Effect::Report(Change::Notifications(taken)) => {
                    taken.walk(&mut |guid, known| {
                        self.notifications.insert(guid, known);
                        Ok(())
                    })?;
                }
                Effect::Report(Change::Annual { municipality, year, complete, .. }) => {
                    *self.annual.entry((municipality, year)).or_default() |= complete == Some(true);
                }
                // These are not read again within one submission.
                Effect::Report(Change::Gap { .. } | Change::Persons { .. })
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

impl History for CatalogueHistory<'_> {
    fn enrolments(&mut self) -> &mut dyn EnrolmentHistory {
        self
    }

    fn reports(&mut self) -> &mut dyn ReportHistory {
        self
    }

    fn exchanges(&mut self) -> &mut dyn ExchangeHistory {
        self
    }

    fn releases(&mut self) -> &mut dyn ReleaseHistory {
        self
    }
}

impl ReleaseHistory for CatalogueHistory<'_> {
    fn task_done(&self, registry: &RegistryId, operating_year: i16) -> io::Result<bool> {
        let done = self.view.task_done(registry, operating_year)?;
        Ok(done.is_some())
    }
}

impl ExchangeHistory for CatalogueHistory<'_> {
    fn exchange(&self, id: &Guid) -> io::Result<Option<police::state::Known>> {
        let row = self.view.exchange(id)?;
        row.map(exchanged).transpose()
    }

    fn reply(&self, id: &Guid) -> io::Result<Option<SubmissionId>> {
        let row = self.view.reply(id)?;
        Ok(row.map(|row| row.submission))
    }
}

impl EnrolmentHistory for CatalogueHistory<'_> {
    fn of_mission(&self, mission: &str) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
        let mission = mission_code(mission)?;
        let rows = self.view.enrolled(self.registry, &mission)?;
        rows.iter().map(enrolled).collect()
    }

    fn newest_complete(&self, mission: &str) -> io::Result<Option<Date>> {
        let mission = mission_code(mission)?;
        let row = self.view.mission(self.registry, &mission)?;
        Ok(row.and_then(|row| row.last_list_date))
    }

    fn enrolled(&self, mission: &str, person: &Pseudonym) -> io::Result<Option<Enrolled>> {
        let (mission, person) = (mission_code(mission)?, PersonKey::of(person));
        let row = self.view.enrolment(self.registry, &mission, &person)?;
        let in_force = row.filter(|row| row.state == EnrolmentState::Enrolled);
        Ok(in_force.as_ref().map(enrolled).transpose()?.map(|(_, enrolled)| enrolled))
    }

    fn household(
        &self,
        mission: &str,
        principal: &Pseudonym,
    ) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
        let (mission, principal) = (mission_code(mission)?, PersonKey::of(principal));
        let rows = self.view.household(self.registry, &mission, &principal)?;
        rows.iter().map(enrolled).collect()
    }

    fn missions(&self) -> io::Result<Vec<String>> {
        let rows = self.view.missions()?;
        let ours = rows.into_iter().filter(|row| row.registry == *self.registry);
        Ok(ours.map(|row| row.mission.as_str().to_owned()).collect())
    }

    fn missions_of(&self, person: &Pseudonym) -> io::Result<Vec<String>> {
        let person = PersonKey::of(person);
        let rows = self.view.enrolments_of(self.registry, &person)?;
        let now = rows.into_iter().filter(|row| row.state == EnrolmentState::Enrolled);
        Ok(now.map(|row| row.mission.as_str().to_owned()).collect())
    }

    fn told_of(&self, person: &Pseudonym) -> io::Result<Vec<Told>> {
        let person = PersonKey::of(person);
        let rows = self.view.enrolments_of(self.registry, &person)?;
        let told = |row: Enrolment| {
            let by = self.view.submission(row.submission)?;
            let is_notice = by.as_ref().and_then(|by| by.kind.as_ref());
            let is_notice = is_notice.is_some_and(|kind| kind.as_str() == Departures.name());
            let list_date = by.as_ref().and_then(Facts::list_date_of);
            let (last, on) = match row.state {
                EnrolmentState::Enrolled => (Last::Enrolled, list_date),
                EnrolmentState::Withdrawn if is_notice => (Last::Departed, row.withdrawn_on),
                EnrolmentState::Withdrawn => (Last::Withdrawn, list_date),
            };
            Ok(Told { mission: row.mission.as_str().to_owned(), last, on })
        };
        rows.into_iter().map(told).collect()
    }
}

impl ReportHistory for CatalogueHistory<'_> {
    fn chain(&self, municipality: MunicipalityNumber) -> io::Result<Option<Chain>> {
        if let Some(chain) = self.overlay.and_then(|overlay| overlay.chains.get(&municipality)) {
            return Ok(Some(*chain));
        }
        let row = self.view.report_chain(municipality)?;
        Ok(row.as_ref().map(super::chain))
    }

    fn concluded(&self) -> io::Result<u64> {
        let concluded = self.view.concluded_count(self.sender())?;
        Ok(concluded + self.before)
    }

    fn notification(&self, guid: &Guid) -> io::Result<Option<Known>> {
        if let Some(known) = self.overlay.and_then(|overlay| overlay.notifications.get(guid)) {
            return Ok(Some(*known));
        }
        let walk = |take: TakeGuid<'_>| {
            self.view.each_notification(self.sender(), take).map_err(io::Error::other)
        };
        if !self.sent.may_hold(guid, walk)? {
            return Ok(None);
        }
        let row = self.view.notification(self.sender(), guid)?;
        row.map(known).transpose()
    }

    fn is_lost(&self, guid: &Guid) -> io::Result<bool> {
        let lost = super::lost(self.view)?;
        let by = self.view.notification_brought_by(self.sender(), guid)?;
        Ok(by.is_some_and(|submission| lost.contains(&submission)))
    }

    fn annual(&self, municipality: MunicipalityNumber, year: i16) -> io::Result<Vec<Former>> {
        let over = self.overlay.and_then(|overlay| overlay.annual.get(&(municipality, year)));
        let mut formers = Vec::new();
        if over != Some(&true) {
            let rows = self.reporter.in_force(self.view, municipality, year);
            formers = super::formers(&rows?, self.own);
        }
        formers.extend(over.map(|_| Former::SameArchive));
        Ok(formers)
    }

    fn linked(&self, persons: &Reported, before: i16) -> io::Result<u64> {
        linked(self.view, persons, before)
    }
}

fn exchanged(row: Exchange) -> io::Result<police::state::Known> {
    let unreadable = CatalogueError::Unreadable { what: "form of an exchange" };
    let form = Form::parse(&row.form).ok_or_else(|| io::Error::other(unreadable))?;
    let open = row.state == ExchangeState::Open;
    Ok(police::state::Known { form, district: row.district, open })
}

fn enrolled(row: &Enrolment) -> io::Result<(Pseudonym, Enrolled)> {
    let enrolled = Enrolled {
        principal: row.principal.as_ref().map(pseudonym).transpose()?,
        content: row.content,
        effective_from: row.effective_from,
    };
    Ok((pseudonym(&row.person)?, enrolled))
}
