//! What is remembered of a whole document, however large it is: in memory as long as it fits there,
//! in a scratch when it does not.
//!
//! [`sorter`] puts entries of one length in order, by runs that [`merge_runs`] merges.
//! [`guid_index`] and [`bloom_filter`] say where something may stand, or that it stands nowhere.
//! With them are kept the [`notifications`] of a document, its [`persons`], and what must stand in
//! it once only ([`repeated_keys`]). Knows nothing of the messages.

pub mod bloom_filter;
pub mod guid_index;
pub mod merge_runs;
pub mod notifications;
pub mod persons;
pub mod repeated_keys;
pub mod sorter;
