using TrainService.NeuralNet.Plan;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>
/// y = f(x), element by element or over the last axis. Called on blocks of rows that were just computed and still lie in cache, from
/// several threads at once: no state, no allocation.
/// </summary>
public abstract class Activation
{
    /// <summary>True when the gradient needs x; false when it can be had from y alone, so that x need not be kept.</summary>
    public virtual bool NeedsInput => false;

    /// <summary>True when y = x, so that nothing has to be done.</summary>
    public virtual bool IsIdentity => false;

    /// <summary>True when y = 1 / (1 + e⁻ˣ), which some losses and machines take for granted.</summary>
    public virtual bool IsSigmoid => false;

    /// <summary>Set when y is x held within these bounds: lowest and highest.</summary>
    public virtual (float Low, float High)? Bounds => null;

    /// <summary>True when the rows are independent but the elements are not (softmax).</summary>
    public virtual bool SpansRow => false;

    /// <summary>Adds the steps of an activation that is random while training; null when it is not, or not in this plan.</summary>
    public virtual Value? BuildRandom(LayerBuild build, Value value) => null;

    /// <summary>y = f(x). <paramref name="x"/> and <paramref name="y"/> may be the same memory.</summary>
    /// <param name="rowLength">For those that span a row: its length; the spans hold whole rows.</param>
    public abstract void Forward(ReadOnlySpan<float> x, Span<float> y, int rowLength);

    /// <summary>dx = dy · f'(x). <paramref name="dy"/> and <paramref name="dx"/> may be the same memory.</summary>
    /// <param name="x">Empty unless <see cref="NeedsInput"/>.</param>
    public abstract void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rowLength);

    /// <summary>The same with vectors of a given width, where there is a choice.</summary>
    internal virtual void Forward(SimdPath path, ReadOnlySpan<float> x, Span<float> y) => Forward(x, y, x.Length);

    /// <inheritdoc cref="Forward(SimdPath, ReadOnlySpan{float}, Span{float})"/>
    internal virtual void Backward(SimdPath path, ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) => Backward(x, y, dy, dx, dx.Length);
}
