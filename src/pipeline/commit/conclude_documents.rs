//! Holds the documents of a submission against the history, one after the other, and adds up what
//! came of them.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    audited,
    catalogue::{
        self, error::CatalogueError, ledger::Ledger, records::submissions::Submission, view::View,
    },
    durable,
    intake::claim::ClaimedFile,
    kinds::{
        Sinks,
        judgement::{Effect, Report},
        kpr::state::Change,
        leak::IdentityLeak,
    },
    pipeline::{
        commit::{
            effect_context::EffectContext, effects, gathered_persons::GatheredPersons,
            outcome::Outcome, quarantine, replaced, sum::Sum,
        },
        history::{
            catalogued::{CatalogueHistory, Overlay},
            reporter::Reporter,
        },
        house::House,
        pass::{
            ReadDocument, Taken,
            sinks::{SealedPart, WorkSinks},
        },
    },
    types::{
        alarm::AlarmCode,
        finding::Findings,
        ids::{Part, RegistryId, SenderId},
        verdict::Verdict,
    },
};

/// What came of a submission.
pub struct Concluded {
    /// Verdict, counts, findings, notes.
    pub outcome: Outcome,
    /// What is stored for it.
    pub parts: Vec<SealedPart>,
    /// Whether a fault of ours stopped it.
    pub faulted: bool,
}

/// Lets the kind conclude, document by document, and applies what follows. A rehearsal changes
/// nothing. `file`: what was claimed, to be kept should the kind fail.
pub fn conclude(
    house: &House,
    ledger: &mut dyn Ledger,
    row: &Submission,
    taken: Taken,
    file: Option<&ClaimedFile>,
    now: Timestamp,
) -> io::Result<Concluded> {
    let several = taken.documents.len() > 1;
    let concluded = if several {
        // A fault in a later document takes back what an earlier one has changed, and the end of a
        // rehearsal what all of them have.
        catalogue::savepoint_with(ledger, |ledger| documents(house, ledger, row, taken, now))
    } else {
        documents(house, ledger, row, taken, now)
    };
    match concluded {
        Ok(concluded) => Ok(concluded),
        Err(Stopped::Rehearsed(concluded)) => Ok(*concluded),
        Err(Stopped::Failed(failed)) => Err(failed),
        Err(Stopped::Leak) => {
            audited::raise(ledger, now, AlarmCode::IdentityLeak, &row.id.to_string(), None)?;
            let mut findings = Findings::default();
            findings.push(quarantine::finding(false));
            let outcome = Outcome::plain(Verdict::Rejected, findings);
            Ok(Concluded { outcome, parts: Vec::new(), faulted: false })
        }
        Err(Stopped::Fault(parts)) => {
            let parts = match (parts.is_empty(), file) {
                _ if row.rehearsal => Vec::new(),
                (true, Some(file)) => {
                    let kept = quarantine::keep(house, file)?.kept;
                    kept.map(WorkSinks::finish).transpose()?.unwrap_or_default()
                }
                _ => parts,
            };
            let mut findings = Findings::default();
            findings.push(quarantine::finding(!parts.is_empty()));
            let outcome = Outcome::plain(Verdict::Rejected, findings);
            Ok(Concluded { outcome, parts, faulted: true })
        }
    }
}

/// The same without writing anything: a dry run.
pub fn conclude_dry(
    house: &House,
    view: &dyn View,
    sender: &SenderId,
    taken: Taken,
) -> io::Result<Outcome> {
    let mut sum = Sum::of(taken.refused, taken.refused_records);
    let several = taken.documents.len() > 1;
    let mut overlay = Overlay::default();
    for (before, document) in (0..).zip(taken.documents) {
        let ReadDocument { entry, registries, reading, mut sinks, .. } = document;
        let Some(registry) = registries.first() else { return Err(no_route()) };
        let mut history = CatalogueHistory::new(view, sender, registry)
            .reporting(Reporter::of(house, sender))
            .behind(before)
            .over(&overlay);
        let judgement = reading.conclude(&mut history, &mut sinks)?;
        let effects = sum.add(judgement, entry);
        if several {
            overlay.take(effects)?;
        }
    }
    let mut outcome = sum.outcome();
    replaced::tell(house, view, &mut outcome.notes)?;
    Ok(outcome)
}

