using System.Text.Json.Nodes;
using TrainService.NeuralNet.Graph;

namespace TrainService.Training.Export;

/// <summary>A layer as Keras will have it.</summary>
/// <param name="ClassName">Keras's class, exported as <c>keras.layers.…</c>.</param>
/// <param name="Config">Its arguments, without name, trainable and dtype.</param>
/// <param name="Source">Whose tensors it has; null when it has none.</param>
internal sealed record KerasGraphLayer(string Name, string ClassName, JsonObject Config, bool Trainable, NetworkLayer? Source)
{
    /// <summary>For each call of it, its inputs: names of layers, and which call of them.</summary>
    public List<IReadOnlyList<KerasCall>> Calls { get; } = [];

    /// <summary>Shape of a sample that each call puts out.</summary>
    public List<IReadOnlyList<int>> Shapes { get; } = [];
}

internal readonly record struct KerasCall(string Layer, int Index);

/// <summary>
/// The layers of a model as Keras will have them, in the order in which Keras lists them: by their depth, which is the longest way to the output, and then
/// by when a walk from the output, first inputs first, comes by. Files refer to layers by that order. Source: keras/src/ops/function.py, map_graph.
/// </summary>
internal static class KerasOrder
{
    /// <param name="outputs">In the model's order; the walk starts from one after the other.</param>
    public static List<KerasGraphLayer> Of(IReadOnlyDictionary<string, KerasGraphLayer> layers, IReadOnlyList<KerasCall> outputs)
    {
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        var finished = new List<KerasCall>();
        var visited = new HashSet<KerasCall>();
        foreach (KerasCall output in outputs) Walk(layers, output, seen, visited, finished);
        Dictionary<KerasCall, int> depths = [];
        Dictionary<string, int> layerDepths = new(StringComparer.Ordinal);
        for (int i = finished.Count - 1; i >= 0; i--)
        {
            KerasCall call = finished[i];
            int depth = Math.Max(depths.GetValueOrDefault(call), layerDepths.GetValueOrDefault(call.Layer));
            (depths[call], layerDepths[call.Layer]) = (depth, depth);
            foreach (KerasCall input in layers[call.Layer].Calls[call.Index]) depths[input] = Math.Max(depth + 1, depths.GetValueOrDefault(input));
        }
        return [.. seen.Keys.OrderByDescending(n => layerDepths[n]).ThenBy(n => seen[n]).Select(n => layers[n])];
    }

    // Depth first without recursion: networks are deep.
    private static void Walk(IReadOnlyDictionary<string, KerasGraphLayer> layers, KerasCall output, Dictionary<string, int> seen, HashSet<KerasCall> visited, List<KerasCall> finished)
    {
        if (!visited.Add(output)) return;
        var path = new Stack<(KerasCall Call, int Next)>();
        seen.TryAdd(output.Layer, seen.Count);
        path.Push((output, 0));
        while (path.TryPop(out (KerasCall Call, int Next) at))
        {
            IReadOnlyList<KerasCall> inputs = layers[at.Call.Layer].Calls[at.Call.Index];
            if (at.Next == inputs.Count)
            {
                finished.Add(at.Call);
                continue;
            }
            path.Push((at.Call, at.Next + 1));
            KerasCall input = inputs[at.Next];
            if (!visited.Add(input)) continue;
            seen.TryAdd(input.Layer, seen.Count);
            path.Push((input, 0));
        }
    }
}
