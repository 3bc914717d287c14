using TrainService.Formats;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;

namespace TrainService.Training.Reuse.Import;

/// <summary>Tensors that a model's description gives itself, such as the known mean of a normalization: files of weights need not have them.</summary>
internal static class GivenTensors
{
    /// <summary>Those that <paramref name="file"/> lacks.</summary>
    public static IEnumerable<SourceTensor> Of(Network network, WeightSource file)
    {
        HashSet<string> there = new(file.Tensors.Select(t => t.Target).OfType<string>(), StringComparer.Ordinal);
        return network.Layers.Where(l => l.Layer is IFitted { NeedsFit: false }).SelectMany(layer => layer.Parameters
            .Where(p => !there.Contains($"{layer.Name}/{p.Name}"))
            .Select(p => new SourceTensor("the description", $"{layer.Name}/{p.Name}", () => Make($"{layer.Name}/{p.Name}", p))));
    }

    private static NamedArray Make(string name, ParameterSpec parameter)
    {
        float[] values = new float[parameter.Shape.Size];
        parameter.Initializer.Fill(values, parameter.Shape.Axes.AsSpan(), default);
        return new NamedArray(name, [.. parameter.Shape.Axes.Select(n => (long)n)], values);
    }
}
