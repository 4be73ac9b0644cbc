//! The gates that a release passes before its first row: purpose, legal basis, operating year
//! (NPR-01, NPR-02, NPR-03, NPR-06, NPR-07), as the lines above the table say them.

use jiff::civil::Date;

use crate::{
    kinds::{
        context::Context,
        npr::{forms, hints},
    },
    types::{
        finding::{Finding, Findings, Place},
        npr_release::{Purpose, form::Form},
        rule::{Hint, Rule, Severity},
        rules::npr as rules,
    },
};

/// What a release says of itself, as far as it is known to be in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What it is for.
    pub purpose: Purpose,
    /// The provision that it leaves under.
    pub basis: &'static str,
    /// The year that it is about.
    pub operating_year: i16,
    /// The institution, where the rows do not say it.
    pub institution: Option<String>,
    /// When the extract was made.
    pub created: Option<Date>,
}

/// Judges the lines above the table. Every breach is added to `findings`; `None` when one of them
/// refuses the file.
pub fn judge<'p>(
    preamble: impl Iterator<Item = (&'p str, &'p str, Place)> + Clone,
    context: &Context<'_>,
    findings: &mut Findings,
) -> Option<Head> {
    let mut lines = Lines::default();
    for (key, value, place) in preamble {
        let slot = match KEYS.iter().find(|known| known.eq_ignore_ascii_case(key)) {
            Some(&PURPOSE) => &mut lines.purpose,
            Some(&LEGAL_BASIS) => &mut lines.basis,
            Some(&OPERATING_YEAR) => &mut lines.year,
            Some(&INSTITUTION) => &mut lines.institution,
            Some(&CREATED) => &mut lines.created,
            // How many rows there are is the format's to check.
            Some(_) => continue,
            None => {
                warn(findings, &rules::NPR_04, place, &hints::KEY_UNKNOWN);
                continue;
            }
        };
        *slot = Some((value.trim(), place));
    }
    let purpose = lines.purpose(findings);
    let operating_year = lines.operating_year(context, findings);
    let basis = purpose.and_then(|purpose| lines.basis(purpose, findings));
    if let (Some(Purpose::Kmf), Some(year)) = (purpose, operating_year)
        && year < KMF_SINCE
    {
        let place = lines.year.map_or(Place::File {}, |(_, place)| place);
        findings.push(Finding::new(&rules::NPR_07, place).field(OPERATING_YEAR));
    }
    let (institution, created) = lines.particulars(findings);
    if findings.worst() == Some(Severity::RejectFile) {
        return None;
    }
    Some(Head {
        purpose: purpose?,
        basis: basis?,
        operating_year: operating_year?,
        institution,
        created,
    })
}

/// Whether data of an operating year may still be kept, in every registry that they go to (NPR-05).
pub fn may_be_kept(year: i16, context: &Context<'_>) -> bool {
    context.targets.iter().all(|target| {
        let Some(agreed) = context.npr.registries.get(target.registry) else { return false };
        let end = Date::new(year, 12, 31).ok().and_then(|end| agreed.kept_for.after(end).ok());
        end.is_some_and(|last| context.today <= last)
    })
}

/// A year as the file writes it.
pub fn year(text: &str) -> Option<i16> {
    forms::four_digits(text.trim().as_bytes()).filter(|year| *year > 0)
}

