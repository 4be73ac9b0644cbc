//! The one integration binary: library tests on temp directories and black-box tests of the built
//! program, one module per subject.

mod credentials;
mod identifiers;
mod xml;
mod tables;
mod audit;
mod durable;
mod seal;
mod store;
mod receipt;
mod config;
mod fuzz_smoke;
mod mutate;
mod xml_libxml2;
mod xml_w3c;
mod systemd;
mod catalogue;
mod schedule;
mod hostile;
mod intake;
