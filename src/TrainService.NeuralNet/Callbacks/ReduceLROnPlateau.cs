using TrainService.Specification;

namespace TrainService.NeuralNet.Callbacks;

/// <summary>
/// Multiplies the rate by <see cref="Factor"/> when the figure has not become better for <see cref="Patience"/> epochs. It acts on the base
/// rate, so it has an effect only with schedules that begin there. The bookkeeping is that of Keras 3.
/// </summary>
public sealed class ReduceLROnPlateau : Callback
{
    public static ComponentDescriptor<Callback> Descriptor { get; } = new("reduce_lr_on_plateau", From)
    {
        KerasName = "ReduceLROnPlateau",
        Summary = "Multiplies the learning rate by factor when the monitored figure no longer gets better.",
        Advice = "When the number of epochs is open. The same as the schedule performance; not beside a schedule that sets the rate itself.",
        Source = "Keras ReduceLROnPlateau",
        Arguments =
        [
            MonitorArgument,
            Arg.Number("factor", "What the rate is multiplied by.", 0.1, min: 0, max: 1, minExclusive: true, maxExclusive: true),
            Arg.Integer("patience", "How many epochs in a row may pass without getting better.", 10, min: 0),
            ModeArgument,
            Arg.Number("min_delta", "How much better counts as better.", 1e-4, min: 0),
            Arg.Integer("cooldown", "How many epochs after a reduction do not count as waiting.", 0, min: 0),
            Arg.Number("min_lr", "The rate is never reduced below.", 0, min: 0) with { Aliases = ["min_learning_rate"] },
        ],
    };

    public double Factor { get; init; } = 0.1;

    /// <summary>How many epochs in a row may pass without getting better. 0 and 1 act at the first.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>How many epochs after a reduction do not count as waiting.</summary>
    public int Cooldown { get; init; }

    /// <summary>The rate is never reduced below.</summary>
    public double MinRate { get; init; }

    /// <param name="state">From the epoch before; <see cref="PlateauState.Start"/> at first.</param>
    /// <param name="value">The monitored figure.</param>
    /// <param name="currentRate">The base rate that this epoch was trained with.</param>
    /// <param name="higherIsBetter">What the figure itself says; counts in mode auto.</param>
    public PlateauDecision OnEpochEnd(PlateauState state, double value, double currentRate, bool higherIsBetter)
    {
        (int wait, int cooldown) = state.Cooldown > 0 ? (0, state.Cooldown - 1) : (state.Wait, 0);
        if (IsBetter(value, state.Best, higherIsBetter)) return new(new(0, cooldown, value), null);
        if (cooldown > 0) return new(new(wait, cooldown, state.Best), null);
        wait++;
        // As Keras holds it: the rate in float32, the product in double.
        float rate = (float)currentRate;
        if (wait < Patience || rate <= (float)MinRate) return new(new(wait, 0, state.Best), null);
        return new(new(0, Cooldown, state.Best), (float)Math.Max(rate * Factor, MinRate));
    }

    /// <summary>Out of the arguments of <see cref="Descriptor"/>, which the schedule performance shares.</summary>
    internal static ReduceLROnPlateau From(Arguments a) => new()
    {
        Monitor = a.Text("monitor"),
        Mode = ModeOf(a),
        MinDelta = a.Number("min_delta"),
        Factor = a.Number("factor"),
        Patience = a.Integer("patience"),
        Cooldown = a.Integer("cooldown"),
        MinRate = a.Number("min_lr"),
    };
}

/// <summary>All that the plateau machine remembers from epoch to epoch, beside the rate itself.</summary>
/// <param name="Wait">Epochs without getting better.</param>
/// <param name="Cooldown">Epochs that do not count yet.</param>
/// <param name="Best">The best figure so far; null before the first.</param>
public sealed record PlateauState(int Wait, int Cooldown, double? Best)
{
    public static PlateauState Start { get; } = new(0, 0, null);
}

/// <param name="State">For the next epoch.</param>
/// <param name="NewRate">The base rate from the next epoch on; null leaves it.</param>
public readonly record struct PlateauDecision(PlateauState State, float? NewRate);
