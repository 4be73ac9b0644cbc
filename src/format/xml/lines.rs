//! Where in the document an offset of the window stands. Counts lines only when somebody asks, or
//! when text leaves the window, and each byte at most twice.

use std::cell::Cell;

use crate::types::finding::Place;

/// Lines and columns of the window's text.
#[derive(Debug)]
pub(super) struct Lines {
    /// The start of the window.
    base: Mark,
    /// The last place that was asked for; places are asked for in order, so counting goes on here.
    latest: Cell<Mark>,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    offset: usize,
    line: u64,
    column: u64,
}

impl Lines {
    pub(super) fn new() -> Self {
        let base = Mark { offset: 0, line: 1, column: 1 };
        Self { base, latest: Cell::new(base) }
    }

    /// Line and column of the character at `offset`, both from 1.
    pub(super) fn at(&self, window: &str, offset: usize) -> (u64, u64) {
        let latest = self.latest.get();
        let from = if latest.offset <= offset { latest } else { self.base };
        let mark = advance(from, window, offset);
        self.latest.set(mark);
        (mark.line, mark.column)
    }

    pub(super) fn place(&self, window: &str, offset: usize) -> Place {
        let (line, column) = self.at(window, offset);
        Place::Line { line, column }
    }

    /// The first `length` bytes are about to leave the window.
    pub(super) fn slide(&mut self, window: &str, length: usize) {
        let latest = self.latest.get();
        let from = if latest.offset <= length { latest } else { self.base };
        self.base = Mark { offset: 0, ..advance(from, window, length) };
        self.latest.set(match latest.offset.checked_sub(length) {
            Some(offset) => Mark { offset, ..latest },
            None => self.base,
        });
    }
}

fn advance(from: Mark, window: &str, offset: usize) -> Mark {
    let Some(passed) = window.get(from.offset..offset) else { return from };
    let newlines = memchr::memchr_iter(b'\n', passed.as_bytes()).count() as u64;
    let (start, column) = match memchr::memrchr(b'\n', passed.as_bytes()) {
        Some(newline) => (newline + 1, 1),
        None => (0, from.column),
    };
    let characters = passed[start..].chars().count() as u64;
    Mark { offset, line: from.line + newlines, column: column + characters }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn counts_alike_in_any_order_and_after_sliding() {
        let text = "æøå\nab\n\nc€d";
        let want = |offset: usize| {
            let before = &text[..offset];
            let line = 1 + before.matches('\n').count() as u64;
            let column = 1 + before.rsplit('\n').next().unwrap_or("").chars().count() as u64;
            (line, column)
        };
        let places: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
        for &cut in &places {
            let mut lines = Lines::new();
            for &at in places.iter().chain(places.iter().rev()) {
                assert_eq!(lines.at(text, at), want(at), "offset {at}");
            }
            lines.at(text, places[places.len() / 2]);
            lines.slide(text, cut);
            for &at in places.iter().filter(|at| **at >= cut).rev() {
                assert_eq!(lines.at(&text[cut..], at - cut), want(at), "cut {cut}, offset {at}");
            }
        }
    }
}
