//! What a document says it is (IN-02); its name means nothing.

use std::fmt;

/// What a document says it is; its name means nothing.
#[derive(Clone, PartialEq, Eq)]
pub enum Says {
    /// CSV, or the first sheet of a workbook.
    Table {
        /// Its headings.
        headings: Vec<String>,
        /// The `#key=value` lines above them; a workbook has none.
        preamble: Vec<(String, String)>,
    },
    /// XML.
    Xml {
        /// The root element's namespace; empty for none.
        namespace: String,
        /// The root element's local name.
        root: String,
        /// The root element's attributes: name without prefix, and value with references as they
        /// are written.
        attributes: Vec<(String, String)>,
    },
}

impl Says {
    /// The value of a root element's attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let Self::Xml { attributes, .. } = self else { return None };
        attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of a `#key=value` line above a table, whatever the case of the key.
    pub fn preamble(&self, key: &str) -> Option<&str> {
        let Self::Table { preamble, .. } = self else { return None };
        let found = preamble.iter().find(|(known, _)| known.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Says {
    /// Shows the sort only: a heading or an attribute may be somebody's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table { .. } => "Table",
            Self::Xml { .. } => "Xml",
        })
    }
}
