//! Writes XML, in UTF-8, that reads back as what was written.
//!
//! Escapes every character that a parser would change or misread, and refuses characters that XML
//! cannot carry; never allocates per event.

use std::{
    fmt,
    io::{self, Write},
};

use crate::format::xml::chars;

/// Writes one document, element by element.
///
/// Names are written as they are given: they come from code, not from senders.
pub struct XmlWriter<W> {
    output: W,
    /// A start tag still lacks its `>`.
    open: bool,
}

impl<W: Write> XmlWriter<W> {
    /// A writer without a declaration.
    pub fn new(output: W) -> Self {
        Self { output, open: false }
    }

    /// A writer that starts with `<?xml version="1.0" encoding="UTF-8"?>`.
    pub fn with_declaration(output: W) -> io::Result<Self> {
        let mut writer = Self::new(output);
        writer.output.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
        Ok(writer)
    }

    /// `<name`, to be followed by its attributes.
    pub fn start(&mut self, name: &str) -> io::Result<()> {
        self.close_tag()?;
        self.output.write_all(b"<")?;
        self.output.write_all(name.as_bytes())?;
        self.open = true;
        Ok(())
    }

    /// An attribute of the element that was just started, a namespace declaration too.
    ///
    /// # Errors
    /// When no start tag is open, or the value holds a character that XML cannot carry.
    pub fn attr(&mut self, name: &str, value: &str) -> io::Result<()> {
        if !self.open {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "no start tag is open"));
        }
        self.output.write_all(b" ")?;
        self.output.write_all(name.as_bytes())?;
        self.output.write_all(b"=\"")?;
        self.escaped(value, |byte| matches!(byte, b'<' | b'&' | b'"' | b'\t' | b'\n' | b'\r'))?;
        self.output.write_all(b"\"")
    }

    /// Text within the current element.
    ///
    /// # Errors
    /// When it holds a character that XML cannot carry.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.close_tag()?;
        // A `>` may be the end of `]]>`; which of them need it is not worth looking for.
        self.escaped(text, |byte| matches!(byte, b'<' | b'&' | b'>' | b'\r'))
    }

    /// The end of the element `name`: `/>` when nothing stood in it.
    pub fn end(&mut self, name: &str) -> io::Result<()> {
        if self.open {
            self.open = false;
            return self.output.write_all(b"/>");
        }
        self.output.write_all(b"</")?;
        self.output.write_all(name.as_bytes())?;
        self.output.write_all(b">")
    }

    /// `<name>text</name>`.
    pub fn element(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.start(name)?;
        self.text(text)?;
        self.end(name)
    }

    /// `<name a="…" b="…"/>`.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.start(name)?;
        attributes.iter().try_for_each(|(name, value)| self.attr(name, value))?;
        self.end(name)
    }

    /// The output, flushed, with a line end after the root.
    ///
    /// # Errors
    /// When a start tag is still open or the output fails.
    pub fn finish(mut self) -> io::Result<W> {
        if self.open {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a start tag is open"));
        }
        self.output.write_all(b"\n")?;
        self.output.flush()?;
        Ok(self.output)
    }

    fn close_tag(&mut self) -> io::Result<()> {
        if self.open {
            self.open = false;
            self.output.write_all(b">")?;
        }
        Ok(())
    }

    fn escaped(&mut self, text: &str, special: impl Fn(u8) -> bool) -> io::Result<()> {
        if chars::first_not_allowed(text).is_some() {
            let what = "a text holds a character that XML cannot carry";
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        let mut rest = text;
        while let Some(at) = rest.bytes().position(&special) {
            self.output.write_all(&rest.as_bytes()[..at])?;
            self.output.write_all(match rest.as_bytes()[at] {
                b'<' => b"&lt;",
                b'>' => b"&gt;",
                b'&' => b"&amp;",
                b'"' => b"&quot;",
                b'\t' => b"&#9;",
                b'\n' => b"&#10;",
                _ => b"&#13;",
            })?;
            rest = &rest[at + 1..];
        }
        self.output.write_all(rest.as_bytes())
    }
}

/// Shows nothing of what was written.
impl<W> fmt::Debug for XmlWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XmlWriter").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::XmlWriter;

    #[test]
    fn writes_what_reads_back() {
        let mut writer = XmlWriter::with_declaration(Vec::new()).unwrap();
        writer.start("a").unwrap();
        writer.attr("b", "<\"&'>\t\n\r ø").unwrap();
        writer.text("x < y && ]]>\r\n").unwrap();
        writer.empty("c", &[("d", "1"), ("e", "")]).unwrap();
        writer.element("f", "g").unwrap();
        writer.end("a").unwrap();
        assert_eq!(
            String::from_utf8(writer.finish().unwrap()).unwrap(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <a b=\"&lt;&quot;&amp;'>&#9;&#10;&#13; ø\">x &lt; y &amp;&amp; ]]&gt;&#13;\n\
             <c d=\"1\" e=\"\"/><f>g</f></a>\n"
        );
    }

    #[test]
    fn refuses_what_cannot_be_read_back() {
        let mut writer = XmlWriter::new(Vec::new());
        assert!(writer.attr("a", "no element").is_err());
        writer.start("a").unwrap();
        assert!(writer.attr("b", "\u{1}").is_err());
        assert!(writer.text("\u{FFFE}").is_err());
    }
}
