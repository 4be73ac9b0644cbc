//! One inbound directory: lists it, remembers its candidates, weighs their evidence.
//!
//! Opens only what the listing showed to be a settled plain file.

use std::{fs::File, io, os::fd::OwnedFd, sync::Arc, time::Duration};

use crate::{
    intake::{
        beside::{Around, Beside, Signed},
        candidate::{Candidate, Candidates, Demands, Standing, Timing},
        companion::Companion,
        directory::{EntryKind, Seen, open_seen},
        drop_root::TEST,
        evidence::{Clues, Decision},
        lease::{Writer, writer_of},
        name::SenderFileName,
        refusal::RefusalReason,
        scan::Listing,
    },
    signature::{Detached, PublicKey, Wrong},
    types::{
        digest::Sha256,
        verdict::{Evidence, Structure},
    },
};

/// Looks into a file and says whether its content is whole. Must not keep the descriptor.
pub type Peek<'a> = &'a dyn Fn(&File) -> io::Result<Structure>;

/// The state of one inbound directory.
#[derive(Debug)]
pub(crate) struct Inbound {
    pub(crate) rehearsal: bool,
    pub(crate) candidates: Candidates,
    pub(super) demands: Demands,
    minimum: Evidence,
    pub(super) signing_keys: Arc<[PublicKey]>,
    directory: Option<Arc<OwnedFd>>,
    listing: Option<Listing>,
    /// When the next pass is to begin; a pass under way goes on at once.
    next_pass: Duration,
    last_pass: Option<Duration>,
    hinted: bool,
}

/// Whether a directory was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// It was not due.
    Nothing,
    /// A page of it was.
    Page,
}

/// What an inbound directory says about one candidate.
#[derive(Debug)]
pub(crate) enum Weighed {
    /// To be claimed.
    Ready { evidence: Evidence, manifest: Option<Sha256>, signature: Option<Detached> },
    /// To be refused.
    Refuse(RefusalReason),
    /// Not before this time.
    Until(Duration),
}

impl Inbound {
    pub(crate) fn new(
        rehearsal: bool,
        demands: Demands,
        minimum: Evidence,
        signing_keys: Arc<[PublicKey]>,
    ) -> Self {
        Self {
            rehearsal,
            candidates: Candidates::default(),
            demands,
            minimum,
            signing_keys,
            directory: None,
            listing: None,
            next_pass: Duration::ZERO,
            last_pass: None,
            hinted: true,
        }
    }

    /// The directory as last opened.
    pub(crate) fn directory(&self) -> Option<&Arc<OwnedFd>> {
        self.directory.as_ref()
    }

    /// Something happened there.
    pub(crate) fn hint(&mut self) {
        self.hinted = true;
    }

    /// Lists one page when it is time to. `open` gives the directory for a new pass.
    pub(crate) fn list(
        &mut self,
        now: Duration,
        timing: &Timing,
        open: impl FnOnce() -> io::Result<OwnedFd>,
    ) -> io::Result<Listed> {
        if self.listing.is_none() {
            if now < self.due(timing) {
                return Ok(Listed::Nothing);
            }
            self.hinted = false;
            self.last_pass = Some(now);
            self.next_pass = now + timing.rescan;
            let directory = match open() {
                Ok(directory) => Arc::new(directory),
                // No rehearsal directory is an ordinary thing; so is one that was just replaced.
                Err(err) if self.rehearsal && absent(&err) => {
                    self.directory = None;
                    self.candidates.end_pass();
                    return Ok(Listed::Page);
                }
                Err(err) => {
                    self.directory = None;
                    return Err(err);
                }
            };
            self.directory = Some(Arc::clone(&directory));
            self.listing = Some(Listing::begin(directory)?);
        }
        let Some(listing) = &mut self.listing else { return Ok(Listed::Nothing) };
        let page = listing.next_page(PAGE);
        if !matches!(&page, Ok(page) if !page.last) {
            self.listing = None;
        }
        let mut page = page?;
        if !self.rehearsal {
            page.entries.retain(|entry| {
                entry.seen.kind != EntryKind::Directory
                    || entry.name.expose_bytes() != TEST.as_bytes()
            });
        }
        self.candidates.observe(now, page.entries);
        if page.last {
            self.candidates.end_pass();
        }
        Ok(Listed::Page)
    }

