namespace TrainService.NeuralNet.Regularizers;

/// <summary>A penalty on the numbers of a weight, or of a layer's output, that is added to the loss.</summary>
/// <remarks>Numbers count one by one, so that a piece of a weight can be penalized while it lies in cache. A number 0 costs nothing and has gradient 0: padding relies on it.</remarks>
public abstract class Regularizer
{
    /// <summary>The penalty of <paramref name="values"/>, summed in double in an order that the length alone fixes.</summary>
    public abstract double Penalty(ReadOnlySpan<float> values);

    /// <summary>gradient += scale · d penalty / d values.</summary>
    public abstract void AddGradient(ReadOnlySpan<float> values, float scale, Span<float> gradient);
}
