using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Start values of a parameter.</summary>
public abstract class Initializer
{
    /// <summary>Fills a tensor of <paramref name="shape"/> (canonical layout: dense [in, out], convolution [h, w, in, out]).</summary>
    /// <param name="random">A stream of its own for this parameter: the same seed gives the same values whatever else the model
    /// holds.</param>
    /// <exception cref="ArgumentException"><see cref="Objection"/> has one to this shape.</exception>
    public abstract void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxStream random);

    /// <summary>Why it cannot fill this shape, as the rest of a sentence ("takes two axes, got 4."), or null when it can.</summary>
    public virtual string? Objection(ReadOnlySpan<int> shape) => null;
}
