using TrainService.NeuralNet.Plan;

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
}
