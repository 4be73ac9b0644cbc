//! Secret keys that open what was sealed. The daemon has one of its own for receiving; those of
//! the registries are never on its machine.

use std::{
    fmt,
    io::{BufReader, Read},
};

use age::{Decryptor, secrecy::ExposeSecret, x25519};
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::seal::{Recipients, SealError};

/// One age X25519 secret key. Cannot be cloned or printed.
pub struct Identity(x25519::Identity);

impl Identity {
    /// Draws a new key from the operating system.
    pub fn generate() -> Self {
        Self(x25519::Identity::generate())
    }

    /// Reads the file that `age-keygen` writes: comments, and exactly one key.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let mut keys =
            text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        match (keys.next(), keys.next()) {
            (Some(key), None) => key.parse().map(Self).map_err(|_| SealError::BadIdentity),
            _ => Err(SealError::BadIdentity),
        }
    }

    /// The key itself, for the reader of age files.
    pub fn as_age(&self) -> &x25519::Identity {
        &self.0
    }

    /// The public key that others encrypt to, `age1…`.
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// The public key, to seal to.
    pub fn to_recipients(&self) -> Recipients {
        Recipients([self.0.to_public().into()].into())
    }

    /// The file as `age-keygen` writes it.
    pub fn expose_file_text(&self, created: Timestamp) -> Zeroizing<String> {
        // One allocation of the right size leaves no copy of the key behind.
        let secret = self.0.to_string();
        let mut text = Zeroizing::new(String::with_capacity(256));
        for piece in [
            "# created: ",
            &created.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "\n# public key: ",
            &self.recipient(),
            "\n",
            secret.expose_secret(),
            "\n",
        ] {
            text.push_str(piece);
        }
        text
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({}, …)", self.recipient())
    }
}

/// The plain text of header and payload; reading it fails where the payload was damaged or cut.
pub fn open<R: Read>(
    header: Vec<u8>,
    payload: R,
    identity: &Identity,
) -> Result<impl Read + use<R>, SealError> {
    open_file(std::io::Cursor::new(header).chain(BufReader::new(payload)), identity)
}

/// The plain text of a whole age file, such as one that a sender encrypted.
pub fn open_file<R: Read>(file: R, identity: &Identity) -> Result<impl Read + use<R>, SealError> {
    let decryptor = Decryptor::new_buffered(BufReader::new(file)).map_err(SealError::Open)?;
    decryptor.decrypt(std::iter::once(&identity.0 as &dyn age::Identity)).map_err(SealError::Open)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::Identity;

    #[test]
    fn a_key_file_reads_back_and_prints_nothing() {
        let identity = Identity::generate();
        let text = identity.expose_file_text(Timestamp::UNIX_EPOCH);
        assert!(text.starts_with("# created: 1970-01-01T00:00:00Z\n# public key: age1"));
        assert_eq!(Identity::parse(&text).unwrap().recipient(), identity.recipient());
        let shown = format!("{identity:?}");
        assert!(!shown.contains("AGE-SECRET-KEY"), "{shown}");
    }

    #[test]
    fn only_one_key_is_an_identity() {
        let one = Identity::generate().expose_file_text(Timestamp::UNIX_EPOCH);
        let two = format!("{}{}", *one, *one);
        for (text, why) in [("", "empty"), (two.as_str(), "two keys"), ("age1abc", "public key")] {
            let error = Identity::parse(text).unwrap_err().to_string();
            assert!(!error.contains("AGE-SECRET"), "{why}");
        }
    }
}
