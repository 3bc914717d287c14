using TrainService.NeuralNet.Graph;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Layers;

/// <summary>Layers against their formulas, worked out in double precision.</summary>
public sealed class FormulaTests
{
    // y = x for x > 0, α x elsewhere; one slope a channel.
    [Fact]
    public void Prelu()
        => Forward.ShouldBeNear(Forward.Run("""[{"type": "prelu", "shared_axes": [1]}]""", new Shape(2, 3), [1, -2, 3, -4, 5, -6],
            prepare: state => state.Find("l0/alpha")!.Write([0.1f, 0.2f, 0.3f])), [1, -0.4f, 3, -0.4f, 5, -1.8f]);

    // A single pixel whose channels fill no whole vectors: what lies behind them is no part of it.
    [Theory]
    [InlineData("softmax")]
    [InlineData("layer_normalization")]
    [InlineData("scalar_bias")]
    public void An_image_of_one_pixel_is_like_a_row(string layer)
    {
        float[] x = Forward.Sample(new Shape(1, 1, 10), 2);
        Forward.ShouldBeNear(Forward.Run($$"""[{"type": "dense", "units": 10}, "{{layer}}"]""", new Shape(1, 1, 10), x), Forward.Run($$"""[{"type": "dense", "units": 10}, "{{layer}}"]""", new Shape(10), x));
    }

    // The mean slope (1/8 + 1/3) / 2 = 11/48.
    [Theory]
    [InlineData("\"rrelu\"")]
    [InlineData("""{"type": "activation", "activation": "rrelu"}""")]
    public void Rrelu_without_training(string layer)
        => Forward.ShouldBeNear(Forward.Run($"[{layer}]", new Shape(3), [1, -48, 0]), [1, -11, 0]);

    // AlexNet: y = x (2 + 1e-4 Σ x²)^-0.75 over two channels on each side; and other settings.
    [Theory]
    [InlineData("\"local_response_normalization\"", 2, 2, 1e-4, 0.75)]
    [InlineData("""{"type": "lrn", "depth_radius": 1, "bias": 1, "alpha": 0.5, "beta": 0.5}""", 1, 1, 0.5, 0.5)]
    [InlineData("""{"type": "lrn", "depth_radius": 9, "k": 1, "alpha": 0.5, "beta": 1.3}""", 9, 1, 0.5, 1.3)]
    public void Local_response_normalization(string layer, int radius, double bias, double alpha, double beta)
    {
        float[] x = [.. Forward.Sample(new Shape(2, 2, 7)).Select(v => 20 * v)];
        float[] expected = [.. x.Select((v, i) =>
        {
            int pixel = i / 7 * 7, c = i % 7;
            double sum = Enumerable.Range(0, 7).Where(j => Math.Abs(j - c) <= radius).Sum(j => (double)x[pixel + j] * x[pixel + j]);
            return (float)(v * Math.Pow(bias + (alpha * sum), -beta));
        })];
        Forward.ShouldBeNear(Forward.Run($"[{layer}]", new Shape(2, 2, 7), x), expected, 1e-4);
    }

    // y = γ (x - mean) / √(variance + 0.001) + β over all pixels and the channels of a group.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void Group_normalization(int groups)
    {
        Shape shape = new(2, 3, 6);
        float[] x = [.. Forward.Sample(shape, 2).Select(v => (3 * v) + 5)], gamma = Forward.Sample(new Shape(6), 1, 3), beta = Forward.Sample(new Shape(6), 1, 4);
        int each = 6 / groups;
        float[] expected = new float[x.Length];
        for (int sample = 0; sample < 2; sample++)
        {
            for (int g = 0; g < groups; g++)
            {
                int[] members = [.. Enumerable.Range(sample * 36, 36).Where(i => i % 6 / each == g)];
                double mean = members.Average(i => (double)x[i]), variance = members.Average(i => (x[i] - mean) * (x[i] - mean));
                foreach (int i in members) expected[i] = (float)((gamma[i % 6] * (x[i] - mean) / Math.Sqrt(variance + 1e-3)) + beta[i % 6]);
            }
        }

        Forward.ShouldBeNear(Forward.Run($$"""[{"type": "group_normalization", "groups": {{groups}}}]""", shape, x, threads: 2, prepare: state =>
        {
            state.Find("l0/gamma")!.Write(gamma);
            state.Find("l0/beta")!.Write(beta);
        }), expected, 1e-5);
    }

