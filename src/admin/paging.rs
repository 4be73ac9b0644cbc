//! Long lists, a page at a time: each page is one short look at the catalogue, so that nothing
//! waits while a million rows go out, and none of them is held in memory.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    admin::{fault::Fault, queries, request::Request, shapes::submission::Submission},
    catalogue::{
        records::{objects::ObjectFilter, submissions::SubmissionFilter},
        view::View,
    },
    retention::plan::{self, Planned},
};

/// A list on its way out.
#[derive(Debug)]
pub struct Pages {
    list: List,
    /// Rows that may still be asked for.
    left: u32,
    ended: bool,
}

/// Which list, and where it goes on.
#[derive(Debug)]
enum List {
    Objects(ObjectFilter),
    Plan { until: Timestamp, after: Option<Planned> },
    Submissions(SubmissionFilter),
}

impl Pages {
    /// The list that a request asks for; `None` for a request for something else.
    pub fn of(request: &Request) -> Option<Self> {
        let (list, limit) = match request.clone() {
            Request::ObjectList { registry, state, submission, limit } => {
                let filter =
                    ObjectFilter { registry, submission, state, ..ObjectFilter::default() };
                (List::Objects(filter), limit)
            }
            Request::RetentionPlan { until, limit } => {
                (List::Plan { until: until.unwrap_or(Timestamp::MAX), after: None }, limit)
            }
            Request::SubmissionList { state, sender, since, limit } => {
                let filter = SubmissionFilter { state, sender, since, ..Default::default() };
                (List::Submissions(filter), limit)
            }
            _ => return None,
        };
        Some(Self { list, left: limit.unwrap_or(u32::MAX), ended: false })
    }

    /// The next page: a line of JSON for each row. `None` when the list has ended.
    ///
    /// # Errors
    /// When the catalogue cannot be read.
    pub fn next(&mut self, view: &dyn View) -> Result<Option<Vec<u8>>, Fault> {
        if self.ended {
            return Ok(None);
        }
        let limit = self.left.min(PAGE);
        let (count, lines) = match &mut self.list {
            List::Objects(filter) => {
                filter.limit = Some(limit);
                let rows = queries::objects(view, filter)?;
                filter.after = rows.last().map(|row| row.id.clone());
                (rows.len(), lines(&rows)?)
            }
            List::Plan { until, after } => {
                let mut rows = plan::upcoming(view, after.as_ref(), *until, limit)?;
                let page = (rows.len(), lines(&rows)?);
                *after = rows.pop();
                page
            }
            List::Submissions(filter) => {
                filter.limit = Some(limit);
                let rows = queries::submissions(view, filter)?;
                let last = |row: &Submission| (row.received_at, row.id);
                filter.after = rows.last().map(last);
                (rows.len(), lines(&rows)?)
            }
        };
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.left = self.left.saturating_sub(count);
        self.ended = count < limit || self.left == 0;
        Ok((count > 0).then_some(lines))
    }
}

fn lines(rows: &[impl Serialize]) -> Result<Vec<u8>, Fault> {
    let mut text = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut text, row).map_err(|error| Fault::because(&error))?;
        text.push(b'\n');
    }
    Ok(text)
}

/// Rows of a page: some milliseconds of reading.
const PAGE: u32 = 2_000;
