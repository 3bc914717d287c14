using System.Globalization;
using TrainService.NeuralNet.Callbacks;
using TrainService.NeuralNet.Metrics;

namespace TrainService.Training.Running;

/// <summary>All that a phase has decided at the ends of its epochs, and what it remembers for that: the schedule's own plateau machine first, then the callbacks.</summary>
internal sealed class CallbackSet
{
    private readonly IReadOnlyList<Metric> _metrics;
    private readonly Entry[] _entries;

    /// <param name="baseRate">The rate that the phase begins with.</param>
    public CallbackSet(IReadOnlyList<Metric> metrics, PhasePlan phase, float baseRate)
    {
        _metrics = metrics;
        BaseRate = baseRate;
        Callback[] own = phase.Schedule?.Plateau is { } plateau ? [plateau] : [];
        _entries = [.. own.Concat(phase.Callbacks).Select(Entry.Of)];
        RemembersBest = HasMemory(phase);
    }

    /// <summary>The best epoch's weights are to be kept in this phase.</summary>
    public static bool HasMemory(PhasePlan phase) => phase.Callbacks.Any(c => c is EarlyStopping { RestoreBestWeights: true });

    /// <summary>The optimizer's rate, or what plateaus have reduced it to.</summary>
    public float BaseRate { get; private set; }

    /// <summary>The best epoch's weights are to be kept, and put back at the end of the phase.</summary>
    public bool RemembersBest { get; }

    /// <param name="epoch">Counted from 0 in this phase.</param>
    /// <param name="before">Epochs of the phases before: in messages epochs are numbered through.</param>
    /// <param name="figures">Loss and metrics of the epoch, those of validation with "val_" before.</param>
    public EpochVerdict AtEpochEnd(int epoch, int before, IReadOnlyDictionary<string, double> figures)
    {
        float trainedWith = BaseRate;
        var verdict = new EpochVerdict();
        foreach (Entry entry in _entries)
            if (figures.TryGetValue(entry.Callback.Monitor, out double value))
                entry.Look(epoch, before, value, trainedWith, TrainingPlanner.HigherIsBetter(entry.Callback.Monitor, _metrics), verdict);
        if (verdict.NewRate is { } rate) BaseRate = rate;
        return verdict;
    }

    /// <summary>What each remembers; the base rate first.</summary>
    public IReadOnlyList<double[]> Save() => [[BaseRate], .. _entries.Select(e => e.Save())];

    public void Restore(IReadOnlyList<double[]> saved)
    {
        BaseRate = (float)saved[0][0];
        for (int i = 0; i < _entries.Length; i++) _entries[i].Restore(saved[i + 1]);
    }

    private abstract class Entry
    {
        public abstract Callback Callback { get; }

        public static Entry Of(Callback callback) => callback switch
        {
            EarlyStopping stopping => new Stopping(stopping),
            ReduceLROnPlateau plateau => new Plateau(plateau),
            _ => throw new InvalidOperationException($"Nobody carries out a {callback.GetType().Name}."),
        };

        public abstract void Look(int epoch, int before, double value, float rate, bool higherIsBetter, EpochVerdict verdict);

        public abstract double[] Save();

        public abstract void Restore(double[] saved);

        // States hold finite figures only, so NaN is free to stand for none.
        protected static double OrNone(double? value) => value ?? double.NaN;

        protected static double? OrNull(double value) => double.IsNaN(value) ? null : value;

        protected static string Show(double? value) => value?.ToString("G6", CultureInfo.InvariantCulture) ?? "none";
    }

    private sealed class Stopping(EarlyStopping callback) : Entry
    {
        private EarlyStoppingState _state = EarlyStoppingState.Start;

        public override Callback Callback => callback;

        public override void Look(int epoch, int before, double value, float rate, bool higherIsBetter, EpochVerdict verdict)
        {
            EarlyStoppingDecision decision = callback.OnEpochEnd(_state, epoch, value, higherIsBetter);
            _state = decision.State;
            verdict.IsBest |= decision.IsBest && callback.RestoreBestWeights;
            if (decision.Stop)
                verdict.StopReason ??= $"Stopped early after epoch {before + epoch + 1}: {callback.Monitor} was best in epoch {before + _state.BestEpoch + 1} ({Show(_state.Best)}).";
        }

        public override double[] Save() => [_state.Wait, OrNone(_state.Best), OrNone(_state.BestEpoch)];

        public override void Restore(double[] saved) => _state = new EarlyStoppingState((int)saved[0], OrNull(saved[1]), (int?)OrNull(saved[2]));
    }

    private sealed class Plateau(ReduceLROnPlateau callback) : Entry
    {
        private PlateauState _state = PlateauState.Start;

        public override Callback Callback => callback;

        public override void Look(int epoch, int before, double value, float rate, bool higherIsBetter, EpochVerdict verdict)
        {
            PlateauDecision decision = callback.OnEpochEnd(_state, value, rate, higherIsBetter);
            _state = decision.State;
            if (decision.NewRate is not { } reduced) return;
            verdict.NewRate = Math.Min(verdict.NewRate ?? reduced, reduced);
            verdict.Notes.Add($"{callback.Monitor} no longer gets better: the learning rate goes from {Show(rate)} to {Show(reduced)} after epoch {before + epoch + 1}.");
        }

        public override double[] Save() => [_state.Wait, _state.Cooldown, OrNone(_state.Best)];

        public override void Restore(double[] saved) => _state = new PlateauState((int)saved[0], (int)saved[1], OrNull(saved[2]));
    }
}

/// <summary>What follows from an epoch.</summary>
internal sealed class EpochVerdict
{
    /// <summary>Its weights are the best so far, and wanted.</summary>
    public bool IsBest { get; set; }

    /// <summary>Null to go on.</summary>
    public string? StopReason { get; set; }

    /// <summary>Base rate from the next epoch on; null leaves it.</summary>
    public float? NewRate { get; set; }

    /// <summary>For the log.</summary>
    public List<string> Notes { get; } = [];
}
