using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>η(t) = the first value whose boundary b has t ≤ b, the last value after all of them: at a boundary itself the old value still holds.</summary>
public sealed class PiecewiseConstant : Schedule
{
    private const int MostBoundaries = 1000;
    private readonly double[] _boundaries;
    private readonly float[] _values;
    private readonly ScheduleUnit _unit;

    public PiecewiseConstant(IReadOnlyList<double> boundaries, IReadOnlyList<double> values, ScheduleUnit unit)
    {
        if (values.Count != boundaries.Count + 1)
            throw Conflict.At("values", $"{boundaries.Count} boundaries need {boundaries.Count + 1} values, got {values.Count}.");
        for (int i = 1; i < boundaries.Count; i++)
            if (boundaries[i] <= boundaries[i - 1])
                throw Conflict.At("boundaries", $"Boundaries must rise; {boundaries[i]} comes after {boundaries[i - 1]}.");
        (_boundaries, _values, _unit) = ([.. boundaries], [.. values.Select(v => (float)v)], unit);
    }

    public static ComponentDescriptor<Schedule> Descriptor { get; } = new("piecewise_constant",
        a => new PiecewiseConstant(a.Numbers("boundaries"), a.Numbers("values"), ScheduleUnits.Of(a)))
    {
        KerasName = "PiecewiseConstantDecay",
        Aliases = ["piecewise_constant_decay", "piecewise"],
        Summary = "One rate up to the first boundary, another up to the second, and so on.",
        Advice = "When a good sequence of rates is known, from a paper or from earlier runs.",
        Source = "Keras PiecewiseConstantDecay",
        Arguments =
        [
            Arg.Numbers("boundaries", "The last step (or epoch, counted from 0) of each rate but the last.", min: 0, required: true) with
            {
                Count = (1, MostBoundaries),
            },
            Arg.Numbers("values", "The rates: one more than there are boundaries.", min: 0, required: true) with { Count = (2, MostBoundaries + 1) },
            ScheduleArguments.Unit,
        ],
    };

    /// <inheritdoc/>
    public override bool UsesBaseRate => false;

    /// <inheritdoc/>
    public override float RateAt(long step, in ScheduleContext context)
    {
        int found = Array.BinarySearch(_boundaries, _unit.Count(step, context));
        return _values[found < 0 ? ~found : found];
    }
}
