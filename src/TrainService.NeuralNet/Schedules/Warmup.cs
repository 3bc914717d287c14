using TrainService.NeuralNet.Callbacks;
using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>
/// Along a line from a start rate to the first rate of another schedule; then that schedule, which counts its steps from there and has the
/// steps that are left for the whole. It moves at every step, also when its length is given in epochs.
/// </summary>
public sealed class Warmup(double length, double startRate, Schedule then, ScheduleUnit unit) : Schedule
{
    public static ComponentDescriptor<Schedule> Descriptor { get; } = new("warmup",
        a => new Warmup(a.Number("steps"), a.Number("start_learning_rate"), a.Component<Schedule>("schedule"), ScheduleUnits.Of(a)))
    {
        Summary = "Rises from a low rate in the first steps, then follows another schedule.",
        Advice = "With large batches, high rates and adaptive optimizers, whose first steps know little: a few hundred steps, or one epoch.",
        Source = "Goyal et al. 2017, arXiv:1706.02677",
        Arguments =
        [
            Arg.Number("steps", "How many steps (or epochs, see unit) it rises.", min: 0, required: true) with { Aliases = ["warmup_steps"] },
            Arg.Number("start_learning_rate", "The rate at the first step.", 0, min: 0) with { Aliases = ["start_lr", "initial_learning_rate"] },
            Arg.Component("schedule", "schedule", "What follows.", "constant") with { Aliases = ["then"] },
            ScheduleArguments.Unit with { Description = "What steps counts: step or epoch." },
        ],
    };

    /// <inheritdoc/>
    public override bool UsesBaseRate => then.UsesBaseRate;

    /// <inheritdoc/>
    public override ReduceLROnPlateau? Plateau => then.Plateau;

    /// <inheritdoc/>
    public override float RateAt(long step, in ScheduleContext context)
    {
        long steps = Steps(context);
        ScheduleContext after = After(steps, context);
        if (step >= steps) return then.RateAt(step - steps, after);
        float first = then.RateAt(0, after);
        return (float)(startRate + ((first - startRate) * step / steps));
    }

    /// <inheritdoc/>
    public override float? MomentumAt(long step, in ScheduleContext context)
    {
        long steps = Steps(context);
        return then.MomentumAt(Math.Max(step - steps, 0), After(steps, context));
    }

    private long Steps(in ScheduleContext context) => (long)Math.Round(unit == ScheduleUnit.Epoch ? length * context.StepsPerEpoch : length);

    private static ScheduleContext After(long steps, in ScheduleContext context)
        => context with { TotalSteps = Math.Max(1, context.TotalSteps - steps) };
}
