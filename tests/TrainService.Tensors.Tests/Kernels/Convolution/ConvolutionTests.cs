using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Memory;

namespace TrainService.Tensors.Tests.Kernels.Convolution;

/// <summary>Forward, input gradient and kernel gradient against sums in double, written out from the definition.</summary>
public unsafe class ConvolutionTests
{
    private const int Samples = 3;

    public static TheoryData<int, int, int> Channels => new() { { 1, 5, 1 }, { 3, 16, 1 }, { 16, 3, 1 }, { 20, 33, 1 }, { 6, 9, 3 }, { 32, 32, 2 }, { 4, 4, 4 }, { 48, 6, 2 } };

    [Theory]
    [MemberData(nameof(Channels))]
    public void Every_window_equals_the_definition(int inputs, int outputs, int groups)
    {
        int tried = 0;
        foreach (int size in (int[])[1, 2, 5, 6])
            foreach (int kernel in (int[])[1, 2, 3, 5])
                foreach (int stride in (int[])[1, 2, 3])
                    foreach (int dilation in stride == 1 ? (int[])[1, 2] : [1])
                        foreach (bool same in (bool[])[false, true])
                        {
                            AxisWindow down = Window(same, size, kernel, stride, dilation), across = Window(same, size + 2, (kernel + 1) / 2, stride, dilation);
                            if (down.Out <= 0 || across.Out <= 0) continue;
                            Check(new ConvolutionShape(down, across, inputs, outputs, groups), compact: tried++ % 3 == 0);
                        }

        tried.ShouldBeGreaterThan(60);
    }

    [Fact]
    public void Blocks_of_depth_and_of_positions_make_no_difference()
    {
        Check(new ConvolutionShape(AxisWindow.Same(9, 5, 1, 1), AxisWindow.Same(8, 5, 1, 1), 40, 20, 1), compact: false);
        Check(new ConvolutionShape(AxisWindow.Valid(31, 3, 2, 1), AxisWindow.Valid(33, 3, 1, 1), 3, 17, 1), compact: true);
        Check(new ConvolutionShape(AxisWindow.Same(20, 1, 1, 1), AxisWindow.Same(21, 1, 1, 1), 33, 40, 1), compact: false);
        Check(new ConvolutionShape(AxisWindow.Causal(1, 1, 1, 1), AxisWindow.Causal(700, 4, 1, 3), 2, 3, 1), compact: true);
    }

    [Theory]
    [InlineData(7, 3, 2, 1, 4, 1)]
    [InlineData(8, 3, 2, 1, 4, 0)]
    [InlineData(8, 2, 3, 1, 3, 0)]
    [InlineData(5, 3, 1, 2, 5, 2)]
    public void Padding_same_is_as_Keras_has_it(int n, int kernel, int stride, int dilation, int windows, int before)
    {
        AxisWindow window = AxisWindow.Same(n, kernel, stride, dilation);
        window.Out.ShouldBe(windows);
        window.Before.ShouldBe(before);
    }

    private static AxisWindow Window(bool same, int n, int kernel, int stride, int dilation)
        => same ? AxisWindow.Same(n, kernel, stride, dilation) : AxisWindow.Valid(n, kernel, stride, dilation);

