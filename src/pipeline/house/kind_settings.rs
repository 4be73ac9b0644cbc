//! What the configuration means to kinds: their thresholds and terms, who reports what, and what
//! they may know of a sender.

use jiff::civil::Date;

use crate::{
    config::sender::{Missions, Sender},
    kinds::{
        context::{self, Reporting},
        embassy::state::Settings,
        kpr, npr, police,
    },
    pipeline::house::House,
    retention::profile::Start,
    types::{
        ids::{KindId, RegistryId, SenderId},
        national_id::IdPolicy,
    },
};

/// The thresholds of the embassy kind.
pub fn embassy(house: &House) -> Settings {
    let configured = &house.config.embassy;
    Settings {
        hold_above_basis_points: u64::from(configured.hold_withdrawals_above.basis_points()),
        hold_above_count: u64::from(configured.hold_withdrawals_more_than),
    }
}

/// The thresholds of the municipal kinds, and what municipalities the other senders of one of
/// them report for.
pub fn kpr(house: &House, sender: &Sender, kind: &KindId) -> kpr::state::Settings {
    let configured = &house.config.kpr;
    let reports = sender.municipality.is_some();
    let others = house.config.senders.values().filter(|other| {
        reports && other.id != sender.id && other.municipality.is_some() && other.may_send(kind)
    });
    kpr::state::Settings {
        max_rejected_basis_points: u64::from(configured.max_rejected.basis_points()),
        expected_service_types: configured.expected_service_types.clone(),
        others: others.filter_map(|other| other.municipality).collect(),
    }
}

/// The police districts that something can be sealed to.
pub fn police(house: &House) -> police::state::Settings {
    let senders = house.config.senders.values().filter(|sender| sender.recipient.is_some());
    let district = |sender: &Sender| Some((sender.police_district.clone()?, sender.id.clone()));
    let districts = senders.filter_map(district).collect();
    let archive_makes_cases =
        house.config.archive.as_ref().is_some_and(|archive| archive.create_cases);
    police::state::Settings { districts, archive_makes_cases }
}

/// The terms under which each registry gets releases.
pub fn npr(house: &House) -> npr::state::Settings {
    let release = KindId::parse("npr-release").ok();
    let registries = release.iter().flat_map(|kind| house.config.registries_for(kind));
    let agreed = registries.map(|registry| {
        let schedule = house.registries.schedule(&registry.id).ok()?;
        let kept_for = schedule.erased_after(Start::OperatingYearEnd)?;
        let terms = registry.release.clone();
        Some((registry.id.clone(), npr::state::Agreed { terms, kept_for }))
    });
    npr::state::Settings { registries: agreed.flatten().collect() }
}

/// What a sender reports to a registry, year by year (KPR-01, KPR-07).
pub fn reporting(house: &House, sender: &SenderId, registry: &RegistryId) -> Vec<Reporting> {
    let decided = house.config.reporting.iter();
    let concerns = decided.filter(|one| one.registry == *registry && one.reporters.holds(sender));
    let reporting = concerns.map(|decided| Reporting {
        years: decided.years,
        not_decided: decided.not_decided.clone(),
    });
    reporting.collect()
}

/// Which national ids are let in on a day.
pub fn id_policy(house: &House, day: Date) -> IdPolicy {
    IdPolicy::on(house.config.profile, day, house.config.new_check_digits_from)
}

/// What kinds may know of a configured sender.
pub(in crate::pipeline) fn sender_for_kinds(sender: &Sender) -> context::Sender {
    let (mission_code, case_handler) = match &sender.missions {
        Missions::Any => (None, true),
        Missions::None => (None, false),
        Missions::Own(code) => (Some(code.as_str().to_owned()), false),
    };
    let municipality = sender.municipality;
    let (id, kinds) = (sender.id.clone(), sender.kinds.clone());
    let police_district = sender.police_district.clone();
    context::Sender { id, kinds, mission_code, case_handler, municipality, police_district }
}
