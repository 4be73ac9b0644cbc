//! How long the certificates and revocation lists are good that other systems are spoken to with:
//! those of the admin listener and of `filsluse deliver`.
//!
//! Nothing is trusted for what is read here: TLS judges for itself, at each connection.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use x509_cert::{
    Certificate,
    certificate::Rfc5280,
    crl::CertificateList,
    der::{Decode, Encode},
    time::Time,
};

use crate::{
    config::{Config, peer::System, problem::Problem},
    pem::{self, PemError},
};

type List = CertificateList<Rfc5280>;

/// What is to be said of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiry {
    /// The key of the configuration that names it.
    pub key: String,
    /// The file.
    pub file: PathBuf,
    /// How it stands.
    pub standing: Standing,
}

/// How a file stands. Of several certificates or lists in it, the one that ends first counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is good for long.
    Good,
    /// It runs out soon, at this time.
    Ending(Timestamp),
    /// It has run out, at this time.
    Ended(Timestamp),
    /// It is not good before this time.
    NotYet(Timestamp),
}

/// Looks at every file that the configuration names. One that cannot be read is left out: whoever
/// needs it tells of that.
pub fn look(config: &Config, now: Timestamp) -> Vec<Expiry> {
    named(config)
        .into_iter()
        .filter_map(|Named { key, file, what }| {
            let days = days(&file, what).ok()?;
            Some(Expiry { key, file, standing: standing(&days, what, now) })
        })
        .collect()
}

/// What `config check` says: what is good no more, or not yet, and authorities without a list where
/// there are lists.
pub fn problems(config: &Config, now: Timestamp) -> Vec<Problem> {
    let zone = &config.time_zone;
    let day = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let mut problems = Vec::new();
    for Expiry { key, file, standing } in look(config, now) {
        let message = match standing {
            Standing::Good | Standing::Ending(_) => continue,
            Standing::Ended(at) => format!("it has run out at {}; put a new one there", day(at)),
            Standing::NotYet(at) => {
                format!(
                    "it is not good before {}; look at the clock, or put another one there",
                    day(at)
                )
            }
        };
        problems.push(Problem { file, line: None, key, message });
    }
    if let Some(admin) = &config.admin
        && let Some(list) = &admin.crl
        && !covers(list, &admin.client_ca)
    {
        let message =
            "it has no list of an authority in client-ca, whose clients are all refused; put \
                       one of each authority there"
                .to_owned();
        let (file, key) = (list.clone(), "admin.crl".to_owned());
        problems.push(Problem { file, line: None, key, message });
    }
    problems
}

/// A file that the configuration names.
struct Named {
    key: String,
    file: PathBuf,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Certificates,
    Lists,
}

fn named(config: &Config) -> Vec<Named> {
    let mut named: Vec<Named> = Vec::new();
    let mut name = |key: String, file: Option<&Path>, what| {
        let Some(file) = file else { return };
        // Several inboxes may share one.
        if !named.iter().any(|other| other.file == file) {
            named.push(Named { key, file: file.to_owned(), what });
        }
    };
    if let Some(admin) = &config.admin {
        let key = |key: &str| format!("admin.{key}");
        name(key("tls-cert"), Some(&admin.tls_cert), What::Certificates);
        name(key("client-ca"), Some(&admin.client_ca), What::Certificates);
        name(key("crl"), admin.crl.as_deref(), What::Lists);
    }
    for System { table, peer, .. } in config.systems() {
        let key = |key: &str| format!("{table}.{key}");
        // What the machine trusts is the machine's to renew.
        let ca = Some(peer.ca.as_path()).filter(|ca| !ca.starts_with("/etc/ssl/certs"));
        name(key("ca"), ca, What::Certificates);
        name(key("crl"), peer.crl.as_deref(), What::Lists);
        let client = peer.client.as_ref().map(|(file, _)| file.as_path());
        name(key("client-cert"), client, What::Certificates);
    }
    named
}