    private static void Check(ConvolutionShape s, bool compact)
    {
        string name = $"{s}, compact {compact}";
        int xStride = compact ? s.Inputs : Panels.Padded(s.Inputs), yStride = compact ? s.Outputs : Panels.Padded(s.Outputs);
        long xSample = Panels.Padded(s.Vertical.In * s.Horizontal.In * xStride), ySample = Panels.Padded(s.Vertical.Out * s.Horizontal.Out * yStride);
        double[] x = Random(1, Samples * s.Vertical.In * s.Horizontal.In * s.Inputs), dy = Random(2, Samples * s.Vertical.Out * s.Horizontal.Out * s.Outputs);
        double[] w = Random(3, s.Vertical.Kernel * s.Horizontal.Kernel * s.InputsPerGroup * s.Outputs), b = Random(4, s.Outputs);
        (double[] y, double[] dx, double[] dw) = Reference(s, x, w, b, dy);

        IReadOnlyList<PatchPass> forward = s.Forward(xStride, xSample, yStride, ySample);
        (IReadOnlyList<PatchPass> backward, KernelTransposition transposition, long length) = s.Backward(yStride, ySample, xStride, xSample);
        PatchGrid patches = s.Patches(xStride, xSample), columns = s.OutputPixels(yStride, ySample);
        int scratchLength = forward.Concat(backward).Max(p => PatchProduct.ScratchLength(p)) + PatchGradient.ScratchLength(patches, columns, s.Depth, s.PanelsPerGroup);
        using var arena = new Arena(Samples * (2 * xSample + 2 * ySample) + 2 * s.KernelLength + length + scratchLength + Panels.Padded(s.Outputs) + 64);
        float* px = arena.At(0), pdx = px + Samples * xSample, py = pdx + Samples * xSample, pdy = py + Samples * ySample, pw = pdy + Samples * ySample;
        float* pdw = pw + s.KernelLength, wt = pdw + s.KernelLength, scratch = wt + length, pb = scratch + scratchLength;
        new Span<float>(wt, (int)length).Fill(float.NaN);
        new Span<float>(scratch, scratchLength).Fill(float.NaN);
        new Span<float>(py, (int)(Samples * ySample)).Fill(float.NaN);
        new Span<float>(pdx, (int)(Samples * xSample)).Fill(float.NaN);
        Spread(x, s.Inputs, px, xStride, xSample, s.Vertical.In * s.Horizontal.In);
        Spread(dy, s.Outputs, pdy, yStride, ySample, s.Vertical.Out * s.Horizontal.Out);
        for (int i = 0; i < w.Length; i++) pw[Place(s, i)] = (float)w[i];
        for (int i = 0; i < b.Length; i++) pb[i] = (float)b[i];

        // The samples in two blocks, as two threads would.
        foreach (PatchPass pass in forward)
        {
            PatchProduct.Run(pass, 1, Samples, px, pw, py, pb, false, scratch);
            PatchProduct.Run(pass, 0, 1, px, pw, py, pb, false, scratch);
        }

        Compare(y, s.Outputs, py, yStride, ySample, s.Vertical.Out * s.Horizontal.Out, s.Depth, 1, $"y of {name}");

        transposition.Run(pw, wt, 0, transposition.Count);
        foreach (PatchPass pass in backward) PatchProduct.Run(pass, 0, Samples, pdy, wt, pdx, null, false, scratch);
        int span = s.Vertical.Kernel * s.Horizontal.Kernel * s.OutputsPerGroup;
        Compare(dx, s.Inputs, pdx, xStride, xSample, s.Vertical.In * s.Horizontal.In, span, 1, $"dx of {name}");
        foreach (PatchPass pass in backward) PatchProduct.Run(pass, 0, Samples, pdy, wt, pdx, null, true, scratch);
        Compare(dx, s.Inputs, pdx, xStride, xSample, s.Vertical.In * s.Horizontal.In, span, 2, $"accumulated dx of {name}");

        long positions = (long)Samples * patches.Positions;
        for (int g = 0; g < s.Groups; g++)
        {
            // Rows in two ranges, the panels one by one.
            for (int panel = 0; panel < s.PanelsPerGroup; panel++)
            {
                int middle = s.Depth / 2;
                float* result = pdw + ((long)g * s.PanelsPerGroup + panel) * s.Depth * 16;
                float* images = px + g * s.InputsPerGroup, gradients = pdy + g * s.OutputsPerGroup;
                if (middle > 0) PatchGradient.Run(patches, images, columns, gradients, 0, middle, panel, 1, 0, positions, result, scratch);
                PatchGradient.Run(patches, images, columns, gradients, middle, s.Depth, panel, 1, 0, positions, result + middle * 16, scratch);
            }
        }

        for (int i = 0; i < dw.Length; i++) Near(pdw[Place(s, i)], dw[i], (int)positions, $"dW[{i}] of {name}");
        double padding = 0;
        for (long i = 0; i < s.KernelLength; i++) padding += pdw[i];
        padding.ShouldBe(dw.Sum(), 1e-4 * Math.Sqrt(positions * dw.Length) + 1e-3, $"what pads dW of {name} is not zero");
    }

