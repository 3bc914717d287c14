using TrainService.NeuralNet.Callbacks;
using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>
/// The base rate, which <see cref="Plateau"/> reduces at the ends of epochs. Not a pure function of the step: whoever trains keeps the
/// machine's state and the rate that it decided on, and passes that rate on as <see cref="ScheduleContext.BaseRate"/>.
/// </summary>
public sealed class Performance(ReduceLROnPlateau plateau) : Schedule
{
    public static ComponentDescriptor<Schedule> Descriptor { get; } = new("performance", a => new Performance(ReduceLROnPlateau.From(a)))
    {
        KerasName = "ReduceLROnPlateau",
        Aliases = ["reduce_lr_on_plateau", "reduce_on_plateau"],
        Summary = "Keeps the rate while the monitored figure gets better, and reduces it by factor when it has not for patience epochs.",
        Advice = "When the number of epochs is open: it follows what training does rather than a plan. Needs validation data to follow val_loss.",
        Source = "Keras ReduceLROnPlateau",
        Arguments = ReduceLROnPlateau.Descriptor.Arguments,
    };

    /// <inheritdoc/>
    public override ReduceLROnPlateau Plateau => plateau;

    /// <inheritdoc/>
    public override float RateAt(long step, in ScheduleContext context) => (float)context.BaseRate;
}
