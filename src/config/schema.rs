//! JSON Schema of the configuration files: for editors, and for the structure check.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Value, json};

use crate::config::{
    raw::main_file::RawMain, raw::registry::RawRegistryFile, raw::sender::RawSenderFile,
};

/// One schema for editors: a file is the main file, a sender or a registry.
pub fn schema() -> Value {
    let mut main = of::<RawMain>();
    let mut sender = of::<RawSenderFile>();
    let mut registry = of::<RawRegistryFile>();
    for schema in [&mut main, &mut sender, &mut registry] {
        if let Some(object) = schema.as_object_mut() {
            object.remove("$schema");
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "filsluse: filsluse.toml, senders.d/*.toml and registries.d/*.toml",
        "anyOf": [
            {"$ref": "#/$defs/main"},
            {"$ref": "#/$defs/sender"},
            {"$ref": "#/$defs/registry"},
        ],
        "$defs": {"main": main, "sender": sender, "registry": registry},
    })
}

/// The schema of one file kind, without references and without `null`, which TOML cannot say.
pub(super) fn of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    without_null(&mut schema);
    schema
}

fn without_null(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(without_null),
        Value::Object(object) => {
            object.remove("default");
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    object.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(words)) = object.get_mut("enum") {
                words.retain(|word| !word.is_null());
            }
            if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
                choices.retain(|choice| choice.get("type") != Some(&json!("null")));
                if let [Value::Object(only)] = choices.as_slice() {
                    let only = only.clone();
                    object.remove("anyOf");
                    for (key, value) in only {
                        object.entry(key).or_insert(value);
                    }
                }
            }
            object.values_mut().for_each(without_null);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::schema;

    #[test]
    fn it_has_no_null_and_no_open_table() {
        fn look(value: &Value, tables: &mut usize) {
            match value {
                Value::Object(object) => {
                    if object.contains_key("properties") {
                        assert_eq!(object["additionalProperties"], false, "{object:?}");
                        *tables += 1;
                    }
                    assert_ne!(object.get("type"), Some(&Value::from("null")));
                    object.values().for_each(|value| look(value, tables));
                }
                Value::Array(items) => items.iter().for_each(|value| look(value, tables)),
                Value::Null => panic!("a null"),
                _ => {}
            }
        }
        let mut tables = 0;
        look(&schema(), &mut tables);
        assert_eq!(
            tables, 24,
            "main, eleven sections, sender file, sender, expect, registry file, …"
        );
    }

    #[test]
    fn required_keys_are_named() {
        let schema = schema();
        let names = |pointer: &str| schema.pointer(pointer).cloned().unwrap_or_default();
        assert_eq!(names("/$defs/main/required"), serde_json::json!(["drop-root", "state-dir"]));
        assert_eq!(
            names("/$defs/sender/properties/sender/required"),
            serde_json::json!(["id", "name", "kinds"])
        );
        assert_eq!(names("/$defs/sender/properties/sender/properties/id/type"), "string");
    }
}
