//! Texts of the command line that become values, and what to write where they do not.

use crate::types::ids::RegistryId;

pub(super) use crate::admin::asked::{Since, day, object_state, since, state};

/// Where the configuration lies when nobody says otherwise.
pub const CONFIG: &str = "/etc/filsluse/filsluse.toml";

pub(super) fn year(text: &str) -> Result<i16, String> {
    let year = text.parse().ok().filter(|year| (1000..=9999).contains(year));
    year.ok_or_else(|| "write a year such as 2025".to_owned())
}

pub(super) fn recipient(text: &str) -> Result<(RegistryId, age::x25519::Recipient), String> {
    let (registry, key) =
        text.split_once('=').ok_or("write REGISTRY=age1..., such as fastlege=age1...")?;
    let registry = RegistryId::parse(registry).map_err(|error| error.to_string())?;
    // A secret key pasted here must not come back in a message.
    let key = key.parse().map_err(|_| {
        "this is no age public key; it begins with age1, and its secret half never belongs here"
    })?;
    Ok((registry, key))
}
