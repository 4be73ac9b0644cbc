//! Hears from the kernel that something happened in an inbound directory, and says "look now".
//!
//! Hints only: events may be lost, late or about files that are gone. A close that was heard is
//! evidence about a writer, never about completeness.

use std::{
    collections::{BTreeSet, HashMap},
    mem,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode, ModifyKind, RenameMode},
};

use crate::{
    intake::{
        drop_root::{INBOUND, TEST},
        name::{NameVerdict, SenderFileName},
    },
    types::{ids::SenderId, sync::lock},
};

/// What was heard since it was last asked.
#[derive(Debug, Default)]
pub struct Hints {
    /// Where to look, and whether it is the sender's rehearsal directory.
    pub look: BTreeSet<(SenderId, bool)>,
    /// Files whose last heard event was that a writer closed (`true`) or wrote (`false`).
    pub closed: HashMap<(SenderId, bool, SenderFileName), bool>,
    /// Events were lost: look everywhere.
    pub everywhere: bool,
}

/// A watch on every inbound directory. Events arrive on a thread of its own.
pub struct Watch {
    watcher: RecommendedWatcher,
    heard: Arc<Mutex<Heard>>,
    places: Vec<Watched>,
}

/// What the watch's own thread leaves for others.
#[derive(Debug, Default)]
struct Heard {
    hints: Hints,
    /// Watched paths from which something was taken away. The library lets go of a path by its
    /// name, so a late word about an old directory also ends the watch of a new one in its place.
    lost: BTreeSet<PathBuf>,
}

/// Why nothing can be heard; the scans at each rescan still find everything.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot watch directories; raise fs.inotify.max_user_instances, files are found at each rescan until then"
)]
pub struct WatchError(#[from] notify::Error);

/// One directory, and the inode that is being watched under its path.
struct Watched {
    path: PathBuf,
    inode: Option<(u64, u64)>,
}

impl Watch {
    /// Starts to watch. `wake` is called, on the watch's own thread, whenever there is something
    /// new to [`Self::take`]; it must not block.
    ///
    /// # Errors
    /// When the kernel gives no watcher. A single directory that cannot be watched is no error.
    pub fn new(
        drop_root: &Path,
        senders: &[SenderId],
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self, WatchError> {
        let hints = Hints { everywhere: true, ..Hints::default() };
        let heard = Arc::new(Mutex::new(Heard { hints, ..Heard::default() }));
        let mut keys = HashMap::new();
        for sender in senders {
            let inbound = drop_root.join(sender.as_str()).join(INBOUND);
            keys.insert(inbound.join(TEST), (sender.clone(), true));
            keys.insert(inbound, (sender.clone(), false));
        }
        let places = keys.keys().map(|path| Watched { path: path.clone(), inode: None }).collect();
        let sink = Arc::clone(&heard);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let mut heard = lock(&sink);
            let news = if let Ok(event) = event {
                heard.lost.extend(taken_away(&keys, &event));
                note(&mut heard.hints, &keys, &event)
            } else {
                heard.hints.everywhere = true;
                true
            };
            drop(heard);
            if news {
                wake();
            }
        })?;
        let mut watch = Self { watcher, heard, places };
        watch.rewatch();
        Ok(watch)
    }

    /// Watches directories that were made, or made anew, since. Cheap: to be called at each rescan.
    /// Says how many directories exist but cannot be watched, for an alarm.
    pub fn rewatch(&mut self) -> usize {
        let mut deaf = 0;
        let mut news = false;
        let lost = mem::take(&mut self.heard().lost);
        for place in &mut self.places {
            // Not through a link: a sender may put one where its rehearsal directory was.
            let inode = std::fs::symlink_metadata(&place.path)
                .ok()
                .filter(std::fs::Metadata::is_dir)
                .map(|meta| (meta.dev(), meta.ino()));
            if inode == place.inode && !lost.contains(&place.path) {
                continue;
            }
            if place.inode.take().is_some() {
                // The kernel drops the watch of a removed directory by itself.
                let _ = self.watcher.unwatch(&place.path);
            }
            if inode.is_some() {
                match self.watcher.watch(&place.path, RecursiveMode::NonRecursive) {
                    Ok(()) => place.inode = inode,
                    Err(_) => deaf += 1,
                }
                news = true;
            }
        }
        if news {
            // What happened there before the watch was heard by nobody.
            self.heard().hints.everywhere = true;
        }
        deaf
    }

    /// What was heard since the last call.
    pub fn take(&self) -> Hints {
        mem::take(&mut self.heard().hints)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        lock(&self.heard)
    }
}

/// The watched paths that, by this event, something was removed or renamed from.
fn taken_away(
    keys: &HashMap<PathBuf, (SenderId, bool)>,
    event: &Event,
) -> impl Iterator<Item = PathBuf> {
    let gone = matches!(
        event.kind,
        EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From))
    );
    let paths = if gone { event.paths.as_slice() } else { &[] };
    paths.iter().filter(|path| keys.contains_key(*path)).cloned()
}

