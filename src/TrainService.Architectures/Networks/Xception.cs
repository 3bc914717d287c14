namespace TrainService.Architectures.Networks;

/// <summary>Separable convolutions throughout, with residual connections around pairs and triples of them.</summary>
public sealed class Xception : Architecture
{
    public override string Name => "xception";

    public override string KerasName => "Xception";

    public override string Summary => "Inception taken to its extreme: every convolution in two parts, over space and over channels.";

    public override string Advice => "Better than InceptionV3 with as many weights; takes inputs from -1 to 1.";

    public override string Paper => "Chollet 2016, Xception: deep learning with depthwise separable convolutions, arXiv:1610.02357";

    public override IReadOnlyList<int> DefaultInput => [299, 299, 3];

    public override int LeastSize => 71;

    private protected override string AddFeatures(GraphBuilder graph, string x, IReadOnlyList<int> input, ArchitectureOptions options)
    {
        x = Normalize(graph, "block1_conv1", graph.Conv("block1_conv1", x, 32, 3, stride: 2, bias: false));
        x = graph.Activate("block1_conv1_act", x, "relu");
        x = Normalize(graph, "block1_conv2", graph.Conv("block1_conv2", x, 64, 3, bias: false));
        x = graph.Activate("block1_conv2_act", x, "relu");
        foreach ((int block, int filters) in ((int, int)[])[(2, 128), (3, 256), (4, 728)]) x = Halving(graph, block, x, filters, filters);
        for (int block = 5; block <= 12; block++)
        {
            string y = x;
            for (int i = 1; i <= 3; i++) y = Active(graph, $"block{block}_sepconv{i}", y, 728);
            x = graph.Join("add", graph.Unnamed("add"), [y, x]);
        }

        x = Halving(graph, 13, x, 728, 1024);
        foreach ((int i, int filters) in ((int, int)[])[(1, 1536), (2, 2048)])
        {
            string name = $"block14_sepconv{i}";
            x = graph.Activate($"{name}_act", Normalize(graph, name, graph.SeparableConv(name, x, filters, 3)), "relu");
        }

        return x;
    }

    /// <summary>Two separable convolutions and a pooling that halves the image, beside a 1x1 convolution of stride 2.</summary>
    private static string Halving(GraphBuilder graph, int block, string x, int first, int second)
    {
        string shortcut = graph.Conv(graph.Unnamed("conv2d"), x, second, 1, stride: 2, padding: "same", bias: false);
        shortcut = graph.Normalize(graph.Unnamed("batch_normalization"), shortcut, momentum: 0.99, epsilon: 1e-3);
        // The first one of all follows an activation already.
        string name = $"block{block}_sepconv1";
        x = block == 2 ? Normalize(graph, name, graph.SeparableConv(name, x, first, 3)) : Active(graph, name, x, first);
        x = Active(graph, $"block{block}_sepconv2", x, second);
        x = graph.MaxPool($"block{block}_pool", x, 3, 2, "same");
        return graph.Join("add", graph.Unnamed("add"), [x, shortcut]);
    }

    private static string Active(GraphBuilder graph, string name, string x, int filters)
        => Normalize(graph, name, graph.SeparableConv(name, graph.Activate($"{name}_act", x, "relu"), filters, 3));

    private static string Normalize(GraphBuilder graph, string name, string x) => graph.Normalize($"{name}_bn", x, momentum: 0.99, epsilon: 1e-3);
}
