//! Holds an event message against the history: where its sequence goes on, whether what it refers
//! to was sent, who is known from earlier years.
//!
//! What was written cannot be taken back. So whatever depends on the history is either decided
//! while reading or held back until now; only a repetition of a notification whose file was read at
//! the same time can slip through, and that is told: the register knows it by its GUID.

use std::io;

use crate::{
    kinds::{
        judgement::{Judgement, Note},
        kind::{History, Reading},
        kpr::{
            event::{
                schema::MELDING,
                sequence::{self, Sequence},
            },
            hints,
            output::{Ending, Rendered},
            report::Summary,
            spill::{notifications::KeptNotifications, repeated_keys::RepeatedKeys},
            state::{Chain, Change, NotificationStatus, ReportHistory},
            tally::Tally,
        },
        sinks::Sinks,
    },
    types::{
        finding::{Finding, Place},
        guid::Guid,
        ids::{Part, RegistryId},
        municipality::MunicipalityNumber,
        rule::Severity,
        rules::kpr as rules,
        verdict::Verdict,
    },
};

/// An event message that was read.
pub struct EventReading {
    /// What leaves, per registry.
    pub endings: Vec<Ending>,
    /// What was found and counted.
    pub tally: Tally,
    /// The notifications that were taken, and those that were held back.
    pub notifications: KeptNotifications,
    /// Their sequence.
    pub sequence: Sequence,
    /// [`ReportHistory::concluded`] when reading began; none where nobody looked.
    pub concluded: Option<u64>,
    /// GUIDs of events.
    pub events_told: RepeatedKeys,
    /// Those whose reference was not known.
    pub held: Vec<Held>,
    /// Whose message it is.
    pub municipality: MunicipalityNumber,
    /// What comes after the notifications, as it would leave, per registry.
    pub tail: Vec<Vec<Rendered>>,
    /// KPR-08.
    pub max_rejected_basis_points: u64,
}

/// A notification that was held back.
#[derive(Debug)]
pub struct Held {
    /// Its GUID.
    pub guid: Guid,
    /// What it refers to.
    pub reference: Guid,
    /// What that does, where it stands in the same message.
    pub known: Option<NotificationStatus>,
    /// Its number in the file.
    pub record: u64,
    /// Where it stands.
    pub place: Place,
    /// As it would leave, per registry.
    pub rendered: Vec<Rendered>,
}

impl Reading for EventReading {
    fn writes_later(&self) -> Vec<(RegistryId, Part)> {
        self.endings.iter().flat_map(Ending::writes_later).collect()
    }

    /// None of a message that the history can still reject: it would take what a later document
    /// repeats of it along. Such a repetition leaves twice, and is told.
    fn notifications(&self) -> Option<KeptNotifications> {
        let held = self.held.iter().filter(|h| h.known != Some(NotificationStatus::Original));
        let doubtful: Vec<_> = held.map(|held| held.guid).collect();
        let is_taken =
            self.tally.is_taken_with(doubtful.len() as u64, self.max_rejected_basis_points);
        is_taken.then(|| self.notifications.clone().without(doubtful))
    }

    fn rest(&mut self, most_findings: usize, sinks: &mut dyn Sinks) -> io::Result<usize> {
        self.endings.iter_mut().try_for_each(|ending| ending.rest(sinks))?;
        self.notifications.rest(sinks)?;
        self.events_told.set_aside(sinks)?;
        Ok(self.tally.findings.shorten(most_findings))
    }

    fn held_bytes(&self) -> usize {
        self.held.iter().flat_map(|held| &held.rendered).map(Rendered::bytes).sum()
    }

