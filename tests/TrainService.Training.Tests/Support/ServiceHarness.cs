using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using TrainService.Data;
using TrainService.Formats;
using TrainService.Formats.Safetensors;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Specification;
using TrainService.Storage;
using TrainService.Tensors.Threading;
using TrainService.Training.Compilation;
using TrainService.Training.Inference;

namespace TrainService.Training.Tests.Support;

/// <summary>Everything but HTTP and the scheduler: real compiler, store, data and runner in a folder of its own.</summary>
internal sealed class ServiceHarness : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tsservice").FullName;
    private readonly TrainStorage _storage;
    private readonly ComputePool _pool = new(2);
    private readonly LoadedNetworks _networks;

    /// <param name="limits">Null: none.</param>
    public ServiceHarness(JobLimits? limits = null)
    {
        _storage = TrainStorage.OpenAsync(new StorageOptions(_folder)).GetAwaiter().GetResult();
        Checkpoints = WatchedCheckpoints.Around(_storage.Checkpoints);
        Datasets = new DatasetLibrary(Path.Combine(_folder, "datasets"), new DatasetLibraryOptions());
        Compiler = new SpecCompiler(Datasets, _pool, Checkpoints, limits);
        Runner = new Runner(Jobs, Checkpoints, Doorbell, Datasets, _pool, new RunFailures(Jobs, Queue, Doorbell, new RetryPolicy()), NullLogger<Runner>.Instance,
            new RunnerOptions { ResumeInterval = TimeSpan.FromMilliseconds(20) });
        _networks = new LoadedNetworks(Checkpoints);
        Prediction = new PredictionService(_networks, _pool);
        Evaluation = new EvaluationService(_networks, Datasets, _pool);
    }

    public IJobStore Jobs => _storage.Jobs;

    public ICheckpointStore Checkpoints { get; }

    public InProcessDoorbell Doorbell { get; } = new();

    public DatasetLibrary Datasets { get; }

    public SpecCompiler Compiler { get; }

    public Runner Runner { get; }

    public PredictionService Prediction { get; }

    public EvaluationService Evaluation { get; }

    public RememberingQueue Queue { get; } = new();

    /// <summary>A job on a built-in dataset; <paramref name="changes"/> replace its members.</summary>
    public static JsonElement Json(string changes = "{}")
    {
        JsonObject job = JsonNode.Parse("""
            {"seed": 3, "dataset": {"name": "spirals", "validation_split": 0.2, "limit": 300, "preprocess": ["standardize"]}, "loss": "sparse_categorical_crossentropy",
             "metrics": ["accuracy"], "optimizer": {"type": "adam", "learning_rate": 0.01}, "epochs": 5, "batch_size": 16,
             "model": {"type": "sequential", "layers": [{"type": "dense", "units": 16, "activation": "elu"}, {"type": "dropout", "rate": 0.1},
                {"type": "dense", "units": 3, "activation": "softmax", "name": "output"}]}}
            """)!.AsObject();
        foreach ((string name, JsonNode? value) in JsonNode.Parse(changes)!.AsObject()) job[name] = value?.DeepClone();
        return JsonSerializer.SerializeToElement(job);
    }

    public Task<CompiledSpec> CompileAsync(string changes = "{}") => Compiler.CompileAsync(Json(changes), default);

    public async Task<JobRecord> SubmitAsync(string changes = "{}")
    {
        JsonElement spec = Json(changes);
        CompiledSpec compiled = await Compiler.CompileAsync(spec, default);
        compiled.Errors.Select(e => $"{e.Pointer}: {e.Detail}").ShouldBeEmpty();
        return (await Jobs.SubmitAsync(JobFactory.Create(spec, compiled, DateTimeOffset.UtcNow), null, default)).Job!;
    }

    /// <summary>Submits and runs to its end.</summary>
    public async Task<JobRecord> RunAsync(string changes = "{}")
    {
        JobRecord job = await SubmitAsync(changes);
        await Runner.RunAsync(job.Id, default);
        return await FindAsync(job.Id);
    }

    /// <summary>Runs a job until its first resume point, then shuts down, and runs it to its end.</summary>
    public async Task<JobRecord> CutOffAsync(JobRecord job)
    {
        using var shutdown = new CancellationTokenSource();
        ((WatchedCheckpoints)Checkpoints).OnResumePoint = shutdown.Cancel;
        await Should.ThrowAsync<OperationCanceledException>(() => Runner.RunAsync(job.Id, shutdown.Token));
        (await FindAsync(job.Id)).Status.ShouldBe(JobStatus.Queued);
        await Runner.RunAsync(job.Id, default);
        return await FindAsync(job.Id);
    }

    /// <summary>Names and hashes of the tensors of the checkpoint that was saved for this reason.</summary>
    public async Task<string> TensorsAsync(JobRecord job, string reason)
    {
        CheckpointRecord saved = (await Checkpoints.ListAsync(job.Id, null, 100, default)).Checkpoints.Single(c => c.Reason == reason);
        await using Stream file = await Checkpoints.OpenAsync(saved, default);
        return string.Join(' ', Formats.Safetensors.SafetensorsFile.Read(file).Arrays.OrderBy(a => a.Name, StringComparer.Ordinal)
            .Select(a => a.Name + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(a.Bytes))));
    }

    public async Task<JobRecord> FindAsync(string id) => (await Jobs.FindAsync(id, default))!;

    /// <summary>A user's wish, as the job service carries it out.</summary>
    public async Task MoveAsync(string id, JobAction action)
    {
        await Jobs.MoveAsync(new JobMove(id, action), default);
        Doorbell.Ring(id);
    }

    /// <summary>Waits until so many epochs are in the log.</summary>
    public async Task EpochsAsync(string id, int count)
    {
        await foreach (JobEvent e in new EventStream(Jobs, Doorbell).FollowAsync(id, 0, default))
            if (e.Type == "epoch" && --count == 0)
                return;
    }

    public async Task<JsonElement[]> EventsAsync(string id, string type)
        => [.. (await Jobs.EventsOfTypeAsync(id, type, default)).Select(e => JsonDocument.Parse(e.DataJson).RootElement)];

    public async Task<CheckpointRecord> LastAsync(string id) => (await Checkpoints.ListAsync(id, null, 100, default)).Checkpoints.MaxBy(c => c.Step)!;

    /// <summary>What a job kept when a step of it went wrong; asserts that there is such a checkpoint, and nothing but finite numbers in it.</summary>
    public async Task<CheckpointRecord> LastGoodIsFiniteAsync(JobRecord job)
    {
        CheckpointRecord kept = await LastAsync(job.Id);
        kept.Reason.ShouldBe("last_good");
        using Stream file = await Checkpoints.OpenAsync(kept, default);
        foreach (NamedArray array in SafetensorsFile.Read(file, file: "checkpoint").Arrays) array.ToSingles().ShouldAllBe(v => float.IsFinite(v));
        return kept;
    }

    public static IEnumerable<(string, string)> Places(IEnumerable<SpecError> errors) => errors.Select(e => (e.Pointer, e.Code));

    public async ValueTask DisposeAsync()
    {
        _networks.Dispose();
        await _storage.DisposeAsync();
        _pool.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A queue that only remembers what it was told.</summary>
internal sealed class RememberingQueue : IJobQueue
{
    public List<string> Enqueued { get; } = [];

    public Task EnqueueAsync(string jobId, int priority, DateTimeOffset? notBefore, CancellationToken ct)
    {
        Enqueued.Add(jobId);
        return Task.CompletedTask;
    }

    public Task CancelAsync(string jobId, CancellationToken ct) => Task.CompletedTask;

    public Task<string?> HealthAsync(CancellationToken ct) => Task.FromResult<string?>(null);
}
