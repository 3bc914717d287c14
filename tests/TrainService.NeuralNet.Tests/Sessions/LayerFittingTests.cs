using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Sessions;

public sealed class LayerFittingTests
{
    [Fact]
    public void A_layer_sees_what_those_before_it_make_of_the_rows()
    {
        LayerNode[] nodes = Parts.Layers("""["normalization", {"type": "rescaling", "scale": 3, "offset": 1}, "normalization", {"type": "dense", "units": 2}]""");
        using NetworkState state = new(Network.Build(nodes, new Shape(2)));
        state.Initialize(1);
        using ComputePool pool = new(2);
        using ComputeTeam team = pool.Lease(2);
        // 600 rows: more than one batch. Column 0 is r, column 1 is 100 - 2 r.
        TestRows rows = new([.. Enumerable.Range(0, 600).Select(r => new[] { r, 100f - (2 * r) })]);
        LayerFitting.Run(state, rows, team, _ => false).ShouldBe(["l0", "l2"]);

        double variance = ((600.0 * 600) - 1) / 12;
        Near(state, "l0/mean", [299.5, -499]);
        Near(state, "l0/variance", [variance, 4 * variance]);
        // Behind the first, mean 0 and variance 1 become 1 and 9.
        Near(state, "l2/mean", [1, 1]);
        Near(state, "l2/variance", [9, 9]);
    }

    [Fact]
    public void A_layer_that_was_fitted_elsewhere_or_told_its_figures_is_left_alone()
    {
        LayerNode[] nodes = Parts.Layers("""["normalization", {"type": "normalization", "mean": [2], "variance": [4]}]""");
        using NetworkState state = new(Network.Build(nodes, new Shape(1)));
        state.Initialize(1);
        using ComputePool pool = new(1);
        using ComputeTeam team = pool.Lease(1);
        LayerFitting.Run(state, new TestRows([[5f], [7f]]), team, name => name == "l0").ShouldBeEmpty();
        Near(state, "l0/mean", [0]);
        Near(state, "l1/mean", [2]);
        Near(state, "l1/variance", [4]);
    }

    private static void Near(NetworkState state, string name, double[] expected)
    {
        float[] values = new float[expected.Length];
        state.Find(name)!.Read(values);
        for (int i = 0; i < values.Length; i++) values[i].ShouldBe((float)expected[i], Math.Abs(expected[i] * 1e-5) + 1e-4);
    }
}
