//! What `[[registry.deliver]]` means: the inboxes that a registry's objects are pushed to.

use crate::config::{
    check::peer::{PeerKeys, peer},
    legal_profile::LegalProfile,
    peer::Peer,
    problem::Page,
    raw::{at::At, registry::RawInbox},
};

/// Checks them; a bad one is noted and left out.
pub(in crate::config) fn inboxes(
    page: &mut Page<'_>,
    raw: &[RawInbox],
    profile: Option<LegalProfile>,
) -> Vec<Peer> {
    let mut inboxes: Vec<Peer> = Vec::new();
    for raw in raw {
        let place = raw.url.as_ref().map(At::place);
        if profile == Some(LegalProfile::Politisvar) {
            let message = "a reply of the police waits for the clinician's decision, and goes to the \
                           hospital's outbound directory (POL-08); remove [[registry.deliver]]";
            page.problem("registry.deliver", place, message);
            continue;
        }
        let keys = PeerKeys {
            table: "registry.deliver",
            shape: "write the inbox's address, \"https://kpr.example.no/inbox\"",
            url: raw.url.as_ref(),
            ca: raw.ca.as_ref(),
            usual_ca: Some(TRUSTED_BY_THE_MACHINE),
            crl: raw.crl.as_ref(),
            client_cert: raw.client_cert.as_ref(),
            client_key: raw.client_key_credential.as_ref(),
            usual_client_key: "deliver-client-key",
            timeout: raw.timeout.as_ref(),
            retry_after: raw.retry_after.as_ref(),
            alarm_after: raw.alarm_after.as_ref(),
        };
        let Some(inbox) = peer(page, &keys) else { continue };
        if inboxes.iter().any(|other| other.url == inbox.url) {
            let message = "the registry has this inbox already; remove one of the two";
            page.problem("registry.deliver.url", place, message);
        } else {
            inboxes.push(inbox);
        }
    }
    inboxes
}

/// Where Debian keeps the authorities that a machine trusts (package ca-certificates).
const TRUSTED_BY_THE_MACHINE: &str = "/etc/ssl/certs/ca-certificates.crt";
