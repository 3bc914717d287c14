using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Layers.Noise;

public sealed class NoiseLayerTests
{
    private const int Units = 20_000;

    [Theory]
    [InlineData("""{"type": "alpha_dropout", "rate": 0.3}""")]
    [InlineData("""{"type": "gaussian_dropout", "rate": 0.3}""")]
    [InlineData("""{"type": "gaussian_noise", "stddev": 0.3}""")]
    public void The_gradient_is_that_of_the_loss_with_the_same_noise(string layer)
        => GradientCheck.Run(Parts.Layers($$"""[{"type": "dense", "units": 21}, {{layer}}, {"type": "dense", "units": 3}]"""), new Shape(10),
            Parts.Of<Loss>("loss", "mse"), TestRows.Normal(12, 10, 1), TestRows.Normal(12, 3, 2), batch: 12);

    [Theory]
    [InlineData("""{"type": "spatial_dropout2d", "rate": 0.4}""")]
    [InlineData("""{"type": "alpha_dropout", "rate": 0.3}""")]
    [InlineData("""{"type": "gaussian_noise", "stddev": 0.3}""")]
    public void On_images_too(string layer)
        => GradientCheck.Run(Parts.Layers($$"""
            [{"type": "dense", "units": 100}, {"type": "reshape", "target_shape": [4, 5, 5]}, {{layer}}, "flatten", {"type": "dense", "units": 3}]
            """), new Shape(6), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(9, 6, 1), TestRows.Normal(9, 3, 2), batch: 9);

    [Theory]
    [InlineData("""{"type": "alpha_dropout", "rate": 0.3}""")]
    [InlineData("""{"type": "gaussian_dropout", "rate": 0.3}""")]
    [InlineData("""{"type": "gaussian_noise", "stddev": 0.3}""")]
    public void Inference_leaves_everything_as_it_is(string layer)
    {
        float[] x = Forward.Sample(new Shape(30));
        Forward.Run($"[{layer}]", new Shape(30), x).ShouldBe(x);
    }

    // Klambauer et al. 2017: inputs of mean 0 and variance 1 keep both; dropped numbers are a α' + b.
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void Alpha_dropout_keeps_mean_and_variance(double rate)
    {
        float[] x = Forward.Sample(new Shape(Units)), y = Noisy($$"""{"type": "alpha_dropout", "rate": {{rate}}}""", new Shape(Units), x);
        double mean = y.Average(), alpha = -1.6732632423543772 * 1.0507009873554805;
        mean.ShouldBe(0, 0.05);
        y.Average(v => (v - mean) * (v - mean)).ShouldBe(1, 0.05);
        double a = Math.Pow((1 - rate) * (1 + (rate * alpha * alpha)), -0.5), b = -a * alpha * rate, dropped = (a * alpha) + b;
        int count = 0;
        for (int i = 0; i < Units; i++)
        {
            bool isDropped = Math.Abs(y[i] - dropped) < 1e-5;
            if (isDropped) count++;
            else ((double)y[i]).ShouldBe((a * x[i]) + b, 1e-5);
        }

        (count / (double)Units).ShouldBe(rate, 0.02);
    }

    [Fact]
    public void Gaussian_dropout_multiplies_by_noise_of_dropouts_variance()
    {
        float[] x = [.. Enumerable.Repeat(2f, Units)], y = Noisy("""{"type": "gaussian_dropout", "rate": 0.2}""", new Shape(Units), x);
        double mean = y.Average();
        mean.ShouldBe(2, 0.05);
        y.Average(v => (v - mean) * (v - mean)).ShouldBe(4 * 0.25, 0.05);
    }

    [Fact]
    public void Gaussian_noise_adds_normal_numbers()
    {
        float[] x = [.. Enumerable.Repeat(2f, Units)], y = Noisy("""{"type": "gaussian_noise", "stddev": 0.5}""", new Shape(Units), x);
        double[] z = [.. y.Select(v => (v - 2) / 0.5)];
        z.Average().ShouldBe(0, 0.03);
        z.Average(v => v * v).ShouldBe(1, 0.04);
        z.Average(v => v * v * v * v).ShouldBe(3, 0.3);
        (z.Count(v => v > 1) / (double)Units).ShouldBe(0.1587, 0.01);
    }

    [Fact]
    public void Spatial_dropout_drops_whole_channels()
    {
        Shape shape = new(3, 4, 500);
        float[] x = [.. Enumerable.Repeat(1f, (int)shape.Size)], y = Noisy("""{"type": "spatial_dropout2d", "rate": 0.25}""", shape, x);
        for (int i = 0; i < y.Length; i++) y[i].ShouldBe(y[i % 500]);
        y.Distinct().Order().ShouldBe([0f, 1 / 0.75f]);
        y.Take(500).Count(v => v == 0).ShouldBeInRange(90, 160);
    }

    [Fact]
    public void Spatial_dropout_takes_images_only()
        => Should.Throw<NetworkException>(() => Network.Build(Parts.Layers("""[{"type": "spatial_dropout2d", "rate": 0.25}]"""), new Shape(4))).Message.ShouldContain("images");

    /// <summary>With dropout on, the same on one thread and on two.</summary>
    private static float[] Noisy(string layer, Shape shape, float[] x)
    {
        float[] one = Run(1), two = Run(2);
        one[..x.Length].ShouldBe(two[..x.Length]);
        one[..x.Length].ShouldNotBe(one[x.Length..]);
        return one[..x.Length];

        float[] Run(int threads)
        {
            using NetworkState state = new(Network.Build(Parts.Layers($"[{layer}]"), shape));
            using ComputePool pool = new(threads);
            using ComputeTeam team = pool.Lease(threads);
            using InferenceSession session = new(state, 2, team, dropout: true, seed: 5);
            float[] outputs = new float[2 * x.Length];
            session.Predict(new FloatRows(x.Concat(x).ToArray(), x.Length), [0, 1], outputs);
            return outputs;
        }
    }
}
