//! The one integration binary: library tests on temp directories and black-box tests of the built
//! program, one module per subject.

mod fuzz_smoke;
mod mutate;
mod xml;
mod xml_libxml2;
mod xml_oracle;
mod xml_w3c;
