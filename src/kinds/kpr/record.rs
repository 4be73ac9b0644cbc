//! One record on its way through: written once as it would leave for a registry that takes all of
//! it, with a note of where each value stands. A registry that takes less gets the same text with
//! other words in a few places. One buffer for all records, so that nothing is allocated for each.

use std::{fmt, ops::Range};

use memchr::memmem;
use zeroize::Zeroize;

use crate::{
    kinds::kpr::{
        folded, lists,
        schema::{Field, Form, MOST_FIELDS, Need},
    },
    protect::scan::value::digits_of,
    types::guid::Guid,
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

/// One value of a record.
#[derive(Debug, Clone, Copy)]
pub struct Value {
    /// Its field.
    pub field: &'static Field,
    /// The attribute in the text, from the blank before its name to its closing quote.
    from: u32,
    to: u32,
    kept: Kept,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// In the text, as it is.
    Written,
    /// With references in the text, and here as it reads.
    Apart(u32, u32),
    /// In the text, as it is: a GUID with somebody's number in it, which leaves as another one.
    Keyed,
    /// Taken out; the text has what stands in its place, if anything.
    Nulled,
    /// Taken out again after it was written.
    Removed,
}

impl Value {
    /// Where the attribute stands in the record's text.
    pub fn place(&self) -> Range<usize> {
        self.from as usize..self.to as usize
    }

    /// What stands between its quotes there.
    fn quoted(&self) -> Range<usize> {
        let name = BEFORE.len() + self.field.name.len() + EQUALS.len();
        self.from as usize + name..self.to as usize - 1
    }

    /// There, and not taken out.
    pub fn is_there(&self) -> bool {
        matches!(self.kept, Kept::Written | Kept::Apart(..) | Kept::Keyed)
    }

    /// A GUID that leaves as another one.
    pub fn is_keyed(&self) -> bool {
        self.kept == Kept::Keyed
    }

    /// Taken out again: the text still has it.
    pub fn is_removed(&self) -> bool {
        self.kept == Kept::Removed
    }
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

    /// All of it, as it would leave for a registry that takes all of it; the same for the same
    /// content only.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.apart.len() + self.values.len() * size_of::<Value>()
    }

    /// The field whose value leaves as it came and holds this identifier, if there is one: in a
    /// text, however it is written there.
    pub fn repeats(&self, identifier: &str) -> Option<&'static Field> {
        if identifier.len() < SHORTEST_TELLING {
            return None;
        }
        let telling = folded::length(identifier, folded::OF_IDENTIFIERS);
        let as_it_is = |text: &str| {
            let (text, identifier) = (text.as_bytes(), identifier.as_bytes());
            // Most texts do not even have its first character.
            memchr::memchr_iter(identifier[0], text).any(|at| text[at..].starts_with(identifier))
        };
        let found = self.roomy_value(|value| {
            let is_text = value.field.form == Form::Text && telling >= SHORTEST_TELLING;
            let least = if is_text { telling } else { identifier.len() };
            value.quoted().len() >= least
                && self.text_of(value).is_some_and(|text| {
                    if is_text {
                        folded::holds(text, identifier, folded::OF_IDENTIFIERS)
                    } else {
                        as_it_is(text)
                    }
                })
        });
        found.or_else(|| self.has_in_guid(identifier).map(|value| value.field))
    }

    /// The GUID in which an identifier's digits stand, whatever hyphens are between them.
    fn has_in_guid(&self, identifier: &str) -> Option<&Value> {
        let mut keyed = self.special().filter(|value| value.is_keyed()).peekable();
        keyed.peek()?;
        let digits = digits_of(identifier);
        keyed.find(|value| {
            let guid = self.text_of(value).and_then(|text| Guid::parse(text.as_bytes()));
            guid.is_some_and(|guid| guid.has_digits(&digits))
        })
    }

    /// The field whose value leaves as it came and has these digits in it in this order, whatever
    /// stands between them.
    pub fn repeats_apart(&self, digits: &[u8]) -> Option<&'static Field> {
        let values = self.roomy.iter().filter_map(|index| self.values.get(*index as usize));
        let mut values = values.filter(|v| matches!(v.field.form, Form::Guid | Form::Text));
        let holds = |value: &&Value| {
            self.text_of(value).is_some_and(|text| memmem::find(&digits_of(text), digits).is_some())
        };
        values.find(holds).map(|value| value.field)
    }

    /// The first value that leaves as it came and is this GUID, or a text with it in it, however
    /// either is written.
    pub fn says_again(&self, guid: &str) -> Option<&'static Field> {
        self.roomy_value(|value| {
            value.quoted().len() >= GUID_DIGITS
                && self.text_of(value).is_some_and(|other| match value.field.form {
                    Form::Guid if other.len() == guid.len() => other.eq_ignore_ascii_case(guid),
                    Form::Guid => {
                        let guid = Guid::parse(guid.as_bytes());
                        guid.is_some() && guid == Guid::parse(other.as_bytes())
                    }
                    _ => {
                        folded::length(guid, folded::OF_GUIDS) == GUID_DIGITS
                            && folded::holds(other, guid, folded::OF_GUIDS)
                    }
                })
        })
    }

    /// The field of the first value that leaves as it came, may hold an identifier and is like
    /// this.
    fn roomy_value(&self, is: impl Fn(&Value) -> bool) -> Option<&'static Field> {
        let mut values = self.roomy.iter().filter_map(|index| self.values.get(*index as usize));
        values.find(|value| is(value)).map(|value| value.field)
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
        self.values.push(Value { field, from: span(at.start), to: span(at.end), kept });
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

const BEFORE: &str = " ";
const EQUALS: &str = "=\"";

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

/// A GUID without its signs.
const GUID_DIGITS: usize = 32;

/// A shorter identifier stands in other values by chance.
const SHORTEST_TELLING: usize = 8;

#[cfg(test)]
mod tests {
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
    fn an_identifier_is_found_in_plain_values_only() {
        let [variable, ..] = FUNKSJON.fields else { panic!() };
        for (identifier, value, repeats) in [
            ("12345678", "x12345678", true),
            ("12345678", "x1234567", false),
            ("1234567", "1234567", false),
            ("1234&5678", "<1234&5678>", true),
            ("1234&5678", "1234&567", false),
            ("variabel", "x", false),
        ] {
            let mut record = Record::default();
            record.open("Bruker");
            record.value(&BRUKER.fields[1], 1, identifier);
            record.open("Funksjon");
            record.value(variable, 0, value);
            let found = record.repeats(identifier).map(|field| field.name);
            assert_eq!(found, repeats.then_some("variabel"), "{identifier} {value}");
        }
    }
}
