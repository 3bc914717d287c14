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
        "\"prelu\"",
        "\"scalar_bias\"",
        "\"scalar_multiplier\"",
        """{"type": "prelu", "alpha_initializer": {"type": "constant", "value": 0.3}, "alpha_regularizer": "l2"}""",
        "\"rrelu\"",
        """{"type": "dense", "units": 9, "activation": {"type": "rrelu", "lower": 0.1, "upper": 0.9}}""",
        """{"type": "group_normalization", "groups": 3}""",
        """{"type": "batch_normalization", "gamma_regularizer": "l2", "beta_regularizer": "l1"}""",
        """{"type": "layer_normalization", "gamma_regularizer": "l2", "beta_regularizer": "l1"}""",
        """{"type": "local_response_normalization", "alpha": 0.2, "beta": 0.75}""",
        """{"type": "normalization", "mean": [0.5], "variance": [4]}""",
        """{"type": "normalization", "mean": [0.5], "variance": [4], "invert": true}""",
        """{"type": "activity_regularization", "l1": 0.1, "l2": 0.2}""",
        """{"type": "masking_noise", "rate": 0.4}""",
        """{"type": "dense", "units": 9, "activation": "sigmoid"}, {"type": "kl_sparsity", "target": 0.2, "weight": 0.3}""",
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
        """{"type": "dense", "units": 7}""",
        """{"type": "dense", "units": 18, "activation": "tanh", "use_bias": false}""",
        """{"type": "prelu", "shared_axes": [1, 2]}""",
        """{"type": "prelu", "shared_axes": [3], "alpha_initializer": {"type": "constant", "value": 0.3}}""",
        """{"type": "group_normalization", "groups": 1}""",
        """{"type": "group_normalization", "groups": -1, "scale": false}""",
        """{"type": "group_normalization", "groups": 2, "axis": 1, "center": false}""",
        """{"type": "layer_normalization", "axis": [1, 2, 3]}""",
        """{"type": "layer_normalization", "axis": [1, 3]}""",
        """{"type": "layer_normalization", "axis": 2, "scale": false}""",
        """{"type": "local_response_normalization", "alpha": 0.5, "beta": 0.6, "depth_radius": 1}""",
        """{"type": "local_response_normalization", "alpha": 0.5, "beta": 0.5}""",
        """{"type": "softmax", "axis": 1}""",
        """{"type": "softmax", "axis": [1, 2]}""",
        """{"type": "resizing", "height": 3, "width": 7}""",
        """{"type": "resizing", "height": 9, "width": 2, "interpolation": "nearest"}""",
        """{"type": "spatial_dropout2d", "rate": 0.4}""",
    };

    /// <summary>Layers on sequences; behind each a flatten layer.</summary>
    public static TheoryData<string> LineMiddles => new()
    {
        "\"max_pooling1d\"",
        """{"type": "max_pooling1d", "pool_size": 3, "strides": 2, "padding": "same"}""",
        "\"average_pooling1d\"",
        """{"type": "average_pooling1d", "pool_size": 3, "strides": 1, "padding": "same"}""",
        "\"global_average_pooling1d\"",
        """{"type": "global_max_pooling1d", "keepdims": true}""",
        """{"type": "zero_padding1d", "padding": [2, 1]}""",
        """{"type": "cropping1d", "cropping": [1, 2]}""",
        """{"type": "up_sampling1d", "size": 3}""",
        """{"type": "spatial_dropout1d", "rate": 0.4}""",
        """{"type": "conv1d", "filters": 3, "kernel_size": 3, "padding": "causal", "dilation_rate": 2}""",
        """{"type": "dense", "units": 6, "activation": "tanh"}""",
        """{"type": "batch_normalization"}""",
        """{"type": "reshape", "target_shape": [-1]}""",
        """{"type": "prelu", "shared_axes": 1}""",
    };

    [Theory]
    [MemberData(nameof(LineMiddles))]
    public void On_sequences_too(string middle)
    {
        foreach (int channels in (int[])[1, 5, 17])
            GradientCheck.Run(Parts.Layers($$"""
                [{"type": "dense", "units": {{7 * channels}}}, {"type": "reshape", "target_shape": [7, {{channels}}]}, {{middle}}, "flatten", {{After}}]
                """), new Shape(6), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(9, 6, 1), TestRows.Normal(9, 3, 2), batch: 9);
    }

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
