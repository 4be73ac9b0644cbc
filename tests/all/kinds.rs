//! What the tests of all kinds stand on: one bench, and one history in memory. Each kind's own
//! `bench` says what is different for it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]
#![expect(unreachable_pub, reason = "one binary has no outside")]

pub(crate) mod bench;
pub(crate) mod history;
