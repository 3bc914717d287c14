namespace TrainService.NeuralNet.Metrics;

/// <summary>
/// A figure over many rows, gathered in a few doubles that can be added up: each block of rows has its own, and they are added in
/// block order, so that the result does not depend on the number of threads.
/// </summary>
public abstract class Metric
{
    /// <summary>The name in epoch events ("accuracy"); validation puts "val_" before it.</summary>
    public abstract string Name { get; }

    /// <summary>True when more is better: the default mode of callbacks that monitor it.</summary>
    public virtual bool HigherIsBetter => true;

    /// <summary>True when it can be had from the logits; otherwise it must be handed the model's output.</summary>
    public virtual bool TakesLogits => false;

    /// <summary>True when rows count by their weights; otherwise all count the same, whatever they weigh in the loss.</summary>
    public virtual bool Weighted => false;

    /// <summary>False when it is the mean of a number that each element of a row has: then more axes make no difference to it.</summary>
    public virtual bool SpansAxis => true;

    /// <summary>How many doubles it gathers in.</summary>
    public abstract int StateLength { get; }

    /// <summary>Adds one row to <paramref name="state"/>.</summary>
    /// <param name="prediction">The model's output, or, only for those that take them, its logits when <paramref name="logits"/>.</param>
    public abstract void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float weight, bool logits, Span<double> state);

    /// <summary>The figure. Before the first row NaN, or 0 for shares of things that did not occur.</summary>
    public abstract double Result(ReadOnlySpan<double> state);
}
