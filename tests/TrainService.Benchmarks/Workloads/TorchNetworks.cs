using System.Text.Json.Nodes;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;

namespace TrainService.Benchmarks.Workloads;

/// <summary>
/// ResNet-50 and MobileNetV2 as the peers' library defines them (the ResNet strides in its 3x3 convolutions and has no bias there, unlike Keras's), so
/// that both sides do the same arithmetic. Only the zeros of strided windows stand as Keras's padding "same" puts them.
/// </summary>
internal static class TorchNetworks
{
    public static LayerNode[] ResNet50()
    {
        Graph g = new();
        string x = g.Normalized(g.Convolve("input", 64, 7, 2), "relu");
        x = g.Add("max_pooling2d", [x], ("pool_size", 3), ("strides", 2), ("padding", "same"));
        foreach ((int filters, int blocks, int stride) in new[] { (64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2) })
            for (int i = 0; i < blocks; i++) x = Bottleneck(g, x, filters, i == 0 ? stride : 1, project: i == 0);
        x = g.Add("global_average_pooling2d", [x]);
        g.Add("dense", [x], ("units", 1000), ("activation", "softmax"));
        return g.Nodes;
    }

    /// <param name="features">Without the classifier, up to the pooled features.</param>
    public static LayerNode[] MobileNetV2(bool features = false)
    {
        Graph g = new();
        string x = g.Normalized(g.Convolve("input", 32, 3, 2), "relu6");
        int channels = 32;
        foreach ((int expand, int filters, int blocks, int stride) in new[]
            { (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1) })
        {
            for (int i = 0; i < blocks; i++, channels = filters) x = InvertedResidual(g, x, channels, expand, filters, i == 0 ? stride : 1);
        }

        x = g.Normalized(g.Convolve(x, 1280, 1, 1), "relu6");
        x = g.Add("global_average_pooling2d", [x]);
        if (features) return g.Nodes;
        x = g.Add("dropout", [x], ("rate", 0.2));
        g.Add("dense", [x], ("units", 1000), ("activation", "softmax"));
        return g.Nodes;
    }

    /// <summary>A frozen backbone with a small head that learns two classes.</summary>
    public static LayerNode[] FrozenMobileNetV2()
    {
        Graph g = new();
        g.Add("dense", [], ("units", 64), ("activation", "relu"));
        g.Add("dense", [], ("units", 2), ("activation", "softmax"));
        return [.. MobileNetV2(features: true).Select(node => node with { Trainable = false }), .. g.Nodes.Select(node => node with { Name = $"head_{node.Name}" })];
    }

    private static string Bottleneck(Graph g, string x, int filters, int stride, bool project)
    {
        string shortcut = project ? g.Normalized(g.Convolve(x, 4 * filters, 1, stride)) : x;
        x = g.Normalized(g.Convolve(x, filters, 1, 1), "relu");
        x = g.Normalized(g.Convolve(x, filters, 3, stride), "relu");
        x = g.Normalized(g.Convolve(x, 4 * filters, 1, 1));
        return g.Add("relu", [g.Add("add", [x, shortcut])]);
    }

    private static string InvertedResidual(Graph g, string input, int channels, int expand, int filters, int stride)
    {
        string x = expand == 1 ? input : g.Normalized(g.Convolve(input, channels * expand, 1, 1), "relu6");
        x = g.Normalized(g.Add("depthwise_conv2d", [x], ("kernel_size", 3), ("strides", stride), ("padding", "same"), ("use_bias", false)), "relu6");
        x = g.Normalized(g.Convolve(x, filters, 1, 1));
        return stride == 1 && channels == filters ? g.Add("add", [input, x]) : x;
    }

    private sealed class Graph
    {
        private readonly List<LayerNode> _nodes = [];

        public LayerNode[] Nodes => [.. _nodes];

        public string Add(string type, string[] inputs, params ReadOnlySpan<(string Name, JsonNode? Value)> arguments)
        {
            JsonObject layer = new() { ["type"] = type };
            foreach ((string argument, JsonNode? value) in arguments) layer[argument] = value;
            string name = $"layer_{_nodes.Count}";
            _nodes.Add(new LayerNode(name, Catalog.Part<Layer>("layer", layer.ToJsonString()), inputs));
            return name;
        }

        public string Convolve(string x, int filters, int size, int stride)
            => Add("conv2d", [x], ("filters", filters), ("kernel_size", size), ("strides", stride), ("padding", "same"), ("use_bias", false));

        public string Normalized(string x, string? activation = null)
        {
            x = Add("batch_normalization", [x], ("momentum", 0.9), ("epsilon", 1e-5));
            return activation is null ? x : Add(activation, [x]);
        }
    }
}
