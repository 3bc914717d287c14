using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers.Ports;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.NeuralNet.Tests.Layers;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Losses;

/// <summary>Networks with several inputs and outputs, and losses over the positions of outputs with several axes.</summary>
public sealed class SeveralOutputsTests
{
    [Fact]
    public void The_gradient_is_that_of_the_weighted_sum()
    {
        LayerNode[] nodes = Parts.Layers("""
            [{"type": "dense", "units": 5, "activation": "tanh"}, {"type": "dense", "units": 4, "activation": "tanh"}, "concatenate", {"type": "dense", "units": 2},
             {"type": "dense", "units": 3, "activation": "softmax"}]
            """);
        LayerNode[] network =
        [
            new("a", new InputPort(new Shape(3), [0, 1, 2]), ["in"]), new("b", new InputPort(new Shape(2, 2), [2, 3, 4, 0]), ["in"]),
            nodes[0] with { Inputs = ["a"] }, Parts.Layers("""["flatten"]""")[0] with { Name = "flat", Inputs = ["b"] }, nodes[1] with { Inputs = ["flat"] },
            nodes[2] with { Inputs = ["l0", "l1"] }, nodes[3] with { Inputs = ["l2"] }, nodes[4] with { Inputs = ["l1"] }, new("out", new OutputPorts(), ["l3", "l4"]),
        ];
        OutputRange.Of(Network.Build(network, new Shape(5), "in")).Select(r => (r.Name, r.Offset, r.Length)).ShouldBe([("l3", 0, 2), ("l4", 2, 3)]);
        // Targets: two numbers for l3, a class for l4.
        TestRows numbers = TestRows.Normal(12, 2, 2), classes = TestRows.Classes(12, 3, 3);
        float[][] targets = [.. Enumerable.Range(0, 12).Select(i =>
        {
            float[] row = new float[3];
            numbers.CopyRow(i, row.AsSpan(0, 2));
            classes.CopyRow(i, row.AsSpan(2));
            return row;
        })];
        OutputLosses loss = new([new("l3", Parts.Of<Loss>("loss", "mse"), 0, 2, 0, 0.7), new("l4", Parts.Of<Loss>("loss", "sparse_categorical_crossentropy"), 2, 3, 2, 2)]);
        GradientCheck.Run(network, new Shape(5), loss, TestRows.Normal(12, 5, 1), new TestRows(targets), batch: 12);
    }

    // 0.5 · mse + 2 · mae by hand; the parts as metrics.
    [Fact]
    public void The_sum_by_hand()
    {
        OutputLosses loss = new([new("a", Parts.Of<Loss>("loss", "mse"), 0, 2, 0, 0.5), new("b", Parts.Of<Loss>("loss", "mae"), 2, 1, 1, 2)]);
        // a: predictions 1, 2 against 3, 5; b: 7 against 5, the second target, which both look at.
        loss.TargetLength(3).ShouldBe(2);
        loss.Value([1, 2, 7], [3, 5]).ShouldBe((0.5 * ((4 + 9) / 2.0)) + (2 * 2));
        PartMetric metric = new(new LossMetric("mae", Parts.Of<Loss>("loss", "mae")), loss.Parts[1]);
        double[] state = new double[metric.StateLength];
        metric.Add([1, 2, 7], [3, 5], 1, logits: false, state);
        (metric.Name, metric.Result(state)).ShouldBe(("b_mae", 2));
    }

    // -(ln 0.7 + ln 0.5) / 2 over two positions of three classes, targets 0 and 2.
    [Fact]
    public void Classes_at_each_position()
    {
        Loss sparse = Parts.Of<Loss>("loss", "sparse_categorical_crossentropy").Over(new Shape(2, 3)), dense = Parts.Of<Loss>("loss", "categorical_crossentropy").Over(new Shape(2, 3));
        sparse.TargetLength(6).ShouldBe(2);
        float[] p = [0.7f, 0.2f, 0.1f, 0.25f, 0.25f, 0.5f];
        double expected = -(Math.Log(0.7) + Math.Log(0.5)) / 2;
        sparse.Value(p, [0, 2]).ShouldBe(expected, 1e-7);
        dense.Value(p, [1, 0, 0, 0, 0, 1]).ShouldBe(expected, 1e-7);
        Parts.Of<Loss>("loss", "mse").Over(new Shape(2, 3)).ShouldBeOfType<PointwiseLoss<MeanSquaredError>>();
    }

    [Theory]
    [InlineData("sparse_categorical_crossentropy", true)]
    [InlineData("""{"type": "categorical_crossentropy", "label_smoothing": 0.1}""", false)]
    [InlineData("kl_divergence", false)]
    [InlineData("cosine_similarity", false)]
    public void The_gradient_at_each_position(string loss, bool sparse)
    {
        Loss over = Parts.Of<Loss>("loss", loss).Over(new Shape(4, 3));
        TestRows classes = TestRows.Classes(48, 3, 3);
        float[][] targets = [.. Enumerable.Range(0, 12).Select(r => Enumerable.Range(0, 4).SelectMany(p =>
        {
            float[] index = new float[1];
            classes.CopyRow((r * 4) + p, index);
            return sparse ? index : [.. Enumerable.Range(0, 3).Select(c => c == (int)index[0] ? 0.8f : 0.1f)];
        }).ToArray())];
        GradientCheck.Run(Parts.Layers("""[{"type": "dense", "units": 20}, {"type": "reshape", "target_shape": [4, 5]}, {"type": "dense", "units": 3, "activation": "softmax"}]"""), new Shape(6), over,
            TestRows.Normal(12, 6, 1), new TestRows(targets), batch: 12);
    }
}
