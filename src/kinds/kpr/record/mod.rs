//! One record on its way through: written once as it would leave for a registry that takes all of
//! it, with a note of where each value stands. A registry that takes less gets the same text with
//! other words in a few places. One buffer for all records, so that nothing is allocated for each.

mod folded;
mod repeats;
pub mod value;

use std::{fmt, ops::Range};

use zeroize::{Zeroize, Zeroizing};

use crate::kinds::kpr::{
    record::value::{BEFORE, EQUALS, Kept, Value},
    schema::{Field, MOST_FIELDS, Need, form::Form, lists},
};

/// The parts of one record, in the order of the document.
#[derive(Default)]
pub struct Record {
    /// Elements and attributes as a document has them, without blanks between elements.
    text: String,
    /// Values that stand in `text` with references, as they read.
    apart: String,
    values: Vec<Value>,
    /// Indexes of values that do not leave as they stand in `text`, rising.
    special: Vec<u32>,
    /// Indexes of those that leave as they came and may hold an identifier.
    roomy: Vec<u32>,
    /// Open elements.
    open: Vec<&'static str>,
    /// The start tag of the innermost may still get attributes.
    in_tag: bool,
    /// Of the element that began last, by the place of the field: one more than an index of
    /// `values`.
    latest: [u32; MOST_FIELDS],
}

impl Record {
    /// Forgets everything but the room.
    pub fn clear(&mut self) {
        self.text.clear();
        self.apart.clear();
        self.values.clear();
        self.special.clear();
        self.roomy.clear();
        self.open.clear();
        self.in_tag = false;
        self.latest = [0; MOST_FIELDS];
    }

    /// An element begins.
    #[inline]
    pub fn open(&mut self, name: &'static str) {
        self.open_ahead(name);
        self.text.push('<');
        self.text.push_str(name);
    }

    /// An element begins as [`Self::open`], whose `<name` will be [`Self::append`]ed next. Tells
    /// where in the record.
    #[inline]
    pub fn open_ahead(&mut self, name: &'static str) -> usize {
        if self.in_tag {
            self.text.push('>');
        }
        self.in_tag = true;
        self.open.push(name);
        self.latest = [0; MOST_FIELDS];
        self.text.len()
    }

    /// The innermost open element ends.
    #[inline]
    pub fn close(&mut self) {
        // Of what is struck, the beginning may be forgotten.
        let Some(name) = self.open.pop() else { return };
        if std::mem::replace(&mut self.in_tag, false) {
            self.text.push_str("/>");
        } else {
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push('>');
        }
    }

    /// A value of the element that began last, at a place among its fields.
    pub fn value(&mut self, field: &'static Field, place: usize, value: &str) {
        let from = self.text.len();
        self.begin(field);
        let mut kept = Kept::Written;
        if value.bytes().any(|byte| SPECIAL[usize::from(byte)]) {
            let start = self.apart.len();
            self.apart.push_str(value);
            kept = Kept::Apart(span(start), span(self.apart.len()));
            escape(value, |piece| self.text.push_str(piece));
        } else {
            self.text.push_str(value);
        }
        self.text.push('"');
        self.note(field, place, from..self.text.len(), kept);
        self.keep_in_sight(field);
    }

    /// A value as [`Self::value`], whose attribute will be [`Self::append`]ed before anything else
    /// is, so that it will stand `at` there.
    #[inline]
    pub fn note_ahead(&mut self, field: &'static Field, place: usize, at: Range<usize>) {
        self.note(field, place, at, Kept::Written);
        self.keep_in_sight(field);
    }

    /// Attributes as they leave.
    #[inline]
    pub fn append(&mut self, attributes: &str) {
        self.text.push_str(attributes);
    }

    /// A value that is taken out.
    pub fn nulled(&mut self, field: &'static Field, place: usize) {
        let from = self.text.len();
        if field.need == Need::Required {
            self.begin(field);
            self.text.push_str(lists::NULLED);
            self.text.push('"');
        }
        self.note(field, place, from..self.text.len(), Kept::Nulled);
    }

    /// Takes the last value of this name out again.
    pub fn null_last(&mut self, name: &str) {
        let is = |value: &Value| value.is_there() && value.field.name == name;
        if let Some(index) = self.values.iter().rposition(is) {
            self.values[index].kept = Kept::Removed;
            if let Err(at) = self.special.binary_search(&span(index)) {
                self.special.insert(at, span(index));
            }
        }
    }

