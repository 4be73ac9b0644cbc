//! One folder per kind of submission: its record, its rules, what leaves for which registry.
//!
//! A kind drives its own pass record by record in two steps. [`Kind::read`] sees the bytes and
//! nothing of the past, so that many files are read side by side. [`Reading::conclude`] sees what
//! was kept from earlier submissions and says what changes; it runs one at a time, in the order of
//! commit. Neither touches a file, a clock or a database.

pub mod context;
pub mod embassy;
pub mod judgement;
mod kind;
pub mod kpr;
pub mod leak;
pub mod npr;
pub mod police;
mod records;
pub mod refused;
pub mod says;
pub mod scratch;
mod sinks;
pub mod written_date;

pub use kind::{Body, History, Kind, Reading};
pub use sinks::Sinks;

use crate::kinds::says::Says;

/// All kinds that this version knows. A new kind is its folder and its line here.
pub fn all() -> &'static [&'static dyn Kind] {
    &[
        &embassy::EmbassyList,
        &embassy::Departures,
        &kpr::event::KprEvent,
        &kpr::annual::IplosAnnual,
        &npr::NprRelease,
        &police::PoliceRequest,
        &police::PoliceReply,
    ]
}

/// The kind whose name this is.
pub fn by_name(name: &str) -> Option<&'static dyn Kind> {
    all().iter().copied().find(|kind| kind.name() == name)
}

/// The kind that a document says it is (IN-02).
pub fn of_document(says: &Says) -> Option<&'static dyn Kind> {
    all().iter().copied().find(|kind| kind.recognises(says))
}
