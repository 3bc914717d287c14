using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Regularizers;
using TrainService.NeuralNet.Tests.Layers;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Regularizers;

public sealed class OrthogonalPenaltyTests
{
    // Rows (3, 4), (4, 3), (0, 2): unit (.6, .8), (.8, .6), (0, 1); cosines .96, .8, .6; mean of the three 2.36/3, times 0.01.
    [Fact]
    public void The_mean_of_all_cosines()
    {
        Penalty("rows", [3, 4, 4, 3, 0, 2], new Shape(3, 2)).ShouldBe(0.01 * 2.36 / 3, 1e-9);
        // Columns (3, 4, 0) and (4, 3, 2): 24 / (5 √29).
        Penalty("columns", [3, 4, 4, 3, 0, 2], new Shape(3, 2)).ShouldBe(0.01 * 24 / (5 * Math.Sqrt(29)), 1e-9);
        Penalty("rows", [1, 0, 0, 1], new Shape(2, 2)).ShouldBe(0);
    }

    [Theory]
    [InlineData("rows")]
    [InlineData("columns")]
    public void The_gradient_is_that_of_the_loss(string mode)
        => GradientCheck.Run(Parts.Layers($$"""
            [{"type": "dense", "units": 5, "activation": "tanh", "kernel_regularizer": {"type": "orthogonal", "factor": 2, "mode": "{{mode}}"} }, {"type": "dense", "units": 3}]
            """), new Shape(4), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(12, 4, 1), TestRows.Normal(12, 3, 2), batch: 12);

    [Fact]
    public void Only_matrices()
    {
        Should.Throw<NetworkException>(() => Network.Build(Parts.Layers("""
            [{"type": "conv2d", "filters": 4, "kernel_size": 3, "kernel_regularizer": "orthogonal"}]
            """), new Shape(8, 8, 2))).Message.ShouldContain("takes matrices only");
        Should.Throw<InvalidOperationException>(() => Parts.Layers("""[{"type": "dense", "units": 4, "activity_regularizer": "orthogonal"}]"""))
            .Message.ShouldContain("/activity_regularizer");
    }

    private static double Penalty(string mode, float[] values, Shape shape)
    {
        var regularizer = (WholeRegularizer)Parts.Of<Regularizer>("regularizer", $$"""{"type": "orthogonal_regularizer", "mode": "{{mode}}"}""");
        return regularizer.PenaltyAndGradient(values, shape, new double[regularizer.ScratchLength(shape)], []);
    }
}
