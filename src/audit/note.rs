//! Checkpoints as C2SP signed notes, with Ed25519. Opens no file.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::types::{digest::Sha256, secret::Secret32};

/// The head of a log: how many entries, and the root over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name: `filsluse/<installation>`.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the Merkle tree over them.
    pub root: Sha256,
}

impl Checkpoint {
    fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.0))
    }

    /// Reads the text of a note whose signature was checked already.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        // Extension lines are allowed to others; ours have none.
        if lines.next().is_some() {
            return None;
        }
        let number: u64 = size.parse().ok()?;
        let root = STANDARD.decode(root).ok()?.try_into().ok()?;
        (number.to_string() == size).then(|| Self {
            origin: origin.to_owned(),
            size: number,
            root: Sha256(root),
        })
    }
}

/// Signs checkpoints in the log's name.
pub struct Signer {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl Signer {
    /// Takes the seed of the Ed25519 key; the origin has neither spaces nor plus signs.
    pub fn new(origin: &str, seed: &Secret32) -> Result<Self, NoteError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose_bytes())
            .map_err(|_| NoteError::BadKey)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| NoteError::BadKey)?;
        if !is_key_name(origin) {
            return Err(NoteError::BadKey);
        }
        Ok(Self { pair, verifier: VerifierKey { name: origin.to_owned(), public } })
    }

    /// The key that checks what this one signs.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The signed note for a head.
    pub fn sign(&self, size: u64, root: Sha256) -> String {
        let origin = self.verifier.name.clone();
        self.sign_bytes(&Checkpoint { origin, size, root }.text())
    }

    /// The signed note for a text that is no checkpoint.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] for a text that could be taken for a checkpoint, or that no note
    /// can hold.
    pub fn sign_text(&self, text: &str) -> Result<String, NoteError> {
        let as_checkpoint = text.lines().next() == Some(self.verifier.name.as_str());
        let odd = text.chars().any(|c| c.is_control() && c != '\n');
        if as_checkpoint || odd || !text.ends_with('\n') {
            return Err(NoteError::Malformed);
        }
        Ok(self.sign_bytes(text))
    }

    fn sign_bytes(&self, text: &str) -> String {
        let mut signature = self.verifier.id().to_vec();
        signature.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        format!("{text}\n{SIGNATURE_START}{} {}\n", self.verifier.name, STANDARD.encode(signature))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({}, …)", self.verifier)
    }
}

/// Checks checkpoints; written as `<name>+<key id>+<base64>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: [u8; 32],
}

impl VerifierKey {
    /// Reads what `Display` wrote.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        Self::split(text.trim_end_matches('\n')).ok_or(NoteError::BadKey)
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        &self.name
    }

    /// The head that a signed note tells, if this key signed it for its own log.
    pub fn check(&self, note: &str) -> Result<Checkpoint, NoteError> {
        let text = self.signed_text(note)?;
        let checkpoint = Checkpoint::parse(text).ok_or(NoteError::Malformed)?;
        if checkpoint.origin != self.name {
            return Err(NoteError::OtherLog);
        }
        Ok(checkpoint)
    }

    /// The text of a note, if this key signed it.
    pub fn signed_text<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        let end = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, signatures) = (&note[..=end], &note[end + 2..]);
        let lines = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let mut signed = false;
        for line in lines.split('\n') {
            signed |= self.check_line(text, line)?;
        }
        if !signed {
            return Err(NoteError::Unsigned);
        }
        Ok(text)
    }

    /// Whether a line is this key's good signature; another key's is passed over.
    fn check_line(&self, text: &str, line: &str) -> Result<bool, NoteError> {
        let (name, signature) = line
            .strip_prefix(SIGNATURE_START)
            .and_then(|rest| rest.split_once(' '))
            .ok_or(NoteError::Malformed)?;
        let signature = STANDARD.decode(signature).map_err(|_| NoteError::Malformed)?;
        let (id, signature) = signature.split_first_chunk::<4>().ok_or(NoteError::Malformed)?;
        if name != self.name || *id != self.id() {
            return Ok(false);
        }
        UnparsedPublicKey::new(&ED25519, &self.public)
            .verify(text.as_bytes(), signature)
            .map_err(|_| NoteError::Unsigned)?;
        Ok(true)
    }

    fn id(&self) -> [u8; 4] {
        let mut named = self.name.clone().into_bytes();
        named.push(b'\n');
        named.push(ED25519_TYPE);
        named.extend_from_slice(&self.public);
        let [a, b, c, d, ..] = Sha256::of(&named).0;
        [a, b, c, d]
    }

    fn split(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('+')?;
        let (_, key) = rest.split_once('+')?;
        let key = STANDARD.decode(key).ok()?;
        let (ED25519_TYPE, public) = key.split_first().map(|(kind, key)| (*kind, key))? else {
            return None;
        };
        let parsed = Self { name: name.to_owned(), public: public.try_into().ok()? };
        (is_key_name(name) && parsed.to_string() == text).then_some(parsed)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}+", self.name, u32::from_be_bytes(self.id()))?;
        let mut key = vec![ED25519_TYPE];
        key.extend_from_slice(&self.public);
        f.write_str(&STANDARD.encode(key))
    }
}

