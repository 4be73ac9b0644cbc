//! Calls the rooms in order for one submission: the only room that names more than one of them.
//!
//! `claiming` (intents) → `pass` (one read: format, kinds, route, seal) → `commit` (books, stores,
//! catalogue, audit queue) → `answer` (audit log, receipts). Every step can be done again.

pub mod answer;
pub mod audit_queue;
pub mod books;
pub mod claiming;
pub mod close;
pub mod commit;
mod compaction;
pub mod conclude_documents;
mod configured;
mod debts;
pub mod decide_withdrawals;
pub mod dry_run;
pub mod effects;
pub mod erase;
pub mod errands;
pub mod expected;
pub mod facts;
pub mod hints;
pub mod house;
pub mod missing_payloads;
pub mod names;
pub mod part_sealer;
pub mod pass;
pub mod police;
pub mod quarantine;
pub mod receipts;
pub mod recover;
pub mod registries;
mod replaced;
pub mod reported;
pub mod restored;
pub mod sent;
mod settings;
pub mod sinks;
pub mod strays;
pub mod subject;
pub mod superseded;
pub mod superseded_withdrawals;
pub mod waiting;
