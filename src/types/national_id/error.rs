//! Why a text is no number that may come in.

/// Why a text is not a national identity number that may come in here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NationalIdError {
    /// The digits do not hold together.
    #[error("a check digit is wrong: write the number again from its source")]
    CheckDigit,
    /// No such day in any century that the number allows.
    #[error("the first six digits are no day that exists: write the number again from its source")]
    Date,
    /// Ten digits that hold together with a zero before them: a spreadsheet took it for a number.
    #[error("it has 10 digits and lost its leading zero: format the column as text")]
    LeadingZeroLost,
    /// Not eleven characters.
    #[error("it is not 11 digits long")]
    Length,
    /// Something other than `0` to `9`.
    #[error("it holds a character that is not a digit")]
    NotDigits,
    /// A date of birth with a made-up ending, as case systems write when the number is not known.
    #[error("it is a placeholder and not an issued number: write the person's own number")]
    Placeholder,
    /// A number that may belong to somebody, in a test profile.
    #[error("it may belong to a real person: a test installation takes synthetic numbers only")]
    RealInTest,
    /// A synthetic number in a production profile.
    #[error("it is a synthetic test number: test persons must never be reported")]
    SyntheticInProduction,
}
