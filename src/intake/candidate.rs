//! Remembers what was seen of each name in one directory, and since when it has not changed.
//!
//! A pure state machine: time is an argument, on our own monotonic clock, because a sender can set
//! its files' times to anything but ctime, and an operator the wall clock. It reads no file and no
//! directory.

use std::{collections::HashMap, time::Duration};

use crate::{
    intake::{
        companion::Companion,
        directory::{EntryKind, Seen},
        name::{NameVerdict, SenderFileName},
        refusal::RefusalReason,
        scan::Entry,
    },
    types::verdict::Structure,
};

/// How long things are given. All are spans without change, counted from when we first saw the
/// thing as it is; a restart counts anew, but for `give_up`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Before anything is done with a file.
    pub settle: Duration,
    /// Between two listings of a directory that nothing was heard of.
    pub rescan: Duration,
    /// On top of `settle`, before a file whose content says that it is not whole is taken on the
    /// word of a closed descriptor or of quiet: a resumed upload shall not be taken at half.
    pub incomplete_grace: Duration,
    /// After which no writer can be left: sshd ends dead sessions before.
    pub closed_after: Duration,
    /// Before what an upload may look like for a moment (with a hole, with two names, unreadable)
    /// is refused.
    pub refuse_after: Duration,
    /// Before a file with too little evidence, an empty one or a temporary name is refused. Of what
    /// lies there at a start it counts from its last change, or a restart each night would put it
    /// off for ever.
    pub give_up: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            settle: Duration::from_secs(1),
            rescan: Duration::from_secs(30),
            incomplete_grace: Duration::from_secs(10),
            closed_after: Duration::from_secs(90),
            refuse_after: Duration::from_mins(2),
            give_up: Duration::from_hours(24),
        }
    }
}

impl Timing {
    /// How long something must be seen unchanged before it has had its day, when it had `lain`
    /// there already. For so long, whatever a wall clock says, that all evidence has come that time
    /// brings.
    pub fn give_up_after(&self, lain: Duration) -> Duration {
        self.give_up.saturating_sub(lain).max(self.closed_after).max(self.settle)
    }
}

/// What a sender's files must be, whatever they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demands {
    /// Largest size in bytes.
    pub max_bytes: u64,
    /// The only owner accepted; `None` accepts any.
    pub owner_uid: Option<u32>,
}

/// What is to be done with a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is not taken, and why.
    Refuse(RefusalReason),
    /// It has not changed for `settle`: its evidence is worth looking at.
    Settled,
    /// It must be seen unchanged at this time or later.
    Until(Duration),
}

/// One name, as long as it stands for the same inode.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What was last seen.
    pub seen: Seen,
    /// What its name says.
    pub verdict: NameVerdict,
    /// When it was first seen as it is.
    pub since: Duration,
    /// How long it had been as it is by then, of what lay there at a start; by the wall clock.
    pub lain: Duration,
    /// When it was last seen as it is.
    pub confirmed: Duration,
    /// Whether its writer was heard to close it, after its last change.
    pub closed: bool,
    /// Whether it had a temporary name before: the sender called it finished.
    pub renamed: bool,
    /// What a peek into it said, since its last change.
    pub structure: Option<Structure>,
    /// Its evidence is not looked at again before this.
    pub recheck: Duration,
    /// Whether its refusal was answered: of what stays where it is.
    pub told: bool,
    pass: u64,
}

impl Candidate {
    /// How long it has been seen unchanged.
    pub fn quiet_for(&self) -> Duration {
        self.confirmed.saturating_sub(self.since)
    }

    /// When it will have had its day.
    pub fn given_up_at(&self, timing: &Timing) -> Duration {
        self.since + timing.give_up_after(self.lain)
    }

