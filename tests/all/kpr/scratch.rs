//! What a kind remembers of a large document lies in a file without a name, which goes with whoever
//! holds it; a dry run that has no directory for it keeps it in memory.

use std::{fs, sync::Arc};

use filsluse::{kinds::Sinks, pipeline::pass::sinks::WorkSinks};

use super::city::City;
use crate::support::{in_process::house, installation::files};

#[test]
fn a_scratch_has_no_name_and_needs_no_directory() {
    let city = City::new();
    let places = city.installation.places();
    let (_lock, house) = house(city.installation.config());
    let (id, work) = (house.next_submission(), places.work());
    let registries = || Arc::clone(&house.registries);
    for mut sinks in [
        WorkSinks::sealing(id, 1, work.clone(), registries()),
        WorkSinks::discarding(id, registries()).beside(&work),
        WorkSinks::discarding(id, registries()).beside(&work.join("missing")),
        WorkSinks::discarding(id, registries()),
    ] {
        let [mut one, mut other] = [(); 2].map(|()| sinks.scratch().unwrap());
        one.append(b"0123").unwrap();
        other.append(b"x").unwrap();
        one.append(b"456").unwrap();
        let mut buffer = [0; 5];
        one.read_at(2, &mut buffer).unwrap();
        assert_eq!(&buffer, b"23456");
        assert!(one.read_at(3, &mut buffer).is_err(), "behind its end");
        assert!(files(&work).is_empty());
    }
    assert!(fs::metadata(&work).is_ok());
}
