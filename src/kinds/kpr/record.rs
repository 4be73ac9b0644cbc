//! One record on its way through: its elements and values in one buffer that the next record uses
//! again, so that nothing is allocated for each.

use std::fmt;

use zeroize::Zeroize;

use crate::kinds::kpr::schema::{Field, Form};

/// The parts of one record, in the order of the document.
#[derive(Default)]
pub struct Record {
    /// All values behind each other, each with the name of its field: the text as a whole tells two
    /// records apart.
    text: String,
    parts: Vec<Part>,
}

/// One part of a record.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// An element begins.
    Open(&'static str),
    /// A value of the element that began last.
    Value(&'static Field, u32, u32),
    /// A value that was taken out.
    Nulled(&'static Field),
    /// The element ends.
    Close(&'static str),
}

impl Record {
    /// Forgets everything but the room.
    pub fn clear(&mut self) {
        self.text.clear();
        self.parts.clear();
    }

    /// An element begins.
    pub fn open(&mut self, name: &'static str) {
        self.text.push(OPENS);
        self.text.push_str(name);
        self.parts.push(Part::Open(name));
    }

    /// The element that began last ends.
    pub fn close(&mut self, name: &'static str) {
        self.text.push(CLOSES);
        self.parts.push(Part::Close(name));
    }

    /// The innermost open element ends.
    pub fn close_last(&mut self) {
        let mut closed = 0;
        let open = self.parts.iter().rev().find_map(|part| match part {
            Part::Close(_) => {
                closed += 1;
                None
            }
            Part::Open(name) if closed == 0 => Some(*name),
            Part::Open(_) => {
                closed -= 1;
                None
            }
            _ => None,
        });
        if let Some(name) = open {
            self.close(name);
        }
    }

    /// A value. Nearly all can stand in a document as they are, and are kept as they would: the
    /// rest between marks.
    pub fn value(&mut self, field: &'static Field, value: &str) {
        let special = value.bytes().fold(false, |found, c| found | SPECIAL[usize::from(c)]);
        let (before, equals, behind) = if special { MARKED } else { WRITTEN };
        self.text.push_str(before);
        self.text.push_str(field.name);
        self.text.push_str(equals);
        let start = self.text.len();
        self.text.push_str(value);
        let end = self.text.len();
        self.text.push_str(behind);
        let span = |at| u32::try_from(at).unwrap_or(u32::MAX);
        self.parts.push(Part::Value(field, span(start), span(end)));
    }

    /// A value that is taken out.
    pub fn nulled(&mut self, field: &'static Field) {
        self.parts.push(Part::Nulled(field));
    }

    /// Takes the last value of this name out again.
    pub fn null_last(&mut self, name: &str) {
        let is = |part: &Part| matches!(part, Part::Value(field, ..) if field.name == name);
        if let Some(part) = self.parts.iter_mut().rfind(|part| is(part))
            && let Part::Value(field, ..) = *part
        {
            *part = Part::Nulled(field);
        }
    }

    /// The last value of this name.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.parts.iter().rev().find_map(|part| match part {
            Part::Value(field, start, end) if field.name == name => Some(self.text(*start, *end)),
            _ => None,
        })
    }

    /// The last value of this name from a part on.
    pub fn last_after(&self, mark: usize, name: &str) -> Option<&str> {
        self.parts.get(mark..)?.iter().rev().find_map(|part| match part {
            Part::Value(field, start, end) if field.name == name => Some(self.text(*start, *end)),
            _ => None,
        })
    }

    /// The last value of this form.
    pub fn last_of(&self, form: Form) -> Option<&str> {
        self.parts.iter().rev().find_map(|part| match part {
            Part::Value(field, start, end) if field.form == form => Some(self.text(*start, *end)),
            _ => None,
        })
    }

    /// The text of a value.
    pub fn text(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// A value with its name as a document has them, a space before; `None` where the value must be
    /// escaped.
    pub fn written(&self, field: &Field, start: u32, end: u32) -> Option<&str> {
        let (before, equals, behind) = WRITTEN;
        let end = end as usize + behind.len();
        let name = before.len() + field.name.len() + equals.len();
        let written = self.text.get((start as usize).checked_sub(name)?..end)?;
        written.ends_with(behind).then_some(written)
    }

    /// Its parts.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// All of its content, the same for the same content only.
    pub fn content(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.parts.len() * size_of::<Part>()
    }

    /// Whether a value that leaves as it came holds this identifier.
    pub fn repeats(&self, identifier: &str) -> bool {
        identifier.len() >= SHORTEST_TELLING
            && memchr::memmem::find_iter(self.text.as_bytes(), identifier).any(|at| {
                self.parts.iter().any(|part| match part {
                    Part::Value(field, start, end) => {
                        field.form.is_plain() && (*start as usize..*end as usize).contains(&at)
                    }
                    _ => false,
                })
            })
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

/// Shows nothing of what is in it.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").finish_non_exhaustive()
    }
}

// No value can hold these: XML cannot carry them.
const OPENS: char = '\u{1}';
const CLOSES: char = '\u{2}';
const MARKED: (&str, &str, &str) = ("\u{3}", "\u{3}", "\u{3}");

const WRITTEN: (&str, &str, &str) = (" ", "=\"", "\"");

/// What cannot stand in an attribute as it is, or would not read back as it was.
pub const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut rest: &[u8] = b"<&\"\t\n\r";
    while let [first, others @ ..] = rest {
        special[*first as usize] = true;
        rest = others;
    }
    special
};

/// A shorter identifier stands in other values by chance.
const SHORTEST_TELLING: usize = 8;

#[cfg(test)]
mod tests {
    use super::{Part, Record};
    use crate::kinds::kpr::annual::schema::FUNKSJON;

    #[test]
    fn values_are_kept_as_written_unless_they_must_be_escaped() {
        let field = &FUNKSJON.fields[0];
        let cases = [("a", Some(" variabel=\"a\"")), ("'>æ", Some(" variabel=\"'>æ\""))];
        let escaped = ["a&b", "<", "\"", "a\tb", "\n", "æ\r", "a\" skar=\"1"];
        let escaped = escaped.map(|value| (value, None));
        for (value, want) in cases.iter().chain(&escaped) {
            let mut record = Record::default();
            record.value(field, value);
            let Part::Value(_, start, end) = record.parts()[0] else { panic!("{value}") };
            assert_eq!(record.text(start, end), *value);
            assert_eq!(record.written(field, start, end), *want, "{value}");
        }
    }

    #[test]
    fn a_value_that_looks_like_the_next_one_is_another_record() {
        let [variable, score, ..] = FUNKSJON.fields else { panic!() };
        let (mut one, mut two) = (Record::default(), Record::default());
        one.value(variable, "x&");
        one.value(score, "1");
        two.value(variable, "x& skar=\"1\"");
        assert_ne!(one.content(), two.content());
    }
}
