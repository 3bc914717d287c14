using TrainService.NeuralNet.Losses;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Layers;

/// <summary>Every layer through the one harness; a dense layer before it has its input gradient checked too.</summary>
public sealed class LayerGradientTests
{
    private const string Before = """{"type": "dense", "units": 21}""";
    private const string After = """{"type": "dense", "units": 3}""";

    public static TheoryData<string> Middles => new()
    {
        """{"type": "dense", "units": 18}""",
        """{"type": "dense", "units": 18, "use_bias": false}""",
        """{"type": "dense", "units": 40, "activation": "tanh", "kernel_initializer": "lecun_normal"}""",
        """{"type": "dense", "units": 7, "activation": "softmax"}""",
        """{"type": "dense", "units": 9, "activation": "gelu"}""",
        """{"type": "activation", "activation": "elu"}""",
        """{"type": "activation", "activation": "selu"}""",
        """{"type": "activation", "activation": "sigmoid"}""",
        """{"type": "activation", "activation": "softmax"}""",
        """{"type": "activation", "activation": "swish"}""",
        """{"type": "dropout", "rate": 0.4}""",
        "\"batch_normalization\"",
        """{"type": "batch_normalization", "center": false}""",
        """{"type": "batch_normalization", "scale": false}""",
        "\"flatten\"",
        "\"relu\"",
        """{"type": "relu", "max_value": 0.7, "negative_slope": 0.2, "threshold": 0.1}""",
        "\"leaky_relu\"",
        """{"type": "elu", "alpha": 0.5}""",
        "\"softmax\"",
    };

    [Theory]
    [MemberData(nameof(Middles))]
    public void The_plan_gives_the_gradient_of_its_own_loss(string middle)
        => GradientCheck.Run(Parts.Layers($"[{Before}, {middle}, {After}]"), new Shape(10), Parts.Of<Loss>("loss", "mse"),
            TestRows.Normal(12, 10, 1), TestRows.Normal(12, 3, 2), batch: 12);

    /// <summary>Layers on images; behind each a flatten layer.</summary>
    public static TheoryData<string> ImageMiddles => new()
    {
        "\"global_average_pooling2d\"",
        """{"type": "global_average_pooling2d", "keepdims": true}""",
        "\"global_max_pooling2d\"",
        """{"type": "global_max_pooling2d", "keepdims": true}""",
        "\"zero_padding2d\"",
        """{"type": "zero_padding2d", "padding": [[0, 2], [1, 3]]}""",
        """{"type": "cropping2d", "cropping": [[1, 0], [2, 1]]}""",
        "\"up_sampling2d\"",
        """{"type": "up_sampling2d", "size": [3, 1]}""",
        """{"type": "up_sampling2d", "size": [2, 3], "interpolation": "bilinear"}""",
        """{"type": "permute", "dims": [3, 1, 2]}""",
        """{"type": "rescaling", "scale": -0.5, "offset": 2}""",
        """{"type": "activation", "activation": "sigmoid"}""",
        """{"type": "activation", "activation": "softmax"}""",
        """{"type": "dropout", "rate": 0.4}""",
        "\"batch_normalization\"",
        """{"type": "batch_normalization", "center": false}""",
        """{"type": "batch_normalization", "scale": false, "axis": 3}""",
    };

    [Theory]
    [MemberData(nameof(ImageMiddles))]
    public void On_images_too(string middle)
    {
        foreach (int channels in (int[])[1, 5, 16, 18])
            GradientCheck.Run(Parts.Layers($$"""
                [{"type": "dense", "units": {{4 * 5 * channels}}}, {"type": "reshape", "target_shape": [4, -1, {{channels}}]}, {{middle}}, "flatten", {{After}}]
                """), new Shape(6), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(9, 6, 1), TestRows.Normal(9, 3, 2), batch: 9);
    }

    [Theory]
    [InlineData("sparse_categorical_crossentropy", "softmax")]
    [InlineData("sparse_categorical_crossentropy", "linear")]
    public void Fused_and_separate_cross_entropy_agree_with_differences(string loss, string activation)
    {
        string lossJson = activation == "linear" ? $$"""{"type": "{{loss}}", "from_logits": true}""" : loss;
        GradientCheck.Run(Parts.Layers($$"""[{{Before}}, {"type": "dense", "units": 5, "activation": "{{activation}}"}]"""), new Shape(10),
            Parts.Of<Loss>("loss", lossJson), TestRows.Normal(12, 10, 1), TestRows.Classes(12, 5, 2), batch: 12);
    }

    [Fact]
    public void One_output_with_sigmoid_and_binary_cross_entropy()
        => GradientCheck.Run(Parts.Layers($$"""[{{Before}}, {"type": "dense", "units": 1, "activation": "sigmoid"}]"""), new Shape(10),
            Parts.Of<Loss>("loss", "binary_crossentropy"), TestRows.Normal(12, 10, 1), TestRows.Classes(12, 2, 2), batch: 12);

    [Fact]
    public void A_value_that_two_layers_use_gets_the_sum_of_their_gradients()
    {
        Graph.LayerNode[] nodes = Parts.Layers($"[{Before}, {Before}, {After}]");
        // l2 reads l0 while l1 reads it too, through its activation: the graph is a chain with a second user.
        nodes = [nodes[0], nodes[1] with { Inputs = ["l0"] }, nodes[2] with { Inputs = ["l1"] }];
        GradientCheck.Run(nodes, new Shape(10), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(12, 10, 1), TestRows.Normal(12, 3, 2), batch: 12);
    }
}