    /// What is to be done with it, by what was last seen of it.
    pub fn standing(&self, demands: &Demands, timing: &Timing) -> Standing {
        let after = |span: Duration, then: Standing| {
            if self.quiet_for() >= span { then } else { Standing::Until(self.since + span) }
        };
        let refuse = |span, reason| after(span, Standing::Refuse(reason));
        let give_up = |reason| {
            let at = self.given_up_at(timing);
            if self.confirmed >= at { Standing::Refuse(reason) } else { Standing::Until(at) }
        };
        let Timing { settle, refuse_after, .. } = *timing;
        match self.seen.kind {
            EntryKind::Device => return refuse(settle, RefusalReason::Device),
            EntryKind::Directory => return refuse(settle, RefusalReason::Directory),
            EntryKind::Fifo => return refuse(settle, RefusalReason::Fifo),
            EntryKind::Socket => return refuse(settle, RefusalReason::Socket),
            EntryKind::Symlink => return refuse(settle, RefusalReason::Symlink),
            EntryKind::Plain => {}
        }
        match &self.verdict {
            NameVerdict::Bad(bad) => return refuse(settle, RefusalReason::BadName(*bad)),
            NameVerdict::Temporary => return give_up(RefusalReason::Temporary),
            NameVerdict::Data | NameVerdict::Manifest(_) => {}
        }
        if demands.owner_uid.is_some_and(|uid| uid != self.seen.uid) {
            return refuse(settle, RefusalReason::WrongOwner);
        }
        if !self.seen.single {
            return refuse(refuse_after.max(settle), RefusalReason::Links);
        }
        if self.seen.size > demands.max_bytes {
            return refuse(settle, RefusalReason::TooLarge);
        }
        if self.seen.size == 0 {
            // As a sender is told: a client may open a file long before it has anything to write.
            return give_up(RefusalReason::Empty);
        }
        if self.seen.holed {
            return refuse(refuse_after.max(settle), RefusalReason::Hole);
        }
        after(settle, Standing::Settled)
    }
}

/// Everything seen in one directory.
#[derive(Debug, Default)]
pub struct Candidates {
    by_name: HashMap<SenderFileName, Candidate>,
    /// Inodes seen under a temporary name, with the pass that saw them last.
    temporary: HashMap<(u64, u64), u64>,
    /// What was heard of writers: closed, or writing again; and in which pass.
    heard: HashMap<SenderFileName, (bool, u64)>,
    pass: u64,
    /// What the wall clock showed when ours was at zero; nanoseconds since 1970.
    wall_at_zero: Option<i128>,
}

impl Candidates {
    /// Lets what lies there in the first pass have its day from its last change on, by the wall
    /// clock: ctime is the kernel's, and no sender's to set.
    ///
    /// A clock that is wrong by a day or more can bring a refusal forward for what lies there at
    /// that start and nobody writes to, or have it wait for a new day; its sender is answered and
    /// sends it again. An upload under way is not hit: what is written to has a ctime by the same
    /// clock, and one of the future counts as now.
    pub fn count_from(&mut self, wall_at_zero: i128) {
        self.wall_at_zero = Some(wall_at_zero);
    }

    /// How long something had been as it is when it was first seen.
    fn lain(&self, now: Duration, seen: &Seen) -> Duration {
        let Some(zero) = self.wall_at_zero.filter(|_| self.pass == 0) else {
            return Duration::ZERO;
        };
        let now = i128::try_from(now.as_nanos()).unwrap_or(i128::MAX);
        let lain = zero.saturating_add(now).saturating_sub(seen.ctime).max(0);
        Duration::from_nanos(u64::try_from(lain).unwrap_or(u64::MAX))
    }

