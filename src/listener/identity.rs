//! Who asks: told by the certificate's public key alone, and by the configuration as it is now.

use rustls::{ServerConnection, pki_types::CertificateDer, server::ParsedCertificate};

use crate::{
    config::{Config, admin::Pin},
    types::ids::RegistryId,
};

/// Somebody whom the configuration knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Looks at everything but what is stored.
    Operator,
    /// Reads metrics and health.
    Monitor,
    /// Fetches what is its own.
    Registry(RegistryId),
}

impl Who {
    /// Whose certificate this is; `None` for one that is not pinned.
    pub fn of(pin: Pin, config: &Config) -> Option<Self> {
        let admin = config.admin.as_ref()?;
        if admin.operators.contains(&pin) {
            return Some(Self::Operator);
        }
        if admin.monitors.contains(&pin) {
            return Some(Self::Monitor);
        }
        let mut registries = config.registries.values();
        let registry = registries.find(|registry| registry.client_pins.contains(&pin))?;
        Some(Self::Registry(registry.id.clone()))
    }

    /// Whether this path is for them at all. Whose an object is, its own route asks again.
    pub fn may_ask(&self, path: &str) -> bool {
        let everybody = ["/healthz", "/v1/openapi.json", "/v1/objects"].contains(&path);
        let one_object = path.starts_with("/v1/objects/");
        match self {
            Self::Operator => !one_object,
            Self::Monitor => ["/healthz", "/readyz", "/metrics"].contains(&path),
            Self::Registry(_) => everybody || one_object,
        }
    }
}

/// The pin of the certificate that was shown and verified; `None` where there is none, which the
/// handshake does not let through.
pub(super) fn pin_of(connection: &ServerConnection) -> Option<Pin> {
    let certificate: &CertificateDer<'_> = connection.peer_certificates()?.first()?;
    let parsed = ParsedCertificate::try_from(certificate).ok()?;
    Some(Pin::of(&parsed.subject_public_key_info()))
}

#[cfg(test)]
mod tests {
    use super::Who;
    use crate::types::ids::RegistryId;

    #[test]
    fn who_may_ask_for_what() {
        let registry = Who::Registry(RegistryId::parse("kpr").unwrap());
        for (path, watched) in [
            ("/healthz", true),
            ("/readyz", true),
            ("/metrics", true),
            ("/", false),
            ("/v1/status", false),
            ("/v1/objects", false),
            ("/v1/objects/x.kpr.whole.0", false),
            ("/v1/openapi.json", false),
        ] {
            assert_eq!(Who::Monitor.may_ask(path), watched, "{path}");
        }
        for (path, operator, of_registry) in [
            ("/", true, false),
            ("/healthz", true, true),
            ("/readyz", true, false),
            ("/metrics", true, false),
            ("/v1/openapi.json", true, true),
            ("/v1/status", true, false),
            ("/v1/submissions", true, false),
            ("/v1/submissions/0", true, false),
            ("/v1/objects", true, true),
            ("/v1/objects/x.kpr.whole.0", false, true),
            ("/v1/objectsx", true, false),
            ("/healthz/", true, false),
            ("//v1/objects/x", true, false),
        ] {
            assert_eq!(Who::Operator.may_ask(path), operator, "{path}");
            assert_eq!(registry.may_ask(path), of_registry, "{path}");
        }
    }
}
