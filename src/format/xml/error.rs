//! Why a document was refused: a closed set, each with its words for the sender and its place.

use std::io;

use crate::types::{
    finding::{Finding, Place},
    rule::{Hint, Text},
    rules::intake::IN_04,
};

/// A document that is not well-formed, or holds what we do not take. Holds nothing of its text.
#[derive(Debug, thiserror::Error)]
#[error("{kind} (line {line}, column {column})")]
pub struct XmlError {
    /// What is wrong.
    pub kind: XmlErrorKind,
    /// Line of the document, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
    /// The failed read, for [`XmlErrorKind::Unreadable`].
    pub source: Option<io::Error>,
}

impl XmlError {
    /// Where it stands.
    pub fn place(&self) -> Place {
        Place::Line { line: self.line, column: self.column }
    }

    /// The breach of IN-04 that the sender is told of.
    pub fn finding(&self) -> Finding {
        Finding::new(&IN_04, self.place()).hint(self.kind.hint())
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])+ $kind:ident = $key:literal, $apprec:literal, $nb:literal, $en:literal;)+) => {
        /// What is wrong with a document, in order of the alphabet.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
        #[non_exhaustive]
        pub enum XmlErrorKind {
            $($(#[$doc])+ #[error($en)] $kind,)+
        }

        impl XmlErrorKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// What the sender is told.
            pub fn hint(self) -> &'static Hint {
                match self {
                    $(Self::$kind => {
                        static HINT: Hint = Hint {
                            key: $key,
                            text: Text { nb: $nb, en: $en },
                            apprec: Some($apprec),
                            cure: None,
                        };
                        &HINT
                    })+
                }
            }
        }
    };
}

