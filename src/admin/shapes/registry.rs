//! The JSON of registries (`docs/interface.md` section 10). Fields may be added, never renamed.

use serde::{Deserialize, Serialize};

use crate::{
    catalogue::records::objects::{ObjectCount, ObjectState},
    config::Config,
    types::ids::RegistryId,
};

/// One registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registry {
    /// Its id.
    pub id: RegistryId,
    /// The law that it stands under.
    pub legal_profile: String,
    /// How persons appear in it: `identified`, `pseudonym` or `split`.
    pub identity: String,
    /// The public keys that everything for it is sealed to.
    pub recipients: Vec<String>,
    /// When its objects are erased.
    pub retention: Retention,
    /// How many it has.
    pub objects: Objects,
}

/// When objects of a registry are erased, where no statutory limit comes first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// The event from which the period counts.
    pub from: String,
    /// The period, as ISO 8601 has it.
    pub after: String,
}

/// Objects by their state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objects {
    /// In the store.
    pub stored: u64,
    /// In the store, and held past their deadline.
    pub held: u64,
    /// Erased.
    pub erased: u64,
}

impl Objects {
    /// Those of one registry.
    pub fn of(registry: &RegistryId, counts: &[ObjectCount]) -> Self {
        let count = |state| {
            let found = counts.iter().find(|row| row.registry == *registry && row.state == state);
            found.map_or(0, |row| row.objects)
        };
        Self {
            stored: count(ObjectState::Stored),
            held: count(ObjectState::Held),
            erased: count(ObjectState::Erased),
        }
    }
}

/// The configured registries, by id.
pub fn all(config: &Config, counts: &[ObjectCount]) -> Vec<Registry> {
    let registries = config.registries.values();
    let shape = |registry: &crate::config::registry::Registry| Registry {
        id: registry.id.clone(),
        legal_profile: registry.legal_profile.as_str().to_owned(),
        identity: registry.identity.as_str().to_owned(),
        recipients: registry.recipients.iter().map(ToString::to_string).collect(),
        retention: Retention {
            from: registry.retention.from.as_str().to_owned(),
            after: registry.retention.after.to_string(),
        },
        objects: Objects::of(&registry.id, counts),
    };
    registries.map(shape).collect()
}

/// A key that was made, in `keys generate` and `keys rotate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyMade {
    /// Whose.
    pub registry: RegistryId,
    /// Which of its keys.
    pub epoch: u32,
    /// Whether pseudonyms are made with it already.
    pub in_use: bool,
}
