using System.Globalization;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Callbacks;
using TrainService.NeuralNet.Schedules;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Compilation;

/// <summary>Do the callbacks go together, and with the schedule?</summary>
internal static class CallbackCheck
{
    public static void Run(Arguments job, SpecErrors errors)
    {
        // Phases may share what stands in the job: a fault in it is told once.
        var told = new HashSet<(string, string)>();
        foreach (PhaseSpec phase in PhaseSpec.Of(job))
        {
            var schedule = (Schedule?)phase.Schedule?.Create();
            int restoring = 0;
            for (int i = 0; i < phase.Callbacks.Count; i++)
            {
                string place = $"{phase.CallbacksPointer}/{i.ToString(CultureInfo.InvariantCulture)}";
                switch (phase.Callbacks[i].Create())
                {
                    case EarlyStopping { RestoreBestWeights: true } when ++restoring > 1:
                        Conflict($"{place}/restore_best_weights", "Only one callback can have the last word on which weights are put back.", true);
                        break;
                    case ReduceLROnPlateau when schedule is { UsesBaseRate: false }:
                        Conflict(place, $"The schedule {phase.Schedule!.Descriptor.Name} sets the rate itself, so reducing it on a plateau would have no effect.", phase.Callbacks[i].Descriptor.Name);
                        break;
                }
            }
        }

        void Conflict(string pointer, string detail, object got)
        {
            if (told.Add((pointer, detail))) errors.Add(pointer, "conflict", detail, got);
        }
    }
}
