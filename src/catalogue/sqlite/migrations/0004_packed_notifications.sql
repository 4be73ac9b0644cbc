-- Schema version 4: the notifications of a large message, packed. Never edit a migration that has
-- been released. Those of small messages stay rows of `notifications`, where digests of 8 bytes have
-- 8 zeros behind them since this version.

CREATE TABLE notification_runs (
    run                 INTEGER PRIMARY KEY,
    sender              TEXT NOT NULL,
    submission          TEXT NOT NULL REFERENCES submissions (id),
    pages               INTEGER NOT NULL
) STRICT;
CREATE INDEX notification_runs_by_sender ON notification_runs (sender, submission);
CREATE INDEX notification_runs_by_submission ON notification_runs (submission);

-- Numbered within its run from run * 2^32 on. Entries of 25 bytes in order of their GUIDs: GUID, letter
-- of the status, digest. A row fills a page of the file, so that no entry ever moves to another page,
-- and what is erased is gone.
CREATE TABLE notification_pages (
    page                INTEGER PRIMARY KEY,
    entries             BLOB NOT NULL CHECK (length(entries) % 25 = 0)
) STRICT;
