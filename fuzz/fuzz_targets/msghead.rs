//! Any bytes as a `MsgHead` 1.2.
#![no_main]

#[path = "../bodies/msghead.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
