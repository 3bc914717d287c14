namespace TrainService.Storage.Jobs;

/// <summary>The statements on the jobs tables; the same on both databases.</summary>
internal static class JobSql
{
    public const string Select = """
        SELECT j.id AS Id, j.name AS Name, j.kind AS Kind, j.labels AS Labels, j.priority AS Priority, j.band AS Band, j.status AS Status,
               j.reason AS Reason, j.error_class AS ErrorClass, j.error_detail AS ErrorDetail, j.created_at AS CreatedAt,
               j.queued_at AS QueuedAt, j.started_at AS StartedAt, j.finished_at AS FinishedAt, j.not_before AS NotBefore,
               j.attempt AS Attempt, j.failures AS Failures, j.losses AS Losses, j.max_attempts AS MaxAttempts, j.run_token AS RunToken, j.version AS Version,
               j.last_seq AS LastSeq, j.phase AS Phase, j.progress AS Progress, j.latest AS Latest, j.best AS Best,
               j.parent_id AS FromCheckpoint, j.parent_job AS ParentJob, j.waits_for AS WaitsFor, j.chain_id AS ChainId, j.sweep_id AS SweepId,
               j.trial AS Trial, j.rest_after AS RestAfter, j.forked_from AS ForkedFrom, j.owner AS Owner, j.trace_parent AS TraceParent,
               s.sha256 AS SpecSha256, s.spec AS Spec, s.resolved AS Resolved, s.summary AS Summary, s.warnings AS Warnings
        FROM jobs j JOIN job_specs s ON s.job_id = j.id
        """;

    public const string ById = Select + " WHERE j.id = @id";

    public const string Insert = """
        INSERT INTO jobs (id, name, name_search, kind, labels, priority, band, status, reason, created_at, queued_at, attempt, failures,
                          max_attempts, version, last_seq, parent_id, forked_from, owner, trace_parent, parent_job, waits_for, chain_id, sweep_id,
                          trial, rest_after)
        VALUES (@Id, @Name, @NameSearch, @Kind, @Labels, @Priority, @Band, @Status, @Reason, @CreatedAt, @QueuedAt, @Attempt, @Failures,
                @MaxAttempts, @Version, @LastSeq, @FromCheckpoint, @ForkedFrom, @Owner, @TraceParent, @ParentJob, @WaitsFor, @ChainId, @SweepId,
                @Trial, @RestAfter)
        """;

    public const string InsertSpec = """
        INSERT INTO job_specs (job_id, spec, resolved, summary, warnings, sha256) VALUES (@Id, @Spec, @Resolved, @Summary, @Warnings, @SpecSha256)
        """;

    public const string InsertLabel = "INSERT INTO job_labels (job_id, name, value) VALUES (@Id, @Name, @Value)";

    public const string DeleteLabels = "DELETE FROM job_labels WHERE job_id = @id";

    public const string InsertKey = """
        INSERT INTO idempotency_keys (owner, key, body_hash, job_id, created_at) VALUES (@Owner, @Key, @BodyHash, @JobId, @At)
        ON CONFLICT (owner, key) DO NOTHING
        """;

    public const string DeleteKey = "DELETE FROM idempotency_keys WHERE owner = @Owner AND key = @Key";

    public const string ByKey = """
        SELECT body_hash AS BodyHash, job_id AS JobId FROM idempotency_keys WHERE owner = @Owner AND key = @Key
        """;

    /// <summary>What a move changes. The version keeps a lost update from passing unseen.</summary>
    public const string UpdateMoved = """
        UPDATE jobs SET status = @Status, reason = @Reason, error_class = @ErrorClass, error_detail = @ErrorDetail, queued_at = @QueuedAt,
               started_at = @StartedAt, finished_at = @FinishedAt, not_before = @NotBefore, attempt = @Attempt, failures = @Failures,
               losses = @Losses, run_token = @RunToken, progress = @Progress, waits_for = @WaitsFor, rest_after = @RestAfter,
               parent_id = @FromCheckpoint, version = version + 1, last_seq = @LastSeq
        WHERE id = @Id AND version = @Version
        """;

