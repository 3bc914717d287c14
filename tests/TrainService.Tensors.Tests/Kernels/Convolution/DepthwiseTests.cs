using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Memory;

namespace TrainService.Tensors.Tests.Kernels.Convolution;

/// <summary>Forward, input gradient and kernel gradient against sums in double, on every width of vector.</summary>
public unsafe class DepthwiseTests
{
    private const int Samples = 2;

    [Theory]
    [ClassData(typeof(AllPaths))]
    public void Every_window_equals_the_definition(SimdPath path)
    {
        int tried = 0;
        foreach (int size in (int[])[1, 2, 3, 5, 12])
            foreach (int kernel in (int[])[1, 2, 3, 5])
                foreach (int stride in (int[])[1, 2, 3])
                    foreach (int dilation in stride == 1 ? (int[])[1, 2] : [1])
                        foreach (bool same in (bool[])[false, true])
                        {
                            AxisWindow down = Window(same, size, kernel, stride, dilation), across = Window(same, size + 3, (kernel + 1) / 2, stride, dilation);
                            if (down.Out <= 0 || across.Out <= 0) continue;
                            Check(path, down, across, channels: tried++ % 2 == 0 ? 3 : 32);
                        }

        tried.ShouldBeGreaterThan(60);
    }

    private static AxisWindow Window(bool same, int n, int kernel, int stride, int dilation)
        => same ? AxisWindow.Same(n, kernel, stride, dilation) : AxisWindow.Valid(n, kernel, stride, dilation);

    private static void Check(SimdPath path, AxisWindow v, AxisWindow h, int channels)
    {
        string name = $"{path} {v} {h} channels {channels}";
        int stride = Panels.Padded(channels), taps = v.Kernel * h.Kernel;
        long xSample = v.In * h.In * stride, ySample = v.Out * h.Out * stride;
        using var arena = new Arena(Samples * 2 * (xSample + ySample) + stride * (2 * taps + 1));
        float* x = arena.At(0), dx = x + Samples * xSample, y = dx + Samples * xSample, dy = y + Samples * ySample, w = dy + Samples * ySample;
        float* dw = w + stride * taps, bias = dw + stride * taps;
        var random = new Random(5);
        foreach ((nint start, long length) in ((nint, long)[])[((nint)x, Samples * xSample), ((nint)dy, Samples * ySample), ((nint)w, (long)stride * taps), ((nint)bias, stride)])
            for (long i = 0; i < length; i++) ((float*)start)[i] = i % stride < channels || start == (nint)w ? random.NextSingle() * 2 - 1 : 0;
        new Span<float>(y, (int)(Samples * ySample)).Fill(float.NaN);
        new Span<float>(dx, (int)(Samples * xSample)).Fill(float.NaN);

        double[] ey = new double[Samples * ySample], edx = new double[Samples * xSample], edw = new double[stride * taps];
        for (int n = 0; n < Samples; n++)
            for (int oy = 0; oy < v.Out; oy++)
                for (int ox = 0; ox < h.Out; ox++)
                    for (int c = 0; c < channels; c++)
                    {
                        long at = n * ySample + ((long)oy * h.Out + ox) * stride + c;
                        ey[at] = bias[c];
                        for (int t = 0; t < taps; t++)
                        {
                            int iy = oy * v.Stride + t / h.Kernel * v.Dilation - v.Before, ix = ox * h.Stride + t % h.Kernel * h.Dilation - h.Before;
                            if (iy < 0 || iy >= v.In || ix < 0 || ix >= h.In) continue;
                            long from = n * xSample + ((long)iy * h.In + ix) * stride + c;
                            int weight = (c / 16 * taps + t) * 16 + c % 16;
                            ey[at] += (double)x[from] * w[weight];
                            edx[from] += (double)dy[at] * w[weight];
                            edw[weight] += (double)dy[at] * x[from];
                        }
                    }

        DepthwisePass forward = DepthwisePass.Forward(v, h, channels, stride, xSample, stride, ySample);
        DepthwiseProduct.Run(path, forward, 1, Samples, x, w, y, bias, false);
        DepthwiseProduct.Run(path, forward, 0, 1, x, w, y, bias, false);
        Compare(y, ey, channels, stride, 1, $"y {name}");
        IReadOnlyList<DepthwisePass> backward = DepthwisePass.Backward(v, h, channels, stride, ySample, stride, xSample);
        foreach (DepthwisePass pass in backward) DepthwiseProduct.Run(path, pass, 0, Samples, dy, w, dx, null, false);
        Compare(dx, edx, channels, stride, 1, $"dx {name}");
        foreach (DepthwisePass pass in backward) DepthwiseProduct.Run(path, pass, 0, Samples, dy, w, dx, null, true);
        Compare(dx, edx, channels, stride, 2, $"accumulated dx {name}");
        for (int block = 0; block < stride / 16; block++) DepthwiseGradient.Run(path, forward, Samples, block, x, dy, dw + block * taps * 16);
        for (int i = 0; i < edw.Length; i++) Near(dw[i], edw[i], $"dW[{i}] {name}");

        // To the bit what the scalar reference gives.
        float[] vectorY = new Span<float>(y, (int)(Samples * ySample)).ToArray(), vectorDw = new Span<float>(dw, stride * taps).ToArray();
        DepthwiseProduct.Run(SimdPath.Scalar, forward, 0, Samples, x, w, y, bias, false);
        for (int block = 0; block < stride / 16; block++) DepthwiseGradient.Run(SimdPath.Scalar, forward, Samples, block, x, dy, dw + block * taps * 16);
        new Span<float>(y, vectorY.Length).SequenceEqual(vectorY).ShouldBeTrue($"y {name}");
        new Span<float>(dw, vectorDw.Length).SequenceEqual(vectorDw).ShouldBeTrue($"dW {name}");
    }

    private static void Compare(float* actual, double[] expected, int channels, int stride, int times, string name)
    {
        for (int i = 0; i < expected.Length; i++)
            if (i % stride < channels) Near(actual[i], expected[i] * times, $"{name}, {i}");
            else if (!float.IsFinite(actual[i])) throw new InvalidOperationException($"{name}: padding {i} is not finite");
    }

    private static void Near(float actual, double expected, string name)
    {
        if (!(Math.Abs(actual - expected) <= 3e-5)) throw new InvalidOperationException($"{name}: {actual}, should be {expected}");
    }
}
