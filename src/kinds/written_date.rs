//! A date as people write it in a form or a sheet.

use jiff::civil::Date;

/// A date as ISO 8601 writes it, or as Norwegians do: 2026-11-21 or 21.11.2026.
pub fn written_date(text: &str) -> Option<Date> {
    let (year, month, day, longest) = if let Some((year, rest)) = text.split_once('-') {
        let (month, day) = rest.split_once('-')?;
        (year, month, day, 2..=2)
    } else {
        let (day, rest) = text.split_once('.')?;
        let (month, year) = rest.split_once('.')?;
        (year, month, day, 1..=2)
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_date = year.len() == 4
        && longest.contains(&month.len())
        && longest.contains(&day.len())
        && [year, month, day].into_iter().all(digits);
    if !is_date {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::written_date;

    #[test]
    fn dates_in_both_ways() {
        let day = civil::date(2026, 2, 3);
        for (text, want) in [
            ("2026-02-03", Some(day)),
            ("03.02.2026", Some(day)),
            ("3.2.2026", Some(day)),
            ("2026-02-30", None),
            ("2026-2-3", None),
            ("26-02-03", None),
            ("2026-02-03T10:00", None),
            ("+026-02-03", None),
            ("", None),
        ] {
            assert_eq!(written_date(text), want, "{text}");
        }
    }
}
