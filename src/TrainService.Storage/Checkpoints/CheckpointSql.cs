namespace TrainService.Storage.Checkpoints;

/// <summary>The statements on checkpoints; the same on both databases.</summary>
internal static class CheckpointSql
{
    public const string Select = """
        SELECT id AS Id, job_id AS JobId, epoch AS Epoch, step AS Step, metrics AS MetricsJson, metadata AS MetadataJson, reason AS Reason,
               bytes AS Bytes, sha256 AS Sha256, created_at AS CreatedAt, parent_id AS ParentId, pinned AS Pinned
        FROM checkpoints
        """;

    public const string ById = Select + " WHERE id = @id";

    public const string ByPlace = Select + " WHERE job_id = @JobId AND step = @Step AND reason = @Reason";

    public const string Insert = """
        INSERT INTO checkpoints (id, job_id, epoch, step, metrics, metadata, reason, bytes, sha256, created_at, parent_id, owner)
        VALUES (@Id, @JobId, @Epoch, @Step, @MetricsJson, @MetadataJson, @Reason, @Bytes, @Sha256, @CreatedAt, @ParentId,
                COALESCE(CAST(@Owner AS TEXT), (SELECT owner FROM jobs WHERE jobs.id = @JobId)))
        """;

    public const string BytesOfOwner = "SELECT COALESCE(SUM(bytes), 0) FROM checkpoints WHERE owner = @owner";

    public const string OfJob = Select + " WHERE job_id = @id ORDER BY id";

    public const string Pin = "UPDATE checkpoints SET pinned = @pinned WHERE id = @id";

    /// <summary>Jobs that are not over and start from this checkpoint.</summary>
    public const string NeededBy = "SELECT id FROM jobs WHERE parent_id = @id AND finished_at IS NULL";

    public const string IdsOfJob = "SELECT id FROM checkpoints WHERE job_id = @jobId";

    public const string Delete = "DELETE FROM checkpoints WHERE id = @id";

    /// <summary>Only for the holder of the token; a checkpoint is progress, so the count of failed runs starts anew.</summary>
    public const string Fence = """
        UPDATE jobs SET failures = 0, losses = 0, best = COALESCE(@best, best), version = version + 1 WHERE id = @jobId AND run_token = @runToken RETURNING last_seq
        """;

    public const string AttemptOf = "SELECT attempt FROM jobs WHERE id = @jobId AND run_token = @runToken";

    public const string ClearFailures = """
        UPDATE jobs SET failures = 0, losses = 0, version = version + 1
        WHERE id = @jobId AND run_token = @runToken AND (failures > 0 OR losses > 0)
        """;

    public const string Alive = "SELECT id FROM jobs WHERE finished_at IS NULL";
}
