using System.Numerics;

namespace TrainService.NeuralNet.Activations;

/// <summary>
/// Keras's general ReLU: y = max_value for x ≥ max_value, x for threshold &lt; x &lt; max_value, negative_slope · (x - threshold) below.
/// Asked for as relu with arguments. The gradient is 0 at the threshold and 1 at max_value.
/// </summary>
public readonly struct BoundedRelu(float negativeSlope, float threshold, float maxValue) : IElementwise
{
    public static bool NeedsInput => true;

    public Vector<float> Forward(Vector<float> x)
    {
        Vector<float> bounded = Vector.ConditionalSelect(Vector.GreaterThan(x, new(maxValue)), new(maxValue), x);
        Vector<float> below = (x - new Vector<float>(threshold)) * negativeSlope;
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(x, new(threshold)), below, bounded);
    }

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy)
    {
        Vector<float> above = Vector.ConditionalSelect(Vector.GreaterThan(saved, new(maxValue)), Vector<float>.Zero, dy);
        Vector<float> below = Vector.ConditionalSelect(Vector.LessThan(saved, new(threshold)), dy * negativeSlope, above);
        return Vector.ConditionalSelect(Vector.Equals(saved, new(threshold)), Vector<float>.Zero, below);
    }
}
