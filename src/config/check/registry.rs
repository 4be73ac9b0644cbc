//! What one registry's values mean, and what its legal profile demands of them.

use crate::{
    config::{
        check::{
            admin::pins,
            inboxes, release,
            sender::recipient,
            values::{period, period_or_none, read, word},
        },
        legal_profile::LegalProfile,
        names::KeyName,
        problem::Page,
        raw::{
            at::At,
            registry::{RawRegistry, RawRetention},
        },
        registry::{Registry, Retention},
        words::StoreKind,
    },
    retention::profile::{
        self, ConfigurationError, ConfiguredPeriod, Start, check_configuration, never_longer,
    },
    types::{identity_mode::IdentityMode, ids::RegistryId, period::Period},
};

/// Checks a `[registry]`; `None` when something that it needs is missing or bad, which is noted.
pub(in crate::config) fn registry(page: &mut Page<'_>, raw: &RawRegistry) -> Option<Registry> {
    let id = read(page, "registry.id", raw.id.as_ref(), RegistryId::parse);
    if let Some(raw) = raw
        .id
        .as_ref()
        .filter(|_| id.as_ref().is_some_and(|id| id.as_str() == profile::QUARANTINE.name))
    {
        let message = "the name is taken by what is set aside for its sender; write another";
        page.problem("registry.id", Some(raw.place()), message);
    }
    let legal_profile = raw.legal_profile.as_ref().map(|profile| *profile.value());
    let recipients =
        raw.recipients.as_ref().map(|raw| recipients(page, raw, "registry.recipients"));
    let identity = raw.identity.as_ref();
    let mode = identity.and_then(|raw| raw.mode.as_ref());
    let key = identity.and_then(|raw| raw.key.as_ref());
    let key = read(page, "registry.identity.key", key, KeyName::parse);
    if let (Some(profile), Some(mode)) = (legal_profile, mode) {
        mode_of(page, profile, mode);
    }
    let identity_recipients = identity_recipients(page, raw, recipients.as_deref());
    let client_pins = pins(page, "registry.client-pins", raw.client_pins.as_ref());
    let deliver = inboxes::inboxes(page, &raw.deliver, legal_profile);
    let retention = retention(page, &raw.retention, legal_profile);
    let release = release::terms(page, raw.release.as_ref(), legal_profile);
    Some(Registry {
        id: id?,
        legal_profile: legal_profile?,
        recipients: recipients?,
        store: word(raw.store.as_ref(), StoreKind::Directory),
        identity: *mode?.value(),
        identity_recipients,
        key: key?,
        client_pins,
        deliver,
        retention,
        release,
    })
}

fn mode_of(page: &mut Page<'_>, profile: LegalProfile, mode: &At<IdentityMode>) {
    let message = match (profile, *mode.value()) {
        (LegalProfile::Fastlege | LegalProfile::Politisvar, IdentityMode::Identified)
        | (LegalProfile::HdirFinansiering, IdentityMode::Pseudonym)
        | (
            LegalProfile::Iplos | LegalProfile::Kpr,
            IdentityMode::Pseudonym | IdentityMode::Split,
        ) => return,
        // The clinician must know whom an answer is about.
        (LegalProfile::Politisvar, IdentityMode::Pseudonym | IdentityMode::Split) => {
            "the patient journal must know whom an answer is about; write \"identified\""
        }
        (LegalProfile::HdirFinansiering, IdentityMode::Identified | IdentityMode::Split) => {
            "no directly identifying characteristic may be released (§ 3-3); write \"pseudonym\""
        }
        // The registry enrols persons with GPs: it cannot do that by pseudonym.
        (LegalProfile::Fastlege, IdentityMode::Pseudonym | IdentityMode::Split) => {
            "a fastlege registry must know who is enrolled; write \"identified\""
        }
        (LegalProfile::Iplos | LegalProfile::Kpr, IdentityMode::Identified) => {
            "this registry gets pseudonyms; write \"pseudonym\", or \"split\" where somebody else \
             keeps the map to identities"
        }
    };
    page.problem("registry.identity.mode", Some(mode.place()), message);
}

/// Whoever can open the content must not be able to open the map, or nothing is split.
fn identity_recipients(
    page: &mut Page<'_>,
    raw: &RawRegistry,
    content: Option<&[age::x25519::Recipient]>,
) -> Vec<age::x25519::Recipient> {
    let key = "registry.identity.identity-recipients";
    let Some(identity) = &raw.identity else { return Vec::new() };
    let is_split = identity.mode.as_ref().map(|mode| *mode.value() == IdentityMode::Split);
    match (&identity.identity_recipients, is_split) {
        (None, Some(true)) => {
            let message = "the map to identities needs recipients of its own; \
                           write identity-recipients = [\"age1...\"]";
            page.problem(key, identity.mode.as_ref().map(At::place), message);
            Vec::new()
        }
        (None, _) => Vec::new(),
        (Some(raw), Some(false)) => {
            let message = "only mode = \"split\" has a map to identities; remove it";
            page.problem(key, Some(raw.place()), message);
            Vec::new()
        }
        (Some(raw), _) => {
            let keys = recipients(page, raw, key);
            if keys.iter().any(|key| content.is_some_and(|content| content.contains(key))) {
                let message = "one of them is also in recipients and could open both halves; \
                               write another one's key";
                page.problem(key, Some(raw.place()), message);
            }
            keys
        }
    }
}

