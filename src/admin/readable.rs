//! How what is shown to people is written, on the terminal and in pages.

use jiff::{Timestamp, tz::TimeZone};

/// An instant in the installation's zone, to the minute; with the offset where the clock on the
/// wall shows the same time twice.
pub fn minute(at: Timestamp, zone: &TimeZone) -> String {
    let zoned = at.to_zoned(zone.clone());
    let twice = zone.to_ambiguous_timestamp(zoned.datetime()).is_ambiguous();
    zoned.strftime(if twice { "%Y-%m-%d %H:%M %:z" } else { "%Y-%m-%d %H:%M" }).to_string()
}

/// Text as it may stand in HTML, between tags and in an attribute's value.
pub fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn no_text_is_taken_for_html() {
        assert_eq!(html("<a href='x'>\"&ø"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;ø");
    }
}
