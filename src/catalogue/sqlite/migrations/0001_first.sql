-- Schema version 1. Never edit a migration that has been released: add the next one.
-- Times are microseconds since 1970-01-01T00:00Z; dates are YYYY-MM-DD; digests are 32 bytes.

CREATE TABLE meta (
    only_row            INTEGER PRIMARY KEY CHECK (only_row = 1),
    installation        TEXT,
    created_at          INTEGER,
    next_audit_seq      INTEGER NOT NULL
) STRICT;
INSERT INTO meta (only_row, next_audit_seq) VALUES (1, 0);

CREATE TABLE submissions (
    id                  TEXT PRIMARY KEY NOT NULL,
    sender              TEXT NOT NULL,
    kind                TEXT,
    state               TEXT NOT NULL,
    verdict             TEXT,
    rehearsal           INTEGER NOT NULL,
    received_at         INTEGER NOT NULL,
    finished_at         INTEGER,
    bytes               INTEGER NOT NULL,
    sha256              BLOB,
    evidence            TEXT,
    accepted            INTEGER NOT NULL,
    rejected            INTEGER NOT NULL,
    findings            TEXT NOT NULL,
    findings_beyond     INTEGER NOT NULL,
    duplicate_of        TEXT REFERENCES submissions (id),
    sealed_name         BLOB,
    claim_dev           INTEGER NOT NULL,
    claim_inode         INTEGER NOT NULL,
    manifest_sha256     BLOB,
    language            TEXT,
    receipt_audit_seq   INTEGER,
    receipt_published_at INTEGER,
    notes               TEXT NOT NULL,
    claimed_at          INTEGER,
    sealed_at           INTEGER,
    stored_at           INTEGER,
    answered_at         INTEGER,
    done_at             INTEGER
) STRICT;
CREATE INDEX submissions_by_time ON submissions (received_at, id);
CREATE INDEX submissions_by_sender ON submissions (sender, received_at, id);
CREATE INDEX submissions_by_state ON submissions (state, received_at, id);
CREATE INDEX submissions_by_bytes ON submissions (sender, sha256, received_at, id)
    WHERE sha256 IS NOT NULL;
CREATE INDEX submissions_taken ON submissions (sender, sha256, received_at, id)
    WHERE rehearsal = 0 AND duplicate_of IS NULL AND verdict IN ('accepted', 'held', 'partly');
CREATE INDEX submissions_unfinished ON submissions (received_at, id, state)
    WHERE state IN ('answered', 'claimed', 'sealed', 'stored');

