namespace TrainService.NeuralNet.Losses;

/// <summary>Σ weight · loss over several outputs that stand in one row.</summary>
public sealed class OutputLosses(IReadOnlyList<OutputLoss> parts) : Loss
{
    private readonly OutputLoss[] _parts = [.. parts];

    public IReadOnlyList<OutputLoss> Parts => _parts;

    /// <inheritdoc/>
    public override int TargetLength(int outputLength) => _parts.Length == 0 ? 0 : _parts.Max(p => p.TargetOffset + p.TargetLength);

    /// <inheritdoc/>
    public override double Value(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        double sum = 0;
        foreach (OutputLoss part in _parts) sum += part.Weight * part.Loss.Value(part.Of(prediction), part.TargetOf(target));
        return sum;
    }

    /// <inheritdoc/>
    public override double ValueAndGradient(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, float scale)
    {
        double sum = 0;
        foreach (OutputLoss part in _parts)
            sum += part.Weight * part.Loss.ValueAndGradient(part.Of(prediction), part.TargetOf(target), gradient.Slice(part.Offset, part.Length), (float)(scale * part.Weight));
        return sum;
    }
}

/// <summary>The loss of one output.</summary>
/// <param name="Offset">First of its numbers in the output's row.</param>
/// <param name="TargetOffset">First of its targets in the target's row.</param>
/// <param name="Weight">Its factor in the sum.</param>
public sealed record OutputLoss(string Name, Loss Loss, int Offset, int Length, int TargetOffset, double Weight)
{
    /// <summary>Targets that it compares with.</summary>
    public int TargetLength { get; } = Loss.TargetLength(Length);

    /// <summary>Where they stand in the target's row.</summary>
    public Range Targets => TargetOffset..(TargetOffset + TargetLength);

    public ReadOnlySpan<float> Of(ReadOnlySpan<float> prediction) => prediction.Slice(Offset, Length);

    public ReadOnlySpan<float> TargetOf(ReadOnlySpan<float> target) => target.Slice(TargetOffset, TargetLength);
}
