namespace TrainService.NeuralNet.Schedules;

/// <summary>A schedule that begins at a rate of its own, or else at the optimizer's.</summary>
public abstract class DecaySchedule(double? initialRate) : Schedule
{
    /// <inheritdoc/>
    public sealed override bool UsesBaseRate => initialRate is null;

    protected float Start(in ScheduleContext context) => (float)(initialRate ?? context.BaseRate);
}