/// Adds an event to the hints; `false` when it is of no interest.
fn note(hints: &mut Hints, keys: &HashMap<PathBuf, (SenderId, bool)>, event: &Event) -> bool {
    if event.need_rescan() {
        hints.everywhere = true;
        return true;
    }
    let closed = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(true),
        EventKind::Modify(ModifyKind::Data(_)) => Some(false),
        // Out of a temporary name: the sender calls it finished.
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) if was_temporary(event) => Some(true),
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Metadata(_)) => None,
        EventKind::Modify(ModifyKind::Name(mode)) if mode != RenameMode::From => None,
        // Our own opening, reading, renaming away and removing are no news.
        _ => return false,
    };
    // Both paths of a rename are given; the last is where it went.
    let Some(path) = event.paths.last() else { return false };
    let key = path.parent().and_then(|parent| keys.get(parent));
    let (Some((sender, rehearsal)), Some(name)) = (key, path.file_name()) else {
        return false;
    };
    // A directory of ours changed, such as `test` by a claim from it.
    if keys.contains_key(path) {
        return false;
    }
    if let Some(closed) = closed {
        if hints.closed.len() >= MOST_NAMES {
            // Forgetting a close costs time, never a file: quiet time is evidence too.
            hints.closed.clear();
        }
        let name = SenderFileName::new(name.as_bytes().to_vec());
        hints.closed.insert((sender.clone(), *rehearsal, name), closed);
    }
    hints.look.insert((sender.clone(), *rehearsal))
}

fn was_temporary(event: &Event) -> bool {
    let from = event.paths.first().and_then(|path| path.file_name());
    from.is_some_and(|name| {
        SenderFileName::new(name.as_bytes().to_vec()).judge() == NameVerdict::Temporary
    })
}

/// Most names kept between two calls of [`Watch::take`].
const MOST_NAMES: usize = 65_536;

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, path::PathBuf};

    use notify::{
        Event, EventKind,
        event::{
            AccessKind, AccessMode, CreateKind, DataChange, Flag, MetadataKind, ModifyKind,
            RemoveKind, RenameMode,
        },
    };

    use super::{Hints, note};
    use crate::types::ids::SenderId;

    type Case = (&'static str, EventKind, &'static [&'static str], bool, Option<bool>);
    const FILE: &str = "inbound/x.xml";

    #[test]
    fn events_become_hints() {
        let sender = SenderId::parse("a").unwrap();
        let keys: HashMap<PathBuf, (SenderId, bool)> = [
            (PathBuf::from("/drop/a/inbound"), (sender.clone(), false)),
            (PathBuf::from("/drop/a/inbound/test"), (sender.clone(), true)),
        ]
        .into();
        let closed = EventKind::Access(AccessKind::Close(AccessMode::Write));
        let wrote = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        let renamed = |mode| EventKind::Modify(ModifyKind::Name(mode));
        let cases: [Case; 12] = [
            ("close", closed, &[FILE], true, Some(true)),
            ("write", wrote, &[FILE], true, Some(false)),
            ("create", EventKind::Create(CreateKind::File), &[FILE], true, None),
            (
                "times or mode",
                EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)),
                &[FILE],
                true,
                None,
            ),
            ("renamed in", renamed(RenameMode::To), &[FILE], true, None),
            ("renamed out", renamed(RenameMode::From), &[FILE], false, None),
            (
                "finished",
                renamed(RenameMode::Both),
                &["inbound/x.xml.part", FILE],
                true,
                Some(true),
            ),
            ("renamed", renamed(RenameMode::Both), &["inbound/y", FILE], true, None),
            ("removed", EventKind::Remove(RemoveKind::File), &[FILE], false, None),
            (
                "our open",
                EventKind::Access(AccessKind::Open(AccessMode::Any)),
                &[FILE],
                false,
                None,
            ),
            ("elsewhere", closed, &["outbound/x.xml"], false, None),
            ("the directory", wrote, &["inbound/test"], false, None),
        ];
        for (case, kind, paths, news, heard) in cases {
            let mut hints = Hints::default();
            let event = paths.iter().fold(Event::new(kind), |event, path| {
                event.add_path(PathBuf::from("/drop/a").join(path))
            });
            assert_eq!(note(&mut hints, &keys, &event), news, "case: {case}");
            assert_eq!(hints.look.len(), usize::from(news), "case: {case}");
            assert_eq!(hints.closed.values().next().copied(), heard, "case: {case}");
            assert!(!hints.everywhere, "case: {case}");
        }
        let mut hints = Hints::default();
        let overflow = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert!(note(&mut hints, &keys, &overflow) && hints.everywhere);
    }
}
