-- Schema version 8: objects that are pushed to their registry's inbox, and which somebody has got. Never edit
-- a migration that has been released.

-- When it was first handed out or delivered; of what was before this version nobody knows.
ALTER TABLE objects ADD COLUMN handed_at INTEGER;

CREATE TABLE inboxes (
    key                 INTEGER PRIMARY KEY,
    registry            TEXT NOT NULL,
    url                 TEXT NOT NULL,
    in_use              INTEGER NOT NULL,   -- 1 while it is configured
    failures            INTEGER NOT NULL,   -- since it took something last
    paused_until        INTEGER,            -- nothing is tried before
    UNIQUE (registry, url)
) STRICT;

CREATE TABLE pushes (
    object              INTEGER NOT NULL REFERENCES objects (key),
    inbox               INTEGER NOT NULL REFERENCES inboxes (key),
    state               TEXT NOT NULL,
    queued_at           INTEGER NOT NULL,
    next_at             INTEGER NOT NULL,
    attempts            INTEGER NOT NULL,
    last_error          TEXT,
    done_at             INTEGER,
    told_at             INTEGER,
    PRIMARY KEY (object, inbox)
) STRICT, WITHOUT ROWID;
CREATE INDEX pushes_due ON pushes (inbox, next_at, object) WHERE state = 'waiting';
CREATE INDEX pushes_waiting ON pushes (inbox, queued_at) WHERE state = 'waiting';
CREATE INDEX pushes_failed ON pushes (inbox, next_at) WHERE state = 'waiting' AND last_error IS NOT NULL;
CREATE INDEX pushes_missed ON pushes (object, inbox) WHERE state = 'missed' AND told_at IS NULL;
