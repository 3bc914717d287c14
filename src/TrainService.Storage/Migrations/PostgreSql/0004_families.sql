-- A job may wait for its parent, belong to a chain that was sent at once, or be a trial of a sweep.

ALTER TABLE jobs ADD COLUMN parent_job TEXT COLLATE "C";
ALTER TABLE jobs ADD COLUMN waits_for TEXT COLLATE "C";
ALTER TABLE jobs ADD COLUMN chain_id TEXT COLLATE "C";
ALTER TABLE jobs ADD COLUMN sweep_id TEXT COLLATE "C";
ALTER TABLE jobs ADD COLUMN trial INTEGER;
ALTER TABLE jobs ADD COLUMN rest_after INTEGER;

-- Those that wait stand in no queue.
DROP INDEX jobs_waiting;
CREATE INDEX jobs_waiting ON jobs (band, id, not_before) WHERE status = 'queued' AND waits_for IS NULL;

CREATE INDEX jobs_waiting_for ON jobs (waits_for, id) WHERE waits_for IS NOT NULL;
CREATE INDEX jobs_by_parent ON jobs (parent_job, id) WHERE parent_job IS NOT NULL;
CREATE INDEX jobs_by_chain ON jobs (chain_id, id) WHERE chain_id IS NOT NULL;
CREATE UNIQUE INDEX jobs_by_trial ON jobs (sweep_id, trial) WHERE sweep_id IS NOT NULL;
