using System.Numerics.Tensors;
using TrainService.Specification;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// A moving average of the weights beside them: a = μ a + (1 - μ) w after every batch, a = w after the first update. The bookkeeping is that of
/// Keras: validation looks at the weights themselves, and at the end of training the average takes their place.
/// </summary>
/// <param name="Momentum">μ.</param>
/// <param name="OverwriteFrequency">The weights are set to the average after every so many updates; null: only at the end of training.</param>
/// <remarks>Polyak, Juditsky 1992, Acceleration of stochastic approximation by averaging.</remarks>
public sealed record MovingAverage(double Momentum = 0.99, int? OverwriteFrequency = null)
{
    private static readonly ArgumentSpec Share =
        Arg.Number("momentum", "How much of the average is kept at each step.", 0.99, min: 0, max: 1);

    private static readonly ArgumentSpec Frequency =
        Arg.Integer("overwrite_frequency", "The weights are set to the average after every so many updates; null only at the end of training.", min: 1, nullable: true);

    internal static IReadOnlyList<ArgumentSpec> Declared { get; } =
    [
        Arg.Object("ema", "Short for use_ema with its two arguments.", [Share, Frequency], optional: true),
        Arg.Flag("use_ema", "Keep a moving average of the weights, which takes their place at the end of training.", false),
        Share with { Name = "ema_momentum", Description = "How much of the average is kept at each step; only with use_ema." },
        Frequency with { Name = "ema_overwrite_frequency", Description = $"{Frequency.Description} Only with use_ema." },
    ];

    /// <summary>The share of the old average that is kept after a batch: nothing in the first update, so that the average begins at the weights.</summary>
    /// <param name="update">Updates done before.</param>
    public float Kept(long update) => update == 0 ? 0f : (float)Momentum;

    /// <summary>The weights are set to the average after this update.</summary>
    /// <param name="update">Updates done before.</param>
    public bool Overwrites(long update) => OverwriteFrequency is { } every && (update + 1) % every == 0;

    /// <summary>a = kept · a + (1 - kept) · w.</summary>
    internal static void Move(float kept, ReadOnlySpan<float> weights, Span<float> average)
    {
        TensorPrimitives.Multiply(average, kept, average);
        TensorPrimitives.MultiplyAdd(weights, 1 - kept, average, average);
    }

    internal static MovingAverage? Read(Arguments a)
    {
        if (a.OptionalObject("ema") is { } own) return new(own.Number("momentum"), own.OptionalInteger("overwrite_frequency"));
        return a.Flag("use_ema") ? new(a.Number("ema_momentum"), a.OptionalInteger("ema_overwrite_frequency")) : null;
    }
}
