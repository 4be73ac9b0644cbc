//! What the keys of a system that answers over HTTPS mean: `[archive]` and `[[registry.deliver]]`.

use std::{path::PathBuf, time::Duration};

use crate::config::{
    check::values::{directory, read, within},
    names::KeyName,
    peer::{HttpsUrl, Peer},
    problem::Page,
    raw::at::At,
};

/// The keys that both have, as they are written.
pub(in crate::config) struct PeerKeys<'a> {
    /// The table that they stand in.
    pub(in crate::config) table: &'static str,
    /// What an address looks like.
    pub(in crate::config) shape: &'static str,
    pub(in crate::config) url: Option<&'a At<String>>,
    pub(in crate::config) ca: Option<&'a At<String>>,
    /// The authorities to trust where none are named.
    pub(in crate::config) usual_ca: Option<&'static str>,
    pub(in crate::config) crl: Option<&'a At<String>>,
    pub(in crate::config) client_cert: Option<&'a At<String>>,
    pub(in crate::config) client_key: Option<&'a At<String>>,
    /// The key's credential where none is named.
    pub(in crate::config) usual_client_key: &'static str,
    pub(in crate::config) timeout: Option<&'a At<String>>,
    pub(in crate::config) retry_after: Option<&'a At<String>>,
    pub(in crate::config) alarm_after: Option<&'a At<String>>,
}

/// Checks them; `None` when something that is needed is missing or bad, which is noted.
pub(in crate::config) fn peer(page: &mut Page<'_>, keys: &PeerKeys<'_>) -> Option<Peer> {
    let table = keys.table;
    let name = |key: &str| format!("{table}.{key}");
    let url = read(page, &name("url"), keys.url, |text| HttpsUrl::parse(text, keys.shape));
    let ca = read(page, &name("ca"), keys.ca, directory);
    let ca = ca.or_else(|| keys.usual_ca.filter(|_| keys.ca.is_none()).map(PathBuf::from));
    let crl = read(page, &name("crl"), keys.crl, directory);
    let client_cert = read(page, &name("client-cert"), keys.client_cert, directory);
    let key = name("client-key-credential");
    let client_key = read(page, &key, keys.client_key, KeyName::parse);
    if let (Some(given), None) = (keys.client_key, keys.client_cert) {
        let message = "a key needs its certificate; write client-cert too";
        page.problem(&key, Some(given.place()), message);
    }
    let client_key = client_key.or_else(|| KeyName::parse(keys.usual_client_key).ok());
    let mut time = |key: &str, raw: Option<&At<String>>, least: u64, most: u64, usual: u64| {
        let range = Duration::from_millis(least)..=Duration::from_secs(most);
        read(page, &name(key), raw, |text| within(text, &range))
            .unwrap_or(Duration::from_secs(usual))
    };
    let timeout = time("timeout", keys.timeout, 100, 300, 30);
    let retry_after = time("retry-after", keys.retry_after, 10, 3_600, 60);
    let alarm_after = time("alarm-after", keys.alarm_after, 10, 7 * 86_400, 3_600);
    let client = client_cert.zip(client_key);
    Some(Peer { url: url?, ca: ca?, crl, client, timeout, retry_after, alarm_after })
}
