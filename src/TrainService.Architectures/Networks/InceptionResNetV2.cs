using static TrainService.Architectures.Networks.InceptionBlocks;

namespace TrainService.Architectures.Networks;

/// <summary>Inception's branches as residual blocks, each added with a small factor.</summary>
public sealed class InceptionResNetV2 : Architecture
{
    public override string Name => "inception_resnet_v2";

    public override string KerasName => "InceptionResNetV2";

    public override string Summary => "Inception's branches within residual blocks.";

    public override string Advice => "More accurate than InceptionV3, and more than twice its size; takes inputs from -1 to 1.";

    public override string Paper => "Szegedy, Ioffe, Vanhoucke, Alemi 2016, Inception-v4, Inception-ResNet and the impact of residual connections on learning, arXiv:1602.07261";

    public override IReadOnlyList<int> DefaultInput => [299, 299, 3];

    public override int LeastSize => 75;

    private protected override string AddFeatures(GraphBuilder graph, string x, IReadOnlyList<int> input, ArchitectureOptions options)
    {
        x = Mixed(graph, "mixed_5b", Stem(graph, x), 96, 64);
        for (int i = 1; i <= 10; i++)
        {
            string one = Conv(graph, x, 32, 1), two = Conv(graph, Conv(graph, x, 32, 1), 32, 3);
            string three = Conv(graph, Conv(graph, Conv(graph, x, 32, 1), 48, 3), 64, 3);
            x = Residual(graph, $"block35_{i}", x, 320, 0.17, one, two, three);
        }

        string first = Conv(graph, x, 384, 3, 2, "valid");
        string second = Conv(graph, Conv(graph, Conv(graph, x, 256, 1), 256, 3), 384, 3, 2, "valid");
        x = graph.Concatenate("mixed_6a", first, second, Halve(graph, x));
        for (int i = 1; i <= 20; i++)
        {
            string one = Conv(graph, x, 192, 1), two = Bar(graph, Bar(graph, Conv(graph, x, 128, 1), 160, 1, 7), 192, 7, 1);
            x = Residual(graph, $"block17_{i}", x, 1088, 0.1, one, two);
        }

        first = Conv(graph, Conv(graph, x, 256, 1), 384, 3, 2, "valid");
        second = Conv(graph, Conv(graph, x, 256, 1), 288, 3, 2, "valid");
        string third = Conv(graph, Conv(graph, Conv(graph, x, 256, 1), 288, 3), 320, 3, 2, "valid");
        x = graph.Concatenate("mixed_7a", first, second, third, Halve(graph, x));
        for (int i = 1; i <= 10; i++)
        {
            string one = Conv(graph, x, 192, 1), two = Bar(graph, Bar(graph, Conv(graph, x, 192, 1), 224, 1, 3), 256, 3, 1);
            x = Residual(graph, $"block8_{i}", x, 2080, i == 10 ? 1.0 : 0.2, one, two);
        }

        x = graph.Conv("conv_7b", x, 1536, 1, padding: "same", bias: false);
        x = graph.Normalize("conv_7b_bn", x, momentum: 0.99, epsilon: 1e-3, scale: false);
        return graph.Activate("conv_7b_ac", x, "relu");
    }

    /// <summary>The branches, brought back to the width of the input by a 1x1 convolution and added to it with a factor; ReLU but for the last one, whose factor is 1.</summary>
    private static string Residual(GraphBuilder graph, string name, string x, int channels, double scale, params string[] branches)
    {
        string update = graph.Conv($"{name}_conv", graph.Concatenate($"{name}_mixed", branches), channels, 1, padding: "same");
        string sum = graph.Join("scaled_add", graph.Unnamed("custom_scale_layer"), [x, update], ("scale", scale));
        return scale == 1 ? sum : graph.Activate($"{name}_ac", sum, "relu");
    }
}
