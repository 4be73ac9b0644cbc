-- Schema version 6: annual submissions by document, and by the municipality that sent them. Never edit a
-- migration that has been released.
-- Several documents of one archive are one submission, each about its own year or municipality: what
-- takes the place of one of them leaves its neighbours alone.

CREATE TABLE annual_documents (
    municipality        TEXT NOT NULL,
    year                INTEGER NOT NULL,
    registry            TEXT NOT NULL,
    submission          TEXT NOT NULL REFERENCES submissions (id),
    document            INTEGER NOT NULL,   -- the number of its objects; 0: not known
    sender              TEXT NOT NULL,
    reporter            TEXT NOT NULL,      -- the sender's own municipality when it came
    complete            INTEGER,            -- what it says of itself; NULL: nothing
    superseded_by       TEXT REFERENCES submissions (id),
    superseded_at       INTEGER,
    PRIMARY KEY (municipality, year, registry, submission, document)
) STRICT, WITHOUT ROWID;

-- A submission with objects of one document alone in a registry has this row for that document. Of
-- several nobody can tell any more which is whose. What a sender's own number was is not known either:
-- nearly always the one that it wrote. One that was not marked as complete had said so, or nothing.
INSERT INTO annual_documents
    SELECT municipality, year, registry, submission,
        (SELECT CASE COUNT(DISTINCT number) WHEN 1 THEN MIN(number) ELSE 0 END FROM objects
            WHERE objects.submission = annual_submissions.submission
            AND objects.registry = annual_submissions.registry AND part <> 'report'),
        sender, municipality, NULLIF(complete, 0), superseded_by, superseded_at
    FROM annual_submissions;
DROP TABLE annual_submissions;

CREATE INDEX annual_by_submission ON annual_documents (submission);
CREATE INDEX annual_by_sender ON annual_documents (sender, year, complete);
