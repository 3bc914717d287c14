namespace TrainService.Architectures.Networks;

/// <summary>Every layer of a block sees the outputs of all layers before it in the block.</summary>
public sealed class DenseNet : Architecture
{
    private const int Growth = 32;

    private readonly int[] _blocks;

    private DenseNet(params int[] blocks) => _blocks = blocks;

    /// <summary>By the layers of their four blocks.</summary>
    public static IReadOnlyList<Architecture> All { get; } = [new DenseNet(6, 12, 24, 16), new DenseNet(6, 12, 32, 32), new DenseNet(6, 12, 48, 32)];

    public override string Name => $"densenet{Depth}";

    public override string KerasName => $"DenseNet{Depth}";

    public override string Summary => $"Densely connected network of {Depth} layers.";

    public override string Advice => "Few weights for its accuracy; its many concatenations cost memory and time in training.";

    public override string Paper => "Huang, Liu, van der Maaten, Weinberger 2016, Densely connected convolutional networks, arXiv:1608.06993";

    private protected override string BareAveragePoolName => "avg_pool";

    private protected override string BareMaxPoolName => "max_pool";

    /// <summary>Two convolutions a layer, one between blocks, the first one and the classifier.</summary>
    private int Depth => (2 * _blocks.Sum()) + _blocks.Length + 1;

    private protected override string AddFeatures(GraphBuilder graph, string x, IReadOnlyList<int> input, ArchitectureOptions options)
    {
        x = graph.Pad(graph.Unnamed("zero_padding2d"), x, 3, 3, 3, 3);
        x = Activated(graph, "conv1", graph.Conv("conv1_conv", x, 64, 7, stride: 2, bias: false));
        x = graph.Pad(graph.Unnamed("zero_padding2d"), x, 1, 1, 1, 1);
        x = graph.MaxPool("pool1", x, 3, 2);
        int channels = 64;
        for (int b = 0; b < _blocks.Length; b++)
        {
            for (int i = 1; i <= _blocks[b]; i++) x = Layer(graph, $"conv{b + 2}_block{i}", x);
            channels += Growth * _blocks[b];
            if (b == _blocks.Length - 1) break;
            string pool = $"pool{b + 2}";
            channels /= 2;
            x = graph.Conv($"{pool}_conv", Activated(graph, pool, x), channels, 1, bias: false);
            x = graph.AveragePool($"{pool}_pool", x, 2, 2);
        }

        x = ResidualBlocks.Normalize(graph, "bn", x);
        return graph.Activate("relu", x, "relu");
    }

    /// <summary>1x1 to four times the growth, 3x3 to the growth, beside what was there.</summary>
    private static string Layer(GraphBuilder graph, string name, string x)
    {
        string y = graph.Conv($"{name}_1_conv", Activated(graph, $"{name}_0", x), 4 * Growth, 1, bias: false);
        y = graph.Conv($"{name}_2_conv", Activated(graph, $"{name}_1", y), Growth, 3, padding: "same", bias: false);
        return graph.Concatenate($"{name}_concat", x, y);
    }

    private static string Activated(GraphBuilder graph, string name, string x)
        => graph.Activate($"{name}_relu", ResidualBlocks.Normalize(graph, $"{name}_bn", x), "relu");
}
