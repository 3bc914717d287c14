using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x · hard_sigmoid(x). Gradient 0 up to -3, x / 3 + 1/2 between, 1 from 3 on.</summary>
public readonly struct HardSwish : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("hard_swish",
        _ => new ElementwiseActivation<HardSwish>(default))
    {
        Aliases = ["hard_silu"],
        Summary = "x min(max(x + 3, 0), 6) / 6: swish without an exponential.",
        Advice = "In networks for small devices, as MobileNetV3; else swish.",
        Source = "Howard et al. 2019, arXiv:1905.02244",
    };

    public static bool NeedsInput => true;

    public Vector<float> Forward(Vector<float> x)
    {
        Vector<float> gate = VectorFunctions.Clamp(x + new Vector<float>(3f), 0f, 6f) / new Vector<float>(6f);
        // -∞ · 0 would be NaN.
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(x, new Vector<float>(-3f)), Vector<float>.Zero, x * gate);
    }

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy)
    {
        Vector<float> slope = (saved / new Vector<float>(3f)) + new Vector<float>(0.5f);
        slope = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(saved, new Vector<float>(3f)), Vector<float>.One, slope);
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(saved, new Vector<float>(-3f)), Vector<float>.Zero, dy * slope);
    }
}
