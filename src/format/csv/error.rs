//! Why a CSV file cannot be read, where, and what its sender does about it.

use std::io;

use crate::{
    format::envelope::error::EnvelopeError,
    types::{
        finding::{Finding, Place},
        rule::hint,
        rules::intake::{IN_01, IN_04},
    },
};

/// The file ends here: nothing after it was looked at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// The bytes could not be read; an envelope's own error may be its source.
    #[error("cannot read the file, see the cause")]
    Read(#[source] io::Error),
    /// The text breaks the format.
    #[error("{fault} in line {line}")]
    Malformed {
        /// What is wrong.
        fault: Fault,
        /// Line, from 1.
        line: u64,
        /// Column in characters, from 1; 0 for the line as a whole.
        column: u64,
    },
}

/// What is wrong with the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A quote where none may stand.
    #[error("quote the whole field and double the quotes in it")]
    BareQuote,
    /// An empty line before the last record.
    #[error("remove the empty line")]
    BlankLine,
    /// A record has more or fewer fields than the header.
    #[error("give every record as many fields as the header")]
    Columns,
    /// A control character.
    #[error("remove the control character")]
    ControlCharacter,
    /// The file ends in a record that has fewer fields than the header.
    #[error("send the whole file, its last line is cut off")]
    CutOff,
    /// Fewer rows than were declared.
    #[error("send the whole file, it has fewer rows than declared")]
    MissingRows,
    /// More rows than were declared.
    #[error("declare the rows that the file has")]
    DeclaredRows,
    /// No delimiter, or two as often as each other.
    #[error("use one delimiter")]
    Delimiter,
    /// Two columns of one name.
    #[error("name each column once")]
    DuplicateColumn,
    /// A column without a name.
    #[error("name every column")]
    EmptyColumnName,
    /// Bytes that are not text.
    #[error("save the file as CSV UTF-8")]
    Encoding,
    /// A carriage return that ends no line.
    #[error("end lines with CRLF or LF")]
    LoneCarriageReturn,
    /// No header line.
    #[error("begin with a header line")]
    NoHeader,
    /// A line that begins with `#` and is not as agreed.
    #[error("write `#key=value` before the header or `#rows=` at the end, or quote the field")]
    Preamble,
    /// Two `#key=value` lines of one key.
    #[error("write each `#key=value` line once")]
    PreambleTwice,
    /// Something over the limits.
    #[error("shorten the field, record or header")]
    TooLarge,
    /// Lines after `#rows=`.
    #[error("end the file with the line that declares the rows")]
    TrailerNotLast,
    /// The file ends in a quoted field.
    #[error("send the whole file, it ends in a quoted field")]
    UnclosedQuote,
}

impl CsvError {
    /// What the receipt says; `None` where the fault is not the sender's: try again, or alarm.
    pub fn finding(&self) -> Option<Finding> {
        match self {
            Self::Read(cause) => match EnvelopeError::of(cause) {
                Some(error) => error.finding(),
                // What a transcoder says of bytes that are not in the encoding.
                None if cause.kind() == io::ErrorKind::InvalidData => {
                    Some(Finding::new(&IN_04, Place::File {}).hint(&ENCODING))
                }
                None => None,
            },
            Self::Malformed { fault, line, column } => {
                let place = Place::Line { line: *line, column: *column };
                let (rule, hint) = match fault {
                    Fault::DeclaredRows | Fault::MissingRows => (&IN_01, &DECLARED_ROWS),
                    Fault::CutOff => (&IN_01, &CUT_OFF),
                    Fault::UnclosedQuote => (&IN_01, &UNCLOSED_QUOTE),
                    Fault::BareQuote => (&IN_04, &BARE_QUOTE),
                    Fault::BlankLine => (&IN_04, &BLANK_LINE),
                    Fault::Columns => (&IN_04, &COLUMNS),
                    Fault::ControlCharacter => (&IN_04, &CONTROL_CHARACTER),
                    Fault::Delimiter => (&IN_04, &DELIMITER),
                    Fault::DuplicateColumn => (&IN_04, &DUPLICATE_COLUMN),
                    Fault::EmptyColumnName => (&IN_04, &EMPTY_COLUMN_NAME),
                    Fault::Encoding => (&IN_04, &ENCODING),
                    Fault::LoneCarriageReturn => (&IN_04, &LONE_CARRIAGE_RETURN),
                    Fault::NoHeader => (&IN_04, &NO_HEADER),
                    Fault::Preamble => (&IN_04, &PREAMBLE),
                    Fault::PreambleTwice => (&IN_04, &PREAMBLE_TWICE),
                    Fault::TooLarge => (&IN_04, &TOO_LARGE),
                    Fault::TrailerNotLast => (&IN_04, &TRAILER_NOT_LAST),
                };
                Some(Finding::new(rule, place).hint(hint))
            }
        }
    }

    /// Whether more bytes at the end could have made the file right: it looks cut off.
    pub fn looks_cut_off(&self) -> bool {
        matches!(
            self,
            Self::Malformed {
                fault: Fault::CutOff | Fault::MissingRows | Fault::UnclosedQuote,
                ..
            }
        )
    }
}

pub(super) fn malformed(fault: Fault, line: u64, column: u64) -> CsvError {
    CsvError::Malformed { fault, line, column }
}

