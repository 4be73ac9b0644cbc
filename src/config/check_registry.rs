//! What one registry's values mean, and what its legal profile demands of them.

use jiff::Span;

use crate::{
    config::{
        check::{period, read, word},
        check_sender::recipient,
        names::KeyName,
        problem::Page,
        raw::{At, RawRegistry, RawRetention},
        registry::{Registry, Retention},
        words::{IdentityMode, LegalProfile, RetentionStart, StoreKind},
    },
    types::ids::RegistryId,
};

/// Checks a `[registry]`; `None` when something that it needs is missing or bad, which is noted.
pub(super) fn registry(page: &mut Page<'_>, raw: &RawRegistry) -> Option<Registry> {
    let id = read(page, "registry.id", raw.id.as_ref(), RegistryId::parse);
    let legal_profile = raw.legal_profile.as_ref().map(|profile| *profile.value());
    let recipients = raw.recipients.as_ref().map(|raw| recipients(page, raw));
    let identity = raw.identity.as_ref();
    let mode = identity.and_then(|raw| raw.mode.as_ref());
    let key = identity.and_then(|raw| raw.key.as_ref());
    let key = read(page, "registry.identity.key", key, KeyName::parse);
    if let (Some(LegalProfile::Fastlege), Some(mode)) = (legal_profile, mode)
        && *mode.value() != IdentityMode::Identified
    {
        // The registry enrols persons with GPs: it cannot do that by pseudonym.
        let message = "a fastlege registry must know who is enrolled; write \"identified\"";
        page.problem("registry.identity.mode", Some(mode.place()), message);
    }
    let retention = retention(page, &raw.retention);
    Some(Registry {
        id: id?,
        legal_profile: legal_profile?,
        recipients: recipients?,
        store: word(raw.store.as_ref(), StoreKind::Directory),
        identity: *mode?.value(),
        key: key?,
        retention,
    })
}

fn recipients(page: &mut Page<'_>, raw: &At<Vec<At<String>>>) -> Vec<age::x25519::Recipient> {
    let mut recipients = Vec::new();
    if raw.value().is_empty() {
        let message = "without a recipient nobody could open anything; \
                       write the registry's age public key, recipients = [\"age1...\"]";
        page.problem("registry.recipients", Some(raw.place()), message);
    }
    for text in raw.value() {
        let Some(key) = read(page, "registry.recipients", Some(text), recipient) else { continue };
        if recipients.contains(&key) {
            page.problem("registry.recipients", Some(text.place()), "the key is named twice");
        } else {
            recipients.push(key);
        }
    }
    recipients
}

/// The shipped defaults are `rules.md` section 1's.
fn retention(page: &mut Page<'_>, raw: &RawRetention) -> Retention {
    Retention {
        from: word(raw.from.as_ref(), RetentionStart::Withdrawn),
        after: read(page, "registry.retention.after", raw.after.as_ref(), period)
            .unwrap_or_else(|| Span::new().days(30)),
        lists: read(page, "registry.retention.lists", raw.lists.as_ref(), period)
            .unwrap_or_else(|| Span::new().days(90)),
    }
}
