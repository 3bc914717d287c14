using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>η(t) = η0 · factor^⌊t / drop_every⌋.</summary>
public sealed class StepDecay(double? initialRate, double factor, double dropEvery, ScheduleUnit unit) : DecaySchedule(initialRate)
{
    public static ComponentDescriptor<Schedule> Descriptor { get; } = new("step",
        a => new StepDecay(a.OptionalNumber("initial_learning_rate"), a.Number("factor"), a.Number("drop_every"), ScheduleUnits.Of(a)))
    {
        Aliases = ["step_decay"],
        Summary = "Multiplies the rate by factor every so many epochs.",
        Advice = "The plain classic of image networks: a factor of 0.1 every third of the training.",
        Source = "eta(t) = eta0 * factor^floor(t / drop_every); He, Zhang, Ren, Sun 2015, arXiv:1512.03385",
        Arguments =
        [
            ScheduleArguments.InitialRate,
            Arg.Number("factor", "What the rate is multiplied by.", 0.5, min: 0, minExclusive: true) with { Aliases = ["drop", "gamma"] },
            Arg.Number("drop_every", "How many epochs (or steps, see unit) lie between two drops.", 10, min: ScheduleArguments.ShortestLength) with
            {
                Aliases = ["epochs_drop", "step_size"],
            },
            ScheduleArguments.Unit with { Default = "epoch" },
        ],
    };

    /// <inheritdoc/>
    public override float RateAt(long step, in ScheduleContext context)
        => Start(context) * MathF.Pow((float)factor, MathF.Floor(unit.Count(step, context) / (float)dropEvery));
}