CREATE TABLE events (
    submission          TEXT NOT NULL REFERENCES submissions (id),
    number              INTEGER NOT NULL,
    at                  INTEGER NOT NULL,
    event               TEXT NOT NULL,
    audit_seq           INTEGER,
    PRIMARY KEY (submission, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE objects (
    key                 INTEGER PRIMARY KEY,
    submission          TEXT NOT NULL REFERENCES submissions (id),
    registry            TEXT NOT NULL,
    part                TEXT NOT NULL,
    number              INTEGER NOT NULL,
    created_at          INTEGER NOT NULL,
    payload_bytes       INTEGER NOT NULL,
    payload_sha256      BLOB NOT NULL,
    plain_bytes         INTEGER NOT NULL,
    plain_sha256        BLOB NOT NULL,
    recipients          TEXT NOT NULL,
    due_at              INTEGER,
    due_rule            TEXT NOT NULL,
    statutory_limit     INTEGER,
    state               TEXT NOT NULL,
    hold_why            TEXT,
    header_erased_at    INTEGER,
    erased_at           INTEGER,
    UNIQUE (submission, registry, part, number)
) STRICT;
CREATE INDEX objects_by_registry ON objects (registry, state);
CREATE INDEX objects_by_registry_only ON objects (registry);
CREATE INDEX objects_by_state ON objects (state);
CREATE INDEX objects_due ON objects (due_at) WHERE state = 'stored' AND due_at IS NOT NULL;
CREATE INDEX objects_deadline ON objects (due_at) WHERE state <> 'erased' AND due_at IS NOT NULL;
CREATE INDEX objects_limit ON objects (statutory_limit)
    WHERE state <> 'erased' AND statutory_limit IS NOT NULL;

-- Age headers. secure_delete overwrites a deleted row, but SQLite leaves copies of rows in the
-- unused middle of pages when it splits or merges them (measured: 1 in 1000 deleted headers stayed
-- readable). So a slot has one size for ever, is only ever appended and never deleted, and is
-- erased by being overwritten in place: no page of this table is ever split or merged.
CREATE TABLE header_slots (
    slot                INTEGER PRIMARY KEY,
    bytes               BLOB NOT NULL CHECK (length(bytes) = 256)
) STRICT;
CREATE TABLE headers (
    object              INTEGER NOT NULL REFERENCES objects (key),
    piece               INTEGER NOT NULL,
    slot                INTEGER NOT NULL UNIQUE REFERENCES header_slots (slot),
    bytes               INTEGER NOT NULL CHECK (bytes BETWEEN 0 AND 256),
    PRIMARY KEY (object, piece)
) STRICT, WITHOUT ROWID;
CREATE TABLE free_slots (
    slot                INTEGER PRIMARY KEY REFERENCES header_slots (slot)
) STRICT;

CREATE TABLE enrolments (
    registry            TEXT NOT NULL,
    mission             TEXT NOT NULL,
    person              TEXT NOT NULL,
    principal           TEXT,
    content             BLOB NOT NULL CHECK (length(content) = 16),
    state               TEXT NOT NULL,
    enrolled_since      TEXT NOT NULL,
    effective_from      TEXT NOT NULL,
    confirmed_at        INTEGER NOT NULL,
    withdrawn_on        TEXT,
    withdrawal_delivered_at INTEGER,
    erase_at            INTEGER,
    review              INTEGER NOT NULL,
    submission          TEXT NOT NULL REFERENCES submissions (id),
    PRIMARY KEY (registry, mission, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX enrolments_active ON enrolments (registry, mission, person) WHERE state = 'enrolled';
CREATE INDEX enrolments_by_person ON enrolments (registry, person, mission);
CREATE INDEX enrolments_household ON enrolments (registry, mission, principal, person)
    WHERE state = 'enrolled' AND principal IS NOT NULL;
CREATE INDEX enrolments_unconfirmed ON enrolments (confirmed_at) WHERE state = 'enrolled';
CREATE INDEX enrolments_due ON enrolments (erase_at) WHERE erase_at IS NOT NULL;

CREATE TABLE missions (
    registry            TEXT NOT NULL,
    mission             TEXT NOT NULL,
    last_list_at        INTEGER NOT NULL,
    last_list_date      TEXT,
    last_list           TEXT NOT NULL REFERENCES submissions (id),
    PRIMARY KEY (registry, mission)
) STRICT, WITHOUT ROWID;

CREATE TABLE held_withdrawals (
    submission          TEXT NOT NULL REFERENCES submissions (id),
    registry            TEXT NOT NULL,
    mission             TEXT NOT NULL,
    created_at          INTEGER NOT NULL,
    count               INTEGER NOT NULL,
    persons             TEXT NOT NULL,
    decision            TEXT,
    decided_by          TEXT,
    decided_at          INTEGER,
    PRIMARY KEY (submission, registry, mission)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_withdrawals_pending ON held_withdrawals (created_at, submission)
    WHERE decision IS NULL;

CREATE TABLE audit_outbox (
    seq                 INTEGER PRIMARY KEY,
    bytes               BLOB NOT NULL
) STRICT;

CREATE TABLE alarms (
    code                TEXT NOT NULL,
    subject             TEXT NOT NULL,
    since               INTEGER NOT NULL,
    detail              TEXT,
    PRIMARY KEY (code, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE senders_seen (
    sender              TEXT PRIMARY KEY,
    last_received_at    INTEGER NOT NULL,
    count               INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
