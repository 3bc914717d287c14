using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>An activation made of its <see cref="IElementwise"/> mathematics, for as many elements at once as the processor's widest vectors take.</summary>
internal sealed unsafe class ElementwiseActivation<TKernel>(TKernel kernel) : Activation
    where TKernel : struct, IElementwise
{
    public TKernel Kernel => kernel;

    /// <inheritdoc/>
    public override bool NeedsInput => TKernel.NeedsInput;

    /// <inheritdoc/>
    public override bool IsSigmoid => typeof(TKernel) == typeof(Sigmoid);

    /// <inheritdoc/>
    public override (float Low, float High)? Bounds => TKernel.Bounds;

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, int rowLength) => Forward(SimdPaths.Best, x, y);

    /// <inheritdoc/>
    public override void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rowLength)
        => Backward(SimdPaths.Best, x, y, dy, dx);

    /// <summary>With vectors of a given width, which the bits don't depend on.</summary>
    internal override void Forward(SimdPath path, ReadOnlySpan<float> x, Span<float> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        fixed (float* source = x, target = y)
        {
            switch (path)
            {
                case SimdPath.Vector512: ElementwiseLoop.Forward<TKernel, Lane512, Vector512<float>>(kernel, source, target, x.Length); break;
                case SimdPath.Vector256: ElementwiseLoop.Forward<TKernel, Lane256, Vector256<float>>(kernel, source, target, x.Length); break;
                case SimdPath.Vector128: ElementwiseLoop.Forward<TKernel, Lane128, Vector128<float>>(kernel, source, target, x.Length); break;
                default: ElementwiseLoop.Forward<TKernel, LaneScalar, float>(kernel, source, target, x.Length); break;
            }
        }
    }

    /// <inheritdoc cref="Forward(SimdPath, ReadOnlySpan{float}, Span{float})"/>
    internal override void Backward(SimdPath path, ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        ReadOnlySpan<float> kept = TKernel.NeedsInput ? x : y;
        ArgumentOutOfRangeException.ThrowIfNotEqual(kept.Length, dx.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(dy.Length, dx.Length);
        fixed (float* saved = kept, upper = dy, target = dx)
        {
            switch (path)
            {
                case SimdPath.Vector512: ElementwiseLoop.Backward<TKernel, Lane512, Vector512<float>>(kernel, saved, upper, target, dx.Length); break;
                case SimdPath.Vector256: ElementwiseLoop.Backward<TKernel, Lane256, Vector256<float>>(kernel, saved, upper, target, dx.Length); break;
                case SimdPath.Vector128: ElementwiseLoop.Backward<TKernel, Lane128, Vector128<float>>(kernel, saved, upper, target, dx.Length); break;
                default: ElementwiseLoop.Backward<TKernel, LaneScalar, float>(kernel, saved, upper, target, dx.Length); break;
            }
        }
    }
}
