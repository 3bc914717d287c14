using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>η(t) = η0 · rate^(t/s); with staircase rate^⌊t/s⌋.</summary>
public sealed class ExponentialDecay(double? initialRate, double? decaySteps, double decayRate, bool staircase, ScheduleUnit unit) : DecaySchedule(initialRate)
{
    public static ComponentDescriptor<Schedule> Descriptor { get; } = new("exponential", a => new ExponentialDecay(
        a.OptionalNumber("initial_learning_rate"), a.OptionalNumber("decay_steps"), a.Number("decay_rate"), a.Flag("staircase"), ScheduleUnits.Of(a)))
    {
        KerasName = "ExponentialDecay",
        Aliases = ["exponential_decay"],
        Summary = "Multiplies the rate by decay_rate over every decay_steps.",
        Advice = "Easy to tune and often quicker than a constant rate; one_cycle or cosine usually end better for a known number of epochs.",
        Source = "eta(t) = eta0 * rate^(t / s); Keras ExponentialDecay",
        Arguments =
        [
            ScheduleArguments.InitialRate,
            ScheduleArguments.DecaySteps,
            Arg.Number("decay_rate", "The factor over decay_steps.", 0.1, min: 0, minExclusive: true) with { Aliases = ["rate"] },
            ScheduleArguments.Staircase,
            ScheduleArguments.Unit,
        ],
    };

    /// <inheritdoc/>
    public override float RateAt(long step, in ScheduleContext context)
    {
        float p = unit.Count(step, context) / unit.Length(decaySteps, context);
        if (staircase) p = MathF.Floor(p);
        return Start(context) * MathF.Pow((float)decayRate, p);
    }
}
