//! What must hold for any bytes that are read as a signature; shared by the fuzz target and the
//! tests.

use filsluse::signature::{Detached, PublicKey};

/// Reads `data` as a `.sig` file, holds it against itself, and reads it as a line of a `.pub` file.
pub(crate) fn run(data: &[u8]) {
    if let Ok(read) = Detached::read(data) {
        let kept = serde_json::to_string(&read).expect("a signature has a text");
        assert!(kept.len() < 160, "what is kept with a claim does not grow");
        let again: Detached = serde_json::from_str(&kept).expect("what is kept reads back");
        assert_eq!(again, read);
        let mut message = read.hasher();
        message.update(data);
        assert!(read.verify(message).is_err(), "a signature that signs itself");
    }
    if let Ok(line) = std::str::from_utf8(data)
        && let Ok(key) = PublicKey::parse(line)
    {
        assert_eq!(PublicKey::parse(&key.to_string()), Ok(key));
    }
}
