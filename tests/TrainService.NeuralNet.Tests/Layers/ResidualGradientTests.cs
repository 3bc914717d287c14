using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Layers;

/// <summary>Blocks of residual networks: normalizations that their readers carry out, sums that limit themselves, gradients that several values share.</summary>
public sealed class ResidualGradientTests
{
    private const string Start = """{"type": "conv2d", "filters": 6, "kernel_size": 2, "activation": "tanh"}""";
    private const string Norm = "\"batch_normalization\"";
    private const string Relu = "\"relu\"";
    private const string End = "\"global_average_pooling2d\", {\"type\": \"dense\", \"units\": 3}";

    [Theory]
    [InlineData("""{"type": "conv2d", "filters": 5, "kernel_size": 3, "padding": "same", "use_bias": false}""")]
    [InlineData("""{"type": "conv2d", "filters": 20, "kernel_size": 1, "use_bias": false}""")]
    [InlineData("""{"type": "conv2d", "filters": 4, "kernel_size": 3, "padding": "same", "groups": 2}""")]
    [InlineData("""{"type": "depthwise_conv2d", "kernel_size": 3, "padding": "same", "strides": 2}""")]
    [InlineData("""{"type": "depthwise_conv2d", "kernel_size": 2, "depth_multiplier": 2}""")]
    [InlineData("""{"type": "max_pooling2d"}""")]
    public void A_reader_of_a_normalization(string reader) => Check([Start, Norm, reader, Norm, Relu, reader], []);

    [Fact]
    public void A_bottleneck_with_its_shortcut()
        => Check([Start, Conv(5, 1), Norm, Relu, Conv(4, 3), Norm, Relu, Conv(6, 1), Norm, "\"add\"", Relu, Conv(4, 1), Norm], new() { [9] = ["l8", "l0"] });

    [Fact]
    public void A_bottleneck_whose_shortcut_is_normalized_too()
        => Check([Start, Conv(6, 1), Norm, Conv(6, 3), Norm, Relu, Conv(6, 1), Norm, "\"add\"", Relu, Conv(4, 1), Norm, Relu], new() { [3] = ["l0"], [8] = ["l2", "l7"] });

    [Fact]
    public void A_normalization_that_a_convolution_and_a_sum_read()
        => Check([Start, Conv(8, 1), Norm, Conv(20, 1), Norm, Relu, Conv(8, 1), Norm, "\"add\"", Conv(5, 1)], new() { [8] = ["l2", "l7"] });

    [Fact]
    public void A_sum_of_a_value_with_itself_and_one_that_is_read_again()
        => Check([Start, Norm, "\"add\"", Conv(6, 3), "\"add\"", "\"add\""], new() { [2] = ["l1", "l1"], [4] = ["l3", "l2"], [5] = ["l4", "l1"] });

    [Fact]
    public void An_activated_normalization_and_the_plain_one_side_by_side()
        => Check([Start, Norm, Relu, Conv(6, 1), "\"add\"", Relu], new() { [4] = ["l3", "l1"] });

    private static string Conv(int filters, int size) => $$"""{"type": "conv2d", "filters": {{filters}}, "kernel_size": {{size}}, "padding": "same", "use_bias": false}""";

    private static void Check(IReadOnlyList<string> layers, Dictionary<int, string[]> inputs)
    {
        LayerNode[] nodes = Parts.Layers($"[{string.Join(", ", layers)}, {End}]");
        foreach ((int at, string[] from) in inputs) nodes[at] = nodes[at] with { Inputs = from };
        TestRows x = TestRows.Normal(5, 84, 1), y = TestRows.Normal(5, 3, 2);
        // Differences straddle the kinks of so many relus; the same network that writes every normalization to memory has none of that to hide.
        Dictionary<string, float[]> gradients = GradientsOf.Run(nodes, new Shape(6, 7, 2), x, y, threads: 2), expected = GradientsOf.Run(Written(nodes), new Shape(6, 7, 2), x, y);
        foreach ((string name, float[] gradient) in gradients)
        {
            double scale = expected[name].Max(v => Math.Abs(v));
            for (int i = 0; i < gradient.Length; i++) gradient[i].ShouldBe(expected[name][i], (1e-5 * scale) + 1e-7, $"{name}[{i}]");
        }

        if (!layers.Contains(Relu)) GradientCheck.Run(nodes, new Shape(6, 7, 2), Parts.Of<Loss>("loss", "mse"), x, y, batch: 5);
    }

    /// <summary>With a linear activation behind each normalization, which reads it from memory.</summary>
    private static LayerNode[] Written(LayerNode[] nodes)
    {
        List<LayerNode> result = [];
        foreach (LayerNode node in nodes)
        {
            result.Add(node with { Inputs = [.. node.Inputs.Select(i => result.Any(n => n.Name == $"{i}_written") ? $"{i}_written" : i)] });
            if (node.Layer is NeuralNet.Layers.BatchNormalization) result.Add(Parts.Layers("""[{"type": "activation", "activation": "linear"}]""")[0] with { Name = $"{node.Name}_written" });
        }

        return [.. result];
    }
}
