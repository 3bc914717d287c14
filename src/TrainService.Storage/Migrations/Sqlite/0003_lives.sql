-- Lost processes are counted apart from failures; forks know their origin; a run may hold a lease; pinned checkpoints stay.

ALTER TABLE jobs ADD COLUMN losses INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN forked_from TEXT;
ALTER TABLE jobs ADD COLUMN lease_until INTEGER;
ALTER TABLE checkpoints ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;

CREATE INDEX jobs_needing ON jobs (parent_id) WHERE finished_at IS NULL AND parent_id IS NOT NULL;
CREATE INDEX jobs_forked ON jobs (forked_from, id) WHERE forked_from IS NOT NULL;
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
CREATE UNIQUE INDEX jobs_by_run ON jobs (run_token) WHERE run_token IS NOT NULL;
