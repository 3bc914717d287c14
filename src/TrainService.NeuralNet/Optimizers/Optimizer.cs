namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// One update rule over plain arrays. The plan calls it on pieces of the parameter block right after their gradient was computed, or in one
/// pass over the whole block; it keeps no state of its own: slots belong to the training state and are saved with it.
/// </summary>
public abstract class Optimizer
{
    /// <summary>Names of the per-parameter state arrays, such as "momentum" or "m" and "v". Each starts at its <see cref="SlotStart"/>.</summary>
    public abstract IReadOnlyList<string> Slots { get; }

    /// <summary>The value that every element of slot number <paramref name="slot"/> starts at.</summary>
    public virtual float SlotStart(int slot) => 0f;

    /// <summary>Fixed rate when no schedule is given.</summary>
    public double LearningRate { get; internal set; } = 0.001;

    /// <summary>Clips each variable's gradient to this L2 norm: g · c / max(‖g‖, c).</summary>
    public double? ClipNorm { get; internal set; }

    /// <summary>Clips the L2 norm of all gradients together.</summary>
    public double? GlobalClipNorm { get; internal set; }

    /// <summary>Clips each element to [-v, v].</summary>
    public double? ClipValue { get; internal set; }

    /// <summary>Decoupled: w -= w · weight_decay · rate, before the update.</summary>
    public double? WeightDecay { get; internal set; }

    /// <summary>The scalars of update number <paramref name="iteration"/> + 1, worked out once a step.</summary>
    /// <param name="iteration">Updates done before this one: 0 for the first.</param>
    /// <param name="rate">From the schedule.</param>
    /// <param name="momentum">When a schedule sets it (one-cycle), else null.</param>
    public abstract UpdateScalars Prepare(long iteration, float rate, float? momentum);

    /// <summary>Updates <paramref name="weights"/> in place. All spans have the same length; unused slots are empty.</summary>
    /// <remarks>Called from several threads at once for different pieces. Clipping and decay have been applied to the gradient and weights before.</remarks>
    public abstract void Update(in UpdateScalars scalars, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> slot0, Span<float> slot1, Span<float> slot2);
}

/// <summary>A few numbers that are the same for every element in one update; what each means is the optimizer's own affair.</summary>
public readonly record struct UpdateScalars(float Rate, float A = 0, float B = 0, float C = 0, float D = 0, float E = 0, float F = 0);
