//! Which registries a submission goes to: a table in, a plan out that is never empty.

use crate::types::ids::{KindId, RegistryId};

/// Which kinds each registry takes, by its legal profile. Built from the checked configuration.
#[derive(Debug, Clone, Default)]
pub struct Routes(Vec<(KindId, RegistryId)>);

/// Where one submission goes. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    first: RegistryId,
    rest: Vec<RegistryId>,
}

impl Routes {
    /// A table of which kind goes where.
    pub fn new(routes: impl IntoIterator<Item = (KindId, RegistryId)>) -> Self {
        Self(routes.into_iter().collect())
    }

    /// Plans one submission; `None` when no registry takes its kind.
    pub fn plan(&self, kind: &KindId) -> Option<Plan> {
        let mut registries = self.0.iter().filter(|(k, _)| k == kind).map(|(_, to)| to.clone());
        let first = registries.next()?;
        Some(Plan { first, rest: registries.collect() })
    }
}

impl Plan {
    /// The registries, in the order of the table.
    pub fn registries(&self) -> impl Iterator<Item = &RegistryId> {
        std::iter::once(&self.first).chain(&self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::Routes;
    use crate::types::ids::{KindId, RegistryId};

    #[test]
    fn a_plan_names_every_registry_that_takes_the_kind() {
        let kind = |text| KindId::parse(text).unwrap();
        let registry = |text| RegistryId::parse(text).unwrap();
        let routes = Routes::new([
            (kind("iplos-annual"), registry("iplos")),
            (kind("embassy-list"), registry("fastlege")),
            (kind("iplos-annual"), registry("kpr")),
        ]);
        let plan = routes.plan(&kind("iplos-annual")).unwrap();
        assert_eq!(plan.registries().map(RegistryId::as_str).collect::<Vec<_>>(), ["iplos", "kpr"]);
        assert_eq!(routes.plan(&kind("police-request")), None);
    }
}
