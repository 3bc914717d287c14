using TrainService.NeuralNet.Layers;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Layers.Convolution;

/// <summary>
/// conv2d_transpose with output_padding. Sizes as keras/src/backend/common/backend_utils.py works them out for TensorFlow: for a span k, stride s and n pixels
/// (n - 1) s + k + p (valid), (n - 1) s + k - 2 ⌊k / 2⌋ + p (same). Of the full result of (n - 1) s + k pixels, same leaves k - 1 - min(⌈t / 2⌉, k - 1) out at
/// the start, t = k + k % 2 - 2 + p: the paddings that the same file gives to JAX.
/// </summary>
public class OutputPaddingTests
{
    [Theory]
    [InlineData(3, 2, 1, "valid", 0, 9)]
    [InlineData(3, 2, 1, "valid", 1, 10)]
    [InlineData(2, 3, 1, "valid", 2, 13)]
    [InlineData(3, 1, 2, "valid", 0, 8)]
    [InlineData(3, 2, 1, "same", 0, 7)]
    [InlineData(3, 2, 1, "same", 1, 8)]
    [InlineData(4, 2, 1, "same", 0, 6)]
    [InlineData(4, 2, 1, "same", 1, 7)]
    [InlineData(5, 3, 1, "same", 1, 11)]
    [InlineData(2, 1, 2, "same", 0, 4)]
    [InlineData(2, 3, 1, "same", 2, 11)]
    public void Adds_pixels_at_the_end(int kernel, int stride, int dilation, string padding, int more, int length)
    {
        const int n = 4;
        int span = ((kernel - 1) * dilation) + 1, kept = span + (span % 2) - 2 + more;
        int before = padding == "valid" ? 0 : span - 1 - Math.Min((kept + 1) / 2, span - 1);
        int wanted = padding == "valid" ? ((n - 1) * stride) + span + more : ((n - 1) * stride) + span - (2 * (span / 2)) + more;
        wanted.ShouldBe(length);
        float[] x = Forward.Sample(new Shape(n, 1, 1)), w = Forward.Sample(new Shape(kernel), stream: 2), expected = new float[wanted];
        for (int i = 0; i < n; i++)
            for (int k = 0; k < kernel; k++)
                if ((i * stride) + (k * dilation) - before is var at && at >= 0 && at < wanted)
                    expected[at] += x[i] * w[k];
        string layer = $$"""
            [{"type": "conv2d_transpose", "filters": 1, "kernel_size": [{{kernel}}, 1], "strides": [{{stride}}, 1], "dilation_rate": [{{dilation}}, 1], "padding": "{{padding}}", "output_padding": [{{more}}, 0]}]
            """;
        Forward.ShouldBeNear(Forward.Run(layer, new Shape(n, 1, 1), x, prepare: s => s.Find("l0/kernel")!.Write(w)), expected);
    }

    [Fact]
    public void Is_below_the_stride()
        => Should.Throw<Exception>(() => Parts.Of<Layer>("layer", """{"type": "conv2d_transpose", "filters": 1, "kernel_size": 3, "strides": 2, "output_padding": 2}"""));
}
