//! Any bytes as XML.
#![no_main]

#[path = "../bodies/xml.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