fn documents(
    house: &House,
    ledger: &mut dyn Ledger,
    row: &Submission,
    taken: Taken,
    now: Timestamp,
) -> Result<Concluded, Stopped> {
    let several = taken.documents.len() > 1;
    let mut sum = Sum::of(taken.refused, taken.refused_records);
    let mut overlay = Overlay::default();
    let mut parts = Vec::new();
    let mut reached: Vec<RegistryId> = Vec::new();
    let (work, all) = (house.config.places.work(), Arc::clone(&house.registries));
    let mut reports = WorkSinks::sealing(row.id, 1, work, all);
    let mut persons = GatheredPersons::default();
    for (before, document) in (0..).zip(taken.documents) {
        let ReadDocument { entry, number, registries, reading, whole, mut sinks } = document;
        let Some(registry) = registries.first() else { return Err(no_route().into()) };
        let concluded = {
            let view: &dyn View = &*ledger;
            let mut history = CatalogueHistory::new(view, &row.sender, registry)
                .reporting(Reporter::of(house, &row.sender))
                .concluding(row.id)
                .behind(before)
                .over(&overlay);
            catch_unwind(AssertUnwindSafe(|| {
                durable::fail_point::panic_on(b"conclude");
                reading.conclude(&mut history, &mut sinks)
            }))
        };
        let Ok(judgement) = concluded else {
            // What was read is kept as it came: where a registry keeps documents, it is sealed.
            discard(parts);
            let kept = if several || row.rehearsal { Vec::new() } else { whole.finish()? };
            return Err(Stopped::Fault(kept));
        };
        let judgement = match judgement {
            Err(error) if IdentityLeak::of(&error).is_some() => {
                // Nothing of it is stored, and nothing is kept: every copy would hold the leak.
                discard(parts);
                return Err(Stopped::Leak);
            }
            judgement => judgement?,
        };
        let taken = judgement.verdict != Verdict::Rejected;
        let effects = sum.add(judgement, entry);
        if row.rehearsal {
            // Nobody comes after the only one. Notifications may be millions, and are written for
            // those that come after, to be taken back at the end.
            if several {
                let (written, rest): (Vec<_>, Vec<_>) = effects
                    .into_iter()
                    .partition(|effect| matches!(effect, Effect::Report(Change::Notifications(_))));
                let occasion = EffectContext::of(house, row, registry, now)?;
                for effect in &written {
                    effects::apply(house, ledger, effect, &occasion)?;
                }
                overlay.take(rest)?;
            }
        } else if taken {
            let mut occasion = EffectContext::of(house, row, registry, now)?;
            occasion.document = number;
            let effects = if several { persons.take(effects, &mut reports)? } else { effects };
            for effect in &effects {
                effects::apply(house, ledger, effect, &occasion)?;
            }
            sinks.hand_over(Part::Report, &mut reports);
            parts.extend(whole.finish()?);
            parts.extend(sinks.finish()?);
            reached.extend(
                registries.into_iter().filter(|id| !reached.contains(id)).collect::<Vec<_>>(),
            );
        }
    }
    persons.record(ledger, row.id, &mut reports)?;
    let mut outcome = sum.outcome();
    replaced::tell(house, &*ledger, &mut outcome.notes)?;
    if let Some(report) = &outcome.report {
        parts.extend(write_reports(reports, report, &reached)?);
    }
    let concluded = Concluded { outcome, parts, faulted: false };
    if several && row.rehearsal {
        return Err(Stopped::Rehearsed(Box::new(concluded)));
    }
    Ok(concluded)
}

/// Each registry's own report, sealed beside its objects.
fn write_reports(
    mut sinks: WorkSinks,
    report: &Report,
    registries: &[RegistryId],
) -> io::Result<Vec<SealedPart>> {
    for registry in registries {
        let json = serde_json::to_vec_pretty(&report.for_registry(registry))?;
        sinks.sink(registry, Part::Report)?.write_all(&json)?;
    }
    sinks.finish()
}

/// Work files that no transaction will name.
fn discard(parts: Vec<SealedPart>) {
    for part in parts {
        // What stays goes at the next start; without its header nobody can read it.
        let _ = std::fs::remove_file(part.upload.work);
    }
}

/// Why hearing did not come to its end.
enum Stopped {
    Failed(io::Error),
    /// The kind panicked; what was kept of the file, if it is kept already.
    Fault(Vec<SealedPart>),
    /// It came to its end, and what it has written is to be taken back.
    Rehearsed(Box<Concluded>),
    /// An identifier was about to leave for a registry that takes none.
    Leak,
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<CatalogueError> for Stopped {
    fn from(error: CatalogueError) -> Self {
        Self::Failed(error.into())
    }
}

fn no_route() -> io::Error {
    io::Error::other("a document was read without a route")
}
