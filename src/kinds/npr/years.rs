//! Which years the rows of a release are about, as far as they say it: by the day of discharge, and
//! where there is none by that of admission. Held against the year that the release says it is
//! about, because its time limit counts from that (NPR-05, NPR-06).
//!
//! Asked for every row, of which there are tens of millions: nothing but four digits are read.

use crate::kinds::npr::forms::four_digits;

/// The years of the rows that leave.
#[derive(Debug, Clone, Copy, Default)]
pub struct Years {
    newest: Option<i16>,
    discharged: bool,
    /// Rows that were discharged in another year than the release is about.
    pub outside: u64,
}

impl Years {
    /// A row's days as they are written, of a release about `operating_year`.
    #[inline]
    pub fn add(&mut self, operating_year: i16, admitted: &str, discharged: &str) {
        let discharged = year_of(discharged);
        self.outside += u64::from(discharged.is_some_and(|year| year != operating_year));
        self.discharged |= discharged.is_some();
        self.newest = self.newest.max(discharged.or_else(|| year_of(admitted)));
    }

    /// The newest year that a row is about. `None` where nobody was discharged: whoever is still
    /// there may have come in any year.
    pub fn newest(&self) -> Option<i16> {
        self.newest.filter(|_| self.discharged)
    }
}

/// The year of a day, `2025-03-01` or `20250301`.
#[inline]
fn year_of(day: &str) -> Option<i16> {
    four_digits(day.as_bytes().get(..4)?)
}

#[cfg(test)]
mod tests {
    use super::Years;

    #[test]
    fn rows_tell_their_years() {
        let mut years = Years::default();
        years.add(2025, "", "");
        years.add(2025, "2018-12-30", "");
        assert_eq!((years.newest(), years.outside), (None, 0));
        years.add(2025, "2019-12-30", "20191231");
        assert_eq!((years.newest(), years.outside), (Some(2019), 1));
        years.add(2025, "2025-12-30", "2026-01-02");
        assert_eq!((years.newest(), years.outside), (Some(2026), 2));
        // Not discharged yet: outside of no year.
        years.add(2025, "2027-12-30", "");
        years.add(2025, "x", "25");
        assert_eq!((years.newest(), years.outside), (Some(2027), 2));
    }
}
