-- Times are milliseconds since 1970, UTC. Ids compare by bytes, whatever the locale of the database.
-- The large texts that never change stand apart from the row that changes at every report.

CREATE TABLE jobs (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
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
    created_at    BIGINT NOT NULL,
    queued_at     BIGINT NOT NULL,
    started_at    BIGINT,
    finished_at   BIGINT,
    not_before    BIGINT,
    attempt       INTEGER NOT NULL,
    failures      INTEGER NOT NULL,
    max_attempts  INTEGER NOT NULL,
    run_token     TEXT,
    version       BIGINT NOT NULL,
    last_seq      BIGINT NOT NULL,
    phase         INTEGER,
    progress      TEXT,
    latest        TEXT,
    best          TEXT,
    parent_id     TEXT COLLATE "C"
);

CREATE INDEX jobs_waiting ON jobs (band, id, not_before) WHERE status = 'queued';
CREATE INDEX jobs_unfinished ON jobs (id) WHERE finished_at IS NULL;
CREATE INDEX jobs_by_status ON jobs (status, id);

CREATE TABLE job_specs (
    job_id    TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    spec      TEXT NOT NULL,
    resolved  TEXT NOT NULL,
    summary   TEXT NOT NULL,
    warnings  TEXT NOT NULL
);

CREATE TABLE job_labels (
    job_id  TEXT COLLATE "C" NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (job_id, name)
);

CREATE INDEX job_labels_by_name ON job_labels (name, value, job_id);

CREATE TABLE job_events (
    job_id  TEXT COLLATE "C" NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    seq     BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    type    TEXT    NOT NULL,
    key     TEXT,
    data    TEXT    NOT NULL,
    PRIMARY KEY (job_id, seq)
);

CREATE INDEX job_events_by_type ON job_events (job_id, type, seq);
CREATE UNIQUE INDEX job_events_by_key ON job_events (job_id, key) WHERE key IS NOT NULL;

CREATE TABLE idempotency_keys (
    owner       TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    body_hash   TEXT    NOT NULL,
    job_id      TEXT COLLATE "C" NOT NULL REFERENCES jobs (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (owner, key)
);

CREATE INDEX idempotency_keys_by_job ON idempotency_keys (job_id);

CREATE TABLE checkpoints (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    job_id      TEXT COLLATE "C" REFERENCES jobs (id) ON DELETE CASCADE,
    epoch       INTEGER NOT NULL,
    step        BIGINT NOT NULL,
    metrics     TEXT    NOT NULL,
    metadata    TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    bytes       BIGINT NOT NULL,
    sha256      TEXT    NOT NULL,
    created_at  BIGINT NOT NULL,
    parent_id   TEXT COLLATE "C"
);

CREATE UNIQUE INDEX checkpoints_by_job ON checkpoints (job_id, step, reason) WHERE job_id IS NOT NULL;
CREATE INDEX checkpoints_of_job ON checkpoints (job_id, id);

-- One row, written by the health check: the only way to learn that a disk is full is to write to it.
CREATE TABLE health_probe (
    id  BIGINT NOT NULL PRIMARY KEY,
    at  BIGINT NOT NULL
);

INSERT INTO health_probe (id, at) VALUES (1, 0);
