//! Certificates of erasure: counted from the audit log's files, signed with its key.

use crate::{
    admin::{fault::Fault, head, shapes::retention::Certificate},
    audit::entry::Entry,
    pipeline::{audit_queue, house::House},
    retention::{
        certificate::{
            self, Facts,
            tally::{Scope, Tally},
        },
        profile::Profile,
    },
    types::{
        ids::{QUARANTINE, RegistryId},
        rule::Language,
    },
};

/// Writes and signs a certificate.
///
/// # Errors
/// When the log cannot be read, or is not what was signed.
pub fn certificate(house: &House, scope: &Scope, language: Language) -> Result<Certificate, Fault> {
    // What has happened belongs into it, also what is not in the log yet.
    audit_queue::flush(house).map_err(|error| Fault::because(&error))?;
    let dir = house.config.places.audit();
    let zone = &house.config.time_zone;
    let mut tally = Tally::new(scope, zone);
    let mut last = Vec::new();
    let head = head::each_entry(&dir, &mut |seq, bytes| {
        // Most entries are about other things, and reading them takes its time.
        if !EVENTS.iter().any(|event| memchr::memmem::find(bytes, event).is_some()) {
            return;
        }
        let Some(entry) = Entry::parse(bytes) else { return };
        tally.add(&entry);
        if tally.counted().is_some_and(|(_, counted)| counted == seq) {
            last = bytes.to_vec();
        }
    });
    let head = head.map_err(|error| Fault::because(&error))?;
    let proved = match tally.counted() {
        None => None,
        Some((_, seq)) => {
            let proof = head::prove_under(&dir, &head, seq);
            let entry = String::from_utf8_lossy(&last).into_owned();
            Some((entry, proof.map_err(|error| Fault::because(&error))?))
        }
    };
    if let Some(registry) = &scope.registry
        && tally.counted().is_none()
        && !is_known(house, registry)?
    {
        let known: Vec<&str> = house.config.registries.keys().map(RegistryId::as_str).collect();
        let told = format!(
            "there is no registry {registry}, and a certificate about nothing would be signed; \
             registries.d knows {}",
            if known.is_empty() { "none".to_owned() } else { known.join(", ") }
        );
        return Err(Fault { exit: 64, ..Fault::cannot("no-such-registry", told) });
    }
    let facts = Facts {
        scope,
        origin: &head.origin,
        now: house.now(),
        zone,
        size: head.size,
        last: proved.as_ref().map(|(entry, proof)| (entry.as_str(), proof.as_str())),
        checkpoint: &head.note,
        provision: &|registry, rule| provision(house, registry, rule),
    };
    let text = certificate::to_text(&tally, &facts, language);
    let log = house.log().map_err(|error| Fault::because(&error))?;
    let note = log.sign_text(&text).map_err(|error| Fault::because(&error))?;
    Ok(Certificate {
        note,
        scope: scope.clone(),
        issued_at: facts.now,
        erased: tally.lines(),
        keys: tally.keys().to_vec(),
        entries: head.size,
        counted: tally.counted(),
    })
}

/// Whether a registry is configured, or was once and had objects.
fn is_known(house: &House, registry: &RegistryId) -> Result<bool, Fault> {
    if house.config.registries.contains_key(registry) || registry.as_str() == QUARANTINE {
        return Ok(true);
    }
    let counts = house.look(|view| view.object_counts())?;
    Ok(counts.iter().any(|count| count.registry == *registry))
}

fn provision(house: &House, registry: &RegistryId, rule: &str) -> Option<&'static str> {
    let configured = house.config.registries.get(registry)?;
    Profile::named(configured.legal_profile.as_str())?.provision(rule)
}

/// Words that an entry must have to count.
const EVENTS: [&[u8]; 3] = [b"object-erased", b"enrolment-erased", b"month-key-destroyed"];
