using TrainService.Jobs.Ports;

namespace TrainService.Jobs.Tests.Support;

/// <summary>Counts what a job's life asks of the checkpoints; holds none.</summary>
internal sealed class FakeCheckpoints : ICheckpointStore
{
    public Dictionary<string, int> ByJob { get; } = [];

    public List<string> ResumePointsDeleted { get; } = [];

    public int Sweeps { get; private set; }

    /// <summary>Checkpoints that stand in the way of every deletion.</summary>
    public List<string> Pinned { get; } = [];

    public Task<CheckpointDeletion> DeleteAllAsync(string jobId, CancellationToken ct) => Task.FromResult(Pinned.Count > 0
        ? new CheckpointDeletion([], Pinned, [])
        : new CheckpointDeletion(ByJob.Remove(jobId, out int count) ? [.. Enumerable.Range(1, count).Select(i => Make($"ckpt_{i}", jobId))] : [], [], []));

    public Task<int> PruneAsync(string jobId, string runToken, IReadOnlyCollection<string> keepIds, CancellationToken ct) => throw new NotSupportedException();

    public Task<CheckpointRecord?> PinAsync(string id, bool pinned, CancellationToken ct) => throw new NotSupportedException();

    public Task DeleteResumePointsAsync(string jobId, CancellationToken ct)
    {
        ResumePointsDeleted.Add(jobId);
        return Task.CompletedTask;
    }

    public Task<int> SweepFilesAsync(CancellationToken ct) => Task.FromResult(++Sweeps);

    public Task<CheckpointRecord?> SaveAsync(NewCheckpoint checkpoint, Func<Stream, CancellationToken, Task> write, CancellationToken ct) => throw new NotSupportedException();

    public Task<CheckpointRecord?> FindAsync(string id, CancellationToken ct) => Task.FromResult(Records.Find(c => c.Id == id));

    public Task<CheckpointPage> ListAsync(string? jobId, string? after, int limit, CancellationToken ct)
        => Task.FromResult(new CheckpointPage([.. Records.Where(c => c.JobId == jobId).OrderByDescending(c => c.Id, StringComparer.Ordinal).Take(limit)], null));

    public List<CheckpointRecord> Records { get; } = [];

    public static CheckpointRecord Make(string id, string jobId) => new()
    {
        Id = id, JobId = jobId, Epoch = 1, Step = 1, MetricsJson = "{}", MetadataJson = "{}", Reason = "epoch", Bytes = 10, Sha256 = "", CreatedAt = default,
    };

    public Task<long> BytesOfAsync(string owner, CancellationToken ct) => throw new NotSupportedException();

    public Task<Stream> OpenAsync(CheckpointRecord checkpoint, CancellationToken ct) => throw new NotSupportedException();

    public Task<CheckpointDeletion> DeleteAsync(string id, CancellationToken ct) => throw new NotSupportedException();

    public Task<bool> SaveResumePointAsync(string jobId, string runToken, Func<Stream, CancellationToken, Task> write, CancellationToken ct) => throw new NotSupportedException();

    public Task<Stream?> OpenResumePointAsync(string jobId, CancellationToken ct, Action<string>? damaged = null) => throw new NotSupportedException();
}