    [Fact]
    public void Groups_must_divide_the_channels()
        => Should.Throw<NetworkException>(() => Network.Build(Parts.Layers("""["group_normalization"]"""), new Shape(4, 4, 48))).Message.ShouldContain("32 groups, which must divide its 48 channels");

    // Over axes 1 and 3 of [2, 3, 4]: for each of the 3 columns 8 numbers; gamma [2, 4].
    [Theory]
    [InlineData("[1, 3]")]
    [InlineData("[-1, -3]")]
    [InlineData("[1, 2, 3]")]
    [InlineData("[2, 3]")]
    public void Layer_normalization_over_several_axes(string axes)
    {
        Shape shape = new(2, 3, 4);
        int[] kept = axes switch { "[1, 2, 3]" => [0, 1, 2], "[2, 3]" => [1, 2], _ => [0, 2] };
        int size = kept.Aggregate(1, (n, axis) => n * shape[axis]);
        float[] x = Forward.Sample(shape), gamma = Forward.Sample(new Shape(size), 1, 3);
        int[] Index(int i) => [i / 12, i / 4 % 3, i % 4];
        string Key(int i, bool among) => string.Join(",", Enumerable.Range(0, 3).Where(axis => kept.Contains(axis) == among).Select(axis => Index(i)[axis]));
        string[] order = [.. Enumerable.Range(0, 24).Select(i => Key(i, true)).Distinct().OrderBy(k => k, StringComparer.Ordinal)];
        float[] expected = new float[24];
        foreach (IGrouping<string, int> group in Enumerable.Range(0, 24).GroupBy(i => Key(i, false)))
        {
            double mean = group.Average(i => (double)x[i]), variance = group.Average(i => (x[i] - mean) * (x[i] - mean));
            foreach (int i in group) expected[i] = (float)(gamma[Array.IndexOf(order, Key(i, true))] * (x[i] - mean) / Math.Sqrt(variance + 1e-3));
        }

        Forward.ShouldBeNear(Forward.Run($$"""[{"type": "layer_normalization", "axis": {{axes}}, "center": false}]""", shape, x, prepare: state => state.Find("l0/gamma")!.Write(gamma)), expected);
    }

    // (x - mean) / √variance: means 1 and 2, variances 4 and 9.
    [Theory]
    [InlineData("", new[] { 1f, 0, -0.5f, 1 })]
    [InlineData(", \"invert\": true", new[] { 7f, 8, 1, 17 })]
    public void Normalization_with_known_figures(string more, float[] expected)
        => Forward.ShouldBeNear(Forward.Run($$"""[{"type": "normalization", "mean": [1, 2], "variance": [4, 9]{{more}} }]""", new Shape(2), [3, 2, 0, 5]), expected);

    [Fact]
    public void Normalization_fits_means_and_biased_variances()
    {
        var layer = (NeuralNet.Layers.IFitted)Parts.Layers("""["normalization"]""")[0].Layer;
        layer.NeedsFit.ShouldBeTrue();
        NeuralNet.Layers.IFit fit = layer.Begin(new Shape(2, 2));
        fit.Add([1, 10, 3, 20]);
        fit.Add([5, 10, 7, 20]);
        fit.Finish()["mean"].ShouldBe([4, 15]);
        fit.Finish()["variance"].ShouldBe([5, 25]);
    }

