//! The municipal kinds, through the public API: every rule of the message's table with a case that
//! holds and one that does not, what leaves for the registries, and what is remembered.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]
#![expect(
    clippy::too_many_lines,
    unreachable_pub,
    reason = "a table of cases is as long as it is, and one binary has no outside"
)]

mod annual;
mod annual_documents;
mod archive;
pub(crate) mod bench;
mod city;
mod crash;
pub(crate) mod document;
mod event;
mod event_told;
mod event_whole;
mod keyed_guids;
mod leak;
mod output;
mod past;
mod properties;
mod scratch;
mod sequence;
mod split;
mod superseded;
mod systems;
mod whole;
