//! The one integration binary: library tests on temp directories and black-box tests of the built
//! program, one module per subject.

mod architecture;
mod audit;
mod catalogue;
mod child_daemon;
mod cli;
mod config;
mod crash;
mod credentials;
mod demo;
mod durable;
mod embassy;
mod engine;
mod engine_faults;
mod fuzz_smoke;
mod hostile;
mod identifiers;
mod intake;
mod intake_claims;
mod intake_watch;
mod mutate;
mod receipt;
mod retention;
mod schedule;
mod seal;
mod sftp;
mod store;
mod store_crash;
mod systemd;
mod tables;
mod tidy;
mod uploads;
mod xml;
mod xml_libxml2;
mod xml_oracle;
mod xml_w3c;
