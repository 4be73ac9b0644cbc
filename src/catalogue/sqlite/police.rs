//! The exchange with the police in SQLite.

use jiff::civil::Date;
use rusqlite::{Row, ToSql, named_params, params};

use crate::{
    catalogue::{
        error::CatalogueError,
        police::{PoliceLedger, PoliceView},
        records::police::{Exchange, ExchangeFilter, PoliceReply, ReplyDecision},
        sqlite::{
            columns::{Count, Day, Time, optional_time},
            query,
            session::Session,
        },
    },
    types::{guid::Guid, ids::SubmissionId},
};

impl PoliceView for Session<'_> {
    fn exchange(&self, id: &Guid) -> Result<Option<Exchange>, CatalogueError> {
        query::one(self.connection, EXCHANGE, params![id.0], read_exchange)
    }

    fn exchange_called(&self, reference: SubmissionId) -> Result<Option<Exchange>, CatalogueError> {
        if let Some(found) =
            query::one(self.connection, BY_SUBMISSION, params![reference], read_exchange)?
        {
            return Ok(Some(found));
        }
        // One that was recorded at the terminal is called by its own id.
        let found = self.exchange(&Guid(reference.to_bytes()))?;
        Ok(found.filter(|exchange| exchange.submission.is_none()))
    }

    fn exchanges(&self, filter: &ExchangeFilter) -> Result<Vec<Exchange>, CatalogueError> {
        let (from, before) = (filter.from.map(Time), filter.before.map(Time));
        let mut params: Vec<&dyn ToSql> = Vec::new();
        params.extend(filter.case.as_ref().map(|case| case as &dyn ToSql));
        params.extend(from.as_ref().map(|from| from as &dyn ToSql));
        params.extend(before.as_ref().map(|before| before as &dyn ToSql));
        params.push(&-1_i64);
        query::many(self.connection, &list_sql(filter), params.as_slice(), read_exchange)
    }

    fn overdue_exchanges(&self, day: Date, limit: u32) -> Result<Vec<Exchange>, CatalogueError> {
        query::many(self.connection, OVERDUE, params![Day(day), limit], read_exchange)
    }

    fn unanswered_exchanges(&self) -> Result<u64, CatalogueError> {
        Ok(query::one(self.connection, UNANSWERED, [], |row| Ok(row.get::<_, Count>(0)?.0))?
            .unwrap_or(0))
    }

    fn reply(&self, id: &Guid) -> Result<Option<PoliceReply>, CatalogueError> {
        query::one(self.connection, REPLY, params![id.0], read_reply)
    }

    fn reply_of(&self, submission: SubmissionId) -> Result<Option<PoliceReply>, CatalogueError> {
        query::one(self.connection, REPLY_OF, params![submission], read_reply)
    }

    fn replies_to(&self, exchange: &Guid) -> Result<Vec<PoliceReply>, CatalogueError> {
        query::many(self.connection, REPLIES_TO, params![exchange.0], read_reply)
    }

    fn undecided_replies(&self, limit: u32) -> Result<Vec<PoliceReply>, CatalogueError> {
        query::many(self.connection, UNDECIDED, params![limit], read_reply)
    }
}

impl PoliceLedger for Session<'_> {
    fn put_exchange(&mut self, new: &Exchange) -> Result<(), CatalogueError> {
        query::add(
            self.connection,
            "exchange with the police",
            PUT_EXCHANGE,
            named_params! {
                ":id": new.id.0,
                ":form": new.form,
                ":hospital": new.hospital,
                ":district": new.district,
                ":submission": new.submission,
                ":case_number": new.case,
                ":legal_basis": new.basis,
                ":purpose_code": new.purpose_code,
                ":patient_informed": new.informed,
                ":at": Time(new.at),
                ":needed_by": new.needed_by.map(Day),
                ":recorded_by": new.recorded_by,
                ":state": new.state,
                ":sent_at": new.sent_at.map(Time),
                ":closed_at": new.closed_at.map(Time),
                ":audit_seq": Count(new.audit_seq),
            },
        )
    }

    fn put_reply(&mut self, new: &PoliceReply) -> Result<(), CatalogueError> {
        let decision = new.decision.as_ref();
        query::add(
            self.connection,
            "reply of the police",
            PUT_REPLY,
            named_params! {
                ":id": new.id.0,
                ":exchange": new.exchange.0,
                ":district": new.district,
                ":submission": new.submission,
                ":shared": new.shared,
                ":documents": new.documents,
                ":received_at": Time(new.received_at),
                ":audit_seq": Count(new.audit_seq),
                ":escalated_at": new.escalated_at.map(Time),
                ":decision": decision.map(|decision| decision.outcome),
                ":decided_by": decision.and_then(|decision| decision.by.as_ref()),
                ":decided_at": decision.map(|decision| Time(decision.at)),
                ":decided_seq": decision.map(|decision| Count(decision.audit_seq)),
                ":delivered_at": new.delivered_at.map(Time),
            },
        )
    }
}

