//! What a complete list would withdraw beyond bounds (EMB-13) is held; here it is decided.

pub mod decide;
pub mod superseded;
