//! The police exchange and its archiving, asked and changed in one transaction.

use jiff::{Timestamp, civil::Date};

use crate::{
    catalogue::{
        archive::{ArchiveLedger, ArchiveView},
        police::{PoliceLedger, PoliceView},
        records::{
            archive::{ArchiveJob, ArchiveWaiting},
            page::Page,
            police::{Dispatch, Exchange, ExchangeFilter, PoliceReply},
        },
        sqlite::{archive, dispatches, police},
    },
    types::{
        case_number::CaseNumber,
        guid::Guid,
        ids::{ObjectId, SubmissionId},
    },
};

use super::{Answer, Session};

impl ArchiveView for Session<'_> {
    fn archive_job(&self, exchange: &Guid) -> Answer<Option<ArchiveJob>> {
        archive::one(self.connection, exchange)
    }

    fn archive_job_called(&self, reference: SubmissionId) -> Answer<Option<ArchiveJob>> {
        archive::called(self.connection, reference)
    }

    fn archive_due(&self, at: Timestamp, beyond: Timestamp, limit: u32) -> Answer<Vec<ArchiveJob>> {
        archive::due(self.connection, at, beyond, limit)
    }

    fn archive_to_tell(&self, page: Page) -> Answer<Vec<ArchiveJob>> {
        archive::to_tell(self.connection, page)
    }

    fn archive_waiting(&self) -> Answer<ArchiveWaiting> {
        archive::waiting(self.connection)
    }
}

impl ArchiveLedger for Session<'_> {
    fn queue_archive(
        &mut self,
        exchange: &Guid,
        case: Option<&CaseNumber>,
        now: Timestamp,
    ) -> Answer<()> {
        archive::queue(self.connection, exchange, case, now)
    }

    fn save_archive_job(&mut self, job: &ArchiveJob) -> Answer<()> {
        archive::save(self.connection, job)
    }
}

impl PoliceView for Session<'_> {
    fn exchange(&self, id: &Guid) -> Answer<Option<Exchange>> {
        police::exchange(self.connection, id)
    }

    fn exchange_called(&self, reference: SubmissionId) -> Answer<Option<Exchange>> {
        police::exchange_called(self.connection, reference)
    }

    fn exchanges(&self, filter: &ExchangeFilter) -> Answer<Vec<Exchange>> {
        police::exchanges(self.connection, filter)
    }

    fn overdue_exchanges(&self, day: Date, limit: u32) -> Answer<Vec<Exchange>> {
        police::overdue(self.connection, day, limit)
    }

    fn unanswered_exchanges(&self) -> Answer<u64> {
        police::unanswered(self.connection)
    }

    fn reply(&self, id: &Guid) -> Answer<Option<PoliceReply>> {
        police::reply(self.connection, id)
    }

    fn reply_of(&self, submission: SubmissionId) -> Answer<Option<PoliceReply>> {
        police::reply_of(self.connection, submission)
    }

    fn replies_to(&self, exchange: &Guid) -> Answer<Vec<PoliceReply>> {
        police::replies_to(self.connection, exchange)
    }

    fn undecided_replies(&self, limit: u32) -> Answer<Vec<PoliceReply>> {
        police::undecided(self.connection, limit)
    }

    fn dispatch(&self, object: &ObjectId) -> Answer<Option<Dispatch>> {
        dispatches::one(self.connection, object)
    }

    fn dispatches_to_do(&self, page: Page) -> Answer<Vec<Dispatch>> {
        dispatches::to_do(self.connection, page)
    }

    fn dispatches_to_remove(&self, at: Timestamp, page: Page) -> Answer<Vec<Dispatch>> {
        dispatches::to_remove(self.connection, at, page)
    }
}

impl PoliceLedger for Session<'_> {
    fn put_exchange(&mut self, exchange: &Exchange) -> Answer<()> {
        police::put_exchange(self.connection, exchange)
    }

    fn put_reply(&mut self, reply: &PoliceReply) -> Answer<()> {
        police::put_reply(self.connection, reply)
    }

    fn put_dispatch(&mut self, dispatch: &Dispatch) -> Answer<()> {
        dispatches::put(self.connection, dispatch)
    }
}
