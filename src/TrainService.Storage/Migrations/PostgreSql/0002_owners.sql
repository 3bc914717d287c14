-- Who sent it (the id of an API key; null without keys) and which trace it belongs to (W3C traceparent).
ALTER TABLE jobs ADD COLUMN owner TEXT;
ALTER TABLE jobs ADD COLUMN trace_parent TEXT;
CREATE INDEX jobs_unfinished_of_owner ON jobs (owner) WHERE finished_at IS NULL;

ALTER TABLE checkpoints ADD COLUMN owner TEXT;
CREATE INDEX checkpoints_of_owner ON checkpoints (owner);

-- SHA-256 over the four texts: a page of the database that was overwritten must not become another training.
ALTER TABLE job_specs ADD COLUMN sha256 TEXT;

CREATE TABLE audit (
    seq      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       BIGINT  NOT NULL,
    actor    TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    target   TEXT    NOT NULL,
    status   INTEGER NOT NULL,
    address  TEXT,
    trace    TEXT
);
