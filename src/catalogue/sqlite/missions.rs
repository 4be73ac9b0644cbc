//! Missions' last lists and the withdrawals that wait for an operator, in SQLite.

use rusqlite::{Row, params};

use crate::{
    catalogue::{
        error::CatalogueError,
        keys::{MissionCode, PersonKey},
        missions::{MissionLedger, MissionView},
        records::enrolments::{Decision, HeldWithdrawal, Mission},
        sqlite::{
            columns::{Count, Day, Json, Time},
            query,
            session::Session,
        },
    },
    types::ids::{RegistryId, SubmissionId},
};

impl MissionView for Session<'_> {
    fn mission(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
    ) -> Result<Option<Mission>, CatalogueError> {
        query::one(self.connection, ONE, params![registry, mission], read)
    }

    fn missions(&self) -> Result<Vec<Mission>, CatalogueError> {
        query::many(self.connection, ALL, [], read)
    }

    fn held_withdrawals_of(
        &self,
        submission: SubmissionId,
    ) -> Result<Vec<HeldWithdrawal>, CatalogueError> {
        query::many(self.connection, HELD_OF, params![submission], read_held)
    }

    fn pending_withdrawals(&self) -> Result<Vec<HeldWithdrawal>, CatalogueError> {
        query::many(self.connection, PENDING, [], read_held)
    }
}

impl MissionLedger for Session<'_> {
    fn put_mission(&mut self, new: &Mission) -> Result<(), CatalogueError> {
        let Mission { registry, mission, last_list_at, last_list_date, last_list } = new;
        let params =
            params![registry, mission, Time(*last_list_at), last_list_date.map(Day), last_list];
        query::add(self.connection, "mission", PUT, params)
    }

    fn hold_withdrawals(&mut self, held: &HeldWithdrawal) -> Result<(), CatalogueError> {
        let decision = held.decision.as_ref();
        query::add(
            self.connection,
            "held withdrawal",
            HOLD,
            params![
                held.submission,
                held.registry,
                held.mission,
                Time(held.created_at),
                Count(held.count),
                Json(&held.persons),
                decision.map(|decision| decision.outcome),
                decision.map(|decision| &decision.by),
                decision.map(|decision| Time(decision.at)),
            ],
        )
    }

    fn decide_withdrawals(
        &mut self,
        submission: SubmissionId,
        registry: &RegistryId,
        mission: &MissionCode,
        decision: &Decision,
    ) -> Result<bool, CatalogueError> {
        let key = params![submission, registry, mission];
        let decided = query::one(self.connection, DECIDED, key, |row| row.get::<_, bool>(0))?;
        if decided.ok_or(CatalogueError::NotFound { what: "held withdrawal" })? {
            return Ok(false);
        }
        let Decision { outcome, by, at } = decision;
        let nobody: &[PersonKey] = &[];
        let params = params![submission, registry, mission, outcome, by, Time(*at), Json(nobody)];
        Ok(query::change(self.connection, DECIDE, params)? == 1)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Mission> {
    Ok(Mission {
        registry: row.get("registry")?,
        mission: row.get("mission")?,
        last_list_at: row.get::<_, Time>("last_list_at")?.0,
        last_list_date: row.get::<_, Option<Day>>("last_list_date")?.map(|day| day.0),
        last_list: row.get("last_list")?,
    })
}

fn read_held(row: &Row<'_>) -> rusqlite::Result<HeldWithdrawal> {
    let outcome: Option<_> = row.get("decision")?;
    let decision = match outcome {
        None => None,
        Some(outcome) => Some(Decision {
            outcome,
            by: row.get("decided_by")?,
            at: row.get::<_, Time>("decided_at")?.0,
        }),
    };
    Ok(HeldWithdrawal {
        submission: row.get("submission")?,
        registry: row.get("registry")?,
        mission: row.get("mission")?,
        created_at: row.get::<_, Time>("created_at")?.0,
        count: row.get::<_, Count>("count")?.0,
        persons: row.get::<_, Json<_>>("persons")?.0,
        decision,
    })
}

const PUT: &str = "INSERT OR REPLACE INTO missions \
    (registry, mission, last_list_at, last_list_date, last_list) VALUES (?1, ?2, ?3, ?4, ?5)";

const ONE: &str = "SELECT * FROM missions WHERE registry = ?1 AND mission = ?2";

const ALL: &str = "SELECT * FROM missions ORDER BY registry, mission";

const HOLD: &str = "INSERT INTO held_withdrawals (submission, registry, mission, created_at, \
    count, persons, decision, decided_by, decided_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

const DECIDED: &str = "SELECT decision IS NOT NULL FROM held_withdrawals \
    WHERE submission = ?1 AND registry = ?2 AND mission = ?3";

const DECIDE: &str = "UPDATE held_withdrawals \
    SET decision = ?4, decided_by = ?5, decided_at = ?6, persons = ?7 \
    WHERE submission = ?1 AND registry = ?2 AND mission = ?3";

pub(super) const HELD_OF: &str =
    "SELECT * FROM held_withdrawals WHERE submission = ?1 ORDER BY registry, mission";

pub(super) const PENDING: &str =
    "SELECT * FROM held_withdrawals WHERE decision IS NULL ORDER BY created_at, submission";
