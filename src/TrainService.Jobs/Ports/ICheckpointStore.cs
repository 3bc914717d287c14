namespace TrainService.Jobs.Ports;

/// <summary>
/// Checkpoints (rows, and files written under a temporary name, flushed to disk, renamed, folder flushed) and resume points
/// (the same way, two kept for each job). Reading verifies the SHA-256.
/// </summary>
public interface ICheckpointStore
{
    /// <summary>
    /// Writes the file and the row (and the event, when one is asked for, in the row's transaction). <paramref name="write"/> writes
    /// forward only. Null when the run token is no longer the job's (nothing is kept then). A run that resumed a little earlier and saves
    /// the same step for the same reason again gets the checkpoint that is there.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The disk is full, read-only or failing.</exception>
    Task<CheckpointRecord?> SaveAsync(NewCheckpoint checkpoint, Func<Stream, CancellationToken, Task> write, CancellationToken ct);

    Task<CheckpointRecord?> FindAsync(string id, CancellationToken ct);

    /// <summary>Newest first; of one job, or of all when <paramref name="jobId"/> is null.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one that a page gave.</exception>
    Task<CheckpointPage> ListAsync(string? jobId, string? after, int limit, CancellationToken ct);

    /// <summary>The file, verified. Throws <see cref="InvalidDataException"/> when it is damaged or gone.</summary>
    Task<Stream> OpenAsync(CheckpointRecord checkpoint, CancellationToken ct);

    /// <summary>Deletes one, unless it is pinned or a job that is not over starts from it.</summary>
    Task<CheckpointDeletion> DeleteAsync(string id, CancellationToken ct);

    /// <summary>Deletes all checkpoints of a job, or none when one of them is pinned or needed.</summary>
    Task<CheckpointDeletion> DeleteAllAsync(string jobId, CancellationToken ct);

    /// <summary>
    /// Retention: deletes the checkpoints of a job but those named, those that are pinned, and those that a job which is not over starts from.
    /// Returns how many went; none when the run is fenced.
    /// </summary>
    Task<int> PruneAsync(string jobId, string runToken, IReadOnlyCollection<string> keepIds, CancellationToken ct);

    /// <summary>A pinned checkpoint is not deleted until it is unpinned. Null when there is none.</summary>
    Task<CheckpointRecord?> PinAsync(string id, bool pinned, CancellationToken ct);

    /// <summary>Bytes of all checkpoints that belong to an API key.</summary>
    Task<long> BytesOfAsync(string owner, CancellationToken ct);

    /// <summary>Removes files that no row knows, older than a running write can be. Returns how many went.</summary>
    Task<int> SweepFilesAsync(CancellationToken ct);

    /// <summary>
    /// Stores the full state of a run, beside the previous one. False when fenced. It counts as progress: the job's count of failed runs
    /// starts anew, so that only a job which gets nowhere is given up.
    /// </summary>
    Task<bool> SaveResumePointAsync(string jobId, string runToken, Func<Stream, CancellationToken, Task> write, CancellationToken ct);

    /// <summary>The newest resume point that is whole, or null; a damaged one is passed over.</summary>
    /// <param name="damaged">Called with the name of each file that is passed over because it is not what was written.</param>
    Task<Stream?> OpenResumePointAsync(string jobId, CancellationToken ct, Action<string>? damaged = null);

    Task DeleteResumePointsAsync(string jobId, CancellationToken ct);
}

/// <param name="JobId">Null for an uploaded one.</param>
/// <param name="MetadataJson">Model as resolved, class names, fitted preprocessing: everything predict needs beside the weights.</param>
public sealed record NewCheckpoint(string? JobId, string? RunToken, int Epoch, long Step, string MetricsJson, string MetadataJson, string? ParentId = null)
{
    /// <summary>Why it is kept: epoch, best, final, uploaded.</summary>
    public string Reason { get; init; } = "epoch";

    /// <summary>The API key that uploads it; a job's checkpoint belongs to the job's owner.</summary>
    public string? Owner { get; init; }

    /// <summary>Makes the event that announces it, logged in the same transaction as the row.</summary>
    public Func<CheckpointRecord, NewJobEvent>? Announce { get; init; }

    /// <summary>Says what the job's checkpoints come to with this one among them; stored in the same transaction, so that one flush serves it all.</summary>
    public Func<CheckpointRecord, CheckpointStanding>? Standing { get; init; }
}

/// <param name="BestJson">What the job says of its best checkpoint from now on; null when that stays.</param>
/// <param name="KeepIds">Retention, as <see cref="ICheckpointStore.PruneAsync"/> has it; null when all stay.</param>
public sealed record CheckpointStanding(string? BestJson, IReadOnlyCollection<string>? KeepIds);

public sealed record CheckpointRecord
{
    public required string Id { get; init; }
    public string? JobId { get; init; }
    public required int Epoch { get; init; }
    public required long Step { get; init; }
    public required string MetricsJson { get; init; }
    public required string MetadataJson { get; init; }
    public required string Reason { get; init; }
    public required long Bytes { get; init; }
    public required string Sha256 { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public string? ParentId { get; init; }
    public bool Pinned { get; init; }
}

/// <summary>What a deletion removed, or what stood in its way; then nothing was removed.</summary>
/// <param name="Deleted">Empty when there was nothing.</param>
/// <param name="Pinned">Checkpoints that are pinned.</param>
/// <param name="NeededBy">Jobs that are not over and start from one of them.</param>
public sealed record CheckpointDeletion(IReadOnlyList<CheckpointRecord> Deleted, IReadOnlyList<string> Pinned, IReadOnlyList<string> NeededBy)
{
    public bool Refused => Pinned.Count > 0 || NeededBy.Count > 0;
}

public sealed record CheckpointPage(IReadOnlyList<CheckpointRecord> Checkpoints, string? Next);
