using System.Numerics.Tensors;
using TrainService.Formats;
using TrainService.NeuralNet.State;
using TrainService.Tensors;

namespace TrainService.Training.Checkpoints;

/// <summary>
/// A copy of tensors, in canonical layout, that can be written to disk while training goes on. Made once, filled often: copying allocates nothing.
/// </summary>
internal sealed class TensorSnapshot
{
    private readonly (NamedArray Array, float[] Values, Action<float[]> Read)[] _tensors;

    private TensorSnapshot(IEnumerable<(string Name, IReadOnlyList<long> Shape, Action<float[]> Read)> tensors)
        => _tensors = [.. tensors.Select(t =>
        {
            float[] values = new float[t.Shape.Aggregate(1L, (a, b) => checked(a * b))];
            return (new NamedArray(t.Name, t.Shape, values), values, t.Read);
        })];

    private TensorSnapshot(IEnumerable<(NamedArray Array, float[] Values, Action<float[]> Read)> tensors) => _tensors = [.. tensors];

    /// <summary>All parameters of a network, named "layer/role".</summary>
    /// <param name="layers">Those of some layers only, by name.</param>
    public static TensorSnapshot OfWeights(NetworkState state, string prefix = "", Func<string, bool>? layers = null)
        => new(state.Parameters.Where(p => layers?.Invoke(p.Layer) != false).Select(p => (prefix + p.Name, Axes(p.Shape), (Action<float[]>)(values => p.Read(values)))));

    /// <summary>The optimizer's slots, named "prefix slot/layer/role".</summary>
    public static TensorSnapshot OfSlots(OptimizerState slots, string prefix)
        => new(slots.Tensors.Select(t => (prefix + t.Name, Axes(t.Parameter.Shape), (Action<float[]>)(values => t.Read(values)))));

    /// <summary>Numbers that belong to no network.</summary>
    /// <param name="read">Copies them.</param>
    public static TensorSnapshot OfNumbers(string name, int length, Action<float[]> read) => new([(name, (IReadOnlyList<long>)[length], read)]);

    /// <summary>Numbers that stay as they are.</summary>
    public static TensorSnapshot OfFixed(IEnumerable<NamedArray> arrays)
        => new(arrays.Select(a => (a.Name, a.Shape, a.ToSingles())).Select(a => (a.Name, a.Shape, (Action<float[]>)(values => a.Item3.CopyTo(values, 0)))));

    /// <summary>A copy of a copy: what it held when this one is taken.</summary>
    public static TensorSnapshot OfSnapshot(TensorSnapshot other)
        => new(other._tensors.Select(t => (t.Array.Name, t.Array.Shape, (Action<float[]>)(values => t.Values.CopyTo(values, 0)))));

    /// <summary>Several, taken together.</summary>
    public static TensorSnapshot Of(IEnumerable<TensorSnapshot> parts) => new(parts.SelectMany(p => p._tensors));

    public IEnumerable<NamedArray> Arrays => _tensors.Select(t => t.Array);

    /// <summary>Bytes that it holds.</summary>
    public long ByteCount => _tensors.Sum(t => t.Values.LongLength * sizeof(float));

    /// <summary>Copies the tensors as they are now.</summary>
    public void Take()
    {
        foreach ((_, float[] values, Action<float[]> read) in _tensors) read(values);
    }

    /// <summary>Takes the values out of a file's tensors of the same names.</summary>
    public void Fill(IReadOnlyDictionary<string, NamedArray> saved)
    {
        foreach ((NamedArray array, float[] values, _) in _tensors) saved[array.Name].CopyTo(values);
    }

    /// <summary>Puts the copied weights back into the network that they were taken from.</summary>
    public void PutBack(NetworkState state)
    {
        for (int i = 0; i < _tensors.Length; i++) state.Parameters[i].Write(_tensors[i].Values);
    }

    /// <summary>Name of a tensor that holds NaN or infinity; null when all is well.</summary>
    public string? FindNonFinite()
    {
        foreach ((NamedArray array, float[] values, _) in _tensors)
            if (!TensorPrimitives.IsFiniteAll<float>(values))
                return array.Name;
        return null;
    }

    private static IReadOnlyList<long> Axes(Shape shape) => [.. shape.Axes.Select(n => (long)n)];
}
