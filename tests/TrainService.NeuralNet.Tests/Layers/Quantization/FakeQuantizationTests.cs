using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers.Quantization;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Layers.Quantization;

public sealed class FakeQuantizationTests
{
    // From -1 to 254 are steps of 1, with 0 on the second of them.
    [Fact]
    public void Numbers_go_to_the_nearest_step_ties_to_the_even_one_and_stop_at_the_ends()
        => Predict(-1, 254, [-7, -1, -0.6f, -0.5f, -0.4f, 0, 0.5f, 1.5f, 2.5f, 99.4f, 254, 300]).ShouldBe([-1, -1, -1, 0, 0, 0, 0, 2, 2, 99, 254, 254]);

    [Fact]
    public void Every_number_is_off_by_half_a_step_at_most_and_0_stays_0()
    {
        var random = new Random(3);
        for (int round = 0; round < 50; round++)
        {
            (double min, double max) = (-100 * random.NextDouble() * random.Next(2), 1e-6 + (100 * random.NextDouble()));
            var grid = new EightBitGrid(min, max);
            new EightBitGrid(grid.Range.Min, grid.Range.Max).ShouldBe(grid);
            float[] x = [.. Enumerable.Range(0, 64).Select(i => (float)(grid.Range.Min + ((grid.Range.Max - grid.Range.Min) * i / 63))), 0], y = Predict(min, max, x);
            y[^1].ShouldBe(0);
            for (int i = 0; i < x.Length; i++)
            {
                Math.Abs(y[i] - x[i]).ShouldBeLessThanOrEqualTo(0.5001f * grid.Scale);
                float q = y[i] / grid.Scale;
                q.ShouldBe(MathF.Round(q), 1e-3);
            }
        }
    }

    [Fact]
    public void The_gradient_passes_within_the_range_and_not_beyond_it()
    {
        // mse of y = round(w · x): d/dw = 2 (y - t) x within the range, 0 beyond.
        LayerNode[] nodes = Parts.Layers("""[{"type": "dense", "units": 1, "use_bias": false, "kernel_initializer": "ones"}, {"type": "fake_quantization", "min": 0, "max": 25.5}]""");
        foreach ((float x, float expected) in ((float, float)[])[(3.04f, 1 - (0.01f * 2 * (3 - 1) * 3.04f)), (40, 1), (-2, 1)])
        {
            using NetworkState state = new(Network.Build(nodes, new Shape(1)));
            state.Initialize(1);
            using var pool = new ComputePool(1);
            using ComputeTeam team = pool.Lease(1);
            using TrainingSession session = new(state, new TrainingOptions { Loss = Parts.Of<Loss>("loss", "mse"), Optimizer = Parts.Of<Optimizer>("optimizer", "sgd"), BatchSize = 1, Seed = 3 }, team);
            session.Step(new TestRows([[x]]), new TestRows([[1]]), default, [0], 0.01f);
            float[] kernel = new float[1];
            state.Parameters[0].Read(kernel);
            kernel[0].ShouldBe(expected, 1e-5f);
        }
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(-2, -1)]
    [InlineData(0, 0)]
    public void A_range_without_0_in_it_is_none(double min, double max) => Should.Throw<ArgumentOutOfRangeException>(() => new EightBitGrid(min, max));

    private static float[] Predict(double min, double max, float[] x)
    {
        using NetworkState state = new(Network.Build(Parts.Layers(FormattableString.Invariant($$"""[{"type": "fake_quantization", "min": {{min:R}}, "max": {{max:R}}}]""")), new Shape(x.Length)));
        using var pool = new ComputePool(1);
        using ComputeTeam team = pool.Lease(1);
        using InferenceSession session = new(state, 1, team);
        float[] y = new float[x.Length];
        session.Predict(new TestRows([x]), [0], y);
        return y;
    }
}
