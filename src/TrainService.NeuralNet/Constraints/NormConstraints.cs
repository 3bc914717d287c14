using TrainService.Specification;

namespace TrainService.NeuralNet.Constraints;

/// <summary>n becomes clip(n, 0, max): even a norm inside shrinks by 1e-7, as in Keras.</summary>
public sealed class MaxNorm(double max, IReadOnlyList<int> axes) : NormConstraint(axes)
{
    public static ComponentDescriptor<Constraint> Descriptor { get; } = new("max_norm", a => new MaxNorm(a.Number("max_value"), NormAxes.From(a)))
    {
        KerasName = "MaxNorm",
        Aliases = ["maxnorm"],
        Summary = "Scales down the weights of each unit when their norm exceeds max_value.",
        Advice = "Goes well with dropout, 1 to 3; keeps gradients from exploding. For a convolution set axis to [0, 1, 2].",
        Source = "Srebro, Shraibman 2005; Srivastava et al. 2014, JMLR 15; Keras MaxNorm",
        Arguments = [Arg.Number("max_value", "Greatest norm.", 2, min: 0), NormAxes.Argument],
    };

    protected override double Target(double norm) => Math.Min(norm, max);
}

/// <summary>n becomes 1.</summary>
public sealed class UnitNorm(IReadOnlyList<int> axes) : NormConstraint(axes)
{
    public static ComponentDescriptor<Constraint> Descriptor { get; } = new("unit_norm", a => new UnitNorm(NormAxes.From(a)))
    {
        KerasName = "UnitNorm",
        Aliases = ["unitnorm"],
        Summary = "Scales the weights of each unit to norm 1.",
        Advice = "For embeddings and layers that compare directions.",
        Source = "Keras UnitNorm",
        Arguments = [NormAxes.Argument],
    };

    protected override double Target(double norm) => 1;
}

/// <summary>n becomes rate · clip(n, min, max) + (1 - rate) · n.</summary>
public sealed class MinMaxNorm(double min, double max, double rate, IReadOnlyList<int> axes) : NormConstraint(axes)
{
    public static ComponentDescriptor<Constraint> Descriptor { get; } = new("min_max_norm", Make)
    {
        KerasName = "MinMaxNorm",
        Summary = "Brings the norm of each unit's weights into [min_value, max_value], by a share of the way each update.",
        Advice = "Where norms should neither explode nor vanish; a rate below 1 is gentler.",
        Source = "Keras MinMaxNorm",
        Arguments =
        [
            Arg.Number("min_value", "Least norm.", 0, min: 0),
            Arg.Number("max_value", "Greatest norm.", 1, min: 0),
            Arg.Number("rate", "Share of the way that an update goes.", 1, min: 0, max: 1),
            NormAxes.Argument,
        ],
    };

    protected override double Target(double norm) => (rate * Math.Min(Math.Max(norm, min), max)) + ((1 - rate) * norm);

    private static MinMaxNorm Make(Arguments a) => a.Number("min_value") <= a.Number("max_value")
        ? new MinMaxNorm(a.Number("min_value"), a.Number("max_value"), a.Number("rate"), NormAxes.From(a))
        : throw new ArgumentConflictException("min_value", "min_value must not exceed max_value.");
}

/// <summary>The argument <c>axis</c>.</summary>
internal static class NormAxes
{
    public static ArgumentSpec Argument { get; } = Arg.Integers("axis",
        "Axes that a norm runs over, one number or several: 0 for a dense kernel, [0, 1, 2] for that of a convolution.", [0], min: -4, max: 3, maxCount: 4);

    public static IReadOnlyList<int> From(Arguments a) => [.. a.Integers("axis").Select(n => (int)n)];
}
