//! A certificate of erasure: what was erased, how much, by which rule and when, counted from the
//! audit log and signed with its key, for people to read and for anybody to check offline.
//!
//! Holds what the log holds: no personal data. Counts and writes only; opens no file and signs
//! nothing.

mod facts;
pub mod tally;
mod text;

pub use facts::Facts;

use serde::Serialize;

use crate::{
    audit::{
        note::{NoteError, VerifierKey},
        proof::{self, ProofError},
    },
    retention::certificate::tally::Tally,
    types::rule::Language,
};

/// The text of a certificate, to be signed as a note.
pub fn to_text(tally: &Tally, facts: &Facts<'_>, language: Language) -> String {
    text::write(tally, facts, language)
}

/// What a certificate that verifies rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Name of the log.
    pub origin: String,
    /// Number of the last entry that it counts; `None` when it says that nothing was erased.
    pub entry: Option<u64>,
    /// Entries under the checkpoint that it holds.
    pub size: u64,
}

/// Checks a certificate: its signature, the checkpoint in it, and that the log of that checkpoint
/// holds the last entry that it counts.
///
/// # Errors
/// What does not verify.
pub fn verify(certificate: &str, key: &VerifierKey) -> Result<Verified, VerifyError> {
    let text = key.signed_text(certificate).map_err(VerifyError::Signature)?;
    if text.lines().next() != Some(text::FIRST_LINE) {
        return Err(VerifyError::Malformed);
    }
    let origin = key.origin().to_owned();
    if let Some(note) = between(text, text::CHECKPOINT_BEGIN, text::CHECKPOINT_END) {
        let head = key.check(&note).map_err(VerifyError::Checkpoint)?;
        return Ok(Verified { origin, entry: None, size: head.size });
    }
    let proof = between(text, text::PROOF_BEGIN, text::PROOF_END).ok_or(VerifyError::Malformed)?;
    let entry = between(text, text::ENTRY_BEGIN, text::ENTRY_END).ok_or(VerifyError::Malformed)?;
    let entry = entry.trim_end_matches('\n').as_bytes();
    let (seq, head) = proof::check_proof_file(&proof, entry, key).map_err(VerifyError::Proof)?;
    Ok(Verified { origin, entry: Some(seq), size: head.size })
}

/// What stands between two lines, with its last line end.
fn between(text: &str, begin: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("\n{begin}\n"))?;
    let (inner, _) = rest.split_once(&format!("\n{end}\n"))?;
    Some(format!("{inner}\n"))
}

