//! What an element may hold: its attributes, whether each is demanded, how each is written
//! ([`form`], with code [`lists`] and points in [`time`]), and what a breach costs. The tables
//! themselves stand with the messages; [`fields`] looks an attribute up in them.

mod cost;
pub mod fields;
pub mod form;
pub mod lists;
pub mod time;

pub use cost::Cost;

use crate::kinds::kpr::schema::form::Form;

/// One element of a message.
#[derive(Debug)]
pub struct Element {
    /// Its name.
    pub name: &'static str,
    /// Its attributes, in the order of the schema, [`MOST_FIELDS`] at most.
    pub fields: &'static [Field],
    /// A bit for each that is demanded, by its place.
    pub required: u32,
}

/// One attribute of an element.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Whether it must, may or must not be there.
    pub need: Need,
    /// How its value is written.
    pub form: Form,
    /// What a wrong value costs.
    pub wrong: Cost,
    /// What it costs when it is demanded and not there.
    pub missing: Cost,
}

/// Whether an attribute must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It may be there.
    Optional,
    /// It must not be there.
    Prohibited,
    /// It must be there, and not be empty.
    Required,
}

impl Element {
    /// An element with its attributes.
    ///
    /// # Panics
    /// When they are too many: while this is compiled.
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        assert!(fields.len() <= MOST_FIELDS, "more fields than a record has room for");
        let (mut required, mut place) = (0, 0);
        while place < fields.len() {
            if matches!(fields[place].need, Need::Required) {
                required |= 1 << place;
            }
            place += 1;
        }
        Self { name, fields, required }
    }

    /// The place of a field that is known to be there. For constants.
    ///
    /// # Panics
    /// When there is no such field: while this is compiled.
    pub const fn place_of(&self, name: &str) -> usize {
        let mut place = 0;
        while place < self.fields.len() {
            if same(self.fields[place].name.as_bytes(), name.as_bytes()) {
                return place;
            }
            place += 1;
        }
        panic!("the element has no such field")
    }

    /// The attribute of this name and its index.
    pub fn field(&self, name: &str) -> Option<(usize, &'static Field)> {
        self.fields.iter().enumerate().find(|(_, field)| field.name == name)
    }
}

impl Field {
    /// A demanded attribute, with the usual costs of its form.
    pub const fn required(name: &'static str, form: Form) -> Self {
        Self { name, need: Need::Required, form, wrong: form.cost(), missing: Cost::Record }
    }

    /// An attribute that may be there, with the usual cost of its form.
    pub const fn optional(name: &'static str, form: Form) -> Self {
        Self { name, need: Need::Optional, form, wrong: form.cost(), missing: Cost::Told }
    }

    /// An attribute that must not be there.
    pub const fn prohibited(name: &'static str) -> Self {
        let (form, need) = (Form::Text, Need::Prohibited);
        Self { name, need, form, wrong: Cost::Message, missing: Cost::Told }
    }

    /// The same, when a wrong value or none costs more or less than usual.
    #[must_use]
    pub const fn costs(mut self, wrong: Cost, missing: Cost) -> Self {
        self.wrong = wrong;
        self.missing = missing;
        self
    }
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Attributes of one element.
pub const MOST_FIELDS: usize = 16;
