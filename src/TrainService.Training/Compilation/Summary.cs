using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Data.Requests;
using TrainService.NeuralNet.Graph;

namespace TrainService.Training.Compilation;

/// <summary>What would happen, for people and the dashboard: layers with shapes and costs, totals, memory, time.</summary>
internal static class Summary
{
    public static string Of(Network network, DescribedData data, int batchSize, long peakMemory, double secondsPerEpoch)
    {
        int steps = (int)(((long)data.Counts.Train + batchSize - 1) / batchSize);
        return new JsonObject
        {
            ["layers"] = new JsonArray([.. network.Layers.Select(l => new JsonObject
            {
                ["name"] = l.Name,
                ["type"] = l.Layer.TypeName,
                ["output_shape"] = Shape(l.OutputShape.Axes),
                ["parameters"] = l.ParameterCount,
                ["trainable_parameters"] = l.TrainableParameterCount,
                ["flops"] = l.Flops,
            })]),
            ["input_shape"] = Shape(network.InputShape.Axes),
            ["output_shape"] = Shape(network.OutputShape.Axes),
            ["parameters"] = network.ParameterCount,
            ["trainable_parameters"] = network.TrainableParameterCount,
            ["flops"] = network.Flops,
            ["peak_memory_bytes"] = peakMemory,
            ["train_rows"] = data.Counts.Train,
            ["validation_rows"] = data.Counts.Validation,
            ["steps_per_epoch"] = steps,
            ["estimated_seconds_per_epoch"] = Rounded(secondsPerEpoch),
        }.ToJsonString(JsonSerializerOptions.Default);
    }

    private static JsonArray Shape(IEnumerable<int> axes) => [.. axes.Select(n => (JsonNode?)n)];

    // Three digits: more would pretend to know.
    private static double Rounded(double seconds) => double.Parse(seconds.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