    /// Takes in one page of a listing made at `now`. Costs one look-up per entry.
    pub fn observe(&mut self, now: Duration, page: Vec<Entry>) {
        for Entry { name, seen } in page {
            let closed = self.heard.get(&name).map(|(closed, _)| *closed);
            let is_news = !self.by_name.get(&name).is_some_and(|known| known.seen.same(&seen));
            match self.by_name.get_mut(&name) {
                Some(known) if known.seen.same(&seen) => {
                    known.seen.holed = seen.holed;
                    known.confirmed = known.confirmed.max(now);
                    known.closed = closed.unwrap_or(known.closed);
                    known.pass = self.pass;
                }
                Some(known) if known.seen.same_inode(&seen) => {
                    let (renamed, told) = (known.renamed, known.told);
                    let verdict = known.verdict.clone();
                    *known = Candidate { renamed, ..fresh(verdict, seen, now, self.pass) };
                    known.closed = closed.unwrap_or(false);
                    // A directory stays and is told once, whatever goes on in it.
                    known.told = told && seen.kind == EntryKind::Directory;
                }
                _ => {
                    let mut new = fresh(name.judge(), seen, now, self.pass);
                    new.renamed = new.verdict != NameVerdict::Temporary
                        && self.temporary.contains_key(&(seen.dev, seen.ino));
                    new.closed = closed.unwrap_or(false);
                    new.lain = self.lain(now, &seen);
                    self.by_name.insert(name.clone(), new);
                }
            }
            if self.by_name.get(&name).is_some_and(|c| c.verdict == NameVerdict::Temporary) {
                self.temporary.insert((seen.dev, seen.ino), self.pass);
            }
            if is_news {
                self.look_again_at_principals(&name);
            }
        }
    }

    /// What speaks for a file has come: the file may have waited for nothing else.
    fn look_again_at_principals(&mut self, name: &SenderFileName) {
        for of in Companion::ALL.into_iter().filter_map(|which| name.principal(which)) {
            if let Some(principal) = self.by_name.get_mut(&of) {
                principal.recheck = Duration::ZERO;
            }
        }
    }

    /// Ends a pass: what it did not see is gone.
    pub fn end_pass(&mut self) {
        let pass = self.pass;
        self.by_name.retain(|_, candidate| candidate.pass == pass);
        // One pass longer, since the final name may have been passed before the rename.
        self.temporary.retain(|_, seen_in| *seen_in + 1 >= pass);
        // Likewise: what was heard during this pass may be of a name that it had passed already.
        self.heard.retain(|_, (_, heard_in)| *heard_in == pass);
        self.pass += 1;
    }

    /// Notes that a writer closed a file, or that it was written to again. Counts for the file as
    /// the next listing shows it.
    pub fn hear(&mut self, name: SenderFileName, closed: bool) {
        if let Some(known) = self.by_name.get_mut(&name) {
            // The next listing says whether anything changed; what it finds unchanged was closed.
            known.recheck = Duration::ZERO;
        }
        self.heard.insert(name, (closed, self.pass));
    }

    /// Notes that the writer of a temporary name closed it: counts for the final name too, since a
    /// short upload is renamed before a listing sees the temporary one. What is heard of the final
    /// name itself counts more, so it must be noted first.
    pub fn hear_temporary(&mut self, name: &SenderFileName) {
        if let Some(renamed) = name.final_name()
            && !self.heard.contains_key(&renamed)
            && !self.by_name.contains_key(&renamed)
        {
            self.heard.insert(renamed, (true, self.pass));
        }
    }

    /// Forgets what was heard: some of it was lost, so the rest may be stale.
    pub fn unhear(&mut self) {
        self.heard.clear();
    }

    /// Has the evidence of all of them looked at anew: what is asked of it may have changed, and so
    /// may what can be seen in a file.
    pub fn weigh_anew(&mut self) {
        for candidate in self.by_name.values_mut() {
            candidate.structure = None;
            candidate.recheck = Duration::ZERO;
        }
    }

    /// Forgets a name: it was claimed, or must be looked at from the start.
    pub fn forget(&mut self, name: &SenderFileName) {
        self.by_name.remove(name);
    }

    /// One of them.
    pub fn get(&self, name: &SenderFileName) -> Option<&Candidate> {
        self.by_name.get(name)
    }

    /// One of them, to note what was found.
    pub fn get_mut(&mut self, name: &SenderFileName) -> Option<&mut Candidate> {
        self.by_name.get_mut(name)
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&SenderFileName, &Candidate)> {
        self.by_name.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }
}

fn fresh(verdict: NameVerdict, seen: Seen, now: Duration, pass: u64) -> Candidate {
    Candidate {
        seen,
        verdict,
        since: now,
        lain: Duration::ZERO,
        confirmed: now,
        closed: false,
        renamed: false,
        structure: None,
        recheck: Duration::ZERO,
        told: false,
        pass,
    }
}
