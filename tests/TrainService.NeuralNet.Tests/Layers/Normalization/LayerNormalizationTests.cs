using TrainService.NeuralNet.Losses;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Layers.Normalization;

public sealed class LayerNormalizationTests
{
    // y = γ (x - mean) / √(variance + 0.001) + β over the last axis, biased variance.
    [Theory]
    [InlineData(1, 21)]
    [InlineData(6, 5)]
    public void Each_stretch_of_the_last_axis_is_standardized(int pixels, int channels)
    {
        Shape shape = pixels == 1 ? new(channels) : new(2, pixels / 2, channels);
        float[] x = [.. Forward.Sample(shape, 3).Select(v => (2 * v) + 7)], gamma = Forward.Sample(new(channels), 1, 3), beta = Forward.Sample(new(channels), 1, 4);
        float[] y = Forward.Run("""["layer_normalization"]""", shape, x, threads: 2, prepare: state =>
        {
            state.Find("l0/gamma")!.Write(gamma);
            state.Find("l0/beta")!.Write(beta);
        });
        float[] expected = [.. x.Chunk(channels).SelectMany(stretch =>
        {
            double mean = stretch.Average(v => (double)v), variance = stretch.Average(v => (v - mean) * (v - mean));
            return stretch.Select((v, c) => (float)((gamma[c] * (v - mean) / Math.Sqrt(variance + 1e-3)) + beta[c]));
        })];
        Forward.ShouldBeNear(y, expected, 1e-5);
    }

    [Theory]
    [InlineData("\"layer_normalization\"")]
    [InlineData("""{"type": "layer_normalization", "center": false}""")]
    [InlineData("""{"type": "layer_normalization", "scale": false}""")]
    public void The_gradient_is_that_of_the_loss(string layer)
    {
        GradientCheck.Run(Parts.Layers($$"""[{"type": "dense", "units": 21}, {{layer}}, {"type": "dense", "units": 3}]"""), new Shape(10),
            Parts.Of<Loss>("loss", "mse"), TestRows.Normal(12, 10, 1), TestRows.Normal(12, 3, 2), batch: 12);
        GradientCheck.Run(Parts.Layers($$"""
            [{"type": "dense", "units": 100}, {"type": "reshape", "target_shape": [4, 5, 5]}, {{layer}}, "flatten", {"type": "dense", "units": 3}]
            """), new Shape(6), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(9, 6, 1), TestRows.Normal(9, 3, 2), batch: 9);
    }
}
