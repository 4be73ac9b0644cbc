//! What a number says of itself: its sort, who made it up, and what was added to its month.

/// What sort of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdKind {
    /// D-number (day + 40): somebody without a residence of their own in the register.
    D,
    /// A D-number that one institution changed into a help number (day + 40 and month + 40).
    DH,
    /// FH-number (first digit 8 or 9): a common help number of the health service, without a date.
    Fh,
    /// Fødselsnummer.
    Fnr,
    /// H-number (month + 40): a help number that means something in one institution only.
    H,
}

/// Who made a synthetic number, told by what was added to the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Synthetic {
    /// Month + 40: NAV. Has the shape of an H-number, so it is only seen as synthetic in a test
    /// profile; see [`super::check::check()`].
    Nav40,
    /// Month + 65: Norsk helsenett.
    Nhn65,
    /// Month + 80: Skatteetaten (Tenor).
    Skatteetaten80,
}

/// What [`super::check::check()`] found a number to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape {
    /// What sort of number.
    pub kind: IdKind,
    /// Whether it is made up, and by whom.
    pub synthetic: Option<Synthetic>,
}

/// What was added to the month.
#[derive(Clone, Copy)]
pub(super) enum Offset {
    NoDate,
    Zero,
    Forty,
    SixtyFive,
    Eighty,
}

#[inline]
pub(super) fn month_offset(values: &[u8; 11]) -> (Offset, u8) {
    match values[2] * 10 + values[3] {
        81.. => (Offset::Eighty, 80),
        66..=80 => (Offset::SixtyFive, 65),
        41..=65 => (Offset::Forty, 40),
        _ => (Offset::Zero, 0),
    }
}

#[inline]
pub(super) fn values(digits: &[u8; 11]) -> [u8; 11] {
    digits.map(|digit| digit.wrapping_sub(b'0'))
}
