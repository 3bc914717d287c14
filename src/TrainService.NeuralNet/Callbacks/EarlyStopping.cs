using TrainService.Specification;

namespace TrainService.NeuralNet.Callbacks;

/// <summary>
/// Ends training when the figure has not become better for <see cref="Patience"/> epochs. The first epoch seen always counts as better.
/// The bookkeeping is that of Keras 3.
/// </summary>
public sealed class EarlyStopping : Callback
{
    public static ComponentDescriptor<Callback> Descriptor { get; } = new("early_stopping", a => new EarlyStopping
    {
        Monitor = a.Text("monitor"),
        Mode = ModeOf(a),
        MinDelta = a.Number("min_delta"),
        Patience = a.Integer("patience"),
        Baseline = a.OptionalNumber("baseline"),
        RestoreBestWeights = a.Flag("restore_best_weights"),
        StartFromEpoch = a.Integer("start_from_epoch"),
    })
    {
        KerasName = "EarlyStopping",
        Summary = "Ends training when the monitored figure no longer gets better.",
        Advice = "In nearly every job with validation data: ask for many epochs, patience 5 to 20 and restore_best_weights.",
        Source = "Prechelt 1998, Early stopping - but when?; Keras EarlyStopping",
        Arguments =
        [
            MonitorArgument,
            Arg.Number("min_delta", "How much better counts as better.", 0, min: 0),
            Arg.Integer("patience", "How many epochs in a row may pass without getting better.", 0, min: 0),
            ModeArgument,
            Arg.Number("baseline", "Only epochs that are also better than this make the waiting start anew.", nullable: true),
            Arg.Flag("restore_best_weights", "At the end, take the weights of the best epoch, also when training ran its full length.", false),
            Arg.Integer("start_from_epoch", "How many epochs at the start are not looked at.", 0, min: 0),
        ],
    };

    /// <summary>How many epochs in a row may pass without getting better. 0 and 1 stop at the first.</summary>
    public int Patience { get; init; }

    /// <summary>An epoch that is the best so far but not better than this leaves the waiting as it is.</summary>
    public double? Baseline { get; init; }

    /// <summary>
    /// True: keep a copy of the weights whenever <see cref="EarlyStoppingDecision.IsBest"/>, and put it back when training ends, whether it was
    /// stopped or ran its full length.
    /// </summary>
    public bool RestoreBestWeights { get; init; }

    /// <summary>Epochs with a lower number are not looked at.</summary>
    public int StartFromEpoch { get; init; }

    /// <param name="state">From the epoch before; <see cref="EarlyStoppingState.Start"/> at first.</param>
    /// <param name="epoch">Counted from 0.</param>
    /// <param name="value">The monitored figure.</param>
    /// <param name="higherIsBetter">What the figure itself says; counts in mode auto.</param>
    public EarlyStoppingDecision OnEpochEnd(EarlyStoppingState state, int epoch, double value, bool higherIsBetter)
    {
        if (epoch < StartFromEpoch) return new(state, IsBest: false, Stop: false);
        int wait = state.Wait + 1;
        if (IsBetter(value, state.Best, higherIsBetter))
            return new(new(BeatsBaseline(value, higherIsBetter) ? 0 : wait, value, epoch), IsBest: true, Stop: false);
        return new(state with { Wait = wait }, IsBest: false, Stop: wait >= Patience && epoch > 0);
    }

    private bool BeatsBaseline(double value, bool higherIsBetter) => Baseline is null || IsBetter(value, Baseline, higherIsBetter);
}

/// <summary>All that early stopping remembers from epoch to epoch.</summary>
/// <param name="Wait">Epochs since it last got better (than the baseline too, when there is one).</param>
/// <param name="Best">The best figure so far; null before the first.</param>
/// <param name="BestEpoch">The epoch of <paramref name="Best"/>, counted from 0.</param>
public sealed record EarlyStoppingState(int Wait, double? Best, int? BestEpoch)
{
    public static EarlyStoppingState Start { get; } = new(0, null, null);
}

/// <param name="State">For the next epoch.</param>
/// <param name="IsBest">This epoch is the best so far.</param>
/// <param name="Stop">No further epoch.</param>
public readonly record struct EarlyStoppingDecision(EarlyStoppingState State, bool IsBest, bool Stop);
