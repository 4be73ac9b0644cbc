//! Calls the rooms in order for one submission: the only room that names more than one of them.
//!
//! `claiming` (intents) → `pass` (one read: format, kinds, route, seal) → `commit` (books, stores,
//! catalogue, audit queue) → `answer` (audit log, receipts). Every step can be done again.

pub mod answer;
pub mod archive;
pub mod archive_refusal;
pub mod books;
pub mod claiming;
pub mod commit;
mod configured;
mod debts;
pub mod decide;
pub mod decide_reply;
pub mod disclose;
pub mod dispatch;
pub mod dry_run;
pub mod effects;
pub mod erase;
pub mod errands;
pub mod exchange_watch;
pub mod exchanged;
pub mod expected;
pub mod facts;
pub mod hear;
pub mod hints;
pub mod house;
pub mod names;
pub mod part_sealer;
pub mod pass;
pub mod quarantine;
pub mod receipts;
pub mod recover;
pub mod registries;
pub mod reported;
pub mod restored;
pub mod sent;
mod settings;
pub mod sinks;
pub mod strays;
pub mod subject;
pub mod superseded;
pub mod trail;
