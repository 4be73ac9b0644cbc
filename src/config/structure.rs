//! Keys, types and words of one TOML file against its schema, with every problem at once.
//!
//! What is wrong is noted and taken out of the table, so that the rest can still be read and
//! checked for what it means.

use std::{borrow::Cow, ops::Range};

use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::config::{distance::nearest, problem::Page, schema};

/// Reads one file; `None` where it is not TOML at all.
pub(super) fn read<T>(page: &mut Page<'_>, text: &str) -> Option<T>
where
    T: DeserializeOwned + schemars::JsonSchema,
{
    let (mut document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        // The library's words never repeat a value, only what was expected.
        page.problem("", error.span(), format!("this is not TOML: {}", error.message()));
    }
    if !errors.is_empty() {
        return None;
    }
    let place = document.span();
    prune(page, document.get_mut(), place, &schema::of::<T>(), "");
    match T::deserialize(toml::Deserializer::from(document)) {
        Ok(raw) => Some(raw),
        Err(error) => {
            page.problem("", error.span(), error.message());
            None
        }
    }
}

fn prune(
    page: &mut Page<'_>,
    table: &mut DeTable<'_>,
    place: Range<usize>,
    schema: &Value,
    path: &str,
) {
    let empty = serde_json::Map::new();
    let known = schema["properties"].as_object().unwrap_or(&empty);
    let mut meant = Vec::new();
    let mut bad = Vec::new();
    for (key, value) in table.iter_mut() {
        let full = join(path, key.get_ref());
        let fine = if let Some(schema) = known.get(key.get_ref().as_ref()) {
            fits(page, value, schema, &full)
        } else {
            let guess = nearest(key.get_ref(), known.keys().map(String::as_str));
            meant.extend(guess.map(str::to_owned));
            page.problem(&full, Some(key.span()), unknown_key(&full, guess, known));
            false
        };
        if !fine {
            bad.push(key.get_ref().to_string());
        }
    }
    for key in bad {
        table.remove(key.as_str());
    }
    let required = schema["required"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    for key in required.iter().filter_map(Value::as_str) {
        // A misspelt or ill-typed key has been reported with what it should be.
        if !table.contains_key(key)
            && !page.names(&join(path, key))
            && !meant.iter().any(|m| m == key)
        {
            let message = format!("it is missing; write {}", example(key, &known[key]));
            page.problem(&join(path, key), Some(place.clone()), message);
        }
    }
}

fn fits(page: &mut Page<'_>, value: &mut Spanned<DeValue<'_>>, schema: &Value, path: &str) -> bool {
    let place = value.span();
    let key = path.rsplit('.').next().unwrap_or(path);
    let wrong_type = |page: &mut Page<'_>, found: &DeValue<'_>| {
        let found = found.type_str();
        let article = if found.starts_with(['a', 'i']) { "an" } else { "a" };
        let message =
            format!("{article} {found} cannot stand here; write {}", example(key, schema));
        page.problem(path, Some(place.clone()), message);
        false
    };
    if let Some(choices) = schema["anyOf"].as_array() {
        // The one of the value's own type says best what is wrong with it.
        let name = match value.get_ref() {
            DeValue::String(_) => "string",
            DeValue::Array(_) => "array",
            _ => "",
        };
        let choice = choices.iter().find(|choice| choice["type"] == name);
        return match choice {
            Some(choice) => fits(page, value, choice, path),
            None => wrong_type(page, value.get_ref()),
        };
    }
    let words = words(schema);
    match (schema["type"].as_str(), value.get_mut()) {
        (_, DeValue::String(text)) if !words.is_empty() => {
            if words.contains(&text.as_ref()) {
                return true;
            }
            page.problem(path, Some(place.clone()), unknown_word(path, text, &words));
            false
        }
        (Some("object"), DeValue::Table(table)) => {
            prune(page, table, place, schema, path);
            true
        }
        (Some("array"), DeValue::Array(items)) => {
            // Every item is looked at, so that all bad ones are noted.
            let mut fine = true;
            for item in items.iter_mut() {
                fine &= fits(page, item, &schema["items"], path);
            }
            fine
        }
        (Some("integer"), DeValue::Integer(number)) => {
            let (least, most) = (schema["minimum"].as_i64(), schema["maximum"].as_i64());
            let (least, most) = (least.unwrap_or(0), most.unwrap_or(i64::from(u32::MAX)));
            let read = i64::from_str_radix(number.as_str(), number.radix());
            if read.is_ok_and(|number| (least..=most).contains(&number)) {
                return true;
            }
            page.problem(
                path,
                Some(place.clone()),
                format!("write a number from {least} to {most}"),
            );
            false
        }
        (Some("string"), DeValue::String(_)) | (Some("boolean"), DeValue::Boolean(_)) => true,
        (_, found) => wrong_type(page, found),
    }
}

fn unknown_key(full: &str, guess: Option<&str>, known: &serde_json::Map<String, Value>) -> String {
    if let Some((_, why)) = LATER_KEYS.iter().find(|(key, _)| *key == full) {
        return (*why).to_owned();
    }
    if let Some(guess) = guess {
        return format!("there is no such key; did you mean {guess}?");
    }
    let known: Vec<&str> = known.keys().map(String::as_str).collect();
    format!("there is no such key; remove it (known here: {})", known.join(", "))
}

fn unknown_word(path: &str, text: &str, words: &[&str]) -> String {
    let all = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ");
    if LATER_WORDS.iter().any(|(key, word)| *key == path && *word == text) {
        return format!("\"{text}\" is not in this version; write {all}");
    }
    match nearest(text, words.iter().copied()) {
        Some(guess) => format!("there is no such word; did you mean \"{guess}\"?"),
        None => format!("there is no such word; write {all}"),
    }
}

/// The words of an enumeration, with or without descriptions.
fn words(schema: &Value) -> Vec<&str> {
    let plain = schema["enum"].as_array().into_iter().flatten();
    let described = schema["oneOf"].as_array().into_iter().flatten().map(|one| &one["const"]);
    plain.chain(described).filter_map(Value::as_str).collect()
}

/// A line to write, from the schema's example.
fn example(key: &str, schema: &Value) -> String {
    match (&schema["examples"][0], schema["type"].as_str()) {
        (Value::Null, Some("object")) => {
            let inner = schema["properties"].as_object();
            let keys: Vec<&str> = inner.into_iter().flatten().map(|(k, _)| k.as_str()).collect();
            format!("a table {key} with {}", keys.join(", "))
        }
        (Value::Null, _) => format!("a text for {key}"),
        (example, _) => format!("{key} = {example}"),
    }
}

fn join(path: &str, key: &str) -> String {
    let key: Cow<'_, str> = key.into();
    if path.is_empty() { key.into_owned() } else { format!("{path}.{key}") }
}

/// Keys that the documentation names and that this version does not have yet, or that belong in
/// another file.
const LATER_KEYS: &[(&str, &str)] = &[
    ("catalogue.url-credential", "PostgreSQL is not in this version; remove it"),
    ("registry", "a registry stands in a file of its own; move it to registries.d/<id>.toml"),
    ("sender", "a sender stands in a file of its own; move it to senders.d/<id>.toml"),
];

/// Words that the documentation names and that this version does not take yet.
const LATER_WORDS: &[(&str, &str)] = &[
    ("catalogue.backend", "postgres"),
    ("registry.store", "https"),
    ("registry.store", "object-store"),
    ("registry.store", "s3"),
];
