//! Parameters of a request, each known by name: those that the verbs of the command line have.

use std::{collections::BTreeMap, str::FromStr};

use axum::http::{StatusCode, Uri};
use jiff::{Timestamp, tz::TimeZone};

use crate::{admin::asked::since, listener::respond::Refusal};

/// Parameters that nobody has asked for yet.
#[derive(Debug)]
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Those of an address; `known` are all that its route has.
    ///
    /// # Errors
    /// When one is not known, or the address cannot be read.
    pub(super) fn of(uri: &Uri, known: &[&str]) -> Result<Self, Refusal> {
        let bad = |message: String| Refusal::new(StatusCode::BAD_REQUEST, "bad-parameter", message);
        let read =
            axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| {
                bad("the parameters cannot be read; write name=value&name=value".into())
            })?;
        let mut found = BTreeMap::new();
        for (name, value) in read.0 {
            // What was written may be anything, and is not repeated.
            if !known.contains(&name.as_str()) {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return Err(bad(format!("there is no such parameter (known here: {known})")));
            }
            if found.insert(name.clone(), value).is_some() {
                return Err(bad(format!("{name} is given twice")));
            }
        }
        Ok(Self(found))
    }

    /// One parameter, read by `parse`.
    ///
    /// # Errors
    /// Says what to write instead.
    pub(super) fn read<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Refusal> {
        let Some(text) = self.0.remove(name) else { return Ok(None) };
        parse(&text).map(Some).map_err(|why| Refusal::parameter(name, &why))
    }

    /// At most so many rows.
    pub(super) fn limit(&mut self) -> Result<Option<u32>, Refusal> {
        self.read("limit", |text| {
            let limit = u32::from_str(text).ok().filter(|limit| *limit > 0);
            limit.ok_or_else(|| "write a number from 1 on".to_owned())
        })
    }

    /// A day's beginning in the installation's zone, or an instant.
    pub(super) fn since(&mut self, zone: &TimeZone) -> Result<Option<Timestamp>, Refusal> {
        self.read("since", |text| since(text)?.instant(zone).map_err(|error| error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::Parameters;

    #[test]
    fn parameters() {
        let zone = TimeZone::get("Europe/Oslo").unwrap();
        for (query, want) in [
            ("", Ok((None, None))),
            ("?limit=3", Ok((None, Some(3)))),
            ("?limit=0", Err("limit: write a number from 1 on")),
            ("?limit=-1", Err("limit: write a number from 1 on")),
            ("?limit=1&limit=2", Err("limit is given twice")),
            ("?since=2026-12-01", Ok((Some("2026-11-30T23:00:00Z"), None))),
            (
                "?since=2026-12-01T10%3A00%3A00Z&limit=1",
                Ok((Some("2026-12-01T10:00:00Z"), Some(1))),
            ),
            ("?since=yesterday", Err("since: write a day such as 2026-12-31")),
            ("?sinse=2026-12-01", Err("there is no such parameter (known here: since, limit)")),
        ] {
            let uri = format!("/v1/submissions{query}").parse().unwrap();
            let read = Parameters::of(&uri, &["since", "limit"]).and_then(|mut parameters| {
                let since = parameters.since(&zone)?.map(|at| at.to_string());
                Ok((since, parameters.limit()?))
            });
            match (read, want) {
                (Ok((since, limit)), Ok(want)) => {
                    assert_eq!((since.as_deref(), limit), want, "{query}");
                }
                (Err(refusal), Err(want)) => {
                    assert!(refusal.fault.message.starts_with(want), "{query}: {refusal:?}");
                    assert!(!refusal.fault.message.contains("yesterday"));
                }
                (read, _) => panic!("{query}: {read:?}"),
            }
        }
    }
}
