namespace TrainService.Architectures.Networks;

/// <summary>Residual networks of the first version: bottleneck blocks that add to what they were given.</summary>
public sealed class ResNet : Architecture
{
    private readonly int _depth;
    private readonly int _third;
    private readonly int _fourth;

    private ResNet(int depth, int third, int fourth) => (_depth, _third, _fourth) = (depth, third, fourth);

    /// <summary>By the blocks of their third and fourth stage.</summary>
    public static IReadOnlyList<Architecture> All { get; } = [new ResNet(50, 4, 6), new ResNet(101, 4, 23), new ResNet(152, 8, 36)];

    public override string Name => $"resnet{_depth}";

    public override string KerasName => $"ResNet{_depth}";

    public override string Summary => $"Residual network of {_depth} layers.";

    public override string Advice => _depth == 50
        ? "A strong, well-understood backbone for images; on a CPU, MobileNetV2 is several times faster."
        : "A little better than ResNet50 for twice to three times its work; seldom worth it on a CPU.";

    public override string Paper => "He, Zhang, Ren, Sun 2015, Deep residual learning for image recognition, arXiv:1512.03385";

    private protected override string BareAveragePoolName => "avg_pool";

    private protected override string BareMaxPoolName => "max_pool";

    private protected override string AddFeatures(GraphBuilder graph, string x, IReadOnlyList<int> input, ArchitectureOptions options)
    {
        x = graph.Pad("conv1_pad", x, 3, 3, 3, 3);
        x = graph.Conv("conv1_conv", x, 64, 7, stride: 2);
        x = graph.Activate("conv1_relu", ResidualBlocks.Normalize(graph, "conv1_bn", x), "relu");
        x = graph.Pad("pool1_pad", x, 1, 1, 1, 1);
        x = graph.MaxPool("pool1_pool", x, 3, 2);
        x = ResidualBlocks.Stack(graph, "conv2", x, 64, blocks: 3, stride: 1);
        x = ResidualBlocks.Stack(graph, "conv3", x, 128, _third, stride: 2);
        x = ResidualBlocks.Stack(graph, "conv4", x, 256, _fourth, stride: 2);
        return ResidualBlocks.Stack(graph, "conv5", x, 512, blocks: 3, stride: 2);
    }
}
