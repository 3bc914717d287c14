using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Schedules;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Compilation;

/// <summary>What a job leaves to the learning-rate finder, and how long the finder searches.</summary>
internal static class RateCheck
{
    /// <summary>Too few steps, and the curve is noise; more than these, and it gets no clearer.</summary>
    private const long FewestSteps = 200, MostSteps = 1000;

    /// <summary>What the argument allows.</summary>
    private const long LeastSteps = 10, LargestSteps = 1_000_000;

    public static void Run(Arguments job, SpecErrors errors)
    {
        if (job.OptionalText("kind") == JobArguments.FindKind) return;
        foreach (string place in AutoRates.In(job).Where(p => p.EndsWith("optimizer.learning_rate", StringComparison.Ordinal)))
        {
            Arguments owner = place.StartsWith("phases", StringComparison.Ordinal) ? job.Objects("phases")[0] : job;
            if ((Schedule?)owner.OptionalValue("schedule")?.Create() is { UsesBaseRate: false })
                errors.Add($"/{place.Replace('.', '/')}", "conflict",
                    $"The schedule {owner.Value("schedule").Descriptor.Name} sets the rate itself, so nothing would be trained at the rate that is found.", "auto");
        }
    }

    /// <summary>Fills in the steps of the search.</summary>
    public static JobSpec Resolve(JobSpec job, int rows)
    {
        if (job.RateSearch is not { } search || search.Has("steps")) return job;
        int batch = job.Phases[0].BatchSize;
        long epoch = ((long)rows + batch - 1) / batch;
        long steps = search.Has("epochs") ? Math.Clamp(epoch * search.Long("epochs"), LeastSteps, LargestSteps) : Math.Clamp(epoch, FewestSteps, MostSteps);
        return job.With("lr_find", search.With("steps", steps).With("epochs", null));
    }
}