/// Why a note or its key is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// The key or its name is not one.
    #[error("the key is not <name>+<id>+<base64> with an Ed25519 key; take it from audit.vkey")]
    BadKey,
    /// It is no signed checkpoint.
    #[error("the text is not what was signed as a whole; copy the whole file")]
    Malformed,
    /// It is signed, for another log.
    #[error("the checkpoint is of another log; check which installation it came from")]
    OtherLog,
    /// No good signature of the key.
    #[error("the checkpoint has no valid signature of the log's key; it is forged or damaged")]
    Unsigned,
}

fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// The assigned identifier of Ed25519 in signed notes.
const ED25519_TYPE: u8 = 1;
/// An em dash and a space.
const SIGNATURE_START: &str = "\u{2014} ";

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::{Checkpoint, NoteError, Sha256, Signer, VerifierKey};
    use crate::types::secret::Secret32;

    fn signer(origin: &str, seed: u8) -> Signer {
        Signer::new(origin, &Secret32::new(Zeroizing::new([seed; 32]))).unwrap()
    }

    #[test]
    fn what_is_signed_checks_and_reads_back() {
        let signer = signer("filsluse/test", 1);
        let note = signer.sign(7, Sha256::of(b"root"));
        let key = VerifierKey::parse(&format!("{}\n", signer.verifier())).unwrap();
        let want =
            Checkpoint { origin: "filsluse/test".to_owned(), size: 7, root: Sha256::of(b"root") };
        assert_eq!(key.check(&note), Ok(want));
        // A witness may have signed below.
        let witnessed = format!("{note}\u{2014} witness.example AAAAAAAA\n");
        assert!(key.check(&witnessed).is_ok());
    }

    #[test]
    fn the_example_of_the_signed_note_specification_reads() {
        // From the Go reference implementation's documentation.
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let note = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n\n\
            \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        // The signature is good; the text is no checkpoint.
        assert_eq!(VerifierKey::parse(key).unwrap().check(note), Err(NoteError::Malformed));
        let forged = note.replace("problem is", "problem was");
        assert_eq!(VerifierKey::parse(key).unwrap().check(&forged), Err(NoteError::Unsigned));
    }

    #[test]
    fn other_keys_and_other_logs_are_refused() {
        let ours = signer("filsluse/test", 1);
        let note = ours.sign(7, Sha256::of(b"root"));
        for other in [signer("filsluse/test", 2), signer("filsluse/other", 1)] {
            assert_eq!(other.verifier().check(&note), Err(NoteError::Unsigned));
        }
        for bad in ["", "x", "a+b", "filsluse/test+00000000+AQ==", "a b+00000000+"] {
            assert_eq!(VerifierKey::parse(bad), Err(NoteError::BadKey), "{bad}");
        }
    }
}
