//! How the values of a column must look, so that they may leave.

use crate::types::rule::Text;

/// How a value must look that leaves. Each is so narrow that no name and no identity number fits,
/// but for [`Form::Text`], which only a configuration can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// One to three capital letters or digits.
    Code,
    /// Up to five digits.
    Count,
    /// A day: `YYYY-MM-DD` or `YYYYMMDD`.
    Date,
    /// One to six digits.
    District,
    /// A digit, and up to five digits or capital letters.
    Drg,
    /// A capital letter, a digit, and one to four of either: ICD-10 without its dot.
    Icd,
    /// One to nine digits: an organisation number or a RESH number.
    Institution,
    /// Four digits: a municipality of the operating year, or 9000, 9900 or 9999.
    Municipality,
    /// Up to five digits, and up to six decimals behind a comma or full stop.
    Number,
    /// Five to seven capital letters and digits, a digit among them: NCMP and NCSP.
    Procedure,
    /// 0, 1, 2 or 9.
    Sex,
    /// Up to 200 characters.
    Text,
    /// Up to 64 characters that never leave.
    Unseen,
    /// Four digits.
    Year,
}

impl Form {
    /// Those that a configuration may give to a column of its own.
    pub const OF_NEW: [(&'static str, Self); 6] = [
        ("code", Self::Code),
        ("count", Self::Count),
        ("date", Self::Date),
        ("number", Self::Number),
        ("text", Self::Text),
        ("year", Self::Year),
    ];

    /// The form of this name, as a configuration gives it.
    pub fn of_new(name: &str) -> Option<Self> {
        Self::OF_NEW.iter().find(|(known, _)| *known == name).map(|(_, form)| *form)
    }

    /// What to write, for people.
    pub const fn says(self) -> Text {
        match self {
            Self::Code => Text {
                nb: "1–3 store bokstaver eller sifre",
                en: "1 to 3 capital letters or digits",
            },
            Self::Count => Text { nb: "1–5 sifre", en: "1 to 5 digits" },
            Self::Date => {
                Text { nb: "ÅÅÅÅ-MM-DD eller ÅÅÅÅMMDD", en: "YYYY-MM-DD or YYYYMMDD" }
            }
            Self::District => Text { nb: "1–6 sifre", en: "1 to 6 digits" },
            Self::Drg => Text { nb: "DRG-kode, som 107A", en: "DRG code, such as 107A" },
            Self::Icd => Text {
                nb: "ICD-10 uten punktum, som E702",
                en: "ICD-10 without the dot, such as E702",
            },
            Self::Institution => Text { nb: "1–9 sifre", en: "1 to 9 digits" },
            Self::Municipality => Text {
                nb: "fire sifre, eller 9000, 9900, 9999",
                en: "four digits, or 9000, 9900, 9999",
            },
            Self::Number => {
                Text { nb: "tall med inntil 6 desimaler", en: "number with up to 6 decimals" }
            }
            Self::Procedure => {
                Text { nb: "prosedyrekode, som WBGC00", en: "procedure code, such as WBGC00" }
            }
            Self::Sex => Text { nb: "0, 1, 2 eller 9", en: "0, 1, 2 or 9" },
            Self::Text => Text { nb: "inntil 200 tegn", en: "up to 200 characters" },
            Self::Unseen => Text { nb: "inntil 64 tegn", en: "up to 64 characters" },
            Self::Year => Text { nb: "fire sifre", en: "four digits" },
        }
    }
}
