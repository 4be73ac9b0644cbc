//! What becomes of each column of a table: found once from its headings, acted on for every row.

use std::borrow::Cow;

use crate::{
    format::csv::Delimiter,
    kinds::npr::hints,
    types::{
        finding::{Finding, Findings, Place},
        npr_release::{
            Action, Purpose,
            direct_identifiers::is_direct_identifier,
            form::Form,
            terms::Terms,
            variables::{Variable, variable},
        },
        rule::Severity,
        rules::npr as rules,
    },
};

/// What one column of the table is checked for.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// The column, from 0.
    pub at: usize,
    /// The form that its values must have.
    pub form: Form,
    /// What a finding calls it: a name of ours; none for a column that a configuration has named.
    pub name: Option<&'static str>,
}

/// Where the columns stand that more is made of than a copy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Roles {
    /// `pasientNr`.
    pub patient: Option<usize>,
    /// `fid`.
    pub fid: Option<usize>,
    /// `typeID`.
    pub id_type: Option<usize>,
    /// `institusjonID`.
    pub institution: Option<usize>,
    /// `innDato`.
    pub admitted: Option<usize>,
    /// `utDato`.
    pub discharged: Option<usize>,
}

/// One column of what leaves, behind the pseudonym.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Out {
    /// The year of a birth date, or the birth year beside it.
    BirthYear {
        /// `fodselsdato`.
        date: Option<usize>,
        /// `fodselsar`.
        year: Option<usize>,
    },
    /// As it is: letters, digits and signs that need no quotes.
    Keep(usize),
    /// An episode's number, re-keyed.
    ReKey(usize),
    /// As it is, in quotes where it needs them.
    Text(usize),
}

/// What leaves for one registry.
#[derive(Debug, Clone, Default)]
pub struct Leaving {
    /// The headings, behind the pseudonym's.
    pub headings: Vec<String>,
    /// The columns, in the same order.
    pub columns: Vec<Out>,
    /// What the table's groups are told apart by, as far as it leaves.
    pub home: Option<usize>,
    /// Likewise.
    pub sex: Option<usize>,
    /// Likewise.
    pub drg: Option<usize>,
    /// What of the table is left out, by names of ours.
    pub left_out: Vec<&'static str>,
}

/// What becomes of the whole table.
#[derive(Debug, Default)]
pub struct Plan {
    /// What is checked before a row leaves.
    pub checks: Vec<Check>,
    /// Where the person's columns stand.
    pub roles: Roles,
    /// Per registry, in the order of the terms given.
    pub leaving: Vec<Leaving>,
}

/// Makes a plan for each registry's terms. Every column that may not be there is added to
/// `findings`; the plan is of use only where none of them refuses the file.
pub fn plan<'t>(
    headings: &[String],
    places: &[Place],
    purpose: Purpose,
    terms: impl Iterator<Item = &'t Terms> + Clone,
    findings: &mut Findings,
) -> Plan {
    let mut plan = Plan::default();
    let mut seen: Vec<String> = Vec::new();
    let mut birth_date = None;
    let mut birth_year = None;
    let mut known: Vec<Known> = Vec::new();
    for (at, (heading, place)) in headings.iter().zip(places).enumerate() {
        let variable = variable(heading);
        let name = variable.map(|variable| variable.name);
        let breach = |hint| {
            let mut finding = Finding::new(&rules::NPR_04, *place).hint(hint);
            finding.field = name.map(Cow::Borrowed);
            finding
        };
        let lower = heading.to_ascii_lowercase();
        if seen.contains(&lower) {
            findings.push(breach(&hints::COLUMN_TWICE));
        }
        let as_new = |terms: &Terms| terms.list(purpose).new.get(&lower).copied();
        match variable {
            Some(variable) => {
                match variable.name {
                    "pasientNr" => plan.roles.patient = Some(at),
                    "fid" => plan.roles.fid = Some(at),
                    "typeID" => plan.roles.id_type = Some(at),
                    "institusjonID" => plan.roles.institution = Some(at),
                    "innDato" => plan.roles.admitted = Some(at),
                    "utDato" => plan.roles.discharged = Some(at),
                    "fodselsdato" => birth_date = Some(at),
                    "fodselsar" => birth_year = Some(at),
                    _ => {}
                }
                known.push(Known { at, heading: written(variable, heading), variable });
            }
            None if terms.clone().all(|terms| as_new(terms).is_some()) => {}
            None if is_direct_identifier(heading) => findings.push(breach(&hints::COLUMN_DIRECT)),
            None => findings.push(breach(&hints::COLUMN_UNKNOWN)),
        }
        seen.push(lower);
    }
    if plan.roles.fid.is_none() && plan.roles.patient.is_none() {
        findings.push(Finding::new(&rules::NPR_04, Place::File {}).hint(&hints::NO_PERSON));
    }
    if findings.worst() == Some(Severity::RejectFile) {
        return plan;
    }
    for terms in terms {
        let mut leaving = Leaving::default();
        let mut columns = known.iter().peekable();
        for (at, lower) in seen.iter().enumerate() {
            match columns.next_if(|column| column.at == at) {
                Some(column) => {
                    plan_known(
                        &mut plan.checks,
                        &mut leaving,
                        column,
                        terms,
                        purpose,
                        birth_date,
                        birth_year,
                    );
                }
                None => plan_new(&mut plan.checks, &mut leaving, at, lower, terms, purpose),
            }
        }
        plan.leaving.push(leaving);
    }
    plan.checks.sort_by_key(|check| check.at);
    plan.checks.dedup_by_key(|check| (check.at, check.form));
    plan
}

/// A column that the table of variables knows.
struct Known {
    at: usize,
    heading: String,
    variable: &'static Variable,
}

