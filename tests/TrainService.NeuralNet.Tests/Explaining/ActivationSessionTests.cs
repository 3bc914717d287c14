using TrainService.NeuralNet.Explaining;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Explaining;

public sealed class ActivationSessionTests
{
    /// <summary>Layers that prediction would fold into the ones before them, a sum with its relu among them.</summary>
    [Fact]
    public void Each_layer_puts_out_what_a_network_that_ends_there_would()
    {
        LayerNode[] nodes = Parts.Layers("""
            [{"type": "conv2d", "filters": 3, "kernel_size": 3}, "batch_normalization", "relu", {"type": "conv2d", "filters": 3, "kernel_size": 1, "activation": "tanh"}, "add", "relu",
             {"type": "dropout", "rate": 0.5}, "flatten", {"type": "dense", "units": 4, "activation": "softmax"}]
            """);
        nodes[4] = nodes[4] with { Inputs = ["l2", "l3"] };
        Shape input = new(6, 5, 2);
        TestRows x = TestRows.Normal(3, (int)input.Size, 1);
        using ComputePool pool = new(1);
        using ComputeTeam team = pool.Lease(1);
        using NetworkState state = New(nodes, input);
        using ActivationSession session = new(state, team);
        int seen = 0;
        session.Visit(x, (row, layer, values) =>
        {
            using NetworkState prefix = New(nodes[..(layer + 1)], input);
            using InferenceSession predicting = new(prefix, 1, team);
            float[] expected = new float[prefix.Network.OutputShape.Size];
            predicting.Predict(x, [row], expected);
            values.Length.ShouldBe(expected.Length);
            for (int i = 0; i < expected.Length; i++) values[i].ShouldBe(expected[i], 1e-5f, nodes[layer].Name);
            seen++;
        }, default);
        seen.ShouldBe(3 * nodes.Length);
    }

    private static NetworkState New(LayerNode[] nodes, Shape input)
    {
        NetworkState state = new(Network.Build(nodes, input));
        state.Initialize(4);
        return state;
    }
}
