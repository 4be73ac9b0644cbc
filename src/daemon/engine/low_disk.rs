//! Back-pressure: nothing is claimed while a disk is nearly full (`intake.min-free-disk`), so that
//! what was claimed can be finished.

use std::path::Path;

use rustix::fs::statvfs;

use crate::{
    config::quantity::Share, daemon::alarms, pipeline::house::House, types::alarm::AlarmCode,
};

/// What is known of the disks.
#[derive(Debug, Default)]
pub struct LowDisk {
    is_low: bool,
    known: bool,
}

impl LowDisk {
    /// Looks at the file systems of the drop root and of the state directory, and raises or clears
    /// the alarm.
    pub fn look(&mut self, house: &House) {
        let places = &house.config.places;
        let least = house.config.intake.min_free_disk;
        let low = [&places.drop_root, &places.state_dir].into_iter().any(|dir| is_low(dir, least));
        if self.known && low == self.is_low {
            return;
        }
        (self.is_low, self.known) = (low, true);
        if low {
            alarms::raise(house, AlarmCode::LowDisk, "disk");
        } else {
            alarms::clear(house, AlarmCode::LowDisk, "disk");
        }
    }

    /// Whether one of them was nearly full at the last look.
    pub const fn is_low(&self) -> bool {
        self.is_low
    }
}

fn is_low(dir: &Path, least: Share) -> bool {
    statvfs(dir).is_ok_and(|stat| {
        let free = u128::from(stat.f_bavail) * 10_000;
        free < u128::from(stat.f_blocks) * u128::from(least.basis_points())
    })
}
