using TrainService.NeuralNet.Callbacks;

namespace TrainService.NeuralNet.Tests.Parity;

/// <summary>The callbacks of a case, and the rate and the end that they bring about.</summary>
internal sealed class ParityCallbacks
{
    private readonly EarlyStopping? _stopping;
    private readonly ReduceLROnPlateau? _plateau;
    private EarlyStoppingState _stoppingState = EarlyStoppingState.Start;
    private PlateauState _plateauState = PlateauState.Start;

    public ParityCallbacks(ParityCase parity, double rate)
    {
        Rate = rate;
        if (parity.Find("callbacks") is not { } list) return;
        Callback[] callbacks = [.. list.EnumerateArray().Select(c => Parts.Of<Callback>("callback", c.GetRawText()))];
        _stopping = callbacks.OfType<EarlyStopping>().SingleOrDefault();
        _plateau = callbacks.OfType<ReduceLROnPlateau>().SingleOrDefault();
    }

    /// <summary>For the next epoch, unless a schedule sets it.</summary>
    public double Rate { get; private set; }

    public bool Stopped { get; private set; }

    public bool RestoresBest => _stopping is { RestoreBestWeights: true };

    /// <returns>True when this epoch's weights are the best so far.</returns>
    public bool AtEpochEnd(int epoch, IReadOnlyDictionary<string, double> figures)
    {
        if (_plateau is not null)
        {
            string watched = _plateau.Monitor;
            PlateauDecision decision = _plateau.OnEpochEnd(_plateauState, figures[watched], Rate, HigherIsBetter(watched));
            _plateauState = decision.State;
            Rate = decision.NewRate ?? Rate;
        }
        if (_stopping is null) return false;
        string monitor = _stopping.Monitor;
        EarlyStoppingDecision verdict = _stopping.OnEpochEnd(_stoppingState, epoch, figures[monitor], HigherIsBetter(monitor));
        _stoppingState = verdict.State;
        Stopped = verdict.Stop;
        return verdict.IsBest;
    }

    private static bool HigherIsBetter(string monitor) => monitor.EndsWith("accuracy", StringComparison.Ordinal);
}
