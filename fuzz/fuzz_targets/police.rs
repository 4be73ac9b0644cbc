//! Any bytes as a request to the police, and as their reply.
#![no_main]

#[path = "../bodies/police.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
