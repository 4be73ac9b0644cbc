//! Prometheus' text format, version 0.0.4.

use std::fmt::Write as _;

/// The format's media type.
pub(super) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Whether a value only grows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sort {
    Counter,
    Gauge,
}

/// A page of metrics in the making.
#[derive(Debug, Default)]
pub(super) struct Exposition(String);

impl Exposition {
    /// Begins a metric; its samples follow.
    pub(super) fn metric(&mut self, name: &'static str, sort: Sort, help: &str) -> Metric<'_> {
        let sort = match sort {
            Sort::Counter => "counter",
            Sort::Gauge => "gauge",
        };
        // Writing into a String cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {}\n# TYPE {name} {sort}", escape(help, false));
        Metric { name, page: &mut self.0 }
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// One metric, whose samples are being written.
pub(super) struct Metric<'a> {
    name: &'static str,
    page: &'a mut String,
}

impl Metric<'_> {
    /// One sample.
    pub(super) fn sample(&mut self, labels: &[(&str, &str)], value: impl Into<Value>) {
        self.page.push_str(self.name);
        for (n, (label, text)) in labels.iter().enumerate() {
            let before = if n == 0 { '{' } else { ',' };
            let _ = write!(self.page, "{before}{label}=\"{}\"", escape(text, true));
        }
        if !labels.is_empty() {
            self.page.push('}');
        }
        let _ = match value.into() {
            Value::Count(count) => writeln!(self.page, " {count}"),
            Value::Millis(millis) => {
                writeln!(self.page, " {}.{:03}", millis / 1000, millis % 1000)
            }
        };
    }
}

/// The value of a sample.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    Count(u64),
    /// An instant, in milliseconds; shown in seconds.
    Millis(u64),
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<bool> for Value {
    fn from(so: bool) -> Self {
        Self::Count(u64::from(so))
    }
}

impl From<jiff::Timestamp> for Value {
    fn from(at: jiff::Timestamp) -> Self {
        Self::Millis(u64::try_from(at.as_millisecond()).unwrap_or(0))
    }
}

fn escape(text: &str, in_quotes: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '"' if in_quotes => escaped.push_str("\\\""),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Exposition, Sort};

    #[test]
    fn samples_are_written_as_the_format_wants_them() {
        let mut page = Exposition::default();
        let mut metric = page.metric("a_total", Sort::Counter, "back\\slash, \"quote\"\nline");
        metric.sample(&[], 7_u64);
        metric.sample(&[("kind", "a\"b\\c\nd"), ("x", "æ")], u64::MAX);
        let mut metric = page.metric("b_seconds", Sort::Gauge, "when");
        metric.sample(&[], Timestamp::from_millisecond(1_500).unwrap());
        metric.sample(&[], true);
        assert_eq!(
            page.into_text(),
            "# HELP a_total back\\\\slash, \"quote\"\\nline\n\
             # TYPE a_total counter\n\
             a_total 7\n\
             a_total{kind=\"a\\\"b\\\\c\\nd\",x=\"æ\"} 18446744073709551615\n\
             # HELP b_seconds when\n\
             # TYPE b_seconds gauge\n\
             b_seconds 1.500\n\
             b_seconds 1\n"
        );
    }
}
