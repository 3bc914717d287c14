using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Layers.Merging;

public sealed class MergeTests
{
    public static TheoryData<string> Kinds => ["add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_of_rows_agree_with_differences(string kind)
        => Check(kind, "[23]", "flatten");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_of_images_agree_with_differences(string kind)
    {
        Check(kind, "[3, 2, 3]", "average_pooling2d");
        // Of many numbers some always stand at the kink of a maximum.
        if (kind is not ("maximum" or "minimum")) Check(kind, "[3, 2, 16]", "flatten");
    }

    [Theory]
    [InlineData("add", new[] { 11f, 22, 33, 44, 55, 66 })]
    [InlineData("multiply", new[] { 10f, 40, 90, 160, 250, 360 })]
    [InlineData("average", new[] { 5.5f, 11, 16.5f, 22, 27.5f, 33 })]
    [InlineData("subtract", new[] { -9f, -18, -27, -36, -45, -54 })]
    [InlineData("maximum", new[] { 10f, 20, 30, 40, 50, 60 })]
    [InlineData("minimum", new[] { 1f, 2, 3, 4, 5, 6 })]
    [InlineData("concatenate", new[] { 1f, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, 60 })]
    public void Values_by_hand(string kind, float[] expected)
    {
        LayerNode[] nodes = Parts.Layers($$"""[{"type": "rescaling", "scale": 1}, {"type": "rescaling", "scale": 10}, "{{kind}}"]""");
        nodes = [nodes[0], nodes[1] with { Inputs = ["l0"] }, nodes[2] with { Inputs = ["l0", "l1"] }];
        Forward.ShouldBeNear(Forward.Run(nodes, new Shape(1, 2, 3), [1, 2, 3, 4, 5, 6]), expected);
    }

    [Theory]
    [InlineData("[23]", "flatten")]
    [InlineData("[3, 2, 3]", "average_pooling2d")]
    public void Gradients_of_a_scaled_sum_agree_with_differences(string shape, string after)
    {
        int units = shape == "[23]" ? 23 : 18;
        LayerNode[] n = Parts.Layers($$"""
            [{"type": "dense", "units": {{units}}}, {"type": "reshape", "target_shape": {{shape}}}, {"type": "activation", "activation": "tanh"},
             {"type": "scaled_add", "scale": 0.3}, "{{after}}", "flatten", {"type": "dense", "units": 3}]
            """);
        n = [n[0], n[1], n[2] with { Inputs = ["l1"] }, n[3] with { Inputs = ["l1", "l2"] }, n[4], n[5], n[6]];
        GradientCheck.Run(n, new Shape(6), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(9, 6, 1), TestRows.Normal(9, 3, 2), batch: 9);
    }

    [Fact]
    public void A_scaled_sum_by_hand()
    {
        LayerNode[] nodes = Parts.Layers("""[{"type": "rescaling", "scale": 10}, {"type": "scaled_add", "scale": 0.5}]""");
        nodes = [nodes[0] with { Name = "l0" }, nodes[1] with { Inputs = ["l0", "l0"] }];
        Forward.ShouldBeNear(Forward.Run(nodes, new Shape(1, 1, 3), [1, 2, 3]), [15f, 30, 45]);
    }

    [Fact]
    public void A_value_added_to_itself_gets_twice_the_gradient()
    {
        LayerNode[] nodes = Parts.Layers("""[{"type": "dense", "units": 2}, "add"]""");
        nodes = [nodes[0], nodes[1] with { Inputs = ["l0", "l0"] }];
        GradientCheck.Run(nodes, new Shape(3), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(8, 3, 1), TestRows.Normal(8, 2, 2), batch: 8);
    }

    [Theory]
    [InlineData("add", "l0", null, "two inputs or more")]
    [InlineData("subtract", "l0", null, "two inputs")]
    [InlineData("add", "l0", "l1", "one shape")]
    [InlineData("concatenate", "l0", null, "two inputs or more")]
    public void Wrong_inputs_are_refused(string kind, string first, string? second, string why)
    {
        LayerNode[] nodes = Parts.Layers($$"""[{"type": "dense", "units": 2}, {"type": "dense", "units": 3}, "{{kind}}"]""");
        nodes = [nodes[0], nodes[1], nodes[2] with { Inputs = second is null ? [first] : [first, second] }];
        Should.Throw<NetworkException>(() => Network.Build(nodes, new Shape(4))).Message.ShouldContain(why);
    }

    [Fact]
    public void Concatenate_joins_along_any_axis_however_it_is_counted()
    {
        LayerNode[] nodes = Parts.Layers("""[{"type": "up_sampling2d"}, {"type": "concatenate", "axis": 3}]""");
        nodes = [nodes[0], nodes[1] with { Inputs = ["l0", "l0"] }];
        Network.Build(nodes, new Shape(2, 2, 3)).OutputShape.ShouldBe(new Shape(4, 4, 6));
        nodes[1] = Parts.Layers("""[{"type": "concatenate", "axis": 1}]""")[0] with { Name = "l1", Inputs = ["l0", "l0"] };
        Network.Build(nodes, new Shape(2, 2, 3)).OutputShape.ShouldBe(new Shape(8, 4, 3));
        nodes[1] = Parts.Layers("""[{"type": "concatenate", "axis": 4}]""")[0] with { Name = "l1", Inputs = ["l0", "l0"] };
        Should.Throw<NetworkException>(() => Network.Build(nodes, new Shape(2, 2, 3))).Message.ShouldContain("does not have");
    }

    // A diamond: two branches of one dense layer, merged; the base gets both gradients.
    private static void Check(string kind, string shape, string after)
    {
        int units = shape.Trim('[', ']').Split(',').Aggregate(1, (n, s) => n * int.Parse(s, System.Globalization.CultureInfo.InvariantCulture));
        LayerNode[] n = Parts.Layers($$"""
            [{"type": "dense", "units": {{units}}}, {"type": "reshape", "target_shape": {{shape}}}, {"type": "dense", "units": {{units}}}, {"type": "reshape", "target_shape": {{shape}}},
             {"type": "activation", "activation": "tanh"}, "{{kind}}", "{{after}}", "flatten", {"type": "dense", "units": 3}]
            """);
        n = [n[0], n[1], n[2] with { Inputs = ["l0"] }, n[3], n[4] with { Inputs = ["l1"] }, n[5] with { Inputs = kind == "subtract" ? ["l3", "l4"] : ["l3", "l4", "l1"] }, n[6], n[7], n[8]];
        GradientCheck.Run(n, new Shape(6), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(9, 6, 1), TestRows.Normal(9, 3, 2), batch: 9);
    }
}
