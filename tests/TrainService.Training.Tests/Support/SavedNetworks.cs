using System.Text.Json.Nodes;
using NSubstitute;
using TrainService.Data.Descriptions;
using TrainService.Data.Preprocessing;
using TrainService.Formats.Safetensors;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.State;
using TrainService.Training.Checkpoints;
using TrainService.Training.Running;
using Arg = NSubstitute.Arg;

namespace TrainService.Training.Tests.Support;

/// <summary>A checkpoint store with networks of known weights.</summary>
internal sealed class SavedNetworks
{
    public ICheckpointStore Store { get; } = Substitute.For<ICheckpointStore>();

    /// <param name="weights">Values by tensor; the others are drawn.</param>
    public void Save(string id, JobSpec spec, FittedPreprocessing preprocessing, IReadOnlyList<string>? classes, params (string Tensor, float[] Values)[] weights)
    {
        using var state = new NetworkState(TrainingPlanner.Plan(spec, preprocessing.InputShape).Network);
        state.Initialize(5);
        foreach ((string tensor, float[] values) in weights) state.Find(tensor)!.Write(values);
        TensorSnapshot snapshot = TensorSnapshot.OfWeights(state);
        snapshot.Take();
        using var file = new MemoryStream();
        SafetensorsFile.Write(file, [.. snapshot.Arrays]);
        byte[] bytes = file.ToArray();
        CheckpointMetadata metadata = CheckpointMetadata.Of(spec, Some.Blobs()) with
        {
            InputShape = preprocessing.InputShape,
            Preprocessing = JsonNode.Parse(preprocessing.ToJson()),
            Target = new TargetDescription { Kind = classes is null ? TargetKind.Number : TargetKind.Class, Shape = [1], ClassNames = classes },
        };
        var record = new CheckpointRecord
        {
            Id = id, Epoch = 1, Step = 1, MetricsJson = "{}", MetadataJson = metadata.ToJson(), Reason = "final", Bytes = bytes.Length,
            Sha256 = "", CreatedAt = default,
        };
        Store.FindAsync(id, Arg.Any<CancellationToken>()).Returns(record);
        Store.OpenAsync(record, Arg.Any<CancellationToken>()).Returns(_ => new MemoryStream(bytes));
    }
}
