//! The one integration binary: library tests on temp directories and black-box tests of the built
//! program, one module per subject.

mod alarms;
mod archive;
mod audit;
mod catalogue;
mod cli;
mod config;
mod credentials;
mod demo;
mod durable;
mod embassy;
mod engine;
mod exchange;
mod generator;
mod identifiers;
mod intake;
mod kinds;
mod kpr;
mod listener;
mod npr;
mod police;
mod push;
mod receipt;
mod repository;
mod resilience;
mod retention;
mod seal;
mod sftp;
mod signed;
mod store;
mod support;
mod systemd;
mod tables;
mod xml;
