//! A value with its place in the file, for the words about what is wrong with it.

use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

/// A value and where in its file it stands, in bytes.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(transparent)]
pub(in crate::config) struct At<T>(toml::Spanned<T>);

impl<T> At<T> {
    /// A value of ours, which stands nowhere.
    pub(in crate::config) fn new(value: T) -> Self {
        Self(toml::Spanned::new(0..0, value))
    }

    pub(in crate::config) fn value(&self) -> &T {
        self.0.get_ref()
    }

    pub(in crate::config) fn place(&self) -> Range<usize> {
        self.0.span()
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
