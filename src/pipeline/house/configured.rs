//! What the configuration means to the house: which registries take a kind, and when what lies in
//! them must be gone.

use crate::{
    config::{Config, registry::Registry as Configured},
    kinds,
    pipeline::house::OpenError,
    retention::{
        period::Period,
        profile::{self, ConfiguredPeriod, Start},
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
/// When a period passes a statutory limit, or the profile is none that this version knows.
pub(super) fn schedule(configured: &Configured) -> Result<Schedule, OpenError> {
    let profile =
        profile::Profile::named(configured.legal_profile.as_str()).ok_or(OpenError::Profile)?;
    let period = |span: jiff::Span| {
        if span.is_zero() {
            return Ok(Period::days(0));
        }
        span.to_string().parse().map_err(|_| OpenError::Profile)
    };
    let from = configured.retention.from.start();
    let mut periods = vec![ConfiguredPeriod { from, after: period(configured.retention.after)? }];
    if let Some(lists) = configured.retention.lists {
        periods.push(ConfiguredPeriod { from: Start::Processed, after: period(lists)? });
    }
    let schedule = Schedule::new(profile, &periods)?;
    Ok(match configured.retention.escalate {
        Some(after) => schedule.escalating(period(after)?),
        None => schedule,
    })
}
