//! What is kept of a notification: no value of any field.

/// What is kept of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// What it does.
    pub status: NotificationStatus,
    /// Mark of its content, to tell a repetition from another content under the same GUID: keyed,
    /// so eight bytes are enough.
    pub digest: [u8; 8],
}

/// `statusNotifikasjon`, as far as it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationStatus {
    /// `C`: annuls another.
    Annulment,
    /// `N`.
    Original,
    /// `M`: replaces another.
    Replacement,
}

impl NotificationStatus {
    /// The letter of the message.
    pub const fn letter(self) -> char {
        match self {
            Self::Annulment => 'C',
            Self::Original => 'N',
            Self::Replacement => 'M',
        }
    }

    /// Reads the letter.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Annulment, Self::Original, Self::Replacement]
            .into_iter()
            .find(|status| text.chars().eq([status.letter()]))
    }
}