    fn conclude(
        mut self: Box<Self>,
        history: &mut dyn History,
        sinks: &mut dyn Sinks,
    ) -> Result<Judgement, io::Error> {
        let history = history.reports();
        let before = match history.chain(self.municipality)? {
            None => self.inherited(history)?,
            known => known,
        };
        // Looked up only where it goes on from another one than the last.
        let previous = self.sequence.goes_on_from().filter(|guid| *guid != Guid::ZERO);
        let came = match (previous, before) {
            (Some(previous), Some(chain)) if previous != chain.last_guid => {
                history.notification(&previous)?.is_some()
            }
            _ => false,
        };
        if let Some((hint, record, place)) = self.sequence.join(before, came) {
            let finding = Finding::new(&rules::KPR_06, place).record(record).hint(hint);
            let finding = finding.severity(Severity::Warning).field(sequence::field_of(hint));
            self.tally.push(finding);
        }
        let struck = self.release(history, sinks)?;
        let taken = self.notifications.clone().without(struck);
        // Where the sequence stands says nothing of it: what came late does not move it.
        if self.concluded != Some(history.concluded()?) {
            self.tell_repeated(&taken, history)?;
        }
        let events_told = std::mem::take(&mut self.events_told);
        events_told.tell(&mut self.tally, &hints::EVENT_TWICE, "hendelseGUID", sinks)?;
        let share = self.max_rejected_basis_points;
        let mut summary = Summary::of(&mut self.tally, &mut self.endings, share, history, sinks)?;
        if summary.verdict == Verdict::Rejected {
            return Ok(summary.rejected());
        }
        let missing = self.sequence.missing();
        summary.quality.missing = missing;
        for rendered in &self.tail {
            for (ending, rendered) in self.endings.iter_mut().zip(rendered) {
                ending.release(rendered, sinks)?;
            }
        }
        for ending in &mut self.endings {
            ending.end(MELDING.name, sinks)?;
        }
        let mut notes = self.tally.notes();
        if missing > 0 {
            notes.push(Note::Gap { missing });
        }
        let mut changes = Vec::new();
        let municipality = self.municipality;
        if let Some(chain) = self.sequence.chain(before).filter(|chain| Some(*chain) != before) {
            changes.push(Change::Chain { municipality, chain });
        }
        if missing > 0 {
            changes.push(Change::Gap { municipality, missing });
        }
        if !taken.is_empty() {
            changes.push(Change::Notifications(taken));
        }
        Ok(summary.taken(notes, changes))
    }
}

impl EventReading {
    /// Where the sequence stood under a number that this municipality had before: it may go on.
    fn inherited(&self, history: &mut dyn ReportHistory) -> io::Result<Option<Chain>> {
        for number in self.municipality.predecessors() {
            if let Some(chain) = history.chain(number)?
                && self.sequence.goes_on_from() == Some(chain.last_guid)
            {
                return Ok(Some(chain));
            }
        }
        Ok(None)
    }

    /// Lets those leave whose reference is known by now; gives the GUIDs of those that are struck.
    fn release(
        &mut self,
        history: &mut dyn ReportHistory,
        sinks: &mut dyn Sinks,
    ) -> Result<Vec<Guid>, io::Error> {
        let mut struck = Vec::new();
        for held in std::mem::take(&mut self.held) {
            let known = match held.known {
                Some(known) => Some(known),
                None => history.notification(&held.reference)?.map(|known| known.status),
            };
            if known == Some(NotificationStatus::Original) {
                for (ending, rendered) in self.endings.iter_mut().zip(&held.rendered) {
                    ending.release(rendered, sinks)?;
                }
                continue;
            }
            let finding = Finding::new(&rules::KPR_06, held.place)
                .severity(Severity::RejectRecord)
                .record(held.record)
                .field("notifikasjonRef")
                .hint(&hints::REFERENCE_UNKNOWN);
            self.tally.push(finding);
            self.tally.rejected += 1;
            struck.push(held.guid);
        }
        Ok(struck)
    }

    /// Notifications that became known while this message was read.
    fn tell_repeated(
        &mut self,
        taken: &KeptNotifications,
        history: &mut dyn ReportHistory,
    ) -> Result<(), io::Error> {
        taken.walk(&mut |guid, _| {
            if history.notification(&guid)?.is_none() || history.is_lost(&guid)? {
                return Ok(());
            }
            let finding = Finding::new(&rules::KPR_06, Place::File {})
                .severity(Severity::Warning)
                .field("notifikasjonGUID")
                .hint(&hints::DUPLICATE_AT_ONCE);
            self.tally.push(finding);
            Ok(())
        })
    }
}
