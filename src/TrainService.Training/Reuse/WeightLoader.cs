using System.Numerics.Tensors;
using TrainService.Formats;
using TrainService.NeuralNet.State;
using TrainService.Training.Reuse.Import;

namespace TrainService.Training.Reuse;

/// <summary>Lays the tensors of a file into a network: by name ("layer/role"), with their shapes checked.</summary>
internal static class WeightLoader
{
    /// <summary>Takes every tensor that fits; the others of the network stay as they are.</summary>
    public static WeightReport Load(NetworkState state, IReadOnlyList<NamedArray> arrays)
        => Load(state, new WeightSource([.. arrays.Select(a => new SourceTensor(a.Name, a.Name, () => a))], []));

    /// <summary>The same for tensors of a file whose places in the network are known. Their numbers are read one after the other.</summary>
    /// <exception cref="ArrayFormatException">The numbers of one can't be read.</exception>
    public static WeightReport Load(NetworkState state, WeightSource source)
    {
        Dictionary<string, SourceTensor> byTarget = new(StringComparer.Ordinal);
        HashSet<SourceTensor> left = new(source.Tensors, ReferenceEqualityComparer.Instance);
        foreach (SourceTensor tensor in source.Tensors)
            if (tensor.Target is { } target) byTarget.TryAdd(target, tensor);
        List<string> loaded = [], missing = [], nonFinite = [];
        List<ShapeMismatch> mismatched = [];
        List<TensorOrigin> origins = [];
        foreach (Parameter parameter in state.Parameters)
        {
            long[] wanted = [.. parameter.Shape.Axes.Select(n => (long)n)];
            if (!byTarget.TryGetValue(parameter.Name, out SourceTensor? tensor))
            {
                missing.Add(parameter.Name);
                continue;
            }
            left.Remove(tensor);
            NamedArray array = tensor.Read();
            if (!array.Shape.SequenceEqual(wanted)) mismatched.Add(new ShapeMismatch(parameter.Name, wanted, array.Shape));
            else if (array.ToSingles() is var values && !TensorPrimitives.IsFiniteAll<float>(values)) nonFinite.Add(parameter.Name);
            else
            {
                parameter.Write(values);
                loaded.Add(parameter.Name);
                origins.Add(new TensorOrigin(parameter.Name, tensor.From, tensor.Change));
            }
        }
        return new WeightReport
        {
            Loaded = loaded,
            Missing = missing,
            Unexpected = [.. source.Tensors.Where(left.Contains).Select(t => t.From)],
            ShapeMismatch = mismatched,
            NonFinite = nonFinite,
            Origins = origins,
            Skipped = source.Skipped,
        };
    }
}
