//! In which language somebody reads.

use crate::types::rule::Language;

/// A language by its tag, such as `nb`, `no` or `en-GB`; `None` for others.
pub(in crate::listener) fn of_tag(tag: &str) -> Option<Language> {
    let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    match primary.as_str() {
        "en" => Some(Language::En),
        // Whoever reads Nynorsk reads Bokmål rather than English.
        "nb" | "nn" | "no" => Some(Language::Nb),
        _ => None,
    }
}

/// What `Accept-Language` asks for most, of the languages that there are.
pub(in crate::listener) fn accepted(header: &str) -> Option<Language> {
    let mut best: Option<(u16, Language)> = None;
    for range in header.split(',').take(MOST_RANGES) {
        let mut parts = range.split(';').map(str::trim);
        let Some(language) = parts.next().and_then(of_tag) else { continue };
        let weight = parts.next().map_or(Some(1000), weight).unwrap_or(0);
        // Of two that are wanted as much, the first.
        if weight > best.map_or(0, |(weight, _)| weight) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// `q=0.8` in thousandths.
fn weight(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    let value = value.trim();
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = fraction.len() <= 3 && fraction.bytes().all(|b| b.is_ascii_digit());
    if !name.trim().eq_ignore_ascii_case("q") || !digits {
        return None;
    }
    let thousandths: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

const MOST_RANGES: usize = 20;

#[cfg(test)]
mod tests {
    use super::accepted;
    use crate::types::rule::Language::{En, Nb};

    #[test]
    fn what_browsers_ask_for() {
        for (header, want) in [
            ("", None),
            ("*", None),
            ("de,fr;q=0.8", None),
            ("nb", Some(Nb)),
            ("nb-NO,nb;q=0.9,en;q=0.8", Some(Nb)),
            ("en-GB,en;q=0.9,no;q=0.8", Some(En)),
            ("en;q=0.3, no;q=0.7", Some(Nb)),
            ("nn-NO,nn", Some(Nb)),
            ("de, en;q=0.5, nb;q=0.4", Some(En)),
            ("en;q=0", None),
            ("en;q=0,nb;q=0.001", Some(Nb)),
            ("en;q=1.5,nb;q=0.1", Some(Nb)),
            ("EN-us", Some(En)),
            ("en ; q = 0.2 , nb ;q=0.3", Some(Nb)),
            ("nb,en", Some(Nb)),
            ("nbx", None),
        ] {
            assert_eq!(accepted(header), want, "{header}");
        }
    }
}
