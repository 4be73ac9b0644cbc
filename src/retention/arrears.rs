//! How much is due and was left by a sweep: what is due beyond that asks for another at once,
//! however much waits for a word.

use jiff::Timestamp;

use crate::catalogue::{error::CatalogueError, view::View};

/// How much is due, by what a sweep may be refused: a statute waits for no word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Arrears {
    enrolments: u64,
    past_limit: u64,
    within_limit: u64,
}

impl Arrears {
    /// All that is due at `at`.
    ///
    /// # Errors
    /// When the catalogue fails.
    pub fn count(view: &dyn View, at: Timestamp) -> Result<Self, CatalogueError> {
        Self::count_to(view, at, u32::MAX, u32::MAX, u32::MAX)
    }

    /// Whether more is due at `at` than this, of any sort. What has gone meanwhile in another way
    /// is taken off, so that it hides nothing that comes after.
    ///
    /// # Errors
    /// When the catalogue fails.
    pub fn has_grown(&mut self, view: &dyn View, at: Timestamp) -> Result<bool, CatalogueError> {
        // Looked at often, and so no further than to the first that is new.
        let beyond = |count| u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1);
        let Self { enrolments, past_limit, within_limit } = *self;
        let now =
            Self::count_to(view, at, beyond(enrolments), beyond(past_limit), beyond(within_limit))?;
        *self = Self {
            enrolments: enrolments.min(now.enrolments),
            past_limit: past_limit.min(now.past_limit),
            within_limit: within_limit.min(now.within_limit),
        };
        Ok(*self != now)
    }

    fn count_to(
        view: &dyn View,
        at: Timestamp,
        enrolments: u32,
        past_limit: u32,
        within_limit: u32,
    ) -> Result<Self, CatalogueError> {
        Ok(Self {
            enrolments: view.due_enrolments(at, enrolments)?.len() as u64,
            past_limit: view.due_by_limit(at, past_limit)?.len() as u64,
            within_limit: view.count_due_within_limit(at, within_limit)?,
        })
    }
}