fn recipients(
    page: &mut Page<'_>,
    raw: &At<Vec<At<String>>>,
    name: &str,
) -> Vec<age::x25519::Recipient> {
    let mut recipients = Vec::new();
    if raw.value().is_empty() {
        let message = "without a recipient nobody could open anything; \
                       write the registry's age public key, recipients = [\"age1...\"]";
        page.problem(name, Some(raw.place()), message);
    }
    for text in raw.value() {
        let Some(key) = read(page, name, Some(text), recipient) else { continue };
        if recipients.contains(&key) {
            page.problem(name, Some(text.place()), "the key is named twice");
        } else {
            recipients.push(key);
        }
    }
    recipients
}

/// The shipped defaults are those of the law and of `docs/rules.en.md`. A period that passes a
/// statutory limit is refused here, so that no daemon ever starts with it.
fn retention(page: &mut Page<'_>, raw: &RawRetention, profile: Option<LegalProfile>) -> Retention {
    // Of a profile that is not known, nothing can be said but that.
    let is_known = profile.is_some();
    let law = profile.unwrap_or(LegalProfile::Fastlege).retention();
    // What was processed has a key of its own, `lists`.
    let clocks = law.erasures().into_iter().filter(|clock| clock.from != Start::Processed);
    let clocks: Vec<_> = clocks.collect();
    let starts = || clocks.iter().map(|clock| clock.from);
    let from = word(raw.from.as_ref(), starts().next().unwrap_or(Start::Received));
    if let Some(raw) = raw.from.as_ref().filter(|_| is_known && !starts().any(|one| one == from)) {
        let may: Vec<_> = starts().map(|one| format!("\"{}\"", one.configured_as())).collect();
        let message =
            format!("this registry's clock starts at another event; write {}", may.join(" or "));
        page.problem("registry.retention.from", Some(raw.place()), message);
    }
    let usual_lists = law.erased_after(Start::Processed);
    if let Some(lists) = raw.lists.as_ref().filter(|_| is_known && usual_lists.is_none()) {
        let message = "this registry gets no lists as they came; remove it";
        page.problem("registry.retention.lists", Some(lists.place()), message);
    }
    let usual_escalate = law.escalated_after();
    if let Some(escalate) = raw.escalate.as_ref().filter(|_| is_known && usual_escalate.is_none()) {
        let message = "nothing of this registry waits for a decision; remove it";
        page.problem("registry.retention.escalate", Some(escalate.place()), message);
    }
    let escalate = read(page, "registry.retention.escalate", raw.escalate.as_ref(), period);
    let lists = read(page, "registry.retention.lists", raw.lists.as_ref(), period);
    // A task that is done and a reply that is decided on leave nothing to wait for.
    let at_once = matches!(from, Start::TaskDone | Start::Decided);
    let length = if at_once { period_or_none } else { period };
    let after = read(page, "registry.retention.after", raw.after.as_ref(), length);
    if let (Some(raw), Some(after), true) = (&raw.after, after, is_known) {
        within_the_law(page, raw, law, ConfiguredPeriod { from, after });
    }
    let usual = |from| law.erased_after(from).unwrap_or(Period::days(0));
    let after = after.unwrap_or_else(|| usual(from));
    if let (Some(raw), Some(escalate), Some(_), true) =
        (&raw.escalate, escalate, usual_escalate, is_known)
    {
        // Where another clock is configured, what is not decided on goes when the law's own has
        // run.
        let undecided = if at_once { starts().next().map_or(after, usual) } else { after };
        escalates_in_time(page, raw, escalate, undecided);
    }
    Retention {
        from,
        after,
        lists: usual_lists.map(|usual| lists.unwrap_or(usual)),
        escalate: usual_escalate.map(|usual| escalate.unwrap_or(usual)),
    }
}

/// Somebody is told of a reply while there is something left to decide (POL-08).
fn escalates_in_time(page: &mut Page<'_>, raw: &At<String>, told: Period, gone: Period) {
    let in_time = |told, gone| never_longer(told, gone) && !never_longer(gone, told);
    if !in_time(told, gone) {
        let shorter = [30, 14, 7, 1].map(Period::days);
        let cure = match shorter.into_iter().find(|period| in_time(*period, gone)) {
            Some(period) => format!("write a shorter period, \"{period}\""),
            None => "let it be kept for longer: write a longer `after`".to_owned(),
        };
        let message = format!(
            "a reply is erased after {gone}, and nobody would be told before that it waits (POL-08); \
             {cure}"
        );
        page.problem("registry.retention.escalate", Some(raw.place()), message);
    }
}

fn within_the_law(
    page: &mut Page<'_>,
    raw: &At<String>,
    law: &profile::Profile,
    configured: ConfiguredPeriod,
) {
    // A start that the profile does not have was noted already.
    if let Err(error @ ConfigurationError::PassesLimit { .. }) =
        check_configuration(law, &configured)
    {
        page.problem("registry.retention.after", Some(raw.place()), error.to_string());
    }
}
