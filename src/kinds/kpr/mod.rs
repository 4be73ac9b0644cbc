//! What municipalities report: KPR event messages and annual IPLOS submissions (rules KPR-*).
//!
//! Both kinds go the same way: [`walk`] finds the message in its envelope, [`judge`] judges each
//! attribute by the tables of the message's [`schema`], [`output`] writes what leaves. One record
//! is held at a time ([`record`]); nothing is allocated for each. What must be remembered of all of
//! them is in [`spill`].

pub mod annual;
pub mod collected;
pub mod event;
pub mod hints;
pub mod identity;
pub mod judge;
mod notification;
pub mod output;
pub mod record;
pub mod report;
pub mod schema;
pub mod spill;
pub mod state;
pub mod tally;
pub mod walk;
