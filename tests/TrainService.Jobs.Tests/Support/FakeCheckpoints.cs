using TrainService.Jobs.Ports;

namespace TrainService.Jobs.Tests.Support;

/// <summary>Counts what a job's life asks of the checkpoints; holds none.</summary>
internal sealed class FakeCheckpoints : ICheckpointStore
{
    public Dictionary<string, int> ByJob { get; } = [];

    public List<string> ResumePointsDeleted { get; } = [];

    public int Sweeps { get; private set; }

    public Task<int> PruneAsync(string jobId, string? runToken, IReadOnlyCollection<string> keepIds, CancellationToken ct)
        => Task.FromResult(ByJob.Remove(jobId, out int count) ? count : 0);

    public Task DeleteResumePointsAsync(string jobId, CancellationToken ct)
    {
        ResumePointsDeleted.Add(jobId);
        return Task.CompletedTask;
    }

    public Task<int> SweepFilesAsync(CancellationToken ct) => Task.FromResult(++Sweeps);

    public Task<CheckpointRecord?> SaveAsync(NewCheckpoint checkpoint, Func<Stream, CancellationToken, Task> write, CancellationToken ct) => throw new NotSupportedException();

    public Task<CheckpointRecord?> FindAsync(string id, CancellationToken ct) => throw new NotSupportedException();

    public Task<CheckpointPage> ListAsync(string? jobId, string? after, int limit, CancellationToken ct) => throw new NotSupportedException();

    public Task<long> BytesOfAsync(string owner, CancellationToken ct) => throw new NotSupportedException();

    public Task<Stream> OpenAsync(CheckpointRecord checkpoint, CancellationToken ct) => throw new NotSupportedException();

    public Task<bool> DeleteAsync(string id, CancellationToken ct) => throw new NotSupportedException();

    public Task<bool> SaveResumePointAsync(string jobId, string runToken, Func<Stream, CancellationToken, Task> write, CancellationToken ct) => throw new NotSupportedException();

    public Task<Stream?> OpenResumePointAsync(string jobId, CancellationToken ct) => throw new NotSupportedException();
}
