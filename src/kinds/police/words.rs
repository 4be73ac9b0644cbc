//! The closed lists of requests and replies: purposes, registers, yes and no. Each word has the
//! spelling that is written on, and others that are understood.

use crate::{
    kinds::police::state::{Informed, Shared},
    types::rule::Text,
};

/// Whether the police are asked or told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// They are asked, and answer.
    Inquiry,
    /// They are told, on health personnel's own initiative (POL-13).
    Notice,
}

impl Type {
    /// The word that is written on.
    pub fn as_str(self) -> &'static str {
        TYPES.iter().find(|(sort, _)| *sort == self).map_or("", |(_, names)| names[0])
    }
}

/// What the information is for.
#[derive(Debug, PartialEq, Eq)]
pub struct Purpose {
    /// The code.
    pub code: &'static str,
    /// Other spellings that are understood.
    pub also: &'static [&'static str],
    /// What it stands for.
    pub title: Text,
}

impl Purpose {
    /// Reads a code.
    pub fn parse(text: &str) -> Option<&'static Self> {
        let wanted = plain(text);
        PURPOSES.iter().find(|purpose| {
            plain(purpose.code) == wanted || purpose.also.iter().any(|word| plain(word) == wanted)
        })
    }

    /// What serves the investigation of criminal offences (POL-04).
    pub fn is_investigation(&self) -> bool {
        self.code == INVESTIGATION
    }

    /// What is done as a routine, without a concrete assessment (POL-02).
    pub fn is_routine(&self) -> bool {
        self.code == ROUTINE
    }
}

/// A word without hyphens, underscores, spaces and capitals: `national_id`, `national-id` and
/// `nationalId` are one.
pub fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '_' | '-') && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Reads a word of a closed list.
pub fn word<T: Copy>(text: &str, words: &[(T, &[&str])]) -> Option<T> {
    let wanted = plain(text);
    let known = words.iter().find(|(_, names)| names.iter().any(|name| plain(name) == wanted));
    known.map(|(value, _)| *value)
}

/// The words for [`Type`].
pub const TYPES: &[(Type, &[&str])] = &[
    (Type::Inquiry, &["inquiry", "enquiry", "request", "forespørsel", "anmodning"]),
    (Type::Notice, &["notice", "varsel"]),
];

/// The words for [`Informed`].
pub const INFORMED: &[(Informed, &[&str])] = &[
    (Informed::Yes, &["yes", "ja", "true", "1"]),
    (Informed::Later, &["later", "senere"]),
    (Informed::No, &["no", "nei", "false", "0"]),
];

/// The words for yes and no.
pub const YES_NO: &[(bool, &[&str])] =
    &[(true, &["true", "1", "ja", "yes"]), (false, &["false", "0", "nei", "no"])];

/// The words for [`Shared`].
pub const SHARED: &[(Shared, &[&str])] = &[
    (Shared::Full, &["full", "helt", "alt"]),
    (Shared::Partial, &["partial", "delvis"]),
    (Shared::Refused, &["refused", "avslått", "avslag"]),
];

