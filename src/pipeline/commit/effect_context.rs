//! What the effects of one conclusion have in common.

use std::io;

use jiff::{Timestamp, civil::Date};

use crate::{
    catalogue::records::submissions::Submission,
    pipeline::house::House,
    retention::{profile::Erasable, schedule::EventTimes},
    types::ids::{RegistryId, SenderId, SubmissionId},
};

/// What the effects of one conclusion have in common.
pub struct EffectContext<'a> {
    /// The submission, or the one that a decision is about.
    pub submission: SubmissionId,
    /// The number of the document in it, which its objects have too.
    pub document: u32,
    /// Whose it is.
    pub sender: &'a SenderId,
    /// The registry.
    pub registry: &'a RegistryId,
    /// Now.
    pub now: Timestamp,
    /// Today, Europe/Oslo.
    pub today: Date,
    /// When the record of somebody who is withdrawn now must be gone.
    pub withdrawn_gone_at: Option<Timestamp>,
}

impl<'a> EffectContext<'a> {
    /// Of the first or only document of a submission.
    ///
    /// # Errors
    /// When the registry is not configured any more.
    pub fn of(
        house: &House,
        row: &'a Submission,
        registry: &'a RegistryId,
        now: Timestamp,
    ) -> io::Result<Self> {
        let events = EventTimes { withdrawal_delivered: Some(now), ..EventTimes::default() };
        let deadline = house.deadline(registry, Erasable::Enrolment, &events)?;
        let withdrawn_gone_at = deadline.map(|deadline| deadline.at);
        let (submission, sender, today) = (row.id, &row.sender, house.day(now));
        let document = 1;
        Ok(Self { submission, document, sender, registry, now, today, withdrawn_gone_at })
    }
}
