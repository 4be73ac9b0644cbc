//! Where municipal kinds go in which service years, and who reports what: the tables of the main
//! file against the registries and senders that there are.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    config::{
        Config, Reporters, Reporting, Routing,
        check::values::read,
        distance::nearest,
        legal_profile::LegalProfile,
        problem::Page,
        raw::{
            at::At,
            main_file::{RawMain, RawReporters, RawReporting, RawRoute},
        },
        registry::Registry,
        sender::Sender,
    },
    types::{
        ids::{KindId, RegistryId, SenderId},
        years::Years,
    },
};

/// Fills in `config.routes` and `config.reporting` from the tables and, for kinds and registries
/// that they do not name, from the registries' legal profiles.
pub(in crate::config) fn check(
    page: &mut Page<'_>,
    raw: &RawMain,
    known: &Known<'_>,
    config: &mut Config,
) {
    for row in &raw.route {
        let Some(routing) = route(page, row, known) else { continue };
        if let Some(other) = goes_elsewhere(&routing, &config.routes) {
            let names: Vec<String> =
                other.registries.iter().map(|id| format!("\"{id}\"")).collect();
            let message = format!(
                "a message of {kind} may hold events of several years, and goes to one set of \
                 registries; write registries = [{names}] as in the row above, in every row of {kind}",
                kind = routing.kind,
                names = names.join(", "),
            );
            let place = row.registries.as_ref().map(At::place);
            page.problem("route.registries", place, message);
        }
        config.routes.push(routing);
    }
    for row in &raw.reporting {
        let before = page.problem_count();
        let Some(reporting) = reporting(page, row, known) else { continue };
        let twice = config.reporting.iter().any(|other| {
            other.registry == reporting.registry && other.years.overlaps(reporting.years)
        });
        if twice && page.problem_count() == before {
            let message = "some of these years stand in another row for this registry; \
                           let each year stand in one";
            page.problem("reporting.years", row.years.as_ref().map(At::place), message);
        }
        config.reporting.push(reporting);
    }
    defaults(known, config);
}

/// What the other files brought.
pub(in crate::config) struct Known<'a> {
    pub(in crate::config) registries: Vec<&'a Registry>,
    /// Whether these are all, or one may be in a file that cannot be used: that is told of by
    /// itself.
    pub(in crate::config) all_registries: bool,
    pub(in crate::config) senders: Vec<&'a Sender>,
    /// The same of the senders.
    pub(in crate::config) all_senders: bool,
    /// The attributes of municipal messages.
    pub(in crate::config) fields: &'a [&'a str],
    /// Those among them that a format demands.
    pub(in crate::config) indispensable: &'a [&'a str],
}

impl Known<'_> {
    fn registry(&self, page: &mut Page<'_>, key: &str, raw: &At<String>) -> Option<&Registry> {
        let text = raw.value().as_str();
        let found = self.registries.iter().find(|registry| registry.id.as_str() == text);
        if found.is_none() && self.all_registries {
            let guess = nearest(text, self.registries.iter().map(|registry| registry.id.as_str()));
            let meant = guess.map_or_else(
                || "add its file in registries.d".to_owned(),
                |guess| format!("did you mean {guess}?"),
            );
            page.problem(key, Some(raw.place()), format!("there is no such registry; {meant}"));
        }
        found.copied()
    }
}

/// An earlier row by which a message of several years would have to go to other registries as well:
/// it would be refused whenever it came (KPR-03).
fn goes_elsewhere<'a>(routing: &Routing, rows: &'a [Routing]) -> Option<&'a Routing> {
    let set = |routing: &Routing| routing.registries.iter().cloned().collect::<BTreeSet<_>>();
    let of_kind = |other: &&Routing| other.kind == routing.kind;
    // A row whose registries are wrong is told of for that.
    let differs = |other: &&Routing| {
        !routing.registries.is_empty() && !other.registries.is_empty() && set(other) != set(routing)
    };
    if routing.kind.as_str() != OF_SEVERAL_YEARS {
        return None;
    }
    rows.iter().filter(of_kind).find(differs)
}

fn route(page: &mut Page<'_>, raw: &RawRoute, known: &Known<'_>) -> Option<Routing> {
    let years = read(page, "route.years", raw.years.as_ref(), str::parse::<Years>);
    let kind = read(page, "route.kind", raw.kind.as_ref(), yearly_kind);
    let given = raw.registries.as_ref()?;
    let mut registries: Vec<RegistryId> = Vec::new();
    let mut is_known = true;
    if given.value().is_empty() {
        let message = "name at least one registry, registries = [\"kpr\"]";
        page.problem("route.registries", Some(given.place()), message);
    }
    for text in given.value() {
        let Some(registry) = known.registry(page, "route.registries", text) else {
            is_known = false;
            continue;
        };
        if kind.as_ref().is_some_and(|kind| !registry.legal_profile.takes(kind)) {
            let message = "the law that this registry stands under does not let it take the kind; \
                           remove it";
            page.problem("route.registries", Some(text.place()), message);
        } else if !registries.contains(&registry.id) {
            registries.push(registry.id.clone());
        }
    }
    if !is_known && !known.all_registries {
        // What is left of the row says nothing about the others.
        registries.clear();
    }
    Some(Routing { kind: kind?, years: years?, registries })
}