    // Keras's half-pixel centres: output i of 4 out of 2 stands at (i + ½) / 2 - ½ = -¼, ¼, ¾, 1¼.
    [Theory]
    [InlineData("""{"type": "resizing", "height": 1, "width": 4}""", new[] { 0f, 10 }, new[] { 0f, 2.5f, 7.5f, 10 })]
    [InlineData("""{"type": "resizing", "height": 1, "width": 4, "interpolation": "nearest"}""", new[] { 0f, 10 }, new[] { 0f, 0, 10, 10 })]
    [InlineData("""{"type": "resizing", "height": 1, "width": 2}""", new[] { 0f, 10, 20, 30 }, new[] { 5f, 25 })]
    [InlineData("""{"type": "resizing", "height": 1, "width": 2, "interpolation": "nearest"}""", new[] { 0f, 10, 20, 30 }, new[] { 10f, 30 })]
    [InlineData("""{"type": "resizing", "height": 1, "width": 3}""", new[] { 0f, 10 }, new[] { 0f, 5, 10 })]
    [InlineData("""{"type": "resizing", "height": 1, "width": 3, "interpolation": "nearest"}""", new[] { 0f, 10, 20, 30, 40 }, new[] { 0f, 20, 40 })]
    public void Resizing(string layer, float[] x, float[] expected) => Forward.ShouldBeNear(Forward.Run($"[{layer}]", new Shape(1, x.Length, 1), x), expected);

    [Theory]
    [InlineData("\"max_pooling1d\"", new[] { 2f, 5 })]
    [InlineData("""{"type": "average_pooling1d", "pool_size": 3, "strides": 2, "padding": "same"}""", new[] { 1.5f, 2.6666667f, 3 })]
    [InlineData("\"global_average_pooling1d\"", new[] { 2.8f })]
    [InlineData("\"global_max_pooling1d\"", new[] { 5f })]
    [InlineData("""{"type": "zero_padding1d", "padding": [1, 0]}""", new[] { 0f, 1, 2, 5, 1, 5 })]
    [InlineData("\"cropping1d\"", new[] { 2f, 5, 1 })]
    [InlineData("""{"type": "up_sampling1d", "size": 2}""", new[] { 1f, 1, 2, 2, 5, 5, 1, 1, 5, 5 })]
    public void On_sequences(string layer, float[] expected)
        // Padding same of 5 steps by windows of 3, 2 apart: 1 before, 1 behind; windows (1,2), (2,5,1), (1,5) hold real cells only.
        => Forward.ShouldBeNear(Forward.Run($"[{layer}]", new Shape(5, 1), [1, 2, 5, 1, 5]), expected);

    [Fact]
    public void Softmax_along_the_first_axis()
    {
        double a = Math.Exp(1) / (Math.Exp(1) + Math.Exp(3)), b = Math.Exp(2) / (Math.Exp(2) + Math.Exp(5));
        Forward.ShouldBeNear(Forward.Run("""[{"type": "softmax", "axis": 1}]""", new Shape(2, 2), [1, 2, 3, 5]), [(float)a, (float)b, (float)(1 - a), (float)(1 - b)]);
    }

    // A dense layer on [steps, features] is the same layer at each step.
    [Fact]
    public void Dense_at_each_step()
    {
        float[] kernel = Forward.Sample(new Shape(5, 3)), bias = [1, 2, 3], x = Forward.Sample(new Shape(4, 5), 2);
        float[] Run(Shape shape) => Forward.Run("""[{"type": "dense", "units": 3}]""", shape, x, prepare: state =>
        {
            state.Find("l0/kernel")!.Write(kernel);
            state.Find("l0/bias")!.Write(bias);
        });
        Forward.ShouldBeNear(Run(new Shape(4, 5)), Run(new Shape(5)), 1e-6);
        Forward.ShouldBeNear(Run(new Shape(2, 2, 5)), Run(new Shape(5)), 1e-6);
    }
}
