using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Convolution.Winograd;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Memory;

namespace TrainService.Tensors.Tests.Kernels.Convolution;

/// <summary>The convolution in tiles against the definition in double, and against itself on other vectors and in other blocks.</summary>
public unsafe class WinogradTests
{
    private const int Samples = 3;

    public static TheoryData<int, int, int, int, bool> Shapes => new()
    {
        { 3, 3, 16, 16, false }, { 4, 9, 16, 32, true }, { 5, 5, 32, 16, true }, { 14, 14, 32, 48, true }, { 13, 13, 16, 64, false },
        { 7, 7, 48, 32, true }, { 1, 1, 16, 16, true }, { 2, 30, 16, 16, true }, { 70, 6, 16, 16, false },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_and_both_gradients_equal_the_definition(int height, int width, int inputs, int outputs, bool same)
    {
        WinogradShape s = Shape(height, width, inputs, outputs, same);
        Operands o = new(s);
        (double[] y, double[] dx, double[] dw) = Reference(s, o);
        Results r = Compute(SimdPaths.Best, s, o, blocks: 1);
        Compare(r.Y, y, 9 * inputs, "y");
        Compare(r.Dx, dx, 9 * outputs, "dx");
        Compare(r.Dw, dw, Samples * s.Vertical.Out * s.Horizontal.Out, "dW");
        Results twice = Compute(SimdPaths.Best, s, o, blocks: 1, accumulate: true);
        Compare(twice.Y, [.. y.Select(v => v + 1)], 9 * inputs, "accumulated y");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Bits_depend_on_neither_vectors_nor_blocks(int height, int width, int inputs, int outputs, bool same)
    {
        WinogradShape s = Shape(height, width, inputs, outputs, same);
        Operands o = new(s);
        Results best = Compute(SimdPaths.Best, s, o, blocks: 1);
        foreach (SimdPath path in Enum.GetValues<SimdPath>().Where(SimdPaths.IsSupported))
        {
            Results other = Compute(path, s, o, blocks: Samples);
            other.Y.AsSpan().SequenceEqual(best.Y).ShouldBeTrue($"y on {path}");
            other.Dx.AsSpan().SequenceEqual(best.Dx).ShouldBeTrue($"dx on {path}");
            other.Dw.AsSpan().SequenceEqual(best.Dw).ShouldBeTrue($"dW on {path}");
        }
    }

    [Theory]
    [InlineData(3, 1, 1, 1, 64, 64, true)]
    [InlineData(3, 2, 1, 1, 64, 64, false)]
    [InlineData(3, 1, 2, 1, 64, 64, false)]
    [InlineData(5, 1, 1, 1, 64, 64, false)]
    [InlineData(3, 1, 1, 2, 64, 64, false)]
    [InlineData(3, 1, 1, 1, 3, 64, false)]
    [InlineData(3, 1, 1, 1, 512, 512, true)]
    public void Only_what_gains_is_done_in_tiles(int kernel, int stride, int dilation, int groups, int inputs, int outputs, bool expected)
    {
        AxisWindow axis = AxisWindow.Same(28, kernel, stride, dilation);
        (WinogradShape.Of(new ConvolutionShape(axis, axis, inputs, outputs, groups), 32) is not null).ShouldBe(expected);
    }

    [Fact]
    public void A_small_batch_of_small_images_is_not_worth_transforming_a_large_kernel()
    {
        AxisWindow axis = AxisWindow.Same(7, 3, 1, 1);
        WinogradShape.Of(new ConvolutionShape(axis, axis, 512, 512, 1), 1).ShouldBeNull();
    }

    private static WinogradShape Shape(int height, int width, int inputs, int outputs, bool same) => same
        ? new(AxisWindow.Same(height, 3, 1, 1), AxisWindow.Same(width, 3, 1, 1), inputs, outputs)
        : new(AxisWindow.Valid(height, 3, 1, 1), AxisWindow.Valid(width, 3, 1, 1), inputs, outputs);

    private static Results Compute(SimdPath path, WinogradShape s, Operands o, int blocks, bool accumulate = false)
    {
        int scratchLength = new[]
        {
            WinogradProduct.ScratchLength(s), WinogradProduct.ScratchLength(s.Backward), WinogradGradient.TransformScratch(s), WinogradGradient.ProductScratch(s.Inputs, s.Outputs / 16),
        }.Max();
        long tiles = Samples * s.Tiles, imagePlane = WinogradShape.PlaneStride(tiles, s.Inputs), gradientPlane = WinogradShape.PlaneStride(tiles, s.Outputs);
        int xLength = o.X.Length, yLength = o.Dy.Length, wLength = o.W.Length;
        using Arena arena = new(2 * xLength + 2 * yLength + 2 * wLength + 2 * s.KernelLength + scratchLength + 36 * (imagePlane + gradientPlane) + 1024);
        float* x = arena.At(0), dx = x + xLength, y = dx + xLength, dy = y + yLength, w = dy + yLength, wt = w + wLength, planes = wt + wLength;
        float* back = planes + s.KernelLength, images = back + s.KernelLength, gradients = images + 36 * imagePlane, bias = gradients + 36 * gradientPlane, scratch = bias + 64;
        arena.Span(0, (int)arena.Length).Fill(float.NaN);
        o.X.CopyTo(new Span<float>(x, xLength));
        o.Dy.CopyTo(new Span<float>(dy, yLength));
        o.Bias.CopyTo(new Span<float>(bias, s.Outputs));
        if (accumulate) new Span<float>(y, yLength).Fill(1);
        for (int i = 0; i < wLength; i++) w[Place(s, i)] = o.W[i];
        TileImages xImages = new(x, s.Inputs, xLength / Samples), yImages = new(y, s.Outputs, yLength / Samples);
        TileImages dxImages = new(dx, s.Inputs, xLength / Samples), dyImages = new(dy, s.Outputs, yLength / Samples);
        ConvolutionShape shape = new(s.Vertical, s.Horizontal, s.Inputs, s.Outputs, 1);
        KernelTransposition transposition = shape.Backward(s.Outputs, yLength / Samples, s.Inputs, xLength / Samples).Kernel;
        transposition.Run(w, wt, 0, transposition.Count);
        WinogradKernel.Run(path, s.Inputs, s.Outputs, w, planes, 0, s.Outputs / 16);
        WinogradKernel.Run(path, s.Outputs, s.Inputs, wt, back, 0, s.Inputs / 16);
        for (int i = 0; i < blocks; i++)
        {
            int from = Samples * i / blocks, to = Samples * (i + 1) / blocks;
            WinogradProduct.Run(path, s, from, to, xImages, planes, yImages, bias, accumulate, scratch);
            WinogradProduct.Run(path, s.Backward, from, to, dyImages, back, dxImages, null, false, scratch);
            WinogradGradient.Transform(path, s, from, to, xImages, images, (nint)imagePlane, dyImages, gradients, (nint)gradientPlane, scratch);
        }

        float[] dw = new float[wLength];
        int rows = blocks == 1 ? s.Inputs : 16, panels = blocks == 1 ? s.Outputs / 16 : 1;
        for (int input = 0; input < s.Inputs; input += rows)
        {
            for (int panel = 0; panel < s.Outputs / 16; panel += panels)
            {
                WinogradGradient.Product(path, s, tiles, images, (nint)imagePlane, gradients, (nint)gradientPlane, input, rows, panel, panels, scratch);
                for (int i = 0; i < panels * 9 * rows * 16; i++)
                {
                    int j = i % 16, row = i / 16 % rows, tap = i / 16 / rows % 9, q = i / 16 / rows / 9;
                    dw[(tap * s.Inputs + input + row) * s.Outputs + (panel + q) * 16 + j] = scratch[i];
                }
            }
        }

        return new Results(new Span<float>(y, yLength).ToArray(), new Span<float>(dx, xLength).ToArray(), dw);
    }

    private static (double[] Y, double[] Dx, double[] Dw) Reference(WinogradShape s, Operands o)
    {
        double[] y = new double[o.Dy.Length], dx = new double[o.X.Length], dw = new double[o.W.Length];
        AxisWindow v = s.Vertical, h = s.Horizontal;
        for (int n = 0; n < Samples; n++)
            for (int oy = 0; oy < v.Out; oy++)
                for (int ox = 0; ox < h.Out; ox++)
                    for (int k = 0; k < s.Outputs; k++)
                    {
                        int at = ((n * v.Out + oy) * h.Out + ox) * s.Outputs + k;
                        y[at] = o.Bias[k];
                        for (int tap = 0; tap < 9; tap++)
                        {
                            int iy = oy + tap / 3 - v.Before, ix = ox + tap % 3 - h.Before;
                            if (iy < 0 || iy >= v.In || ix < 0 || ix >= h.In) continue;
                            for (int c = 0; c < s.Inputs; c++)
                            {
                                int from = ((n * v.In + iy) * h.In + ix) * s.Inputs + c, weight = (tap * s.Inputs + c) * s.Outputs + k;
                                y[at] += (double)o.X[from] * o.W[weight];
                                dx[from] += (double)o.Dy[at] * o.W[weight];
                                dw[weight] += (double)o.Dy[at] * o.X[from];
                            }
                        }
                    }

        return (y, dx, dw);
    }

    private static long Place(WinogradShape s, int index)
    {
        int k = index % s.Outputs, row = index / s.Outputs;
        return ((long)(k / 16) * 9 * s.Inputs + row) * 16 + k % 16;
    }

    /// <summary>Errors of the transforms are some times those of the sum, which grow with the root of its terms.</summary>
    private static void Compare(float[] actual, double[] expected, int terms, string name)
    {
        double limit = 2e-5 * Math.Sqrt(terms + 1);
        for (int i = 0; i < expected.Length; i++)
            if (!(Math.Abs(actual[i] - expected[i]) <= limit)) throw new InvalidOperationException($"{name}[{i}]: {actual[i]}, should be {expected[i]} within {limit:E1}");
    }

    private sealed record Results(float[] Y, float[] Dx, float[] Dw);

    private sealed class Operands(WinogradShape s)
    {
        public float[] X { get; } = Random(1, Samples * s.Vertical.In * s.Horizontal.In * s.Inputs);

        public float[] Dy { get; } = Random(2, Samples * s.Vertical.Out * s.Horizontal.Out * s.Outputs);

        public float[] W { get; } = Random(3, 9 * s.Inputs * s.Outputs);

        public float[] Bias { get; } = Random(4, s.Outputs);

        private static float[] Random(int seed, int length)
        {
            Random random = new(seed);
            return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 2 - 1)];
        }
    }
}
