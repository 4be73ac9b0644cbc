//! The one integration binary: library tests on temp directories and black-box tests of the built
//! program, one module per subject.

mod hostile;
mod intake;
mod intake_claims;
mod intake_watch;
