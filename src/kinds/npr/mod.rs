//! Releases from Norsk pasientregister for financing: identified rows in, rows by pseudonym out,
//! for purposes that the law covers and for no other (NPR-01 to NPR-07).
//!
//! The format is this project's own, `urn:filsluse:npr-release:1`: a table with `#key=value` lines
//! above it. Read once, row by row, in memory that does not grow with the file. What leaves is read
//! again before any of it is stored.

pub mod forms;
pub mod gates;
pub mod groups;
pub mod guide;
pub mod hints;
pub mod output;
pub mod people;
pub mod plan;
pub mod reading;
pub mod rows;
pub mod state;
pub mod years;

use crate::{
    kinds::{
        context::Context,
        kind::{Body, Kind, Reading},
        refused::Refused,
        says::Says,
        sinks::Sinks,
    },
    types::{
        finding::{Finding, Findings, Place},
        npr_release::variables::variable,
        rule::Text,
        rules::{intake, npr as rules},
    },
};

/// Releases from Norsk pasientregister.
pub struct NprRelease;

impl Kind for NprRelease {
    fn name(&self) -> &'static str {
        "npr-release"
    }

    fn title(&self) -> Text {
        Text { nb: "Utlevering fra NPR", en: "Release from NPR" }
    }

    /// By the lines above the table and by its headings: the first may be wrong and the second
    /// incomplete, but a table of patients that says nothing of its purpose must be told so.
    fn recognises(&self, says: &Says) -> bool {
        let Says::Table { headings, .. } = says else { return false };
        let known = headings.iter().filter(|heading| variable(heading).is_some()).count();
        let says = |key| says.preamble(key).is_some();
        match (says(gates::PURPOSE), says(gates::OPERATING_YEAR)) {
            (true, true) => known >= 1,
            (true, false) | (false, true) => known >= 2,
            (false, false) => known >= 3,
        }
    }

    fn max_bytes(&self) -> u64 {
        MAX_BYTES
    }

    fn service_year(&self, says: &Says) -> Option<i16> {
        says.preamble(gates::OPERATING_YEAR).and_then(gates::year)
    }

    fn read(
        &self,
        body: Body<'_>,
        context: &Context<'_>,
        sinks: &mut dyn Sinks,
    ) -> Result<Box<dyn Reading>, Refused> {
        match body {
            Body::Text(input) => Ok(Box::new(rows::read(input, context, sinks)?)),
            Body::Workbook(_) => {
                let finding = Finding::new(&intake::IN_02, Place::File {});
                Err(Refused::because(finding.hint(&hints::WORKBOOK)))
            }
        }
    }
}

/// Whether a release was refused because an identity was about to leave with it: somebody must
/// know.
pub fn tells_of_identity(findings: &Findings) -> bool {
    let keys = [hints::IDENTITY_IN_COLUMN.key, hints::IDENTITY_LEAVING.key];
    findings.as_slice().iter().any(|finding| {
        finding.rule == &rules::NPR_04
            && finding.hint.as_ref().is_some_and(|hint| keys.contains(&&*hint.key))
    })
}

/// Tens of millions of rows.
const MAX_BYTES: u64 = 64 << 30;
