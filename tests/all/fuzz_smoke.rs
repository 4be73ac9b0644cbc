//! The bodies of the fuzz targets on stable: seeded mutations, the same in every run.
//!
//! A new target is one file in `fuzz/bodies`, one in `fuzz/fuzz_targets`, and one module and one
//! test here.
#![expect(
    clippy::expect_used,
    clippy::format_push_string,
    reason = "a test may stop at the first surprise"
)]

use crate::mutate::Mutator;

#[path = "../../fuzz/bodies/xml.rs"]
mod xml;

#[test]
fn xml_smoke() {
    let mut mutator = Mutator::new(1, crate::xml_libxml2::SEEDS, crate::xml_libxml2::WORDS);
    for _ in 0..20_000 {
        xml::run(&mutator.next());
    }
}