hint!(
    /// For a warning: see [`crate::format::csv::sniff::Sniffed::assumed`].
    pub ENCODING_ASSUMED, "csv-encoding-assumed",
    "Filen sier ikke hvilken tegnkoding den har, og ble lest som Windows-1252. Kontroller æ, ø og å, og lagre heretter som «CSV UTF-8».",
    "The file does not say what its encoding is and was read as Windows-1252. Check letters such as æ, ø and å, and save as \"CSV UTF-8\" from now on."
);
hint!(
    BARE_QUOTE,
    "csv-bare-quote",
    "Et anførselstegn står feil. Sett hele feltet i anførselstegn og skriv anførselstegn inne i feltet dobbelt.",
    "A quotation mark is misplaced. Put the whole field in quotation marks and double those inside it."
);
hint!(
    BLANK_LINE,
    "csv-blank-line",
    "Det står en tom linje inne i filen. Fjern den, eller send hele filen på nytt hvis den er satt sammen feil.",
    "There is an empty line inside the file. Remove it, or send the whole file again if it was put together wrongly."
);
hint!(
    COLUMNS,
    "csv-columns",
    "Linjen har ikke like mange felt som overskriftslinjen. Sett felt som inneholder skilletegnet i anførselstegn, eller send hele filen på nytt.",
    "The line does not have as many fields as the header line. Put fields that contain the delimiter in quotation marks, or send the whole file again."
);
hint!(
    CONTROL_CHARACTER,
    "csv-control-character",
    "Her står et styretegn som ikke kan være i tekst. Fjern det og lagre filen på nytt som «CSV UTF-8».",
    "There is a control character here that cannot be in text. Remove it and save the file again as \"CSV UTF-8\"."
);
hint!(
    CUT_OFF,
    "csv-cut-off",
    "Filen slutter midt i denne linjen. Send hele filen på nytt.",
    "The file ends in the middle of this line. Send the whole file again."
);
hint!(
    DECLARED_ROWS,
    "csv-declared-rows",
    "Filen har ikke så mange rader som den selv oppgir i #rows. Send hele filen på nytt.",
    "The file does not have as many rows as it declares in #rows. Send the whole file again."
);
hint!(
    DELIMITER,
    "csv-delimiter",
    "Skilletegnet mellom kolonnene er ikke til å kjenne igjen. Bruk semikolon i hele filen.",
    "The delimiter between the columns cannot be told. Use a semicolon throughout the file."
);
hint!(
    DUPLICATE_COLUMN,
    "csv-duplicate-column",
    "To kolonner har samme overskrift. Gi hver kolonne sitt eget navn.",
    "Two columns have the same heading. Give each column its own name."
);
hint!(
    EMPTY_COLUMN_NAME,
    "csv-empty-column-name",
    "En kolonne mangler overskrift. Skriv overskriften, eller slett kolonnen. Står det en tittel over tabellen, slett den linjen.",
    "A column has no heading. Write its heading, or delete the column. If a title stands above the table, delete that line."
);
hint!(
    ENCODING,
    "csv-encoding",
    "Her står byte som ikke er tekst i filens tegnkoding. Lagre filen på nytt som «CSV UTF-8».",
    "There are bytes here that are not text in the file's encoding. Save the file again as \"CSV UTF-8\"."
);
hint!(
    LONE_CARRIAGE_RETURN,
    "csv-line-end",
    "Linjen slutter verken med CRLF eller LF. Lagre filen på nytt som «CSV UTF-8», eller send hele filen på nytt hvis den er avkortet.",
    "The line ends with neither CRLF nor LF. Save the file again as \"CSV UTF-8\", or send the whole file again if it was cut off."
);
hint!(
    NO_HEADER,
    "csv-no-header",
    "Filen mangler overskriftslinje. Skriv kolonnenavnene på første linje.",
    "The file has no header line. Write the column names on the first line."
);
hint!(
    PREAMBLE,
    "csv-preamble",
    "Linjen begynner med # men er ikke på formen «#nøkkel=verdi» før overskriften eller «#rows=antall» på siste linje. Sett feltet i anførselstegn hvis # er en del av det.",
    "The line begins with # but is neither \"#key=value\" before the header nor \"#rows=number\" on the last line. Put the field in quotation marks if # is part of it."
);
hint!(
    PREAMBLE_TWICE,
    "csv-preamble-twice",
    "Den samme nøkkelen står på to linjer over tabellen. Behold den ene linjen.",
    "The same key stands on two lines above the table. Keep one of the lines."
);
hint!(
    TOO_LARGE,
    "csv-too-large",
    "Et felt, en rad eller overskriftslinjen er større enn det som tas imot. Del det opp.",
    "A field, a row or the header line is larger than what is taken. Split it."
);
hint!(
    TRAILER_NOT_LAST,
    "csv-trailer-not-last",
    "Det står noe etter linjen #rows. Den skal være den siste.",
    "Something follows the #rows line. It must be the last."
);
hint!(
    UNCLOSED_QUOTE,
    "csv-unclosed-quote",
    "Filen slutter midt i et felt som er åpnet med anførselstegn her. Lukk feltet, eller send hele filen på nytt.",
    "The file ends inside a field that was opened with a quotation mark here. Close the field, or send the whole file again."
);
