//! Any bytes as a release from NPR.
#![no_main]

#[path = "../bodies/npr_preamble.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
