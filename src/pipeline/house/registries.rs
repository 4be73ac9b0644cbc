//! The registries, ready for use: keys, recipients, stores and deadlines of each, and the place of
//! what is set aside.

use std::{collections::BTreeMap, io};

use crate::{
    config::{Config, registry},
    pipeline::house::{configured, open_error::OpenError},
    protect::{keys::Credentials, pseudonym::KeyRing},
    retention::{profile, schedule::Schedule},
    seal::Recipients,
    store::{Store, directory::DirectoryStore},
    types::{
        identity_mode::IdentityMode,
        ids::{Part, RegistryId, SenderId},
    },
};

/// The registries by id.
pub struct Registries {
    by_id: BTreeMap<RegistryId, Registry>,
    /// Senders that something can be sealed to.
    addressees: BTreeMap<SenderId, Recipients>,
    /// What is set aside for the one who sent it, in no registry's store.
    quarantine: Quarantine,
}

/// One registry, ready for use.
pub struct Registry {
    /// As configured.
    pub configured: registry::Registry,
    /// Who can open what is sealed for it.
    pub recipients: Recipients,
    /// Who can open its map from pseudonym to identity; none but in mode `split`.
    pub identity_recipients: Option<Recipients>,
    /// Its pseudonym keys.
    pub keys: KeyRing,
    /// Where its objects lie.
    pub store: Box<dyn Store>,
    /// When they must be gone.
    pub schedule: Schedule,
}

/// Where things are set aside, and for how long.
struct Quarantine {
    id: RegistryId,
    store: DirectoryStore,
    schedule: Schedule,
}

impl Registries {
    /// One registry.
    ///
    /// # Errors
    /// When it is not configured any more.
    pub fn get(&self, id: &RegistryId) -> io::Result<&Registry> {
        self.by_id.get(id).ok_or_else(|| {
            io::Error::other(format!("registry {id} is not configured; add it to registries.d"))
        })
    }

    /// Who can open what is sealed for another sender.
    ///
    /// # Errors
    /// When that sender is not configured, or has no key.
    pub fn addressee(&self, id: &SenderId) -> io::Result<&Recipients> {
        self.addressees.get(id).ok_or_else(|| {
            io::Error::other(format!("sender {id} has no key to seal to; add its recipient"))
        })
    }

    /// The place of what is set aside, by the name that its objects carry in place of a registry's.
    pub fn quarantine(&self) -> &RegistryId {
        &self.quarantine.id
    }

    /// Where a registry's objects lie, or what is set aside; an error when it is not configured.
    pub fn store(&self, id: &RegistryId) -> io::Result<&dyn Store> {
        if *id == self.quarantine.id {
            return Ok(&self.quarantine.store);
        }
        Ok(self.get(id)?.store.as_ref())
    }

    /// When a registry's objects must be gone, or what is set aside.
    ///
    /// # Errors
    /// When it is not configured any more.
    pub fn schedule(&self, id: &RegistryId) -> io::Result<&Schedule> {
        if *id == self.quarantine.id {
            return Ok(&self.quarantine.schedule);
        }
        Ok(&self.get(id)?.schedule)
    }

    /// Every place where objects lie.
    pub fn places(&self) -> impl Iterator<Item = (&RegistryId, &dyn Store)> {
        let registries = self.iter().map(|one| (&one.configured.id, one.store.as_ref()));
        let aside: &dyn Store = &self.quarantine.store;
        registries.chain([(&self.quarantine.id, aside)])
    }

    /// Those among `ids` that keep a submission as it came: persons are identified in them.
    pub fn keeping_whole<'a>(
        &'a self,
        ids: &'a [RegistryId],
    ) -> impl Iterator<Item = &'a RegistryId> {
        ids.iter().filter(|id| {
            let registry = self.by_id.get(*id);
            registry.is_some_and(|r| r.configured.identity == IdentityMode::Identified)
        })
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Registry> {
        self.by_id.values()
    }
}

impl Registry {
    /// Who can open a part of a submission. The map from pseudonym to identity, and a document as
    /// it came, are for others than the pseudonymised content; without such others, for nobody.
    ///
    /// # Errors
    /// When a part that holds identities is for a registry that gets pseudonyms.
    pub fn recipients_of(&self, part: Part) -> io::Result<&Recipients> {
        let identifies = match part {
            Part::Identity => true,
            Part::Whole => self.configured.identity != IdentityMode::Identified,
            Part::Content | Part::Difference | Part::Report | Part::Request => false,
        };
        if !identifies {
            return Ok(&self.recipients);
        }
        let why = "what holds identities has no recipients; configure identity-recipients";
        self.identity_recipients.as_ref().ok_or_else(|| io::Error::other(why))
    }
}

/// Opens keys and stores of every configured registry.
pub(super) fn open_registries(
    config: &Config,
    credentials: &Credentials,
) -> Result<Registries, OpenError> {
    let mut by_id = BTreeMap::new();
    let parse = |keys: &[age::x25519::Recipient]| {
        let texts: Vec<String> = keys.iter().map(ToString::to_string).collect();
        Recipients::parse(texts.iter().map(String::as_str))
    };
    for (id, configured) in &config.registries {
        let identity_recipients = match configured.identity {
            IdentityMode::Split => Some(parse(&configured.identity_recipients)?.prepared()),
            IdentityMode::Identified | IdentityMode::Pseudonym => None,
        };
        let registry = Registry {
            configured: configured.clone(),
            recipients: parse(&configured.recipients)?.prepared(),
            identity_recipients,
            keys: credentials.key_ring(id, configured.key.as_str())?,
            store: Box::new(DirectoryStore::new(config.places.store(id), id.clone())?),
            schedule: configured::schedule(configured)?,
        };
        by_id.insert(id.clone(), registry);
    }
    let mut addressees = BTreeMap::new();
    for (id, sender) in &config.senders {
        if let Some(key) = &sender.recipient {
            addressees.insert(id.clone(), parse(std::slice::from_ref(key))?);
        }
    }
    let quarantine = quarantine(config)?;
    Ok(Registries { by_id, addressees, quarantine })
}

fn quarantine(config: &Config) -> Result<Quarantine, OpenError> {
    let Ok(id) = RegistryId::parse(profile::QUARANTINE.name) else {
        unreachable!("the name is a short name, and no registry may be configured with it")
    };
    let store = DirectoryStore::new(config.places.quarantine(), id.clone())?;
    Ok(Quarantine { id, store, schedule: Schedule::new(&profile::QUARANTINE, &[])? })
}
