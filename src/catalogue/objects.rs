//! What can be asked and changed of objects: parts of
//! [`View`](crate::catalogue::view::View) and [`Ledger`](crate::catalogue::ledger::Ledger).

use jiff::Timestamp;

use crate::{
    catalogue::{
        error::CatalogueError,
        records::objects::{Deadline, DeadlineCount, Object, ObjectCount, ObjectFilter},
    },
    types::ids::{ObjectId, RegistryId, SubmissionId},
};

/// Questions about objects.
pub trait ObjectView {
    /// One object.
    fn object(&self, id: &ObjectId) -> Result<Option<Object>, CatalogueError>;

    /// Objects, newest first.
    fn objects(&self, filter: &ObjectFilter) -> Result<Vec<Object>, CatalogueError>;

    /// Those of one submission, newest first.
    fn objects_of(&self, submission: SubmissionId) -> Result<Vec<Object>, CatalogueError> {
        self.objects(&ObjectFilter { submission: Some(submission), ..ObjectFilter::default() })
    }

    /// How many objects each registry has in each state.
    fn object_counts(&self) -> Result<Vec<ObjectCount>, CatalogueError>;

    /// The age header of an object, opened; `None` once it is erased.
    ///
    /// # Errors
    /// [`CatalogueError::HeaderKey`] when the key that seals it is not at hand, or destroyed.
    fn header(&self, id: &ObjectId) -> Result<Option<Vec<u8>>, CatalogueError>;

    /// Objects that must be gone at `at`, by deadline: those stored whose `due_at` has come, and
    /// all, held or not, whose `statutory_limit` has come.
    fn due_objects(&self, at: Timestamp, limit: u32) -> Result<Vec<Object>, CatalogueError>;

    /// Those among [`Self::due_objects`] that nobody may keep at `at`, whatever is configured, held
    /// or asked first: a statute says so, or an operator has said that their task is done.
    fn due_by_limit(&self, at: Timestamp, limit: u32) -> Result<Vec<Object>, CatalogueError>;

    /// How many of [`Self::due_objects`] are not among [`Self::due_by_limit`]; counts no further
    /// than `most`.
    fn count_due_within_limit(&self, at: Timestamp, most: u32) -> Result<u64, CatalogueError>;

    /// The registries with content that is due before `until` and that nobody has got, and how much
    /// of it. Nothing of an annual submission that a later one has replaced.
    fn unfetched(&self, until: Timestamp) -> Result<Vec<(RegistryId, u64)>, CatalogueError>;

    /// When objects, stored or held, must be gone, up to and including `until`, in an order of time
    /// that does not change. `after`: the time, and the object of that time, behind which it goes
    /// on; without an object, with all of that time.
    fn deadlines(
        &self,
        after: Option<(Timestamp, Option<&ObjectId>)>,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Deadline>, CatalogueError>;

    /// How many objects, stored or held, must be gone when up to and including `until`, and under
    /// which rule; in no order.
    fn deadline_counts(&self, until: Timestamp) -> Result<Vec<DeadlineCount>, CatalogueError>;
}

/// Changes of objects.
pub trait ObjectLedger {
    /// Adds an object and its age header.
    ///
    /// # Errors
    /// [`CatalogueError::Exists`] when its id is taken, [`CatalogueError::NotFound`] when its
    /// submission is not there.
    fn add_object(&mut self, object: &Object, header: &[u8]) -> Result<(), CatalogueError>;

    /// Sets when and under which rule an object must be gone. Its header moves to the key of that
    /// month, here and wherever else its deadline changes.
    fn set_due(
        &mut self,
        id: &ObjectId,
        due_at: Option<Timestamp>,
        due_rule: &str,
    ) -> Result<(), CatalogueError>;

    /// Records that somebody has got an object, for the first time.
    ///
    /// # Errors
    /// [`CatalogueError::NotFound`] when it is not there.
    fn object_handed(&mut self, id: &ObjectId, at: Timestamp) -> Result<(), CatalogueError>;

    /// Holds a stored object past its deadline. `false` when it is erased or its header is.
    fn hold_object(&mut self, id: &ObjectId, why: &str) -> Result<bool, CatalogueError>;

    /// Ends a hold. `false` when it was not held.
    fn release_object(&mut self, id: &ObjectId) -> Result<bool, CatalogueError>;

    /// Deletes an object's header: from the next [`super::Catalogue::scrub`] on nobody can read
    /// the object. `false` when it was deleted before.
    ///
    /// # Errors
    /// [`CatalogueError::Held`] when the object is held and `at` is before its statutory limit.
    fn erase_header(&mut self, id: &ObjectId, at: Timestamp) -> Result<bool, CatalogueError>;

    /// Records that an object's payload is gone too. `false` when that was recorded before.
    ///
    /// # Errors
    /// [`CatalogueError::NotFound`] also when the header is still there: header first.
    fn object_erased(&mut self, id: &ObjectId, at: Timestamp) -> Result<bool, CatalogueError>;
}
