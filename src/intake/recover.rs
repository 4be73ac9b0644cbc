//! After a start: finds out what became of intents, by what lies in the claimed directories.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Read},
    os::fd::{AsFd, OwnedFd},
    sync::Arc,
};

use crate::{
    intake::{
        claim::{Fate, Intent, Outcome, SetAside, VoidReason, drop_companion, reopen},
        claimed_dir::{Place, REFUSED_PREFIX, ours, refused_name},
        companion::Companion,
        directory::{EntryKind, Seen, open_file},
        drop_root::DropRoot,
        error::IntakeError,
        evidence::parse_manifest,
        name::SenderFileName,
        refusal::RefusalReason,
        scan::Listing,
    },
    signature::Detached,
    types::ids::{SenderId, SubmissionId},
};

/// What a start found.
#[derive(Debug, Default)]
pub struct Recovery {
    /// How each intent ended, in their order.
    pub outcomes: Vec<Outcome>,
    /// What lies in the claimed directories without an intent.
    pub orphans: Vec<Orphan>,
}

/// A thing in a claimed directory that no intent knows: an alarm, unless its id is that of a
/// submission that was done, whose removal the crash undid.
#[derive(Debug)]
pub struct Orphan {
    /// In whose directory it lies.
    pub sender: SenderId,
    /// The id that it is named by, if it is.
    pub id: Option<SubmissionId>,
    place: Place,
    kind: EntryKind,
}

impl Orphan {
    /// Removes it: only for one whose submission is known to be done.
    ///
    /// # Errors
    /// When the entry cannot be removed.
    pub fn remove(self) -> io::Result<()> {
        self.place.remove(self.kind)
    }
}

/// Compares intents with what is there. An intent whose file is in the claimed directory was
/// carried out; one whose file is not was never renamed, since both are on one file system and the
/// intent was durable first.
pub(crate) fn recover(
    drop_root: &DropRoot,
    mut senders: BTreeSet<SenderId>,
    intents: Vec<Intent>,
) -> Result<Recovery, IntakeError> {
    senders.extend(intents.iter().map(|intent| intent.sender.clone()));
    let mut rooms = BTreeMap::new();
    for sender in senders {
        let room = Room::list(drop_root, &sender)
            .map_err(|source| IntakeError::Recover { sender: sender.clone(), source })?;
        rooms.insert(sender, room);
    }
    let mut recovery = Recovery::default();
    for intent in intents {
        let outcome = match rooms.get_mut(&intent.sender) {
            Some(room) => room.outcome(drop_root, intent),
            None => vanished(intent),
        };
        recovery.outcomes.push(outcome);
    }
    for (sender, room) in rooms {
        let dir = room.dir;
        recovery.orphans.extend(room.entries.into_iter().map(|(name, seen)| {
            let own =
                Companion::ALL.iter().find_map(|which| name.strip_suffix(which.claimed_suffix()));
            let own = own.unwrap_or(&name);
            let text = std::str::from_utf8(own).unwrap_or_default();
            let text = text.strip_prefix(REFUSED_PREFIX).unwrap_or(text);
            // Behind an id may stand why it was refused.
            let text = text.split_once('-').map_or(text, |(id, _)| id);
            Orphan {
                sender: sender.clone(),
                id: SubmissionId::parse(text).ok(),
                place: Place { dir: Arc::clone(&dir), name: ours(name) },
                kind: seen.kind,
            }
        }));
    }
    Ok(recovery)
}

/// One claimed directory.
struct Room {
    dir: Arc<OwnedFd>,
    dev: u64,
    entries: BTreeMap<Vec<u8>, Seen>,
}

impl Room {
    fn list(drop_root: &DropRoot, sender: &SenderId) -> io::Result<Self> {
        let dir = Arc::new(drop_root.claimed(sender)?);
        let dev = Seen::of_file(dir.as_fd())?.dev;
        let mut listing = Listing::begin(Arc::clone(&dir))?;
        let page = listing.next_page(usize::MAX)?;
        let entries = page
            .entries
            .into_iter()
            .map(|entry| (entry.name.expose_bytes().to_vec(), entry.seen))
            .collect();
        Ok(Self { dir, dev, entries })
    }