    /// What is to be done with a candidate by what was seen of it. A manifest and a signature wait
    /// for their file and go with it.
    pub(crate) fn standing(
        &self,
        now: Duration,
        name: &SenderFileName,
        candidate: &Candidate,
        timing: &Timing,
    ) -> Standing {
        let standing = candidate.standing(&self.demands, timing);
        if standing != Standing::Settled {
            return standing;
        }
        let Some((which, of)) = self.around().speaks_for(name, candidate) else { return standing };
        let given_up = candidate.given_up_at(timing);
        if candidate.confirmed < given_up {
            Standing::Until(given_up)
        } else if self.candidates.get(&of).is_some() {
            Standing::Until(now + timing.rescan)
        } else {
            Standing::Refuse(match which {
                Companion::Manifest => RefusalReason::LoneManifest,
                Companion::Signature => RefusalReason::LoneSignature,
            })
        }
    }

    /// Makes sure that a pass begins at this time at the latest.
    pub(crate) fn pass_by(&mut self, time: Duration) {
        self.next_pass = self.next_pass.min(time);
    }

    /// When this directory wants to be listed next.
    pub(crate) fn due(&self, timing: &Timing) -> Duration {
        match (self.listing.is_some(), self.last_pass) {
            (true, _) | (_, None) => Duration::ZERO,
            // However many events come, a directory is listed a few times in `settle` only.
            (_, Some(last)) if self.hinted => last + timing.settle / 4,
            (_, Some(last)) => self.next_pass.max(last + timing.settle / 4),
        }
    }

    /// What is to be done with one candidate now.
    pub(crate) fn weigh(
        &mut self,
        now: Duration,
        name: &SenderFileName,
        timing: &Timing,
        peek: Peek<'_>,
    ) -> Weighed {
        let Some(candidate) = self.candidates.get(name) else {
            return Weighed::Until(now + timing.rescan);
        };
        match self.standing(now, name, candidate, timing) {
            // What is refused is taken away, and what its writer had yet to write would be lost.
            Standing::Refuse(RefusalReason::Empty | RefusalReason::Hole)
                if self.is_being_written(name, &candidate.seen) =>
            {
                Weighed::Until(now + timing.rescan)
            }
            Standing::Refuse(reason) => Weighed::Refuse(reason),
            Standing::Until(time) => Weighed::Until(time),
            Standing::Settled if candidate.recheck > now => Weighed::Until(candidate.recheck),
            Standing::Settled => {
                let weighed = self.weigh_data(name, candidate, timing, peek);
                self.note(now, name, weighed, timing)
            }
        }
    }

    /// Whether somebody is certainly about to write to it.
    fn is_being_written(&self, name: &SenderFileName, seen: &Seen) -> bool {
        let Some(dir) = &self.directory else { return false };
        match open_seen(dir, name, seen) {
            Ok(Some(file)) => writer_of(&file) == Writer::Present,
            // Changed or gone since, or closed to us: the next listing says, or the claim does.
            Ok(None) | Err(_) => false,
        }
    }

