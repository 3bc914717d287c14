namespace TrainService.Architectures.Networks;

/// <summary>The cells of NASNet: each takes in the output of the cell before it and that of the one before that.</summary>
internal sealed class NasNetCells(GraphBuilder graph)
{
    /// <summary>A layer and the size of its output.</summary>
    internal sealed record Image(string Name, int Height, int Width, int Channels)
    {
        public bool SameSize(Image other) => Height == other.Height && Width == other.Width;
    }

    public static string Normalize(GraphBuilder graph, string name, string x) => graph.Normalize(name, x, momentum: 0.9997, epsilon: 1e-3);

    /// <summary>Keeps the size; six branches of <paramref name="filters"/> channels side by side.</summary>
    public Image Normal(Image now, Image? before, int filters, string id)
    {
        Image p = Adjust(now, before, filters, id), h = Squeeze(now, filters, "normal", id);
        string one = graph.Join("add", $"normal_add_1_{id}", [Separable(h, filters, 5, 1, $"normal_left1_{id}"), Separable(p, filters, 3, 1, $"normal_right1_{id}")]);
        string two = graph.Join("add", $"normal_add_2_{id}", [Separable(p, filters, 5, 1, $"normal_left2_{id}"), Separable(p, filters, 3, 1, $"normal_right2_{id}")]);
        string three = graph.Join("add", $"normal_add_3_{id}", [Smooth($"normal_left3_{id}", h.Name), p.Name]);
        string four = graph.Join("add", $"normal_add_4_{id}", [Smooth($"normal_left4_{id}", p.Name), Smooth($"normal_right4_{id}", p.Name)]);
        string five = graph.Join("add", $"normal_add_5_{id}", [Separable(h, filters, 3, 1, $"normal_left5_{id}"), h.Name]);
        return now with { Name = graph.Concatenate($"normal_concat_{id}", p.Name, one, two, three, four, five), Channels = p.Channels + (5 * filters) };
    }

    /// <summary>Halves the size; four branches of <paramref name="filters"/> channels side by side.</summary>
    public Image Reduction(Image now, Image? before, int filters, string id)
    {
        Image p = Adjust(now, before, filters, id), h = Squeeze(now, filters, "reduction", id);
        Image half = new(h.Name, Half(h.Height), Half(h.Width), filters);
        string padded = Pad($"reduction_pad_1_{id}", h, 3);
        string one = graph.Join("add", $"reduction_add_1_{id}", [Separable(h, filters, 5, 2, $"reduction_left1_{id}"), Separable(p, filters, 7, 2, $"reduction_right1_{id}")]);
        string two = graph.Join("add", $"reduction_add_2_{id}", [graph.MaxPool($"reduction_left2_{id}", padded, 3, 2), Separable(p, filters, 7, 2, $"reduction_right2_{id}")]);
        string three = graph.Join("add", $"reduction_add3_{id}", [graph.AveragePool($"reduction_left3_{id}", padded, 3, 2), Separable(p, filters, 5, 2, $"reduction_right3_{id}")]);
        string four = graph.Join("add", graph.Unnamed("add"), [two, Smooth($"reduction_left4_{id}", one)]);
        string five = graph.Join("add", $"reduction_add4_{id}", [Separable(half with { Name = one }, filters, 3, 1, $"reduction_left4_{id}"), graph.MaxPool($"reduction_right5_{id}", padded, 3, 2)]);
        return half with { Name = graph.Concatenate($"reduction_concat_{id}", two, three, four, five), Channels = 4 * filters };
    }

    /// <summary>Brings the output of the cell before the last one to the size and the filters of the last one's.</summary>
    private Image Adjust(Image now, Image? before, int filters, string id)
    {
        if (before is null) return now;
        if (before.SameSize(now))
        {
            if (before.Channels == filters) return before;
            string projected = graph.Conv($"adjust_conv_projection_{id}", graph.Activate(graph.Unnamed("activation"), before.Name, "relu"), filters, 1, padding: "same", bias: false);
            return before with { Name = Normalize(graph, $"adjust_bn_{id}", projected), Channels = filters };
        }

        // Every second pixel, and every second one beside it.
        string active = graph.Activate($"adjust_relu_1_{id}", before.Name, "relu");
        string even = graph.AveragePool($"adjust_avg_pool_1_{id}", active, 1, 2);
        even = graph.Conv($"adjust_conv_1_{id}", even, filters / 2, 1, padding: "same", bias: false);
        string odd = graph.Crop(graph.Unnamed("cropping2d"), graph.Pad(graph.Unnamed("zero_padding2d"), active, 0, 1, 0, 1), 1, 0, 1, 0);
        odd = graph.AveragePool($"adjust_avg_pool_2_{id}", odd, 1, 2);
        odd = graph.Conv($"adjust_conv_2_{id}", odd, filters / 2, 1, padding: "same", bias: false);
        string both = graph.Concatenate(graph.Unnamed("concatenate"), even, odd);
        return now with { Name = Normalize(graph, $"adjust_bn_{id}", both), Channels = filters / 2 * 2 };
    }

    private Image Squeeze(Image x, int filters, string kind, string id)
    {
        string y = graph.Conv($"{kind}_conv_1_{id}", graph.Activate(graph.Unnamed("activation"), x.Name, "relu"), filters, 1, padding: "same", bias: false);
        return x with { Name = Normalize(graph, $"{kind}_bn_1_{id}", y), Channels = filters };
    }

    /// <summary>Twice: ReLU, separable convolution, normalization; the first one may halve the image.</summary>
    private string Separable(Image x, int filters, int kernel, int stride, string id)
    {
        string y = graph.Activate(graph.Unnamed("activation"), x.Name, "relu");
        if (stride == 2) y = Pad($"separable_conv_1_pad_{id}", x with { Name = y }, kernel);
        y = graph.SeparableConv($"separable_conv_1_{id}", y, filters, kernel, stride, stride == 2 ? "valid" : "same");
        y = graph.Activate(graph.Unnamed("activation"), Normalize(graph, $"separable_conv_1_bn_{id}", y), "relu");
        return Normalize(graph, $"separable_conv_2_bn_{id}", graph.SeparableConv($"separable_conv_2_{id}", y, filters, kernel));
    }

    /// <summary>Half a kernel on each side; one less before an even size.</summary>
    private string Pad(string name, Image x, int kernel)
    {
        int half = kernel / 2;
        return graph.Pad(name, x.Name, half - 1 + (x.Height % 2), half, half - 1 + (x.Width % 2), half);
    }

    private string Smooth(string name, string x) => graph.AveragePool(name, x, 3, 1, "same");

    private static int Half(int n) => (n + 1) / 2;
}
