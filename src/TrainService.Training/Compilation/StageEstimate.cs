using System.Text.Json.Nodes;
using TrainService.Data.Requests;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Graph;
using TrainService.Specification.Reading;
using TrainService.Training.Kinds;
using TrainService.Training.Models;
using TrainService.Training.Running;

namespace TrainService.Training.Compilation;

/// <summary>What a training that follows another one in the same job would take.</summary>
/// <param name="MemoryBytes">The numbers that it learns from, which lie in memory, included.</param>
internal sealed record StageEstimate(Network Network, IReadOnlyList<PhasePlan> Phases, DescribedData Data, long MemoryBytes)
{
    /// <param name="job">As resolved for the first of the trainings.</param>
    /// <returns>Null when it can't be built: told in <paramref name="errors"/>.</returns>
    public static StageEstimate? Of(JobSpec job, DerivedTraining stage, SpecErrors errors)
    {
        JobSpec own = job.With("model", stage.Job.Value("model")).With("loss", stage.Job.Value("loss"));
        if (NetworkBuilder.Build((ModelDefinition)own.Model.Create(), stage.Described.InputShape, errors) is not { } network) return null;
        IReadOnlyList<PhasePlan> phases = TrainingPlanner.Phases(own, network, errors);
        long memory = phases.Max(p => MemoryEstimate.Of(network, p.Optimizer, p.BatchSize, stage.Described.Counts.Validation is null ? 0 : Validator.BatchFor(p.BatchSize), stage.Described,
            phases.Any(CallbackSet.HasMemory), prunes: false));
        // Those of the stage before lie there while they are worked out.
        double rows = stage.Described.Counts.Train + (stage.Described.Counts.Validation ?? 0.0);
        return new StageEstimate(network, phases, stage.Described, (long)Math.Min(long.MaxValue / 2.0, memory + (8 * rows * network.InputShape.Size)));
    }

    /// <summary>For the summary: what is trained after the first training.</summary>
    public JsonObject Tell(double secondsPerEpoch) => new()
    {
        ["input_shape"] = new JsonArray([.. Network.InputShape.Axes.Select(n => (JsonNode?)n)]),
        ["layers"] = new JsonArray([.. Network.Layers.Select(l => (JsonNode?)$"{l.Name} {l.OutputShape}")]),
        ["parameters"] = Network.ParameterCount,
        ["epochs"] = Phases.Sum(p => p.Epochs),
        ["estimated_seconds_per_epoch"] = Summary.Rounded(secondsPerEpoch),
    };
}
