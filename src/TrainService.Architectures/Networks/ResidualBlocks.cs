namespace TrainService.Architectures.Networks;

/// <summary>What the residual networks of the first version are made of.</summary>
internal static class ResidualBlocks
{
    public static string Normalize(GraphBuilder graph, string name, string x) => graph.Normalize(name, x, momentum: 0.99, epsilon: 1.001e-5);

    /// <summary>Blocks of one width; the first one halves the image when <paramref name="stride"/> is 2 and has a convolution in its shortcut.</summary>
    public static string Stack(GraphBuilder graph, string name, string x, int filters, int blocks, int stride)
    {
        x = Block(graph, $"{name}_block1", x, filters, stride, convolveShortcut: true);
        for (int i = 2; i <= blocks; i++) x = Block(graph, $"{name}_block{i}", x, filters, 1, convolveShortcut: false);
        return x;
    }

    /// <summary>1x1 down to the filters, 3x3, 1x1 up to four times as many, plus the shortcut.</summary>
    private static string Block(GraphBuilder graph, string name, string x, int filters, int stride, bool convolveShortcut)
    {
        string shortcut = x;
        if (convolveShortcut)
        {
            shortcut = graph.Conv($"{name}_0_conv", x, 4 * filters, 1, stride);
            shortcut = Normalize(graph, $"{name}_0_bn", shortcut);
        }

        x = graph.Conv($"{name}_1_conv", x, filters, 1, stride);
        x = graph.Activate($"{name}_1_relu", Normalize(graph, $"{name}_1_bn", x), "relu");
        x = graph.Conv($"{name}_2_conv", x, filters, 3, padding: "same");
        x = graph.Activate($"{name}_2_relu", Normalize(graph, $"{name}_2_bn", x), "relu");
        x = graph.Conv($"{name}_3_conv", x, 4 * filters, 1);
        x = Normalize(graph, $"{name}_3_bn", x);
        return graph.Activate($"{name}_out", graph.Join("add", $"{name}_add", [shortcut, x]), "relu");
    }
}
