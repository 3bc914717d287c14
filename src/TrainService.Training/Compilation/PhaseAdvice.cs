using System.Globalization;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;
using TrainService.Specification;
using TrainService.Training.Running;

namespace TrainService.Training.Compilation;

/// <summary>What the course says against a job's phases, and what in them has no effect.</summary>
/// <param name="rows">Training rows.</param>
internal sealed class PhaseAdvice(JobSpec spec, IReadOnlyList<PhasePlan> phases, int rows, List<SpecWarning> warnings)
{
    /// <summary>Steps that are looked at to find a phase's highest rate.</summary>
    private const int Looks = 1000;

    /// <summary>Share of an epoch's arithmetic that keeping features would have to save to be worth a word.</summary>
    private const double MuchOfTheWork = 0.5;

    private readonly IReadOnlyList<PhaseSpec> _asked = spec.Phases;

    public void Give()
    {
        for (int i = 0; i < phases.Count; i++)
        {
            if (phases[i].Network is { TrainableParameterCount: 0, ParameterCount: > 0 })
                Warn(spec.HasPhases ? _asked[i].Pointer : "/model", "nothing_trainable", "Every layer is frozen: nothing will be learned.", "Leave at least one layer trainable.");
            if (i > 0) AdviseRate(i);
        }

        AdviseAugmentation();
        if (_asked[0] is { SchedulePointer: not "/schedule" } && spec.Schedule is not null && spec.Schedule != _asked[0].Schedule)
            Warn("/schedule", "unused_schedule", "The first phase brings an optimizer of its own, which this schedule does not belong to.", "Write the schedule beside that optimizer, in the phase.");
    }

    /// <summary>The highest of a phase's rates, as far as it is known beforehand: looked up at so many steps, the first and the last among them.</summary>
    public static double HighestRate(PhasePlan phase, int rows)
    {
        int steps = phase.StepsPerEpoch(rows);
        long last = ((long)steps * phase.Epochs) - 1;
        double highest = 0;
        for (int k = 0; k <= Looks; k++) highest = Math.Max(highest, phase.RateAt((float)phase.Optimizer.LearningRate, phase.ScheduleEpochsBefore, last * k / Looks, steps));
        return Rounded(highest);
    }

    /// <summary>Rows that vary have their frozen base worked out anew in each epoch: often nearly all of the work.</summary>
    private void AdviseAugmentation()
    {
        int frozen = phases.ToList().FindIndex(p => p.Epochs > 1 && KeptFeatures.Base(p.Network).Sum(l => (double)l.Flops) > p.Network.TrainingFlops * MuchOfTheWork);
        if (frozen < 0 || !spec.Dataset.Has("augment")) return;
        double times = phases[frozen].Network.TrainingFlops / Math.Max(1, phases[frozen].Network.TrainingFlops - KeptFeatures.Base(phases[frozen].Network).Sum(l => (double)l.Flops));
        Warn("/dataset/augment", "augmentation_prevents_kept_features",
            $"Without it, what the frozen layers give for a row would be worked out once and kept: an epoch after the first would be about {(times < 100 ? times.ToString("g2", CultureInfo.InvariantCulture) : "100 or more")} times as fast{(spec.HasPhases ? $" in {_asked[frozen].Pointer}" : "")}.",
            "Leave augment out of a short training with a frozen base, or accept the time for more varied rows.");
    }

    private void AdviseRate(int i)
    {
        PhasePlan before = phases[i - 1], now = phases[i];
        if (before.Optimizer.GetType() != now.Optimizer.GetType()) return;
        NetworkLayer? thawed = now.Network.Layers.FirstOrDefault(l => l.TrainableParameterCount > 0 && !before.Network.Layers[l.Index].Node.Trainable);
        if (thawed is null || HighestRate(now, rows) is var rate && rate < HighestRate(before, rows)) return;
        Warn($"{_asked[i].Pointer}/optimizer", "unfreezing_without_lower_rate",
            $"'{thawed.Name}' and what else was frozen learns from here on, at a rate of up to {rate.ToString("g3", CultureInfo.InvariantCulture)}, no lower than in the phase before: "
            + "large steps may ruin the weights that were to be reused.", "Give the phase an optimizer with a lower learning_rate, such as a tenth.");
    }

    // As people write a rate: float32 has no more digits.
    private static double Rounded(double rate) => double.Parse(rate.ToString("G7", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private void Warn(string pointer, string code, string detail, string remedy) => warnings.Add(new SpecWarning(pointer, code, detail, remedy));
}
