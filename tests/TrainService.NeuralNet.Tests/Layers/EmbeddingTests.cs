using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Layers;

public sealed class EmbeddingTests
{
    private const int Rows = 150;

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    public void Each_number_is_looked_up(int length)
    {
        float[] table = Forward.Sample(new Shape(Rows, length));
        float[] y = Forward.Run($$"""[{"type": "embedding", "input_dim": {{Rows}}, "output_dim": {{length}}}]""", new Shape(4), [0, 149, 7, 7, 3, 64, 63, 65], threads: 2,
            prepare: state => state.Find("l0/embeddings")!.Write(table));
        y.ShouldBe([.. new[] { 0, 149, 7, 7, 3, 64, 63, 65 }.SelectMany(row => table.AsSpan(row * length, length).ToArray())]);
    }

    [Theory]
    [InlineData("""{"type": "embedding", "input_dim": 150, "output_dim": 3}""")]
    [InlineData("""{"type": "embedding", "input_dim": 150, "output_dim": 18, "embeddings_regularizer": "l2", "activity_regularizer": {"type": "l2", "l2": 0.1}}""")]
    public void The_gradient_is_that_of_the_loss(string layer)
        => GradientCheck.Run(Parts.Layers($$"""[{{layer}}, "flatten", {"type": "dense", "units": 3}]"""), new Shape(4), Parts.Of<Loss>("loss", "mse"),
            Numbers(12), TestRows.Normal(12, 3, 2), batch: 12, samples: 400);

    // With a rule that leaves weights of gradient 0 alone, parts of the table that no row names are not touched: the bits must be those of touching them.
    [Theory]
    [InlineData("""{"type": "sgd", "learning_rate": 0.1}""", true)]
    [InlineData("""{"type": "adagrad", "learning_rate": 0.1}""", true)]
    [InlineData("""{"type": "sgd", "learning_rate": 0.1, "momentum": 0.9}""", false)]
    [InlineData("""{"type": "adam", "learning_rate": 0.1}""", false)]
    [InlineData("""{"type": "sgd", "learning_rate": 0.1, "weight_decay": 0.1}""", false)]
    public void Skipping_changes_no_bit(string optimizer, bool skips)
    {
        float[] skipping = Trained(optimizer, 1), clipped = Trained(optimizer.Replace("}", ", \"clipnorm\": 1e9}", StringComparison.Ordinal), 1);
        Trained(optimizer, 3).ShouldBe(skipping);
        // Clipping so far away gathers the whole gradient, and changes none.
        clipped.ShouldBe(skipping);
        Parts.Of<Optimizer>("optimizer", optimizer).LeavesZeros.ShouldBe(skips || optimizer.Contains("weight_decay", StringComparison.Ordinal));
    }

    [Fact]
    public void Masks_are_refused()
        => Should.Throw<InvalidOperationException>(() => Parts.Layers("""[{"type": "embedding", "input_dim": 9, "output_dim": 2, "mask_zero": true}]""")).Message.ShouldContain("mask_zero");

    private static TestRows Numbers(int count)
    {
        float[][] rows = new float[count][];
        for (int r = 0; r < count; r++) rows[r] = [r % Rows, r * 37 % Rows, 3, r * 11 % 64];
        return new TestRows(rows);
    }

    private static float[] Trained(string optimizer, int threads)
    {
        using NetworkState state = new(Network.Build(Parts.Layers($$"""[{"type": "embedding", "input_dim": {{Rows}}, "output_dim": 5}, "flatten", {"type": "dense", "units": 3}]"""), new Shape(4)));
        state.Initialize(5);
        using ComputePool pool = new(threads);
        using ComputeTeam team = pool.Lease(threads);
        using TrainingSession session = new(state, new TrainingOptions { Loss = Parts.Of<Loss>("loss", "mse"), Optimizer = Parts.Of<Optimizer>("optimizer", optimizer), BatchSize = 8 }, team);
        TestRows x = Numbers(64), y = TestRows.Normal(64, 3, 2);
        for (int i = 0; i < 8; i++) session.Step(x, y, default, [.. Enumerable.Range(i * 8, 8)], 0.1f, gatherNorm: true);
        float[] table = new float[Rows * 5];
        state.Find("l0/embeddings")!.Read(table);
        return [.. table, (float)session.GradientNorm];
    }
}
