//! The embassy kind, through the public API: rules EMB-01 to EMB-13, three clothes of one list,
//! reconciliation with the books, and what leaves for the registry.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod bench;
mod departures;
mod docs;
mod document;
mod examples;
mod households;
mod newness;
mod properties;
mod reconcile;
mod rules;
mod secrecy;
mod shapes;
