//! Code lists of the municipal messages, by code alone, without the words. Codes are text: `01` is
//! not `1`.
//!
//! Source: `XPR(ipl)_CodingSchemes.xsd` of message specification iplos-56.0.0, published by
//! Helsedirektoratet in the repository `hdir/DHHR.API` at commit `eaac238`: lists 9151, 8471, 9032
//! and
//! 3101. The score is of IPLOS itself.

use crate::kinds::kpr::schema::time::Day;

/// What a code list says of a code on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In use.
    Current,
    /// In the list, but out of use on that day.
    Expired,
    /// Not in the list.
    Unknown,
}

/// 9151 IPLOS service type. The list marks codes as expired without saying since when, so a code
/// that is marked counts as expired on every day that the message version covers.
pub fn service_type(code: &str, on: Day) -> Standing {
    match number(code) {
        Some(code) if holds(SERVICE_TYPES, code) => Standing::Current,
        Some(code) if holds(EXPIRED_SERVICE_TYPES, code) && on >= EXPIRED_FROM => Standing::Expired,
        Some(code) if holds(EXPIRED_SERVICE_TYPES, code) => Standing::Current,
        _ => Standing::Unknown,
    }
}

/// Whether a text is in 9151 at all.
pub fn is_service_type(code: &str) -> bool {
    number(code).is_some_and(|code| holds(SERVICE_TYPES | EXPIRED_SERVICE_TYPES, code))
}

/// 8471 type of contact person.
pub fn is_contact_type(code: &str) -> bool {
    number(code).is_some_and(|code| (1..=19).contains(&code))
}

/// 9032 type of personal identification. There is no 11.
pub fn is_id_type(code: &str) -> bool {
    number(code).is_some_and(|code| matches!(code, 1..=10 | 12))
}

/// 3101 sex.
pub fn is_sex(code: &str) -> bool {
    matches!(code, "0" | "1" | "2" | "9")
}

/// IPLOS score of a functional variable: 1 to 5, or 9 for not assessed.
pub fn is_score(code: &str) -> bool {
    matches!(code, "1" | "2" | "3" | "4" | "5" | "9")
}

/// A code of one or two digits without a leading zero, as every list here writes them.
pub fn number(code: &str) -> Option<u16> {
    let value = |digit: u8| u16::from(digit - b'0');
    match *code.as_bytes() {
        [ones @ b'1'..=b'9'] => Some(value(ones)),
        [tens @ b'1'..=b'9', ones @ b'0'..=b'9'] => Some(value(tens) * 10 + value(ones)),
        _ => None,
    }
}

fn holds(list: u32, code: u16) -> bool {
    code < 32 && list & 1 << code != 0
}

/// A bit for each code, all below 32.
const fn list(mut codes: &[u8]) -> u32 {
    let mut list = 0;
    while let [code, rest @ ..] = codes {
        list |= 1 << *code;
        codes = rest;
    }
    list
}

/// The code for a pseudonym in place of an identifier: ours, and in no list, so that no reader
/// takes a pseudonym for a number.
pub const TYPE_OF_PSEUDONYM: &str = "99";

/// What stands in the place of a demanded value that was taken out, as the registers write it.
pub const NULLED: &str = "-1";

const SERVICE_TYPES: u32 = list(&[1, 2, 3, 4, 5, 7, 8, 9, 11, 15, 17, 18, 19, 20, 21, 22, 25, 29]);

/// Marked `Utgått`: 23, 14 and 24 are decisions on coercion, the others moved to list 9346.
const EXPIRED_SERVICE_TYPES: u32 = list(&[6, 14, 23, 24, 26, 27, 28]);

/// Message version 56 is the first whose list marks them; annual submissions for years before it
/// were made under lists that had them in use.
pub const EXPIRED_FROM: Day = Day::new(2020, 1, 1);

#[cfg(test)]
mod tests {
    use super::{Standing, is_contact_type, is_id_type, is_score, is_sex, service_type};
    use crate::kinds::kpr::schema::time::Day;

    #[test]
    fn service_types() {
        let day = Day::new(2024, 3, 1);
        for (code, want) in [
            ("18", Standing::Current),
            ("1", Standing::Current),
            ("29", Standing::Current),
            ("6", Standing::Expired),
            ("23", Standing::Expired),
            ("10", Standing::Unknown),
            ("16", Standing::Unknown),
            ("30", Standing::Unknown),
            ("999", Standing::Unknown),
            ("018", Standing::Unknown),
            ("+1", Standing::Unknown),
            ("", Standing::Unknown),
        ] {
            assert_eq!(service_type(code, day), want, "{code}");
        }
        assert_eq!(service_type("6", Day::new(2016, 5, 5)), Standing::Current);
    }

    #[test]
    fn the_other_lists() {
        let holds =
            |is: fn(&str) -> bool| (0..30).filter(|n| is(&n.to_string())).collect::<Vec<u32>>();
        assert_eq!(holds(is_contact_type), (1..=19).collect::<Vec<_>>());
        assert_eq!(holds(is_id_type), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12]);
        assert_eq!(holds(is_sex), [0, 1, 2, 9]);
        assert_eq!(holds(is_score), [1, 2, 3, 4, 5, 9]);
        for list in [is_contact_type, is_id_type, is_sex, is_score] {
            assert!(!list("") && !list("01") && !list("1 ") && !list("-1"));
        }
    }
}
