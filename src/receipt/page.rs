//! The page that a receipt in plain words is written on: headings, lines, items and rows.

use std::fmt::Write as _;

use crate::{
    receipt::wrap::paragraph,
    types::rule::{Language, Text},
};

/// The text so far, and the language that it is in.
pub(super) struct Page {
    pub(super) text: String,
    pub(super) language: Language,
}

impl Page {
    pub(super) fn words(&self, text: Text) -> &'static str {
        text.in_language(self.language)
    }

    pub(super) fn heading(&mut self, text: Text) {
        let words = self.words(text);
        let _ = writeln!(self.text, "\n{words}\n{}", "-".repeat(words.chars().count()));
    }

    pub(super) fn line(&mut self, text: &str) {
        paragraph(&mut self.text, "", "", text);
    }

    pub(super) fn item(&mut self, indent: usize, text: &str) {
        let first = format!("{:indent$}- ", "");
        paragraph(&mut self.text, &first, &" ".repeat(indent + 2), text);
    }

    /// A label, and what it says in the column beside it.
    pub(super) fn row(&mut self, indent: usize, label: Text, text: &str) {
        let label = format!("{:indent$}{:<14}", "", self.words(label));
        paragraph(&mut self.text, &label, &" ".repeat(indent + 14), text);
    }
}
