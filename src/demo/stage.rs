//! The running house that the story is played on, and what can be seen of it: receipts in the
//! senders' directories, rows and objects in the catalogue.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs, io,
    path::PathBuf,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::{
    catalogue::{
        error::CatalogueError,
        records::{objects::Object, submissions::Submission},
        view::View,
    },
    daemon::engine::Engine,
    demo::upload::Sent,
    pipeline::house::House,
    receipt::names,
    types::ids::SubmissionId,
};

/// The running house.
pub struct Stage {
    engine: Engine,
    house: Arc<House>,
    /// Submissions whose receipts were seen: a name may be used again.
    seen: RefCell<BTreeSet<SubmissionId>>,
}

/// A receipt that has come.
pub struct Answered {
    /// The submission that it is for.
    pub id: SubmissionId,
    /// The receipt in plain words.
    pub receipt: PathBuf,
    /// How long it took, from the end of the upload.
    pub took: Duration,
}

impl Stage {
    /// Sets the engine going.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn start(house: House) -> io::Result<Self> {
        let engine = Engine::start(house)?;
        let house = engine.shared().house();
        Ok(Self { engine, house, seen: RefCell::default() })
    }

    /// The house.
    pub fn house(&self) -> &House {
        &self.house
    }

    /// Ends what is under way and stops the threads. Gives the house as they left it.
    pub fn close(self) -> Arc<House> {
        self.engine.drain();
        self.house
    }

    /// Waits for a receipt of a file that was not seen before; `None` when none comes in time.
    ///
    /// # Errors
    /// When the outbound directory cannot be listed.
    pub fn wait_for_receipt(&self, sent: &Sent) -> io::Result<Option<Answered>> {
        let limit = Instant::now() + PATIENCE;
        while Instant::now() < limit {
            for entry in fs::read_dir(&sent.outbound)? {
                let receipt = entry?.path();
                let name = receipt.file_name().unwrap_or_default().to_string_lossy();
                let id = answered(sent.name, &name);
                if let Some(id) = id.filter(|id| self.seen.borrow_mut().insert(*id)) {
                    return Ok(Some(Answered { id, took: sent.at.elapsed(), receipt }));
                }
            }
            thread::sleep(PAUSE);
        }
        Ok(None)
    }

    /// A submission, once nothing is left to do for it.
    ///
    /// # Errors
    /// When the catalogue fails.
    pub fn wait_for_end(&self, id: SubmissionId) -> Result<Option<Submission>, CatalogueError> {
        let limit = Instant::now() + PATIENCE;
        loop {
            let row = self.read(|view| view.submission(id))?;
            if row.as_ref().is_some_and(|row| row.state.is_final()) || limit <= Instant::now() {
                return Ok(row);
            }
            thread::sleep(PAUSE);
        }
    }

    /// What was stored for a submission, by name.
    ///
    /// # Errors
    /// When the catalogue fails.
    pub fn objects_of(&self, id: SubmissionId) -> Result<Vec<Object>, CatalogueError> {
        let mut objects = self.read(|view| view.objects_of(id))?;
        objects.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(objects)
    }

    /// Asks the catalogue.
    ///
    /// # Errors
    /// When it fails.
    pub fn read<T>(
        &self,
        ask: impl FnOnce(&dyn View) -> Result<T, CatalogueError>,
    ) -> Result<T, CatalogueError> {
        self.house.look(ask)
    }
}

/// The submission that a receipt answers, if it is the first one for this file.
fn answered(file: &str, receipt: &str) -> Option<SubmissionId> {
    let rest = receipt.strip_prefix(file)?.strip_prefix('.')?;
    let id = SubmissionId::parse(rest.split('.').next()?).ok()?;
    // Encrypted where the sender gave a key.
    let bare = receipt.strip_suffix(".age").unwrap_or(receipt);
    (names::names(file, id, 1).1 == bare).then_some(id)
}

/// A file that was cut off is given some ten seconds to be resumed.
const PATIENCE: Duration = Duration::from_secs(25);
const PAUSE: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::answered;
    use crate::{receipt::names, types::ids::SubmissionId};

    #[test]
    fn a_receipt_is_known_by_its_name() {
        let id = SubmissionId::new(Timestamp::UNIX_EPOCH, [7; 10]);
        let (xml, txt) = names::names("list.xml", id, 1);
        assert_eq!(answered("list.xml", &txt), Some(id));
        assert_eq!(answered("list.xml", &format!("{txt}.age")), Some(id));
        assert_eq!(answered("list.xml", &xml), None);
        assert_eq!(answered("list", &txt), None);
        assert_eq!(answered("list.xml", &names::names("list.xml", id, 2).1), None);
    }
}
