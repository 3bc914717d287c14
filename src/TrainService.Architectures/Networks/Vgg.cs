namespace TrainService.Architectures.Networks;

/// <summary>Plain stacks of 3x3 convolutions, halved five times, with three wide dense layers on top.</summary>
public sealed class Vgg : Architecture
{
    private readonly int _deep;

    private Vgg(int deep) => _deep = deep;

    /// <summary>By the convolutions of each of the last three blocks: 3 or 4.</summary>
    public static IReadOnlyList<Architecture> All { get; } = [new Vgg(3), new Vgg(4)];

    public override string Name => $"vgg{7 + (3 * _deep)}";

    public override string KerasName => $"VGG{7 + (3 * _deep)}";

    public override string Summary => $"Plain network of {7 + (3 * _deep)} layers: 3x3 convolutions and three dense layers.";

    public override string Advice => "Easy to understand and good for looking at what layers see; huge and slow for what it reaches: a residual network does better with a fifth of the weights.";

    public override string Paper => "Simonyan, Zisserman 2014, Very deep convolutional networks for large-scale image recognition, arXiv:1409.1556";

    private protected override string AddFeatures(GraphBuilder graph, string x, IReadOnlyList<int> input, ArchitectureOptions options)
    {
        foreach ((int block, int filters, int convolutions) in ((int, int, int)[])[(1, 64, 2), (2, 128, 2), (3, 256, _deep), (4, 512, _deep), (5, 512, _deep)])
        {
            for (int i = 1; i <= convolutions; i++) x = graph.Conv($"block{block}_conv{i}", x, filters, 3, padding: "same", activation: "relu");
            x = graph.MaxPool($"block{block}_pool", x, 2, 2);
        }

        return x;
    }

    private protected override void AddTop(GraphBuilder graph, string x, ArchitectureOptions options)
    {
        if (!options.IncludeTop)
        {
            Pool(graph, x, options.Pooling);
            return;
        }

        x = graph.Dense("fc1", graph.Add("flatten", "flatten", x), 4096);
        graph.Classifier("predictions", graph.Dense("fc2", x, 4096), options);
    }
}
