using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>η(t) = η0 / (1 + rate · t/s)^c; with staircase ⌊t/s⌋. Power scheduling is rate 1, Keras's inverse time decay is c = 1.</summary>
public sealed class InverseTimeDecay(double? initialRate, double? decaySteps, double decayRate, double power, bool staircase, ScheduleUnit unit)
    : DecaySchedule(initialRate)
{
    public static ComponentDescriptor<Schedule> Descriptor { get; } = new("power", a => new InverseTimeDecay(
        a.OptionalNumber("initial_learning_rate"), a.OptionalNumber("decay_steps"), a.Number("decay_rate"), a.Number("power"), a.Flag("staircase"),
        ScheduleUnits.Of(a)))
    {
        KerasName = "InverseTimeDecay",
        Aliases = ["inverse_time", "inverse_time_decay"],
        Summary = "Falls quickly at first, then ever more slowly: to a half after decay_steps, to a third after twice as many.",
        Advice = "For runs without a planned end; otherwise exponential, cosine or one_cycle.",
        Source = "eta(t) = eta0 / (1 + rate * t / s)^c; Robbins and Monro 1951; Keras InverseTimeDecay",
        Arguments =
        [
            ScheduleArguments.InitialRate,
            ScheduleArguments.DecaySteps,
            Arg.Number("decay_rate", "What t / decay_steps is multiplied by.", 1, min: 0) with { Aliases = ["rate"] },
            Arg.Number("power", "The exponent c of the denominator.", 1, min: 0) with { Aliases = ["c"] },
            ScheduleArguments.Staircase,
            ScheduleArguments.Unit,
        ],
    };

    /// <inheritdoc/>
    public override float RateAt(long step, in ScheduleContext context)
    {
        float p = unit.Count(step, context) / unit.Length(decaySteps, context);
        if (staircase) p = MathF.Floor(p);
        return Start(context) / MathF.Pow(1 + ((float)decayRate * p), (float)power);
    }
}
