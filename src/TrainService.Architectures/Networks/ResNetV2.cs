namespace TrainService.Architectures.Networks;

/// <summary>Residual networks of the second version: normalization and activation stand before the convolutions, so that the sums pass through unchanged.</summary>
public sealed class ResNetV2 : Architecture
{
    private readonly int _depth;
    private readonly int _third;
    private readonly int _fourth;

    private ResNetV2(int depth, int third, int fourth) => (_depth, _third, _fourth) = (depth, third, fourth);

    /// <summary>By the blocks of their third and fourth stage.</summary>
    public static IReadOnlyList<Architecture> All { get; } = [new ResNetV2(50, 4, 6), new ResNetV2(101, 4, 23), new ResNetV2(152, 8, 36)];

    public override string Name => $"resnet{_depth}_v2";

    public override string KerasName => $"ResNet{_depth}V2";

    public override string Summary => $"Residual network of {_depth} layers with normalization before the convolutions.";

    public override string Advice => "Trains a little more easily than the first version, most of all when it is deep; takes inputs from -1 to 1.";

    public override string Paper => "He, Zhang, Ren, Sun 2016, Identity mappings in deep residual networks, arXiv:1603.05027";

    private protected override string BareAveragePoolName => "avg_pool";

    private protected override string BareMaxPoolName => "max_pool";

    private protected override string AddFeatures(GraphBuilder graph, string x, IReadOnlyList<int> input, ArchitectureOptions options)
    {
        x = graph.Pad("conv1_pad", x, 3, 3, 3, 3);
        x = graph.Conv("conv1_conv", x, 64, 7, stride: 2);
        x = graph.Pad("pool1_pad", x, 1, 1, 1, 1);
        x = graph.MaxPool("pool1_pool", x, 3, 2);
        x = Stack(graph, "conv2", x, 64, 3, stride: 2);
        x = Stack(graph, "conv3", x, 128, _third, stride: 2);
        x = Stack(graph, "conv4", x, 256, _fourth, stride: 2);
        x = Stack(graph, "conv5", x, 512, 3, stride: 1);
        return graph.Activate("post_relu", ResidualBlocks.Normalize(graph, "post_bn", x), "relu");
    }

    /// <summary>Blocks of one width; the last one halves the image when <paramref name="stride"/> is 2.</summary>
    private static string Stack(GraphBuilder graph, string name, string x, int filters, int blocks, int stride)
    {
        x = Block(graph, $"{name}_block1", x, filters, 1, convolveShortcut: true);
        for (int i = 2; i < blocks; i++) x = Block(graph, $"{name}_block{i}", x, filters, 1, convolveShortcut: false);
        return Block(graph, $"{name}_block{blocks}", x, filters, stride, convolveShortcut: false);
    }

    private static string Block(GraphBuilder graph, string name, string x, int filters, int stride, bool convolveShortcut)
    {
        string active = graph.Activate($"{name}_preact_relu", ResidualBlocks.Normalize(graph, $"{name}_preact_bn", x), "relu");
        string shortcut = convolveShortcut ? graph.Conv($"{name}_0_conv", active, 4 * filters, 1, stride)
            : stride > 1 ? graph.MaxPool(graph.Unnamed("max_pooling2d"), x, 1, stride)
            : x;
        x = graph.Conv($"{name}_1_conv", active, filters, 1, bias: false);
        x = graph.Activate($"{name}_1_relu", ResidualBlocks.Normalize(graph, $"{name}_1_bn", x), "relu");
        x = graph.Pad($"{name}_2_pad", x, 1, 1, 1, 1);
        x = graph.Conv($"{name}_2_conv", x, filters, 3, stride, bias: false);
        x = graph.Activate($"{name}_2_relu", ResidualBlocks.Normalize(graph, $"{name}_2_bn", x), "relu");
        x = graph.Conv($"{name}_3_conv", x, 4 * filters, 1);
        return graph.Join("add", $"{name}_out", [shortcut, x]);
    }
}
