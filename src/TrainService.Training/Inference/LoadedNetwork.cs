using System.Numerics.Tensors;
using System.Text.Json;
using TrainService.Data.Preprocessing;
using TrainService.Formats;
using TrainService.Formats.Safetensors;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Compilation;
using TrainService.Training.Models;
using TrainService.Training.Running;

namespace TrainService.Training.Inference;

/// <summary>A checkpoint in memory, ready to be asked. Its numbers don't change, so any number of threads may share it.</summary>
internal sealed class LoadedNetwork : IDisposable
{
    private LoadedNetwork(CheckpointMetadata metadata, NetworkState state, ComponentValue loss, FittedPreprocessing? preprocessing)
        => (Metadata, State, Loss, Preprocessing) = (metadata, state, loss, preprocessing);

    public CheckpointMetadata Metadata { get; }

    public NetworkState State { get; }

    public ComponentValue Loss { get; }

    /// <summary>What turns a client's rows into the network's; null when it takes them as they are.</summary>
    public FittedPreprocessing? Preprocessing { get; }

    public long ByteCount => 4 * State.Network.ParameterCount;

    /// <summary>The output is scores: softmax or sigmoid makes probabilities of them.</summary>
    public bool FromLogits => Loss.Arguments.Has("from_logits") && Loss.Arguments.Flag("from_logits");

    /// <summary>What its outputs stand for, by place; null when they stand for no classes: embeddings never do.</summary>
    public IReadOnlyList<string>? ClassNames => Loss.Create() is BatchLoss ? null : Metadata.ClassNames;

    /// <summary>The metrics of its job, as far as they fit; accuracy too when asked for and not among them.</summary>
    public IReadOnlyList<Metric> MetricsFor(Loss loss, bool alsoAccuracy)
    {
        List<ComponentValue> asked = [.. Metadata.Metrics.Select(m => Read(m, "metric"))];
        if (alsoAccuracy && asked.All(m => m.Descriptor.Name != Accuracy.Descriptor.Name)) asked.Add(JobVocabulary.All.WithDefaults("metric", Accuracy.Descriptor.Name));
        return MetricChoice.Of(asked, [], loss, State.Network, new SpecErrors());
    }

    /// <exception cref="InvalidDataException">Metadata and weights do not fit together, or this version does not understand them.</exception>
    public static LoadedNetwork Load(string metadataJson, Stream weights)
    {
        CheckpointMetadata metadata = CheckpointMetadata.Parse(metadataJson);
        ComponentValue model = Read(metadata.Model, "model"), loss = Read(metadata.Loss, "loss");
        var errors = new SpecErrors();
        Network network = NetworkBuilder.Build((ModelDefinition)model.Create(), metadata.InputShape, errors)
            ?? throw new InvalidDataException($"The checkpoint's model can't be built: {errors.All[0].Detail}");
        var state = new NetworkState(network);
        try
        {
            ReadWeights(state, weights);
            return new LoadedNetwork(metadata, state, loss, metadata.Preprocessing is null ? null : FittedPreprocessing.FromJson(metadata.Preprocessing.ToJsonString()));
        }
        catch (FormatException e)
        {
            state.Dispose();
            throw new InvalidDataException(e.Message, e);
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    public void Dispose() => State.Dispose();

    private static void ReadWeights(NetworkState state, Stream weights)
    {
        IReadOnlyList<NamedArray> arrays;
        try
        {
            (arrays, _) = SafetensorsFile.Read(weights);
        }
        catch (ArrayFormatException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
        Dictionary<string, NamedArray> byName = arrays.ToDictionary(a => a.Name, StringComparer.Ordinal);
        foreach (Parameter parameter in state.Parameters)
        {
            if (!byName.TryGetValue(parameter.Name, out NamedArray? array)) throw new InvalidDataException($"The file lacks the tensor '{parameter.Name}'.");
            if (!array.Shape.SequenceEqual(parameter.Shape.Axes.Select(n => (long)n)))
                throw new InvalidDataException($"'{parameter.Name}' has the shape [{string.Join(", ", array.Shape)}], the model needs {parameter.Shape}.");
            float[] values = array.ToSingles();
            if (!TensorPrimitives.IsFiniteAll<float>(values)) throw new InvalidDataException($"'{parameter.Name}' holds numbers that are not finite.");
            parameter.Write(values);
        }
    }

    /// <exception cref="InvalidDataException">This version does not understand it.</exception>
    internal static ComponentValue Read(System.Text.Json.Nodes.JsonObject json, string category)
    {
        var errors = new SpecErrors();
        using JsonDocument document = JsonDocument.Parse(json.ToJsonString());
        return new SpecReader(JobVocabulary.All, errors).ReadComponent(document.RootElement, category, "/" + category)
            ?? throw new InvalidDataException($"The checkpoint's {category} is not understood: {errors.All[0].Detail}");
    }
}
