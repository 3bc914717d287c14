using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Data.Requests;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Training.Reuse;
using TrainService.Training.Running;

namespace TrainService.Training.Compilation;

/// <summary>What would happen, for people and the dashboard: layers with shapes and costs, totals, memory, time.</summary>
internal static class Summary
{
    /// <param name="secondsPerEpoch">Of each phase.</param>
    /// <param name="source">Network of the checkpoint that the job starts from; null without one.</param>
    /// <param name="leaves">What others can start from, where that is not the job's model.</param>
    /// <param name="stages">Trainings that follow the one described, where the job is several.</param>
    public static string Of(JobSpec job, DescribedData data, Network? source, IReadOnlyList<PhasePlan> phases, long peakMemory, IReadOnlyList<double> secondsPerEpoch, JsonObject? leaves = null, JsonArray? stages = null)
    {
        Network network = phases[0].Network;
        var summary = new JsonObject
        {
            ["layers"] = new JsonArray([.. network.Layers.Select(l => Layer(l, network))]),
            ["input_shape"] = Shape(network.InputShape.Axes),
            ["output_shape"] = Shape(network.OutputShape.Axes),
            ["parameters"] = network.ParameterCount,
            ["trainable_parameters"] = network.TrainableParameterCount,
            ["flops"] = network.Flops,
            ["peak_memory_bytes"] = peakMemory,
            ["train_rows"] = data.Counts.Train,
            ["validation_rows"] = data.Counts.Validation,
            ["steps_per_epoch"] = phases[0].StepsPerEpoch(data.Counts.Train),
            ["estimated_seconds_per_epoch"] = Rounded(secondsPerEpoch[0]),
        };
        if (job.HasPhases) summary["phases"] = new JsonArray([.. phases.Select((p, i) => Phase(p, job.Phases[i], data.Counts.Train, secondsPerEpoch[i]))]);
        if (source is not null && WeightsFrom.Of(job.Model) is { } from) summary["reuse"] = ReuseReport.Of(from, network, source);
        if (stages is not null) summary["later_stages"] = stages;
        if (leaves is not null) summary[ParentModel.Leaves] = leaves;
        return summary.ToJsonString(JsonSerializerOptions.Default);
    }

    /// <summary>Of a job that checks itself; with several networks their layers one network after the other, each name behind its network's.</summary>
    /// <param name="leaves">What its checkpoints will hold, by the reasons that they are saved for.</param>
    public static string Of(IReadOnlyList<(string Name, Network Network)> networks, DescribedData data, long peakMemory, int stepsPerEpoch, double secondsPerEpoch,
        IEnumerable<(string Which, ComponentValue Model, IReadOnlyList<int> InputShape)> leaves) => new JsonObject
        {
            [ParentModel.Leaves] = ParentModel.Describe(leaves),
            ["layers"] = new JsonArray([.. networks.SelectMany(n => n.Network.Layers.Select(l => Layer(l, n.Network, networks.Count == 1 ? "" : $"{n.Name}/")))]),
            ["models"] = new JsonObject(networks.Select(n => KeyValuePair.Create(n.Name, (JsonNode?)new JsonObject
            {
                ["input_shape"] = Shape(n.Network.InputShape.Axes),
                ["output_shape"] = Shape(n.Network.OutputShape.Axes),
                ["parameters"] = n.Network.ParameterCount,
                ["trainable_parameters"] = n.Network.TrainableParameterCount,
                ["flops"] = n.Network.Flops,
            }))),
            ["input_shape"] = Shape(networks[0].Network.InputShape.Axes),
            ["output_shape"] = Shape(networks[0].Network.OutputShape.Axes),
            ["parameters"] = networks.Sum(n => n.Network.ParameterCount),
            ["trainable_parameters"] = networks.Sum(n => n.Network.TrainableParameterCount),
            ["flops"] = networks.Sum(n => n.Network.Flops),
            ["peak_memory_bytes"] = peakMemory,
            ["train_rows"] = data.Counts.Train,
            ["validation_rows"] = data.Counts.Validation,
            ["steps_per_epoch"] = stepsPerEpoch,
            ["estimated_seconds_per_epoch"] = Rounded(secondsPerEpoch),
        }.ToJsonString(JsonSerializerOptions.Default);

    // What takes the network's own input has no layer to name.
    private static JsonObject Layer(NetworkLayer layer, Network network, string prefix = "") => new()
    {
        ["name"] = prefix + layer.Name,
        ["type"] = layer.Layer.TypeName,
        ["inputs"] = new JsonArray([.. layer.Inputs.Where(i => i >= 0).Select(i => (JsonNode?)(prefix + network.Layers[i].Name))]),
        ["output_shape"] = Shape(layer.OutputShape.Axes),
        ["parameters"] = layer.ParameterCount,
        ["trainable_parameters"] = layer.TrainableParameterCount,
        ["flops"] = layer.Flops,
    };

    private static JsonObject Phase(PhasePlan phase, PhaseSpec asked, int rows, double secondsPerEpoch)
    {
        IEnumerable<NetworkLayer> weighted = phase.Network.Layers.Where(l => l.ParameterCount > 0);
        int steps = phase.StepsPerEpoch(rows);
        return new JsonObject
        {
            ["epochs"] = phase.Epochs,
            ["trainable_parameters"] = phase.Network.TrainableParameterCount,
            ["trainable_layers"] = Names(weighted.Where(l => l.Node.Trainable)),
            ["frozen_layers"] = Names(weighted.Where(l => !l.Node.Trainable)),
            ["optimizer"] = asked.Optimizer!.Descriptor.Name,
            ["optimizer_goes_on"] = phase.KeepsOptimizer,
            ["schedule"] = asked.Schedule?.Descriptor.Name,
            ["highest_learning_rate"] = PhaseAdvice.HighestRate(phase, rows),
            ["batch_size"] = phase.BatchSize,
            ["steps_per_epoch"] = steps,
            ["flops"] = phase.Network.TrainingFlops,
            ["estimated_seconds_per_epoch"] = Rounded(secondsPerEpoch),
        };
    }

    private static JsonArray Names(IEnumerable<NetworkLayer> layers) => [.. layers.Select(l => (JsonNode?)l.Name)];

    private static JsonArray Shape(IEnumerable<int> axes) => [.. axes.Select(n => (JsonNode?)n)];

    // Three digits: more would pretend to know.
    internal static double Rounded(double seconds) => double.Parse(seconds.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
