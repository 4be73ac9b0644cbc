//! What municipalities report: KPR event messages and annual IPLOS submissions (rules KPR-*).
//!
//! Both kinds go the same way: [`walk`] finds the message in its envelope, [`judge`] judges each
//! attribute by the tables of the message's schema, [`output`] writes what leaves. One record is
//! held at a time; nothing is allocated for each.

pub mod annual;
pub mod bloom_filter;
pub mod event;
pub mod fields;
pub mod guid_index;
pub mod hints;
pub mod identity;
pub mod judge;
pub mod lists;
pub mod merge_runs;
pub mod notifications;
pub mod output;
pub mod persons;
pub mod record;
pub mod repeated_keys;
pub mod replace;
pub mod report;
pub mod schema;
pub mod sequence;
pub mod sorter;
pub mod state;
pub mod stream;
pub mod tally;
pub mod time;
pub mod walk;
