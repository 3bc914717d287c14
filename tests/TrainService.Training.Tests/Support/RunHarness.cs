using System.Text.Json;
using TrainService.Data.Requests;
using TrainService.Formats;
using TrainService.Formats.Safetensors;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.Storage;
using TrainService.Tensors.Threading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Running;

namespace TrainService.Training.Tests.Support;

/// <summary>Real storage in a folder of its own, and runs over small data in it.</summary>
internal sealed class RunHarness : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tstraining").FullName;
    private TrainStorage? _storage;

    public IJobStore Jobs => Storage.Jobs;

    public ICheckpointStore Checkpoints => Storage.Checkpoints;

    public IDoorbell Doorbell { get; } = new InProcessDoorbell();

    private TrainStorage Storage => _storage ??= TrainStorage.OpenAsync(new StorageOptions(_folder)).GetAwaiter().GetResult();

    public async Task<JobRecord> SubmitAsync(JobSpec spec)
    {
        DateTimeOffset now = TimeProvider.System.Now();
        return (await Jobs.SubmitAsync(new JobRecord
        {
            Id = Ids.New("job"), Kind = "train", Status = JobStatus.Queued, SpecJson = spec.ToJson(), ResolvedJson = spec.ToJson(), SummaryJson = "{}", WarningsJson = "[]",
            MaxAttempts = 3, CreatedAt = now, QueuedAt = now,
        }, null, default)).Job!;
    }

    /// <summary>Starts a run and trains until it ends or <paramref name="disturb"/> has it interrupted.</summary>
    /// <param name="disturb">Called with the job's id and the number of each event as it is logged.</param>
    public async Task<RunEnd> TrainAsync(JobRecord job, JobSpec spec, PreparedData data, int threads = 1, TimeSpan? resumeInterval = null,
        Func<JobEvent, Task>? disturb = null, IReadOnlyList<NamedArray>? startFrom = null, CancellationToken shutdown = default)
    {
        string token = Ids.New("run");
        (await Jobs.MoveAsync(new JobMove(job.Id, JobAction.Start, NewRunToken: token), default)).Result.ShouldBe(MoveResult.Moved);
        var identity = new RunIdentity(job.Id, token, "spec");
        using var pool = new ComputePool(threads);
        using ComputeTeam team = pool.Lease(threads, CancellationToken.None);
        TrainingPlan plan = TrainingPlanner.Plan(spec, data.InputShape);
        string monitor = data.Validation is null ? "loss" : "val_loss";
        var keeper = new CheckpointKeeper(Checkpoints, Doorbell, identity, spec.Checkpoint, monitor, false, CheckpointMetadata.Of(spec, data).ToJson());
        await keeper.LoadAsync(default);
        await using var watch = new RunWatch(Jobs, Doorbell, job.Id, token, shutdown);
        await using var reporter = new RunReporter(Jobs, Doorbell, watch.Lose);
        using var run = new TrainingRun(plan, data, keeper, new RunContext(team, identity, reporter, watch, Checkpoints,
            new RunClock(resumeInterval ?? TimeSpan.FromHours(1), TimeProvider.System), TimeProvider.System, spec.MaxRuntimeSeconds));
        await using (Stream? saved = await Checkpoints.OpenResumePointAsync(job.Id, default))
            if (saved is not null && ResumePoint.Read(saved, "spec") is { } found)
                run.Restore(found.State, found.Tensors);
        if (startFrom is not null) run.StartFrom(startFrom).Complete.ShouldBeTrue();
        Task disturbing = disturb is null ? Task.CompletedTask : FollowAsync(job.Id, disturb);
        RunEnd end = await Task.Run(run.Run, CancellationToken.None);
        reporter.Flush();
        return end;
    }

    /// <summary>Settles a run's end as the runner does, and forgets its token.</summary>
    public async Task MoveAsync(string jobId, JobAction action)
        => (await Jobs.MoveAsync(new JobMove(jobId, action, (await Jobs.FindAsync(jobId, default))!.RunToken), default)).Result.ShouldBe(MoveResult.Moved);

    public async Task<IReadOnlyList<JsonElement>> EventsAsync(string jobId, string type)
        => [.. (await Jobs.EventsOfTypeAsync(jobId, type, default)).Select(e => JsonDocument.Parse(e.DataJson).RootElement)];

    public async Task<IReadOnlyList<CheckpointRecord>> SavedAsync(string jobId) => (await Checkpoints.ListAsync(jobId, null, 100, default)).Checkpoints;

    /// <summary>The bytes of every tensor of a checkpoint.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> TensorsAsync(CheckpointRecord checkpoint)
        => (await ArraysAsync(checkpoint)).ToDictionary(a => a.Name, a => a.Bytes.ToArray());

    public async Task<IReadOnlyList<NamedArray>> ArraysAsync(CheckpointRecord checkpoint)
    {
        await using Stream file = await Checkpoints.OpenAsync(checkpoint, default);
        return SafetensorsFile.Read(file).Arrays;
    }

    public async ValueTask DisposeAsync()
    {
        if (_storage is not null) await _storage.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task FollowAsync(string jobId, Func<JobEvent, Task> each)
    {
        await foreach (JobEvent e in new EventStream(Jobs, Doorbell).FollowAsync(jobId, 0, default)) await each(e);
    }
}
