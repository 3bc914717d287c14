using TrainService.Specification;

namespace TrainService.Architectures.Networks;

/// <summary>Depthwise convolutions, each with a 1x1 convolution behind it.</summary>
public sealed class MobileNet : Architecture
{
    /// <summary>Filters and stride of each pair.</summary>
    private static readonly (int Filters, int Stride)[] Pairs =
        [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1)];

    public override string Name => "mobilenet";

    public override string KerasName => "MobileNet";

    public override string Summary => "Small network of depthwise separable convolutions.";

    public override string Advice => "Fast on a CPU; MobileNetV2 reaches more with fewer weights.";

    public override string Paper => "Howard et al. 2017, MobileNets: efficient convolutional neural networks for mobile vision applications, arXiv:1704.04861";

    public override IReadOnlyList<ArgumentSpec> OwnArguments =>
    [
        ArchitectureOptions.AlphaArgument,
        Arg.Integer("depth_multiplier", "Outputs of each channel in the depthwise convolutions.", 1, min: 1, max: 16),
        Arg.Number("dropout", "Share of the features that are dropped before the classifier.", 0.001, min: 0, max: 0.999),
    ];

    private protected override string AddFeatures(GraphBuilder graph, string x, IReadOnlyList<int> input, ArchitectureOptions options)
    {
        x = Ending(graph, "conv1", graph.Conv("conv1", x, (int)(32 * options.Alpha), 3, stride: 2, padding: "same", bias: false));
        for (int i = 0; i < Pairs.Length; i++)
        {
            (int filters, int stride) = Pairs[i];
            string number = $"{i + 1}";
            if (stride == 2) x = graph.Pad($"conv_pad_{number}", x, 0, 1, 0, 1);
            x = graph.Depthwise($"conv_dw_{number}", x, 3, stride, stride == 1 ? "same" : "valid", multiplier: options.DepthMultiplier);
            x = Ending(graph, $"conv_dw_{number}", x);
            x = Ending(graph, $"conv_pw_{number}", graph.Conv($"conv_pw_{number}", x, (int)(filters * options.Alpha), 1, padding: "same", bias: false));
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

        x = graph.Add("global_average_pooling2d", "global_average_pooling2d", x, ("keepdims", true));
        x = graph.Add("dropout", "dropout", x, ("rate", options.Dropout));
        x = graph.Conv("conv_preds", x, options.Classes, 1, padding: "same");
        x = graph.Add("reshape", "reshape_2", x, ("target_shape", new long[] { options.Classes }));
        graph.Add("activation", "predictions", x, ("activation", options.Classifier));
    }

    private static string Ending(GraphBuilder graph, string name, string x)
        => graph.Add("relu", $"{name}_relu", graph.Normalize($"{name}_bn", x, momentum: 0.99, epsilon: 1e-3), ("max_value", 6.0));
}
