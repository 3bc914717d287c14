using TrainService.NeuralNet.Activations;

namespace TrainService.NeuralNet.Losses;

/// <summary>The mean of a loss over the positions of an output with more than one axis: each stretch of the last axis is judged by itself, as in Keras.</summary>
public sealed class PositionwiseLoss(Loss inner, int positions, int length) : Loss
{
    /// <summary>What judges each position.</summary>
    public Loss Inner { get; } = inner;

    /// <inheritdoc/>
    public override int TargetLength(int outputLength) => positions * Inner.TargetLength(length);

    /// <inheritdoc/>
    public override Loss? FuseWith(Activation last) => Inner.FuseWith(last) is { } fused ? new PositionwiseLoss(fused, positions, length) : null;

    /// <inheritdoc/>
    public override double Value(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        int each = target.Length / positions;
        double sum = 0;
        for (int p = 0; p < positions; p++) sum += Inner.Value(prediction.Slice(p * length, length), target.Slice(p * each, each));
        return sum / positions;
    }

    /// <inheritdoc/>
    public override double ValueAndGradient(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, float scale)
    {
        int each = target.Length / positions;
        double sum = 0;
        for (int p = 0; p < positions; p++)
            sum += Inner.ValueAndGradient(prediction.Slice(p * length, length), target.Slice(p * each, each), gradient.Slice(p * length, length), scale / positions);
        return sum / positions;
    }
}
