//! What a document is, by what its first bytes say: never by its name.
//!
//! Looks only; whether the document holds what it says is for its reader to find out. So a
//! character that cannot be read, or a document type declaration, is stepped over here and refused
//! there.

pub(super) mod root;

use std::{borrow::Cow, fmt};

use memchr::memmem;

use crate::{
    format::{
        csv::{
            Delimiter, Options,
            reader::Reader,
            sniff::{self, Charset},
        },
        xlsx::error::PASSWORD_OR_OLD_FORMAT,
    },
    types::{
        finding::{Finding, Place},
        rule::{Hint, Text},
        rules::intake::IN_02,
    },
};

/// What the first bytes of a document say.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recognised {
    /// age v1, binary.
    Age,
    /// age in its ASCII armour.
    AgeArmored,
    /// CSV of two columns or more.
    Csv {
        /// The column names.
        header: Vec<String>,
        /// The `#key=value` lines above them.
        preamble: Vec<(String, String)>,
        /// What separates them.
        delimiter: Delimiter,
    },
    /// Nothing at all.
    Empty,
    /// gzip.
    Gzip,
    /// A compound file: an old spreadsheet, or a new one with a password.
    Ole,
    /// An `OpenDocument` file.
    OpenDocument,
    /// Text that is no table of ours.
    Text {
        /// What is wrong with its first line, where that can be said.
        fault: Option<Finding>,
    },
    /// None of these.
    Unknown,
    /// An Office Open XML package: a spreadsheet, as far as the first bytes tell.
    Xlsx,
    /// XML.
    Xml {
        /// The root element's namespace, if it has one.
        namespace: Option<String>,
        /// The root element's local name.
        root: String,
        /// Its attributes without declarations of namespaces: the name without its prefix, and the
        /// value with references as they are written.
        attributes: Vec<(String, String)>,
    },
    /// A zip archive of something else.
    Zip,
}

impl fmt::Debug for Recognised {
    /// Shows the sort only: a header line may turn out to be somebody's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Age => "Age",
            Self::AgeArmored => "AgeArmored",
            Self::Csv { .. } => "Csv",
            Self::Empty => "Empty",
            Self::Gzip => "Gzip",
            Self::Ole => "Ole",
            Self::OpenDocument => "OpenDocument",
            Self::Text { .. } => "Text",
            Self::Unknown => "Unknown",
            Self::Xlsx => "Xlsx",
            Self::Xml { .. } => "Xml",
            Self::Zip => "Zip",
        })
    }
}

impl Recognised {
    /// Why no kind takes a document of this sort, where that is plain from the sort alone.
    pub fn refusal(&self) -> Option<Finding> {
        let hint = match self {
            Self::Empty => &EMPTY,
            Self::Ole => &PASSWORD_OR_OLD_FORMAT,
            Self::OpenDocument => &OPEN_DOCUMENT,
            Self::Text { fault: Some(finding) } => return Some(finding.clone()),
            Self::Text { fault: None } => &TEXT,
            Self::Unknown => &UNKNOWN,
            _ => return None,
        };
        Some(Finding::new(&IN_02, Place::File {}).hint(hint))
    }
}

/// Looks at the first bytes of a document; [`HEAD`] of them are enough.
pub fn recognise(head: &[u8]) -> Recognised {
    if head.is_empty() {
        return Recognised::Empty;
    }
    for (magic, recognised) in MAGIC {
        if head.starts_with(magic) {
            return recognised.clone();
        }
    }
    if head.starts_with(ZIP_ENTRY) {
        return package(head);
    }
    if head.starts_with(ZIP_EMPTY) {
        return Recognised::Zip;
    }
    let text = text(head);
    if text.trim_start().starts_with('<') {
        return match root::of_text(&text) {
            Some(root) => {
                let name = root.local_name().to_owned();
                Recognised::Xml {
                    namespace: root.namespace,
                    root: name,
                    attributes: root.attributes,
                }
            }
            None => Recognised::Unknown,
        };
    }
    match Reader::new(text.as_bytes(), Options::default()) {
        Ok(reader) if reader.header().len() > 1 => Recognised::Csv {
            header: reader.header().to_vec(),
            preamble: reader.preamble().to_vec(),
            delimiter: reader.delimiter(),
        },
        _ if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n')) => {
            Recognised::Unknown
        }
        Ok(_) => Recognised::Text { fault: None },
        Err(error) => Recognised::Text { fault: error.finding() },
    }
}

/// The head as text, by its mark, its shape, or as [`sniff`] finds.
pub(super) fn text(head: &[u8]) -> Cow<'_, str> {
    let sniffed = sniff::sniff(head);
    let (charset, mark) = match head {
        [b'<', 0, ..] => (Charset::Utf16Le, 0),
        [0, b'<', ..] => (Charset::Utf16Be, 0),
        _ => (sniffed.charset, sniffed.mark),
    };
    sniff::text_of(charset, &head[mark..])
}

/// Which sort of zip, by the names of the entries that begin within the head.
fn package(head: &[u8]) -> Recognised {
    let names = memmem::find_iter(head, ZIP_ENTRY)
        .filter_map(|at| {
            let length = head.get(at + 26..at + 28)?;
            let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
            head.get(at + 30..at + 30 + length)
        })
        .collect::<Vec<_>>();
    if names.first() == Some(&&b"mimetype"[..]) {
        return Recognised::OpenDocument;
    }
    let of_a_package = |name: &&[u8]| {
        name.starts_with(b"xl/")
            || name.starts_with(b"docProps/")
            || name.starts_with(b"_rels/")
            || *name == b"[Content_Types].xml"
    };
    if names.iter().any(of_a_package) { Recognised::Xlsx } else { Recognised::Zip }
}