fn plan_known(
    checks: &mut Vec<Check>,
    leaving: &mut Leaving,
    Known { at, heading, variable }: &Known,
    terms: &Terms,
    purpose: Purpose,
    birth_date: Option<usize>,
    birth_year: Option<usize>,
) {
    let at = *at;
    let mut check = |form| checks.push(Check { at, form, name: Some(variable.name) });
    let mut leave = |heading: &str, out| {
        leaving.headings.push(heading.to_owned());
        leaving.columns.push(out);
    };
    match terms.action(variable, purpose) {
        // The table refuses no variable that it names; were one to be, it would not leave either.
        Action::Drop | Action::Refuse => leaving.left_out.push(variable.name),
        Action::Pseudonymise => check(variable.form),
        Action::ReKey => {
            check(variable.form);
            leave(heading, Out::ReKey(at));
        }
        Action::Generalise => {
            check(variable.form);
            // The birth year has a column of its own, or takes the place of the date.
            if birth_year.is_none() {
                let year = crate::types::npr_release::variables::variable(BIRTH_YEAR);
                if year.is_some_and(|year| terms.action(year, purpose) == Action::Keep) {
                    leave(BIRTH_YEAR, Out::BirthYear { date: birth_date, year: None });
                } else {
                    leaving.left_out.push(variable.name);
                }
            }
        }
        Action::Keep => {
            check(variable.form);
            match variable.name {
                BIRTH_YEAR => {
                    leave(heading, Out::BirthYear { date: birth_date, year: birth_year });
                }
                _ => leave(heading, Out::Keep(at)),
            }
            match variable.name {
                "komNrHjem" => leaving.home = Some(at),
                "kjonn" => leaving.sex = Some(at),
                "drg" => leaving.drg = Some(at),
                _ => {}
            }
        }
    }
}

/// A column that a configuration has named with its form.
fn plan_new(
    checks: &mut Vec<Check>,
    leaving: &mut Leaving,
    at: usize,
    lower: &str,
    terms: &Terms,
    purpose: Purpose,
) {
    let Some(form) = terms.list(purpose).new.get(lower).copied() else { return };
    checks.push(Check { at, form, name: None });
    leaving.headings.push(lower.to_owned());
    leaving.columns.push(if form == Form::Text { Out::Text(at) } else { Out::Keep(at) });
}

/// A heading as the table writes it: `tilstand_3` for `TILSTAND_3`.
fn written(variable: &Variable, heading: &str) -> String {
    match variable.name.strip_suffix("_n") {
        Some(stem) => format!("{stem}{}", heading.get(stem.len()..).unwrap_or_default()),
        None => variable.name.to_owned(),
    }
}

/// Between the columns of what leaves.
pub const DELIMITER: Delimiter = Delimiter::Semicolon;
/// The heading of the pseudonym.
pub const PERSON: &str = "npr_pid";
const BIRTH_YEAR: &str = "fodselsar";

#[cfg(test)]
mod tests {
    use super::{Out, plan};
    use crate::types::{
        finding::{Findings, Place},
        npr_release::{Purpose, form::Form, terms::Terms},
    };

    fn planned(headings: &str, terms: &Terms) -> (String, Vec<Out>, Vec<String>) {
        let headings: Vec<String> = headings.split(';').map(str::to_owned).collect();
        let places: Vec<_> =
            (1..).map(|column| Place::Line { line: 1, column }).take(headings.len()).collect();
        let mut findings = Findings::default();
        let plan = plan(&headings, &places, Purpose::Isf, [terms].into_iter(), &mut findings);
        let found = findings.as_slice().iter().map(|finding| {
            let hint = finding.hint.as_ref().map_or("", |hint| &*hint.key);
            format!("{hint} {}", finding.field.as_deref().unwrap_or("-"))
        });
        let leaving = plan.leaving.into_iter().next().unwrap_or_default();
        (leaving.headings.join(";"), leaving.columns, found.collect())
    }

    #[test]
    fn what_becomes_of_headings() {
        let terms = Terms::default();
        let (headings, columns, _) =
            planned("FID;typeid;fodselsdato;KOMNRHJEM;bydel;Tilstand_2;episodeID;drg", &terms);
        assert_eq!(headings, "fodselsar;komNrHjem;tilstand_2;episodeID;drg");
        let year = Out::BirthYear { date: Some(2), year: None };
        assert_eq!(columns, [year, Out::Keep(3), Out::Keep(5), Out::ReKey(6), Out::Keep(7)]);
        let (headings, columns, _) = planned("fid;fodselsar;fodselsdato", &terms);
        assert_eq!(headings, "fodselsar");
        assert_eq!(columns, [Out::BirthYear { date: Some(2), year: Some(1) }]);
    }

    #[test]
    fn what_may_not_be_there() {
        let terms = Terms::default();
        for (headings, want) in [
            ("fid;Etternavn;drg", "column-direct -"),
            ("fid;hemmelig;drg", "column-unknown -"),
            ("fid;drg;DRG", "column-twice drg"),
            ("drg;kjonn", "no-person -"),
        ] {
            assert_eq!(planned(headings, &terms).2, [want], "{headings}");
        }
    }

    #[test]
    fn a_configuration_narrows_and_names() {
        let mut terms = Terms::default();
        terms.lists[0].dropped.extend(["fodselsar", "kjonn"]);
        terms.lists[0].new.insert("merknad".to_owned(), Form::Text);
        let (headings, columns, found) = planned("fid;fodselsdato;kjonn;Merknad;drg", &terms);
        assert_eq!((headings.as_str(), found), ("merknad;drg", vec![]));
        assert_eq!(columns, [Out::Text(3), Out::Keep(4)]);
    }
}
