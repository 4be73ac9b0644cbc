//! Where in the document an offset of the window stands. Lines are counted as text comes into the
//! window, by whoever looks at each byte of it anyway; within the window only when somebody asks.

use std::cell::Cell;

use crate::types::finding::Place;

/// Lines and columns of the window's text.
#[derive(Debug)]
pub(super) struct Lines {
    /// The start of the window.
    base: Mark,
    /// The last place that was asked for; places are asked for in order, so counting goes on here.
    latest: Cell<Mark>,
    /// Line ends in the window.
    within: usize,
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
        Self { base, latest: Cell::new(base), within: 0 }
    }

    /// Text has come into the window in which so many lines end.
    pub(super) fn grow(&mut self, lines: usize) {
        self.within += lines;
    }

    /// Line and column of the character at `offset`, both from 1.
    pub(super) fn at(&self, window: &str, offset: usize) -> (u64, u64) {
        let latest = self.latest.get();
        let from = if latest.offset <= offset { latest } else { self.base };
        let Some(passed) = window.get(from.offset..offset) else { return (from.line, from.column) };
        let mark = from.advance(passed, count(passed));
        self.latest.set(mark);
        (mark.line, mark.column)
    }

    pub(super) fn place(&self, window: &str, offset: usize) -> Place {
        let (line, column) = self.at(window, offset);
        Place::Line { line, column }
    }

    /// The first `length` bytes are about to leave the window. What stays is short: lines are
    /// counted there.
    pub(super) fn slide(&mut self, window: &str, length: usize) {
        let Some((passed, stays)) = window.split_at_checked(length) else { return };
        let stay = count(stays);
        self.base = Mark { offset: 0, ..self.base.advance(passed, self.within - stay) };
        self.within = stay;
        let latest = self.latest.get();
        self.latest.set(match latest.offset.checked_sub(length) {
            Some(offset) => Mark { offset, ..latest },
            None => self.base,
        });
    }
}

impl Mark {
    /// The place behind a text in which so many lines end.
    fn advance(self, passed: &str, lines: usize) -> Self {
        let (start, column) = match memchr::memrchr(b'\n', passed.as_bytes()) {
            Some(newline) => (newline + 1, 1),
            None => (0, self.column),
        };
        let characters = passed[start..].chars().count() as u64;
        Self {
            offset: self.offset + passed.len(),
            line: self.line + lines as u64,
            column: column + characters,
        }
    }
}

/// How many lines end in a text.
pub(super) fn count(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count()
}

#[cfg(test)]
mod tests {
    use super::{Lines, count};

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
            lines.grow(count(text));
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
