namespace TrainService.Architectures.Networks;

/// <summary>Residual network of 50 weighted layers: bottleneck blocks that add to what they were given.</summary>
public sealed class ResNet50 : Architecture
{
    public override string Name => "resnet50";

    public override string KerasName => "ResNet50";

    public override string Summary => "Residual network of 50 layers.";

    public override string Advice => "A strong, well-understood backbone for images; on a CPU, MobileNetV2 is several times faster.";

    public override string Paper => "He, Zhang, Ren, Sun 2015, Deep residual learning for image recognition, arXiv:1512.03385";

    private protected override string AddFeatures(GraphBuilder graph, string x, IReadOnlyList<int> input, ArchitectureOptions options)
    {
        x = graph.Pad("conv1_pad", x, 3, 3, 3, 3);
        x = graph.Conv("conv1_conv", x, 64, 7, stride: 2);
        x = graph.Activate("conv1_relu", ResidualBlocks.Normalize(graph, "conv1_bn", x), "relu");
        x = graph.Pad("pool1_pad", x, 1, 1, 1, 1);
        x = graph.MaxPool("pool1_pool", x, 3, 2);
        x = ResidualBlocks.Stack(graph, "conv2", x, 64, blocks: 3, stride: 1);
        x = ResidualBlocks.Stack(graph, "conv3", x, 128, blocks: 4, stride: 2);
        x = ResidualBlocks.Stack(graph, "conv4", x, 256, blocks: 6, stride: 2);
        return ResidualBlocks.Stack(graph, "conv5", x, 512, blocks: 3, stride: 2);
    }
}
