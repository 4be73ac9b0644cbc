//! Why a spreadsheet cannot be read, where, and what its sender does about it.

use crate::{
    format::zip_guard::ZipError,
    types::{
        finding::{Finding, Place},
        rule::hint,
        rules::intake::{IN_01, IN_04},
    },
};

/// The spreadsheet is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum XlsxError {
    /// The package's zip archive is refused.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// The spreadsheet itself is refused.
    #[error("{fault}")]
    Refused {
        /// What is wrong.
        fault: Fault,
        /// Where.
        place: Place,
    },
}

/// What is wrong with the spreadsheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A control character in a cell.
    #[error("remove the control character")]
    ControlCharacter,
    /// Two columns of one name.
    #[error("name each column once")]
    DuplicateColumn,
    /// A column without a name.
    #[error("name every column")]
    EmptyColumnName,
    /// Links to other files, connections or embedded objects.
    #[error("save the sheet with values only")]
    ExternalContent,
    /// Macros.
    #[error("save as xlsx without macros")]
    Macros,
    /// The package or a part of it is not what a spreadsheet has.
    #[error("save the spreadsheet again")]
    Malformed,
    /// No row with column names.
    #[error("begin with a header row")]
    NoHeader,
    /// Another document than a spreadsheet, or one without a visible sheet.
    #[error("send an xlsx spreadsheet")]
    NotASpreadsheet,
    /// A filled cell in a column without a name.
    #[error("remove what stands beside the table")]
    OutsideTable,
    /// A compound file: an old format, or a password.
    #[error("remove the password or save as xlsx")]
    PasswordOrOldFormat,
    /// Something over the limits.
    #[error("shorten the cell or the table")]
    TooLarge,
}

impl XlsxError {
    /// What the receipt says; `None` where the fault is not the sender's: try again, or alarm.
    pub fn finding(&self) -> Option<Finding> {
        let (fault, place) = match self {
            Self::Zip(error) => return error.finding(),
            Self::Refused { fault, place } => (fault, *place),
        };
        let (rule, hint) = match fault {
            Fault::ControlCharacter => (&IN_04, &CONTROL_CHARACTER),
            Fault::DuplicateColumn => (&IN_04, &DUPLICATE_COLUMN),
            Fault::EmptyColumnName => (&IN_04, &EMPTY_COLUMN_NAME),
            Fault::ExternalContent => (&IN_04, &EXTERNAL_CONTENT),
            Fault::Macros => (&IN_04, &MACROS),
            Fault::Malformed => (&IN_01, &MALFORMED),
            Fault::NoHeader => (&IN_04, &NO_HEADER),
            Fault::NotASpreadsheet => (&IN_04, &NOT_A_SPREADSHEET),
            Fault::OutsideTable => (&IN_04, &OUTSIDE_TABLE),
            Fault::PasswordOrOldFormat => (&IN_04, &PASSWORD_OR_OLD_FORMAT),
            Fault::TooLarge => (&IN_04, &TOO_LARGE),
        };
        Some(Finding::new(rule, place).hint(hint))
    }
}

impl From<Fault> for XlsxError {
    /// A fault of the file as a whole.
    fn from(fault: Fault) -> Self {
        Self::Refused { fault, place: Place::File {} }
    }
}

hint!(
    CONTROL_CHARACTER,
    "xlsx-control-character",
    "Cellen inneholder et styretegn som ikke kan være i tekst. Skriv innholdet på nytt.",
    "The cell holds a control character that cannot be in text. Type its content again."
);
hint!(
    DUPLICATE_COLUMN,
    "xlsx-duplicate-column",
    "To kolonner har samme overskrift. Gi hver kolonne sitt eget navn.",
    "Two columns have the same heading. Give each column its own name."
);
hint!(
    EMPTY_COLUMN_NAME,
    "xlsx-empty-column-name",
    "Kolonnen mangler overskrift. Tabellen begynner i kolonne A og har en overskrift over hver kolonne.",
    "The column has no heading. The table begins in column A and has a heading above each column."
);
hint!(
    EXTERNAL_CONTENT,
    "xlsx-external-content",
    "Arbeidsboken henter innhold fra andre filer eller har innebygde objekter. Kopier verdiene til en ny arbeidsbok og send den.",
    "The workbook draws on other files or has embedded objects. Copy the values to a new workbook and send that."
);
hint!(
    MACROS,
    "xlsx-macros",
    "Arbeidsboken inneholder makroer. Lagre den som «Excel-arbeidsbok (.xlsx)» uten makroer.",
    "The workbook holds macros. Save it as \"Excel Workbook (.xlsx)\" without macros."
);
hint!(
    MALFORMED,
    "xlsx-malformed",
    "Arbeidsboken lot seg ikke lese. Åpne den, lagre den på nytt som .xlsx og send den igjen.",
    "The workbook could not be read. Open it, save it again as .xlsx and send it anew."
);
hint!(
    NO_HEADER,
    "xlsx-no-header",
    "Det første arket er tomt. Legg tabellen der, med overskrifter i første rad.",
    "The first sheet is empty. Put the table there, with headings in the first row."
);
hint!(
    NOT_A_SPREADSHEET,
    "xlsx-not-a-spreadsheet",
    "Filen er ikke en Excel-arbeidsbok med et synlig ark. Lagre tabellen som .xlsx eller CSV UTF-8.",
    "The file is not an Excel workbook with a visible sheet. Save the table as .xlsx or CSV UTF-8."
);
hint!(
    OUTSIDE_TABLE,
    "xlsx-outside-table",
    "Cellen står utenfor tabellen: kolonnen har ingen overskrift. Fjern innholdet eller gi kolonnen en overskrift.",
    "The cell stands outside the table: its column has no heading. Remove the content or give the column a heading."
);
hint!(
    /// Also for a compound file that is recognised before it is opened.
    pub PASSWORD_OR_OLD_FORMAT,
    "xlsx-password-or-old-format",
    "Filen er passordbeskyttet eller i det gamle Excel-formatet (.xls). Fjern passordet, eller lagre som .xlsx.",
    "The file has a password or is in the old Excel format (.xls). Remove the password, or save as .xlsx."
);
hint!(
    TOO_LARGE,
    "xlsx-too-large",
    "Cellen eller tabellen er større enn det som tas imot. Del den opp.",
    "The cell or the table is larger than what is taken. Split it."
);