    /// What lies beside its files.
    pub(crate) fn around(&self) -> Around<'_> {
        Around {
            candidates: &self.candidates,
            demands: &self.demands,
            signing_keys: &self.signing_keys,
        }
    }

    fn weigh_data(
        &self,
        name: &SenderFileName,
        candidate: &Candidate,
        timing: &Timing,
        peek: Peek<'_>,
    ) -> (Weighed, Option<Structure>) {
        let until = |span| Weighed::Until(candidate.since + span);
        let nothing = |weighed| (weighed, candidate.structure);
        let Some(dir) = &self.directory else { return nothing(until(timing.rescan)) };
        let manifest = match self.around().manifest_of(dir, name, timing) {
            Beside::Bad(()) => return nothing(Weighed::Refuse(RefusalReason::BadManifest)),
            Beside::Coming(_) if candidate.confirmed >= candidate.given_up_at(timing) => {
                return nothing(Weighed::Refuse(RefusalReason::Incomplete));
            }
            Beside::Coming(time) => return nothing(Weighed::Until(time)),
            Beside::Told(digest) => Some(digest),
            Beside::None => None,
        };
        let signed = self.around().signed(dir, name, candidate, timing);
        match signed {
            Signed::Refuse => {
                return nothing(Weighed::Refuse(RefusalReason::Signature(Wrong::Missing)));
            }
            Signed::Until(time) => return nothing(Weighed::Until(time)),
            Signed::NotDemanded | Signed::Wrong(_) | Signed::By(_) => {}
        }
        let file = match open_seen(dir, name, &candidate.seen) {
            Ok(Some(file)) => file,
            Err(err) if err.kind() == io::ErrorKind::PermissionDenied => {
                return nothing(if candidate.quiet_for() >= timing.refuse_after {
                    Weighed::Refuse(RefusalReason::Unreadable)
                } else {
                    until(timing.refuse_after)
                });
            }
            // It changed since the listing, or is gone: the next one will say.
            Ok(None) | Err(_) => {
                return nothing(Weighed::Until(candidate.confirmed + timing.settle));
            }
        };
        // What its sender's key has not signed is not looked into: it need only be at its end.
        let (structure, minimum) = match (signed, candidate.structure) {
            (Signed::Wrong(_), _) => (Structure::Unknown, self.minimum.min(Evidence::Closed)),
            (_, Some(known)) => (known, self.minimum),
            (_, None) => (peek(&file).unwrap_or(Structure::Unknown), self.minimum),
        };
        let clues = Clues {
            manifest: manifest.is_some(),
            structure,
            writer: writer_of(&file),
            closed: candidate.closed || candidate.renamed,
            quiet_for: candidate.quiet_for(),
            lain: candidate.lain,
        };
        let weighed = match (clues.decide(minimum, timing), signed) {
            (Decision::Ready(_), Signed::Wrong(wrong)) => {
                return nothing(Weighed::Refuse(RefusalReason::Signature(wrong)));
            }
            (Decision::Ready(evidence), Signed::By(signature)) => {
                Weighed::Ready { evidence, manifest, signature: Some(signature) }
            }
            (Decision::Ready(evidence), _) => {
                Weighed::Ready { evidence, manifest, signature: None }
            }
            (Decision::Refuse(reason), _) => Weighed::Refuse(reason),
            (Decision::Wait(span), Signed::Wrong(_)) => return nothing(until(span)),
            (Decision::Wait(span), _) => until(span),
        };
        (weighed, Some(structure))
    }

    /// Notes what was found, and when to look again: the longer a file has been quiet, the more
    /// seldom, since a lease can become possible without any change to the file.
    fn note(
        &mut self,
        now: Duration,
        name: &SenderFileName,
        (weighed, structure): (Weighed, Option<Structure>),
        timing: &Timing,
    ) -> Weighed {
        let Some(candidate) = self.candidates.get_mut(name) else { return weighed };
        candidate.structure = structure;
        let Weighed::Until(time) = weighed else { return weighed };
        candidate.recheck = time.min(next_check(now, candidate.quiet_for(), timing));
        Weighed::Until(candidate.recheck)
    }
}

/// When a file that has been quiet for so long is looked at again: on a grid, so that thousands of
/// waiting files are looked at together and not each in a listing of its own.
fn next_check(now: Duration, quiet: Duration, timing: &Timing) -> Duration {
    let mut grid = timing.settle.max(Duration::from_millis(1));
    while grid * 2 <= quiet && grid * 2 <= timing.rescan {
        grid *= 2;
    }
    let steps = now.as_nanos() / grid.as_nanos() + 1;
    u32::try_from(steps).map_or(now + grid, |steps| grid * steps)
}

fn absent(err: &io::Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound};
    matches!(err.kind(), NotFound | NotADirectory)
}

/// Entries looked at in one directory before the next sender has its turn.
const PAGE: usize = 8192;