/// The lines, by key.
#[derive(Default)]
struct Lines<'p> {
    purpose: Option<(&'p str, Place)>,
    basis: Option<(&'p str, Place)>,
    year: Option<(&'p str, Place)>,
    institution: Option<(&'p str, Place)>,
    created: Option<(&'p str, Place)>,
}

impl Lines<'_> {
    /// NPR-01, NPR-02.
    fn purpose(&self, findings: &mut Findings) -> Option<Purpose> {
        let Some((text, place)) = self.purpose.filter(|(text, _)| !text.is_empty()) else {
            let finding = Finding::new(&rules::NPR_01, Place::File {}).field(PURPOSE);
            findings.push(finding.hint(&hints::PURPOSE_MISSING));
            return None;
        };
        let plain: String = text
            .chars()
            .map(|c| if c == ' ' || c == '_' { '-' } else { c })
            .flat_map(char::to_lowercase)
            .collect();
        let named = PURPOSES.iter().find(|(_, names)| names.contains(&plain.as_str()));
        match named {
            Some((Asked::Covered(purpose), _)) => Some(*purpose),
            Some((Asked::Decentralised, _)) => {
                findings.push(Finding::new(&rules::NPR_02, place).field(PURPOSE));
                None
            }
            None => {
                findings.push(Finding::new(&rules::NPR_01, place).field(PURPOSE));
                None
            }
        }
    }

    /// NPR-03.
    fn basis(&self, purpose: Purpose, findings: &mut Findings) -> Option<&'static str> {
        let (text, place) = self.basis.unwrap_or(("", Place::File {}));
        let cited = cited(text);
        if purpose == Purpose::Utredning {
            let studies = STUDIES.iter().find(|(number, _)| cited.contains(number));
            if studies.is_none() {
                findings.push(Finding::new(&rules::NPR_03, place).field(LEGAL_BASIS));
            }
            return studies.map(|(_, basis)| *basis);
        }
        if !text.is_empty() && !cited.contains(&3) {
            warn(findings, &rules::NPR_01, place, &hints::BASIS_OTHER);
        }
        Some(FINANCING)
    }

    /// NPR-06.
    fn operating_year(&self, context: &Context<'_>, findings: &mut Findings) -> Option<i16> {
        let place = self.year.map_or(Place::File {}, |(_, place)| place);
        let breach = |hint| Finding::new(&rules::NPR_06, place).field(OPERATING_YEAR).hint(hint);
        let Some(year) = self.year.and_then(|(text, _)| year(text)) else {
            findings.push(breach(&hints::YEAR_MISSING));
            return None;
        };
        if year > context.today.year() {
            findings.push(breach(&hints::YEAR_FUTURE));
            return None;
        }
        let kept = may_be_kept(year, context);
        if !kept {
            findings.push(breach(&hints::YEAR_PAST));
        }
        kept.then_some(year)
    }

    /// What may stand there and need not.
    fn particulars(&self, findings: &mut Findings) -> (Option<String>, Option<Date>) {
        let blank = forms::Forms::of_year(1);
        let institution = self.institution.filter(|(text, _)| !text.is_empty());
        let created = self.created.filter(|(text, _)| !text.is_empty());
        let good = institution.filter(|(text, _)| blank.hold(Form::Institution, text));
        let day = created.and_then(|(text, _)| {
            [10, 8].iter().find_map(|length| forms::day(text.get(..*length)?.as_bytes()))
        });
        for (given, taken) in [(institution, good.is_some()), (created, day.is_some())] {
            if let (Some((_, place)), false) = (given, taken) {
                warn(findings, &rules::NPR_04, place, &hints::KEY_VALUE);
            }
        }
        (good.map(|(text, _)| text.to_owned()), day)
    }
}

/// The paragraphs of chapter 3 that a text cites: 4 for `§ 3-4`. Among other words than those of a
/// citation it cites none: "ikke § 3-4" says that it is another.
pub fn cited(text: &str) -> Vec<u32> {
    let mut found = Vec::new();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_of_citation = |word: &str| {
        let letter = word.len() == 1;
        letter
            || word.bytes().all(|byte| byte.is_ascii_digit())
            || CITATION.contains(&word.to_lowercase().as_str())
    };
    if !words.into_iter().all(is_of_citation) {
        return found;
    }
    for (at, _) in text.match_indices('3') {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_ascii_digit() || HYPHENS.contains(&c)) {
            continue;
        }
        let Some(rest) = text[at + 1..].trim_start().strip_prefix(HYPHENS) else { continue };
        let rest = rest.trim_start();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        found.extend(rest[..digits].parse::<u32>());
    }
    found
}

fn warn(findings: &mut Findings, rule: &'static Rule, place: Place, hint: &'static Hint) {
    findings.push(Finding::new(rule, place).severity(Severity::Warning).hint(hint));
}

/// What a purpose that somebody writes means.
enum Asked {
    Covered(Purpose),
    Decentralised,
}

/// The words for each purpose, with hyphens for blanks.
const PURPOSES: &[(Asked, &[&str])] = &[
    (
        Asked::Covered(Purpose::Isf),
        &[
            "isf",
            "innsatsstyrt-finansiering",
            "aktivitetsbasert-finansiering",
            "activity-based-funding",
        ],
    ),
    (Asked::Covered(Purpose::Kmf), &["kmf", "kommunal-medfinansiering", "municipal-co-funding"]),
    (Asked::Covered(Purpose::Utredning), &["utredning", "utredninger", "study", "studies"]),
    (
        Asked::Decentralised,
        &[
            "utskrivningsklare",
            "utskrivningsklare-pasienter",
            "betaling-for-utskrivningsklare-pasienter",
            "ready-for-discharge",
        ],
    ),
];

/// The words that stand around the numbers where a provision is cited, beside single letters.
const CITATION: &[&str] = &[
    "andre",
    "annet",
    "av",
    "bokstav",
    "etter",
    "fjerde",
    "forskrift",
    "forskriften",
    "forskriftens",
    "første",
    "hjemmel",
    "jf",
    "jfr",
    "kapittel",
    "ledd",
    "npr",
    "nr",
    "og",
    "paragraf",
    "punktum",
    "section",
    "sections",
    "tredje",
    "vedtak",
];

const STUDIES: [(u32, &str); 3] = [(4, "§ 3-4"), (5, "§ 3-5"), (6, "§ 3-6")];
const FINANCING: &str = "§ 3-3";
const HYPHENS: [char; 4] = ['-', '\u{2010}', '\u{2011}', '\u{2013}'];

/// In force 1 January 2012.
const KMF_SINCE: i16 = 2012;

/// The key of the purpose.
pub const PURPOSE: &str = "purpose";
/// The key of the legal basis.
pub const LEGAL_BASIS: &str = "legal_basis";
/// The key of the operating year.
pub const OPERATING_YEAR: &str = "operating_year";
/// The key of the institution.
pub const INSTITUTION: &str = "institution";
/// The key of the day on which the extract was made.
pub const CREATED: &str = "created";
/// All keys that may stand above the table.
pub const KEYS: [&str; 6] = [PURPOSE, LEGAL_BASIS, OPERATING_YEAR, INSTITUTION, CREATED, "rows"];

#[cfg(test)]
mod tests {
    use super::cited;

    #[test]
    fn citations() {
        for (text, want) in [
            ("§ 3-4", vec![4]),
            ("§3-4", vec![4]),
            ("3-4", vec![4]),
            ("§ 3 - 4", vec![4]),
            ("§§ 3-4 og 3-5", vec![4, 5]),
            ("NPR-forskriften § 3\u{2011}6 første ledd", vec![6]),
            ("§ 3\u{2013}5", vec![5]),
            ("§ 13-4", vec![]),
            ("§ 3-45", vec![45]),
            ("§ 2-3-4", vec![]),
            ("§ 3-4 5. ledd", vec![4]),
            ("§ 3", vec![]),
            ("ikke § 3-4", vec![]),
            ("§ 3-4 gjelder ikke", vec![]),
            ("not section 3-4", vec![]),
            ("uten vedtak etter § 3-4", vec![]),
            ("vedtak etter NPR-forskriften § 3-5 annet ledd bokstav b, jf. § 3-3", vec![5, 3]),
            ("section 3-6", vec![6]),
            ("", vec![]),
        ] {
            assert_eq!(cited(text), want, "{text}");
        }
    }
}
