using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>An optimizer's rule within the loops that apply it.</summary>
internal abstract class UpdateKernel
{
    /// <summary>Applies a gradient that lies in memory.</summary>
    public abstract void Run(SimdPath path, in UpdateScalars scalars, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> slot0, Span<float> slot1, Span<float> slot2);

    /// <summary>Applies the gradient A · B as it is worked out.</summary>
    public abstract void Multiply(SimdPath path, in UpdateScalars scalars, int rows, int panels, int depth, in LeftOperand a, in PanelOperand b, in UpdateTarget target);
}

/// <inheritdoc/>
/// <param name="rule">The rule with the scalars of an update.</param>
internal sealed class UpdateKernel<TRule>(Func<UpdateScalars, TRule> rule) : UpdateKernel
    where TRule : unmanaged, IUpdateRule
{
    /// <inheritdoc/>
    public override void Run(
        SimdPath path, in UpdateScalars scalars, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> slot0, Span<float> slot1, Span<float> slot2)
        => UpdateLoop.Run(path, rule(scalars), weights, gradient, slot0, slot1, slot2);

    /// <inheritdoc/>
    public override void Multiply(
        SimdPath path, in UpdateScalars scalars, int rows, int panels, int depth, in LeftOperand a, in PanelOperand b, in UpdateTarget target)
        => UpdateProduct.Run(path, rule(scalars), rows, panels, depth, a, b, target);
}