fn reporting(page: &mut Page<'_>, raw: &RawReporting, known: &Known<'_>) -> Option<Reporting> {
    let years = read(page, "reporting.years", raw.years.as_ref(), str::parse::<Years>);
    let registry = raw.registry.as_ref();
    let registry = registry.and_then(|raw| known.registry(page, "reporting.registry", raw));
    let reporters = raw.reporters.as_ref().and_then(|raw| reporters(page, raw, known));
    let mut not_decided = BTreeSet::new();
    for field in raw.not_decided.as_ref().map_or(&[][..], |raw| raw.value()) {
        let name = field.value();
        if known.indispensable.contains(&name.as_str()) {
            let message = format!(
                "the format demands \"{name}\": a message without it is none; remove it, and name \
                 only what a message may do without, such as \"bydel\""
            );
            page.problem("reporting.not-decided", Some(field.place()), message);
        } else if known.fields.contains(&name.as_str()) {
            not_decided.insert(name.clone());
        } else {
            let meant = nearest(name, known.fields.iter().copied()).map_or_else(
                || "write an attribute's name as it stands in the message, \"bydel\"".to_owned(),
                |guess| format!("did you mean \"{guess}\"?"),
            );
            let message = format!("no message has an attribute of this name; {meant}");
            page.problem("reporting.not-decided", Some(field.place()), message);
        }
    }
    Some(Reporting {
        registry: registry?.id.clone(),
        years: years?,
        reporters: reporters?,
        not_decided,
    })
}

fn reporters(page: &mut Page<'_>, raw: &At<RawReporters>, known: &Known<'_>) -> Option<Reporters> {
    let RawReporters::Ids(ids) = raw.value() else { return Some(Reporters::All) };
    let mut only = BTreeSet::new();
    for text in ids {
        let known_id = |id: &SenderId| known.senders.iter().any(|sender| sender.id == *id);
        if let Some(id) = SenderId::parse(text).ok().filter(known_id) {
            only.insert(id);
            continue;
        }
        if !known.all_senders {
            continue;
        }
        let guess = nearest(text, known.senders.iter().map(|sender| sender.id.as_str()));
        let meant = guess.map_or_else(
            || "write ids of senders.d, or \"all\"".to_owned(),
            |guess| format!("did you mean {guess}?"),
        );
        let message = format!("one of them is no sender; {meant}");
        page.problem("reporting.reporters", Some(raw.place()), message);
        return None;
    }
    Some(Reporters::Only(only))
}

/// A kind whose documents are about a service year.
fn yearly_kind(text: &str) -> Result<KindId, String> {
    let kinds = || LegalProfile::ALL.into_iter().flat_map(LegalProfile::kinds_by_year);
    let known = kinds().any(|kind| kind == text);
    let names: BTreeSet<&str> = kinds().collect();
    let names = names.into_iter().collect::<Vec<_>>().join(" or ");
    let refused = || format!("only kinds with service years are routed here; write {names}");
    KindId::parse(text).ok().filter(|_| known).ok_or_else(refused)
}

/// The shipped decisions, for whatever the tables leave open.
fn defaults(known: &Known<'_>, config: &mut Config) {
    let named: BTreeSet<KindId> = config.routes.iter().map(|route| route.kind.clone()).collect();
    let reported: BTreeSet<RegistryId> =
        config.reporting.iter().map(|row| row.registry.clone()).collect();
    let mut years_of: BTreeMap<RegistryId, Years> = BTreeMap::new();
    for registry in &known.registries {
        for kind in registry.legal_profile.kinds_by_year() {
            let (Some(years), Ok(kind)) = (registry.legal_profile.years(kind), KindId::parse(kind))
            else {
                continue;
            };
            let widest = years_of.entry(registry.id.clone()).or_insert(years);
            *widest = widest.or(years);
            if !named.contains(&kind) {
                let registries = vec![registry.id.clone()];
                config.routes.push(Routing { kind, years, registries });
            }
        }
    }
    for (registry, years) in years_of {
        if !reported.contains(&registry) {
            let (reporters, not_decided) = (Reporters::All, BTreeSet::new());
            config.reporting.push(Reporting { registry, years, reporters, not_decided });
        }
    }
}

/// The kind of which one message holds what happened in several service years.
const OF_SEVERAL_YEARS: &str = "kpr-event";
