//! Who a record is about: `typeID` says which identifier `fid` is, and that decides its check.

use zeroize::Zeroizing;

use crate::{
    kinds::kpr::{hints, schema::time, state::Identifiers},
    types::{
        duf::{Duf, DufError},
        national_id::{IdKind, IdPolicy, NationalId, NationalIdError, Synthetic},
        rule::Hint,
    },
};

/// An identifier that may stand behind a pseudonym.
pub enum Identity {
    /// A DUF number.
    Duf(Duf),
    /// Of a type that nobody can check: a passport, a foreign number, a help number of another
    /// make. It is replaced under its type's own label, so that it never meets a national identity
    /// number.
    Local,
    /// An H-number of a test installation: as a number it is one of NAV's synthetic ones, and the
    /// type says what it stands for.
    Help(NationalId),
    /// Fødselsnummer, D-, H- or FH-number.
    National(NationalId),
    /// A birth date in the place of an identifier (type 9): it names nobody.
    Nobody,
}

/// What `typeID` and `fid` came to.
pub struct Judged {
    /// Who, unless the record is struck.
    pub identity: Option<Identity>,
    /// What is wrong, if anything.
    pub breach: Option<Breach>,
}

/// What is wrong with an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// Taken, and reported back as a defect.
    Defect(&'static Hint),
    /// The record is struck.
    Record(&'static Hint),
    /// The message is struck.
    Message(&'static Hint),
}

/// Judges an identifier by its type, a code of list 9032 that was looked up before.
pub fn judge(id_type: &str, fid: &str, policy: &IdPolicy) -> Judged {
    match id_type {
        "1" => national(fid, *policy, &[IdKind::Fnr]),
        "2" => national(fid, *policy, &[IdKind::D]),
        "10" => duf(fid),
        "9" => birth_date(fid),
        "3" => unchecked(fid, *policy, &[IdKind::H, IdKind::DH]),
        "12" => unchecked(fid, *policy, &[IdKind::Fh]),
        _ => unchecked(fid, *policy, &[]),
    }
}

impl Identity {
    /// Counts it.
    pub fn count(&self, counts: &mut Identifiers) {
        let count = match self {
            Self::Duf(_) => &mut counts.duf,
            Self::Help(_) => &mut counts.h_number,
            Self::Local => &mut counts.other,
            Self::Nobody => &mut counts.none,
            Self::National(id) => match id.kind() {
                IdKind::D => &mut counts.d_number,
                IdKind::DH | IdKind::H => &mut counts.h_number,
                IdKind::Fh => &mut counts.fh_number,
                IdKind::Fnr => &mut counts.fnr,
            },
        };
        *count += 1;
    }
}

/// Types 1 and 2: the check digits must hold. A number that holds but is of another type is a
/// person all the same, but for month + 40: under these types it may as well be one of NAV's test
/// persons, who must never be reported.
fn national(fid: &str, policy: IdPolicy, kinds: &[IdKind]) -> Judged {
    match NationalId::parse(fid, &policy) {
        Ok(id) if matches!(id.kind(), IdKind::H | IdKind::DH) => struck(&hints::MONTH_FORTY),
        Ok(id) => {
            let breach =
                (!kinds.contains(&id.kind())).then_some(Breach::Defect(&hints::OTHER_ID_TYPE));
            Judged { identity: Some(Identity::National(id)), breach }
        }
        Err(error) => Judged { identity: None, breach: Some(of_national(error)) },
    }
}

fn of_national(error: NationalIdError) -> Breach {
    match error {
        NationalIdError::CheckDigit => Breach::Record(&hints::CHECK_DIGIT),
        NationalIdError::Date => Breach::Record(&hints::ID_DATE),
        NationalIdError::LeadingZeroLost => Breach::Record(&hints::LEADING_ZERO),
        NationalIdError::Length | NationalIdError::NotDigits => Breach::Record(&hints::ID_LENGTH),
        NationalIdError::Placeholder => Breach::Record(&hints::PLACEHOLDER),
        NationalIdError::RealInTest => Breach::Message(&hints::REAL_PERSON),
        NationalIdError::SyntheticInProduction => Breach::Message(&hints::TEST_PERSON),
    }
}

fn duf(fid: &str) -> Judged {
    match Duf::parse(fid) {
        Ok(duf) => Judged { identity: Some(Identity::Duf(duf)), breach: None },
        Err(DufError::CheckDigit) => struck(&hints::DUF_CHECK_DIGIT),
        Err(DufError::Length | DufError::NotDigits) => struck(&hints::DUF_LENGTH),
    }
}

/// All types but 1, 2, 9 and 10 are taken in any form. A national identity number that came under
/// one of them is the same person in every file, and a test person like any other.
fn unchecked(fid: &str, policy: IdPolicy, kinds: &[IdKind]) -> Judged {
    let id = match NationalId::parse(fid, &policy).or_else(|error| joined(fid, policy, error)) {
        Ok(id) => id,
        Err(error) => {
            return match of_national(error) {
                message @ Breach::Message(_) => Judged { identity: None, breach: Some(message) },
                _ => local(fid),
            };
        }
    };
    let is_help = id.synthetic() == Some(Synthetic::Nav40) && kinds.contains(&IdKind::H);
    let as_said = is_help || kinds.contains(&id.kind());
    let hint = if as_said { &hints::NOT_A_NATIONAL_ID } else { &hints::OTHER_ID_TYPE };
    let identity = if is_help { Identity::Help(id) } else { Identity::National(id) };
    Judged { identity: Some(identity), breach: Some(Breach::Defect(hint)) }
}

/// A national identity number that somebody wrote with blanks, hyphens or signs that nobody sees.
fn joined(
    fid: &str,
    policy: IdPolicy,
    error: NationalIdError,
) -> Result<NationalId, NationalIdError> {
    if !matches!(error, NationalIdError::Length | NationalIdError::NotDigits)
        || fid.chars().any(char::is_alphabetic)
    {
        return Err(error);
    }
    let digits: Zeroizing<String> =
        Zeroizing::new(fid.chars().filter(char::is_ascii_digit).collect());
    NationalId::parse(&digits, &policy)
}

fn local(fid: &str) -> Judged {
    if fid.chars().count() > MOST_LOCAL {
        return struck(&hints::ID_TOO_LONG);
    }
    let breach = Some(Breach::Defect(&hints::NOT_A_NATIONAL_ID));
    Judged { identity: Some(Identity::Local), breach }
}

/// Type 9 carries ddmmyy.
fn birth_date(fid: &str) -> Judged {
    let is_day = |century: &str| {
        let (Some(day), Some(month), Some(year)) = (fid.get(..2), fid.get(2..4), fid.get(4..6))
        else {
            return false;
        };
        time::date(&format!("{century}{year}-{month}-{day}")).is_some()
    };
    if fid.len() == 6 && (is_day("19") || is_day("20")) {
        let breach = Some(Breach::Defect(&hints::NOT_A_NATIONAL_ID));
        return Judged { identity: Some(Identity::Nobody), breach };
    }
    struck(&hints::ID_DDMMYY)
}

fn struck(hint: &'static Hint) -> Judged {
    Judged { identity: None, breach: Some(Breach::Record(hint)) }
}

/// Characters of an identifier that nobody can check, as of any text.
const MOST_LOCAL: usize = 100;

#[cfg(test)]
mod tests {
    use super::{Breach, Identity, judge};
    use crate::{
        kinds::kpr::{hints, state::Identifiers},
        types::national_id::{IdPolicy, Profile},
    };

    /// Month + 40, as one institution's help number or one of NAV's test persons: no file may hold
    /// such a number in one piece.
    fn help_number() -> String {
        ["014170", "12083"].concat()
    }

    // All other numbers are synthetic: the month is raised by 80.
    #[test]
    fn each_type_has_its_check() {
        let policy = IdPolicy { profile: Profile::Test, new_rule: false };
        let help = help_number();
        let defect = |hint| Some(Breach::Defect(hint));
        let record = |hint| Some(Breach::Record(hint));
        let cases = [
            ("1", "03851598730", None, "fnr"),
            ("1", "03851598731", record(&hints::CHECK_DIGIT), ""),
            ("1", "3851598730", record(&hints::LEADING_ZERO), ""),
            ("1", "03851555555", record(&hints::PLACEHOLDER), ""),
            ("1", "0385159873", record(&hints::ID_LENGTH), ""),
            ("1", "41819077302", defect(&hints::OTHER_ID_TYPE), "d"),
            ("2", "41819077302", None, "d"),
            ("2", "03851598730", defect(&hints::OTHER_ID_TYPE), "fnr"),
            ("10", "201800000110", None, "duf"),
            ("10", "201800000111", record(&hints::DUF_CHECK_DIGIT), ""),
            ("10", "20180000011", record(&hints::DUF_LENGTH), ""),
            ("9", "010190", defect(&hints::NOT_A_NATIONAL_ID), "none"),
            ("9", "320190", record(&hints::ID_DDMMYY), ""),
            ("9", "29020æ", record(&hints::ID_DDMMYY), ""),
            ("9", "03851598730", record(&hints::ID_DDMMYY), ""),
            ("4", "AB123456", defect(&hints::NOT_A_NATIONAL_ID), "other"),
            ("3", "anything", defect(&hints::NOT_A_NATIONAL_ID), "other"),
            ("3", &help, defect(&hints::NOT_A_NATIONAL_ID), "h"),
            ("3", "03851598730", defect(&hints::OTHER_ID_TYPE), "fnr"),
            ("12", "03851598730", defect(&hints::OTHER_ID_TYPE), "fnr"),
            ("4", "03851598730", defect(&hints::OTHER_ID_TYPE), "fnr"),
            ("4", "038515 98730", defect(&hints::OTHER_ID_TYPE), "fnr"),
            ("3", "038515-98730 ", defect(&hints::OTHER_ID_TYPE), "fnr"),
            ("5", "0385\u{200b}1598730", defect(&hints::OTHER_ID_TYPE), "fnr"),
            ("4", "N 03851598731", defect(&hints::NOT_A_NATIONAL_ID), "other"),
            ("4", "038515 98731", defect(&hints::NOT_A_NATIONAL_ID), "other"),
            ("8", &"æ".repeat(100), defect(&hints::NOT_A_NATIONAL_ID), "other"),
            ("8", &"æ".repeat(101), record(&hints::ID_TOO_LONG), ""),
        ];
        for (id_type, fid, breach, counted) in cases {
            let judged = judge(id_type, fid, &policy);
            assert_eq!(judged.breach, breach, "{id_type} {fid}");
            let mut counts = Identifiers::default();
            judged.identity.iter().for_each(|identity| identity.count(&mut counts));
            let got = [
                (counts.fnr, "fnr"),
                (counts.h_number, "h"),
                (counts.d_number, "d"),
                (counts.duf, "duf"),
                (counts.none, "none"),
                (counts.other, "other"),
            ];
            let got = got.iter().find(|(count, _)| *count == 1).map_or("", |(_, name)| name);
            assert_eq!(got, counted, "{id_type} {fid}");
        }
    }

    #[test]
    fn test_persons_strike_the_message_in_production() {
        let policy = IdPolicy { profile: Profile::Production, new_rule: true };
        for id_type in ["1", "2", "3", "4", "5", "6", "7", "8", "12"] {
            let judged = judge(id_type, "03851598730", &policy);
            assert_eq!(judged.breach, Some(Breach::Message(&hints::TEST_PERSON)), "{id_type}");
            assert!(judged.identity.is_none_or(|i| !matches!(i, Identity::National(_))));
        }
        for fid in ["038515 98730", " 03851598730", "0 3 8 5 1 5 9 8 7 3 0"] {
            assert_eq!(judge("4", fid, &policy).breach, Some(Breach::Message(&hints::TEST_PERSON)));
        }
        // Month + 40 may be a help number or a test person of NAV's: the type decides.
        for (id_type, want) in [
            ("1", Breach::Record(&hints::MONTH_FORTY)),
            ("2", Breach::Record(&hints::MONTH_FORTY)),
            ("3", Breach::Defect(&hints::NOT_A_NATIONAL_ID)),
        ] {
            assert_eq!(judge(id_type, &help_number(), &policy).breach, Some(want), "{id_type}");
        }
    }
}
