using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Layers.Merging;

/// <summary>Merges of values whose shapes differ, joins along other axes than the last, scalar products.</summary>
public sealed class JoiningTests
{
    [Theory]
    [InlineData("""{"type": "concatenate", "axis": 1}""", "[2, 3]", "[1, 3]", new[] { 1f, 2, 3, 4, 5, 6, 10, 20, 30 })]
    [InlineData("\"add\"", "[2, 3]", "[1, 3]", new[] { 11f, 22, 33, 14, 25, 36 })]
    [InlineData("\"multiply\"", "[2, 3]", "[2, 1]", new[] { 10f, 20, 30, 80, 100, 120 })]
    [InlineData("""{"type": "dot", "axes": 2}""", "[2, 3]", "[1, 3]", new[] { 140f, 320 })]
    [InlineData("""{"type": "dot", "axes": [1, 1]}""", "[2, 3]", "[2, 1]", new[] { 90f, 120, 150 })]
    [InlineData("""{"type": "dot", "axes": -1}""", "[3]", "[3]", new[] { 140f })]
    [InlineData("""{"type": "dot", "axes": 1, "normalize": true}""", "[3]", "[3]", new[] { 1f })]
    [InlineData("\"euclidean_distance\"", "[3]", "[3]", new[] { 33.674916f })]
    [InlineData("\"absolute_difference\"", "[3]", "[3]", new[] { 9f, 18, 27 })]
    public void By_hand(string join, string first, string second, float[] expected)
        // x = 1, 2, 3 …; the first is x itself, the second 10 · the beginning of x.
        => Forward.ShouldBeNear(Forward.Run(Nodes(join, first, second, 10), new Shape(6), [1, 2, 3, 4, 5, 6]), expected);

    [Theory]
    [InlineData("""{"type": "concatenate", "axis": 1}""", "[2, 3]", "[1, 3]")]
    [InlineData("""{"type": "concatenate", "axis": 2}""", "[2, 3, 1]", "[2, 1, 1]")]
    [InlineData("\"add\"", "[2, 3]", "[1, 3]")]
    [InlineData("\"subtract\"", "[1, 3]", "[2, 3]")]
    [InlineData("\"multiply\"", "[2, 3]", "[2, 1]")]
    [InlineData("\"average\"", "[2, 3, 1]", "[1, 1, 4]")]
    [InlineData("""{"type": "dot", "axes": 2}""", "[2, 3]", "[1, 3]")]
    [InlineData("""{"type": "dot", "axes": [1, 2]}""", "[2, 3]", "[3, 2]")]
    [InlineData("""{"type": "dot", "axes": 1, "normalize": true}""", "[6]", "[6]")]
    [InlineData("""{"type": "dot", "axes": 2, "normalize": true}""", "[2, 3]", "[2, 3]")]
    [InlineData("\"euclidean_distance\"", "[6]", "[6]")]
    [InlineData("\"euclidean_distance\"", "[2, 3]", "[2, 3]")]
    [InlineData("\"absolute_difference\"", "[2, 3]", "[2, 3]")]
    [InlineData("""{"type": "gaussian_sampling", "kl_weight": 0.3}""", "[6]", "[6]")]
    [InlineData("""{"type": "gaussian_sampling", "kl_weight": 0}""", "[2, 3]", "[2, 3]")]
    public void Gradients_agree_with_differences(string join, string first, string second)
    {
        LayerNode[] nodes = Parts.Layers($$"""
            [{"type": "dense", "units": {{Size(first)}}, "activation": "tanh"}, {"type": "reshape", "target_shape": {{first}}}, {"type": "dense", "units": {{Size(second)}}, "activation": "tanh"},
             {"type": "reshape", "target_shape": {{second}}}, {{join}}, "flatten", {"type": "dense", "units": 3}]
            """);
        nodes = [nodes[0] with { Inputs = ["in"] }, nodes[1], nodes[2] with { Inputs = ["in"] }, nodes[3], nodes[4] with { Inputs = ["l1", "l3"] }, nodes[5], nodes[6]];
        GradientCheck.Run(nodes, new Shape(5), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(9, 5, 1), TestRows.Normal(9, 3, 2), batch: 9);
    }

    [Theory]
    [InlineData("\"add\"", "[2, 3]", "[3, 2]", "axes of size 1")]
    [InlineData("\"add\"", "[2, 3]", "[3]", "axes of size 1")]
    [InlineData("\"euclidean_distance\"", "[2, 3]", "[3, 2]", "two inputs of one shape")]
    [InlineData("\"gaussian_sampling\"", "[2, 3]", "[3, 2]", "as many log-variances as means")]
    [InlineData("""{"type": "dot", "axes": 1}""", "[2, 3]", "[3, 2]", "must be equal")]
    [InlineData("""{"type": "dot", "axes": 3}""", "[2, 3]", "[3, 2]", "has no axis 3")]
    [InlineData("""{"type": "concatenate", "axis": 1}""", "[2, 3]", "[3, 2]", "differ only")]
    public void What_does_not_fit_is_refused(string join, string first, string second, string why)
        => Should.Throw<NetworkException>(() => Network.Build(Nodes(join, first, second, 1), new Shape(6), "in")).Message.ShouldContain(why);

    private static int Size(string shape) => shape.Trim('[', ']').Split(',').Select(int.Parse).Aggregate((a, b) => a * b);

    private static LayerNode[] Nodes(string join, string first, string second, int factor)
    {
        string Cut(string shape) => $$"""{"type": "reshape", "target_shape": [6, 1]}, {"type": "cropping1d", "cropping": [0, {{6 - Size(shape)}}]}, {"type": "reshape", "target_shape": {{shape}}}""";
        LayerNode[] nodes = Parts.Layers($$"""
            ["flatten", {{Cut(first)}}, {"type": "rescaling", "scale": {{factor}}}, {{Cut(second)}}, {{join}}]
            """);
        nodes[4] = nodes[4] with { Inputs = ["l0"] };
        nodes[^1] = nodes[^1] with { Inputs = ["l3", "l7"] };
        return nodes;
    }
}
