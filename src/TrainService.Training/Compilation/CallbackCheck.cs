using System.Globalization;
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
        if (!job.Has("callbacks")) return;
        var schedule = (Schedule?)job.OptionalValue("schedule")?.Create();
        IReadOnlyList<ComponentValue> callbacks = job.ValueList("callbacks");
        int restoring = 0;
        for (int i = 0; i < callbacks.Count; i++)
        {
            string place = $"/callbacks/{i.ToString(CultureInfo.InvariantCulture)}";
            switch (callbacks[i].Create())
            {
                case EarlyStopping { RestoreBestWeights: true } when ++restoring > 1:
                    errors.Add($"{place}/restore_best_weights", "conflict", "Only one callback can have the last word on which weights are put back.", true);
                    break;
                case ReduceLROnPlateau when schedule is { UsesBaseRate: false }:
                    errors.Add(place, "conflict", $"The schedule {job.Value("schedule").Descriptor.Name} sets the rate itself, so reducing it on a plateau would have no effect.",
                        callbacks[i].Descriptor.Name);
                    break;
            }
        }
    }
}
