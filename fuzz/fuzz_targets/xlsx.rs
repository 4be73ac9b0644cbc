//! Any bytes as a spreadsheet, and as the parts of one.
#![no_main]

#[path = "../bodies/xlsx.rs"]
mod body;

// The default hook instead of one that aborts: a panic of the library underneath is caught and made
// an error, which is a promise of the code under test. Others still end the run.
libfuzzer_sys::fuzz_target!(
    init: drop(std::panic::take_hook()),
    |data: &[u8]| body::run(data)
);