    /// The value that came last is a GUID with somebody's number in it.
    pub fn key_last(&mut self) {
        let index = span(self.values.len().saturating_sub(1));
        if let Some(value) = self.values.last_mut().filter(|value| value.kept == Kept::Written) {
            value.kept = Kept::Keyed;
            self.special.push(index);
        }
    }

    /// The value of the element that began last, by the place of its field.
    #[inline]
    pub fn latest(&self, place: usize) -> Option<&str> {
        let index = self.latest.get(place)?.checked_sub(1)?;
        self.text_of(self.values.get(index as usize)?)
    }

    /// The last value of this name.
    pub fn last(&self, name: &str) -> Option<&str> {
        let is = |value: &&Value| value.is_there() && value.field.name == name;
        self.text_of(self.values.iter().rev().find(is)?)
    }

    /// The last value of this form.
    pub fn last_of(&self, form: Form) -> Option<&str> {
        let is = |value: &&Value| value.is_there() && value.field.form == form;
        if form.is_plain() {
            return self.text_of(self.values.iter().rev().find(is)?);
        }
        self.text_of(self.special().rev().find(is)?)
    }

    /// A value as it reads; none for one that was taken out.
    #[inline]
    pub fn text_of(&self, value: &Value) -> Option<&str> {
        match value.kept {
            Kept::Written | Kept::Keyed => self.text.get(value.quoted()),
            Kept::Apart(start, end) => self.apart.get(start as usize..end as usize),
            Kept::Nulled | Kept::Removed => None,
        }
    }

    /// All values, those that were taken out too.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Those values that do not leave as they stand in the text: identifiers, and what was taken
    /// out again.
    pub fn special(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.special.iter().filter_map(|index| self.values.get(*index as usize))
    }

    /// All of it, as it would leave for a registry that takes all of it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same with the attributes of each element in the order of the schema, as most systems
    /// write them: the same for the same content, and for no other. `room` holds it where they
    /// stand otherwise.
    pub fn content<'a>(&'a self, room: &'a mut Zeroizing<String>) -> &'a str {
        // A schema's fields lie one behind the other.
        let place = |value: &Value| std::ptr::from_ref(value.field).addr();
        let turned =
            |pair: &[Value]| pair[1].follows(&pair[0]) && place(&pair[1]) < place(&pair[0]);
        if !self.values.windows(2).any(turned) {
            return &self.text;
        }
        room.zeroize();
        // So that no copy is left behind.
        room.reserve(self.text.len());
        let mut written = 0;
        for element in self.values.chunk_by(|value, next| next.follows(value)) {
            let (Some(first), Some(last)) = (element.first(), element.last()) else { continue };
            room.push_str(self.text.get(written..first.place().start).unwrap_or_default());
            let mut sorted: Vec<&Value> = element.iter().collect();
            sorted.sort_by_key(|value| place(value));
            for value in sorted {
                room.push_str(self.text.get(value.place()).unwrap_or_default());
            }
            written = last.place().end;
        }
        room.push_str(self.text.get(written..).unwrap_or_default());
        room
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.apart.len() + self.values.len() * size_of::<Value>()
    }

    fn begin(&mut self, field: &Field) {
        self.text.push_str(BEFORE);
        self.text.push_str(field.name);
        self.text.push_str(EQUALS);
    }

    /// The value that came last may hold an identifier. A value that is wrong as its form goes
    /// costs the record, or is too short for one.
    #[inline]
    fn keep_in_sight(&mut self, field: &Field) {
        if field.form.has_room() {
            self.roomy.push(span(self.values.len() - 1));
        }
    }

    #[inline]
    fn note(&mut self, field: &'static Field, place: usize, at: Range<usize>, kept: Kept) {
        if !field.form.is_plain() {
            self.special.push(span(self.values.len()));
        }
        self.values.push(Value::new(field, span(at.start)..span(at.end), kept));
        if let Some(latest) = self.latest.get_mut(place) {
            *latest = span(self.values.len());
        }
    }
}

/// Gives out a text in pieces, escaped so that it reads back from an attribute as it was.
pub fn escape(text: &str, mut out: impl FnMut(&str)) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| SPECIAL[usize::from(byte)]) {
        out(&rest[..at]);
        out(match rest.as_bytes()[at] {
            b'<' => "&lt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            b'\t' => "&#9;",
            b'\n' => "&#10;",
            _ => "&#13;",
        });
        rest = &rest[at + 1..];
    }
    out(rest);
}

