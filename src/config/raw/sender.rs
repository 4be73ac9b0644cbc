//! `senders.d/<id>.toml`, key by key, as the operator writes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    config::raw::at::At,
    types::{rule::Language, verdict::Evidence},
};

/// `senders.d/<id>.toml`: one sender.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawSenderFile {
    /// The sender.
    #[schemars(required)]
    pub(in crate::config) sender: Option<RawSender>,
}

/// `[sender]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawSender {
    /// Its directory below the drop root, and its account.
    #[schemars(required, example = &"embassy-xex")]
    pub(in crate::config) id: Option<At<String>>,
    /// Its name in receipts and listings.
    #[schemars(required, example = &"Embassy of Exampleland")]
    pub(in crate::config) name: Option<At<String>>,
    /// What it may send (IN-02).
    #[schemars(required, example = ["embassy-list"])]
    pub(in crate::config) kinds: Option<At<Vec<At<String>>>>,
    /// A mission's code: its lists must carry it (EMB-01).
    #[schemars(example = &"XEX")]
    pub(in crate::config) mission_code: Option<At<String>>,
    /// A Helfo case handler: may send lists for any mission.
    #[schemars(example = true)]
    pub(in crate::config) case_handler: Option<At<bool>>,
    /// A municipality's number.
    #[schemars(example = &"0301")]
    pub(in crate::config) municipality: Option<At<String>>,
    /// Number in Enhetsregisteret.
    #[schemars(example = &"958935420")]
    pub(in crate::config) org_number: Option<At<String>>,
    /// A police district's code: requests and replies name it by this (POL-07).
    #[schemars(example = &"oslo")]
    pub(in crate::config) police_district: Option<At<String>>,
    /// Language of its receipts.
    #[schemars(example = &"nb")]
    pub(in crate::config) language: Option<At<Language>>,
    /// An age public key: receipts are encrypted to it.
    #[schemars(example = &"age1...")]
    pub(in crate::config) recipient: Option<At<String>>,
    /// Lines of `.pub` files, one for each key that may sign: each file must then come with the
    /// signature `<file>.sig` of one of them, made with `ssh-keygen -Y sign -n filsluse` (IN-06).
    #[schemars(example = ["ssh-ed25519 AAAA..."])]
    pub(in crate::config) signing_keys: Option<At<Vec<At<String>>>>,
    /// The least evidence that a file has arrived whole.
    #[schemars(example = &"closed")]
    pub(in crate::config) completeness: Option<At<Evidence>>,
    /// How often something is expected; without it nothing is ever overdue.
    pub(in crate::config) expect: Option<RawExpect>,
    /// Whom the operator writes to.
    #[schemars(example = &"it@example.org")]
    pub(in crate::config) contact: Option<At<String>>,
    /// The local account that owns its files, where it is not called like the sender.
    #[schemars(example = &"embassy-xex")]
    pub(in crate::config) account: Option<At<String>>,
    /// The same as a number, for accounts that are not in `/etc/passwd`.
    #[schemars(example = 2001, range(min = 1, max = 4_294_967_293_u32))]
    pub(in crate::config) uid: Option<At<u32>>,
}

/// `expect = { every = "P1M", grace = "P10D" }`, `expect = { yearly = "01-15" }`, or both in one.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawExpect {
    /// The period in which at least one submission comes.
    #[schemars(example = &"P1M")]
    pub(in crate::config) every: Option<At<String>>,
    /// How much later it may be before the sender counts as overdue.
    #[schemars(example = &"P10D")]
    pub(in crate::config) grace: Option<At<String>>,
    /// Month and day of the year after the service year by which the annual submission comes.
    #[schemars(example = &"01-15")]
    pub(in crate::config) yearly: Option<At<String>>,
    /// Month and day until which an exception may be had: later it counts as overdue.
    #[schemars(example = &"02-15")]
    pub(in crate::config) exception: Option<At<String>>,
}
