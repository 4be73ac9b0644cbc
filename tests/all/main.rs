//! The one integration binary: library tests on temp directories and black-box tests of the built
//! program, one module per subject.

mod audit;
mod catalogue;
mod config;
mod credentials;
mod durable;
mod engine;
mod embassy;
mod fuzz_smoke;
mod hostile;
mod identifiers;
mod intake;
mod intake_claims;
mod intake_watch;
mod kpr;
mod mutate;
mod receipt;
mod schedule;
mod seal;
mod store;
mod store_crash;
mod systemd;
mod tables;
mod xml;
mod xml_libxml2;
mod xml_oracle;
mod xml_w3c;
