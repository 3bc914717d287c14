using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>What a schedule's t counts, and what its lengths are given in.</summary>
public enum ScheduleUnit
{
    Step,

    /// <summary>Whole epochs that are over: the rate stays the same within an epoch, as with Keras's LearningRateScheduler.</summary>
    Epoch,
}

internal static class ScheduleUnits
{
    public static ScheduleUnit Of(Arguments arguments) => arguments.Text("unit") == "epoch" ? ScheduleUnit.Epoch : ScheduleUnit.Step;

    /// <summary>t: whole units that are over.</summary>
    public static long Count(this ScheduleUnit unit, long step, in ScheduleContext context)
        => unit == ScheduleUnit.Epoch ? step / context.StepsPerEpoch : step;

    /// <summary>Units that are over, parts of an epoch included: for ramps, which move at every step.</summary>
    public static float Position(this ScheduleUnit unit, long step, in ScheduleContext context)
        => unit == ScheduleUnit.Epoch ? (float)((double)step / context.StepsPerEpoch) : step;

    /// <summary>The whole phase in this unit.</summary>
    public static float Total(this ScheduleUnit unit, in ScheduleContext context)
        => unit == ScheduleUnit.Epoch ? (float)((double)context.TotalSteps / context.StepsPerEpoch) : context.TotalSteps;

    /// <summary>A length that was given, or the whole phase.</summary>
    public static float Length(this ScheduleUnit unit, double? given, in ScheduleContext context)
        => given is { } length ? (float)length : unit.Total(context);
}
