//! A request, a notice or the record of an oral disclosure, from its bytes to what is recorded of
//! it and what leaves.

pub mod anonymous;
pub mod eight_points;
pub mod fields;
pub mod filled_form;
mod judge;
pub mod legal_gates;
pub mod outgoing;

use std::io;

use zeroize::Zeroizing;

use crate::{
    kinds::{
        context::Context,
        judgement::{Effect, Judgement, Note, Records},
        kind::{Body, History, Reading},
        police::{
            hints,
            request::{fields::Field, filled_form::Filled, legal_gates::Passed},
            state::{Change, Exchange, Form},
        },
        refused::Refused,
        sinks::Sinks,
    },
    types::{
        finding::{Finding, Findings, Place},
        ids::{Part, RegistryId},
        rules::police as rules,
        verdict::Verdict,
    },
};

/// Most bytes of a request: a form, not a file.
pub const MAX_BYTES: u64 = 1 << 20;

/// Reads and judges a request.
pub fn read(body: Body<'_>, context: &Context<'_>) -> Result<Box<dyn Reading>, Refused> {
    let Body::Text(input) = body else {
        // A workbook is never recognised as a request.
        return Err(Refused::because(super::walk::shape(Place::File {}, &hints::UNKNOWN_PART)));
    };
    let (filled, shape) = Filled::read(input, MAX_BYTES)?;
    let (passed, findings) = legal_gates::judge(&filled, shape, context);
    let place = filled.place(Field::RequestId);
    let taken = passed.map(|passed| taken(&filled, passed)).transpose()?;
    let registry = context.targets[0].registry.clone();
    Ok(Box::new(Request { taken, findings, registry, place }))
}

fn taken(filled: &Filled, passed: Passed) -> io::Result<Collected> {
    let leaves = match passed.exchange.form {
        // It was told already.
        Form::Oral => None,
        Form::Inquiry | Form::Notice => Some(outgoing::write(filled, &passed)?),
    };
    Ok(Collected { exchange: passed.exchange, district: passed.district, leaves })
}

/// A request that passed the gates.
struct Collected {
    exchange: Exchange,
    district: String,
    /// What is written to the district, if anything.
    leaves: Option<Zeroizing<Vec<u8>>>,
}

struct Request {
    taken: Option<Collected>,
    findings: Findings,
    registry: RegistryId,
    /// Where its id stands.
    place: Place,
}

impl Reading for Request {
    fn conclude(
        self: Box<Self>,
        history: &mut dyn History,
        sinks: &mut dyn Sinks,
    ) -> Result<Judgement, io::Error> {
        let Self { taken, mut findings, registry, place } = *self;
        let Some(Collected { exchange, district, leaves }) = taken else {
            return Ok(rejected(findings));
        };
        if history.exchanges().exchange(&exchange.id)?.is_some() {
            let finding = Finding::new(&rules::POL_06, place).field(Field::RequestId.shown());
            findings.push(finding.hint(&hints::REQUEST_ID_USED));
            return Ok(rejected(findings));
        }
        if let Some(leaves) = leaves {
            sinks.addressed(&registry, Part::Request, &exchange.district)?.write_all(&leaves)?;
        }
        let mut notes = vec![match exchange.form {
            Form::Inquiry => Note::AskedPolice { district, needed_by: exchange.needed_by },
            Form::Notice => Note::ToldPolice { district },
            Form::Oral => Note::OralRecorded,
        }];
        if exchange.case.is_none() {
            notes.push(Note::AwaitsCase);
        }
        Ok(Judgement {
            verdict: Verdict::Accepted,
            records: Records { accepted: 1, rejected: 0 },
            findings,
            notes,
            effects: vec![Effect::Police(Change::Shared(exchange))],
            report: None,
        })
    }
}

/// One record, not taken.
pub fn rejected(findings: Findings) -> Judgement {
    Judgement::rejected(Records { accepted: 0, rejected: 1 }, findings)
}
