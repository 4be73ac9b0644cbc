//! What can be asked and changed of the tasks that releases are for: parts of
//! [`View`](crate::catalogue::view::View) and [`Ledger`](crate::catalogue::ledger::Ledger).

use jiff::Timestamp;

use crate::{
    catalogue::{error::CatalogueError, records::objects::TaskDone},
    types::ids::RegistryId,
};

/// Questions about the tasks that releases are for.
pub trait TaskView {
    /// Whether the task of an operating year is done (NPR-05).
    fn task_done(
        &self,
        registry: &RegistryId,
        operating_year: i16,
    ) -> Result<Option<TaskDone>, CatalogueError>;

    /// Every operating year whose task is done, by registry and year.
    fn tasks_done(&self) -> Result<Vec<TaskDone>, CatalogueError>;
}

/// Changes of the tasks that releases are for.
pub trait TaskLedger {
    /// Records that a task is done, and lets every object of its registry and year be due at
    /// `due_at` at the latest, held or not; says how many. A second time it changes nothing but
    /// what came since.
    fn end_task(
        &mut self,
        done: &TaskDone,
        due_at: Timestamp,
        due_rule: &str,
    ) -> Result<u64, CatalogueError>;

    /// Lets an operating year be worked on again. What is due stays due. `false` when its task was
    /// not done.
    fn reopen_task(
        &mut self,
        registry: &RegistryId,
        operating_year: i16,
    ) -> Result<bool, CatalogueError>;
}
