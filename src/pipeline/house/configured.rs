//! What the configuration means to the house: which registries take a kind, and when what lies in
//! them must be gone.

use crate::{
    config::{
        Config,
        registry::{Registry as Configured, Retention},
    },
    kinds,
    retention::{
        profile::{ConfigurationError, ConfiguredPeriod, Start},
        schedule::Schedule,
    },
    route::{Route, Routes},
    types::{ids::RegistryId, years::Years},
};

/// Which registries take which kind, as configured or as their law says.
pub(super) fn routes(config: &Config) -> Routes {
    let kinds = kinds::all().iter().map(|kind| kind.id());
    Routes::new(kinds.flat_map(|kind| {
        let route = |years, registry: &RegistryId| Route {
            kind: kind.clone(),
            years,
            registry: registry.clone(),
        };
        let decided = config.routes.iter().filter(|routing| routing.kind == kind);
        let decided: Vec<_> = decided
            .flat_map(|to| to.registries.iter().map(|registry| route(to.years, registry)))
            .collect();
        if !decided.is_empty() {
            return decided;
        }
        // A kind without years goes to every registry whose law takes it.
        config.registries_for(&kind).map(|registry| route(Years::ALL, &registry.id)).collect()
    }))
}

/// When a registry's objects must be gone.
///
/// # Errors
/// When a period passes a statutory limit.
pub(super) fn schedule(configured: &Configured) -> Result<Schedule, ConfigurationError> {
    let Retention { from, after, lists, escalate } = configured.retention;
    let mut periods = vec![ConfiguredPeriod { from, after }];
    periods.extend(lists.map(|after| ConfiguredPeriod { from: Start::Processed, after }));
    let schedule = Schedule::new(configured.legal_profile.retention(), &periods)?;
    Ok(match escalate {
        Some(after) => schedule.escalating(after),
        None => schedule,
    })
}
