//! The pass over an embassy list: its head (EMB-01), each row in turn, and rows that stand twice
//! (EMB-10).

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};

use crate::{
    kinds::{
        context::Context,
        embassy::{
            cells::{date, meaning, or_formula},
            columns::{Column, LIST_TYPES, ListType},
            hints,
            person::{self, Judged},
            reconcile::List,
            rows::{self, Row, Shape},
        },
        kind::Body,
        refused::Refused,
    },
    types::{
        finding::{Finding, Findings},
        ids::RegistryId,
        mission_code::is_mission_code,
        pseudonym::Pseudonym,
        rule::{Hint, Rule, Severity},
        rules::{embassy as rules, intake},
    },
};

/// The names of profile `urn:filsluse:embassy-list:1`.
pub const SHAPE: Shape = Shape {
    namespace: "urn:filsluse:embassy-list:1",
    root: "EmbassyList",
    record: "Person",
    head: &[Column::ListId, Column::MissionCode, Column::ListDate, Column::ListType],
    is_of_record: |column| (Column::Action..=Column::Note).contains(&column),
};

/// Months. A list may be written ahead of a posting; one from further ahead has a year that is a
/// slip.
const FURTHEST_AHEAD: i8 = 6;

/// A list that was read and judged row by row, before it is held against the history.
pub struct ReadList {
    /// The registry that it goes to.
    pub registry: RegistryId,
    /// The day it was received.
    pub today: Date,
    /// The day it describes.
    pub list_date: Date,
    /// The rows that were taken.
    pub list: List,
    /// What was found wrong so far.
    pub findings: Findings,
    /// Rows that were not taken.
    pub rejected: u64,
    /// Rows in all.
    pub rows: u64,
}

/// Reads a whole list.
pub fn read(body: Body<'_>, context: &Context<'_>, is_xml: bool) -> Result<ReadList, Refused> {
    let mut pass = Pass { context, head: None, seen: BTreeMap::new(), read: None };
    let (head, warnings) = rows::read(body, &SHAPE, &mut |head, row| pass.row(head, row), is_xml)?;
    pass.open(&head)?;
    let Some(mut read) = pass.read else {
        return Err(head_refused(&head, Column::ListType, &intake::IN_02, &hints::HEAD_TYPE));
    };
    read.findings.append(warnings);
    // A snapshot with nobody on it is a statement; a list of no changes is a mistake.
    if read.rows == 0 && read.list.list_type == ListType::Changes {
        return Err(head_refused(&head, Column::ListType, &intake::IN_02, &hints::EMPTY));
    }
    Ok(read)
}

struct Pass<'a> {
    context: &'a Context<'a>,
    head: Option<(ListType, Date)>,
    /// The first row of each person, for EMB-10.
    seen: BTreeMap<Pseudonym, First>,
    read: Option<ReadList>,
}

struct First {
    content: [u8; 16],
    /// Its place among the entries, when it was taken.
    entry: Option<usize>,
}

