using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Layers.Latent;

/// <summary>z = m + exp(v / 2) · ε, and the divergence -½ Σ(1 + v - m² - exp v); of a network whose layers are given by hand.</summary>
public sealed class GaussianSamplingTests
{
    [Fact]
    public void When_it_predicts_the_mean_comes_out()
        => Forward.ShouldBeNear(Forward.Run(Nodes(1), new Shape(2), [0.5f, -2]), [0.5f, -2]);

    [Fact]
    public void The_divergence_of_each_row_joins_the_loss()
    {
        // Weights of identity: m = x, v = 2x. The targets are what comes out when nothing is drawn, so evaluation's loss is the divergence alone.
        using NetworkState state = State(0.25);
        using var pool = new ComputePool(2);
        using ComputeTeam team = pool.Lease(2);
        using InferenceSession session = new(state, 4, team);
        float[][] rows = [[0.5f, -0.25f], [1, 0], [-0.5f, 0.3f]];
        double expected = rows.Average(r => r.Sum(m => -0.5 * 0.25 * (1 + (2 * m) - ((double)m * m) - Math.Exp(2 * m))));

        double loss = session.Evaluate(new TestRows(rows), new TestRows(rows), default, [0, 1, 2], Parts.Of<Loss>("loss", "mse"), []).ToDictionary()["loss"];

        loss.ShouldBe(expected, 1e-6);
    }

    [Fact]
    public void What_is_drawn_has_the_variance_asked_for_and_differs_from_row_to_row_and_step_to_step()
    {
        using NetworkState state = State(0);
        using var pool = new ComputePool(1);
        using ComputeTeam team = pool.Lease(1);
        const int Rows = 2000;
        // m = 0, v = 0: the loss against 0 is the mean of ε², which is 1.
        TestRows zeros = new([.. Enumerable.Range(0, Rows).Select(_ => new float[2])]);
        using TrainingSession session = new(state, new TrainingOptions { Loss = Parts.Of<Loss>("loss", "mse"), Optimizer = Parts.Of<Optimizer>("optimizer", "sgd"), BatchSize = Rows, Seed = 3 }, team);
        int[] rows = [.. Enumerable.Range(0, Rows)];

        double first = session.Step(zeros, zeros, default, rows, 0), second = session.Step(zeros, zeros, default, rows, 0);

        first.ShouldBe(1, 0.08);
        second.ShouldBe(1, 0.08);
        second.ShouldNotBe(first);
    }

    private static NetworkState State(double weight)
    {
        var state = new NetworkState(Network.Build(Nodes(weight), new Shape(2)));
        state.Initialize(1);
        return state;
    }

    private static LayerNode[] Nodes(double weight)
    {
        string sampling = $"{{\"type\": \"gaussian_sampling\", \"kl_weight\": {weight.ToString(System.Globalization.CultureInfo.InvariantCulture)}}}";
        LayerNode[] nodes = Parts.Layers($$"""
            ["flatten", {"type": "dense", "units": 2, "kernel_initializer": "identity"}, {"type": "dense", "units": 2, "kernel_initializer": {"type": "identity", "gain": 2} }, {{sampling}}]
            """);
        return [nodes[0], nodes[1] with { Inputs = ["l0"] }, nodes[2] with { Inputs = ["l0"] }, nodes[3] with { Inputs = ["l1", "l2"] }];
    }
}
