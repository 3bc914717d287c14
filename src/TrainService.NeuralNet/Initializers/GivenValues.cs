using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Numbers that a layer was given: one for each of a tensor's, or one for all.</summary>
internal sealed class GivenValues(IReadOnlyList<double> given) : Initializer
{
    /// <inheritdoc/>
    public override string? Objection(ReadOnlySpan<int> shape)
    {
        long size = 1;
        foreach (int n in shape) size *= n;
        return given.Count == 1 || given.Count == size ? null : $"was given {given.Count} numbers, but there are {size}.";
    }

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxStream random)
    {
        for (int i = 0; i < values.Length; i++) values[i] = (float)given[given.Count == 1 ? 0 : i];
    }
}
