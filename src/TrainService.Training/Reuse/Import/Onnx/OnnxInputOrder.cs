using TrainService.Formats.Onnx;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>Tells whether an input's second axis are channels, by the first nodes that work on it.</summary>
internal static class OnnxInputOrder
{
    private static readonly HashSet<string> ChannelsFirst = new(StringComparer.Ordinal)
    {
        "Conv", "ConvTranspose", "BatchNormalization", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LRN", "InstanceNormalization", "GroupNormalization", "DepthToSpace", "SpaceToDepth",
    };

    /// <summary>Operators that leave each number in its place.</summary>
    private static readonly HashSet<string> Passing = new(StringComparer.Ordinal)
    {
        "Identity", "Dropout", "Cast", "Relu", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "Clip", "Add", "Sub", "Mul", "Div", "Pad", "QuantizeLinear", "DequantizeLinear", "PRelu", "HardSigmoid", "HardSwish",
        "Softplus", "Softsign", "Neg", "Resize", "Upsample",
    };

    public static bool IsChannelsFirst(string input, IReadOnlyList<OnnxNode> nodes)
    {
        HashSet<string> names = new(StringComparer.Ordinal) { input };
        foreach (OnnxNode node in nodes)
        {
            if (node.Inputs.Count == 0 || !node.Inputs.Any(names.Contains)) continue;
            if (ChannelsFirst.Contains(node.Operator)) return true;
            if (Passing.Contains(node.Operator)) names.UnionWith(node.Outputs);
        }
        return false;
    }
}
