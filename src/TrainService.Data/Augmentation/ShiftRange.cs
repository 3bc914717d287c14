using TrainService.Tensors.Randomness;

namespace TrainService.Data.Augmentation;

/// <summary>
/// How far a picture may be moved along an axis, in Keras's three forms: a number with a fraction (uniform in [-f, f)), a whole number n (one of
/// 0 … n - 1, either way), or a list (one of it, either way). Numbers that all lie below 1 are shares of the axis, others pixels.
/// </summary>
/// <param name="Limit">For a number with a fraction.</param>
/// <param name="Choices">For the other two; null otherwise.</param>
public sealed record ShiftRange(double Limit, IReadOnlyList<double>? Choices)
{
    private readonly bool _isShare = (Choices is null ? Limit : Choices.Max()) < 1;

    public static ShiftRange Uniform(double limit) => new(limit, null);

    /// <param name="below">At least 1.</param>
    public static ShiftRange Whole(int below) => new(0, [.. Enumerable.Range(0, below).Select(i => (double)i)]) { AsWhole = below };

    public static ShiftRange OneOf(IReadOnlyList<double> choices) => new(0, choices);

    /// <summary>Set for a whole number, which counts pixels even when it is 1.</summary>
    private int? AsWhole { get; init; }

    /// <summary>Pixels to move by. Takes two numbers of the stream, whatever its form.</summary>
    /// <param name="length">Pixels of the axis.</param>
    public double Draw(ref PhiloxStream random, int length)
    {
        double first = random.NextDouble(), second = random.NextDouble();
        double shift = Choices is { } choices
            ? choices[Math.Min(choices.Count - 1, (int)(first * choices.Count))] * (second < 0.5 ? -1 : 1)
            : ((2 * first) - 1) * Limit;
        return _isShare && AsWhole is null ? shift * length : shift;
    }
}
