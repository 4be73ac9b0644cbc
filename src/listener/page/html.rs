//! Pieces of HTML: escaped text, instants, and tables that a screen reader can walk through.

use std::fmt::Write as _;

use jiff::{Timestamp, tz::TimeZone};

use crate::admin::readable;

/// A piece of HTML that may stand in a page as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Html(pub(super) String);

impl Html {
    /// Text, escaped.
    pub(super) fn text(text: &str) -> Self {
        Self(readable::html(text))
    }

    /// An id or a word of ours, in the type that tells it apart.
    pub(super) fn code(text: &(impl ToString + ?Sized)) -> Self {
        Self(format!("<code>{}</code>", Self::text(&text.to_string()).0))
    }

    /// A sentence of ours, in which commands stand between backticks.
    pub(super) fn sentence(text: &str) -> Self {
        let pieces = text.split('`').enumerate();
        let html = |(n, piece)| if n % 2 == 0 { Self::text(piece) } else { Self::code(piece) };
        Self(pieces.map(|piece| html(piece).0).collect())
    }

    /// An instant in the installation's zone, to the minute.
    pub(super) fn minute(at: Timestamp, zone: &TimeZone) -> Self {
        let shown = readable::minute(at, zone);
        Self(format!("<time datetime=\"{at}\">{shown}</time>"))
    }

    /// A number.
    pub(super) fn number(number: u64) -> Self {
        Self(number.to_string())
    }
}

/// A table under a heading of its own: rows begin with what they are about.
#[derive(Debug)]
pub(super) struct Table {
    html: String,
    rows: usize,
}

impl Table {
    pub(super) fn new(caption: &str, headings: &[&str]) -> Self {
        let caption = Html::text(caption).0;
        // It may be wider than a telephone, and is then moved with the arrow keys.
        let mut html = format!(
            "<div class=\"wide\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\n<table>\n\
             <caption>{caption}</caption>\n<thead><tr>"
        );
        for heading in headings {
            let _ = write!(html, "<th scope=\"col\">{}</th>", Html::text(heading).0);
        }
        html += "</tr></thead>\n<tbody>\n";
        Self { html, rows: 0 }
    }

    pub(super) fn row(&mut self, cells: &[Html]) {
        self.rows += 1;
        self.html += "<tr>";
        for (n, cell) in cells.iter().enumerate() {
            let (open, close) =
                if n == 0 { ("<th scope=\"row\">", "</th>") } else { ("<td>", "</td>") };
            self.html.extend([open, &cell.0, close]);
        }
        self.html += "</tr>\n";
    }

    /// The table, or these words where it has no row.
    pub(super) fn or(self, nothing: &str) -> Html {
        if self.rows == 0 {
            return Html(format!("<p>{}</p>\n", Html::text(nothing).0));
        }
        Html(self.html + "</tbody>\n</table>\n</div>\n")
    }
}

#[cfg(test)]
mod tests {
    use super::{Html, Table};

    #[test]
    fn text_is_escaped_and_a_table_without_rows_is_a_sentence() {
        assert_eq!(Html::sentence("See `a b`, & go.").0, "See <code>a b</code>, &amp; go.");
        assert_eq!(Html::text("<a href='x'>\"&").0, "&lt;a href=&#39;x&#39;&gt;&quot;&amp;");
        assert_eq!(
            Table::new("Things", &["a"]).or("None & nothing.").0,
            "<p>None &amp; nothing.</p>\n"
        );
        let mut table = Table::new("Things", &["a", "b"]);
        table.row(&[Html::code("<x>"), Html::number(7)]);
        let html = table.or("").0;
        assert!(html.contains("<th scope=\"row\"><code>&lt;x&gt;</code></th><td>7</td>"), "{html}");
        assert!(html.contains("<caption>Things</caption>"));
    }
}
