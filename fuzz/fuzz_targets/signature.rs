//! Any bytes as a detached signature, and as a public key.
#![no_main]

#[path = "../bodies/signature.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
