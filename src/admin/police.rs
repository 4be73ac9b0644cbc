//! What can be asked of the exchange with the police. Changes nothing.

use jiff::Timestamp;

use crate::{
    admin::shapes::police::{
        Direction, Exchange, Journal, JournalEntry, Overdue, Party, Police, Reply, Standing,
        Undecided, provision,
    },
    catalogue::{
        error::CatalogueError,
        records::police::{self, ExchangeFilter, ExchangeState, PoliceReply},
        view::View,
    },
    config::Config,
    kinds::police::state::Form,
    types::{
        case_number::CaseNumber,
        ids::{Part, SenderId, SubmissionId},
    },
};

/// One question on one snapshot.
pub struct Inquiry<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The snapshot.
    pub view: &'a dyn View,
    /// Now.
    pub now: Timestamp,
}

/// Which part of the journal is asked for.
#[derive(Debug, Clone, Default)]
pub struct Excerpt {
    /// Only of this case.
    pub case: Option<CaseNumber>,
    /// Only what was shared at this time or later.
    pub from: Option<Timestamp>,
    /// Only what was shared before this time.
    pub before: Option<Timestamp>,
}

impl Inquiry<'_> {
    /// All exchanges, newest first.
    ///
    /// # Errors
    /// When the catalogue fails.
    pub fn list(&self) -> Result<Vec<Exchange>, CatalogueError> {
        let rows = self.view.exchanges(&ExchangeFilter::default())?;
        rows.into_iter().rev().map(|row| self.exchange(row)).collect()
    }

    /// The exchange that an id means: its own, or that of a reply to it.
    ///
    /// # Errors
    /// When the catalogue fails.
    pub fn one(&self, id: SubmissionId) -> Result<Option<Exchange>, CatalogueError> {
        let found = match self.view.exchange_called(id)? {
            Some(found) => Some(found),
            None => match self.view.reply_of(id)? {
                Some(reply) => self.view.exchange(&reply.exchange)?,
                None => None,
            },
        };
        found.map(|row| self.exchange(row)).transpose()
    }

    /// What `status` says.
    ///
    /// # Errors
    /// When the catalogue fails.
    pub fn status(&self) -> Result<Police, CatalogueError> {
        let open = self.view.unanswered_exchanges()?;
        let today = self.now.to_zoned(self.config.time_zone.clone()).date();
        let overdue = self.view.overdue_exchanges(today, MOST)?.into_iter();
        let overdue = overdue.filter_map(|row| {
            let (days, id) = (self.overdue_days(&row)?, row.reference());
            let contact = self.contact(&row.district);
            let (hospital, district, needed_by) = (row.hospital, row.district, row.needed_by?);
            Some(Overdue { id, hospital, district, needed_by, days, contact })
        });
        let overdue = overdue.collect();
        let waiting = self.view.undecided_replies(MOST)?.into_iter();
        let undecided = waiting.map(|reply| self.undecided(reply)).collect::<Result<_, _>>()?;
        Ok(Police { open, overdue, undecided })
    }

    /// What was shared, both ways, in order of time.
    ///
    /// # Errors
    /// When the catalogue fails.
    pub fn journal(&self, excerpt: &Excerpt) -> Result<Journal, CatalogueError> {
        let filter = ExchangeFilter { case: excerpt.case.clone(), ..ExchangeFilter::default() };
        let mut entries = Vec::new();
        // A reply may come in a period that its request does not lie in, so all are looked at.
        for row in self.view.exchanges(&filter)? {
            let replies = self.view.replies_to(&row.id)?;
            entries.extend(replies.into_iter().map(|reply| self.received(&row, reply)));
            let standing = self.standing(&row)?;
            entries.push(JournalEntry { standing: Some(standing), ..self.shared(row) });
        }
        let within = |at: Timestamp| {
            excerpt.from.is_none_or(|from| at >= from)
                && excerpt.before.is_none_or(|before| at < before)
        };
        // What came in one month and waited into the next belongs to both.
        let sent = |entry: &JournalEntry| {
            entry.sent_at.filter(|_| entry.direction == Direction::ToPolice).is_some_and(within)
        };
        entries.retain(|entry| within(entry.at) || sent(entry));
        entries.sort_by_key(|entry| (entry.at, entry.audit_seq));
        Ok(Journal {
            exported_at: self.now,
            installation: self.config.name.clone(),
            case: excerpt.case.clone(),
            from: excerpt.from,
            before: excerpt.before,
            entries,
        })
    }

    fn exchange(&self, row: police::Exchange) -> Result<Exchange, CatalogueError> {
        let replies = self.view.replies_to(&row.id)?;
        let replies = replies.into_iter().map(|row| self.reply(row)).collect::<Result<_, _>>()?;
        let overdue_days = self.overdue_days(&row);
        let standing = self.standing(&row)?;
        Ok(Exchange::new(row, standing, overdue_days, replies))
    }

    /// Whether the police have it. Only what lay in their directory was shared with them, and what
    /// was told: all else was taken here and no more.
    pub fn standing(&self, row: &police::Exchange) -> Result<Standing, CatalogueError> {
        if row.form == Form::Oral.as_str() {
            return Ok(Standing::Told);
        }
        if row.sent_at.is_some() {
            return Ok(Standing::Sent);
        }
        let objects = row.submission.map(|id| self.view.objects_of(id));
        let objects = objects.transpose()?.unwrap_or_default();
        for object in objects {
            // What is erased here is not sent any more, whatever it waited for.
            let there = object.header_erased_at.is_none();
            let dispatch = self.view.dispatch(&object.id)?.filter(|_| there);
            let Some(dispatch) = dispatch.filter(|dispatch| dispatch.removed_at.is_none()) else {
                continue;
            };
            return Ok(match row.state {
                ExchangeState::Waiting => Standing::WaitsForArchive,
                // Refused by the archive, and erased next.
                _ if dispatch.waits => Standing::NotSent,
                _ => Standing::Pending,
            });
        }
        Ok(Standing::NotSent)
    }

    fn reply(&self, row: PoliceReply) -> Result<Reply, CatalogueError> {
        let mut objects = self.view.objects_of(row.submission)?.into_iter();
        let object = objects
            .find(|object| object.id.part == Part::Whole && object.header_erased_at.is_none());
        Ok(Reply {
            id: row.submission,
            shared: row.shared,
            documents: row.documents,
            received_at: row.received_at,
            audit_seq: row.audit_seq,
            escalated_at: row.escalated_at,
            decision: row.decision.map(Into::into),
            delivered_at: row.delivered_at,
            due_at: object.as_ref().and_then(|object| object.due_at),
            object: object.map(|object| object.id),
        })
    }

    fn undecided(&self, row: PoliceReply) -> Result<Undecided, CatalogueError> {
        let exchange = self.view.exchange(&row.exchange)?;
        let escalated = row.escalated_at.is_some();
        let (hospital, called) = exchange
            .map_or((None, row.submission), |found| (found.hospital.clone(), found.reference()));
        let Reply { id, received_at, due_at, .. } = self.reply(row.clone())?;
        let district = row.district;
        Ok(Undecided { id, exchange: called, hospital, district, received_at, escalated, due_at })
    }

    fn shared(&self, row: police::Exchange) -> JournalEntry {
        JournalEntry {
            at: row.at,
            direction: Direction::ToPolice,
            id: row.reference(),
            answers: None,
            hospital: row.hospital.as_ref().map(|id| self.party(id)),
            district: self.party(&row.district),
            provision: provision(&row.basis),
            form: row.form,
            case: row.case,
            legal_basis: row.basis,
            purpose_code: row.purpose_code,
            patient_informed: row.informed,
            sent_at: row.sent_at,
            standing: None,
            recorded_by: row.recorded_by,
            shared: None,
            documents: None,
            decision: None,
            audit_seq: row.audit_seq,
        }
    }

    fn received(&self, request: &police::Exchange, row: PoliceReply) -> JournalEntry {
        let entry = self.shared(request.clone());
        JournalEntry {
            at: row.received_at,
            direction: Direction::FromPolice,
            form: "reply".to_owned(),
            id: row.submission,
            answers: Some(request.reference()),
            sent_at: row.delivered_at,
            recorded_by: None,
            shared: Some(row.shared),
            documents: Some(row.documents),
            decision: row.decision.map(Into::into),
            audit_seq: row.audit_seq,
            ..entry
        }
    }

    /// By how many days an answer is late (POL-09).
    fn overdue_days(&self, row: &police::Exchange) -> Option<u32> {
        let today = self.now.to_zoned(self.config.time_zone.clone()).date();
        let needed_by = row.needed_by.filter(|_| row.state == ExchangeState::Open)?;
        let late = today.since(needed_by).ok()?.get_days();
        u32::try_from(late).ok().filter(|days| *days > 0)
    }

    fn party(&self, id: &SenderId) -> Party {
        let name = self.config.senders.get(id).map(|sender| sender.name.clone());
        Party { id: id.clone(), name: name.unwrap_or_else(|| id.to_string()) }
    }

    fn contact(&self, id: &SenderId) -> Option<String> {
        self.config.senders.get(id).and_then(|sender| sender.contact.clone())
    }
}

/// Most rows of a list in `status`.
const MOST: u32 = 1000;
