//! When each thing must be gone, and seeing to it.

pub mod alarms;
pub mod arrears;
pub mod certificate;
pub mod erase_objects;
pub mod exchange;
pub mod guard;
pub mod hold;
pub mod keys;
pub mod plan;
pub mod profile;
pub mod schedule;
pub mod sweep;
pub mod swept;
pub mod task;