kinds! {
    /// An attribute is not written as `name="value"`.
    Attribute = "xml-attribute", "T01",
        "et attributt er ikke skrevet som navn=\"verdi\": sett likhetstegn og anførselstegn",
        "an attribute is not written as name=\"value\": put the equals sign and the quotes";
    /// `]]>` stands in text.
    CdataEnd = "xml-cdata-end", "T01",
        "tegnene ]]> står i løpende tekst: skriv ]]&gt;",
        "the characters ]]> stand in text: write ]]&gt;";
    /// A character that XML does not allow, as such or as a reference.
    Character = "xml-character", "T01",
        "et tegn som XML ikke tillater: fjern styretegnet",
        "a character that XML does not allow: remove the control character";
    /// `--` within a comment, or `--->` at its end.
    Comment = "xml-comment", "T01",
        "to bindestreker etter hverandre i en kommentar: fjern kommentaren",
        "two hyphens in a row within a comment: remove the comment";
    /// The XML declaration is not as the standard says.
    Declaration = "xml-declaration", "T01",
        "XML-deklarasjonen er feil: skriv <?xml version=\"1.0\" encoding=\"UTF-8\"?> helt først",
        "the XML declaration is wrong: write <?xml version=\"1.0\" encoding=\"UTF-8\"?> at the very start";
    /// A document type declaration.
    Doctype = "xml-doctype", "T02",
        "filen har en DOCTYPE, som ikke tas imot: fjern den og entitetene i den",
        "the file has a DOCTYPE, which is not taken: remove it and the entities in it";
    /// The same attribute twice on one element, also through two prefixes of one namespace.
    DuplicateAttribute = "xml-duplicate-attribute", "T01",
        "det samme attributtet står to ganger på ett element: fjern det ene",
        "the same attribute stands twice on one element: remove one";
    /// Bytes that the declared encoding does not define.
    Encoding = "xml-encoding", "T01",
        "innholdet er ikke i tegnsettet som filen oppgir: lagre filen i det tegnsettet den oppgir",
        "the content is not in the encoding that the file declares: save it in that encoding";
    /// Declaration and byte order mark disagree.
    EncodingConflict = "xml-encoding-conflict", "T01",
        "XML-deklarasjonen oppgir et annet tegnsett enn det filen er lagret i: rett deklarasjonen",
        "the XML declaration names another encoding than the file is saved in: correct the declaration";
    /// An encoding that is not taken.
    EncodingUnsupported = "xml-encoding-unsupported", "T02",
        "tegnsettet tas ikke imot: bruk UTF-8, UTF-16 med BOM, ISO-8859-1 eller windows-1252",
        "the encoding is not taken: use UTF-8, UTF-16 with a byte order mark, ISO-8859-1 or windows-1252";
    /// An end tag of an element that is not the innermost open one.
    EndTag = "xml-end-tag", "T01",
        "en sluttkode passer ikke til elementet som er åpent: lukk elementene i riktig rekkefølge",
        "an end tag does not fit the open element: close the elements in the right order";
    /// A reference to an entity other than the five.
    Entity = "xml-entity", "T02",
        "en entitet som ikke er definert: bare &amp; &lt; &gt; &quot; og &apos; tas imot",
        "an entity that is not defined: only &amp; &lt; &gt; &quot; and &apos; are taken";
    /// `<` in an attribute value.
    LessThan = "xml-less-than", "T01",
        "tegnet < står i en attributtverdi: skriv &lt;",
        "the character < stands in an attribute value: write &lt;";
    /// `<!` that starts neither a comment nor a CDATA section, or one of these out of place.
    Markup = "xml-markup", "T01",
        "koden etter < er ikke XML: skriv &lt; der tegnet < er ment som tekst",
        "what follows < is no XML: write &lt; where the character < is meant as text";
    /// A start tag without space between two attributes.
    MissingSpace = "xml-missing-space", "T01",
        "det mangler et mellomrom mellom to attributter: sett inn mellomrom",
        "a space is missing between two attributes: insert one";
    /// A name that the standard does not allow.
    Name = "xml-name", "T01",
        "et navn på et element eller attributt er ikke tillatt i XML: rett navnet",
        "a name of an element or attribute is not allowed in XML: correct the name";
    /// A name longer than allowed.
    NameTooLong = "xml-name-too-long", "X99",
        "et navn er for langt: bruk filformatet slik det er beskrevet",
        "a name is too long: use the format as it is described";
    /// A declaration of a namespace that the standard forbids.
    Namespace = "xml-namespace", "T01",
        "et navnerom er deklarert på en måte som ikke er tillatt: rett xmlns-attributtet",
        "a namespace is declared in a way that is not allowed: correct the xmlns attribute";
    /// There is no root element.
    NoRoot = "xml-no-root", "T01",
        "filen har ikke noe rotelement: send en fullstendig XML-fil",
        "the file has no root element: send a complete XML file";
    /// Something other than white space, comments and processing instructions beside the root.
    OutsideRoot = "xml-outside-root", "T01",
        "det står innhold utenfor rotelementet: send ett dokument i hver fil",
        "content stands outside the root element: send one document in each file";
    /// A prefix without a namespace.
    Prefix = "xml-prefix", "T01",
        "et prefiks er ikke deklarert: deklarer det med xmlns",
        "a prefix is not declared: declare it with xmlns";
    /// A processing instruction that is not written as the standard says.
    ProcessingInstruction = "xml-instruction", "T01",
        "en prosesseringsinstruksjon er skrevet feil: fjern den",
        "a processing instruction is written wrongly: remove it";
    /// A processing instruction that makes a program fetch something.
    ProcessingInstructionFetches = "xml-instruction-fetches", "T02",
        "xml-stylesheet og andre instruksjoner som henter noe, tas ikke imot: fjern instruksjonen",
        "xml-stylesheet and other instructions that fetch something are not taken: remove the instruction";
    /// `&` that starts no reference, or a reference that is cut or out of range.
    Reference = "xml-reference", "T01",
        "tegnet & starter ingen gyldig referanse: skriv &amp;",
        "the character & starts no valid reference: write &amp;";
    /// One tag, text or comment longer than allowed.
    TokenTooLong = "xml-token-too-long", "X99",
        "en tekst, kode eller kommentar er for lang: del den opp eller fjern den",
        "a text, tag or comment is too long: split it or remove it";
    /// More elements within each other than allowed.
    TooDeep = "xml-too-deep", "X99",
        "for mange elementer inni hverandre: bruk filformatet slik det er beskrevet",
        "too many elements within each other: use the format as it is described";
    /// The document is longer than allowed.
    TooLarge = "xml-too-large", "X99",
        "filen er større enn tillatt: del den opp",
        "the file is larger than allowed: split it";
    /// More attributes on one element than allowed.
    TooManyAttributes = "xml-too-many-attributes", "X99",
        "for mange attributter på ett element: bruk filformatet slik det er beskrevet",
        "too many attributes on one element: use the format as it is described";
    /// More namespace declarations in force than allowed.
    TooManyNamespaces = "xml-too-many-namespaces", "X99",
        "for mange navnerom er deklarert: deklarer hvert navnerom én gang, på rotelementet",
        "too many namespaces are declared: declare each once, on the root element";
    /// The document ends within an element.
    UnexpectedEnd = "xml-unexpected-end", "T01",
        "filen slutter før siste element er lukket: send hele filen på nytt",
        "the file ends before its last element is closed: send the whole file again";
    /// The input cannot be read; the sender may not be able to do anything about it.
    Unreadable = "xml-unreadable", "X99",
        "filen lot seg ikke lese: send den på nytt",
        "the file could not be read: send it again";
    /// An XML version other than 1.0.
    Version = "xml-version", "T02",
        "bare XML 1.0 tas imot: skriv version=\"1.0\"",
        "only XML 1.0 is taken: write version=\"1.0\"";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{XmlError, XmlErrorKind};
    use crate::types::finding::Place;

    #[test]
    fn every_kind_has_its_own_hint_that_says_what_to_do() {
        let mut keys = BTreeSet::new();
        for kind in XmlErrorKind::ALL {
            let hint = kind.hint();
            assert!(keys.insert(hint.key), "{} stands twice", hint.key);
            for words in [hint.text.nb, hint.text.en] {
                assert!(words.contains(": ") && !words.ends_with('.'), "{words}");
            }
            assert!(matches!(hint.apprec, Some("T01" | "T02" | "X99")), "{}", hint.key);
        }
    }

    #[test]
    fn a_finding_carries_the_place() {
        let error = XmlError { kind: XmlErrorKind::Name, line: 3, column: 7, source: None };
        assert_eq!(error.finding().place, Place::Line { line: 3, column: 7 });
        assert_eq!(error.finding().rule.code, "IN-04");
        assert!(error.to_string().ends_with("(line 3, column 7)"), "{error}");
    }
}