    /// <summary>What a run reports; null leaves a column as it is. Changes, and locks, the row only for the holder of the token.</summary>
    public const string UpdateReported = """
        UPDATE jobs SET progress = COALESCE(@Progress, progress), phase = COALESCE(@Phase, phase), latest = COALESCE(@Latest, latest),
               best = COALESCE(@Best, best), version = version + 1
        WHERE id = @JobId AND run_token = @RunToken
        RETURNING last_seq
        """;

    /// <summary>What a run has worked out.</summary>
    public const string UpdateSpec = "UPDATE job_specs SET resolved = @Resolved, summary = @Summary, sha256 = @SpecSha256 WHERE job_id = @Id";

    public const string UpdateLastSeq = "UPDATE jobs SET last_seq = @seq WHERE id = @id";

    public const string UpdateEdited = """
        UPDATE jobs SET name = @Name, name_search = @NameSearch, labels = @Labels, priority = @Priority, band = @Band, version = version + 1
        WHERE id = @Id
        """;

    public const string Delete = "DELETE FROM jobs WHERE id = @id";

    public const string DeleteTerminal = "DELETE FROM jobs WHERE id = @id AND finished_at IS NOT NULL";

    public const string Position = """
        SELECT COUNT(*) FROM jobs
        WHERE status = 'queued' AND waits_for IS NULL AND (band > @Band OR (band = @Band AND id < @Id)) AND (not_before IS NULL OR not_before <= @Now)
        """;

    public const string UnfinishedOfOwner = "SELECT COUNT(*) FROM jobs WHERE owner = @Owner AND finished_at IS NULL";

    /// <summary>The clock is that of the dialect.</summary>
    public static string Unfinished(string clock) => $"""
        SELECT id AS Id, status AS Status, priority AS Priority, run_token AS RunToken, losses AS Losses, not_before AS NotBefore,
               CASE WHEN lease_until > {clock} THEN 1 ELSE 0 END AS Leased, CASE WHEN waits_for IS NULL THEN 0 ELSE 1 END AS Waits, kind AS Kind
        FROM jobs WHERE finished_at IS NULL ORDER BY id
        """;

    /// <inheritdoc cref="Unfinished"/>
    public static string SetLease(string clock) => $"UPDATE jobs SET lease_until = {clock} + @milliseconds WHERE id = @id";

    /// <inheritdoc cref="Unfinished"/>
    public static string RenewLease(string clock) => $"UPDATE jobs SET lease_until = {clock} + @milliseconds WHERE run_token = @token";

    public const string FinishedBefore = "SELECT id FROM jobs WHERE finished_at < @before ORDER BY finished_at LIMIT @limit";

    public const string CheckpointExists = "SELECT id FROM checkpoints WHERE id = @id";

    /// <summary>Those that wait for a job.</summary>
    public const string WaitingFor = Select + " WHERE j.waits_for = @id ORDER BY j.id";

    /// <summary>Trials of a sweep that are not over.</summary>
    public const string UnfinishedTrials = Select + " WHERE j.sweep_id = @id AND j.finished_at IS NULL ORDER BY j.id";

    public const string Trials = Select + " WHERE j.sweep_id = @id ORDER BY j.trial";

    public const string OfChain = Select + " WHERE j.chain_id = @id ORDER BY j.id";

    /// <summary>The newest checkpoint of a job that was saved for a reason, or as a part of its result.</summary>
    public const string CheckpointFor = "SELECT id FROM checkpoints WHERE job_id = @job AND (reason = @reason OR reason = 'final:' || @reason) ORDER BY step DESC LIMIT 1";

    public const string TrialExists = "SELECT id FROM jobs WHERE sweep_id = @SweepId AND trial = @Trial";
}
