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
    };

    [Theory]
    [MemberData(nameof(Middles))]
    public void The_plan_gives_the_gradient_of_its_own_loss(string middle)
        => GradientCheck.Run(Parts.Layers($"[{Before}, {middle}, {After}]"), new Shape(10), Parts.Of<Loss>("loss", "mse"),
            TestRows.Normal(12, 10, 1), TestRows.Normal(12, 3, 2), batch: 12);

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
