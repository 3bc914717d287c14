using TrainService.Formats;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Training.Checkpoints;
using TrainService.Training.Inference;
using TrainService.Training.Models;

namespace TrainService.Training.Export;

/// <summary>A checkpoint on its way out: its layers as they were asked for, its network, its tensors by name ("layer/role").</summary>
internal sealed class ExportedModel
{
    private ExportedModel(CheckpointMetadata metadata, ComponentValue value, ModelDefinition definition, Network network, IReadOnlyDictionary<string, NamedArray> tensors)
        => (Metadata, Value, Definition, Network, Tensors) = (metadata, value, definition, network, tensors);

    public CheckpointMetadata Metadata { get; }

    /// <summary>The model as it stands in the checkpoint.</summary>
    public ComponentValue Value { get; }

    public ModelDefinition Definition { get; }

    public Network Network { get; }

    public IReadOnlyDictionary<string, NamedArray> Tensors { get; }

    /// <summary>What to call it.</summary>
    public string Name => Value.Arguments.OptionalText("name") is { Length: > 0 } name ? name : "model";

    /// <summary>All its layers one after the other, without branches.</summary>
    public bool IsStack => Network.Layers.All(l => l.Inputs is [var input] && input == l.Index - 1 && l.Node.SharedWith is null);

    /// <summary>Name of the network's input.</summary>
    public string InputName => Definition.InputName ?? Free("input");

    /// <param name="half">The tensors rounded to 16-bit floats.</param>
    public static ExportedModel Of(LoadedNetwork loaded, bool half)
    {
        ComponentValue value = LoadedNetwork.Read(loaded.Metadata.Model, "model");
        var tensors = new Dictionary<string, NamedArray>(StringComparer.Ordinal);
        foreach (Parameter parameter in loaded.State.Parameters)
        {
            float[] values = new float[parameter.Shape.Size];
            parameter.Read(values);
            long[] shape = [.. parameter.Shape.Axes.Select(n => (long)n)];
            tensors.Add(parameter.Name, half ? HalfPrecision.Of(parameter.Name, shape, values) : new NamedArray(parameter.Name, shape, values));
        }
        return new ExportedModel(loaded.Metadata, value, (ModelDefinition)value.Create(), loaded.State.Network, tensors);
    }

    /// <summary>A layer's tensors in Keras's order, named by their roles.</summary>
    public IReadOnlyList<NamedArray> TensorsOf(NetworkLayer layer) => [.. layer.Parameters.Select(p => Tensors[$"{layer.Name}/{p.Name}"].As(p.Name))];

    private string Free(string name)
    {
        while (Network.Layers.Any(l => l.Name == name)) name += "_0";
        return name;
    }
}
