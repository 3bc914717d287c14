namespace TrainService.NeuralNet.Schedules;

/// <summary>
/// The learning rate as a pure function of the step, so that resuming needs no state. Rates are float32, as Keras computes them.
/// </summary>
public abstract class Schedule
{
    /// <param name="step">Updates done before this one: 0 for the first.</param>
    public abstract float RateAt(long step, in ScheduleContext context);

    /// <summary>Momentum for this step, for schedules that set it too; null otherwise.</summary>
    public virtual float? MomentumAt(long step, in ScheduleContext context) => null;
}

/// <param name="BaseRate">The optimizer's learning_rate: where schedules without an own start rate begin.</param>
/// <param name="StepsPerEpoch">Updates in an epoch.</param>
/// <param name="TotalSteps">Updates in the phase.</param>
public readonly record struct ScheduleContext(double BaseRate, long StepsPerEpoch, long TotalSteps);
