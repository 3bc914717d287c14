using NSubstitute;
using TrainService.Formats.Safetensors;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Threading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Export;
using TrainService.Training.Inference;
using TrainService.Training.Running;
using TrainService.Training.Tests.Export.Onnx;
using TrainService.Training.Tests.Support;
using Arg = NSubstitute.Arg;

namespace TrainService.Training.Tests.Export;

/// <summary>What a format can't say is told, never written wrongly.</summary>
public sealed class CheckpointExporterTests
{
    [Theory]
    [InlineData(ExportOptions.Keras, true)]
    [InlineData(ExportOptions.Hdf5, false)]
    [InlineData(ExportOptions.Tfjs, false)]
    [InlineData(ExportOptions.Onnx, true)]
    public async Task What_version_2_would_read_as_another_function_is_not_written_for_it(string format, bool written)
    {
        foreach (string layer in new[] { """{"type": "dense", "units": 3, "activation": "hard_sigmoid"}""", """{"type": "dense", "units": 3}, {"type": "hard_sigmoid"}""" })
        {
            ExportOutcome outcome = await ExportAsync(Spec.Job($$"""{"model": {"type": "sequential", "layers": [{{layer}}]}, "loss": "mse"}"""), new ExportOptions(format, false, false));
            if (written) outcome.FileName.ShouldNotBeNull();
            else outcome.Errors.ShouldHaveSingleItem().Detail.ShouldContain("means another function by hard_sigmoid");
        }
    }

    [OnnxRuntimeFact]
    public async Task The_checkers_of_bundles_find_all_well_in_their_own_programs()
    {
        JobSpec spec = Spec.Job("""{"model": {"type": "sequential", "layers": [{"type": "reshape", "target_shape": [2, 2, 1]}, {"type": "conv2d", "filters": 3, "kernel_size": 2, "padding": "same", "activation": "elu"}, "batch_normalization", "flatten", {"type": "dense", "units": 3, "activation": "softmax"}]}, "loss": "mse"}""");
        foreach (string format in new[] { ExportOptions.Onnx, ExportOptions.Tfjs })
        {
            using var file = new MemoryStream();
            (await ExportAsync(spec, new ExportOptions(format, false, true), file)).Errors.ShouldBeEmpty();
            string folder = Directory.CreateTempSubdirectory("tsbundle").FullName;
            try
            {
                System.IO.Compression.ZipFile.ExtractToDirectory(file, folder);
                (int code, string output) = OnnxRuntime.Script(folder, "check.mjs");
                code.ShouldBe(0, output);
                string golden = Path.Combine(folder, "golden.json");
                System.Text.Json.Nodes.JsonNode numbers = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(golden))!;
                numbers["outputs"]![0]!["data"]![0] = 17;
                await File.WriteAllTextAsync(golden, numbers.ToJsonString());
                Directory.Delete(Path.Combine(folder, "node_modules"));
                OnnxRuntime.Script(folder, "check.mjs").Code.ShouldBe(1);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task<ExportOutcome> ExportAsync(JobSpec spec, ExportOptions options, Stream? target = null)
    {
        using var state = new NetworkState(TrainingPlanner.Plan(spec, [4]).Network);
        state.Initialize(5);
        TensorSnapshot snapshot = TensorSnapshot.OfWeights(state);
        snapshot.Take();
        using var file = new MemoryStream();
        SafetensorsFile.Write(file, [.. snapshot.Arrays]);
        byte[] bytes = file.ToArray();
        var record = new CheckpointRecord
        {
            Id = "ckpt_1", Epoch = 1, Step = 1, MetricsJson = "{}", MetadataJson = CheckpointMetadata.Of(spec, Some.Blobs()).ToJson(), Reason = "final", Bytes = bytes.Length, Sha256 = "", CreatedAt = default,
        };
        ICheckpointStore store = Substitute.For<ICheckpointStore>();
        store.FindAsync("ckpt_1", Arg.Any<CancellationToken>()).Returns(record);
        store.OpenAsync(record, Arg.Any<CancellationToken>()).Returns(_ => new MemoryStream(bytes));
        using var networks = new LoadedNetworks(store);
        using var pool = new ComputePool(1);
        return await new CheckpointExporter(networks, store, Substitute.For<IJobStore>(), pool).ExportAsync("ckpt_1", options, target ?? new MemoryStream(), default);
    }
}
