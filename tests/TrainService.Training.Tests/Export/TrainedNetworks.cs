using System.Text.Json;
using TrainService.Data.Import;
using TrainService.Formats.Npy;
using TrainService.Formats.Safetensors;
using TrainService.Jobs;
using TrainService.Training.Reuse;
using TrainService.Tensors.Threading;
using TrainService.Training.Export;
using TrainService.Training.Inference;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Export;

/// <summary>Networks that our own engine trained a few seconds on, for all tests that hand such networks to other programs.</summary>
public sealed class TrainedNetworks : IAsyncLifetime, IAsyncDisposable
{
    public const string Dense = "dense", Images = "images", Ports = "ports";

    private const int Rows = 200;

    private static readonly IReadOnlyDictionary<string, string> Jobs = new Dictionary<string, string>
    {
        [Dense] = """
            {"epochs": 15, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 32, "activation": "elu"}, "batch_normalization",
              {"type": "dense", "units": 24, "activation": "relu"}, {"type": "dropout", "rate": 0.1}, {"type": "dense", "units": 3, "activation": "softmax"}]}}
            """,
        [Images] = """
            {"dataset": {"name": "synthetic-fashion", "limit": 800, "validation_split": 0.1}, "epochs": 3, "batch_size": 32, "optimizer": {"type": "adam", "learning_rate": 0.003},
             "model": {"type": "sequential", "layers": [{"type": "reshape", "target_shape": [28, 28, 1]},
              {"type": "conv2d", "filters": 8, "kernel_size": 3, "strides": 2, "padding": "same", "use_bias": false}, "batch_normalization", "relu",
              {"type": "conv2d", "filters": 16, "kernel_size": 3, "padding": "same", "activation": "relu"}, "max_pooling2d", "flatten",
              {"type": "dense", "units": 32, "activation": "relu"}, {"type": "dense", "units": 10, "activation": "softmax"}]}}
            """,
        [Ports] = """
            {"dataset": {"name": "named"}, "loss": ["sparse_categorical_crossentropy", "mse"], "loss_weights": [1, 0.5], "metrics": [["accuracy"], ["mae"]], "epochs": 20,
             "model": {"type": "functional", "layers": [
              {"type": "input", "name": "right", "shape": [2]}, {"type": "input", "name": "left", "shape": [4, 4, 1]},
              {"type": "conv2d", "name": "c", "filters": 4, "kernel_size": 3, "activation": "relu", "inputs": ["left"]}, {"type": "flatten", "name": "f", "inputs": ["c"]},
              {"type": "concatenate", "name": "both", "inputs": ["f", "right"]}, {"type": "dense", "units": 12, "activation": "tanh", "name": "h", "inputs": ["both"]},
              {"type": "dense", "units": 12, "name": "again", "activation": "relu", "inputs": ["h"]}, {"type": "add", "name": "sum", "inputs": ["h", "again"]},
              {"type": "dense", "units": 3, "activation": "softmax", "name": "kind", "inputs": ["sum"]}, {"type": "dense", "units": 2, "name": "amount", "inputs": ["sum"]}],
             "outputs": ["kind", "amount"]}}
            """,
    };

    private readonly ServiceHarness _service = new();
    private readonly ComputePool _pool = new(2);
    private readonly Dictionary<string, string> _checkpoints = [];
    private LoadedNetworks? _networks;
    private CheckpointExporter? _exporter;

    public async Task InitializeAsync()
    {
        var random = new Random(1);
        float[] left = [.. Enumerable.Range(0, 16 * Rows).Select(_ => (float)random.NextDouble())], right = [.. Enumerable.Range(0, 2 * Rows).Select(_ => (float)random.NextDouble())];
        float[] kind = [.. Enumerable.Range(0, Rows).Select(i => left[16 * i] > 0.6 ? 2f : right[2 * i] > 0.5 ? 1 : 0)];
        float[] amount = [.. Enumerable.Range(0, Rows).SelectMany(i => new[] { 1 + left[(16 * i) + 5], right[(2 * i) + 1] })];
        using var file = new MemoryStream();
        NpzFile.Write(file, [new("x_left", [Rows, 4, 4, 1], left), new("x_right", [Rows, 2], right), new("y_kind", [Rows], kind), new("y_amount", [Rows, 2], amount)]);
        file.Position = 0;
        (await _service.Datasets.ImportAsync("named", [new UploadedFile("a.npz", file)], new ImportOptions(), default)).Errors.ShouldBeEmpty();
        _networks = new LoadedNetworks(_service.Checkpoints);
        _exporter = new CheckpointExporter(_networks, _service.Checkpoints, _service.Jobs, _pool, _service.Evaluation);
    }

    /// <summary>The id of the checkpoint that the network's training left.</summary>
    public async Task<string> CheckpointAsync(string network)
    {
        if (_checkpoints.TryGetValue(network, out string? known)) return known;
        JobRecord job = await _service.RunAsync(Jobs[network]);
        job.Status.ShouldBe(JobStatus.Succeeded, job.Reason);
        return _checkpoints[network] = (await _service.LastAsync(job.Id)).Id;
    }

    /// <summary>Exports it.</summary>
    public async Task<(ExportOutcome Outcome, byte[] File)> ExportAsync(string network, ExportOptions options)
    {
        using var file = new MemoryStream();
        ExportOutcome outcome = await _exporter!.ExportAsync(await CheckpointAsync(network), options, file, default);
        return (outcome, file.ToArray());
    }

    /// <summary>Takes a file in, as POST /checkpoints does.</summary>
    public async Task<ImportOutcome> ImportAsync(byte[] file)
    {
        using JsonDocument description = JsonDocument.Parse("{}");
        return await new CheckpointImporter(_service.Checkpoints).ImportAsync(description.RootElement, new MemoryStream(file), "model", default);
    }

    /// <summary>Each tensor's name and bytes.</summary>
    public async Task<IReadOnlyList<string>> TensorsAsync(string checkpoint)
    {
        await using Stream file = await _service.Checkpoints.OpenAsync((await _service.Checkpoints.FindAsync(checkpoint, default))!, default);
        return [.. SafetensorsFile.Read(file).Arrays.Select(a => $"{a.Name} {string.Join(',', a.Shape)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(a.Bytes))}")];
    }

    internal async Task<T> WithAsync<T>(string network, Func<LoadedNetwork, Task<T>> use)
    {
        using LoadedNetworks.Loan loan = (await _networks!.BorrowAsync(await CheckpointAsync(network), default))!;
        return await use(loan.Network);
    }

    internal ServiceHarness Service => _service;

    internal ComputePool Pool => _pool;

    // The lifetime has done it.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync()
    {
        _networks?.Dispose();
        _pool.Dispose();
        await _service.DisposeAsync();
    }
}

/// <summary>Tests of one class after the other, over one set of trained networks.</summary>
[CollectionDefinition(Name)]
public sealed class TrainedNetworksGroup : ICollectionFixture<TrainedNetworks>
{
    public const string Name = "trained networks";
}
