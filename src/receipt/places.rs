//! Where a finding stands, in words: a line and column, or a cell as the spreadsheet shows it.

use crate::types::{
    finding::{Finding, Place},
    rule::Language,
};

/// The place of a finding with its field and record, such as `cell F12, d_number, record 11`.
pub fn whole(language: Language, finding: &Finding) -> String {
    let mut pieces = vec![standing(language, finding)];
    pieces.extend(finding.field.as_deref().map(str::to_owned));
    pieces.extend(finding.record.map(|number| match language {
        Language::En => format!("record {number}"),
        Language::Nb => format!("oppføring {number}"),
    }));
    pieces.join(", ")
}

/// The place with the document that it is in, such as `file 2 in the archive, line 5`.
pub(super) fn standing(language: Language, finding: &Finding) -> String {
    let en = matches!(language, Language::En);
    match (finding.entry, finding.place) {
        (None, at) => place(language, at),
        (Some(number), Place::File {}) if en => format!("file {number} in the archive"),
        (Some(number), Place::File {}) => format!("fil {number} i arkivet"),
        (Some(number), at) if en => {
            format!("file {number} in the archive, {}", place(language, at))
        }
        (Some(number), at) => format!("fil {number} i arkivet, {}", place(language, at)),
    }
}

/// The place alone.
pub fn place(language: Language, place: Place) -> String {
    let en = matches!(language, Language::En);
    match place {
        Place::Cell { sheet, row, column } => {
            let sheet = match sheet {
                0 | 1 => String::new(),
                n if en => format!("sheet {n}, "),
                n => format!("ark {n}, "),
            };
            match column {
                0 if en => format!("{sheet}row {row}"),
                0 => format!("{sheet}rad {row}"),
                _ if en => format!("{sheet}cell {}{row}", letters(column)),
                _ => format!("{sheet}celle {}{row}", letters(column)),
            }
        }
        Place::Line { line, column: 0 } if en => format!("line {line}"),
        Place::Line { line, column: 0 } => format!("linje {line}"),
        Place::Line { line, column } if en => format!("line {line} column {column}"),
        Place::Line { line, column } => format!("linje {line} kolonne {column}"),
        Place::File {} if en => "the file as a whole".to_owned(),
        Place::File {} => "filen som helhet".to_owned(),
    }
}

/// A spreadsheet's column letters: 1 is `A`, 27 is `AA`.
fn letters(mut column: u32) -> String {
    let mut text = String::new();
    while column > 0 {
        column -= 1;
        text.insert(0, char::from(b'A' + u8::try_from(column % 26).unwrap_or(0)));
        column /= 26;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{letters, place, standing, whole};
    use crate::types::{
        finding::{Finding, Place},
        rule::Language,
        rules::intake::IN_02,
    };

    #[test]
    fn columns_are_lettered_as_spreadsheets_do() {
        for (column, want) in
            [(1, "A"), (6, "F"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16_384, "XFD")]
        {
            assert_eq!(letters(column), want);
        }
        assert!(letters(u32::MAX).len() < 8);
    }

    #[test]
    fn a_place_in_an_archive_names_the_file_by_number() {
        let line = Finding::new(&IN_02, Place::Line { line: 5, column: 0 });
        let file = Finding::new(&IN_02, Place::File {}).entry(3);
        for (finding, en, nb) in [
            (line.clone().entry(2), "file 2 in the archive, line 5", "fil 2 i arkivet, linje 5"),
            (line, "line 5", "linje 5"),
            (file, "file 3 in the archive", "fil 3 i arkivet"),
        ] {
            assert_eq!(standing(Language::En, &finding), en);
            assert_eq!(whole(Language::Nb, &finding), nb);
        }
    }

    #[test]
    fn places_in_both_languages() {
        for (where_, en, nb) in [
            (Place::Cell { sheet: 1, row: 12, column: 6 }, "cell F12", "celle F12"),
            (Place::Cell { sheet: 2, row: 12, column: 0 }, "sheet 2, row 12", "ark 2, rad 12"),
            (Place::Line { line: 3, column: 9 }, "line 3 column 9", "linje 3 kolonne 9"),
            (Place::Line { line: 3, column: 0 }, "line 3", "linje 3"),
            (Place::File {}, "the file as a whole", "filen som helhet"),
        ] {
            assert_eq!(place(Language::En, where_), en);
            assert_eq!(place(Language::Nb, where_), nb);
        }
    }
}
