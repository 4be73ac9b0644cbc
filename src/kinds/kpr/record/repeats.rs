//! Whether an identifier stands in a record once more, in a value that leaves as it came.

use memchr::memmem;

use crate::{
    kinds::kpr::{
        record::{Record, folded, value::Value},
        schema::{Field, form::Form},
    },
    protect::scan::value::digits_of,
    types::guid::Guid,
};

impl Record {
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
}

/// A GUID without its signs.
const GUID_DIGITS: usize = 32;

/// A shorter identifier stands in other values by chance.
const SHORTEST_TELLING: usize = 8;

#[cfg(test)]
mod tests {
    use crate::kinds::kpr::{
        annual::schema::{BRUKER, FUNKSJON},
        record::Record,
    };

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