impl Pass<'_> {
    /// Judges the head at the first row, so that a list for somebody else is not read on.
    fn open(&mut self, head: &Row) -> Result<(), Refused> {
        if self.head.is_some() {
            return Ok(());
        }
        let in_02 = |column, hint| {
            let hint = head.cell(column).map_or(hint, |cell| or_formula(cell, hint));
            head_refused(head, column, &intake::IN_02, hint)
        };
        if head.cell(Column::ListId).is_none_or(|cell| cell.text().is_empty()) {
            return Err(in_02(Column::ListId, &hints::HEAD_ID));
        }
        let date = head.cell(Column::ListDate).and_then(date);
        let date = date.ok_or_else(|| in_02(Column::ListDate, &hints::HEAD_DATE))?;
        let list_type = head.cell(Column::ListType).and_then(|c| meaning(c, LIST_TYPES));
        let list_type = list_type.ok_or_else(|| in_02(Column::ListType, &hints::HEAD_TYPE))?;
        let mission = self.mission(head, list_type)?;
        self.head = Some((list_type, date));
        let mut findings = Findings::default();
        if date > self.context.today.saturating_add(FURTHEST_AHEAD.months()) {
            let place = head.cell(Column::ListDate).map_or(head.place, |cell| cell.place);
            let finding = Finding::new(&intake::IN_02, place).severity(Severity::Warning);
            findings.push(finding.field(Column::ListDate.name()).hint(&hints::HEAD_DATE_AHEAD));
        }
        self.read = Some(ReadList {
            registry: self.context.targets[0].registry.clone(),
            today: self.context.today,
            list_date: date,
            list: List {
                mission,
                list_type,
                date,
                entries: Vec::new(),
                named: std::collections::BTreeSet::new(),
                unreadable: 0,
            },
            findings,
            rejected: 0,
            rows: 0,
        });
        Ok(())
    }

    /// EMB-01: a mission sends for itself; a case handler sends single applications for any.
    fn mission(&self, head: &Row, list_type: ListType) -> Result<String, Refused> {
        let emb_01 = |hint| head_refused(head, Column::MissionCode, &rules::EMB_01, hint);
        let sender = self.context.sender;
        let code = head.cell(Column::MissionCode).ok_or_else(|| emb_01(&hints::MISSION_MISSING))?;
        if code.is_formula() {
            return Err(emb_01(&hints::FORMULA));
        }
        let code = code.text();
        if sender.case_handler {
            if list_type == ListType::Complete {
                return Err(emb_01(&hints::CASE_HANDLER_COMPLETE));
            }
            return mission_code(code).ok_or_else(|| emb_01(&hints::MISSION_SHAPE));
        }
        match &sender.mission_code {
            Some(own) if own.eq_ignore_ascii_case(code) => Ok(own.clone()),
            _ => Err(emb_01(&hints::MISSION_OTHER)),
        }
    }

    fn row(&mut self, head: &Row, row: &Row) -> Result<(), Refused> {
        self.open(head)?;
        let (Some((list_type, date)), Some(read)) = (self.head, &mut self.read) else {
            return Ok(());
        };
        read.rows += 1;
        let mut judged = person::judge(row, list_type, date, self.context);
        let Some(person) = judged.person.first().copied() else {
            read.take(judged);
            return Ok(());
        };
        let content = judged.content;
        match self.seen.get(&person) {
            None => {
                let entry = read.take(judged);
                self.seen.insert(person, First { content, entry });
            }
            Some(first) if first.content == content => {
                twice(&mut judged, row, true);
                judged.findings.into_iter().for_each(|f| read.findings.push(f));
                match first.entry {
                    Some(entry) => read.list.entries[entry].repeats += 1,
                    None => read.rejected += 1,
                }
            }
            Some(_) => {
                twice(&mut judged, row, false);
                read.take(judged);
            }
        }
        Ok(())
    }
}

impl ReadList {
    /// Gives the entry's place among the entries, when the row is taken.
    fn take(&mut self, judged: Judged) -> Option<usize> {
        if judged.person.is_empty() && !judged.is_resident() {
            self.list.unreadable += 1;
        }
        self.list.named.extend(judged.person);
        judged.findings.into_iter().for_each(|finding| self.findings.push(finding));
        let Some(entry) = judged.entry else {
            self.rejected += 1;
            return None;
        };
        self.list.entries.push(entry);
        Some(self.list.entries.len() - 1)
    }
}

/// EMB-10: a row that stands again, the same or with other content.
fn twice(judged: &mut Judged, row: &Row, same: bool) {
    let finding =
        Finding::new(&rules::EMB_10, row.place).record(row.number).field(Column::DNumber.name());
    judged.entry = None;
    judged.findings.push(if same {
        finding.severity(Severity::Warning).hint(&hints::DUPLICATE_SAME)
    } else {
        finding.hint(&hints::DUPLICATE_DIFFERS)
    });
    if same {
        judged.findings.retain(|f| f.rule == &rules::EMB_10);
    }
}

/// A mission's code as it is kept, in capital letters; `None` of what cannot be one.
fn mission_code(text: &str) -> Option<String> {
    let kept = text.to_ascii_uppercase();
    is_mission_code(&kept).then_some(kept)
}

fn head_refused(head: &Row, column: Column, rule: &'static Rule, hint: &'static Hint) -> Refused {
    let place = head.cell(column).map_or(head.place, |cell| cell.place);
    Refused::because(Finding::new(rule, place).field(column.name()).hint(hint))
}
