//! The description of the API, for programs that make clients. A test holds every answer against
//! it.

use crate::admin::VERSION;

/// The document, in JSON.
pub(super) fn document() -> String {
    TEXT.replacen(NO_VERSION, &format!("\"version\": \"{VERSION}\""), 1)
}

const TEXT: &str = include_str!("openapi.json");
const NO_VERSION: &str = "\"version\": \"0\"";

#[cfg(test)]
mod tests {
    use super::document;

    #[test]
    fn it_is_json_with_our_version() {
        let document: serde_json::Value = serde_json::from_str(&document()).unwrap();
        assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    }
}
