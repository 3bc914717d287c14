using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Memory;

namespace TrainService.Tensors.Tests.Kernels.Convolution;

/// <summary>Strips of rows against the general depthwise convolution on the scalar path, finished: the same bits on every width of vector.</summary>
public unsafe class DepthwiseStripTests
{
    [Theory]
    [ClassData(typeof(AllPaths))]
    public void Strips_are_the_convolution_finished(SimdPath path)
    {
        int tried = 0;
        foreach (int width in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 17])
            foreach (int stride in (int[])[1, 2])
                foreach (bool same in (bool[])[false, true])
                    foreach (int channels in (int[])[5, 48])
                    {
                        AxisWindow across = same ? AxisWindow.Same(width, 3, stride, 1) : AxisWindow.Valid(width, 3, stride, 1);
                        AxisWindow down = same ? AxisWindow.Same(width + 1, 3, stride, 1) : AxisWindow.Valid(width + 1, 3, stride, 1);
                        if (across.Out <= 0 || down.Out <= 0) continue;
                        tried++;
                        Check(path, down, across, channels);
                    }

        tried.ShouldBeGreaterThan(60);
    }

    [Fact]
    public void Other_kernels_are_left_to_others()
    {
        DepthwiseStrip.Serves(Pass(AxisWindow.Same(9, 5, 1, 1), AxisWindow.Same(9, 5, 1, 1), 16)).ShouldBeFalse();
        DepthwiseStrip.Serves(Pass(AxisWindow.Same(9, 3, 1, 2), AxisWindow.Same(9, 3, 1, 2), 16)).ShouldBeFalse();
        DepthwiseStrip.Serves(Pass(AxisWindow.Same(9, 3, 3, 1), AxisWindow.Same(9, 3, 3, 1), 16)).ShouldBeFalse();
        DepthwiseStrip.Serves(Pass(AxisWindow.Same(9, 3, 2, 1), AxisWindow.Same(9, 3, 1, 1), 16)).ShouldBeFalse();
        DepthwiseStrip.Serves(Pass(AxisWindow.Same(9, 3, 2, 1), AxisWindow.Same(9, 3, 2, 1), 16)).ShouldBeTrue();
    }

    private static DepthwisePass Pass(AxisWindow down, AxisWindow across, int channels)
    {
        int stride = Panels.Padded(channels);
        return DepthwisePass.Forward(down, across, channels, stride, down.In * across.In * stride, stride, down.Out * across.Out * stride);
    }

    private static void Check(SimdPath path, AxisWindow down, AxisWindow across, int channels)
    {
        int stride = Panels.Padded(channels), source = down.In * across.In * stride, target = down.Out * across.Out * stride, rowLength = across.In * stride;
        using Arena arena = new(source + 2L * target + 11 * stride + rowLength);
        float* x = arena.At(0), kernel = x + source, scale = kernel + 9 * stride, shift = scale + stride, y = shift + stride, expected = y + target, zeros = expected + target;
        var random = new Random(source + channels);
        for (float* at = x; at < y; at++) *at = random.NextSingle() - 0.5f;
        DepthwisePass pass = Pass(down, across, channels);
        DepthwiseProduct.Run(SimdPath.Scalar, pass, 0, 1, x, kernel, expected, null, accumulate: false);
        for (int i = 0; i < target; i++) expected[i] = Math.Min(Math.Max(MathF.FusedMultiplyAdd(expected[i], scale[i % stride], shift[i % stride]), 0), 0.3f);

        DepthwiseStrip.Serves(pass).ShouldBeTrue();
        nint[] rows = new nint[3 * down.Out];
        for (int i = 0; i < rows.Length; i++)
        {
            int row = i / 3 * down.Stride + i % 3 - down.Before;
            rows[i] = (nint)((uint)row < (uint)down.In ? x + row * rowLength : zeros);
        }

        fixed (nint* taps = rows)
            new DepthwiseStrip(across.In, across.Stride, across.Before, across.Out, stride).Run(path, down.Out, (float**)taps, kernel, y, new ProductEnding(scale, shift, 0, 0.3f));
        for (int i = 0; i < target; i++) y[i].ShouldBe(expected[i], $"{path} {down} {across} channels {channels} at {i}");
    }
}