/// What the guideline names as reasons to ask or to tell, and the two that it rules out.
pub static PURPOSES: &[Purpose] = &[
    Purpose {
        code: "risikovurdering",
        also: &["risk-assessment"],
        title: Text {
            nb: "risikovurdering: risiko for egen eller andres sikkerhet",
            en: "risk assessment: risk to one's own or others' safety",
        },
    },
    Purpose {
        code: "farevilkaar",
        also: &["farevilkår", "danger-criterion"],
        title: Text {
            nb: "vurdering av farevilkåret i psykisk helsevernloven § 3-3",
            en: "assessment of the danger criterion of psykisk helsevernloven § 3-3",
        },
    },
    Purpose {
        code: "risikoreduserende-tiltak",
        also: &["risk-reduction"],
        title: Text {
            nb: "nødvendige risikoreduserende tiltak",
            en: "necessary measures to reduce risk",
        },
    },
    Purpose {
        code: "vaapen",
        also: &["våpen", "weapons"],
        title: Text { nb: "våpen", en: "weapons" },
    },
    Purpose {
        code: "rusmidler",
        also: &["drugs"],
        title: Text { nb: "ulovlige rusmidler", en: "illegal drugs" },
    },
    Purpose {
        code: "varslingsplikt",
        also: &["duty-to-notify"],
        title: Text {
            nb: "vurdering av eventuell varslingsplikt",
            en: "assessment of a possible duty to notify",
        },
    },
    Purpose {
        code: "avverge-skade",
        also: &["avert-harm"],
        title: Text {
            nb: "avverge alvorlig skade på person eller eiendom",
            en: "avert serious harm to persons or property",
        },
    },
    Purpose {
        code: "bistand",
        also: &["assistance"],
        title: Text {
            nb: "bistand når det er behov for å bruke makt utenfor institusjon",
            en: "assistance where force is needed outside an institution",
        },
    },
    Purpose {
        code: "tvungent-vern",
        also: &["compulsory-care"],
        title: Text {
            nb: "begjæring om tvungent psykisk helsevern",
            en: "a request for compulsory mental health care",
        },
    },
    Purpose {
        code: ROUTINE,
        also: &["rutinemessig", "routine"],
        title: Text {
            nb: "rutinemessig innhenting (aldri under § 23 nr. 4)",
            en: "routine (never under § 23 no. 4)",
        },
    },
    Purpose {
        code: INVESTIGATION,
        also: &["investigation"],
        title: Text {
            nb: "politiets etterforskning (aldri under §§ 23 nr. 4 og 31)",
            en: "the police's investigation (never under §§ 23 no. 4 and 31)",
        },
    },
];

/// What a code is recorded as that is none of [`PURPOSES`]: the sender's word may be anything.
pub static OTHER_PURPOSE: Purpose =
    Purpose {
        code: "annet", also: &[], title: Text { nb: "annet formål", en: "another purpose" }
    };

/// Police registers that have a name; any other is written in words.
pub static REGISTERS: &[&str] = &[
    "reaksjonsregisteret",
    "politiopplysningsregisteret",
    "politioperativt register",
    "straffesaksregisteret",
    "våpenregisteret",
    "utlendingsregisteret",
];

const INVESTIGATION: &str = "etterforskning";
const ROUTINE: &str = "rutine";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{INFORMED, PURPOSES, Purpose, SHARED, TYPES, Type, YES_NO, plain, word};
    use crate::kinds::police::hints;

    #[test]
    fn words_are_understood_however_they_are_spelled() {
        assert_eq!(plain("National_ID"), plain("nationalId"));
        assert_eq!(word(" Varsel", TYPES), Some(Type::Notice));
        assert_eq!(word("JA", YES_NO), Some(true));
        assert_eq!(word("kanskje", YES_NO), None);
        for ((_, names), want) in INFORMED.iter().zip(["yes", "later", "no"]) {
            assert_eq!(names[0], want);
        }
        for (shared, names) in SHARED {
            assert_eq!(shared.as_str(), names[0]);
        }
        assert_eq!(Type::Notice.as_str(), "notice");
    }

    #[test]
    fn purposes_are_one_each_and_the_hint_lists_them() {
        let mut seen = BTreeSet::new();
        for purpose in PURPOSES {
            for name in purpose.also.iter().chain([&purpose.code]) {
                assert!(seen.insert(plain(name)), "{name}");
                assert_eq!(Purpose::parse(name), Some(purpose));
            }
            let code = purpose.code;
            assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{code}");
            for words in [hints::PURPOSE_CODE.text.nb, hints::PURPOSE_CODE.text.en] {
                assert!(words.contains(code), "the hint does not list {code}");
            }
        }
        assert!(PURPOSES.iter().any(Purpose::is_investigation));
        assert!(PURPOSES.iter().any(Purpose::is_routine));
        assert_eq!(Purpose::parse("annet"), None);
    }
}
