//! Any bytes as a sender's file name.
#![no_main]

#[path = "../bodies/file_name.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
