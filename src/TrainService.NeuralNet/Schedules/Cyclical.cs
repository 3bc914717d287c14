using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>How the height of the triangles changes.</summary>
public enum CyclicalMode
{
    /// <summary>It doesn't.</summary>
    Triangular,

    /// <summary>It is halved with each cycle.</summary>
    Triangular2,

    /// <summary>It is multiplied by gamma^t.</summary>
    ExpRange,
}

/// <summary>
/// Up from base to max in step_size, down again in as many, and so on: with c = ⌊1 + t/(2 s)⌋ and x = |t/s - 2c + 1|,
/// η(t) = base + (max - base) · max(0, 1 - x) · h, where h is 1, 1/2^(c-1) or gamma^t. It moves at every step.
/// </summary>
public sealed class Cyclical : DecaySchedule
{
    private const int DefaultEpochs = 4;
    private readonly double? _highest;
    private readonly double _gamma;
    private readonly double? _stepSize;
    private readonly CyclicalMode _mode;
    private readonly ScheduleUnit _unit;

    /// <param name="highest">Null as long as it is not known: the rate then stays at the lowest.</param>
    /// <param name="stepSize">Half a cycle; null for four epochs.</param>
    public Cyclical(double? lowest, double? highest, double? stepSize, CyclicalMode mode, double gamma, ScheduleUnit unit)
        : base(lowest)
    {
        if (lowest > highest) throw Conflict.At("max_lr", $"max_lr {highest} lies below base_lr {lowest}.");
        (_highest, _stepSize, _mode, _gamma, _unit) = (highest, stepSize, mode, gamma, unit);
    }

    public static ComponentDescriptor<Schedule> Descriptor { get; } = new("cyclical", a => new Cyclical(
        a.OptionalNumber("base_lr"), a.OptionalNumber("max_lr"), a.OptionalNumber("step_size"),
        a.Text("mode") switch { "triangular2" => CyclicalMode.Triangular2, "exp_range" => CyclicalMode.ExpRange, _ => CyclicalMode.Triangular },
        a.Number("gamma"), ScheduleUnits.Of(a)))
    {
        Aliases = ["cyclical_lr", "cyclic"],
        Summary = "Up and down between two rates along straight lines, over and over.",
        Advice = "Spares tuning one rate: take base and max from the learning-rate finder and stop at the end of a cycle.",
        Source = "Smith 2017, Cyclical learning rates for training neural networks, arXiv:1506.01186",
        Arguments =
        [
            Arg.Number("base_lr", "The lowest rate; null takes the optimizer's learning_rate; \"auto\" what the learning-rate finder suggests.", min: 0, nullable: true) with
            {
                Words = [ScheduleArguments.Auto], Aliases = ["base_learning_rate", "initial_learning_rate"],
            },
            Arg.Number("max_lr", "The highest rate; \"auto\" takes what the learning-rate finder suggests.", min: 0, required: true) with
            {
                Words = [ScheduleArguments.Auto], Aliases = ["max_learning_rate"],
            },
            Arg.Number("step_size", "Steps (or epochs, see unit) of half a cycle; null for four epochs.", min: ScheduleArguments.ShortestLength, nullable: true),
            Arg.Choice("mode", "Triangles of one height (triangular), halved each cycle (triangular2) or multiplied by gamma^t (exp_range).",
                "triangular", "triangular", "triangular2", "exp_range"),
            Arg.Number("gamma", "For exp_range.", 0.99994, min: 0, max: 1, minExclusive: true),
            ScheduleArguments.Unit with { Description = "What t and step_size count: step or epoch." },
        ],
    };

    /// <inheritdoc/>
    public override float RateAt(long step, in ScheduleContext context)
    {
        double t = _unit == ScheduleUnit.Epoch ? (double)step / context.StepsPerEpoch : step;
        double half = _stepSize ?? (_unit == ScheduleUnit.Epoch ? DefaultEpochs : (double)DefaultEpochs * context.StepsPerEpoch);
        double cycle = Math.Floor(1 + (t / (2 * half))), x = Math.Abs((t / half) - (2 * cycle) + 1), lowest = Start(context);
        double height = _mode switch { CyclicalMode.Triangular2 => Math.Pow(0.5, cycle - 1), CyclicalMode.ExpRange => Math.Pow(_gamma, t), _ => 1 };
        return (float)(lowest + (((_highest ?? lowest) - lowest) * Math.Max(0, 1 - x) * height));
    }
}