/// A record is cut off long before it is too long for this.
fn span(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Drop for Record {
    fn drop(&mut self) {
        self.text.zeroize();
        self.apart.zeroize();
    }
}

/// Shows nothing of what is in it.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").finish_non_exhaustive()
    }
}

/// What cannot stand in an attribute as it is, or would not read back as it was.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut rest: &[u8] = b"<&\"\t\n\r";
    while let [first, others @ ..] = rest {
        special[*first as usize] = true;
        rest = others;
    }
    special
};

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::Record;
    use crate::kinds::kpr::annual::schema::{BRUKER, FUNKSJON};

    #[test]
    fn values_are_kept_as_written_and_as_they_read() {
        let field = &FUNKSJON.fields[0];
        let cases = [
            ("a", "a"),
            ("'>æ", "'>æ"),
            ("a&b", "a&amp;b"),
            ("<", "&lt;"),
            ("\"", "&quot;"),
            ("a\tb\n\r", "a&#9;b&#10;&#13;"),
            ("a\" skar=\"1", "a&quot; skar=&quot;1"),
        ];
        for (value, written) in cases {
            let mut record = Record::default();
            record.open("A");
            record.value(field, 0, value);
            record.close();
            assert_eq!(record.text(), format!("<A variabel=\"{written}\"/>"));
            assert_eq!(record.latest(0), Some(value));
            assert_eq!(record.last("variabel"), Some(value));
        }
    }

    #[test]
    fn elements_and_what_was_taken_out() {
        let [key, fid, ..] = BRUKER.fields else { panic!() };
        let [variable, score, ..] = FUNKSJON.fields else { panic!() };
        let home = &BRUKER.fields[6];
        let mut record = Record::default();
        record.open("Bruker");
        let both = " brukerNr=\"k\" fid=\"12345678\"";
        let end = record.text().len();
        record.note_ahead(key, 0, end..end + 13);
        record.note_ahead(fid, 1, end + 13..end + both.len());
        record.append(both);
        assert_eq!((record.latest(0), record.latest(1)), (Some("k"), Some("12345678")));
        record.nulled(home, 6);
        record.open("Funksjon");
        assert_eq!((record.latest(0), record.latest(1)), (None, None), "another element's");
        record.nulled(variable, 0);
        record.value(score, 1, "1");
        record.close();
        record.close();
        let text = "<Bruker brukerNr=\"k\" fid=\"12345678\">\
                    <Funksjon variabel=\"-1\" skar=\"1\"/></Bruker>";
        assert_eq!(record.text(), text);
        assert_eq!(record.last("variabel"), None);
        assert_eq!(record.special().count(), 2);
        assert!(record.repeats("12345678").is_none());
        record.null_last("skar");
        assert_eq!(record.special().map(|value| value.field.name).next_back(), Some("skar"));
        assert_eq!(record.last("skar"), None);
    }

    #[test]
    fn content_does_not_depend_on_the_order_of_attributes() {
        let [key, fid, kind, ..] = BRUKER.fields else { panic!() };
        let [variable, score, ..] = FUNKSJON.fields else { panic!() };
        let written = |of_user: [usize; 3], of_score: [usize; 2], last: &str| {
            let mut record = Record::default();
            record.open("Bruker");
            for place in of_user {
                let value = ["k", "12345678", "1&"][place];
                record.value([key, fid, kind][place], place, value);
            }
            for _ in 0..2 {
                record.open("Funksjon");
                for place in of_score {
                    record.value([variable, score][place], place, ["3", last][place]);
                }
                record.close();
            }
            record.close();
            (record.text().to_owned(), record.content(&mut Zeroizing::default()).to_owned())
        };
        let (usual, content) = written([0, 1, 2], [0, 1], "4");
        assert_eq!(usual, content);
        for of_user in [[0, 2, 1], [1, 0, 2], [2, 1, 0], [1, 2, 0]] {
            for of_score in [[0, 1], [1, 0]] {
                let (text, turned) = written(of_user, of_score, "4");
                assert_eq!(turned, content, "{of_user:?} {of_score:?}");
                assert_ne!(text, usual);
                assert_ne!(written(of_user, of_score, "5").1, content);
            }
        }
    }
}
