//! What leaves for one registry: the rows by pseudonym, each byte of them read again on its way
//! out.
//!
//! The two scanners know nothing of plan and forms. What they find stops the release: nothing that
//! was written before is kept.

use std::io::{self, Write as _};

use crate::{
    format::csv::{record::Record, writer::push_field},
    kinds::{
        context::Target,
        npr::{
            forms,
            gates::Head,
            groups::{Counter, Group},
            people,
            plan::{DELIMITER, Leaving, Out, PERSON},
            state::Groups,
        },
        sinks::Sinks,
    },
    protect::{
        pseudonym::PseudonymKey,
        scan::{ScanPolicy, direct::DirectScanner, scanner::Scanner},
    },
    types::ids::{Part, RegistryId},
};

/// Writes for one registry.
pub struct Output<'a> {
    registry: &'a RegistryId,
    key: &'a PseudonymKey,
    prefix: Vec<u8>,
    leaving: Leaving,
    buffer: Vec<u8>,
    text: String,
    numbers: Scanner,
    direct: DirectScanner,
    groups: Counter,
    rows: u64,
}

/// Why what was to leave does not.
#[derive(Debug)]
pub enum Stopped {
    /// It could not be written.
    Io(io::Error),
    /// A scanner found an identity in it.
    Identity,
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl<'a> Output<'a> {
    /// An output that has written the lines above the table, and its headings.
    pub fn new(target: &Target<'a>, leaving: Leaving, floor: u8, head: &Head) -> Self {
        let key = target.keys.current();
        let mut buffer = Vec::with_capacity(FULL + LONGEST_ROW);
        let mut line = |key: &str, value: &str| {
            buffer.extend([b"#", key.as_bytes(), b"=", value.as_bytes(), b"\n"].concat());
        };
        line("profile", PROFILE);
        line("purpose", head.purpose.as_str());
        line("legal_basis", head.basis);
        line("operating_year", &head.operating_year.to_string());
        if let Some(institution) = &head.institution {
            line("institution", institution);
        }
        if let Some(created) = head.created {
            line("created", &created.to_string());
        }
        buffer.extend_from_slice(PERSON.as_bytes());
        for heading in &leaving.headings {
            buffer.push(DELIMITER.byte());
            buffer.extend_from_slice(heading.as_bytes());
        }
        buffer.push(b'\n');
        Self {
            registry: target.registry,
            key,
            prefix: people::prefix(key),
            leaving,
            buffer,
            text: String::new(),
            numbers: Scanner::new(ScanPolicy::default()),
            direct: DirectScanner::new(),
            groups: Counter::new(floor),
            rows: 0,
        }
    }

    /// Writes a row that was judged, about a person.
    pub fn row(&mut self, record: &Record<'_>, person: &[u8; 16]) {
        self.rows += 1;
        people::write(&mut self.buffer, &self.prefix, person);
        let mut birth_year = None;
        for column in &self.leaving.columns {
            let out = &mut self.buffer;
            out.push(DELIMITER.byte());
            match *column {
                Out::Keep(at) => out.extend_from_slice(value(record, at).as_bytes()),
                Out::BirthYear { date, year } => {
                    let year = year.map(|at| value(record, at)).filter(|year| !year.is_empty());
                    let date = || date.and_then(|at| forms::day(value(record, at).as_bytes()));
                    let year = match year {
                        Some(year) => forms::four_digits(year.as_bytes()),
                        None => date().map(jiff::civil::Date::year),
                    };
                    if let Some(year) = year.and_then(|year| u16::try_from(year).ok()) {
                        out.extend_from_slice(&digits_of(year));
                        birth_year = Some(year);
                    }
                }
                Out::ReKey(at) => {
                    let text = value(record, at);
                    if !text.is_empty() {
                        let made = people::episode(self.key, text);
                        people::write(out, &self.prefix, &made.bytes);
                    }
                }
                Out::Text(at) => {
                    self.text.clear();
                    push_field(&mut self.text, value(record, at), DELIMITER);
                    out.extend_from_slice(self.text.as_bytes());
                }
            }
        }
        self.buffer.push(b'\n');
        let of = |at: Option<usize>| at.map_or("", |at| value(record, at));
        let (home, sex, drg) = (self.leaving.home, self.leaving.sex, self.leaving.drg);
        let group = Group { home: of(home), birth_year, sex: of(sex), drg: of(drg) };
        self.groups.add(&group, person);
    }

    /// Lets a full buffer go.
    pub fn flush_full(&mut self, sinks: &mut dyn Sinks) -> Result<(), Stopped> {
        if self.buffer.len() >= FULL { self.flush(sinks) } else { Ok(()) }
    }

    fn flush(&mut self, sinks: &mut dyn Sinks) -> Result<(), Stopped> {
        self.numbers.feed(&self.buffer);
        self.direct.feed(&self.buffer);
        if !self.numbers.report().is_clean() || self.direct.first().is_some() {
            return Err(Stopped::Identity);
        }
        sinks.sink(self.registry, Part::Content)?.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Writes the last line, lets the rest go, and the scanners say their last word.
    pub fn end(mut self, sinks: &mut dyn Sinks) -> Result<Ended, Stopped> {
        writeln!(self.buffer, "#rows={}", self.rows)?;
        self.flush(sinks)?;
        if !self.numbers.finish().is_clean() || self.direct.finish().is_some() {
            return Err(Stopped::Identity);
        }
        Ok(Ended {
            registry: self.registry.clone(),
            groups: self.groups.finish(),
            left_out: self.leaving.left_out,
        })
    }
}

/// What one registry's output came to.
#[derive(Debug)]
pub struct Ended {
    /// The registry.
    pub registry: RegistryId,
    /// Its smallest groups.
    pub groups: Groups,
    /// What it was not given.
    pub left_out: Vec<&'static str>,
}

/// A field without the blanks around it.
pub fn value<'r>(record: &Record<'r>, at: usize) -> &'r str {
    record.text(at).trim_ascii()
}

/// A year of four digits.
fn digits_of(year: u16) -> [u8; 4] {
    [1000, 100, 10, 1].map(|unit| b'0' + u8::try_from(year / unit % 10).unwrap_or(0))
}

/// What the format is called.
pub const PROFILE: &str = "urn:filsluse:npr-release:1";

/// Bytes of a buffer that is let go.
const FULL: usize = 128 << 10;
const LONGEST_ROW: usize = 4 << 10;
