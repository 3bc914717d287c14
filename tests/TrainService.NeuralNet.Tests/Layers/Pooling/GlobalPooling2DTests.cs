using TrainService.NeuralNet.Graph;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Layers.Pooling;

public sealed class GlobalPooling2DTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(37)]
    public void One_number_a_channel(int channels)
    {
        Shape shape = new(9, 11, channels);
        float[] x = Forward.Sample(shape, count: 2);
        float[][] cells = [.. Enumerable.Range(0, 2 * channels).Select(i => Enumerable.Range(0, 99).Select(p => x[((i / channels) * 99 * channels) + (p * channels) + (i % channels)]).ToArray())];
        Forward.ShouldBeNear(Forward.Run("""["global_average_pooling2d"]""", shape, x), [.. cells.Select(c => (float)c.Average(v => (double)v))], 1e-6);
        Forward.ShouldBeNear(Forward.Run("""["global_max_pooling2d"]""", shape, x), [.. cells.Select(c => c.Max())], 1e-7);
    }

    [Theory]
    [InlineData("global_average_pooling2d")]
    [InlineData("global_max_pooling2d")]
    public void Keepdims_keeps_the_axes(string type)
        => Network.Build(Parts.Layers($$"""[{"type": "{{type}}", "keepdims": true}]"""), new Shape(4, 5, 6)).OutputShape.ShouldBe(new Shape(1, 1, 6));

    [Fact]
    public void Equal_maxima_share_the_gradient()
    {
        LayerNode[] layers = Parts.Layers("""
            [{"type": "dense", "units": 4, "kernel_initializer": "zeros", "bias_initializer": "ones"}, {"type": "reshape", "target_shape": [2, 2, 1]}, "global_max_pooling2d"]
            """);
        GradientsOf.Run(layers, new Shape(1), new TestRows([[0f]]), new TestRows([[0f]]))["l0/bias"].ShouldBe([0.5f, 0.5f, 0.5f, 0.5f]);
    }
}
