using System.Globalization;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Callbacks;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Pruning;
using TrainService.Specification;
using TrainService.Training.Running;

namespace TrainService.Training.Compilation;

/// <summary>What the course says of rates, and what in optimizer, schedule, callbacks and pruning has no effect in a job of this length.</summary>
/// <param name="rows">Training rows.</param>
internal sealed class RateAdvice(JobSpec spec, IReadOnlyList<PhasePlan> phases, int rows, List<SpecWarning> warnings)
{
    /// <summary>Above these rates the optimizers that scale each step usually diverge.</summary>
    private static readonly Dictionary<string, double> Highest = new(StringComparer.Ordinal)
    {
        ["adam"] = 0.02, ["adamw"] = 0.02, ["nadam"] = 0.02, ["adamax"] = 0.05, ["rmsprop"] = 0.02, ["lion"] = 0.003,
    };

    /// <summary>Of rate / (1 - momentum), which is how far plain gradient descent goes in the end.</summary>
    private const double HighestForSgd = 2;

    private readonly IReadOnlyList<PhaseSpec> _asked = spec.Phases;

    public void Give()
    {
        long updates = 0;
        for (int i = 0; i < phases.Count; i++)
        {
            string pointer = _asked[i].Pointer;
            long batches = (long)phases[i].Epochs * phases[i].StepsPerEpoch(rows), own = batches / phases[i].Optimizer.Settings.AccumulationSteps;
            updates += own;
            if (_asked[i].NewSchedule || _asked[i].NewOptimizer) AdviseRate(i);
            AdviseLength(phases[i].Optimizer, $"{pointer}/optimizer", batches, own);
            AdvisePlateau(phases[i], _asked[i]);
            if (phases[i].BatchSize > rows)
                Warn($"{pointer}/batch_size", "batch_larger_than_data", $"There are {rows} training rows: every epoch is one step over all of them.", "Use a smaller batch_size, such as 32.");
        }
        if (phases[0].BatchSize > 1 && rows % phases[0].BatchSize == 1 && phases[0].Network.Layers.Any(l => l.Layer.TypeName == "batch_normalization"))
            Warn($"{_asked[0].Pointer}/batch_size", "batch_of_one", "The last batch of an epoch has a single row, whose deviation batch normalization takes for 0.", "Choose a batch_size that leaves more, or none.");
        AdvisePruning(updates);
    }

    private void AdviseRate(int i)
    {
        ComponentValue optimizer = _asked[i].Optimizer!;
        if (_asked[i].Schedule is { Descriptor.Name: "one_cycle" } cycle && !cycle.Arguments.Has("max_learning_rate"))
            Warn($"{_asked[i].SchedulePointer}", "one_cycle_without_maximum", "The cycle's highest rate is the optimizer's learning_rate, which is usually meant for a rate that stays.",
                "Set max_learning_rate, to some times that, or to \"auto\".");
        if (AutoRates.In(spec.Arguments).Count > 0) return;
        double rate = PhaseAdvice.HighestRate(phases[i], rows), momentum = optimizer.Arguments.OptionalNumber("momentum") ?? 0;
        string place = _asked[i].Schedule is null ? $"{_asked[i].Pointer}/optimizer/learning_rate" : _asked[i].SchedulePointer;
        if (rate == 0)
            Warn(place, "rate_of_zero", "The rate is 0 throughout: nothing will be learned.", "Set a learning_rate above 0.");
        else if (Highest.TryGetValue(optimizer.Descriptor.Name, out double most) && rate > most)
            Warn(place, "high_rate", $"A rate of up to {Show(rate)} is high for {optimizer.Descriptor.Name}; training may diverge.", $"Begin at 0.001, or let \"auto\" choose.");
        else if (optimizer.Descriptor.Name == "sgd" && rate / (1 - Math.Min(momentum, 0.999)) > HighestForSgd)
            Warn(place, "high_rate", $"A rate of up to {Show(rate)}{(momentum > 0 ? $" with momentum {Show(momentum)}" : "")} is high for sgd; training may diverge.", $"Begin at 0.01, or let \"auto\" choose.");
    }

    private void AdviseLength(Optimizer optimizer, string pointer, long batches, long updates)
    {
        if (updates == 0)
            Warn($"{pointer}/gradient_accumulation_steps", "never_updates", $"There are {batches} batches in all, fewer than make one update: nothing will be learned.", "Lower gradient_accumulation_steps, or train longer.");
        else if (optimizer.Settings.Average is { } average && 1 / (1 - Math.Min(average.Momentum, 0.9999999)) > updates)
            Warn(pointer, "average_too_slow", $"A moving average with momentum {Show(average.Momentum)} looks back over {1 / (1 - average.Momentum):F0} updates, but there are {updates}: the weights would be those of the start.",
                "Lower its momentum, or train longer.");
    }

    private void AdvisePlateau(PhasePlan phase, PhaseSpec asked)
    {
        if (phase.Callbacks.OfType<EarlyStopping>().FirstOrDefault() is not { } stop) return;
        ReduceLROnPlateau[] plateaus = [.. phase.Callbacks.OfType<ReduceLROnPlateau>(), .. phase.Schedule?.Plateau is { } own ? [own] : Array.Empty<ReduceLROnPlateau>()];
        if (plateaus.Any(p => p.Monitor == stop.Monitor && p.Patience >= Math.Max(stop.Patience, 1)))
            Warn(asked.CallbacksPointer, "plateau_never_reached", "Early stopping ends the training before the rate would be reduced: both watch the same figure, and it waits no longer.",
                "Give early_stopping a patience of at least twice the plateau's.");
    }

    private void AdvisePruning(long updates)
    {
        if ((PruningSchedule?)spec.Pruning?.Create() is not { } pruning) return;
        if (pruning.BeginStep >= updates)
            Warn("/pruning/begin_step", "never_prunes", $"There are {updates} updates in all: nothing will be pruned.", "Begin earlier.");
        else if (pruning is PolynomialSparsity && pruning.EndStep >= updates)
            Warn("/pruning/end_step", "pruning_unfinished", $"There are {updates} updates in all: final_sparsity will not be reached.", "End earlier, and leave some epochs after it.");
    }

    private static string Show(double number) => number.ToString("g3", CultureInfo.InvariantCulture);

    private void Warn(string pointer, string code, string detail, string remedy) => warnings.Add(new SpecWarning(pointer, code, detail, remedy));
}