    fn outcome(&mut self, drop_root: &DropRoot, intent: Intent) -> Outcome {
        let id = intent.id.to_string();
        let dir = Arc::clone(&self.dir);
        let place = |name| Place { dir: Arc::clone(&dir), name };
        for which in Companion::ALL {
            let leftover = [id.as_bytes(), which.claimed_suffix()].concat();
            if let Some(seen) = self.entries.remove(&leftover) {
                // What it says is in the intent; a failure leaves an orphan for the next start.
                let _ = place(ours(leftover)).remove(seen.kind);
            }
        }
        if let Some((aside, seen, came_out)) = self.refused(&intent.id) {
            let why = match intent.fate {
                Fate::Refuse(why) => why,
                // An earlier version did not write down why: that accuses nobody.
                Fate::Take { .. } => came_out.unwrap_or(RefusalReason::Changed),
            };
            let Intent { id, sender, rehearsal, name, .. } = intent;
            let (kind, place) = (seen.kind, place(aside));
            return Outcome::Refused(SetAside { id, sender, rehearsal, name, kind, why, place });
        }
        let Some(seen) = self.entries.remove(id.as_bytes()) else { return vanished(intent) };
        if let Fate::Refuse(_) = intent.fate {
            let why = RefusalReason::Swapped;
            let Intent { id: number, sender, rehearsal, name, .. } = intent;
            let (kind, place) = (seen.kind, place(ours(id.into_bytes())));
            let id = number;
            return Outcome::Refused(SetAside { id, sender, rehearsal, name, kind, why, place });
        }
        // The number of a file system may differ after a reboot, so the directory's own stands in
        // for the recorded one; times of the intent are not kept, the size is.
        let expected = Seen {
            kind: EntryKind::Plain,
            dev: self.dev,
            ino: intent.ino,
            size: intent.size,
            ..seen
        };
        let place = place(ours(id.into_bytes()));
        if let Some(from) = Self::inbound(drop_root, &intent) {
            drop_left_behind(&from, &place, &intent);
        }
        reopen(intent, place, &expected)
    }
}

impl Room {
    /// Where a claimed file lay, if anything may have been left there that spoke for it.
    fn inbound(drop_root: &DropRoot, intent: &Intent) -> Option<Arc<OwnedFd>> {
        let spoken_for = matches!(
            intent.fate,
            Fate::Take { manifest: Some(_), .. } | Fate::Take { signature: Some(_), .. }
        );
        let from = || drop_root.inbound(&intent.sender, intent.rehearsal).ok().map(Arc::new);
        spoken_for.then(from).flatten()
    }

    /// What was set aside of a claim, under the name that it has, and why as far as that says.
    fn refused(
        &mut self,
        id: &SubmissionId,
    ) -> Option<(SenderFileName, Seen, Option<RefusalReason>)> {
        let plain = refused_name(id);
        let (name, _) = self.entries.range(plain.expose_bytes().to_vec()..).next()?;
        let rest = name.strip_prefix(plain.expose_bytes())?;
        if !rest.is_empty() && !rest.starts_with(b"-") {
            return None;
        }
        let code = std::str::from_utf8(rest.get(1..).unwrap_or_default()).unwrap_or_default();
        let (name, why) = (name.clone(), RefusalReason::parse(code));
        let seen = self.entries.remove(&name)?;
        Some((ours(name), seen, why))
    }
}

/// Removes what spoke for a claimed file and was not removed before the crash. What says anything
/// else is of a file that is still to come. A failure leaves it alone, to be refused in its time.
fn drop_left_behind(from: &Arc<OwnedFd>, claimed: &Place, intent: &Intent) {
    let Fate::Take { manifest, signature, .. } = intent.fate else { return };
    for which in Companion::ALL {
        let says_the_same = |bytes: &[u8]| match which {
            Companion::Manifest => {
                manifest.is_some() && parse_manifest(bytes, &intent.name) == manifest
            }
            Companion::Signature => signature.is_some() && Detached::read(bytes).ok() == signature,
        };
        let Ok(file) = open_file(from.as_fd(), intent.name.companion(which).expose_bytes()) else {
            continue;
        };
        let seen = Seen::of_file(&file).ok().filter(|seen| seen.kind == EntryKind::Plain);
        let Some(seen) = seen else { continue };
        let mut bytes = Vec::new();
        let read = (&file).take(which.most_bytes()).read_to_end(&mut bytes);
        if read.is_ok() && says_the_same(&bytes) {
            drop_companion(from, claimed, &intent.name, which, &seen);
        }
    }
}

fn vanished(intent: Intent) -> Outcome {
    Outcome::Void { id: intent.id, sender: intent.sender, why: VoidReason::Vanished }
}
