using TrainService.NeuralNet.Callbacks;

namespace TrainService.NeuralNet.Schedules;

/// <summary>
/// The learning rate as a pure function of the step, so that resuming needs no state. Rates are float32; those that Keras has too are
/// computed in float32 in Keras's order of operations, since a difference of two near numbers is not the same in double.
/// </summary>
public abstract class Schedule
{
    /// <param name="step">Updates done before this one: 0 for the first.</param>
    public abstract float RateAt(long step, in ScheduleContext context);

    /// <summary>Momentum for this step, for schedules that set it too; null otherwise.</summary>
    public virtual float? MomentumAt(long step, in ScheduleContext context) => null;

    /// <summary>False when <see cref="ScheduleContext.BaseRate"/> has no effect, because the schedule brings its own start rate.</summary>
    public virtual bool UsesBaseRate => true;

    /// <summary>
    /// For schedules that are not pure: what changes <see cref="ScheduleContext.BaseRate"/> at the ends of epochs. The rate and the machine's
    /// state are then part of the training state. Null for all others.
    /// </summary>
    public virtual ReduceLROnPlateau? Plateau => null;
}

/// <param name="BaseRate">The optimizer's learning_rate, or what a plateau has reduced it to: where schedules without an own start rate begin.</param>
/// <param name="StepsPerEpoch">Updates in an epoch; at least 1.</param>
/// <param name="TotalSteps">Updates in the phase; at least 1.</param>
public readonly record struct ScheduleContext(double BaseRate, long StepsPerEpoch, long TotalSteps);
