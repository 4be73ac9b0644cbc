//! What stands on the terminal: headings, lines and the table of what became of each file, aligned
//! and at most 100 columns wide. Colour is written always; the stream takes it away where nobody
//! wants it.

use std::{
    env,
    io::{self, Write},
    time::Duration,
};

use anstyle::{AnsiColor, Style as Ansi};

use crate::types::verdict::Verdict;

/// How a piece of text is set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Said by the way.
    Dim,
    /// All is well.
    Good,
    /// Something did not end as it should, or was refused.
    Bad,
    /// Looked at twice.
    Half,
    /// A heading.
    Title,
}

impl Style {
    /// How a verdict is set off.
    pub fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Accepted => Self::Good,
            Verdict::Duplicate => Self::Dim,
            Verdict::Held | Verdict::Partly => Self::Half,
            Verdict::Rejected => Self::Bad,
        }
    }

    fn ansi(self) -> Ansi {
        match self {
            Self::Dim => Ansi::new().dimmed(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
            Self::Half => AnsiColor::Yellow.on_default(),
            Self::Title => Ansi::new().bold(),
        }
    }
}

/// One row of the table.
pub struct Row<'a> {
    /// Its number; none for what follows from the row above.
    pub number: Option<usize>,
    /// The file.
    pub file: &'a str,
    /// Who sent it.
    pub sender: &'a str,
    /// What it was recognised as.
    pub kind: &'a str,
    /// How it was judged.
    pub verdict: Option<Verdict>,
    /// What was stored, a line for each registry.
    pub objects: &'a [String],
    /// From the end of the upload to the receipt.
    pub took: Duration,
}

/// What is written to, and how many things were not as they should be.
pub struct Page<'a> {
    out: &'a mut dyn Write,
    surprises: usize,
    sections: usize,
}

impl<'a> Page<'a> {
    /// An empty page.
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self { out, surprises: 0, sections: 0 }
    }

    /// How many steps did not end as they should.
    pub fn surprises(&self) -> usize {
        self.surprises
    }

    /// A line as it is.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// A whole line in one style.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn styled(&mut self, style: Style, text: &str) -> io::Result<()> {
        let ansi = style.ansi();
        self.line(&format!("{ansi}{text}{ansi:#}"))
    }

    /// A numbered heading, after an empty line.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn heading(&mut self, text: &str) -> io::Result<()> {
        self.sections += 1;
        let text = format!("{}. {text}", self.sections);
        self.line("")?;
        self.styled(Style::Title, &text)?;
        self.line("")
    }

    /// A command of this program, to be copied.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn command(&mut self, arguments: &str) -> io::Result<()> {
        self.line(&format!("    {} {arguments}", program()))
    }

    /// Words under a row of the table, wrapped and by the way.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn remark(&mut self, text: &str) -> io::Result<()> {
        let mut lines = wrapped(text, WIDTH - INDENT).into_iter();
        lines.try_for_each(|line| self.styled(Style::Dim, &format!("{:INDENT$}{line}", "")))
    }

    /// A rule that was broken, under a row of the table.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn finding(&mut self, rule: &str, words: &str) -> io::Result<()> {
        let indent = INDENT + RULE;
        for (index, line) in wrapped(words, WIDTH - indent).into_iter().enumerate() {
            let rule = if index == 0 { rule } else { "" };
            self.line(&format!("{:INDENT$}{rule:<RULE$}{line}", ""))?;
        }
        Ok(())
    }

    /// Text of somebody else, such as a receipt, behind a bar.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn quote(&mut self, text: &str) -> io::Result<()> {
        let ansi = Style::Dim.ansi();
        for line in text.lines() {
            let quoted = format!("  {ansi}│{ansi:#} {line}");
            self.line(quoted.trim_end())?;
        }
        Ok(())
    }

    /// The table's head.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn table_head(&mut self, objects: &str) -> io::Result<()> {
        let ansi = Style::Title.ansi();
        self.line(&format!(
            "{ansi} #  {:<27}{:<17}{:<15}{:<10}{objects:<27}{:>7}{ansi:#}",
            "file", "sender", "kind", "verdict", "time"
        ))
    }

    /// One row of the table.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let Row { number, file, sender, kind, verdict, objects, took } = row;
        let number = number.map_or(String::new(), |number| number.to_string());
        let ansi = verdict.map_or(Ansi::new(), |verdict| Style::of(verdict).ansi());
        let verdict = verdict.map_or("-", Verdict::as_str);
        let took = format!("{:.2} s", took.as_secs_f64());
        let mut objects = objects.iter().map(String::as_str);
        let first = objects.next().unwrap_or("-");
        self.line(&format!(
            "{number:>2}  {file:<27}{sender:<17}{kind:<15}{ansi}{verdict:<10}{ansi:#}{first:<27}{took:>7}"
        ))?;
        objects.try_for_each(|more| self.line(&format!("{:OBJECTS$}{more}", "")))
    }

    /// Says that something holds that should, or counts that it does not.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn expect(&mut self, holds: bool, yes: &str, no: &str) -> io::Result<()> {
        if holds { self.styled(Style::Good, yes) } else { self.surprise(no) }
    }

    /// Says that something is not as it should be, and counts it.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn surprise(&mut self, text: &str) -> io::Result<()> {
        self.surprises += 1;
        self.styled(Style::Bad, &format!("! {text}"))
    }
}

/// Cuts a text into lines of at most so many characters, between words.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Columns of the widest line of our own.
pub const WIDTH: usize = 107;
const INDENT: usize = 4;
/// Columns before what was stored.
const OBJECTS: usize = 73;
const RULE: usize = 8;

/// The program as it was called, for commands to copy.
fn program() -> String {
    env::args_os().next().map_or("filsluse".into(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Page, Row, WIDTH, wrapped};
    use crate::types::verdict::Verdict;

    #[test]
    fn rows_stand_under_their_heads() {
        let mut bytes = Vec::new();
        let mut plain = anstream::StripStream::new(&mut bytes);
        let mut page = Page::new(&mut plain);
        page.table_head("objects").unwrap();
        let row = Row {
            number: Some(3),
            file: "søknad.xml",
            sender: "helfo",
            kind: "embassy-list",
            verdict: Some(Verdict::Accepted),
            objects: &["iplos content".to_owned(), "kpr content".to_owned()],
            took: Duration::from_millis(250),
        };
        page.row(&row).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let at = |line: &str, word: &str| line.find(word).map(|at| line[..at].chars().count());
        for (head, word) in [("file", "søknad"), ("verdict", "accepted"), ("objects", "iplos")] {
            assert_eq!(at(lines[0], head), at(lines[1], word), "{text}");
        }
        assert_eq!(at(lines[0], "objects"), at(lines[2], "kpr"), "{text}");
        assert!(lines[..2].iter().all(|line| line.chars().count() == WIDTH), "{text}");
    }

    #[test]
    fn a_surprise_is_counted() {
        let mut bytes = Vec::new();
        let mut page = Page::new(&mut bytes);
        page.expect(true, "well", "ill").unwrap();
        assert_eq!(page.surprises(), 0);
        page.expect(false, "well", "ill").unwrap();
        assert_eq!(page.surprises(), 1);
        assert!(String::from_utf8(bytes).unwrap().contains("! ill"));
    }

    #[test]
    fn words_are_not_cut() {
        assert_eq!(wrapped("a bb  ccc", 4), ["a bb", "ccc"]);
        assert_eq!(wrapped("overlong a", 3), ["overlong", "a"]);
        assert_eq!(wrapped("", 3), Vec::<String>::new());
    }
}
