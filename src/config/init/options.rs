//! What somebody says who makes a new installation.

use std::collections::BTreeMap;

use crate::{
    config::{names::Installation, sender::Sender},
    types::{ids::RegistryId, national_id::Profile},
};

/// What a new installation is to be like.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which national ids are let in.
    pub profile: Profile,
    /// Short name, for the audit log's origin.
    pub installation: Option<Installation>,
    /// The installation's name in receipts.
    pub name: Option<String>,
    /// Whom senders write to.
    pub contact: Option<String>,
    /// Whether a file must belong to its sender's account; off where all run as one account.
    pub owner_check: bool,
    /// The registries' public keys; one that is missing gets a pair made here.
    pub recipients: BTreeMap<RegistryId, age::x25519::Recipient>,
    /// Who may send; with none, the shipped examples are written.
    pub senders: Vec<Sender>,
}

impl Options {
    /// A real installation with the shipped examples as senders.
    pub fn production() -> Self {
        Self {
            profile: Profile::Production,
            installation: None,
            name: None,
            contact: None,
            owner_check: true,
            recipients: BTreeMap::new(),
            senders: Vec::new(),
        }
    }
}
