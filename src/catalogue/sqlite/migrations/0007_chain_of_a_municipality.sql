-- Schema version 7: the sequence of notifications is the municipality's, whichever of its senders goes
-- on with it. Never edit a migration that has been released.
-- Of several senders' sequences the one with the highest number is kept; of equal ones the newest.

ALTER TABLE report_chains RENAME TO report_chains_of_senders;

CREATE TABLE report_chains (
    municipality        TEXT PRIMARY KEY,
    last_number         INTEGER NOT NULL,
    last_guid           BLOB NOT NULL CHECK (length(last_guid) = 16),
    submission          TEXT NOT NULL REFERENCES submissions (id)
) STRICT, WITHOUT ROWID;

INSERT OR REPLACE INTO report_chains
    SELECT municipality, last_number, last_guid, submission FROM report_chains_of_senders
    ORDER BY last_number, submission;
DROP TABLE report_chains_of_senders;
