namespace TrainService.Architectures.Networks;

/// <summary>The network that began it: five convolutions with local response normalization, three dense layers with dropout.</summary>
public sealed class AlexNet : Architecture
{
    public override string Name => "alexnet";

    public override string KerasName => "AlexNet";

    public override string Summary => "Five convolutions and three dense layers, the winner of ImageNet 2012.";

    public override string Advice => "For its history: nearly all its weights sit in the dense layers; take MobileNetV2 for work.";

    public override string Paper => "Krizhevsky, Sutskever, Hinton 2012, ImageNet classification with deep convolutional neural networks";

    public override IReadOnlyList<int> DefaultInput => [227, 227, 3];

    public override int LeastSize => 67;

    private protected override string AddFeatures(GraphBuilder graph, string x, IReadOnlyList<int> input, ArchitectureOptions options)
    {
        x = graph.Conv("conv1", x, 96, 11, stride: 4, activation: "relu");
        x = graph.Add("local_response_normalization", "norm1", graph.MaxPool("pool1", x, 3, 2));
        x = graph.Conv("conv2", x, 256, 5, padding: "same", activation: "relu");
        x = graph.Add("local_response_normalization", "norm2", graph.MaxPool("pool2", x, 3, 2));
        x = graph.Conv("conv3", x, 384, 3, padding: "same", activation: "relu");
        x = graph.Conv("conv4", x, 384, 3, padding: "same", activation: "relu");
        x = graph.Conv("conv5", x, 256, 3, padding: "same", activation: "relu");
        return graph.MaxPool("pool5", x, 3, 2);
    }

    private protected override void AddTop(GraphBuilder graph, string x, ArchitectureOptions options)
    {
        if (!options.IncludeTop)
        {
            Pool(graph, x, options.Pooling);
            return;
        }

        x = graph.Add("flatten", "flatten", x);
        foreach (string name in (string[])["fc6", "fc7"]) x = graph.Add("dropout", $"{name}_dropout", graph.Dense(name, x, 4096), ("rate", 0.5));
        graph.Classifier("predictions", x, options);
    }
}
