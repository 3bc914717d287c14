using TrainService.Specification;

namespace TrainService.Architectures.Networks;

/// <summary>Inverted residuals: narrow between blocks, wide and depthwise within.</summary>
public sealed class MobileNetV2 : Architecture
{
    /// <summary>Filters, blocks and stride of the first one, for each stage; the first stage does not expand.</summary>
    private static readonly (int Filters, int Blocks, int Stride)[] Stages = [(16, 1, 1), (24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1)];

    public override string Name => "mobilenet_v2";

    public override string KerasName => "MobileNetV2";

    public override string Summary => "Small network of depthwise convolutions and inverted residuals.";

    public override string Advice => "First choice on a CPU: a fourteenth of ResNet50's arithmetic. alpha makes it narrower or wider.";

    public override string Paper => "Sandler, Howard, Zhu, Zhmoginov, Chen 2018, MobileNetV2: inverted residuals and linear bottlenecks, arXiv:1801.04381";

    public override IReadOnlyList<ArgumentSpec> OwnArguments => [ArchitectureOptions.AlphaArgument];

    private protected override string AveragePoolName => "global_average_pooling2d";

    private protected override string AddFeatures(GraphBuilder graph, string x, IReadOnlyList<int> input, ArchitectureOptions options)
    {
        int channels = Divisible(32 * options.Alpha), block = 0;
        (int Height, int Width) size = (Half(input[0]), Half(input[1]));
        x = graph.Conv("Conv1", x, channels, 3, stride: 2, padding: "same", bias: false);
        x = Relu6(graph, "Conv1_relu", Normalize(graph, "bn_Conv1", x));
        foreach ((int filters, int blocks, int stride) in Stages)
        {
            for (int i = 0; i < blocks; i++, block++)
            {
                int put = Divisible((int)(filters * options.Alpha)), step = i == 0 ? stride : 1;
                x = Block(graph, x, block, channels, put, step, size);
                if (step == 2) size = (Half(size.Height), Half(size.Width));
                channels = put;
            }
        }

        x = graph.Conv("Conv_1", x, options.Alpha > 1 ? Divisible(1280 * options.Alpha) : 1280, 1, bias: false);
        return Relu6(graph, "out_relu", Normalize(graph, "Conv_1_bn", x));
    }

    private static string Block(GraphBuilder graph, string x, int number, int channels, int filters, int stride, (int Height, int Width) size)
    {
        string from = x, name = number == 0 ? "expanded_conv" : $"block_{number}";
        if (number > 0)
        {
            x = graph.Conv($"{name}_expand", x, 6 * channels, 1, padding: "same", bias: false);
            x = Relu6(graph, $"{name}_expand_relu", Normalize(graph, $"{name}_expand_BN", x));
        }

        // Where the image is halved the padding stands behind, and before only for odd sizes.
        if (stride == 2) x = graph.Pad($"{name}_pad", x, size.Height % 2, 1, size.Width % 2, 1);
        x = graph.Depthwise($"{name}_depthwise", x, 3, stride, stride == 1 ? "same" : "valid");
        x = Relu6(graph, $"{name}_depthwise_relu", Normalize(graph, $"{name}_depthwise_BN", x));
        x = graph.Conv($"{name}_project", x, filters, 1, padding: "same", bias: false);
        x = Normalize(graph, $"{name}_project_BN", x);
        return channels == filters && stride == 1 ? graph.Join("add", $"{name}_add", [from, x]) : x;
    }

    private static string Normalize(GraphBuilder graph, string name, string x) => graph.Normalize(name, x, momentum: 0.999, epsilon: 1e-3);

    private static string Relu6(GraphBuilder graph, string name, string x) => graph.Add("relu", name, x, ("max_value", 6.0));

    private static int Half(int n) => (n + 1) / 2;

    /// <summary>The nearest multiple of 8, at least 8 and not less than nine tenths.</summary>
    private static int Divisible(double filters)
    {
        int nearest = Math.Max(8, (int)(filters + 4) / 8 * 8);
        return nearest < 0.9 * filters ? nearest + 8 : nearest;
    }
}
