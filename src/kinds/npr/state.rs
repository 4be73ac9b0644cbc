//! What the house knows of releases: the terms of each registry, whose task is done, and what one
//! release was like in numbers. No value of any row.

use std::{collections::BTreeMap, io};

use serde::{Deserialize, Serialize};

use crate::{
    kinds::records::Records,
    types::{ids::RegistryId, npr_release::terms::Terms, period::Period},
};

/// The terms of every registry that gets releases.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// By registry.
    pub registries: BTreeMap<RegistryId, Agreed>,
}

/// Under which terms a registry gets releases.
#[derive(Debug, Clone)]
pub struct Agreed {
    /// What may leave.
    pub terms: Terms,
    /// How long after the end of the operating year it may be kept (NPR-06).
    pub kept_for: Period,
}

/// What went before.
pub trait ReleaseHistory {
    /// Whether the task of an operating year is done (NPR-05).
    fn task_done(&self, registry: &RegistryId, operating_year: i16) -> io::Result<bool>;
}

/// What a release was like: counts alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseReport {
    /// What it is for.
    pub purpose: String,
    /// The year that it is about.
    pub operating_year: i16,
    /// Rows taken and not.
    pub records: Records,
    /// How large the smallest groups are, as each registry gets them.
    pub groups: BTreeMap<RegistryId, Groups>,
}

/// How many persons share municipality, birth year, sex and DRG, as far as these leave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    /// Fewer persons than this are few.
    pub floor: u8,
    /// Groups that were counted.
    pub groups: u64,
    /// Those with fewer persons than the floor.
    pub small: u64,
    /// Persons in those; somebody in two groups counts twice.
    pub persons_in_small: u64,
    /// Persons in the smallest; at most the floor, beyond which nobody counts.
    pub smallest: u8,
    /// Rows whose group was not counted, because there was no room for more groups: whatever was
    /// found is then a lower bound.
    pub rows_not_counted: u64,
}

impl Groups {
    /// Whether it is shown that no group is small.
    pub fn all_large(&self) -> bool {
        self.small == 0 && self.rows_not_counted == 0
    }
}

impl ReleaseReport {
    /// What one registry may be told.
    #[must_use]
    pub fn for_registry(&self, registry: &RegistryId) -> Self {
        let mut own = self.clone();
        own.groups.retain(|known, _| known == registry);
        own
    }
}
