-- Schema version 3: the police exchange, the case archive's queue, releases by operating year, and
-- header keys by month. Never edit a migration that has been released.
-- GUIDs are 16 bytes; dates are YYYY-MM-DD. A patient is referred to by case number alone.

ALTER TABLE objects ADD COLUMN operating_year INTEGER;
-- The month (YYYY-MM, or 'open' without a deadline) whose key seals the header; NULL: not sealed.
ALTER TABLE objects ADD COLUMN header_month TEXT;
CREATE INDEX objects_by_operating_year ON objects (registry, operating_year)
    WHERE state <> 'erased' AND operating_year IS NOT NULL;
CREATE INDEX objects_by_header_month ON objects (registry, header_month)
    WHERE state <> 'erased' AND header_month IS NOT NULL;

-- An operating year whose task is done (NPR-05).
CREATE TABLE tasks_done (
    registry            TEXT NOT NULL,
    operating_year      INTEGER NOT NULL,
    done_at             INTEGER NOT NULL,
    done_by             TEXT NOT NULL,
    PRIMARY KEY (registry, operating_year)
) STRICT, WITHOUT ROWID;

-- What was sent to the police, or told them (POL-01 to POL-06, POL-11 to POL-13). What was recorded
-- at the terminal has no submission; its id is then one of ours.
CREATE TABLE police_exchanges (
    id                  BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    form                TEXT NOT NULL,      -- inquiry, notice, oral
    hospital            TEXT,               -- sender id
    district            TEXT NOT NULL,      -- sender id
    submission          TEXT REFERENCES submissions (id),
    case_number         TEXT,
    legal_basis         TEXT NOT NULL,
    purpose_code        TEXT NOT NULL,
    patient_informed    TEXT NOT NULL,
    at                  INTEGER NOT NULL,   -- when it was shared, as far as that is known
    needed_by           TEXT,
    recorded_by         TEXT,               -- who recorded it at the terminal
    state               TEXT NOT NULL,      -- waiting, open, answered, closed
    sent_at             INTEGER,            -- when it lay in the district's outbound directory
    closed_at           INTEGER,
    audit_seq           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX police_exchanges_open ON police_exchanges (needed_by, id) WHERE state = 'open';
CREATE INDEX police_exchanges_waiting ON police_exchanges (id) WHERE state = 'waiting';
CREATE INDEX police_exchanges_by_case ON police_exchanges (case_number, at, id)
    WHERE case_number IS NOT NULL;
CREATE INDEX police_exchanges_by_submission ON police_exchanges (submission)
    WHERE submission IS NOT NULL;
CREATE INDEX police_exchanges_by_time ON police_exchanges (at, id);

-- What the police answered (POL-07, POL-08).
CREATE TABLE police_replies (
    id                  BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    exchange            BLOB NOT NULL REFERENCES police_exchanges (id),
    district            TEXT NOT NULL,
    submission          TEXT NOT NULL REFERENCES submissions (id),
    shared              TEXT NOT NULL,      -- full, partial, refused
    documents           INTEGER NOT NULL,
    received_at         INTEGER NOT NULL,
    audit_seq           INTEGER NOT NULL,
    escalated_at        INTEGER,
    decision            TEXT,               -- relevant, not-relevant, expired
    decided_by          TEXT,
    decided_at          INTEGER,
    decided_seq         INTEGER,
    delivered_at        INTEGER             -- when it lay in the hospital's outbound directory
) STRICT, WITHOUT ROWID;
CREATE INDEX police_replies_by_exchange ON police_replies (exchange, received_at);
CREATE INDEX police_replies_by_submission ON police_replies (submission);
CREATE INDEX police_replies_undecided ON police_replies (received_at, id) WHERE decision IS NULL;

-- Age files that lie in another sender's outbound directory: until their object is erased, or until
-- a time of their own.
CREATE TABLE dispatches (
    object              INTEGER PRIMARY KEY REFERENCES objects (key),
    addressee           TEXT NOT NULL,
    file                TEXT NOT NULL,      -- derived from our ids
    waits               INTEGER NOT NULL,   -- for the case archive
    queued_at           INTEGER NOT NULL,
    published_at        INTEGER,
    remove_at           INTEGER,            -- NULL: with its object
    removed_at          INTEGER
) STRICT;
CREATE INDEX dispatches_to_do ON dispatches (queued_at, object)
    WHERE published_at IS NULL AND waits = 0 AND removed_at IS NULL;
CREATE INDEX dispatches_live ON dispatches (object) WHERE removed_at IS NULL;

-- What is to be entered in the case archive; survives a restart.
CREATE TABLE archive_jobs (
    exchange            BLOB PRIMARY KEY NOT NULL REFERENCES police_exchanges (id),
    asked_case          TEXT,               -- must exist in the archive; NULL: the archive makes one
    state               TEXT NOT NULL,      -- waiting, done, refused
    queued_at           INTEGER NOT NULL,
    next_at             INTEGER NOT NULL,   -- while an attempt is under way: when it counts as lost
    attempts            INTEGER NOT NULL,
    last_error          TEXT,               -- a closed word, never the server's text
    done_at             INTEGER,
    case_number         TEXT,               -- as the archive has it
    document_number     TEXT,
    told_at             INTEGER             -- when the hospital was told that it is refused
) STRICT, WITHOUT ROWID;
CREATE INDEX archive_jobs_waiting ON archive_jobs (next_at, exchange) WHERE state = 'waiting';
CREATE INDEX archive_jobs_to_tell ON archive_jobs (done_at, exchange)
    WHERE state = 'refused' AND told_at IS NULL;
