//! The one pass over a release: gates, headings, then row by row: judged, put under pseudonym,
//! written.
//!
//! A value without its column's form costs its row. One that would have carried an identity out
//! costs the whole release, before anything of it is stored (NPR-04).

use std::{borrow::Cow, io::Read};

use crate::{
    format::csv::{self, reader::Reader, record::Record},
    kinds::{
        context::Context,
        kpr::{
            hints as of_numbers,
            identity::{self, Breach},
        },
        npr::{
            forms::Forms,
            gates::{self, Head},
            hints,
            output::{Output, Stopped, value},
            people::{Nobody, People, Said},
            plan::{self, Check, Plan},
            reading::NprReading,
            years::Years,
        },
        refused::{Refusal, Refused},
        sinks::Sinks,
    },
    protect::scan::direct::one_text::{holds_identifier, text_holds_number},
    types::{
        finding::{Finding, Findings, Place},
        national_id::IdPolicy,
        npr_release::{form::Form, terms::Terms},
        rule::{Hint, Severity},
        rules::npr as rules,
    },
};

/// Reads a release to its end.
///
/// # Errors
/// When a gate, a heading or an identity on its way out refuses it, or it is no table.
pub fn read(
    input: &mut dyn Read,
    context: &Context<'_>,
    sinks: &mut dyn Sinks,
) -> Result<NprReading, Refused> {
    let mut reader = Reader::new(input, csv::Options::default()).map_err(Refused::from_csv)?;
    let mut findings = Findings::default();
    let lines = reader.preamble().iter().zip(reader.preamble_places());
    let lines = lines.map(|((key, value), place)| (key.as_str(), value.as_str(), place));
    let lines: Vec<_> = lines.collect();
    let Some(head) = gates::judge(lines.into_iter(), context, &mut findings) else {
        return Err(document(findings, 0));
    };
    let shipped = Terms::default();
    let agreed = |registry| context.npr.registries.get(registry);
    let terms = context
        .targets
        .iter()
        .map(|target| agreed(target.registry).map_or(&shipped, |agreed| &agreed.terms));
    let terms: Vec<&Terms> = terms.collect();
    let places = reader.header_places();
    let planned = terms.iter().copied();
    let plan = plan::plan(reader.header(), places, head.purpose, planned, &mut findings);
    if findings.worst() == Some(Severity::RejectFile) {
        return Err(document(findings, 0));
    }
    let Plan { checks, roles, leaving } = plan;
    let targets = context.targets.iter().zip(leaving).zip(&terms);
    let mut outputs: Vec<Output<'_>> = targets
        .map(|((target, leaving), terms)| Output::new(target, leaving, terms.smallest_group, &head))
        .collect();
    let mut judge = Judge::new(context, checks, roles, &head, findings);
    let years = pass_through(&mut reader, &mut judge, &mut outputs, sinks, head.operating_year)?;
    let mut ended = Vec::new();
    for output in outputs {
        ended.push(output.end(sinks).map_err(|stopped| stop(stopped, judge.rows))?);
    }
    let Judge { mut findings, rows, rejected, .. } = judge;
    findings_of_years(&years, context, &mut findings);
    let Head { purpose, operating_year, .. } = head;
    let on_small = terms.iter().map(|terms| terms.on_small_groups).collect();
    let outside = years.outside;
    Ok(NprReading { findings, rows, rejected, purpose, operating_year, outside, ended, on_small })
}

/// Judges row by row, and writes those that leave. Gives the years that they are about.
fn pass_through(
    reader: &mut Reader<&mut dyn Read>,
    judge: &mut Judge<'_>,
    outputs: &mut [Output<'_>],
    sinks: &mut dyn Sinks,
    operating_year: i16,
) -> Result<Years, Refused> {
    let (admitted, discharged) = (judge.roles.admitted, judge.roles.discharged);
    let mut years = Years::default();
    while let Some(record) = reader.next_record().map_err(Refused::from_csv)? {
        judge.rows += 1;
        match judge.row(record)? {
            None => judge.rejected += 1,
            Some(people) => {
                let day = |at: Option<usize>| at.map_or("", |at| value(&record, at));
                years.add(operating_year, day(admitted), day(discharged));
                for (output, person) in outputs.iter_mut().zip(people) {
                    output.row(&record, person);
                }
            }
        }
        for output in &mut *outputs {
            output.flush_full(sinks).map_err(|stopped| stop(stopped, judge.rows))?;
        }
    }
    Ok(years)
}

/// Rows of another year than the release's: a remark, unless the newest may not be kept any more.
fn findings_of_years(years: &Years, context: &Context<'_>, findings: &mut Findings) {
    let finding = Finding::new(&rules::NPR_06, Place::File {}).field("utDato");
    if years.newest().is_some_and(|newest| !gates::may_be_kept(newest, context)) {
        findings.push(finding.hint(&hints::YEAR_OF_ROWS_PAST));
    } else if years.outside > 0 {
        findings.push(finding.severity(Severity::Warning).hint(&hints::YEAR_OF_ROWS));
    }
}

/// Judges rows.
struct Judge<'k> {
    forms: Forms,
    people: People<'k>,
    policy: IdPolicy,
    checks: Vec<Check>,
    roles: plan::Roles,
    /// The file's institution, for rows that name none.
    institution: String,
    findings: Findings,
    rows: u64,
    rejected: u64,
}