/// The statement for a filter.
pub(super) fn list_sql(filter: &ExchangeFilter) -> String {
    let conditions = [
        (filter.case.is_some(), "case_number = ?"),
        (filter.from.is_some(), "at >= ?"),
        (filter.before.is_some(), "at < ?"),
    ];
    query::filtered("* FROM police_exchanges", &conditions, "at, id")
}

fn read_exchange(row: &Row<'_>) -> rusqlite::Result<Exchange> {
    Ok(Exchange {
        id: Guid(row.get("id")?),
        form: row.get("form")?,
        hospital: row.get("hospital")?,
        district: row.get("district")?,
        submission: row.get("submission")?,
        case: row.get("case_number")?,
        basis: row.get("legal_basis")?,
        purpose_code: row.get("purpose_code")?,
        informed: row.get("patient_informed")?,
        at: row.get::<_, Time>("at")?.0,
        needed_by: row.get::<_, Option<Day>>("needed_by")?.map(|day| day.0),
        recorded_by: row.get("recorded_by")?,
        state: row.get("state")?,
        sent_at: optional_time(row, "sent_at")?,
        closed_at: optional_time(row, "closed_at")?,
        audit_seq: row.get::<_, Count>("audit_seq")?.0,
    })
}

fn read_reply(row: &Row<'_>) -> rusqlite::Result<PoliceReply> {
    let decision = match row.get("decision")? {
        None => None,
        Some(outcome) => Some(ReplyDecision {
            outcome,
            by: row.get("decided_by")?,
            at: row.get::<_, Time>("decided_at")?.0,
            audit_seq: row.get::<_, Count>("decided_seq")?.0,
        }),
    };
    Ok(PoliceReply {
        id: Guid(row.get("id")?),
        exchange: Guid(row.get("exchange")?),
        district: row.get("district")?,
        submission: row.get("submission")?,
        shared: row.get("shared")?,
        documents: row.get("documents")?,
        received_at: row.get::<_, Time>("received_at")?.0,
        audit_seq: row.get::<_, Count>("audit_seq")?.0,
        escalated_at: optional_time(row, "escalated_at")?,
        decision,
        delivered_at: optional_time(row, "delivered_at")?,
    })
}

pub(super) const EXCHANGE: &str = "SELECT * FROM police_exchanges WHERE id = ?1";

pub(super) const BY_SUBMISSION: &str = "SELECT * FROM police_exchanges WHERE submission = ?1";

pub(super) const OVERDUE: &str = "SELECT * FROM police_exchanges \
    WHERE state = 'open' AND needed_by < ?1 ORDER BY needed_by, id LIMIT ?2";

pub(super) const UNANSWERED: &str = "SELECT \
    (SELECT COUNT(*) FROM police_exchanges INDEXED BY police_exchanges_open \
    WHERE state = 'open') + (SELECT COUNT(*) FROM police_exchanges \
    INDEXED BY police_exchanges_waiting WHERE state = 'waiting')";

const PUT_EXCHANGE: &str = "INSERT INTO police_exchanges (id, form, hospital, district, \
    submission, case_number, legal_basis, purpose_code, patient_informed, at, needed_by, \
    recorded_by, state, sent_at, closed_at, audit_seq) VALUES (:id, :form, :hospital, :district, \
    :submission, :case_number, :legal_basis, :purpose_code, :patient_informed, :at, :needed_by, \
    :recorded_by, :state, :sent_at, :closed_at, :audit_seq) \
    ON CONFLICT (id) DO UPDATE SET form = :form, hospital = :hospital, district = :district, \
    submission = :submission, case_number = :case_number, legal_basis = :legal_basis, \
    purpose_code = :purpose_code, patient_informed = :patient_informed, at = :at, \
    needed_by = :needed_by, recorded_by = :recorded_by, state = :state, sent_at = :sent_at, \
    closed_at = :closed_at, audit_seq = :audit_seq";

pub(super) const REPLY: &str = "SELECT * FROM police_replies WHERE id = ?1";

pub(super) const REPLY_OF: &str = "SELECT * FROM police_replies WHERE submission = ?1";

pub(super) const REPLIES_TO: &str =
    "SELECT * FROM police_replies WHERE exchange = ?1 ORDER BY received_at, id";

pub(super) const UNDECIDED: &str = "SELECT * FROM police_replies \
    WHERE decision IS NULL ORDER BY received_at, id LIMIT ?1";

const PUT_REPLY: &str = "INSERT INTO police_replies (id, exchange, district, submission, shared, \
    documents, received_at, audit_seq, escalated_at, decision, decided_by, decided_at, \
    decided_seq, delivered_at) VALUES (:id, :exchange, :district, :submission, :shared, \
    :documents, :received_at, :audit_seq, :escalated_at, :decision, :decided_by, :decided_at, \
    :decided_seq, :delivered_at) \
    ON CONFLICT (id) DO UPDATE SET exchange = :exchange, district = :district, \
    submission = :submission, shared = :shared, documents = :documents, \
    received_at = :received_at, audit_seq = :audit_seq, escalated_at = :escalated_at, \
    decision = :decision, decided_by = :decided_by, decided_at = :decided_at, \
    decided_seq = :decided_seq, delivered_at = :delivered_at";
