//! What lies beside a file to speak for it: its manifest and its signature, which may come before or
//! after it, and how the file stands with each.

use std::{
    io::{self, Read},
    os::fd::OwnedFd,
    time::Duration,
};

use crate::{
    intake::{
        candidate::{Candidate, Candidates, Demands, Standing, Timing},
        companion::Companion,
        directory::{EntryKind, Seen, open_seen},
        evidence::parse_manifest,
        lease::{Writer, writer_of},
        name::{NameVerdict, SenderFileName},
    },
    signature::{Detached, PublicKey, Wrong},
    types::digest::Sha256,
};

/// The files of one directory, where any may speak for another.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(super) candidates: &'a Candidates,
    pub(super) demands: &'a Demands,
    /// None where nothing need be signed.
    pub(super) signing_keys: &'a [PublicKey],
}

impl Around<'_> {
    /// The file that an entry speaks for by its name, and as what. Where nothing need be signed,
    /// nothing is a signature.
    pub(crate) fn speaks_for(
        self,
        name: &SenderFileName,
        candidate: &Candidate,
    ) -> Option<(Companion, SenderFileName)> {
        match &candidate.verdict {
            NameVerdict::Manifest(of) => Some((Companion::Manifest, of.clone())),
            NameVerdict::Data if !self.signing_keys.is_empty() => {
                name.principal(Companion::Signature).map(|of| (Companion::Signature, of))
            }
            _ => None,
        }
    }

    /// What goes with a file, as it was seen.
    pub(crate) fn companions_of(self, name: &SenderFileName) -> Vec<(Companion, Seen)> {
        if name.judge() != NameVerdict::Data {
            return Vec::new();
        }
        let seen = |which| {
            let beside = name.companion(which);
            let candidate = self.candidates.get(&beside)?;
            let speaks =
                self.speaks_for(&beside, candidate).is_some_and(|(as_what, _)| as_what == which);
            (speaks && candidate.seen.kind == EntryKind::Plain).then_some((which, candidate.seen))
        };
        Companion::ALL.into_iter().filter_map(seen).collect()
    }

    pub(super) fn manifest_of(
        self,
        dir: &OwnedFd,
        name: &SenderFileName,
        timing: &Timing,
    ) -> Beside<Sha256, ()> {
        self.beside(dir, name, Companion::Manifest, timing, |bytes| {
            bytes.and_then(|bytes| parse_manifest(bytes, name)).ok_or(())
        })
    }

    /// How a file stands with its signature, which may come before or after it.
    pub(super) fn signed(
        self,
        dir: &OwnedFd,
        name: &SenderFileName,
        candidate: &Candidate,
        timing: &Timing,
    ) -> Signed {
        if self.signing_keys.is_empty() {
            return Signed::NotDemanded;
        }
        let beside = self.beside(dir, name, Companion::Signature, timing, |bytes| {
            let signature = Detached::read(bytes.ok_or(Wrong::Unreadable)?)?;
            signature.is_by(self.signing_keys).map(|()| signature)
        });
        let given_up = candidate.given_up_at(timing);
        match beside {
            Beside::Bad(wrong) => Signed::Wrong(wrong),
            Beside::Told(signature) => Signed::By(signature),
            Beside::None | Beside::Coming(_) if candidate.confirmed >= given_up => Signed::Refuse,
            Beside::None => Signed::Until(given_up),
            Beside::Coming(time) => Signed::Until(time.min(given_up)),
        }
    }

    /// What speaks for a file, as it lies there. `read` is given its bytes, or `None` when it is
    /// closed to us.
    fn beside<T, E>(
        self,
        dir: &OwnedFd,
        name: &SenderFileName,
        which: Companion,
        timing: &Timing,
        read: impl FnOnce(Option<&[u8]>) -> Result<T, E>,
    ) -> Beside<T, E> {
        let beside = name.companion(which);
        let Some(candidate) = self.candidates.get(&beside) else { return Beside::None };
        if self.speaks_for(&beside, candidate).is_none_or(|(as_what, _)| as_what != which) {
            return Beside::None;
        }
        let told = |bytes: Option<&[u8]>| read(bytes).map_or_else(Beside::Bad, Beside::Told);
        match candidate.standing(self.demands, timing) {
            Standing::Refuse(_) => Beside::None,
            Standing::Until(time) => Beside::Coming(time),
            Standing::Settled => match read_small(dir, &beside, &candidate.seen, which) {
                Ok(Some(bytes)) => told(Some(&bytes)),
                // As long as a data file is given: a client may set the mode at the end.
                Err(err) if err.kind() == io::ErrorKind::PermissionDenied => {
                    if candidate.quiet_for() >= timing.refuse_after {
                        told(None)
                    } else {
                        Beside::Coming(candidate.since + timing.refuse_after)
                    }
                }
                Ok(None) | Err(_) => Beside::Coming(candidate.confirmed + timing.settle),
            },
        }
    }
}

/// What lies beside a file to speak for it.
pub(super) enum Beside<T, E> {
    /// It does not speak for this file.
    Bad(E),
    /// It is still being written.
    Coming(Duration),
    /// There is none.
    None,
    /// It says this.
    Told(T),
}

/// How a file stands with its signature.
#[derive(Clone, Copy)]
pub(super) enum Signed {
    /// It may be by one of the sender's keys.
    By(Detached),
    /// Its sender need not sign.
    NotDemanded,
    /// None came for so long that none is waited for any more.
    Refuse,
    /// None has come yet.
    Until(Duration),
    /// What came cannot be right.
    Wrong(Wrong),
}

/// The whole of it, or more than it may have: that is no manifest and no signature.
fn read_small(
    dir: &OwnedFd,
    name: &SenderFileName,
    seen: &Seen,
    which: Companion,
) -> io::Result<Option<Vec<u8>>> {
    let Some(file) = open_seen(dir, name, seen)? else { return Ok(None) };
    // It has yet to write the rest.
    if writer_of(&file) == Writer::Present {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    (&file).take(which.most_bytes() + 1).read_to_end(&mut bytes)?;
    Ok(Seen::of_file(&file)?.same(seen).then_some(bytes))
}
