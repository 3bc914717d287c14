namespace TrainService.Architectures.Networks;

/// <summary>What InceptionV3 and Inception-ResNet share: convolutions with normalization and ReLU, named by their number, and the stem.</summary>
internal static class InceptionBlocks
{
    public static string Conv(GraphBuilder graph, string x, int filters, int size, int stride = 1, string padding = "same")
        => Ended(graph, graph.Conv(graph.Unnamed("conv2d"), x, filters, size, stride, padding, bias: false));

    /// <summary>With a kernel that is a row, a column or any rectangle.</summary>
    public static string Bar(GraphBuilder graph, string x, int filters, int rows, int columns)
        => Ended(graph, graph.Conv(graph.Unnamed("conv2d"), x, filters, rows, columns, 1, "same", bias: false));

    private static string Ended(GraphBuilder graph, string x)
    {
        x = graph.Normalize(graph.Unnamed("batch_normalization"), x, momentum: 0.99, epsilon: 1e-3, scale: false);
        return graph.Activate(graph.Unnamed("activation"), x, "relu");
    }

    /// <summary>From the image to 192 channels at an eighth of its size.</summary>
    public static string Stem(GraphBuilder graph, string x)
    {
        x = Conv(graph, x, 32, 3, 2, "valid");
        x = Conv(graph, x, 32, 3, padding: "valid");
        x = Conv(graph, x, 64, 3);
        x = Halve(graph, x);
        x = Conv(graph, x, 80, 1, padding: "valid");
        x = Conv(graph, x, 192, 3, padding: "valid");
        return Halve(graph, x);
    }

    /// <summary>1x1, 5x5, two 3x3 and pooling, side by side.</summary>
    public static string Mixed(GraphBuilder graph, string name, string x, int single, int pool)
    {
        string one = Conv(graph, x, single, 1);
        string five = Conv(graph, Conv(graph, x, 48, 1), 64, 5);
        string three = Conv(graph, Conv(graph, Conv(graph, x, 64, 1), 96, 3), 96, 3);
        return graph.Concatenate(name, one, five, three, Conv(graph, Smooth(graph, x), pool, 1));
    }

    public static string Halve(GraphBuilder graph, string x) => graph.MaxPool(graph.Unnamed("max_pooling2d"), x, 3, 2);

    public static string Smooth(GraphBuilder graph, string x) => graph.AveragePool(graph.Unnamed("average_pooling2d"), x, 3, 1, "same");
}
