//! Releases from NPR, through the public API: every rule with a case that holds and one that does
//! not, named by its code; the regulation's own sentences; what leaves, and what never does.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]
#![expect(unreachable_pub, reason = "one binary has no outside")]

pub(crate) mod bench;
mod docs;
mod output;
mod properties;
mod regulation;
mod rules;
mod whole;
