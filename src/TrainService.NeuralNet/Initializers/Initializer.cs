using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Start values of a parameter.</summary>
public abstract class Initializer
{
    /// <summary>Fills a tensor of <paramref name="shape"/> (canonical layout: dense [in, out], convolution [h, w, in, out]).</summary>
    /// <param name="random">A stream of its own for this parameter: the same seed gives the same values whatever else the model holds.</param>
    public abstract void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxStream random);
}
