//! One registry: the law it stands under, who can open its objects, and when they are erased.

use crate::{
    config::{
        admin::Pin, legal_profile::LegalProfile, names::KeyName, peer::Peer, words::StoreKind,
    },
    retention::profile::Start,
    types::{
        identity_mode::IdentityMode, ids::RegistryId, npr_release::terms::Terms, period::Period,
    },
};

/// One registry, checked.
#[derive(Debug, Clone)]
pub struct Registry {
    /// Its directory in the store.
    pub id: RegistryId,
    /// The law that it stands under.
    pub legal_profile: LegalProfile,
    /// Everything for it is encrypted to all of these; never empty.
    pub recipients: Vec<age::x25519::Recipient>,
    /// Where its objects are kept.
    pub store: StoreKind,
    /// How persons appear in it.
    pub identity: IdentityMode,
    /// In mode `split`, the map from pseudonym to identity is encrypted to these, none of which is
    /// one of `recipients`; else empty.
    pub identity_recipients: Vec<age::x25519::Recipient>,
    /// Its pseudonym key: no other registry has the same.
    pub key: KeyName,
    /// The certificates with which it may fetch its own objects from the admin listener.
    pub client_pins: Vec<Pin>,
    /// Its inboxes, which its objects are pushed to; no two have one address.
    pub deliver: Vec<Peer>,
    /// When its objects are erased.
    pub retention: Retention,
    /// What a release may hold, for profiles that get releases.
    pub release: Terms,
}

/// When a registry's objects are erased. Calendar periods, counted in the configured zone.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// The event from which `after` counts.
    pub from: Start,
    /// A record is erased so long after that event.
    pub after: Period,
    /// A list as received is erased so long after it was processed, for profiles that have lists.
    pub lists: Option<Period>,
    /// An operator is told so long after something was received that waits for a decision, for
    /// profiles that have such; `None` where the profile says when.
    pub escalate: Option<Period>,
}
