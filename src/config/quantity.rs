//! Times, periods, sizes and shares as an operator writes them: `30s`, `P30D`, `2 GiB`, `5%`.

use std::{fmt, time::Duration};

use crate::types::period::Period;

/// A share of a whole, exact to a hundredth of a per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share {
    basis_points: u16,
}

impl Share {
    /// Whole per cent, at most 100.
    pub const fn percent(percent: u8) -> Self {
        let percent = if percent > 100 { 100 } else { percent };
        Self { basis_points: percent as u16 * 100 }
    }

    /// Reads `5%` or `2.5 %`.
    pub fn parse(text: &str) -> Result<Self, BadQuantity> {
        let bad = BadQuantity("write a share from 0% to 100%, such as \"5%\"");
        let number = text.strip_suffix('%').ok_or(bad)?.trim_end();
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        if !all_digits(whole) || !all_digits(part) || part.len() > 2 {
            return Err(bad);
        }
        let whole: u16 = whole.parse().map_err(|_| bad)?;
        let part: u16 = format!("{part:0<2}").parse().map_err(|_| bad)?;
        let basis_points =
            whole.checked_mul(100).and_then(|points| points.checked_add(part)).ok_or(bad)?;
        if basis_points > 10_000 { Err(bad) } else { Ok(Self { basis_points }) }
    }

    /// Hundredths of a per cent: 500 for 5 %.
    pub const fn basis_points(self) -> u16 {
        self.basis_points
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.basis_points / 100, self.basis_points % 100);
        match part {
            0 => write!(f, "{whole}%"),
            _ => write!(f, "{whole}.{part:02}%"),
        }
    }
}

/// Reads a technical time such as `100ms`, `1s`, `90m`, `24h`.
pub fn parse_duration(text: &str) -> Result<Duration, BadQuantity> {
    let bad = BadQuantity("write a number with ms, s, m, h or d, such as \"30s\"");
    let (number, unit) = number_and_unit(text).ok_or(bad)?;
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(bad),
    };
    number.checked_mul(millis).map(Duration::from_millis).ok_or(bad)
}

/// Writes what [`parse_duration`] reads, in the largest unit that is exact.
pub fn show_duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    let units = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
    units
        .into_iter()
        .find(|(_, size)| millis.is_multiple_of(*size))
        .map_or_else(|| format!("{millis}ms"), |(unit, size)| format!("{}{unit}", millis / size))
}

/// Reads a calendar period in ISO 8601: years, months, weeks and days, such as `P30D` or `P5Y`.
pub fn parse_period(text: &str) -> Result<Period, BadQuantity> {
    let bad = BadQuantity("write an ISO 8601 period of years, months, weeks or days, as \"P30D\"");
    let period: Period = text.parse().map_err(|_| bad)?;
    // Hundreds of years would overflow the calendar and mean "never", which no rule allows.
    let (months, days) = period.parts();
    if months <= 1200 && days <= 36_500 { Ok(period) } else { Err(bad) }
}

/// Reads a size in bytes: `2 GiB`, `500 MB`, `4096`.
pub fn parse_size(text: &str) -> Result<u64, BadQuantity> {
    let bad =
        BadQuantity("write a number with B, KiB, MiB, GiB, TiB, kB, MB, GB or TB, as \"2 GiB\"");
    let (number, unit) = number_and_unit(text).ok_or(bad)?;
    let size: u64 = match unit {
        "" | "B" => 1,
        "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        _ => return Err(bad),
    };
    number.checked_mul(size).ok_or(bad)
}

/// Writes what [`parse_size`] reads, in the largest binary unit that is exact.
pub fn show_size(bytes: u64) -> String {
    let units = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    units
        .into_iter()
        .find(|(_, size)| bytes > 0 && bytes.is_multiple_of(*size))
        .map_or_else(|| format!("{bytes} B"), |(unit, size)| format!("{} {unit}", bytes / size))
}

/// A text that is no such quantity; says what to write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadQuantity(&'static str);

fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number = text[..end].parse().ok()?;
    let unit = &text[end..];
    Some((number, unit.strip_prefix(' ').unwrap_or(unit)))
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Share, parse_duration, parse_period, parse_size, show_duration, show_size};

    #[test]
    fn durations() {
        for (text, want) in [
            ("100ms", Some(100)),
            ("1s", Some(1_000)),
            ("90m", Some(5_400_000)),
            ("24h", Some(86_400_000)),
            ("1 h", Some(3_600_000)),
            ("1", None),
            ("-1s", None),
            ("1.5s", None),
            ("", None),
            ("s", None),
            ("99999999999999999999s", None),
            ("9999999999999999999h", None),
        ] {
            assert_eq!(parse_duration(text).ok(), want.map(Duration::from_millis), "{text}");
        }
        assert_eq!(show_duration(Duration::from_mins(90)), "90m");
        assert_eq!(show_duration(Duration::from_millis(100)), "100ms");
    }

    #[test]
    fn periods() {
        for (text, want) in [
            ("P30D", Some("P30D")),
            ("P5Y", Some("P5Y")),
            ("P1Y6M", Some("P1Y6M")),
            ("P2W", Some("P14D")),
            ("30 days", None),
            ("PT1H", None),
            ("-P1D", None),
            ("P", None),
            ("P1.5D", None),
            ("P101Y", None),
            ("", None),
            ("Pø", None),
        ] {
            assert_eq!(parse_period(text).ok().map(|p| p.to_string()).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn sizes_and_shares() {
        for (text, want) in [
            ("2 GiB", Some(2 << 30)),
            ("500MB", Some(500_000_000)),
            ("4096", Some(4096)),
            ("2 gib", None),
            ("99999999999 TiB", None),
        ] {
            assert_eq!(parse_size(text).ok(), want, "{text}");
        }
        assert_eq!(show_size(2 << 30), "2 GiB");
        assert_eq!(show_size(1_000), "1000 B");
        for (text, want) in [
            ("5%", Some(500)),
            ("2.5 %", Some(250)),
            ("0.05%", Some(5)),
            ("100%", Some(10_000)),
            ("101%", None),
            ("5", None),
            ("-5%", None),
            ("5.555%", None),
        ] {
            assert_eq!(Share::parse(text).ok().map(Share::basis_points), want, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_shown_reads_back(millis in 0u64..1 << 50, bytes: u64, points in 0u16..=10_000) {
            let duration = Duration::from_millis(millis);
            proptest::prop_assert_eq!(parse_duration(&show_duration(duration)), Ok(duration));
            proptest::prop_assert_eq!(parse_size(&show_size(bytes)), Ok(bytes));
            let share = Share { basis_points: points };
            proptest::prop_assert_eq!(Share::parse(&share.to_string()), Ok(share));
        }

        #[test]
        fn no_text_makes_a_panic(text: String) {
            let _ = (parse_duration(&text), parse_size(&text), parse_period(&text), Share::parse(&text));
        }
    }
}
