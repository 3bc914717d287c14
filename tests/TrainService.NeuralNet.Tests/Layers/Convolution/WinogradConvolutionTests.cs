using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Tests.Sessions;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Layers.Convolution;

/// <summary>Convolutions that are large enough to be worked out in tiles.</summary>
public sealed class WinogradConvolutionTests
{
    private const string Tiled = """{"type": "conv2d", "filters": 32, "kernel_size": 3, "padding": "same"}""";

    [Theory]
    [InlineData(Tiled)]
    [InlineData("""{"type": "conv2d", "filters": 16, "kernel_size": 3, "activation": "tanh"}""")]
    [InlineData("""{"type": "conv2d", "filters": 16, "kernel_size": 3, "padding": "same", "use_bias": false, "activation": "sigmoid"}""")]
    public void Gradients_equal_differences(string layer)
    {
        string layers = $$"""[{"type": "conv2d", "filters": 16, "kernel_size": 2, "activation": "tanh"}, {{layer}}, {"type": "average_pooling2d", "pool_size": 4}, "flatten", {"type": "dense", "units": 3}]""";
        GradientCheck.Run(Parts.Layers(layers), new Shape(13, 14, 1), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(8, 13 * 14, 1), TestRows.Normal(8, 3, 2), batch: 8);
    }

    [Fact]
    public void The_plan_says_so()
    {
        using Training training = new($$"""[{"type": "dense", "units": 2304}, {"type": "reshape", "target_shape": [12, 12, 16]}, {{Tiled}}, "flatten", {"type": "dense", "units": 4, "activation": "softmax"}]""");
        training.Session.DescribePlan().ShouldContain(p => p.Contains("tiles", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_kernels_are_rearranged_into_is_made_just_before_it_is_read()
    {
        using Training training = new($$"""[{"type": "dense", "units": 2304}, {"type": "reshape", "target_shape": [12, 12, 16]}, {{Tiled}}, {{Tiled}}, {{Tiled}}, "flatten", {"type": "dense", "units": 4, "activation": "softmax"}]""");
        IReadOnlyList<string> phases = training.Session.DescribePlan();
        int reads = Enumerable.Range(0, phases.Count).First(i => phases[i].Contains("l4 x*W", StringComparison.Ordinal));
        phases[reads - 1].ShouldContain("l4 tiles");
    }
}
