//! Tables for people: aligned columns, bold headings, no frames.

use std::fmt::Display;

use anstyle::Style;

use crate::cli::style::BOLD;

/// Rows under headings.
pub(super) struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

/// One cell.
pub(super) struct Cell {
    text: String,
    style: Style,
    is_number: bool,
}

impl Cell {
    /// Text in a style.
    pub(super) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style, is_number: false }
    }

    /// A number, which stands to the right.
    pub(super) fn number(number: impl Display) -> Self {
        Self { text: number.to_string(), style: Style::new(), is_number: true }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::styled(text, Style::new())
    }
}

impl Table {
    pub(super) fn new(headings: &[&'static str]) -> Self {
        Self { headings: headings.to_vec(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.headings.len(), "one cell for each heading");
        self.rows.push(cells);
    }

    /// The table, a line for each row.
    pub(super) fn to_text(&self) -> String {
        let mut widths: Vec<usize> = self.headings.iter().map(|text| width(text)).collect();
        for row in &self.rows {
            for (most, cell) in widths.iter_mut().zip(row) {
                *most = (*most).max(width(&cell.text));
            }
        }
        let mut out = String::new();
        let is_number =
            |n: usize| self.rows.iter().any(|row| row.get(n).is_some_and(|c| c.is_number));
        let headings = self.headings.iter().enumerate();
        line(&mut out, &widths, headings.map(|(n, text)| (*text, BOLD, is_number(n))));
        for row in &self.rows {
            line(&mut out, &widths, row.iter().map(|c| (c.text.as_str(), c.style, c.is_number)));
        }
        out
    }
}

fn line<'a>(
    out: &mut String,
    widths: &[usize],
    cells: impl ExactSizeIterator<Item = (&'a str, Style, bool)>,
) {
    let last = cells.len().saturating_sub(1);
    for (n, (text, style, is_number)) in cells.enumerate() {
        let gap = " ".repeat(widths.get(n).copied().unwrap_or(0).saturating_sub(width(text)));
        let shown = format!("{style}{text}{style:#}");
        match (is_number, n == last) {
            (true, _) => out.extend([gap.as_str(), &shown]),
            // Nothing is written after the last word of a line.
            (false, true) => out.push_str(&shown),
            (false, false) => out.extend([shown.as_str(), &gap]),
        }
        out.push_str(if n == last { "\n" } else { "  " });
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::{Cell, Table};

    #[test]
    fn columns_are_aligned_and_lines_end_with_their_last_word() {
        let mut table = Table::new(&["sender", "files", "name"]);
        table.row(vec!["oslo".into(), Cell::number(7), "Ærlige folk".into()]);
        table.row(vec!["xex".into(), Cell::number(1234), "".into()]);
        let plain = anstream::adapter::strip_str(&table.to_text()).to_string();
        assert_eq!(plain, "sender  files  name\noslo        7  Ærlige folk\nxex      1234  \n");
    }
}
