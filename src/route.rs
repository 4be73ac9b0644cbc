//! Which registries a submission goes to: a table in, a plan out that is never empty.

use crate::types::{
    ids::{KindId, RegistryId},
    years::Years,
};

/// Which registry takes which kind in which service years. Built from the checked configuration.
#[derive(Debug, Clone, Default)]
pub struct Routes(Vec<Route>);

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The kind.
    pub kind: KindId,
    /// The service years, for kinds that have one.
    pub years: Years,
    /// Where it goes.
    pub registry: RegistryId,
}

/// Where one submission goes. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    first: RegistryId,
    rest: Vec<RegistryId>,
}

impl Routes {
    /// A table of what goes where.
    pub fn new(routes: impl IntoIterator<Item = Route>) -> Self {
        Self(routes.into_iter().collect())
    }

    /// Plans one submission; `None` when no registry takes its kind in its service year. Without a
    /// year every registry that takes the kind in any year is planned.
    pub fn plan(&self, kind: &KindId, year: Option<i16>) -> Option<Plan> {
        let mut registries = Vec::new();
        for route in self.0.iter().filter(|route| route.kind == *kind) {
            let takes = year.is_none_or(|year| route.years.contains(year));
            if takes && !registries.contains(&route.registry) {
                registries.push(route.registry.clone());
            }
        }
        let mut registries = registries.into_iter();
        Some(Plan { first: registries.next()?, rest: registries.collect() })
    }

    /// Whether any registry takes a kind, whatever the year.
    pub fn knows(&self, kind: &KindId) -> bool {
        self.0.iter().any(|route| route.kind == *kind)
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
    use super::{Route, Routes};
    use crate::types::{
        ids::{KindId, RegistryId},
        years::Years,
    };

    #[test]
    fn a_plan_names_every_registry_that_takes_the_kind_in_the_year() {
        let kind = |text| KindId::parse(text).unwrap();
        let route = |of, years: &str, to| {
            let years: Years = years.parse().unwrap();
            Route { kind: kind(of), years, registry: RegistryId::parse(to).unwrap() }
        };
        let routes = Routes::new([
            route("iplos-annual", "..2017", "iplos"),
            route("embassy-list", "..", "fastlege"),
            route("iplos-annual", "2017..", "kpr"),
        ]);
        for (of, year, want) in [
            ("iplos-annual", Some(2016), Some("iplos")),
            ("iplos-annual", Some(2017), Some("iplos kpr")),
            ("iplos-annual", Some(2018), Some("kpr")),
            ("iplos-annual", None, Some("iplos kpr")),
            ("embassy-list", None, Some("fastlege")),
            ("police-request", None, None),
        ] {
            let plan = routes.plan(&kind(of), year);
            let names = plan.map(|plan| {
                plan.registries().map(RegistryId::as_str).collect::<Vec<_>>().join(" ")
            });
            assert_eq!(names.as_deref(), want, "{of} {year:?}");
        }
        assert!(routes.knows(&kind("iplos-annual")) && !routes.knows(&kind("police-request")));
    }
}
