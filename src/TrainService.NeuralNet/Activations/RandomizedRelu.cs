using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x for x &gt; 0, a · x otherwise: while training a is drawn from [lower, upper) for every number, else it is their mean.</summary>
/// <remarks>Which slopes are drawn depends on seed, layer, step and place alone.</remarks>
public sealed class RandomizedRelu(float lower, float upper) : Activation
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("rrelu", Create)
    {
        Aliases = ["randomized_leaky_relu"],
        Summary = "x where it is positive, a random fraction of x elsewhere; the mean fraction when not training.",
        Advice = "A leaky_relu that regularizes a little: for networks that overfit.",
        Source = "Xu, Wang, Chen, Li 2015, arXiv:1505.00853",
        Arguments =
        [
            Arg.Number("lower", "Least slope.", 1.0 / 8, min: 0, max: 1),
            Arg.Number("upper", "Greatest slope.", 1.0 / 3, min: 0, max: 1),
        ],
    };

    private readonly ElementwiseActivation<LeakyRelu> _mean = new(new LeakyRelu((lower + upper) / 2));

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, int rowLength) => _mean.Forward(x, y, rowLength);

    /// <inheritdoc/>
    public override void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rowLength) => _mean.Backward(x, y, dy, dx, rowLength);

    /// <inheritdoc/>
    public override Value? BuildRandom(LayerBuild build, Value value)
    {
        if (!build.DropoutActive || lower == upper) return null;
        Value x = build.Compact(value), y = x with { Buffer = build.NewBuffer("activated", x.Buffer.RowLength) };
        RandomSlope slope = new(lower, upper);
        build.Add(new SignedNoiseStep(slope, x.Buffer, x.Buffer, y.Buffer, build.RandomStream, accumulate: false));
        build.PassBack(x, y, (dy, dx, accumulate) => new SignedNoiseStep(slope, dy, x.Buffer, dx, build.RandomStream, accumulate));
        return y;
    }

    private static RandomizedRelu Create(Arguments a) => a.Number("lower") <= a.Number("upper")
        ? new RandomizedRelu(a.Single("lower"), a.Single("upper"))
        : throw new ArgumentConflictException("lower", "lower must not exceed upper.");
}
