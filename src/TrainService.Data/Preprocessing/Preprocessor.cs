using TrainService.Tensors;

namespace TrainService.Data.Preprocessing;

/// <summary>A step that a job asks for by name: learns what it needs from the training rows, and becomes a <see cref="FittedStep"/>.</summary>
public abstract class Preprocessor
{
    /// <summary>The name on the wire.</summary>
    public abstract string Name { get; }

    /// <summary>True when it changes targets rather than inputs.</summary>
    public virtual bool OnTargets => false;

    /// <summary>It learns from training rows; otherwise it is the same for any.</summary>
    public virtual bool LearnsFromRows => true;

    /// <summary>Why it can't be applied to inputs of this shape; null when it can.</summary>
    public virtual string? Problem(IReadOnlyList<int> shape) => null;

    /// <summary>Learns from the training rows, as the steps before it leave them. Steps keep a row's length.</summary>
    /// <param name="numeric">Which numbers of a row are measurements; the others tell which category is there (1 or 0).</param>
    public abstract FittedStep Fit(RowSource training, IReadOnlyList<int> shape, ReadOnlySpan<bool> numeric);
}
