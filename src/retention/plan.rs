//! What is due when and under which rule: read from the catalogue, never reckoned here.
//!
//! A plan is what a sweep will do: both ask the catalogue the same question. Changes nothing.

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::{
    catalogue::{
        error::CatalogueError,
        keys::{MissionCode, PersonKey},
        records::{
            enrolments::Enrolment,
            objects::{Deadline, Object, ObjectState},
        },
        view::View,
    },
    retention::profile::Start,
    types::ids::{ObjectId, RegistryId},
};

/// What is to be erased.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A person's enrolment record in the catalogue.
    Enrolment {
        /// The registry.
        registry: RegistryId,
        /// Who had enrolled the person.
        mission: MissionCode,
        /// The person.
        person: PersonKey,
    },
    /// An object in a store.
    Object(ObjectId),
}

impl Target {
    /// The object's id, or `enrolment:<registry>:<mission>:<pseudonym>`. The pseudonym links a
    /// person's records: for an operator's eyes, never for a log.
    pub fn to_text(&self) -> String {
        match self {
            Self::Enrolment { registry, mission, person } => {
                format!("enrolment:{registry}:{mission}:{}", person.as_str())
            }
            Self::Object(id) => id.to_string(),
        }
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

/// One erasure that lies ahead (`docs/interface.md` section 10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// What.
    pub object: Target,
    /// Of which registry.
    pub registry: RegistryId,
    /// When it must be gone: the earlier of its deadline and its statutory limit.
    pub due_at: Timestamp,
    /// The rule that says so, such as `processed + P90D`.
    pub rule: String,
    /// When it must be gone whatever anybody holds or configures.
    pub statutory_limit: Option<Timestamp>,
    /// Whether an operator holds it: it then stays until its statutory limit, if it has one.
    pub held: bool,
}

impl Planned {
    /// The erasure of an object; `None` while no clock of it runs.
    pub fn of_object(object: &Object) -> Option<Self> {
        let limit = object.statutory_limit;
        let due_at = match (object.due_at, limit) {
            (Some(due), Some(limit)) => due.min(limit),
            (due, limit) => due.or(limit)?,
        };
        let rule = if object.due_rule.is_empty() { BY_LIMIT } else { &object.due_rule };
        Some(Self {
            object: Target::Object(object.id.clone()),
            registry: object.id.registry.clone(),
            due_at,
            rule: rule.to_owned(),
            statutory_limit: limit,
            held: object.state == ObjectState::Held,
        })
    }

    /// The erasure of an object, as the catalogue reckons its time.
    fn of_deadline(deadline: Deadline) -> Self {
        let Deadline { id, at, rule, statutory_limit, held } = deadline;
        Self {
            registry: id.registry.clone(),
            object: Target::Object(id),
            due_at: at,
            rule: if rule.is_empty() { BY_LIMIT.to_owned() } else { rule },
            statutory_limit,
            held,
        }
    }

    /// The erasure of an enrolment record; `None` while the person is enrolled.
    ///
    /// Its rule is told by the event that starts its clock: a profile has no two of them.
    pub fn of_enrolment(row: &Enrolment) -> Option<Self> {
        Some(Self {
            object: Target::Enrolment {
                registry: row.registry.clone(),
                mission: row.mission.clone(),
                person: row.person.clone(),
            },
            registry: row.registry.clone(),
            due_at: row.erase_at?,
            rule: ENROLMENT_RULE.as_str().to_owned(),
            statutory_limit: None,
            held: false,
        })
    }
}

impl fmt::Display for Planned {
    /// Without the pseudonym of an enrolment, so that it may be logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.object {
            Target::Enrolment { registry, mission, .. } => {
                write!(f, "enrolment:{registry}:{mission}")?;
            }
            Target::Object(id) => write!(f, "{id}")?,
        }
        write!(f, " by {} ({})", self.due_at, self.rule)
    }
}

/// What a sweep would erase if it ran at `at`, by deadline; the first `limit` of it.
pub fn at(view: &dyn View, at: Timestamp, limit: u32) -> Result<Vec<Planned>, CatalogueError> {
    let objects = view.due_objects(at, limit)?;
    let enrolments = view.due_enrolments(at, limit)?;
    Ok(in_order(&objects, &enrolments, limit))
}

/// Every deadline up to `until`, held or not, by deadline; the first `limit` of them, or of those
/// after one that was given before.
///
/// At the same time enrolments come before objects. So a long plan is read in pages, each in a
/// snapshot of its own, and nothing is left out or told twice.
pub fn upcoming(
    view: &dyn View,
    after: Option<&Planned>,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<Planned>, CatalogueError> {
    let (of_enrolments, of_objects) = match after {
        None => (None, None),
        Some(Planned {
            due_at, object: Target::Enrolment { registry, mission, person }, ..
        }) => (Some((*due_at, Some((registry, mission, person)))), Some((*due_at, None))),
        Some(Planned { due_at, object: Target::Object(id), .. }) => {
            (Some((*due_at, None)), Some((*due_at, Some(id))))
        }
    };
    let enrolments = view.enrolment_deadlines(of_enrolments, until, limit)?;
    let objects = view.deadlines(of_objects, until, limit)?;
    let mut planned: Vec<Planned> = enrolments.iter().filter_map(Planned::of_enrolment).collect();
    planned.extend(objects.into_iter().map(Planned::of_deadline));
    // Stable: both came in order.
    planned.sort_by_key(|one| one.due_at);
    planned.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(planned)
}

fn in_order(objects: &[Object], enrolments: &[Enrolment], limit: u32) -> Vec<Planned> {
    let objects = objects.iter().filter_map(Planned::of_object);
    let enrolments = enrolments.iter().filter_map(Planned::of_enrolment);
    let mut planned: Vec<Planned> = objects.chain(enrolments).collect();
    planned.sort_by(|a, b| (a.due_at, &a.object).cmp(&(b.due_at, &b.object)));
    planned.dedup();
    planned.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    planned
}

/// What starts the clock of an enrolment record's erasure.
pub const ENROLMENT_RULE: Start = Start::WithdrawalDelivered;

/// The rule's name where nothing but a statute sets a deadline.
pub const BY_LIMIT: &str = "statutory-limit";
