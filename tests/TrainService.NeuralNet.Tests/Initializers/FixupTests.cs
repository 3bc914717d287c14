using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Randomness;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Initializers;

public sealed class FixupTests
{
    private const int Branches = 40, Units = 24;

    // √(2 / fan_in) · L^(-1/(2m - 2)): for L = 16, m = 3 half of He's deviation.
    [Theory]
    [InlineData(16, 3, 0.5)]
    [InlineData(16, 2, 0.25)]
    [InlineData(1, 2, 1)]
    public void The_deviation_is_He_s_times_a_power_of_the_branches(int branches, int layers, double factor)
    {
        float[] values = new float[400 * 500];
        Parts.Of<Initializer>("initializer", $$"""{"type": "fixup", "branches": {{branches}}, "branch_layers": {{layers}} }""").Fill(values, [400, 500], new PhiloxStream(1, RandomPurpose.Initialization, 1));
        Math.Sqrt(values.Average(v => (double)v * v)).ShouldBe(factor * Math.Sqrt(2.0 / 400), 0.01 * factor * Math.Sqrt(2.0 / 400));
    }

    // 40 residual branches without normalization: with Fixup the output starts at 0 and the loss falls; with He alone it starts enormous.
    [Fact]
    public void A_deep_residual_network_without_normalization_learns()
    {
        (double first, double last) = Train($$"""{"type": "fixup", "branches": {{Branches}}, "branch_layers": 2}""", "\"zeros\"");
        first.ShouldBeLessThan(3);
        last.ShouldBeLessThan(0.5 * first);
        Train("\"he_normal\"", "\"he_normal\"").First.ShouldBeGreaterThan(1000);
    }

    private static (double First, double Last) Train(string inner, string ending)
    {
        List<LayerNode> nodes = [Named("stem", "in", $$"""{"type": "dense", "units": {{Units}}, "kernel_initializer": "he_normal"}""")];
        string before = "stem";
        for (int i = 0; i < Branches; i++)
        {
            nodes.Add(Named($"b{i}", before, "\"scalar_bias\""));
            nodes.Add(Named($"d{i}", $"b{i}", $$"""{"type": "dense", "units": {{Units}}, "use_bias": false, "kernel_initializer": {{inner}} }"""));
            nodes.Add(Named($"c{i}", $"d{i}", "\"scalar_bias\""));
            nodes.Add(Named($"r{i}", $"c{i}", "\"relu\""));
            nodes.Add(Named($"e{i}", $"r{i}", $$"""{"type": "dense", "units": {{Units}}, "use_bias": false, "kernel_initializer": {{ending}} }"""));
            nodes.Add(Named($"m{i}", $"e{i}", "\"scalar_multiplier\""));
            nodes.Add(Named($"a{i}", $"m{i}", "\"add\"") with { Inputs = [$"m{i}", before] });
            before = $"a{i}";
        }

        nodes.Add(Named("out", before, $$"""{"type": "dense", "units": 1, "kernel_initializer": {{ending}} }"""));
        using NetworkState state = new(Network.Build(nodes, new Shape(4), "in"));
        state.Initialize(3);
        using ComputePool pool = new(1);
        using ComputeTeam team = pool.Lease(1);
        using TrainingSession session = new(state, new TrainingOptions { Loss = Parts.Of<Loss>("loss", "mse"), Optimizer = Parts.Of<Optimizer>("optimizer", "adam"), BatchSize = 32 }, team);
        TestRows x = TestRows.Normal(32, 4, 1);
        float[] row = new float[4];
        TestRows y = new([.. Enumerable.Range(0, 32).Select(i =>
        {
            x.CopyRow(i, row);
            return new[] { row[0] * row[1] };
        })]);
        int[] rows = [.. Enumerable.Range(0, 32)];
        double first = session.Step(x, y, default, rows, 0.003f), last = first;
        for (int i = 0; i < 80 && last < 1000; i++) last = session.Step(x, y, default, rows, 0.003f);
        return (first, last);
    }

    private static LayerNode Named(string name, string input, string layer) => Parts.Layers($"[{layer}]")[0] with { Name = name, Inputs = [input] };
}
