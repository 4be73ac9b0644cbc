//! The police kinds, through the public API: a test for each rule POL-01 to POL-13, what leaves for
//! the district, replies that find their request, and that nothing of a request is ever shown.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod bases;
mod bench;
mod docs;
mod document;
mod points;
mod reply;
mod secrecy;
mod sent;
mod shapes;
