using static TrainService.Architectures.Networks.InceptionBlocks;

namespace TrainService.Architectures.Networks;

/// <summary>Branches of several kernel sizes side by side; large kernels taken apart into rows and columns.</summary>
public sealed class InceptionV3 : Architecture
{
    public override string Name => "inception_v3";

    public override string KerasName => "InceptionV3";

    public override string Summary => "Network of parallel branches with kernels of several sizes.";

    public override string Advice => "As good as ResNet50 or better at larger images; takes inputs from -1 to 1.";

    public override string Paper => "Szegedy, Vanhoucke, Ioffe, Shlens, Wojna 2015, Rethinking the Inception architecture for computer vision, arXiv:1512.00567";

    public override IReadOnlyList<int> DefaultInput => [299, 299, 3];

    public override int LeastSize => 75;

    private protected override string AddFeatures(GraphBuilder graph, string x, IReadOnlyList<int> input, ArchitectureOptions options)
    {
        x = Stem(graph, x);
        x = Mixed(graph, "mixed0", x, 64, 32);
        x = Mixed(graph, "mixed1", x, 64, 64);
        x = Mixed(graph, "mixed2", x, 64, 64);

        string three = Conv(graph, x, 384, 3, 2, "valid");
        string twice = Conv(graph, Conv(graph, Conv(graph, x, 64, 1), 96, 3), 96, 3, 2, "valid");
        x = graph.Concatenate("mixed3", three, twice, Halve(graph, x));

        foreach ((int number, int filters) in ((int, int)[])[(4, 128), (5, 160), (6, 160), (7, 192)]) x = Seven(graph, $"mixed{number}", x, filters);

        three = Conv(graph, Conv(graph, x, 192, 1), 320, 3, 2, "valid");
        string seven = Bar(graph, Bar(graph, Conv(graph, x, 192, 1), 192, 1, 7), 192, 7, 1);
        seven = Conv(graph, seven, 192, 3, 2, "valid");
        x = graph.Concatenate("mixed8", three, seven, Halve(graph, x));

        x = Wide(graph, 0, x);
        return Wide(graph, 1, x);
    }

    /// <summary>7x7 kernels as 1x7 and 7x1.</summary>
    private static string Seven(GraphBuilder graph, string name, string x, int filters)
    {
        string one = Conv(graph, x, 192, 1);
        string seven = Bar(graph, Bar(graph, Conv(graph, x, filters, 1), filters, 1, 7), 192, 7, 1);
        string twice = Bar(graph, Bar(graph, Conv(graph, x, filters, 1), filters, 7, 1), filters, 1, 7);
        twice = Bar(graph, Bar(graph, twice, filters, 7, 1), 192, 1, 7);
        return graph.Concatenate(name, one, seven, twice, Conv(graph, Smooth(graph, x), 192, 1));
    }

    /// <summary>3x3 kernels as 1x3 beside 3x1.</summary>
    private static string Wide(GraphBuilder graph, int number, string x)
    {
        string one = Conv(graph, x, 320, 1);
        string three = Split(graph, $"mixed9_{number}", Conv(graph, x, 384, 1));
        string twice = Conv(graph, Conv(graph, x, 448, 1), 384, 3);
        twice = Split(graph, graph.Unnamed("concatenate"), twice);
        return graph.Concatenate($"mixed{9 + number}", one, three, twice, Conv(graph, Smooth(graph, x), 192, 1));
    }

    private static string Split(GraphBuilder graph, string name, string x) => graph.Concatenate(name, Bar(graph, x, 384, 1, 3), Bar(graph, x, 384, 3, 1));
}