    private static (double[] Y, double[] Dx, double[] Dw) Reference(ConvolutionShape s, double[] x, double[] w, double[] b, double[] dy)
    {
        double[] y = new double[dy.Length], dx = new double[x.Length], dw = new double[w.Length];
        AxisWindow v = s.Vertical, h = s.Horizontal;
        for (int n = 0; n < Samples; n++)
            for (int oy = 0; oy < v.Out; oy++)
                for (int ox = 0; ox < h.Out; ox++)
                    for (int o = 0; o < s.Outputs; o++)
                    {
                        int at = ((n * v.Out + oy) * h.Out + ox) * s.Outputs + o, first = o / s.OutputsPerGroup * s.InputsPerGroup;
                        y[at] = b[o];
                        for (int ky = 0; ky < v.Kernel; ky++)
                            for (int kx = 0; kx < h.Kernel; kx++)
                            {
                                int iy = oy * v.Stride + ky * v.Dilation - v.Before, ix = ox * h.Stride + kx * h.Dilation - h.Before;
                                if (iy < 0 || iy >= v.In || ix < 0 || ix >= h.In) continue;
                                for (int c = 0; c < s.InputsPerGroup; c++)
                                {
                                    int from = ((n * v.In + iy) * h.In + ix) * s.Inputs + first + c;
                                    int weight = ((ky * h.Kernel + kx) * s.InputsPerGroup + c) * s.Outputs + o;
                                    y[at] += x[from] * w[weight];
                                    dx[from] += dy[at] * w[weight];
                                    dw[weight] += dy[at] * x[from];
                                }
                            }
                    }

        return (y, dx, dw);
    }

    private static long Place(ConvolutionShape s, int index)
    {
        int o = index % s.Outputs, row = index / s.Outputs, within = o % s.OutputsPerGroup;
        return (((long)o / s.OutputsPerGroup * s.PanelsPerGroup + within / 16) * s.Depth + row) * 16 + within % 16;
    }

    private static void Spread(double[] values, int channels, float* target, int stride, long sample, int pixels)
    {
        for (int i = 0; i < values.Length; i++)
            target[i / channels / pixels * sample + i / channels % pixels * (long)stride + i % channels] = (float)values[i];
    }

    private static void Compare(double[] expected, int channels, float* actual, int stride, long sample, int pixels, int terms, int times, string name)
    {
        for (int i = 0; i < expected.Length; i++)
            Near(actual[i / channels / pixels * sample + i / channels % pixels * (long)stride + i % channels], expected[i] * times, terms, $"{name}, {i}");
        for (int n = 0; n < Samples; n++)
            for (int p = 0; p < pixels; p++)
                for (int c = channels; c < stride; c++)
                    if (actual[n * sample + (long)p * stride + c] != 0) throw new InvalidOperationException($"{name}: what pads pixel {p} is {actual[n * sample + (long)p * stride + c]}");
    }

    private static void Near(float actual, double expected, int terms, string name)
    {
        // Rounding errors of a chain of products below 1, with room to spare. Plain comparison: millions of Shouldly calls take minutes.
        if (!(Math.Abs(actual - expected) <= 4e-7 * (terms + 4))) throw new InvalidOperationException($"{name}: {actual}, should be {expected}");
    }

    private static double[] Random(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (double)(random.NextSingle() * 2 - 1))];
    }
}
