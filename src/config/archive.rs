//! The case archive: where it answers, whom to trust, and what an entry looks like.
//!
//! No secret: auth key and client key are named by their credential files.

use std::{path::PathBuf, time::Duration};

use crate::config::names::KeyName;

/// `[archive]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// `https://host[:port]/path`, without a slash at its end.
    pub url: ArchiveUrl,
    /// PEM file of the authorities to trust, and of no others.
    pub ca: PathBuf,
    /// PEM file of revocation lists.
    pub crl: Option<PathBuf>,
    /// Credential that holds the auth key.
    pub credential: KeyName,
    /// Certificate file and key credential, where the archive wants a client certificate.
    pub client: Option<(PathBuf, KeyName)>,
    /// Whether the archive makes a case for a request that names none (POL-05).
    pub create_cases: bool,
    /// How long one call may take.
    pub timeout: Duration,
    /// Pause after a first failure.
    pub retry_after: Duration,
    /// An entry that waits longer raises an alarm.
    pub alarm_after: Duration,
    /// What an entry looks like.
    pub form: ArchiveForm,
}

/// What cases and documents look like, in the archive's own codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveForm {
    /// Title; public.
    pub title: String,
    /// Access code.
    pub access_code: Option<String>,
    /// Its provision.
    pub paragraph: Option<String>,
    /// Access group.
    pub access_group: Option<String>,
    /// Sub-archive of cases.
    pub sub_archive: Option<String>,
    /// The responsible unit.
    pub responsible_enterprise_recno: Option<u32>,
    /// The responsible person.
    pub responsible_person_recno: Option<u32>,
    /// The archive's user that acts.
    pub context_user: Option<String>,
    /// Category of documents.
    pub document_category: String,
    /// Status of documents.
    pub document_status: String,
    /// Role of the police district on a document.
    pub recipient_role: String,
}

/// An https address in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveUrl {
    /// Host name or IP address, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path with a slash before it and none after it; empty for none.
    pub path: String,
}

impl ArchiveUrl {
    /// Reads `https://host[:port][/path]`. The address is no place for a secret: no user, no query.
    ///
    /// # Errors
    /// Says what to write instead, and never repeats the text: an auth key may have been pasted.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let shape = "write the address of SIF's RPC, \"https://sak.example.no/Biz/v2/api/call/\
                     SI.Data.RPC/SI.Data.RPC\"";
        let rest = text.strip_prefix("https://").ok_or("it must begin with https://")?;
        if rest.contains(['?', '#', '@']) {
            return Err("no user, query or fragment may stand in it; the auth key goes into its \
                        credential file");
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

impl std::fmt::Display for ArchiveUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "https://{}{}", self.authority(), self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::ArchiveUrl;

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
            let read = ArchiveUrl::parse(text).ok().map(|url| url.to_string());
            assert_eq!(read.as_deref(), want, "{text}");
        }
    }
}
