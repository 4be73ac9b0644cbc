//! Which field of its element an attribute is. Looked up by name once for each attribute that the
//! reader knows again, and by number after that.

use crate::{
    format::xml::event::Attribute,
    kinds::kpr::schema::{Element, Field, Need},
};

/// What was looked up in this document.
#[derive(Debug, Default)]
pub struct Fields {
    /// By the reader's number of the attribute.
    found: Vec<Option<Known>>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    element: &'static Element,
    place: usize,
    field: &'static Field,
}

/// What an attribute is.
pub enum Found {
    /// A field, at this place among those of its element.
    Field(usize, &'static Field),
    /// It says nothing about anybody.
    Ignored,
    /// The element has no such attribute.
    Unknown,
}

impl Fields {
    /// The field that an attribute was found to be before, if it may be there at all.
    #[inline]
    pub fn known(&self, number: u16, element: &'static Element) -> Option<(usize, &'static Field)> {
        match self.found.get(usize::from(number)) {
            Some(Some(known)) if std::ptr::eq(known.element, element) => {
                Some((known.place, known.field))
            }
            _ => None,
        }
    }

    /// Looks an attribute up, and remembers what it was found to be.
    pub fn look_up(&mut self, attribute: &Attribute<'_>, element: &'static Element) -> Found {
        let name = attribute.name();
        if name.namespace == SCHEMA_INSTANCE {
            return Found::Ignored;
        }
        let found = element.field(name.local).filter(|_| name.namespace.is_empty());
        let Some((place, field)) = found else { return Found::Unknown };
        if let Some(number) = attribute.number().map(usize::from)
            && field.need != Need::Prohibited
        {
            self.found.resize(self.found.len().max(number + 1), None);
            self.found[number] = Some(Known { element, place, field });
        }
        Found::Field(place, field)
    }
}

/// Attributes that tell a parser where the schema is say nothing about anybody.
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
