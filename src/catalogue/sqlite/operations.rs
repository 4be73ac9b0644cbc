//! Audit outbox, alarms, senders last seen and the installation's own row, in SQLite.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::{
    catalogue::{
        error::CatalogueError,
        operations::{OperationLedger, OperationView},
        records::operations::{Alarm, History, Installation, OutboxEntry, SenderSeen},
        sqlite::{
            columns::{Count, Time, optional_time},
            query,
            session::Session,
        },
    },
    types::ids::SenderId,
};

impl OperationView for Session<'_> {
    fn outbox(&self, limit: u32) -> Result<Vec<OutboxEntry>, CatalogueError> {
        query::many(self.connection, OUTBOX, params![limit], |row| {
            Ok(OutboxEntry { seq: row.get::<_, Count>(0)?.0, bytes: row.get(1)? })
        })
    }

    fn next_audit_seq(&self) -> Result<u64, CatalogueError> {
        if let Some(next) = self.seq.next() {
            return Ok(next);
        }
        query::one(self.connection, NEXT_SEQ, [], |row| Ok(row.get::<_, Count>(0)?.0))?
            .ok_or(CatalogueError::Unreadable { what: "installation row" })
    }

    fn alarms(&self) -> Result<Vec<Alarm>, CatalogueError> {
        query::many(self.connection, ALARMS, [], |row| {
            Ok(Alarm {
                code: row.get("code")?,
                subject: row.get("subject")?,
                since: row.get::<_, Time>("since")?.0,
                detail: row.get("detail")?,
            })
        })
    }

    fn senders_seen(&self) -> Result<Vec<SenderSeen>, CatalogueError> {
        query::many(self.connection, SENDERS, [], |row| {
            Ok(SenderSeen {
                sender: row.get("sender")?,
                last_received_at: row.get::<_, Time>("last_received_at")?.0,
                count: row.get::<_, Count>("count")?.0,
            })
        })
    }

    fn concluded_count(&self, sender: &SenderId) -> Result<u64, CatalogueError> {
        let count =
            query::one(self.connection, SEEN_COUNT, params![sender], |row| row.get::<_, Count>(0))?;
        Ok(count.map_or(0, |count| count.0))
    }

    fn sender_history(&self, sender: &SenderId) -> Result<Option<History>, CatalogueError> {
        let (first, last) = query::one(self.connection, SPAN, params![sender], |row| {
            Ok((optional_time(row, 0)?, optional_time(row, 1)?))
        })?
        .unwrap_or_default();
        let years = query::many(self.connection, YEARS, params![sender], |row| {
            Ok((row.get::<_, i16>(0)?, row.get::<_, bool>(1)?))
        })?;
        let since =
            query::one(self.connection, AWAITED, params![sender], |row| optional_time(row, 0))?
                .flatten();
        // Whoever was waited for before the first file came was late with it: that file ends no
        // deadline of before.
        let first = [first, since].into_iter().flatten().min();
        Ok(first.map(|first| History { first, last: last.unwrap_or(first), years }))
    }

    fn installation(&self) -> Result<Option<Installation>, CatalogueError> {
        query::one(self.connection, INSTALLATION, [], |row| {
            Ok(Installation { id: row.get(0)?, created_at: row.get::<_, Time>(1)?.0 })
        })
    }

    fn schema_version(&self) -> Result<u32, CatalogueError> {
        schema_version(self.connection)
    }
}

