using System.Text.Json.Nodes;
using TrainService.Formats;
using TrainService.Formats.Safetensors;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.NeuralNet.Graph;
using TrainService.Training.Running;

namespace TrainService.Training.Reuse;

/// <summary>Gives a run that begins the weights of the checkpoint that its job starts from.</summary>
internal static class StartWeights
{
    private const int MostNames = 30;

    /// <returns>What was loaded, what is new and what is frozen, for the log.</returns>
    /// <exception cref="TrainingFailedException">The checkpoint is gone, or not what the job was checked against.</exception>
    public static Task<NewJobEvent> LayAsync(ICheckpointStore checkpoints, WeightsFrom from, IRun run) => LayAsync(checkpoints, from, run.Network, run.StartFrom, "log:start");

    /// <param name="start">Lays tensors over the start values that were drawn.</param>
    /// <param name="key">Of the event.</param>
    /// <inheritdoc cref="LayAsync(ICheckpointStore, WeightsFrom, IRun)"/>
    public static async Task<NewJobEvent> LayAsync(ICheckpointStore checkpoints, WeightsFrom from, Network network, Func<IReadOnlyList<NamedArray>, WeightReport> start, string key)
    {
        if (await checkpoints.FindAsync(from.Checkpoint, CancellationToken.None).ConfigureAwait(false) is not { } record)
            throw new TrainingFailedException($"The checkpoint that it starts from, {from.Checkpoint}, has been deleted.");
        IReadOnlyList<NamedArray> arrays;
        try
        {
            using Stream file = await checkpoints.OpenAsync(record, CancellationToken.None).ConfigureAwait(false);
            arrays = SafetensorsFile.Read(file).Arrays;
        }
        catch (Exception e) when (e is InvalidDataException or ArrayFormatException)
        {
            throw new TrainingFailedException($"The checkpoint that it starts from, {from.Checkpoint}, can't be read: {e.Message}");
        }
        HashSet<string> layers = new(from.Layers, StringComparer.Ordinal);
        NetworkLayer[] weighted = [.. network.Layers.Where(l => l.Parameters.Count > 0)];
        WeightReport report = start([.. arrays.Where(a => layers.Contains(a.Name[..Math.Max(0, a.Name.LastIndexOf('/'))]))]);
        HashSet<string> loaded = new(report.Loaded, StringComparer.Ordinal);
        string[] lacking = [.. weighted.Where(l => layers.Contains(l.Name)).SelectMany(l => l.Parameters.Select(p => $"{l.Name}/{p.Name}")).Where(n => !loaded.Contains(n))];
        if (lacking.Length > 0) throw new TrainingFailedException($"The checkpoint that it starts from, {from.Checkpoint}, does not fit: {List(lacking)}.");
        string[] left = [.. arrays.Select(a => a.Name).Where(n => !loaded.Contains(n))];
        JsonObject told = ReuseReport.Of(from, network);
        told["tensors"] = Tensors(report.Loaded);
        told["left_out_tensors"] = Tensors(left);
        string message = $"Weights of {from.Checkpoint}: taken for {List(weighted.Where(l => layers.Contains(l.Name)).Select(l => l.Name))}; "
            + $"new: {List(weighted.Where(l => !layers.Contains(l.Name)).Select(l => l.Name))}; frozen: {List(weighted.Where(l => !l.Node.Trainable).Select(l => l.Name))}; left out: {List(left)}.";
        return RunEvents.Log(message, key, ("weights", told));
    }

    private static JsonArray Tensors(IEnumerable<string> names) => [.. names.Select(n => (JsonNode?)n)];

    private static string List(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 0 ? "none" : string.Join(", ", all.Take(MostNames)) + (all.Length > MostNames ? $" and {all.Length - MostNames} more" : "");
    }
}
