//! Key bytes and personal text: wiped when dropped, never printed.

use std::fmt;

use zeroize::Zeroizing;

/// Thirty-two secret bytes. Cannot be cloned or printed.
pub struct Secret32(Zeroizing<[u8; 32]>);

impl Secret32 {
    /// Takes the bytes over.
    pub fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// The bytes, for the primitive that uses them as a key.
    pub fn expose_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Secret32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret32(…)")
    }
}

/// A sender's text that may tell who somebody is: a name, an address, a file name.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PersonalText(Zeroizing<String>);

impl PersonalText {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for a writer whose output is sealed or goes to that sender alone.
    pub fn expose_text(&self) -> &str {
        &self.0
    }

    /// Whether nothing was written there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for PersonalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalText(…)")
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::{PersonalText, Secret32};

    #[test]
    fn debug_shows_nothing() {
        let shown = format!(
            "{:?} {:?}",
            PersonalText::new("Kari".to_owned()),
            Secret32::new(Zeroizing::new([7; 32]))
        );
        assert_eq!(shown, "PersonalText(…) Secret32(…)");
    }
}