/// From when to when each in the file is good; a list without an end is good for ever.
fn days(file: &Path, what: What) -> Result<Vec<(Timestamp, Timestamp)>, PemError> {
    let from_to = |from: Time, to: Option<Time>| (time(from), to.map_or(Timestamp::MAX, time));
    Ok(match what {
        What::Certificates => pem::certificates(file)?
            .iter()
            .filter_map(|der| Certificate::from_der(der).ok())
            .map(|certificate| {
                let validity = certificate.tbs_certificate().validity();
                from_to(validity.not_before, Some(validity.not_after))
            })
            .collect(),
        What::Lists => pem::lists(file)?
            .iter()
            .filter_map(|der| List::from_der(der).ok())
            .map(|list| from_to(list.tbs_cert_list.this_update, list.tbs_cert_list.next_update))
            .collect(),
    })
}

fn standing(days: &[(Timestamp, Timestamp)], what: What, now: Timestamp) -> Standing {
    if let Some((from, _)) = days.iter().find(|(from, _)| *from > now) {
        return Standing::NotYet(*from);
    }
    let Some((from, to)) = days.iter().min_by_key(|(_, to)| *to) else { return Standing::Good };
    let left = to.duration_since(now);
    if left <= SignedDuration::ZERO {
        Standing::Ended(*to)
    } else if left <= warn_before(to.duration_since(*from), what) {
        Standing::Ending(*to)
    } else {
        Standing::Good
    }
}

/// A certificate that lives for years is renewed by hand: a month. One that lives for weeks, and
/// a list, are renewed by a machine: a part of their life, after which it must have failed.
fn warn_before(life: SignedDuration, what: What) -> SignedDuration {
    match what {
        What::Certificates => SignedDuration::from_hours(30 * 24).min(life / 3),
        What::Lists => SignedDuration::from_hours(7 * 24).min(life / 4),
    }
}

/// Whether there is a list of each authority. Lists of others may stand beside them: of those
/// between an authority and a client.
fn covers(lists: &Path, authorities: &Path) -> bool {
    let (Ok(lists), Ok(authorities)) = (pem::lists(lists), pem::certificates(authorities)) else {
        // Told by whoever needs them.
        return true;
    };
    let issuers: Vec<_> = lists
        .iter()
        .filter_map(|der| List::from_der(der).ok()?.tbs_cert_list.issuer.to_der().ok())
        .collect();
    let mut names = authorities.iter().filter_map(|der| {
        Certificate::from_der(der).ok()?.tbs_certificate().subject().to_der().ok()
    });
    names.all(|name| issuers.contains(&name))
}

fn time(time: Time) -> Timestamp {
    let seconds = i64::try_from(time.to_unix_duration().as_secs());
    seconds.ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Standing, What, standing};

    #[test]
    fn it_is_said_in_time() {
        let day = |day: i64| Timestamp::from_second(day * 86_400).unwrap();
        let year = [(day(0), day(365))];
        let weeks = [(day(0), day(9))];
        let both = [year[0], weeks[0]];
        for (days, what, now, want) in [
            (&year[..], What::Certificates, 334, Standing::Good),
            (&year, What::Certificates, 335, Standing::Ending(day(365))),
            (&year, What::Certificates, 365, Standing::Ended(day(365))),
            (&year, What::Certificates, -1, Standing::NotYet(day(0))),
            (&weeks, What::Certificates, 5, Standing::Good),
            (&weeks, What::Certificates, 6, Standing::Ending(day(9))),
            (&both, What::Certificates, 8, Standing::Ending(day(9))),
            (&both, What::Certificates, 10, Standing::Ended(day(9))),
            (&year, What::Lists, 357, Standing::Good),
            (&year, What::Lists, 358, Standing::Ending(day(365))),
            (&[(day(0), day(8))], What::Lists, 5, Standing::Good),
            (&[(day(0), day(8))], What::Lists, 6, Standing::Ending(day(8))),
            (&[], What::Lists, 6, Standing::Good),
        ] {
            assert_eq!(standing(days, what, day(now)), want, "{days:?} {now}");
        }
    }
}