impl OperationLedger for Session<'_> {
    fn queue_audit(
        &mut self,
        entry: &mut dyn FnMut(u64) -> Vec<u8>,
    ) -> Result<u64, CatalogueError> {
        let seq = self.next_audit_seq()?;
        query::add(self.connection, "audit entry", QUEUE, params![Count(seq), entry(seq)])?;
        self.seq.set_next(seq + 1);
        Ok(seq)
    }

    fn outbox_written(&mut self, seq: u64) -> Result<(), CatalogueError> {
        query::change(self.connection, WRITTEN, params![Count(seq)]).map(drop)
    }

    fn resume_audit(&mut self, place: u64) -> Result<(), CatalogueError> {
        if place > self.next_audit_seq()? {
            self.seq.set_next(place);
            self.outbox_written(place - 1)?;
        }
        Ok(())
    }

    fn raise_alarm(
        &mut self,
        code: &str,
        subject: &str,
        at: Timestamp,
        detail: Option<&str>,
    ) -> Result<bool, CatalogueError> {
        let stands = query::change(self.connection, RENEW, params![code, subject, detail])? == 1;
        if !stands {
            query::add(self.connection, "alarm", RAISE, params![code, subject, Time(at), detail])?;
            // Here and nowhere else, so that no alarm can stand that the journal knows nothing of.
            tracing::error!(code, subject, "Alarm.");
        }
        Ok(!stands)
    }

    fn clear_alarm(&mut self, code: &str, subject: &str) -> Result<bool, CatalogueError> {
        let stood = query::change(self.connection, CLEAR, params![code, subject])? == 1;
        if stood {
            tracing::info!(code, subject, "The alarm is over.");
        }
        Ok(stood)
    }

    fn sender_seen(&mut self, sender: &SenderId, at: Timestamp) -> Result<(), CatalogueError> {
        query::change(self.connection, SEEN, params![sender, Time(at)]).map(drop)
    }

    fn sender_awaited(
        &mut self,
        sender: &SenderId,
        since: Timestamp,
    ) -> Result<(), CatalogueError> {
        query::change(self.connection, AWAIT, params![sender, Time(since)]).map(drop)
    }

    fn set_installation(&mut self, new: &Installation) -> Result<(), CatalogueError> {
        match self.installation()? {
            None => query::change(self.connection, INSTALL, params![new.id, Time(new.created_at)])
                .map(drop),
            Some(known) if known.id == new.id => Ok(()),
            Some(_) => Err(CatalogueError::Exists { what: "installation" }),
        }
    }
}

pub(super) fn schema_version(conn: &Connection) -> Result<u32, CatalogueError> {
    query::one(conn, "PRAGMA user_version", [], |row| row.get(0))?
        .ok_or(CatalogueError::Unreadable { what: "schema version" })
}

// Two questions, since SQLite goes to one end of an index only for a lone MIN or MAX.
// What came as a rehearsal was not reported, and what was rejected fulfils nothing.
pub(super) const SPAN: &str = "SELECT \
    (SELECT MIN(received_at) FROM submissions WHERE sender = ?1 AND rehearsal = 0), \
    (SELECT MAX(received_at) FROM submissions WHERE sender = ?1 AND rehearsal = 0 \
        AND verdict IN ('accepted', 'duplicate', 'held', 'partly'))";

pub(super) const SEEN_COUNT: &str = "SELECT count FROM senders_seen WHERE sender = ?1";

pub(super) const AWAITED: &str = "SELECT awaited_since FROM senders_seen WHERE sender = ?1";

// Of a sender that has sent nothing the time says since when it could have.
const AWAIT: &str = "INSERT INTO senders_seen (sender, last_received_at, count, awaited_since) \
    VALUES (?1, ?2, 0, ?2) ON CONFLICT (sender) DO UPDATE SET \
    awaited_since = COALESCE(awaited_since, excluded.awaited_since)";

pub(super) const YEARS: &str = "SELECT year, MAX(COALESCE(complete, 1)) FROM annual_documents \
    WHERE sender = ?1 GROUP BY year ORDER BY year";

const NEXT_SEQ: &str = "SELECT next_audit_seq FROM meta";

const QUEUE: &str = "INSERT INTO audit_outbox (seq, bytes) VALUES (?1, ?2)";

pub(super) const OUTBOX: &str = "SELECT seq, bytes FROM audit_outbox ORDER BY seq LIMIT ?1";

const WRITTEN: &str = "DELETE FROM audit_outbox WHERE seq <= ?1";

const RENEW: &str = "UPDATE alarms SET detail = ?3 WHERE code = ?1 AND subject = ?2";

const RAISE: &str = "INSERT INTO alarms (code, subject, since, detail) VALUES (?1, ?2, ?3, ?4)";

const CLEAR: &str = "DELETE FROM alarms WHERE code = ?1 AND subject = ?2";

const ALARMS: &str = "SELECT * FROM alarms ORDER BY since, code, subject";

// A late step must not turn the clock back.
const SEEN: &str = "INSERT INTO senders_seen (sender, last_received_at, count) VALUES (?1, ?2, 1) \
    ON CONFLICT (sender) DO UPDATE SET \
    last_received_at = MAX(last_received_at, excluded.last_received_at), count = count + 1";

const SENDERS: &str = "SELECT * FROM senders_seen WHERE count > 0 ORDER BY sender";

const INSTALLATION: &str =
    "SELECT installation, created_at FROM meta WHERE installation IS NOT NULL";

const INSTALL: &str = "UPDATE meta SET installation = ?1, created_at = ?2";
