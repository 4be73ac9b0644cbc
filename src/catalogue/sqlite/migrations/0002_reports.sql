-- Schema version 2: what municipalities report. Never edit a migration that has been released.
-- GUIDs and content digests are 16 bytes; municipalities are four digits; years are numbers.

ALTER TABLE submissions ADD COLUMN report TEXT;

CREATE TABLE report_chains (
    sender              TEXT NOT NULL,
    municipality        TEXT NOT NULL,
    last_number         INTEGER NOT NULL,
    last_guid           BLOB NOT NULL CHECK (length(last_guid) = 16),
    submission          TEXT NOT NULL REFERENCES submissions (id),
    PRIMARY KEY (sender, municipality)
) STRICT, WITHOUT ROWID;

CREATE TABLE notifications (
    sender              TEXT NOT NULL,
    guid                BLOB NOT NULL CHECK (length(guid) = 16),
    status              TEXT NOT NULL,
    digest              BLOB NOT NULL CHECK (length(digest) = 16),
    submission          TEXT NOT NULL REFERENCES submissions (id),
    PRIMARY KEY (sender, guid)
) STRICT, WITHOUT ROWID;
CREATE INDEX notifications_by_submission ON notifications (submission);

CREATE TABLE annual_submissions (
    sender              TEXT NOT NULL,
    municipality        TEXT NOT NULL,
    year                INTEGER NOT NULL,
    registry            TEXT NOT NULL,
    submission          TEXT NOT NULL REFERENCES submissions (id),
    complete            INTEGER NOT NULL,
    superseded_by       TEXT REFERENCES submissions (id),
    superseded_at       INTEGER,
    PRIMARY KEY (sender, municipality, year, registry, submission)
) STRICT, WITHOUT ROWID;
CREATE INDEX annual_by_submission ON annual_submissions (submission) WHERE superseded_by IS NOT NULL;

-- One row holds the persons of a submission: the first 8 bytes of each pseudonym, in order. A
-- million persons are 8 MB, and counting those who are in two such lists is one walk along both.
CREATE TABLE reported_persons (
    key                 INTEGER PRIMARY KEY,
    registry            TEXT NOT NULL,
    year                INTEGER NOT NULL,
    submission          TEXT NOT NULL REFERENCES submissions (id),
    epoch               INTEGER NOT NULL,
    persons             BLOB NOT NULL CHECK (length(persons) % 8 = 0),
    UNIQUE (registry, year, submission, epoch)
) STRICT;
CREATE INDEX reported_persons_by_submission ON reported_persons (submission, registry);
