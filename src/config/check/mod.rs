//! What the configuration's values mean, file by file. Structure has been checked: keys, types, words.

mod admin;
mod archive;
mod inboxes;
pub(in crate::config) mod main_file;
mod peer;
pub(in crate::config) mod registry;
mod release;
pub(in crate::config) mod reporting;
pub(in crate::config) mod sender;
pub(in crate::config) mod values;
