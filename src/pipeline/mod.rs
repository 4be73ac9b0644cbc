//! Calls the rooms in order for one submission: the only room that names all of them.
//!
//! `claim` (intents) → `pass` (one read: open, recognise, route, rules and pseudonyms, seal) →
//! `commit` (what is on record, stores, catalogue, audit queue) → `answer` (audit log, receipts).
//! Every step can be done again. What comes later stands behind: an operator's word on
//! `withdrawals`, the exchange with the `police`, the `push` to a registry's inbox, the `upkeep` by
//! the clock, and what a start has to `recover`.

pub mod audit_queue;
pub mod house;

pub mod claim;
pub mod pass;

pub mod commit;
pub mod history;

pub mod answer;

pub mod police;
pub mod push;
pub mod retry_times;
pub mod withdrawals;

pub mod recover;
pub mod upkeep;

pub mod dry_run;
