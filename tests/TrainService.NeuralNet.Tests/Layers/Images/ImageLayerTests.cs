using TrainService.NeuralNet.Graph;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Layers.Images;

public sealed class ImageLayerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(19)]
    public void Padding_and_cropping_move_pixels(int channels)
    {
        Shape shape = new(3, 4, channels), padded = new(3 + 1 + 2, 4 + 0 + 3, channels);
        float[] x = Forward.Sample(shape, 2);
        float[] wide = Forward.Run("""[{"type": "zero_padding2d", "padding": [[1, 2], [0, 3]]}]""", shape, x);
        for (int n = 0; n < 2; n++)
            for (int i = 0; i < 6; i++)
                for (int j = 0; j < 7; j++)
                    for (int c = 0; c < channels; c++)
                        wide[(((((n * 6) + i) * 7) + j) * channels) + c].ShouldBe(i is >= 1 and < 4 && j < 4 ? x[(((((n * 3) + i - 1) * 4) + j) * channels) + c] : 0f);
        Forward.Run("""[{"type": "cropping2d", "cropping": [[1, 2], [0, 3]]}]""", padded, wide).ShouldBe(x);
        Forward.Run("""["max_pooling2d", {"type": "zero_padding2d", "padding": 2}, {"type": "cropping2d", "cropping": 2}]""", shape, x)
            .ShouldBe(Forward.Run("""["max_pooling2d"]""", shape, x));
    }

    [Theory]
    [InlineData("3", 9, 10)]
    [InlineData("[1, 2]", 5, 8)]
    [InlineData("[[1, 0], [2, 3]]", 4, 9)]
    public void Margins_are_written_in_three_ways(string padding, int height, int width)
        => Network.Build(Parts.Layers($$"""[{"type": "zero_padding2d", "padding": {{padding}}}]"""), new Shape(3, 4, 1)).OutputShape.ShouldBe(new Shape(height, width, 1));

    [Theory]
    [InlineData("-1")]
    [InlineData("\"a\"")]
    [InlineData("[1]")]
    [InlineData("[[1, 2], [3]]")]
    [InlineData("1.5")]
    public void Other_margins_are_refused(string padding)
        => Should.Throw<InvalidOperationException>(() => Parts.Layers($$"""[{"type": "zero_padding2d", "padding": {{padding}}}]""")).Message.ShouldContain("padding");

    [Fact]
    public void Cropping_leaves_something()
        => Should.Throw<NetworkException>(() => Network.Build(Parts.Layers("""[{"type": "cropping2d", "cropping": 2}]"""), new Shape(4, 9, 1))).Message.ShouldContain("leaves nothing");

    [Fact]
    public void Up_sampling_repeats_pixels()
        => Forward.Run("""[{"type": "up_sampling2d", "size": [2, 3]}]""", new Shape(1, 2, 1), [1, 2]).ShouldBe([1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2]);

    // keras.layers.UpSampling2D(2, interpolation="bilinear") of [[1, 3], [5, 9]]: by hand, centres at halves.
    [Fact]
    public void Or_mixes_them()
        => Forward.ShouldBeNear(Forward.Run("""[{"type": "up_sampling2d", "interpolation": "bilinear"}]""", new Shape(2, 2, 1), [1, 3, 5, 9]),
        [
            1, 1.5f, 2.5f, 3,
            2, 2.625f, 3.875f, 4.5f,
            4, 4.875f, 6.625f, 7.5f,
            5, 6, 8, 9,
        ]);

    [Fact]
    public void Permute_reorders_axes()
    {
        Shape shape = new(2, 3, 4);
        float[] x = [.. Enumerable.Range(0, 24).Select(i => (float)i)];
        float[] y = Forward.Run("""[{"type": "permute", "dims": [3, 1, 2]}]""", shape, x);
        for (int a = 0; a < 4; a++)
            for (int b = 0; b < 2; b++)
                for (int c = 0; c < 3; c++)
                    y[(((a * 2) + b) * 3) + c].ShouldBe(x[(((b * 3) + c) * 4) + a]);
    }

    [Theory]
    [InlineData("""{"type": "permute", "dims": [1, 1]}""")]
    [InlineData("""{"type": "reshape", "target_shape": [-1, -1]}""")]
    [InlineData("""{"type": "reshape", "target_shape": [0]}""")]
    public void Contradictions_are_refused(string layer) => Should.Throw<InvalidOperationException>(() => Parts.Layers($"[{layer}]"));

    [Fact]
    public void Reshape_fits_or_is_refused()
    {
        Network.Build(Parts.Layers("""[{"type": "reshape", "target_shape": [-1, 6]}]"""), new Shape(4, 3)).OutputShape.ShouldBe(new Shape(2, 6));
        Should.Throw<NetworkException>(() => Network.Build(Parts.Layers("""[{"type": "reshape", "target_shape": [-1, 5]}]"""), new Shape(4, 3)));
    }

    [Fact]
    public void Rescaling_is_a_line()
        => Forward.ShouldBeNear(Forward.Run("""[{"type": "rescaling", "scale": 0.5, "offset": -1}]""", new Shape(3), [0, 2, 8]), [-1, 0, 3], 1e-7);
}
