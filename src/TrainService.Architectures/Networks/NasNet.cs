namespace TrainService.Architectures.Networks;

/// <summary>Two kinds of cells, found by search on small images, stacked.</summary>
public sealed class NasNet : Architecture
{
    private readonly int _size;
    private readonly int _filters;
    private readonly int _stem;
    private readonly int _cells;
    private readonly bool _skipReduction;

    private NasNet(string variant, int size, int penultimateFilters, int stem, int cells, bool skipReduction)
        => (Variant, _size, _filters, _stem, _cells, _skipReduction) = (variant, size, penultimateFilters / 24, stem, cells, skipReduction);

    public static IReadOnlyList<Architecture> All { get; } = [new NasNet("Mobile", 224, 1056, 32, 4, skipReduction: false), new NasNet("Large", 331, 4032, 96, 6, skipReduction: true)];

    public override string Name => Variant == "Mobile" ? "nasnet_mobile" : "nasnet_large";

    public override string KerasName => $"NASNet{Variant}";

    public override string Summary => $"Cells found by architecture search, the {Variant.ToLowerInvariant()} network.";

    public override string Advice => Variant == "Mobile"
        ? "As small as MobileNetV2 but several times slower here: many small layers."
        : "The most accurate of the list and by far the slowest; takes inputs from -1 to 1.";

    public override string Paper => "Zoph, Vasudevan, Shlens, Le 2017, Learning transferable architectures for scalable image recognition, arXiv:1707.07012";

    public override IReadOnlyList<int> DefaultInput => [_size, _size, 3];

    private protected override string AveragePoolName => "global_average_pooling2d";

    private string Variant { get; }

    private protected override string AddFeatures(GraphBuilder graph, string x, IReadOnlyList<int> input, ArchitectureOptions options)
    {
        NasNetCells cells = new(graph);
        string stem = graph.Conv("stem_conv1", x, _stem, 3, stride: 2, bias: false);
        NasNetCells.Image now = new(NasNetCells.Normalize(graph, "stem_bn1", stem), (input[0] - 1) / 2, (input[1] - 1) / 2, _stem);
        NasNetCells.Image? before = null;
        Advance(cells.Reduction(now, before, _filters / 4, "stem_1"));
        Advance(cells.Reduction(now, before, _filters / 2, "stem_2"));
        for (int stage = 0; stage < 3; stage++)
        {
            int filters = _filters << stage, first = stage == 0 ? 0 : (stage * _cells) + 1;
            if (stage > 0)
            {
                NasNetCells.Image whole = now;
                now = cells.Reduction(now, before, filters, $"reduce_{stage * _cells}");
                if (!_skipReduction) before = whole;
            }

            for (int i = 0; i < _cells; i++) Advance(cells.Normal(now, before, filters, $"{first + i}"));
        }

        return graph.Activate(graph.Unnamed("activation"), now.Name, "relu");

        void Advance(NasNetCells.Image next) => (before, now) = (now, next);
    }
}