impl<'k> Judge<'k> {
    fn new(
        context: &Context<'k>,
        checks: Vec<Check>,
        roles: plan::Roles,
        head: &Head,
        findings: Findings,
    ) -> Self {
        let keys = context.targets.iter().map(|target| target.keys.current()).collect();
        Self {
            forms: Forms::of_year(head.operating_year),
            people: People::new(keys, context.ids),
            policy: context.ids,
            checks,
            roles,
            institution: head.institution.clone().unwrap_or_default(),
            findings,
            rows: 0,
            rejected: 0,
        }
    }

    /// The row's person for each registry; none when the row does not leave.
    fn row(&mut self, record: Record<'_>) -> Result<Option<&[[u8; 16]]>, Refused> {
        let mut fits = true;
        for number in 0..self.checks.len() {
            let Check { at, form, name } = self.checks[number];
            let text = value(&record, at);
            // A text has no form that keeps numbers out, and has more ways to write them than a
            // scan that knows no columns may look for.
            if !self.forms.hold(form, text) || form == Form::Text && text_holds_number(text) {
                self.breach(record, at, form, name, text)?;
                fits = false;
            }
        }
        if !fits {
            return Ok(None);
        }
        let of = |at: Option<usize>| at.map_or("", |at| value(&record, at));
        let own = of(self.roles.institution);
        let said = Said {
            fid: of(self.roles.fid),
            id_type: of(self.roles.id_type),
            patient: of(self.roles.patient),
            institution: if own.is_empty() { &self.institution } else { own },
        };
        let (hint, field, severity) = match self.people.find(&said) {
            Ok(person) => {
                if let Some(hint) = unchecked(&said, self.policy) {
                    let place = place(record, self.roles.fid.unwrap_or_default());
                    let finding = Finding::new(&rules::NPR_04, place).severity(Severity::Warning);
                    self.findings.push(finding.record(self.rows).field("fid").hint(hint));
                }
                return Ok(Some(self.people.pseudonyms(person)));
            }
            Err(Nobody::Row { hint, field }) => (hint, field, Severity::RejectRecord),
            Err(Nobody::Release { hint }) => (hint, "fid", Severity::RejectFile),
        };
        let at = match field {
            "pasientNr" => self.roles.patient,
            "institusjonID" => self.roles.institution,
            "typeID" => self.roles.id_type,
            _ => self.roles.fid,
        };
        let place =
            at.map_or(Place::Line { line: record.line(), column: 0 }, |at| place(record, at));
        self.push(place, Some(field), hint, severity);
        if severity == Severity::RejectFile { Err(self.refuse()) } else { Ok(None) }
    }

    /// A value without its form: of the row alone, unless it would have told somebody's identity.
    fn breach(
        &mut self,
        record: Record<'_>,
        at: usize,
        form: Form,
        name: Option<&'static str>,
        text: &str,
    ) -> Result<(), Refused> {
        // What goes into the pseudonym may be an identity, and does not leave.
        let identifies = match form {
            Form::Unseen => false,
            Form::Text => text_holds_number(text) || holds_identifier(text),
            _ => holds_identifier(text),
        };
        if identifies {
            let hint = &hints::IDENTITY_IN_COLUMN;
            self.push(place(record, at), name, hint, Severity::RejectFile);
            return Err(self.refuse());
        }
        self.push(place(record, at), name, hints::of_form(form), Severity::RejectRecord);
        Ok(())
    }

    fn push(
        &mut self,
        place: Place,
        name: Option<&'static str>,
        hint: &'static Hint,
        severity: Severity,
    ) {
        let mut finding = Finding::new(&rules::NPR_04, place).severity(severity).hint(hint);
        finding.record = Some(self.rows);
        finding.field = name.map(Cow::Borrowed);
        self.findings.push(finding);
    }

    fn refuse(&mut self) -> Refused {
        document(std::mem::take(&mut self.findings), self.rows)
    }
}

/// What is to be told of an identifier that is taken in any form, as in the municipal reports.
fn unchecked(said: &Said<'_>, policy: IdPolicy) -> Option<&'static Hint> {
    if said.fid.is_empty() || !UNCHECKED.contains(&said.id_type) {
        return None;
    }
    match identity::judge(said.id_type, said.fid, &policy).breach {
        Some(Breach::Defect(hint)) if hint == &of_numbers::NOT_A_NATIONAL_ID => {
            Some(&hints::NUMBER_UNCHECKED)
        }
        Some(Breach::Defect(hint)) => Some(hint),
        _ => None,
    }
}

/// Types of code list 9032 whose numbers nobody can check.
const UNCHECKED: [&str; 7] = ["3", "4", "5", "6", "7", "8", "12"];

fn place(record: Record<'_>, at: usize) -> Place {
    let field = record.field(at);
    field.map_or(Place::Line { line: record.line(), column: 0 }, |field| field.place())
}

fn document(findings: Findings, rejected: u64) -> Refused {
    Refused::Document(Box::new(Refusal { findings, rejected }))
}

fn stop(stopped: Stopped, rows: u64) -> Refused {
    match stopped {
        Stopped::Io(error) => Refused::Io(error),
        Stopped::Identity => {
            let mut findings = Findings::default();
            let finding = Finding::new(&rules::NPR_04, Place::File {});
            findings.push(finding.hint(&hints::IDENTITY_LEAVING));
            document(findings, rows)
        }
    }
}
