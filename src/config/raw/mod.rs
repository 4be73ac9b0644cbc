//! The configuration's files, key by key, as the operator writes them.

pub(in crate::config) mod admin;
pub(in crate::config) mod archive;
pub(in crate::config) mod at;
pub(in crate::config) mod main_file;
pub(in crate::config) mod registry;
pub(in crate::config) mod sender;
