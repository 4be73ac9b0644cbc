//! Another system that answers over HTTPS: where, whom to trust, and with how much patience.
//!
//! No secret: the client certificate's key is named by its credential file.

use std::{path::PathBuf, time::Duration};

use crate::{config::names::KeyName, types::ids::RegistryId};

/// The case archive, or a registry's inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// `https://host[:port]/path`, without a slash at its end.
    pub url: HttpsUrl,
    /// PEM file of the authorities to trust, and of no others.
    pub ca: PathBuf,
    /// PEM file of revocation lists.
    pub crl: Option<PathBuf>,
    /// Certificate file and key credential, where a client certificate is shown.
    pub client: Option<(PathBuf, KeyName)>,
    /// How long one call may take; of what is long, how long nothing of it may move.
    pub timeout: Duration,
    /// Pause after a first failure.
    pub retry_after: Duration,
    /// What waits longer raises an alarm.
    pub alarm_after: Duration,
}

/// A [`Peer`], and what it is.
#[derive(Debug, Clone, Copy)]
pub struct System<'a> {
    /// The table of the configuration that it stands in.
    pub table: &'static str,
    /// Whose inbox it is; none for the case archive.
    pub registry: Option<&'a RegistryId>,
    /// How to reach it.
    pub peer: &'a Peer,
}

/// An https address in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpsUrl {
    /// Host name or IP address, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path with a slash before it and none after it; empty for none.
    pub path: String,
}

impl HttpsUrl {
    /// Reads `https://host[:port][/path]`. The address is no place for a secret: no user, no query.
    /// `shape`: what to write instead of what is none.
    ///
    /// # Errors
    /// Says what to write instead, and never repeats the text: a key may have been pasted.
    pub fn parse(text: &str, shape: &'static str) -> Result<Self, &'static str> {
        let rest = text.strip_prefix("https://").ok_or("it must begin with https://")?;
        if rest.contains(['?', '#', '@']) {
            return Err(
                "no user, query or fragment may stand in it; a key goes into its credential \
                        file",
            );
        }
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let (host, port) = match authority.strip_prefix('[') {
            Some(inner) => {
                let (host, after) = inner.split_once(']').ok_or(shape)?;
                (host, after.strip_prefix(':').or((after.is_empty()).then_some("443")))
            }
            None => match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, Some("443")),
            },
        };
        let port: u16 = port.and_then(|port| port.parse().ok()).ok_or(shape)?;
        let path = path.trim_end_matches('/');
        let plain =
            |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:%/".contains(&b));
        if host.is_empty() || port == 0 || !plain(host) || host.contains('/') || !plain(path) {
            return Err(shape);
        }
        Ok(Self { host: host.to_ascii_lowercase(), port, path: path.to_owned() })
    }

    /// Host and port as they stand in an address.
    pub fn authority(&self) -> String {
        let host =
            if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == 443 { host } else { format!("{host}:{}", self.port) }
    }
}

impl std::fmt::Display for HttpsUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "https://{}{}", self.authority(), self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::HttpsUrl;

    #[test]
    fn addresses() {
        for (text, want) in [
            ("https://sak.example.no/Biz/v2/", Some("https://sak.example.no/Biz/v2")),
            ("https://Sak.example.no", Some("https://sak.example.no")),
            ("https://localhost:8443/a", Some("https://localhost:8443/a")),
            ("https://[::1]:8443/a", Some("https://[::1]:8443/a")),
            ("https://[::1]/a", Some("https://[::1]/a")),
            ("http://sak.example.no/a", None),
            ("https://", None),
            ("https://user:x@sak.example.no/", None),
            ("https://sak.example.no/a?authkey=x", None),
            ("https://sak.example.no:0/", None),
            ("https://sak.example.no:99999/", None),
            ("https://sak example.no/", None),
            ("https://[::1/", None),
            ("https://sak.example.no/a b", None),
        ] {
            let read = HttpsUrl::parse(text, "an address").ok().map(|url| url.to_string());
            assert_eq!(read.as_deref(), want, "{text}");
        }
    }
}
