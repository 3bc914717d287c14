using TrainService.NeuralNet.Losses;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Layers.Convolution;

/// <summary>Every convolution through the gradient harness, once on the network's input and once behind a layer whose gradient passes through it.</summary>
public sealed class ConvolutionGradientTests
{
    private const string Before = """{"type": "conv2d", "filters": 6, "kernel_size": 2, "activation": "tanh"}""";
    private const string After = "\"flatten\", {\"type\": \"dense\", \"units\": 3}";

    public static TheoryData<string> Layers => new()
    {
        """{"type": "conv2d", "filters": 5, "kernel_size": 3}""",
        """{"type": "conv2d", "filters": 17, "kernel_size": [3, 2], "padding": "same", "activation": "tanh"}""",
        """{"type": "conv2d", "filters": 16, "kernel_size": 3, "strides": 2, "padding": "same", "use_bias": false}""",
        """{"type": "conv2d", "filters": 4, "kernel_size": 2, "dilation_rate": [2, 1], "padding": "same"}""",
        """{"type": "conv2d", "filters": 4, "kernel_size": 3, "groups": 2, "activation": "sigmoid"}""",
        """{"type": "conv2d", "filters": 32, "kernel_size": 1}""",
        """{"type": "conv2d", "filters": 8, "kernel_size": 1, "strides": [2, 3]}""",
        """{"type": "conv2d", "filters": 5, "kernel_size": 3, "activation": "softmax"}""",
        """{"type": "depthwise_conv2d", "kernel_size": 3}""",
        """{"type": "depthwise_conv2d", "kernel_size": [2, 3], "padding": "same", "strides": 2, "activation": "tanh"}""",
        """{"type": "depthwise_conv2d", "kernel_size": 2, "depth_multiplier": 3, "use_bias": false}""",
        """{"type": "depthwise_conv2d", "kernel_size": 3, "padding": "same", "dilation_rate": 2}""",
        """{"type": "separable_conv2d", "filters": 5, "kernel_size": 3, "padding": "same"}""",
        """{"type": "separable_conv2d", "filters": 17, "kernel_size": 2, "depth_multiplier": 2, "strides": 2, "activation": "sigmoid"}""",
        """{"type": "conv2d_transpose", "filters": 5, "kernel_size": 3}""",
        """{"type": "conv2d_transpose", "filters": 3, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "tanh"}""",
        """{"type": "conv2d_transpose", "filters": 16, "kernel_size": 2, "strides": 3, "use_bias": false}""",
        """{"type": "conv2d_transpose", "filters": 2, "kernel_size": 2, "dilation_rate": 2}""",
        """{"type": "conv2d_transpose", "filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 1}""",
        """{"type": "conv2d_transpose", "filters": 2, "kernel_size": [3, 2], "strides": [2, 3], "padding": "same", "output_padding": [0, 2]}""",
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void On_the_input(string layer) => Check($"[{layer}, {After}]", new Shape(6, 5, 4));

    [Theory]
    [MemberData(nameof(Layers))]
    public void Behind_another_layer(string layer) => Check($"[{Before}, {layer}, {After}]", new Shape(6, 5, 1));

    [Theory]
    [InlineData("""{"type": "conv1d", "filters": 5, "kernel_size": 3}""")]
    [InlineData("""{"type": "conv1d", "filters": 6, "kernel_size": 2, "padding": "causal", "dilation_rate": 3, "groups": 2}""")]
    [InlineData("""{"type": "conv1d", "filters": 4, "kernel_size": 4, "padding": "same", "strides": 2}""")]
    public void Of_sequences(string layer)
        => Check($$"""[{"type": "conv1d", "filters": 4, "kernel_size": 2, "activation": "tanh"}, {{layer}}, {{After}}]""", new Shape(9, 2));

    [Fact]
    public void A_value_that_two_convolutions_read_gets_the_sum_of_their_gradients()
    {
        Graph.LayerNode[] nodes = Parts.Layers($$"""[{{Before}}, {"type": "activation", "activation": "sigmoid"}, {"type": "conv2d", "filters": 3, "kernel_size": 2}, {{After}}]""");
        nodes = [nodes[0], nodes[1], nodes[2] with { Inputs = ["l0"] }, .. nodes[3..]];
        nodes[1] = nodes[1] with { Inputs = ["l0"] };
        GradientCheck.Run(nodes, new Shape(5, 5, 2), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(5, 50, 1), TestRows.Normal(5, 3, 2), batch: 5);
    }

    private static void Check(string layers, Shape input)
        => GradientCheck.Run(Parts.Layers(layers), input, Parts.Of<Loss>("loss", "mse"), TestRows.Normal(5, (int)input.Size, 1), TestRows.Normal(5, 3, 2), batch: 5);
}
