using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>
/// η(t) = (η0 - end) · (1 - t/T)^power + end for t ≤ T, end after it; with cycle T grows to the next multiple of itself that t does not exceed.
/// </summary>
public sealed class PolynomialDecay(double? initialRate, double? decaySteps, double endRate, double power, bool cycle, ScheduleUnit unit)
    : DecaySchedule(initialRate)
{
    private static readonly ArgumentSpec EndRate =
        Arg.Number("end_learning_rate", "The rate after decay_steps.", 0.0001, min: 0) with { Aliases = ["end_lr", "eta_end"] };

    private static readonly ArgumentSpec Cycle = Arg.Flag("cycle", "Begin again after decay_steps, over twice as many, three times as many …: ever flatter.", false);

    public static ComponentDescriptor<Schedule> Descriptor { get; } = new("polynomial", a => Create(a, a.Number("power")))
    {
        KerasName = "PolynomialDecay",
        Aliases = ["polynomial_decay"],
        Summary = "Falls to end_learning_rate along a power of the time that is left.",
        Advice = "Power 1 is linear, 2 falls faster at first; common for fine-tuning and segmentation.",
        Source = "(eta0 - eta_end) * (1 - t / T)^power + eta_end; Keras PolynomialDecay",
        Arguments =
        [
            ScheduleArguments.InitialRate,
            ScheduleArguments.DecaySteps,
            EndRate,
            Arg.Number("power", "The exponent.", 1, min: 0),
            Cycle,
            ScheduleArguments.Unit,
        ],
    };

    /// <summary>The same with power 1.</summary>
    public static ComponentDescriptor<Schedule> LinearDescriptor { get; } = new("linear", a => Create(a, power: 1))
    {
        Aliases = ["linear_decay"],
        Summary = "Falls to end_learning_rate along a straight line.",
        Advice = "After a warmup the usual choice for fine-tuning; as good as cosine on most tasks.",
        Source = "(eta0 - eta_end) * (1 - t / T) + eta_end",
        Arguments = [ScheduleArguments.InitialRate, ScheduleArguments.DecaySteps, EndRate, Cycle, ScheduleArguments.Unit],
    };

    /// <inheritdoc/>
    public override float RateAt(long step, in ScheduleContext context)
    {
        float t = unit.Count(step, context), length = unit.Length(decaySteps, context), end = (float)endRate;
        if (cycle) length *= t == 0 ? 1 : MathF.Ceiling(t / length);
        else t = Math.Min(t, length);
        return ((Start(context) - end) * MathF.Pow(1 - (t / length), (float)power)) + end;
    }

    private static PolynomialDecay Create(Arguments a, double power) => new(
        a.OptionalNumber("initial_learning_rate"), a.OptionalNumber("decay_steps"), a.Number("end_learning_rate"), power, a.Flag("cycle"), ScheduleUnits.Of(a));
}