/// Bytes of a document that are looked at.
pub const HEAD: usize = 64 << 10;

const ZIP_ENTRY: &[u8] = b"PK\x03\x04";
const ZIP_EMPTY: &[u8] = b"PK\x05\x06";
static MAGIC: &[(&[u8], Recognised)] = &[
    (b"age-encryption.org/", Recognised::Age),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", Recognised::AgeArmored),
    (b"\x1F\x8B", Recognised::Gzip),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Recognised::Ole),
];

static EMPTY: Hint = Hint {
    key: "empty",
    text: Text {
        nb: "Filen er tom. Send den på nytt med innhold.",
        en: "The file is empty. Send it again with its content.",
    },
    apprec: None,
    cure: None,
};
static OPEN_DOCUMENT: Hint = Hint {
    key: "open-document",
    text: Text {
        nb: "OpenDocument-filer tas ikke imot. Lagre tabellen som .xlsx eller CSV UTF-8.",
        en: "OpenDocument files are not taken. Save the table as .xlsx or CSV UTF-8.",
    },
    apprec: None,
    cure: None,
};
static TEXT: Hint = Hint {
    key: "no-table",
    text: Text {
        nb: "Filen er tekst, men verken XML eller en tabell. XML begynner med <. En tabell begynner med overskriftene, med semikolon, komma eller tabulator mellom kolonnene: lagre regnearket som .xlsx eller CSV UTF-8.",
        en: "The file is text, but neither XML nor a table. XML begins with <. A table begins with the headings, with semicolon, comma or tab between the columns: save the spreadsheet as .xlsx or CSV UTF-8.",
    },
    apprec: None,
    cure: None,
};
static UNKNOWN: Hint = Hint {
    key: "unknown-content",
    text: Text {
        nb: "Innholdet er verken XML, CSV, Excel-arbeidsbok eller et arkiv av slike. Send filen i et avtalt format.",
        en: "The content is neither XML, CSV, an Excel workbook nor an archive of such. Send the file in an agreed format.",
    },
    apprec: None,
    cure: None,
};

#[cfg(test)]
mod tests {
    use super::{Delimiter, Place, Recognised, recognise};

    fn xml(namespace: Option<&str>, root: &str) -> Recognised {
        xml_with(namespace, root, &[])
    }

    fn xml_with(namespace: Option<&str>, root: &str, attributes: &[(&str, &str)]) -> Recognised {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Recognised::Xml {
            namespace: namespace.map(str::to_owned),
            root: root.to_owned(),
            attributes: attributes.iter().map(owned).collect(),
        }
    }

    #[test]
    fn what_documents_say_they_are() {
        let wide: Vec<u8> = "\u{FEFF}<?xml version='1.0' encoding='UTF-16'?><a xmlns='urn:x'/>"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let csv = Recognised::Csv {
            header: vec!["list_id".to_owned(), "navn".to_owned()],
            preamble: Vec::new(),
            delimiter: Delimiter::Semicolon,
        };
        for (head, want) in [
            (&b""[..], Recognised::Empty),
            (b"<a/>", xml(None, "a")),
            (b"\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- > <b> -->\n<p:a xmlns=\"no\" xmlns:p = 'urn:x' b='>' p:c = ''>", xml_with(Some("urn:x"), "a", &[("b", ">"), ("c", "")])),
            (b"<!DOCTYPE a [<!ENTITY b '>]'>]><a>", xml(None, "a")),
            (b"<?xml version='1.0' encoding='ISO-8859-1'?><a xmlns='urn:x' n='\xE6'>", xml_with(Some("urn:x"), "a", &[("n", "æ")])),
            (&wide, xml(Some("urn:x"), "a")),
            (b"<a", Recognised::Unknown),
            (b"<a b=c>", Recognised::Unknown),
            (b"list_id;navn\r\n1;2\r\n", csv.clone()),
            (b"\xEF\xBB\xBFlist_id;navn\r\n", csv.clone()),
            (b"list_id;navn\r\n1;B\xF8e\r\n", csv.clone()),
            (b"just some words\n", Recognised::Text { fault: None }),
            (b"words and \x01 other bytes\n", Recognised::Unknown),
            (b";;\r\n\r\nlist_id;navn\r\n1;2\r\n", csv),
            (b"\x1F\x8B\x08", Recognised::Gzip),
            (b"age-encryption.org/v1\n-> X25519 ", Recognised::Age),
            (b"-----BEGIN AGE ENCRYPTED FILE-----\n", Recognised::AgeArmored),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0", Recognised::Ole),
            (b"PK\x03\x04", Recognised::Zip),
            (b"%PDF-1.7\n\0", Recognised::Unknown),
        ] {
            assert!(recognise(head) == want, "{:?}: {:?}", String::from_utf8_lossy(head), want);
        }
    }

    #[test]
    fn a_table_that_begins_wrongly_is_told_where() {
        for (head, key, line) in [
            (&b"A title;;\r\nlist_id;navn;by\r\n"[..], "csv-empty-column-name", 1),
            (b"list_id;navn;navn\r\n", "csv-duplicate-column", 1),
            (b"list_id;navn\r1;2\r", "csv-line-end", 1),
        ] {
            let finding = recognise(head).refusal().unwrap();
            assert_eq!(finding.hint.unwrap().key, key);
            assert!(matches!(finding.place, Place::Line { line: found, .. } if found == line));
        }
    }
}
