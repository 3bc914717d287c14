using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// One update rule over plain arrays. The plan calls it on pieces of the parameter block right after their gradient was computed, or in one
/// pass over the whole block; it keeps no state of its own: slots belong to the training state and are saved with it.
/// A weight 0 with a gradient 0 stays 0 under every rule: padding relies on it.
/// </summary>
public abstract class Optimizer
{
    /// <exception cref="ArgumentException">More than one way of clipping is asked for.</exception>
    protected Optimizer(OptimizerSettings? settings = null)
    {
        settings ??= new OptimizerSettings();
        if (new[] { settings.ClipNorm, settings.GlobalClipNorm, settings.ClipValue }.Count(c => c is not null) > 1)
            throw new ArgumentException("Only one of clipnorm, global_clipnorm and clipvalue can be set.", nameof(settings));
        Settings = settings;
    }

    public OptimizerSettings Settings { get; }

    /// <summary>
    /// Names of the per-parameter state arrays, at most three, such as "momentum" or "m" and "v". Each starts at its
    /// <see cref="SlotStart"/>.
    /// </summary>
    public abstract IReadOnlyList<string> Slots { get; }

    /// <summary>The value that every element of slot number <paramref name="slot"/> starts at.</summary>
    public virtual float SlotStart(int slot) => 0f;

    /// <summary>True when a schedule can set its momentum (or what stands for it: Adam's beta_1).</summary>
    public virtual bool TakesMomentum => false;

    /// <summary>True when an update by a gradient 0 changes neither weight nor slot.</summary>
    public virtual bool LeavesZeros => false;

    /// <summary>Fixed rate when no schedule is given.</summary>
    public double LearningRate => Settings.LearningRate;

    /// <summary>Clips each variable's gradient to this L2 norm: g · c / max(‖g‖, c).</summary>
    public double? ClipNorm => Settings.ClipNorm;

    /// <summary>Clips the L2 norm of all gradients together.</summary>
    public double? GlobalClipNorm => Settings.GlobalClipNorm;

    /// <summary>Clips each element to [-v, v].</summary>
    public double? ClipValue => Settings.ClipValue;

    /// <summary>Decoupled: w -= w · weight_decay · rate, before the update.</summary>
    public double? WeightDecay => Settings.WeightDecay;

    /// <summary>The scalars of update number <paramref name="iteration"/> + 1, worked out once a step, in float32 as Keras does.</summary>
    /// <param name="iteration">Updates done before this one: 0 for the first.</param>
    /// <param name="rate">From the schedule.</param>
    /// <param name="momentum">When a schedule sets it (one-cycle), else null. Ignored unless <see cref="TakesMomentum"/>.</param>
    public abstract UpdateScalars Prepare(long iteration, float rate, float? momentum);

    /// <summary>Updates <paramref name="weights"/> in place. All spans have the same length; unused slots are empty.</summary>
    /// <remarks>
    /// Called from several threads at once for different pieces. Clipping and decay have been applied to the gradient and weights before.
    /// </remarks>
    public void Update(in UpdateScalars scalars, Span<float> weights, ReadOnlySpan<float> gradient,
        Span<float> slot0, Span<float> slot1, Span<float> slot2)
        => Update(SimdPaths.Best, scalars, weights, gradient, slot0, slot1, slot2);

    /// <summary>The same with vectors of a given width, which the bits don't depend on.</summary>
    internal void Update(SimdPath path, in UpdateScalars scalars, Span<float> weights, ReadOnlySpan<float> gradient,
        Span<float> slot0, Span<float> slot1, Span<float> slot2)
    {
        if (Moves(scalars)) Kernel.Run(path, scalars, weights, gradient, slot0, slot1, slot2);
    }

    /// <summary>Updates weights by the gradient A · B as it is worked out: the same bits as one after the other.</summary>
    /// <param name="depth">At most <see cref="UpdateProduct.MostDepth"/>.</param>
    internal void UpdateByProduct(SimdPath path, in UpdateScalars scalars, int rows, int panels, int depth, in LeftOperand a, in PanelOperand b, in UpdateTarget target)
    {
        if (Moves(scalars)) Kernel.Multiply(path, scalars, rows, panels, depth, a, b, target);
    }

    /// <summary>The rule, in its loops.</summary>
    internal abstract UpdateKernel Kernel { get; }

    /// <summary>An update with these scalars does something.</summary>
    internal virtual bool Moves(in UpdateScalars scalars) => true;
}

/// <summary>A few numbers that are the same for every element in one update; what each means is the optimizer's own affair.</summary>
public readonly record struct UpdateScalars(float Rate, float A = 0, float B = 0, float C = 0, float D = 0, float E = 0, float F = 0);
