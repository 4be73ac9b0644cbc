//! The records that the catalogue keeps, as plain structs. None of them holds personal data.

pub mod archive;
pub mod enrolments;
pub mod objects;
pub mod operations;
pub mod outgoing;
pub mod page;
pub mod police;
pub mod pushes;
pub mod reports;
pub mod submissions;
