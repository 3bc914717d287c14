using TrainService.Formats;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers.Quantization;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Specification.Writing;
using TrainService.Tensors.Threading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Export.Calibration;
using TrainService.Training.Export.Folding;
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

    /// <summary>What it takes and gives, array by array.</summary>
    public ExportedPorts Ports => ExportedPorts.Of(Network, InputName);

    /// <summary>Kernels that go out in 8 bits, by name; among the tensors stands what comes of them.</summary>
    public IReadOnlyDictionary<string, QuantizedKernel> Quantized { get; private init; } = new Dictionary<string, QuantizedKernel>();

    /// <summary>What a file of tensors holds, in order: a kernel in 8 bits is followed by its scales.</summary>
    public IEnumerable<NamedArray> Stored => Network.Layers.SelectMany(l => l.Parameters.Select(p => $"{l.Name}/{p.Name}"))
        .SelectMany(n => Quantized.TryGetValue(n, out QuantizedKernel? kernel) ? [kernel.Values, kernel.Scales] : new[] { Tensors[n] });

    /// <summary>Where numbers between layers are rounded to 8 bits, and on which rows that was measured; null when they are not.</summary>
    public CalibrationReport? Calibration { get; private init; }

    /// <summary>What became of its batch normalizations; null when nobody asked for them to be folded.</summary>
    public FoldingReport? Folding { get; private init; }

    /// <param name="half">The tensors rounded to 16-bit floats.</param>
    /// <param name="fold">Without the batch normalizations that layers before them can do the work of.</param>
    /// <param name="eightBits">Kernels as whole numbers of 8 bits with a scale for each channel.</param>
    public static ExportedModel Of(LoadedNetwork loaded, bool half, bool fold = false, bool eightBits = false)
    {
        ComponentValue value = LoadedNetwork.Read(loaded.Metadata.Model, "model");
        var tensors = new Dictionary<string, NamedArray>(StringComparer.Ordinal);
        foreach (Parameter parameter in loaded.State.Parameters)
        {
            float[] values = new float[parameter.Shape.Size];
            parameter.Read(values);
            tensors.Add(parameter.Name, new NamedArray(parameter.Name, [.. parameter.Shape.Axes.Select(n => (long)n)], values));
        }
        var model = new ExportedModel(loaded.Metadata, value, (ModelDefinition)value.Create(), loaded.State.Network, tensors);
        if (fold) model = model.WithoutNormalizations();
        return eightBits ? model.InEightBits() : half ? model.InHalfPrecision() : model;
    }

    /// <summary>Kernels in 8 bits, and what they multiply too: with rounding where <see cref="RoundedPlaces"/> says so, over the ranges measured on some rows.</summary>
    public static ExportedModel Calibrated(LoadedNetwork loaded, bool fold, CalibrationRows rows, ComputePool pool, CancellationToken ct)
    {
        ExportedModel model = Of(loaded, half: false, fold);
        ActivationRanges ranges;
        using (NetworkState state = model.NewState()) ranges = ActivationRanges.Measure(state, rows, pool, ct);
        (ComponentValue value, IReadOnlyDictionary<string, EightBitGrid> grids) = CalibratedModel.Of(model.Value, model.Definition, model.Network, model.Metadata.InputShape, ranges);
        var definition = (ModelDefinition)value.Create();
        return new ExportedModel(model.Metadata with { Model = SpecWriter.Write(value) }, value, definition, Build(definition, model.Metadata.InputShape), model.Tensors)
        {
            Folding = model.Folding, Calibration = new CalibrationReport(rows, grids),
        }.InEightBits();
    }

    /// <summary>The network with these tensors.</summary>
    public NetworkState NewState()
    {
        var state = new NetworkState(Network);
        foreach (Parameter parameter in state.Parameters) parameter.Write(Tensors[parameter.Name].ToSingles());
        return state;
    }

    private static Network Build(ModelDefinition definition, IReadOnlyList<int> inputShape)
    {
        var errors = new SpecErrors();
        return NetworkBuilder.Build(definition, inputShape, errors) ?? throw new InvalidOperationException($"The changed model can't be built: {errors.All[0].Detail}");
    }

    private ExportedModel WithoutNormalizations()
    {
        var folding = new NormalizationFolding(Definition, Network, Tensors);
        ComponentValue value = FoldedModel.Of(Value, Definition, Metadata.InputShape, folding.Into);
        var definition = (ModelDefinition)value.Create();
        return new ExportedModel(Metadata with { Model = SpecWriter.Write(value) }, value, definition, Build(definition, Metadata.InputShape), folding.Tensors) { Folding = folding.Report };
    }

    private ExportedModel InEightBits()
    {
        Dictionary<string, QuantizedKernel> kernels = Network.Layers.SelectMany(l => QuantizedKernel.KernelsOf(l).Select(n => QuantizedKernel.Of(l, Tensors[n]))).ToDictionary(k => k.Values.Name, StringComparer.Ordinal);
        return new(Metadata, Value, Definition, Network, Tensors.ToDictionary(t => t.Key, t => kernels.TryGetValue(t.Key, out QuantizedKernel? kernel) ? kernel.Dequantized() : t.Value, StringComparer.Ordinal))
        {
            Folding = Folding, Calibration = Calibration, Quantized = kernels,
        };
    }

    private ExportedModel InHalfPrecision()
        => new(Metadata, Value, Definition, Network, Tensors.ToDictionary(t => t.Key, t => HalfPrecision.Of(t.Key, t.Value.Shape, t.Value.ToSingles()), StringComparer.Ordinal)) { Folding = Folding };

    /// <summary>A layer's tensors in Keras's order, named by their roles.</summary>
    public IReadOnlyList<NamedArray> TensorsOf(NetworkLayer layer) => [.. layer.Parameters.Select(p => Tensors[$"{layer.Name}/{p.Name}"].As(p.Name))];

    private string Free(string name)
    {
        while (Network.Layers.Any(l => l.Name == name)) name += "_0";
        return name;
    }
}
