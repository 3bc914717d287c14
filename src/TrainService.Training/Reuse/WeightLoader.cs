using System.Numerics.Tensors;
using TrainService.Formats;
using TrainService.NeuralNet.State;

namespace TrainService.Training.Reuse;

/// <summary>Lays the tensors of a file into a network: by name ("layer/role"), with their shapes checked.</summary>
internal static class WeightLoader
{
    /// <summary>Takes every tensor that fits; the others of the network stay as they are.</summary>
    public static WeightReport Load(NetworkState state, IReadOnlyList<NamedArray> arrays)
    {
        Dictionary<string, NamedArray> left = arrays.ToDictionary(a => a.Name, StringComparer.Ordinal);
        List<string> loaded = [], missing = [], nonFinite = [];
        List<ShapeMismatch> mismatched = [];
        foreach (Parameter parameter in state.Parameters)
        {
            long[] wanted = [.. parameter.Shape.Axes.Select(n => (long)n)];
            if (!left.Remove(parameter.Name, out NamedArray? array)) missing.Add(parameter.Name);
            else if (!array.Shape.SequenceEqual(wanted)) mismatched.Add(new ShapeMismatch(parameter.Name, wanted, array.Shape));
            else if (array.ToSingles() is var values && !TensorPrimitives.IsFiniteAll<float>(values)) nonFinite.Add(parameter.Name);
            else
            {
                parameter.Write(values);
                loaded.Add(parameter.Name);
            }
        }
        return new WeightReport
        {
            Loaded = loaded,
            Missing = missing,
            Unexpected = [.. arrays.Select(a => a.Name).Where(left.ContainsKey)],
            ShapeMismatch = mismatched,
            NonFinite = nonFinite,
        };
    }
}
