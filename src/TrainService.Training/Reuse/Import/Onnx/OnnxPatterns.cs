using TrainService.Formats;
using TrainService.Formats.Onnx;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>Operators that older versions lack, as exporters spell them out: gelu as x · (1 + erf(x / √2)) / 2, its factors in any order.</summary>
internal static class OnnxPatterns
{
    private const float Close = 1e-4f;

    /// <summary>The same graph with such groups of nodes replaced by one.</summary>
    public static OnnxModel Gather(OnnxModel model)
    {
        OnnxNode[] nodes = [.. model.Graph.Nodes];
        if (!nodes.Any(n => n is { Operator: "Erf", Domain: "" })) return model;
        Dictionary<string, OnnxNode> makers = new(StringComparer.Ordinal);
        foreach (OnnxNode node in nodes)
            foreach (string output in node.Outputs) makers[output] = node;
        Dictionary<string, float> numbers = new(StringComparer.Ordinal);
        foreach (NamedArray tensor in model.Graph.Initializers)
            if (tensor.Count == 1) numbers[tensor.Name] = tensor.ToSingles()[0];
        foreach (OnnxNode node in nodes)
            if (node is { Operator: "Constant", Outputs.Count: 1 } && node.Attributes.FirstOrDefault(a => a.Name == "value")?.Tensor is { Count: 1 } value) numbers[node.Outputs[0]] = value.ToSingles()[0];
        for (int i = 0; i < nodes.Length; i++)
            if (GeluOf(nodes[i]) is { } x) nodes[i] = new OnnxNode("Gelu", [x], nodes[i].Outputs, []) { Name = nodes[i].Name };
        return model with { Graph = model.Graph with { Nodes = nodes } };

        // A product of x, 1/2 and 1 + erf(x / √2), multiplied in two steps.
        string? GeluOf(OnnxNode node)
        {
            if (node is not { Operator: "Mul", Inputs.Count: 2 }) return null;
            foreach (string inner in node.Inputs)
            {
                if (!makers.TryGetValue(inner, out OnnxNode? product) || product is not { Operator: "Mul", Inputs.Count: 2 }) continue;
                string[] factors = [.. product.Inputs, node.Inputs[0] == inner ? node.Inputs[1] : node.Inputs[0]];
                int half = Array.FindIndex(factors, f => Is(f, 0.5f));
                if (half < 0) continue;
                string[] others = [.. factors.Where((_, k) => k != half)];
                for (int k = 0; k < 2; k++)
                    if (ErfOf(others[k]) is { } x && x == others[1 - k]) return x;
            }
            return null;
        }

        string? ErfOf(string name)
        {
            if (!makers.TryGetValue(name, out OnnxNode? sum) || sum is not { Operator: "Add", Inputs.Count: 2 }) return null;
            string? erf = Is(sum.Inputs[0], 1) ? sum.Inputs[1] : Is(sum.Inputs[1], 1) ? sum.Inputs[0] : null;
            if (erf is null || !makers.TryGetValue(erf, out OnnxNode? function) || function is not { Operator: "Erf", Inputs.Count: 1 } || !makers.TryGetValue(function.Inputs[0], out OnnxNode? scaled) || scaled.Inputs.Count != 2) return null;
            return scaled.Operator switch
            {
                "Div" when Is(scaled.Inputs[1], MathF.Sqrt(2)) => scaled.Inputs[0],
                "Mul" when Is(scaled.Inputs[1], 1 / MathF.Sqrt(2)) => scaled.Inputs[0],
                "Mul" when Is(scaled.Inputs[0], 1 / MathF.Sqrt(2)) => scaled.Inputs[1],
                _ => null,
            };
        }

        bool Is(string name, float value) => numbers.TryGetValue(name, out float number) && Math.Abs(number - value) < Close;
    }
}
