using TrainService.Specification;

namespace TrainService.NeuralNet.Callbacks;

/// <summary>Which way the monitored figure gets better.</summary>
public enum MonitorMode
{
    /// <summary>As the figure itself says: a loss is better when lower, an accuracy when higher.</summary>
    Auto,
    Min,
    Max,
}

/// <summary>
/// Watches one figure at the ends of epochs. A callback keeps no state: it is a function from a state and an epoch's figure to the next
/// state and what is to be done, so that a training that is taken up again goes on exactly.
/// </summary>
public abstract class Callback
{
    /// <summary>The name of the figure, as in epoch events: "loss", "val_loss", "val_accuracy" … Epochs that have no such figure are not shown to it.</summary>
    public string Monitor { get; init; } = "val_loss";

    public MonitorMode Mode { get; init; }

    /// <summary>How much better counts as better.</summary>
    public double MinDelta { get; init; }

    private protected static ArgumentSpec MonitorArgument { get; } = Arg.Text("monitor", "The figure that is watched.", "val_loss");

    private protected static ArgumentSpec ModeArgument { get; } =
        Arg.Choice("mode", "Whether less (min) or more (max) is better; auto asks the figure.", "auto", "auto", "min", "max");

    private protected static MonitorMode ModeOf(Arguments a)
        => a.Text("mode") switch { "min" => MonitorMode.Min, "max" => MonitorMode.Max, _ => MonitorMode.Auto };

    /// <summary>
    /// value + min_delta &lt; reference, or value - min_delta &gt; reference where more is better; any number is better than nothing. NaN and
    /// infinities never are, where Keras takes a first NaN for the best and can then never improve.
    /// </summary>
    /// <param name="higherIsBetter">What the figure itself says; counts in mode auto.</param>
    private protected bool IsBetter(double value, double? reference, bool higherIsBetter)
    {
        if (!double.IsFinite(value)) return false;
        if (reference is not { } best) return true;
        bool higher = Mode switch { MonitorMode.Min => false, MonitorMode.Max => true, _ => higherIsBetter };
        return higher ? value - MinDelta > best : value + MinDelta < best;
    }
}
