//! What holds of the repository itself: who may know whom, that every file is tidy, that every command
//! of the documentation runs.

mod architecture;
mod commands;
mod tidy;
