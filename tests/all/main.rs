//! The one integration binary: library tests on temp directories and black-box tests of the built
//! program, one module per subject.

mod audit;
mod durable;
mod seal;
mod store;
mod store_crash;
