//! A request as it was filled in: the text of each field, and where it stands. Judges nothing but
//! the shape.

use std::io::Read;

use crate::{
    format::xml::limits::Limits,
    kinds::{
        police::{
            bounded_text::BoundedText,
            hints,
            request::fields::{COUNT, Field, GROUPS},
            walk::{self, Sort, Taker, shape},
            words::{self, plain},
        },
        refused::Refused,
    },
    types::{
        finding::{Finding, Findings, Place},
        rules::{intake, police as rules},
        secret::PersonalText,
    },
};

/// The namespace of requests.
pub const NAMESPACE: &str = "urn:filsluse:police-request:1";

/// What stands in one field.
pub struct Cell {
    /// Where it begins.
    pub place: Place,
    text: PersonalText,
}

impl Cell {
    /// The text without the white space around it; never empty.
    pub fn text(&self) -> &str {
        self.text.expose_text()
    }
}

/// A request's fields.
pub struct Filled {
    root: Place,
    groups: [Option<Place>; GROUPS.len()],
    cells: [Option<Cell>; COUNT],
}

impl Filled {
    /// Reads a request, and what was found wrong with its shape.
    ///
    /// # Errors
    /// When it is not well-formed XML of this namespace.
    pub fn read(input: &mut dyn Read, most: u64) -> Result<(Self, Findings), Refused> {
        let mut reading = Reading {
            filled: Self {
                root: Place::File {},
                groups: [None; GROUPS.len()],
                cells: [const { None }; COUNT],
            },
            current: None,
            findings: Findings::default(),
        };
        walk::walk(input, NAMESPACE, Limits::of_bytes(most), &mut reading)?;
        Ok((reading.filled, reading.findings))
    }

    /// A field that is not blank.
    pub fn cell(&self, field: Field) -> Option<&Cell> {
        self.cells[field as usize].as_ref()
    }

    /// The text of a field; empty where it is blank.
    pub fn text(&self, field: Field) -> &str {
        self.cell(field).map_or("", Cell::text)
    }

    /// A field's word of a closed list.
    pub fn word<T: Copy>(&self, field: Field, words: &[(T, &[&str])]) -> Option<T> {
        words::word(self.text(field), words)
    }

    /// All that is not blank, in the order of the form.
    pub fn cells(&self) -> impl Iterator<Item = (Field, &Cell)> {
        Field::all().filter_map(|field| Some((field, self.cell(field)?)))
    }

    /// Whether a group is there, be it blank.
    pub fn group(&self, name: &str) -> Option<Place> {
        self.groups[GROUPS.iter().position(|known| *known == name)?]
    }

    /// Where a field stands; where it is missing, its group or the request.
    pub fn place(&self, field: Field) -> Place {
        let cell = self.cell(field).map(|cell| cell.place);
        cell.or_else(|| self.group(field.group())).unwrap_or(self.root)
    }
}

struct Reading {
    filled: Filled,
    current: Option<Current>,
    findings: Findings,
}

struct Current {
    field: Field,
    place: Place,
    text: BoundedText,
}

impl Taker for Reading {
    fn begin(&mut self, path: &str, place: Place) -> Sort {
        if path.is_empty() {
            self.filled.root = place;
            return Sort::Group;
        }
        if let Some(field) = Field::at(path) {
            let text = BoundedText::new(field.longest());
            self.current = Some(Current { field, place, text });
            return Sort::Text;
        }
        let Some(group) = GROUPS.iter().position(|name| plain(name) == path) else {
            return Sort::Unknown;
        };
        if self.filled.groups[group].replace(place).is_some() {
            self.findings.push(shape(place, &hints::TWICE));
        }
        Sort::Group
    }

    fn text(&mut self, piece: &str) {
        if let Some(current) = &mut self.current {
            current.text.push(piece);
        }
    }

    fn end(&mut self, _: &str) {
        let Some(Current { field, place, text }) = self.current.take() else { return };
        if text.is_too_long() {
            let finding = Finding::new(&intake::IN_04, place).field(field.shown());
            self.findings.push(finding.hint(&hints::TOO_LONG));
        }
        let text = text.finish();
        if text.expose_text().is_empty() {
            return;
        }
        let cell = &mut self.filled.cells[field as usize];
        if cell.is_none() {
            *cell = Some(Cell { place, text });
            return;
        }
        self.findings.push(match field {
            Field::LegalBasis => {
                Finding::new(&rules::POL_02, place).field(field.shown()).hint(&hints::BASIS_ONE)
            }
            _ => shape(place, &hints::TWICE).field(field.shown()),
        });
    }

    fn breach(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}
