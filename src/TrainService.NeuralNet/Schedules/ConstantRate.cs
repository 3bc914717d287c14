using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>η(t) = η0.</summary>
public sealed class ConstantRate(double? rate = null) : DecaySchedule(rate)
{
    public static ComponentDescriptor<Schedule> Descriptor { get; } = new("constant", a => new ConstantRate(a.OptionalNumber("learning_rate")))
    {
        Summary = "The same rate from the first step to the last.",
        Advice = "For short runs and for comparisons; nearly every other schedule gets further in the same time.",
        Source = "eta(t) = eta0",
        Arguments = [Arg.Number("learning_rate", "The rate; null takes the optimizer's learning_rate.", min: 0, nullable: true)],
    };

    /// <inheritdoc/>
    public override float RateAt(long step, in ScheduleContext context) => Start(context);
}
