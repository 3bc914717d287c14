using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Convolution.Winograd;
using TrainService.Tensors.Kernels.Normalization;
using TrainService.Tensors.Memory;

namespace TrainService.Tensors.Tests.Kernels.Convolution;

/// <summary>What every kernel of convolutions gives, as callers get it, for fixed inputs.</summary>
internal static unsafe class ConvolutionDigest
{
    private const int Samples = 2, Length = 1 << 16;

    public static float[] Results()
    {
        List<float> results = [];
        Plain(results, new ConvolutionShape(AxisWindow.Same(9, 3, 2, 1), AxisWindow.Same(7, 3, 2, 1), 16, 32, 1));
        Plain(results, new ConvolutionShape(AxisWindow.Valid(9, 3, 1, 2), AxisWindow.Valid(8, 2, 1, 2), 16, 48, 2));
        Plain(results, new ConvolutionShape(AxisWindow.Same(6, 1, 1, 1), AxisWindow.Same(5, 1, 1, 1), 32, 16, 1));
        Depthwise(results, AxisWindow.Same(9, 3, 1, 1), AxisWindow.Same(10, 3, 1, 1));
        Depthwise(results, AxisWindow.Same(9, 3, 2, 1), AxisWindow.Same(10, 3, 2, 1));
        Normalization(results);
        Tiles(results, new WinogradShape(AxisWindow.Same(9, 3, 1, 1), AxisWindow.Same(10, 3, 1, 1), 16, 32));
        return [.. results];
    }

    private static void Plain(List<float> results, ConvolutionShape s)
    {
        using Arena x = Random(1), dy = Random(2), w = Random(3), y = new(Length), dx = new(Length), wt = new(Length), dw = new(Length), scratch = new(4 * Length);
        long xSample = (long)s.Vertical.In * s.Horizontal.In * s.Inputs, ySample = (long)s.Vertical.Out * s.Horizontal.Out * s.Outputs;
        foreach (PatchPass pass in s.Forward(s.Inputs, xSample, s.Outputs, ySample)) PatchProduct.Run(pass, 0, Samples, x.At(0), w.At(0), y.At(0), w.At(64), false, scratch.At(0));
        (IReadOnlyList<PatchPass> passes, KernelTransposition transposition, _) = s.Backward(s.Outputs, ySample, s.Inputs, xSample);
        transposition.Run(w.At(0), wt.At(0), 0, transposition.Count);
        foreach (PatchPass pass in passes) PatchProduct.Run(pass, 0, Samples, dy.At(0), wt.At(0), dx.At(0), null, false, scratch.At(0));
        PatchGrid patches = s.Patches(s.Inputs, xSample);
        PatchGradient.Run(patches, x.At(0), s.OutputPixels(s.Outputs, ySample), dy.At(0), 1, s.Depth, 0, 1, 0, (long)Samples * patches.Positions, dw.At(0), scratch.At(0));
        Add(results, y, dx, dw);
    }

    private static void Depthwise(List<float> results, AxisWindow down, AxisWindow across)
    {
        const int Channels = 32;
        using Arena x = Random(4), dy = Random(5), w = Random(6), y = new(Length), dx = new(Length), dw = new(Length);
        long xSample = (long)down.In * across.In * Channels, ySample = (long)down.Out * across.Out * Channels;
        DepthwisePass forward = DepthwisePass.Forward(down, across, Channels, Channels, xSample, Channels, ySample);
        DepthwiseProduct.Run(forward, 0, Samples, x.At(0), w.At(0), y.At(0), w.At(64), false);
        foreach (DepthwisePass pass in DepthwisePass.Backward(down, across, Channels, Channels, ySample, Channels, xSample))
            DepthwiseProduct.Run(pass, 0, Samples, dy.At(0), w.At(0), dx.At(0), null, false);
        DepthwiseGradient.Run(forward, Samples, 1, x.At(0), dy.At(0), dw.At(0));
        Add(results, y, dx, dw);
    }

    private static void Normalization(List<float> results)
    {
        const int Stride = 32, Pixels = 150;
        using Arena x = Random(10), g = Random(11), p = Random(12), z = new(Length), sums = new(Length), scratch = new(Length);
        ChannelMap map = new(p.At(0), p.At(32), p.At(64), 0, 0.5f);
        ChannelNormalization.Apply(map, x.At(0), Pixels, Stride, z.At(0));
        ChannelNormalization.Copy(map, x.At(0), 9, z.At(Pixels * Stride));
        ChannelNormalization.AddMoments(x.At(0), Pixels, Stride, (double*)sums.At(0), scratch.At(0));
        ChannelNormalization.AddGradients(map, true, x.At(0), g.At(0), Pixels, Stride, (double*)sums.At(256), scratch.At(0));
        ChannelNormalization.Sum(map, x.At(0), default, g.At(0), Pixels, Stride, -0.3f, 0.4f, z.At(2 * Pixels * Stride));
        ChannelNormalization.InputGradient(p.At(0), p.At(32), p.At(64), p.At(96), x.At(0), g.At(0), Pixels, Stride, z.At(3 * Pixels * Stride), false);
        Add(results, z, g, sums);
    }

    private static void Tiles(List<float> results, WinogradShape s)
    {
        long tiles = Samples * s.Tiles, imagePlane = WinogradShape.PlaneStride(tiles, s.Inputs), gradientPlane = WinogradShape.PlaneStride(tiles, s.Outputs);
        using Arena x = Random(7), dy = Random(8), w = Random(9), y = new(Length), planes = new(Length), scratch = new(8 * Length);
        using Arena images = new(36 * imagePlane), gradients = new(36 * gradientPlane);
        TileImages xImages = new(x.At(0), s.Inputs, (long)s.Vertical.In * s.Horizontal.In * s.Inputs), yImages = new(y.At(0), s.Outputs, (long)s.Vertical.Out * s.Horizontal.Out * s.Outputs);
        TileImages dyImages = new(dy.At(0), s.Outputs, (long)s.Vertical.Out * s.Horizontal.Out * s.Outputs);
        WinogradKernel.Run(s.Inputs, s.Outputs, w.At(0), planes.At(0), 0, s.Outputs / 16);
        WinogradProduct.Run(s, 0, Samples, xImages, planes.At(0), yImages, w.At(64), false, scratch.At(0));
        WinogradGradient.Transform(s, 0, Samples, xImages, images.At(0), (nint)imagePlane, dyImages, gradients.At(0), (nint)gradientPlane, scratch.At(0));
        WinogradGradient.Product(s, tiles, images.At(0), (nint)imagePlane, gradients.At(0), (nint)gradientPlane, 0, 16, 1, 1, scratch.At(0));
        results.AddRange(scratch.Span(0, 9 * 16 * 16));
        Add(results, y);
    }

    private static void Add(List<float> results, params ReadOnlySpan<Arena> arenas)
    {
        foreach (Arena arena in arenas) results.AddRange(arena.Span(0, Length));
    }

    private static Arena Random(int seed)
    {
        Arena arena = new(Length);
        Random random = new(seed);
        foreach (ref float v in arena.Span(0, Length)) v = random.NextSingle() * 2 - 1;
        return arena;
    }
}