/// Why a certificate does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The checkpoint in it.
    #[error("the checkpoint in the certificate does not verify")]
    Checkpoint(#[source] NoteError),
    /// It is none.
    #[error("the file is no certificate of erasure; copy the whole of it")]
    Malformed,
    /// The proof in it.
    #[error("the proof in the certificate does not verify")]
    Proof(#[source] ProofError),
    /// Its own signature.
    #[error("the certificate's signature does not verify; it was changed, or is of another log")]
    Signature(#[source] NoteError),
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};
    use zeroize::Zeroizing;

    use super::{
        Facts, VerifyError,
        tally::{Scope, Tally},
        to_text, verify,
    };
    use crate::{
        audit::{
            entry::{Entry, Event},
            log::Log,
            note::VerifierKey,
        },
        types::{
            header_key::HeaderKey,
            ids::{ObjectId, Part, RegistryId, SubmissionId},
            rule::Language,
            secret::Secret32,
        },
    };

    #[test]
    fn it_counts_what_it_is_about_and_nothing_else() {
        let cases: [(&str, Scope, u64, usize); 6] = [
            ("all", Scope::default(), 5, 2),
            ("one registry", Scope { registry: Some(registry("kpr")), ..Scope::default() }, 1, 1),
            ("from", Scope { from: Some(day("2026-05-02")), ..Scope::default() }, 3, 1),
            (
                "to, with its last hour",
                Scope { to: Some(day("2026-05-01")), ..Scope::default() },
                2,
                1,
            ),
            ("a year", Scope { operating_year: Some(2024), ..Scope::default() }, 2, 1),
            ("another", Scope { operating_year: Some(2023), ..Scope::default() }, 0, 0),
        ];
        for (name, scope, objects, keys) in cases {
            let tally = counted(&scope, &entries());
            let lines = tally.lines();
            let sum: u64 = lines.iter().map(|line| line.number).sum();
            assert_eq!((sum, tally.keys().len()), (objects, keys), "{name}: {lines:?}");
        }
        let tally = counted(&Scope::default(), &entries());
        let line = &tally.lines()[0];
        assert_eq!((line.number, line.bytes, line.late), (2, 20, 1));
        assert!(line.first < line.last);
        assert_eq!(tally.counted(), Some((1, 7)));
    }

    #[test]
    fn what_a_crash_made_the_log_say_twice_is_counted_once() {
        let mut twice = entries();
        let again = Entry { seq: 8, ..twice[3].clone() };
        assert_eq!(again.event, Event::MonthKeyDestroyed);
        twice.push(again);
        assert_eq!(counted(&Scope::default(), &twice).keys().len(), 2);
    }

    #[test]
    fn a_changed_certificate_does_not_verify_in_either_language() {
        let dir = tempfile::tempdir().unwrap();
        let (log, key) = log(dir.path());
        for (language, word) in [(Language::Nb, "Slettebevis"), (Language::En, "Certificate")] {
            let note = certificate(&log, &Scope::default(), language);
            assert!(note.contains(word), "{note}");
            let verified = verify(&note, &key).unwrap();
            assert_eq!((verified.entry, verified.size), (Some(7), 8));
            for (what, with) in [("objects", "object5"), ("fastlege", "fastlega"), ("20", "21")] {
                if note.contains(what) {
                    let forged = verify(&note.replacen(what, with, 1), &key);
                    assert!(matches!(forged, Err(VerifyError::Signature(_))), "{what}");
                }
            }
            let other = "filsluse/test+00000000+AQ==";
            assert!(VerifierKey::parse(other).is_err());
        }
        // A checkpoint is signed by the same key, and is no certificate; nor the other way round.
        assert_eq!(verify(log.checkpoint_text(), &key), Err(VerifyError::Malformed));
        assert!(key.check(&certificate(&log, &Scope::default(), Language::En)).is_err());
    }

    #[test]
    fn that_nothing_was_erased_can_be_certified_too() {
        let dir = tempfile::tempdir().unwrap();
        let (log, key) = log(dir.path());
        let scope = Scope { operating_year: Some(1999), ..Scope::default() };
        let note = certificate(&log, &scope, Language::En);
        assert!(note.contains("Nothing was erased"), "{note}");
        assert_eq!(verify(&note, &key).unwrap().entry, None);
    }

    fn counted(scope: &Scope, entries: &[Entry]) -> Tally {
        let mut tally = Tally::new(scope, &oslo());
        for entry in entries {
            tally.add(entry);
        }
        tally
    }

    fn certificate(log: &Log, scope: &Scope, language: Language) -> String {
        let tally = counted(scope, &entries());
        let last = tally.counted().map(|(_, seq)| {
            let entry = String::from_utf8(log.entry(seq).unwrap()).unwrap();
            (entry, log.proof_file(seq).unwrap())
        });
        let facts = Facts {
            scope,
            origin: "filsluse/test",
            now: "2026-06-01T10:00Z".parse().unwrap(),
            zone: &oslo(),
            size: log.size(),
            last: last.as_ref().map(|(entry, proof)| (entry.as_str(), proof.as_str())),
            checkpoint: log.checkpoint_text(),
            provision: &|_, rule| rule.starts_with("task").then_some("§ 3-3"),
        };
        log.sign_text(&to_text(&tally, &facts, language)).unwrap()
    }

    fn log(dir: &std::path::Path) -> (Log, VerifierKey) {
        let seed = Secret32::new(Zeroizing::new([7; 32]));
        let mut log = Log::open(dir, "filsluse/test", &seed, None).unwrap();
        let bytes: Vec<Vec<u8>> = entries().iter().map(Entry::to_bytes).collect();
        log.append(&bytes).unwrap();
        let key = log.verifier().clone();
        (log, key)
    }

    /// Midnight between 1 and 2 May in Oslo is 22:00 on the 1st.
    fn entries() -> Vec<Entry> {
        let erased = |seq, time: &str, name: &str, number, due: &str| {
            let entry = Entry::new(seq, at(time), Event::ObjectErased).object(object(name, number));
            entry.rule("processed + P90D").due(at(due)).count("bytes", 10)
        };
        let key = |seq, time: &str, name: &str, key: &str| {
            let entry =
                Entry::new(seq, at(time), Event::MonthKeyDestroyed).registry(registry(name));
            entry.header_key(HeaderKey::parse(key).unwrap()).count("moved", 0)
        };
        let released = |seq, number| {
            let time = "2026-05-03T10:00Z";
            let mut entry = erased(seq, time, "npr", number, time).count("operating-year", 2024);
            entry.rule = Some("task-done + P0D".into());
            entry
        };
        vec![
            Entry::new(0, at("2026-04-01T00:00Z"), Event::Started),
            erased(1, "2026-05-01T21:59Z", "fastlege", 1, "2026-04-29T22:00Z"),
            erased(2, "2026-05-01T21:59Z", "kpr", 2, "2026-05-01T21:00Z"),
            key(3, "2026-05-01T21:59Z", "kpr", "2026-05"),
            erased(4, "2026-05-01T22:00Z", "fastlege", 3, "2026-05-01T22:00Z"),
            released(5, 4),
            released(6, 5),
            key(7, "2026-05-03T10:00Z", "npr", "open.3"),
        ]
    }

    fn object(name: &str, number: u32) -> ObjectId {
        let submission = SubmissionId::new(Timestamp::UNIX_EPOCH, [0; 10]);
        ObjectId { submission, registry: registry(name), part: Part::Whole, number }
    }

    fn registry(name: &str) -> RegistryId {
        RegistryId::parse(name).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn day(text: &str) -> jiff::civil::Date {
        text.parse().unwrap()
    }

    fn oslo() -> TimeZone {
        TimeZone::get("Europe/Oslo").unwrap()
    }
}
