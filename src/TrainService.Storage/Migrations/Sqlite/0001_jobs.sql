-- Times are milliseconds since 1970, UTC. The large texts that never change stand apart from the row that changes at every report.

CREATE TABLE jobs (
    id            TEXT    NOT NULL PRIMARY KEY,
    name          TEXT,
    name_search   TEXT,
    kind          TEXT    NOT NULL,
    labels        TEXT    NOT NULL,
    priority      INTEGER NOT NULL,
    band          INTEGER NOT NULL,
    status        TEXT    NOT NULL,
    reason        TEXT,
    error_class   TEXT,
    error_detail  TEXT,
    created_at    INTEGER NOT NULL,
    queued_at     INTEGER NOT NULL,
    started_at    INTEGER,
    finished_at   INTEGER,
    not_before    INTEGER,
    attempt       INTEGER NOT NULL,
    failures      INTEGER NOT NULL,
    max_attempts  INTEGER NOT NULL,
    run_token     TEXT,
    version       INTEGER NOT NULL,
    last_seq      INTEGER NOT NULL,
    phase         INTEGER,
    progress      TEXT,
    latest        TEXT,
    best          TEXT,
    parent_id     TEXT
) STRICT;

CREATE INDEX jobs_waiting ON jobs (band, id, not_before) WHERE status = 'queued';
CREATE INDEX jobs_unfinished ON jobs (id) WHERE finished_at IS NULL;
CREATE INDEX jobs_by_status ON jobs (status, id);

CREATE TABLE job_specs (
    job_id    TEXT NOT NULL PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    spec      TEXT NOT NULL,
    resolved  TEXT NOT NULL,
    summary   TEXT NOT NULL,
    warnings  TEXT NOT NULL
) STRICT;

CREATE TABLE job_labels (
    job_id  TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (job_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_labels_by_name ON job_labels (name, value, job_id);

CREATE TABLE job_events (
    job_id  TEXT    NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    seq     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    type    TEXT    NOT NULL,
    key     TEXT,
    data    TEXT    NOT NULL,
    PRIMARY KEY (job_id, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_events_by_type ON job_events (job_id, type, seq);
CREATE UNIQUE INDEX job_events_by_key ON job_events (job_id, key) WHERE key IS NOT NULL;

CREATE TABLE idempotency_keys (
    owner       TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    body_hash   TEXT    NOT NULL,
    job_id      TEXT    NOT NULL REFERENCES jobs (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_job ON idempotency_keys (job_id);

CREATE TABLE checkpoints (
    id          TEXT    NOT NULL PRIMARY KEY,
    job_id      TEXT    REFERENCES jobs (id) ON DELETE CASCADE,
    epoch       INTEGER NOT NULL,
    step        INTEGER NOT NULL,
    metrics     TEXT    NOT NULL,
    metadata    TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    bytes       INTEGER NOT NULL,
    sha256      TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    parent_id   TEXT
) STRICT;

CREATE UNIQUE INDEX checkpoints_by_job ON checkpoints (job_id, step, reason) WHERE job_id IS NOT NULL;
CREATE INDEX checkpoints_of_job ON checkpoints (job_id, id);

-- One row, written by the health check: the only way to learn that a disk is full is to write to it.
CREATE TABLE health_probe (
    id  INTEGER NOT NULL PRIMARY KEY,
    at  INTEGER NOT NULL
) STRICT;

INSERT INTO health_probe (id, at) VALUES (1, 0);
